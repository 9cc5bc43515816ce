"""The other screens: stores, help, welcome, palette; and what empty ones say."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from sessiontui.domain.store import Capabilities, Capability, StoreInfo
from sessiontui.services.library import Library, LibraryOptions
from sessiontui.storage.locations import Locations
from sessiontui.ui.actions import Scope, actions_of
from sessiontui.ui.app import SessionApp
from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.screens.help import Help
from sessiontui.ui.screens.stores import StoresScreen, refused_words
from sessiontui.ui.widgets.session_list import SessionList
from sessiontui.ui.widgets.welcome import Welcome
from tests.ui.painted import go_to, painted, settle
from tests.ui.stories import NOW, empty_story, ordinary_story


def app_without_stores(folder: Path) -> SessionApp:
    """The program where discovery finds nothing."""
    options = LibraryOptions(home=folder / "nobody", locations=Locations.below(folder / "own"))
    return SessionApp(Library.open(options, lambda: NOW), clock=lambda: NOW)


async def test_the_stores_screen_says_what_a_store_cannot_do_and_why(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("S")
        await settle(pilot)
        text = painted(app)
        assert "1 store" in text
        assert "6 sessions" in text
        assert "read and change" in text
        assert "rename inside, clear, delete, cure" in text
        assert "a store in memory has no damaged lines" in text
        await pilot.press("escape")
        assert isinstance(app.screen, BrowseScreen)


def test_a_reason_is_told_once_for_all_that_it_refuses() -> None:
    read_only = Capabilities(
        supported=frozenset({Capability.RESUME}),
        why_not=dict.fromkeys(Capability, "not yet") | {Capability.COMPACT: "no damaged lines"},
    )
    assert refused_words(read_only) == {
        "not yet": "rename inside, clear, delete, cure, migrate",
        "no damaged lines": "compact",
    }


async def test_enter_on_a_store_lists_its_sessions_only(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("S")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, BrowseScreen)
        assert app.screen.query_one("#search-bar", Input).value == f"store:{story.store.store_id}"
        assert len(app.screen.query_one(SessionList).rows) == 6


async def test_an_unreadable_store_is_named_with_its_problem(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    sick = story.store.info().replace(
        id="astrid-1", available=False, writable=False, problem="no permission"
    )

    def stores() -> tuple[StoreInfo, ...]:
        return (story.store.info(), sick)

    story.library.stores = stores  # type: ignore[method-assign]
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert "6 sessions in 1 store" in painted(app)
        await pilot.press("S", "j")
        await settle(pilot)
        text = painted(app)
        assert "✗" in text
        assert "no permission" in text
        assert "cannot be read" in text


async def test_help_shows_every_key_of_the_screen_it_was_asked_on(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 110)) as pilot:
        await settle(pilot)
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, Help)
        text = " ".join(painted(app).split())
        for action in actions_of(Scope.BROWSE):
            if action.keys:
                said = action.series or action.help
                assert " ".join(said.split()[:4]) in text, action.id
        assert "only begun" not in text
        assert "is:" in text
        await pilot.press("escape", "enter")
        await settle(pilot)
        await pilot.press("question_mark")
        await pilot.pause()
        text = painted(app)
        assert "help: transcript" in text
        assert "Search titles" not in text
        await pilot.press("f1")
        await pilot.pause()
        assert not isinstance(app.screen, Help)


async def test_without_a_store_the_list_says_how_to_point_to_one(tmp_path: Path) -> None:
    app = app_without_stores(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        text = " ".join(painted(app).split())
        assert "no store was found" in text
        assert "sessiontui --store FORMAT:PATH" in text
        assert "sessiontui --demo" in text
        await pilot.press(*"jknNJKtTzfdxyRcuG", "left_curly_bracket", "}", "enter")
        await settle(pilot)
        assert isinstance(app.screen, BrowseScreen)
        await pilot.press("S")
        await settle(pilot)
        assert "no store was found" in painted(app)
        await pilot.press("enter")
        assert isinstance(app.screen, StoresScreen)


async def test_a_store_without_sessions_says_so(tmp_path: Path) -> None:
    app = empty_story(tmp_path).app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "no sessions in 1 store" in painted(app)


async def test_the_first_start_says_what_was_found_and_what_to_try(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app(first_run=True)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert app.screen.query(Welcome)
        text = painted(app)
        assert "Found: 6 sessions in 1 store" in text
        assert "not found" in text
        assert "Three to try" in text
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, BrowseScreen)
        assert not app.screen.query(Welcome)
        assert isinstance(app.focused, SessionList)


async def test_a_key_goes_through_the_welcome(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app(first_run=True)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("slash", *"kettle")
        await settle(pilot)
        assert not app.screen.query(Welcome)
        assert isinstance(app.focused, Input)
        assert app.focused.value == "kettle"


async def test_the_first_start_without_stores_says_how_to_go_on(tmp_path: Path) -> None:
    library = app_without_stores(tmp_path).bench.library
    app = SessionApp(library, clock=lambda: NOW, first_run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        text = painted(app)
        assert "No store was found on this machine" in text
        assert "sessiontui --demo shows sample stores" in text


async def test_keys_can_be_remapped_and_footer_and_help_follow(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app(keymap={"delete": "ctrl+d", "next_hit": "m"})
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert "ctrl+d delete" in painted(app).splitlines()[-1]
        go_to(app, "job")
        await pilot.press("d", "d")
        await settle(pilot)
        assert story.store.exists("job")
        await pilot.press("ctrl+d")
        await settle(pilot)
        question = app.screen.query_one(SessionList).question
        assert question is not None
        assert "ctrl+d again deletes" in question
        await pilot.press("ctrl+d")
        await settle(pilot)
        assert not story.store.exists("job")


async def test_a_click_on_a_key_of_the_footer_does_what_it_says(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        column = painted(app).splitlines()[-1].find("/ search")
        await pilot.click(offset=(column + 3, 35))
        await settle(pilot)
        assert app.focused is app.screen.query_one("#search-bar")


async def test_every_screen_survives_every_size(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for size in ((30, 8), (20, 5), (200, 60)):
            await pilot.resize_terminal(*size)
            for keys in (("d", "escape"), ("R", "escape"), ("question_mark", "escape")):
                await pilot.press(*keys)
            for screen in ("S", "U", "enter"):
                await pilot.press(screen)
                await settle(pilot)
                await pilot.resize_terminal(size[0] + 1, size[1])
                await pilot.press("escape")
            await settle(pilot)
            assert isinstance(app.screen, BrowseScreen)
            assert app.size == (size[0] + 1, size[1])


async def test_without_colour_the_marks_and_the_cursor_still_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        strips = app.screen._compositor.render_strips()
        assert app.no_color
        text = painted(app)
        assert "✗ failed: the store says that the last turn failed" in text, "why it needs you"
        assert "· failed" not in text
        assert "▌ ✗ boom" in text
        assert "  ▲ run the long job" in text
        for filtered in (
            segment.style
            for strip in strips
            for segment in strip.apply_filter(app._filters[-1], app.background_colors[0])
        ):
            if filtered is not None and filtered.color is not None and filtered.color.triplet:
                red, green, blue = filtered.color.triplet
                assert red == green == blue
