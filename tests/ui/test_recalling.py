"""Earlier queries come back into the empty search box."""

from __future__ import annotations

import json
from pathlib import Path

from textual.pilot import Pilot

from sessiontui.services.library import LibraryOptions
from sessiontui.services.query_history import QueryHistory
from sessiontui.storage.locations import Locations
from sessiontui.ui.widgets.search_bar import SearchBar
from sessiontui.ui.widgets.session_list import SessionList
from tests.ui.painted import painted, search, settle
from tests.ui.stories import ordinary_story


def box(pilot: Pilot[None]) -> SearchBar:
    """The search box."""
    return pilot.app.screen.query_one(SearchBar)


def history(folder: Path) -> QueryHistory:
    """The history as another program would see it."""
    return QueryHistory(Locations.below(folder / "own").query_history, 200)


async def values(pilot: Pilot[None], *keys: str) -> list[str]:
    """What stands in the box after each key."""
    found = []
    for key in keys:
        await pilot.press(key)
        await settle(pilot)
        found.append(box(pilot).value)
    return found


async def test_up_in_the_empty_box_brings_older_queries_and_down_newer_ones(
    tmp_path: Path,
) -> None:
    for query in ("first", "second", "agent:scout"):
        history(tmp_path).note(query)
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("slash")
        await settle(pilot)
        assert "↑ last query" in painted(app).splitlines()[-1]
        assert await values(pilot, "up", "up", "up", "up", "down", "down", "down") == [
            "agent:scout",
            "second",
            "first",
            "first",
            "second",
            "agent:scout",
            "",
        ]
        assert len(app.screen.query_one(SessionList).rows) == 6


async def test_in_a_box_with_text_the_arrows_move_the_list(tmp_path: Path) -> None:
    history(tmp_path).note("before")
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await search(pilot, "oslo")
        assert await values(pilot, "down", "up", "up") == ["oslo"] * 3
        # A query that was brought back and then changed is a text like any other.
        await pilot.press("ctrl+u", "up", "x")
        await settle(pilot)
        assert await values(pilot, "up") == ["beforex"]


async def test_queries_are_remembered_when_they_were_used(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await search(pilot, "xyzzy")
        await pilot.press("enter")  # used, though nothing was found
        await settle(pilot)
        await pilot.press("slash", "ctrl+u", *"quok", "ctrl+u", *"oslo")
        await settle(pilot)
        await pilot.press("escape")  # left with results
        await settle(pilot)
        await pilot.press("slash", "ctrl+u", *"is:stuk", "enter")  # no query
        await settle(pilot)
        await pilot.press("slash", "ctrl+u", *"zzzz")
        await settle(pilot)
        await pilot.press("escape", "escape")  # given up
        await settle(pilot)
        assert history(tmp_path).entries() == ("oslo", "xyzzy")
        await pilot.press("slash")
        assert await values(pilot, "up", "up") == ["oslo", "xyzzy"]


async def test_opening_a_result_remembers_its_query_once(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await search(pilot, "oslo")
        await pilot.press("enter", "enter")
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        path = Locations.below(tmp_path / "own").query_history
        assert json.loads(path.read_text())["queries"] == ["oslo"]


async def test_what_another_program_used_meanwhile_is_there_too(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await search(pilot, "oslo")
        await pilot.press("enter")
        await settle(pilot)
        history(tmp_path).note("elsewhere")
        await pilot.press("slash", "ctrl+u")
        await settle(pilot)
        assert await values(pilot, "up", "up") == ["elsewhere", "oslo"]


async def test_without_a_history_up_moves_the_list(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    story.library._history = QueryHistory(tmp_path / "off.json", 0)
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("j", "j", "slash", "up")
        assert app.screen.query_one(SessionList).cursor == 1
        assert "last query" not in painted(app)
        await search(pilot, "oslo")
        await pilot.press("enter")
        await settle(pilot)
        assert not (tmp_path / "off.json").exists()


def test_a_library_keeps_as_many_as_it_was_told() -> None:
    assert LibraryOptions().query_history == 200
