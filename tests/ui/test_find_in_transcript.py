"""Finding something in the transcript that is read."""

from __future__ import annotations

from pathlib import Path

from textual.app import App

from sessiontui.domain.message import Message, Role, ToolCallBlock, ToolResultBlock
from sessiontui.ui.screens.transcript import TranscriptScreen
from sessiontui.ui.widgets.transcript_view import TranscriptView
from tests.building import text_message
from tests.ui.painted import line_with, painted, search, settle
from tests.ui.scenarios import shows
from tests.ui.stories import NOW, Story, empty_story, talk

OUTPUT = "\n".join(f"row {number} of the listing" for number in range(90)) + "\nthe needle is here"


def listed(call_id: str) -> list[Message]:
    call = ToolCallBlock(call_id=call_id, name="shell", arguments={"command": "ls -la"})
    result = ToolResultBlock(call_id=call_id, text=OUTPUT, is_error=False)
    return [
        Message(index=0, role=Role.ASSISTANT, blocks=(call,), created_at=NOW),
        Message(index=0, role=Role.TOOL, blocks=(result,), created_at=NOW),
    ]


def haystack(folder: Path) -> Story:
    story = empty_story(folder)
    said = [
        *talk("harbours", 8),
        *listed("a"),
        text_message(Role.ASSISTANT, "The **Needle** was in the kettle", NOW),
        *talk("museums", 8),
        *listed("b"),
        text_message(Role.ASSISTANT, "no kettle there", NOW),
    ]
    story.add("hay", "hay", said)
    return story


def bare(app: App[None]) -> list[str]:
    """The screen without its scroll bar, which tells what was measured by now."""
    return [line[:107].rstrip() for line in painted(app).splitlines()]


def anchor(app: App[None]) -> object:
    return app.screen.query_one(TranscriptView).anchor


@shows("find", "cursor_down", "cursor_up", "back")
async def test_typing_goes_to_what_is_found_and_esc_back(tmp_path: Path) -> None:
    app = haystack(tmp_path).app()
    async with app.run_test(size=(110, 24)) as pilot:
        await settle(pilot)
        await pilot.press("enter", "g", "J", "J")
        await settle(pilot)
        before, lines = anchor(app), bare(app)
        await pilot.press("slash", *"eedle")
        await settle(pilot)
        # In the output of a tool, which was folded: it unfolds as long as it is looked at.
        assert "1 of 3 messages" in line_with(app, "find eedle")
        assert "the needle is here" in painted(app)
        await pilot.press("down")
        await settle(pilot)
        assert "2 of 3 messages" in painted(app)
        assert "The Needle was in the kettle" in painted(app)
        assert "the needle is here" not in painted(app)
        await pilot.press("up", "up")
        await settle(pilot)
        assert "3 of 3 messages" in painted(app)
        await pilot.press("escape")
        await settle(pilot)
        assert anchor(app) == before
        assert bare(app) == lines
        assert isinstance(app.screen, TranscriptScreen)


async def test_enter_keeps_what_is_found_and_n_walks_it(tmp_path: Path) -> None:
    app = haystack(tmp_path).app()
    async with app.run_test(size=(110, 24)) as pilot:
        await settle(pilot)
        await pilot.press("enter", "g", "slash", *"needle", "enter")
        await settle(pilot)
        assert app.screen.query_one(TranscriptView).has_focus
        assert "hit 1 of 3" in painted(app).splitlines()[0]
        await pilot.press("n")
        await settle(pilot)
        assert "hit 2 of 3" in painted(app).splitlines()[0]
        await pilot.press("N", "N")
        await settle(pilot)
        assert "hit 3 of 3" in painted(app).splitlines()[0]
        place = anchor(app)
        # Once: nothing is marked any more. Twice: back to the list.
        await pilot.press("escape")
        await settle(pilot)
        assert "hit" not in painted(app).splitlines()[0]
        assert isinstance(app.screen, TranscriptScreen)
        assert place != (0, 0)
        await pilot.press("escape")
        await settle(pilot)
        assert not isinstance(app.screen, TranscriptScreen)


async def test_what_the_list_was_searched_for_stays_while_nothing_is_typed(
    tmp_path: Path,
) -> None:
    app = haystack(tmp_path).app()
    async with app.run_test(size=(110, 24)) as pilot:
        await settle(pilot)
        await search(pilot, "kettle")
        await pilot.press("enter", "enter")
        await settle(pilot)
        assert "hit 2 of 2" in painted(app)
        await pilot.press("slash", "enter", "n")
        await settle(pilot)
        assert "hit 1 of 2" in painted(app)
        await pilot.press("slash", *"museum")
        await settle(pilot)
        assert "of 16" in painted(app).splitlines()[0]
        await pilot.press(*["backspace"] * 6)
        await settle(pilot)
        assert "hit 1 of 2" in painted(app)
        await pilot.press(*"museum", "escape")
        await settle(pilot)
        assert "hit 1 of 2" in painted(app)


async def test_nothing_found_says_so_and_stays(tmp_path: Path) -> None:
    app = haystack(tmp_path).app()
    async with app.run_test(size=(110, 24)) as pilot:
        await settle(pilot)
        await pilot.press("enter", "g", "J")
        await settle(pilot)
        before = anchor(app)
        await pilot.press("slash", *"zebra")
        await settle(pilot)
        assert "not found" in line_with(app, "find zebra")
        assert anchor(app) == before


async def test_what_is_written_meanwhile_is_found_too(tmp_path: Path) -> None:
    story = haystack(tmp_path)
    app = story.app()
    async with app.run_test(size=(110, 24)) as pilot:
        await settle(pilot)
        await pilot.press("enter", "g", "slash", *"needle", "enter")
        await settle(pilot)
        before = anchor(app)
        story.store.append("hay", text_message(Role.USER, "one more needle", NOW))
        story.tell("hay")
        await settle(pilot)
        assert "hit 1 of 4" in painted(app)
        assert anchor(app) == before


async def test_without_anything_to_look_for_n_says_how_to(tmp_path: Path) -> None:
    app = haystack(tmp_path).app()
    async with app.run_test(size=(110, 24), notifications=True) as pilot:
        await settle(pilot)
        await pilot.press("enter", "n")
        await pilot.pause()
        assert [n.message for n in app._notifications] == [
            "Nothing is looked for. Press / to find."
        ]
