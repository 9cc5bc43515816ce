"""Copying: from the menu, by the mouse, and to the clipboard the person pastes from."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

from sessiontui.domain.message import Message, Role, ToolCallBlock
from sessiontui.services.clipboard import TERMINAL_LIMIT, Clipboard
from sessiontui.ui.copies import Copyable, code_items, copy_items, message_text, prompt_before
from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.screens.menu import Menu
from sessiontui.ui.screens.transcript import TranscriptScreen
from sessiontui.ui.taking_out import TakingOutApp
from tests.building import text_message
from tests.transcripts import call, message, result
from tests.ui.painted import line_with, painted, settle
from tests.ui.scenarios import shows
from tests.ui.stories import NOW, Story, empty_story, talk

HOSTILE = "\x1b]52;c;ZXZpbA==\x07\x1b[31mred\x1b[0m\u202e [/x] \x00\ttab"
ONE = "print('one')\n"
TWO = "def two():\n\treturn 2\n"
ANSWER = f"Take this:\n\n```python\n{ONE}```\n\nor that:\n\n```python\n{TWO}```\n\nand be done."


def coding(folder: Path) -> Story:
    story = empty_story(folder)
    said = [
        text_message(Role.USER, "write two\nfunctions", NOW),
        text_message(Role.ASSISTANT, ANSWER, NOW),
        text_message(Role.ASSISTANT, HOSTILE, NOW),
    ]
    story.add("code", "two functions", said)
    return story


def told(app: App[Any]) -> str:
    return str(list(app._notifications)[-1].message)


async def copy(pilot: Pilot[None], *keys: str) -> tuple[str, str]:
    """What is on the clipboard after some keys, and what was said about it."""
    pilot.app.clear_notifications()
    await pilot.press(*keys)
    await settle(pilot)
    return pilot.app.clipboard, told(pilot.app)


@shows("copy")
async def test_one_more_key_chooses_what_is_copied(tmp_path: Path) -> None:
    story = coding(tmp_path)
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        ref = str(story.ref("code"))
        assert await copy(pilot, "y", "y") == (ref, f"copied the reference {ref}")
        assert (await copy(pilot, "y", "r"))[0] == ref
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("left_curly_bracket", "y")
        await pilot.pause()
        assert "m p  prompt" in painted(app)  # It is the prompt that the cursor is on.
        prompt = "write two\nfunctions"
        assert await copy(pilot, "p") == (prompt, "copied the prompt, 2 lines")
        await pilot.press("J")
        assert await copy(pilot, "y", "m") == (ANSWER, "copied the message, 14 lines")
        assert await copy(pilot, "y", "p") == (prompt, "copied the prompt, 2 lines")
        assert await copy(pilot, "y", "b", "1") == (
            ONE.rstrip(),
            "copied the code block, 1 line",
        )
        assert (await copy(pilot, "y", "b", "2"))[0] == TWO.rstrip()
        both = f"{ONE.rstrip()}\n\n{TWO.rstrip()}"
        assert await copy(pilot, "y", "b", "a") == (both, "copied 2 code blocks, 4 lines")
        text, words = await copy(pilot, "y", "t")
        assert text.startswith("# two functions\n")
        assert "def two():" in text
        assert words.startswith("copied the transcript as Markdown, ")


async def test_nothing_that_is_copied_steers_a_terminal(tmp_path: Path) -> None:
    app = coding(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("enter", "G")
        await settle(pilot)
        await pilot.press("y")
        await pilot.pause()
        assert "\x1b" not in painted(app)
        assert (await copy(pilot, "m"))[0] == "red [/x] \ttab"


async def test_a_menu_is_walked_closed_and_clicked(tmp_path: Path) -> None:
    app = coding(tmp_path).app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        row = painted(app).splitlines().index(line_with(app, "two functions"))
        await pilot.press("y")
        await pilot.pause()
        lines = painted(app).splitlines()
        assert "copy" in lines[row + 1]  # Right below the row one is on.
        assert "message" not in painted(app)  # No transcript is shown at this size.
        await pilot.press("escape")
        assert not isinstance(app.screen, Menu)
        await pilot.press("y", "down", "up", "down", "enter")
        await settle(pilot)
        assert app.clipboard.startswith("# two functions")
        await pilot.press("y")
        await pilot.pause()
        await pilot.click("#menu-box", offset=(3, 1))
        await settle(pilot)
        assert app.clipboard == str(app.screen.target.ref)  # type: ignore[attr-defined]
        await pilot.press("y")
        await pilot.pause()
        await pilot.click(offset=(70, 20))
        assert not isinstance(app.screen, Menu)


async def test_keys_typed_before_the_menu_is_painted_mean_the_menu(tmp_path: Path) -> None:
    app = coding(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        screen = app.screen
        screen.action_copy()  # type: ignore[attr-defined]
        menu = app.screen
        assert isinstance(menu, Menu)
        menu.action_answer("r")
        await settle(pilot)
        assert app.screen is screen
        assert app.clipboard == str(screen.target.ref)  # type: ignore[attr-defined]


async def drag(pilot: Pilot[None], start: tuple[int, int], *way: tuple[int, int]) -> None:
    """Press the mouse somewhere, and let it go at the end of a way, in cells of the screen."""
    await pilot.mouse_down(offset=start)
    for place in way:
        await pilot.hover(offset=place)
    await pilot.mouse_up(offset=way[-1])
    await pilot.pause()


def place_of(app: App[Any], words: str) -> tuple[int, int]:
    """Where some words stand on the screen."""
    lines = painted(app).splitlines()
    y = next(n for n, line in enumerate(lines) if words in line)
    return lines[y].index(words), y


async def test_what_the_mouse_selects_is_copied_without_bars_and_margins(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    story.add("plain", "plain talk", talk("kettles", turns=20))
    app = story.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("enter", "G")
        await settle(pilot)
        x, y = place_of(app, "question 19")
        _, heading = place_of(app, "answer 19")
        below, beside = (x + 4, y + 1), (x - 2, y + 3)
        assert painted(app).splitlines()[beside[1]].lstrip("▌▎ ").startswith("answer")
        # Over a row without text, into the bar at the left of the answer, and on to its words.
        await drag(pilot, (x + 9, y), below, beside, (x + 5, heading))
        three = "19 about kettles\n\nassistant  12:00\nanswer"
        assert await copy(pilot, "y") == (three, "copied what is selected, 4 lines")
        assert not app.screen.selections  # The next `y` asks again.
        # A drag that begins in the margin begins with the line.
        await drag(pilot, (x - 1, y), (x + 7, y))
        assert await copy(pilot, "ctrl+c") == ("question", "copied what is selected, 1 line")
        # One that ends where there is no text ends there, and does not take everything.
        await drag(pilot, (x, y), below)
        assert (await copy(pilot, "y"))[0] == "question 19 about kettles"
        await drag(pilot, (x + 5, heading), (x + 2, y), (x - 2, y))
        assert (await copy(pilot, "y"))[0].startswith("question 19 about")
        await pilot.press("y")
        await pilot.pause()
        assert isinstance(app.screen, Menu)
        await pilot.press("escape")
        # One step back is the selection alone; the next one leaves.
        await drag(pilot, (x, y), (x + 7, y))
        assert app.screen.get_selected_text()
        await pilot.press("escape")
        assert isinstance(app.screen, TranscriptScreen)
        assert not app.screen.selections
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(app.screen, BrowseScreen)


async def test_what_is_not_at_the_cursor_is_said(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    story.add("bare", "bare", [text_message(Role.USER, "no code here")])
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("y")
        await pilot.pause()
        assert "code block" not in painted(app)
        assert "resume" not in painted(app)  # This format has no agent.
        await pilot.press("escape")
        for action, words in (
            ("copy_code", "there is no code block at the cursor"),
            ("copy_resume", "cannot copy the resume command: "),
        ):
            await app.screen.action_perform(action)  # type: ignore[attr-defined]
            await settle(pilot)
            assert told(app).startswith(words)


class Written:
    """A driver's output."""

    def __init__(self, app: TakingOutApp, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sequences: list[str] = []
        assert app._driver is not None
        monkeypatch.setattr(app._driver, "write", self.sequences.append)


async def test_the_terminal_is_asked_where_no_program_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = coding(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        out = Written(app, monkeypatch)
        app.clipboard_ways = Clipboard({"DISPLAY": ":0"}, lambda _: None, "linux")
        text, words = await copy(pilot, "y", "y")
        sent = "\x1b]52;c;" + base64.b64encode(text.encode()).decode() + "\x07"
        assert sent in out.sequences
        assert words.endswith("if it does not arrive, install xclip")
        assert "xclip" not in (await copy(pilot, "y", "y"))[1]  # Once is enough.
        out.sequences.clear()
        app.copy("x" * (TERMINAL_LIMIT + 1), "it")
        await settle(pilot)
        assert "75 KB is more than terminals copy" in told(app)
        assert not [each for each in out.sequences if "]52;" in each]


# -- what there is to copy -----------------------------------------------------------------


def titles(there: Copyable) -> list[str]:
    return [item.title for item in copy_items(there)]


def test_the_menu_has_only_what_is_there() -> None:
    prompt, answer = message(0, Role.USER, "why"), message(1, Role.ASSISTANT, "because")
    everything = Copyable("a:b", answer, prompt, (ONE,))
    assert titles(everything) == [
        *("ref", "message", "code block", "prompt", "resume command", "transcript")
    ]
    keys = "".join(item.keys for item in copy_items(everything))
    assert len(set(keys)) == len(keys)
    assert titles(Copyable("a:b", resumes=False)) == ["ref", "transcript"]
    assert titles(Copyable("a:b", prompt, prompt))[1] == "prompt"


def test_of_many_code_blocks_nine_have_a_number() -> None:
    items = list(code_items([f"line {n}\nsecond" for n in range(12)]))
    assert [item.keys for item in items] == [*"123456789", "a"]
    assert items[0].detail == "line 0 second"
    assert (items[-1].title, items[-1].detail) == ("all 12", "24 lines")


def test_a_message_without_prose_is_what_its_tools_were_told() -> None:
    asked = message(1, Role.ASSISTANT, call("shell", {"command": "ls -la\npwd"}, "1"))
    assert message_text(asked) == "ls -la\npwd"
    assert message_text(message(2, Role.TOOL, result("\x1b[1mtotal 3\x1b[m\n", "1"))) == "total 3"
    bare = Message(index=3, role=Role.ASSISTANT, blocks=(ToolCallBlock(name="stop"),))
    assert message_text(bare) == "stop"
    assert message_text(message(4, Role.ASSISTANT, " \n", "said")) == "said"
    assert message_text(Message(index=5, role=Role.OTHER)) == ""


def test_the_prompt_is_the_last_one_before_the_cursor() -> None:
    said = [text_message(role, str(n)) for n, role in enumerate((Role.USER, Role.ASSISTANT) * 2)]
    said = [each.replace(index=n * 10) for n, each in enumerate(said)]
    assert [prompt_before(said, index) for index in (0, 15, 20, 99)] == [
        *(said[0], said[0], said[2], said[2])
    ]
    assert prompt_before(said[1:2], 99) is None
