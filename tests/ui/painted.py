"""What stands on the screen, as text: the one place that looks into Textual's compositor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from rich.style import Style
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from sessiontui.ui.app import SessionApp
from sessiontui.ui.screens.confirm import Confirm
from sessiontui.ui.widgets.search_bar import SearchBar
from sessiontui.ui.widgets.session_list import SessionList
from tests.ui.told_library import ToldLibrary


def painted(app: App[Any]) -> str:
    """The lines of the screen as painted, trailing spaces removed."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


def painted_styles(app: App[Any]) -> set[Style]:
    """The styles of everything on the screen, as the terminal gets them."""
    strips = app.screen._compositor.render_strips()
    return {segment.style for strip in strips for segment in strip if segment.style is not None}


def line_with(app: App[Any], words: str) -> str:
    """The first painted line that holds some words. Fails when there is none."""
    text = painted(app)
    for line in text.splitlines():
        if words in line:
            return line
    raise AssertionError(f"{words!r} is not on the screen:\n{text}")


async def settle(pilot: Pilot[None]) -> None:
    """Wait until nothing is being read or changed any more."""
    await pilot.pause()
    for _ in range(1000):
        if not _at_work(pilot.app):
            await pilot.pause()
            if not _at_work(pilot.app):
                return
        await asyncio.sleep(0.005)
    raise AssertionError("the program never came to rest")


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Wait for what comes by itself. Fails when it does not within some seconds."""
    for _ in range(2000):
        if holds():
            await pilot.pause()
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"it never came:\n{painted(pilot.app)}")


def _at_work(app: App[Any]) -> bool:
    library = app.bench.library if isinstance(app, SessionApp) else None
    if app.is_running and isinstance(library, ToldLibrary) and not library.is_quiet:
        return True
    # The events never end, the surroundings rest a second, a question waits for its answer.
    resting = {"events", "surroundings"}
    if isinstance(app.screen, Confirm):
        resting.add("actions")
    return not all(worker.is_finished or worker.group in resting for worker in app.workers)


async def search(pilot: Pilot[None], text: str) -> None:
    """Go to the search box and type, all at once, and wait for what is found."""
    await pilot.press("slash")
    pilot.app.screen.query_one(SearchBar).insert_text_at_cursor(text)
    await settle(pilot)


async def type_into_palette(pilot: Pilot[None], text: str) -> None:
    """Open the command palette and type, all at once, and wait for what it finds."""
    await pilot.press("ctrl+p")
    pilot.app.screen.query_one(Input).insert_text_at_cursor(text)
    await settle(pilot)


def go_to(app: App[Any], key: str) -> None:
    """Put the cursor on a session of the list, without the way there."""
    sessions = app.screen.query_one(SessionList)
    assert sessions.select(next(row.ref for row in sessions.rows if row.ref.key == key))
