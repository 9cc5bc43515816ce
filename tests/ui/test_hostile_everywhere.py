"""Hostile text in every stored field, on every screen: nothing of it acts, nothing moves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.app import App
from textual.screen import Screen

from sessiontui.domain.message import (
    DamagedBlock,
    MediaBlock,
    Message,
    OpaqueBlock,
    Role,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
    ToolResultBlock,
)
from sessiontui.domain.session import SessionState
from sessiontui.domain.store import Capabilities, Capability
from sessiontui.domain.value import JsonValue
from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.screens.bulk_change import BulkChangeScreen
from sessiontui.ui.screens.help import Help
from sessiontui.ui.screens.journal import JournalScreen
from sessiontui.ui.screens.kept_transcript import KeptTranscriptScreen
from sessiontui.ui.screens.menu import Menu
from sessiontui.ui.screens.palette import Palette
from sessiontui.ui.screens.statistics import StatisticsScreen
from sessiontui.ui.screens.stores import StoresScreen
from sessiontui.ui.screens.transcript import TranscriptScreen
from tests.ui.painted import painted, settle, type_into_palette
from tests.ui.stories import NOW, Story, empty_story
from tests.ui.test_hostile_text import HOSTILE, assert_harmless

WIDE = "﷽🚀漢字" * 3 + "\u200b\u2060\u00ad" + "z\u0301\u0327\u0334" * 20 + "\U000e0041"
EVIL = f"{HOSTILE} {WIDE} \x1bP\x9d8;;http://x\x07 \x85\u2028 [/] ]]> ${{x}}"


SCREENS = {
    BrowseScreen,
    BulkChangeScreen,
    Help,
    JournalScreen,
    KeptTranscriptScreen,
    Menu,
    Palette,
    StatisticsScreen,
    StoresScreen,
    TranscriptScreen,
}


def evil_message(role: Role) -> Message:
    """A message with every kind of block, all of them hostile."""
    todos: JsonValue = [
        {"content": EVIL, "status": "pending", "activeForm": EVIL},
        {"content": EVIL},
    ]
    edit: JsonValue = {"file_path": EVIL, "old_string": f"{EVIL}\n{EVIL}", "new_string": EVIL}
    return Message(
        index=0,
        role=role,
        human=role is Role.USER,
        author=EVIL,
        model=EVIL,
        created_at=NOW,
        blocks=(
            TextBlock(
                text=f"# {EVIL}\n\n- {EVIL}\n\n```{EVIL}\n{EVIL}\n```\n\n| {EVIL} | b |\n|-|-|"
            ),
            ThinkingBlock(text=EVIL),
            ToolCallBlock(call_id="1", name=EVIL, arguments={EVIL: EVIL}),
            ToolCallBlock(call_id="2", name="TodoWrite", arguments={"todos": todos}),
            ToolCallBlock(call_id="3", name="Edit", arguments=edit),
            ToolResultBlock(call_id="1", text=EVIL, is_error=True),
            ToolResultBlock(call_id="2", text=EVIL, is_error=False),
            MediaBlock(media_type=EVIL, name=EVIL, size_bytes=3),
            DamagedBlock(where=EVIL, reason=EVIL, raw=EVIL),
            OpaqueBlock(type_name=EVIL, data={EVIL: EVIL}),
        ),
    )


def evil_story(folder: Path) -> Story:
    """Sessions whose every field is hostile, in a store that is."""
    story = empty_story(folder)
    for number, state in enumerate((SessionState.RUNNING, SessionState.ERROR, SessionState.IDLE)):
        story.add(
            f"{number}{EVIL}",
            EVIL,
            [evil_message(Role.USER), evil_message(Role.ASSISTANT), evil_message(Role.SYSTEM)],
            agent=EVIL,
            channel=EVIL,
            sender=EVIL,
            room=EVIL,
            thread=EVIL,
            repo=EVIL,
            model=EVIL,
            branch=EVIL,
            native_id=EVIL,
            turn_id=EVIL,
            workspace=Path("/" + EVIL.replace("\x00", "")),
            problem=EVIL,
            state=state,
            extra={EVIL: EVIL},
        )
    return story


def assert_whole(app: App[None], where: str) -> None:
    """Nothing that is painted steers the terminal, and every line is as wide as the screen."""
    assert_harmless(app)
    for strip in app.screen._compositor.render_strips():
        assert cell_len(strip.text) == app.size.width, f"{where}: {strip.text!r}"
    picture = app.export_screenshot()
    assert not any(code in picture for code in "\x1b\x9b\x07\u202e\u2066"), where


@pytest.mark.parametrize("size", [(80, 24), (200, 60)], ids=str)
async def test_no_screen_is_steered_or_broken_by_what_is_stored(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    story = evil_story(tmp_path)
    info = story.store.info()
    able = Capabilities(
        supported=info.capabilities.supported - {Capability.RENAME},
        why_not={**info.capabilities.why_not, Capability.RENAME: EVIL, Capability.COMPACT: EVIL},
    )
    evil = info.replace(title=EVIL, root=Path("/" + EVIL), problem=EVIL, capabilities=able)
    story.library.stores = lambda: (evil,)  # type: ignore[method-assign]
    app = story.app(first_run=True, notice=EVIL)
    async with app.run_test(size=size, notifications=True) as pilot:
        await settle(pilot)
        assert_whole(app, "welcome")
        seen: set[type[Screen[Any]]] = set()
        for where, keys in (
            ("browse", ("escape",)),
            ("search", ("slash", *"loud", "enter")),
            ("completion", ("slash", "space", *"agent:")),
            ("list again", ("escape", "escape", "escape", "escape")),
            ("question", ("d",)),
            ("rename", ("escape", "R")),
            ("grouped", ("escape", "b", "b", "b")),
            ("marked", ("space", "j", "space")),
            ("many", ("d",)),
            ("back", ("escape", "escape")),
            ("transcript", ("enter",)),
            ("unfolded", ("t", "T")),
            ("focused", ("F",)),
            ("outline", ("F", "o")),
            ("find", ("escape", "slash", *"loud", "enter")),
            ("copy", ("escape", "y")),
            ("away", ("escape", "escape", "escape")),
            ("stores", ("S",)),
            ("statistics", ("escape", "number_sign")),
            ("deleted", ("escape", "d", "d")),
            ("journal", ("U",)),
            ("journal entry", ("enter",)),
            ("help", ("escape", "escape", "question_mark")),
        ):
            await pilot.press(*keys)
            await settle(pilot)
            assert app.is_running, where
            seen.add(type(app.screen))
            assert_whole(app, where)
        await pilot.press("escape", "escape")
        await type_into_palette(pilot, "loud")
        await settle(pilot)
        assert_whole(app, "palette")
        seen.add(type(app.screen))
        assert seen >= SCREENS
        assert "loud" in painted(app)
