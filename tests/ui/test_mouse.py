"""The mouse does what the keys do: pick, open, filter, scroll."""

from __future__ import annotations

from pathlib import Path

from textual.geometry import Offset

from sessiontui.domain.errors import StoreUnreadable
from sessiontui.ui.app import SessionApp
from sessiontui.ui.error_display import show_error
from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.screens.error_details import ErrorDetails
from sessiontui.ui.screens.stores import StoresScreen
from sessiontui.ui.screens.transcript import TranscriptScreen
from sessiontui.ui.widgets.search_bar import SearchBar
from tests.ui.painted import painted, settle
from tests.ui.stories import ordinary_story


def place_of(app: SessionApp, words: str) -> Offset:
    """Where some words stand on the screen."""
    for y, line in enumerate(painted(app).splitlines()):
        if (x := line.find(words)) >= 0:
            return Offset(x + 1, y)
    raise AssertionError(f"{words!r} is not on the screen")


async def test_a_session_is_picked_by_a_click_and_opened_by_two(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        browse = app.screen
        assert isinstance(browse, BrowseScreen)
        await pilot.click(offset=place_of(app, "trip plan"))
        await settle(pilot)
        assert browse.sessions.row is not None
        assert browse.sessions.row.ref.key == "trip"
        await pilot.click(offset=place_of(app, "review the parser"), times=2)
        await settle(pilot)
        assert isinstance(app.screen, TranscriptScreen)
        await pilot.click(offset=place_of(app, "? help"))
        await settle(pilot)
        assert "help: transcript" in painted(app)


async def test_counts_filter_and_stores_open_with_the_mouse(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.click(offset=place_of(app, "1 stuck"))
        await settle(pilot)
        assert app.screen.query_one(SearchBar).value == "is:stuck"
        await pilot.click("#search-bar")
        assert app.focused is app.screen.query_one(SearchBar)
        await pilot.press("escape", "escape", "S")
        await settle(pilot)
        assert isinstance(app.screen, StoresScreen)
        await pilot.click(offset=place_of(app, "6 sessions"))
        await settle(pilot)
        assert isinstance(app.screen, StoresScreen), "one click only looks at it"
        await pilot.click(offset=place_of(app, "6 sessions"), times=2)
        await settle(pilot)
        assert app.screen.query_one(SearchBar).value.startswith("store:")


async def test_an_error_is_closed_by_a_click_beside_it(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        show_error(app, StoreUnreadable("the disk is gone", "look for it"))
        await pilot.pause()
        await pilot.click(offset=place_of(app, "look for it"))
        assert isinstance(app.screen, ErrorDetails)
        await pilot.click(offset=(2, 30))
        await pilot.pause()
        assert isinstance(app.screen, BrowseScreen)


async def test_errors_that_come_at_once_are_told_together(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        # The second comes before the first is painted, the third after it.
        show_error(app, StoreUnreadable("the disk is gone"))
        show_error(app, StoreUnreadable("the net is gone", "look for it"))
        await pilot.pause()
        show_error(app, StoreUnreadable("the light is gone"))
        await pilot.pause()
        for what in ("disk", "net", "light"):
            assert f"the {what} is gone" in painted(app)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, BrowseScreen)
