"""Stored text is hostile: nothing of it steers the terminal, nothing of it ends the program."""

from __future__ import annotations

from pathlib import Path

from textual.app import App

from sessiontui.domain.message import Role
from sessiontui.domain.session import SessionState
from sessiontui.domain.store import StoreInfo
from sessiontui.ui.widgets.session_list import SessionList
from tests.building import text_message
from tests.ui.painted import painted, settle, type_into_palette
from tests.ui.stories import NOW, Story, empty_story

HOSTILE = (
    "\x1b]0;owned\x07[/home/x] [bold]loud[/] \x9b31m \x1b[2J \u202eback\u2066 "
    "\r\n\t[@click=app.quit]x[/] end"
)


def hostile_story(folder: Path) -> Story:
    """One session in which every field is hostile."""
    story = empty_story(folder)
    story.add(
        "k" + HOSTILE,
        HOSTILE,
        [
            text_message(Role.USER, f"periwinkle {HOSTILE}", NOW),
            text_message(Role.ASSISTANT, HOSTILE, NOW).replace(author=HOSTILE),
        ],
        agent=HOSTILE,
        channel=HOSTILE,
        sender=HOSTILE,
        model=HOSTILE,
        branch=HOSTILE,
        workspace=Path("/tmp/[/x]\x1b[2J"),
        problem=HOSTILE,
        state=SessionState.RUNNING,
    )
    return story


def assert_harmless(app: App[None]) -> None:
    """What is painted holds no control character at all, and one row is one line."""
    for character in painted(app):
        code = ord(character)
        assert code == 0x0A or 0x20 <= code < 0x7F or code >= 0xA0, hex(code)
        assert not 0x202A <= code <= 0x202E, hex(code)
        assert not 0x2066 <= code <= 0x2069, hex(code)
        assert not 0xD800 <= code <= 0xDFFF, hex(code)


async def test_every_field_of_a_session_is_painted_harmlessly(tmp_path: Path) -> None:
    app = hostile_story(tmp_path).app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await settle(pilot)
        assert_harmless(app)
        assert "[/home/x]" in painted(app)
        for keys in (
            ("slash", *"periwinkle", "enter"),
            ("n",),
            ("d",),
            ("escape",),
            ("R",),
            ("escape",),
            ("y",),
            ("enter",),
            ("d",),
            ("escape", "t", "T", "z"),
            ("S",),
        ):
            await pilot.press(*keys)
            await settle(pilot)
            assert_harmless(app)
            assert app.is_running


async def test_a_hostile_title_in_the_palette_is_only_text(tmp_path: Path) -> None:
    app = hostile_story(tmp_path).app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await settle(pilot)
        await type_into_palette(pilot, "loud")
        assert_harmless(app)
        assert "[bold]loud[/]" in painted(app)
        assert app.is_running


async def test_a_hostile_store_is_listed_harmlessly(tmp_path: Path) -> None:
    story = hostile_story(tmp_path)
    info = story.store.info().replace(
        title=HOSTILE, root=Path("/x/[/y]\x1b]0;z\x07"), problem=HOSTILE
    )

    def stores() -> tuple[StoreInfo, ...]:
        return (info,)

    story.library.stores = stores  # type: ignore[method-assign]
    app = story.app(first_run=True, notice=HOSTILE)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await settle(pilot)
        assert_harmless(app)
        await pilot.press("escape", "S")
        await settle(pilot)
        assert_harmless(app)
        assert "[/home/x]" in painted(app)


async def test_what_is_deleted_is_named_harmlessly(tmp_path: Path) -> None:
    story = hostile_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await settle(pilot)
        await pilot.press("d", "d")
        await settle(pilot)
        assert not app.screen.query_one(SessionList).rows
        assert_harmless(app)
        assert "Deleted" in painted(app)
