"""Every action has a story that does it and sees its effect; those without another are here."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from sessiontui.domain.message import Message, Role, TextBlock, ThinkingBlock
from sessiontui.services.library import Library, LibraryOptions
from sessiontui.storage.locations import Locations
from sessiontui.ui.actions import ACTION
from sessiontui.ui.app import SessionApp
from sessiontui.ui.screens.action_screen import ActionScreen
from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.screens.help import Help
from sessiontui.ui.screens.statistics import StatisticsScreen
from sessiontui.ui.screens.stores import StoresScreen
from sessiontui.ui.screens.transcript import TranscriptScreen
from sessiontui.ui.widgets.search_bar import SearchBar
from sessiontui.ui.widgets.session_list import SessionList
from tests.formats.claude_code_lines import answer, prompt
from tests.formats.claude_code_stores import FIRST, ClaudeFolder
from tests.ui.painted import go_to, painted, search, settle
from tests.ui.scenarios import shown, shown_in, shows
from tests.ui.stories import NOW, Story, ordinary_story, talk, tool_turn


def test_every_action_has_a_story() -> None:
    missing = set(ACTION) - shown()
    assert not missing, f"no story in tests/ui says @shows(...) of {sorted(missing)}"
    assert not shown() - set(ACTION), "a story shows what is no action any more"


def test_only_what_decorates_a_story_counts() -> None:
    source = (
        '@shows("delete")\nasync def test_a(): ...\n\n@other("clear")\nasync def test_b(): ...\n'
    )
    assert shown_in(source) == {"delete"}


async def test_a_story_that_does_not_do_what_it_says_fails(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()

    @shows("cursor_down", "delete")
    async def story() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot)
            await pilot.press("j")

    with pytest.raises(AssertionError, match=r"never done: \{'delete'\}"):
        await story()


async def changes(pilot: Pilot[None], *keys: str) -> str:
    """Press keys one by one, each of which must change the screen; what it then shows."""
    await settle(pilot)
    before = painted(pilot.app)
    for key in keys:
        await pilot.press(key)
        await settle(pilot)
        after = painted(pilot.app)
        assert after != before, f"{key} changed nothing:\n{after}"
        before = after
    return before


async def perform(pilot: Pilot[None], *action_ids: str) -> str:
    """Do actions that have no key, as the palette does them; what the screen then shows."""
    for action_id in action_ids:
        screen = pilot.app.screen
        assert isinstance(screen, ActionScreen)
        await screen.action_perform(action_id)
        await settle(pilot)
    return painted(pilot.app)


@shows("cursor_down", "cursor_up", "go_last", "go_first", "page_down", "page_up")
async def test_the_cursor_of_the_list_moves(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    for number in range(30):
        story.add(f"more-{number}", f"more {number}")
    app = story.app()
    async with app.run_test(size=(100, 24)) as pilot:
        await settle(pilot)
        sessions = app.screen.query_one(SessionList)
        first = sessions.cursor
        for key, expected in (("j", 1), ("down", 2), ("k", 1), ("up", 0), ("G", 35), ("g", 0)):
            await pilot.press(key)
            assert sessions.cursor == expected, key
        assert first == 0
        await pilot.press("pagedown")
        page = sessions.cursor
        assert page > 5
        await pilot.press("ctrl+f", "pageup", "ctrl+b", "end", "home")
        assert sessions.cursor == 0


@shows("search", "back", "next_pane", "previous_pane", "next_hit", "previous_hit")
async def test_searching_and_going_between_panes(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    story.add("long", "long talk", talk("a kettle", 30))
    app = story.app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        await pilot.press("tab")
        assert app.focused is not app.screen.query_one(SessionList)
        await pilot.press("shift+tab")
        assert app.focused is app.screen.query_one(SessionList)
        await search(pilot, "kettle")
        assert isinstance(app.focused, SearchBar)
        await pilot.press("enter")
        before = await changes(pilot, "n", "n")
        assert await changes(pilot, "N") != before
        assert "hit " in before
        await pilot.press("escape")
        await settle(pilot)
        assert app.screen.query_one(SearchBar).value == ""


def long_story(folder: Path) -> Story:
    """A transcript with everything that can be walked to and folded."""
    story = ordinary_story(folder)
    thought = Message(
        index=0,
        role=Role.ASSISTANT,
        blocks=(ThinkingBlock(text="a secret thought"), TextBlock(text="an answer")),
        created_at=NOW,
    )
    story.add("long", "long talk", [*talk("a kettle", 20), *tool_turn(), thought])
    return story


@shows(
    "open",
    "previous_message",
    "next_message",
    "previous_prompt",
    "next_prompt",
    "toggle_tools",
    "toggle_thinking",
    "toggle_fold",
    "unfold",
    "toggle_follow",
)
async def test_a_transcript_is_walked_and_folded(tmp_path: Path) -> None:
    app = long_story(tmp_path).app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        go_to(app, "long")
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, TranscriptScreen)
        assert "a secret thought" not in painted(app)
        assert "a secret thought" in await changes(pilot, "T")
        assert "plan.md" in await changes(pilot, "t")
        await changes(pilot, "f", "g", "J", "J", "K", "right_curly_bracket", "{", "G")
        await pilot.press("t", "K")
        await changes(pilot, "z", "enter")


@shows("stores", "show_store", "statistics", "span", "grouping", "measure", "help")
async def test_the_other_screens_open_and_answer(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        await pilot.press("S")
        await settle(pilot)
        assert isinstance(app.screen, StoresScreen)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, BrowseScreen)
        assert app.screen.query_one(SearchBar).value.startswith("store:")
        await pilot.press("escape", "number_sign")
        await settle(pilot)
        assert isinstance(app.screen, StatisticsScreen)
        await changes(pilot, "s", "b", "m")
        await pilot.press("question_mark")
        assert isinstance(app.screen, Help)
        await pilot.press("escape", "escape")
        await settle(pilot)
        assert isinstance(app.screen, BrowseScreen)


@shows("rename", "delete", "clear", "cure", "undo", "journal")
async def test_changes_are_made_where_a_transcript_is_read(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        go_to(app, "job")
        await pilot.press("enter")
        await settle(pilot)
        assert "idle" in await changes(pilot, "x")
        await pilot.press("R", *"!", "enter")
        await settle(pilot)
        assert "run the long job!" in painted(app).splitlines()[0]
        await pilot.press("c", "c")
        await settle(pilot)
        assert list(story.store.messages("job")) == []
        await pilot.press("u")
        await settle(pilot)
        assert len(list(story.store.messages("job"))) == 1
        await pilot.press("U")
        await settle(pilot)
        assert "2 changes to undo" in painted(app)
        await pilot.press("escape", "d", "d")
        await settle(pilot)
        assert not story.store.exists("job")
        assert isinstance(app.screen, BrowseScreen)


@shows("copy_ref", "copy_message", "copy_code", "copy_prompt", "copy_resume", "copy_transcript")
async def test_each_thing_can_be_copied_by_its_name(tmp_path: Path) -> None:
    claude = ClaudeFolder(tmp_path)
    said = "It is the loop:\n\n```python\nwhile True: pass\n```"
    claude.write(FIRST, [prompt(1, None, "why is it slow", cwd="/shop"), answer(2, 1, said)])
    options = LibraryOptions(
        stores=(f"claude-code:{claude.root}",), locations=Locations.below(tmp_path / "own")
    )
    library = Library.open(options, lambda: NOW)
    library.sync()
    app = SessionApp(library, clock=lambda: NOW)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        (store,) = library.stores()
        for name, expected in (
            ("ref", f"{store.id}:{FIRST}"),
            ("message", said),
            ("code", "while True: pass"),
            ("prompt", "why is it slow"),
            ("resume", f"cd /shop && claude --resume {FIRST}"),
        ):
            await perform(pilot, f"copy_{name}")
            assert app.clipboard == expected
        await perform(pilot, "copy_transcript")
        assert app.clipboard.startswith("# why is it slow\n")
        assert "while True: pass" in app.clipboard
    library.close()


@shows("quit")
async def test_q_leaves(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("q")
        await pilot.pause()
        assert not app.is_running
