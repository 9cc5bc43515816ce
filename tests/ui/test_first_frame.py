"""The first frame: what it shows, and what is not done for it. A step paints what it changes."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from concurrent.futures import wait
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from sessiontui.domain.query import Query
from sessiontui.domain.session import RowPage
from sessiontui.ui import list_loader
from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.widgets.session_list import SessionList
from sessiontui.ui.widgets.transcript_view import TranscriptView
from tests.ui.painted import go_to, line_with, painted, settle
from tests.ui.stories import Story, ordinary_story

_LATER = (
    "psutil",
    "watchfiles",
    "sessiontui.services.clipboard",
    "sessiontui.services.export_run",
    "sessiontui.services.exporting",
    "sessiontui.services.resuming",
    "sessiontui.services.statistics",
    "sessiontui.services.store_watcher",
    "sessiontui.ui.exporting",
    "sessiontui.ui.palette",
    "sessiontui.ui.screens.bulk_change",
    "sessiontui.ui.screens.confirm",
    "sessiontui.ui.screens.error_details",
    "sessiontui.ui.screens.export_dialog",
    "sessiontui.ui.screens.help",
    "sessiontui.ui.screens.journal",
    "sessiontui.ui.screens.kept_transcript",
    "sessiontui.ui.screens.menu",
    "sessiontui.ui.screens.prompt_picker",
    "sessiontui.ui.screens.statistics",
    "sessiontui.ui.screens.stores",
    "sessiontui.ui.screens.transcript",
)
_START = """
import asyncio, json, sys
from pathlib import Path
from sessiontui.services.library import Library, LibraryOptions
from sessiontui.storage.locations import Locations
from sessiontui.ui.app import SessionApp
from sessiontui.ui.screens.browse import BrowseScreen

own = Locations.below(Path(sys.argv[1]))
app = SessionApp(Library.open(LibraryOptions(home=Path(sys.argv[1]), locations=own)))

async def until_painted():
    async with app.run_test():
        print(json.dumps(sorted(sys.modules)))

asyncio.run(until_painted())
"""


def test_the_first_frame_imports_no_other_screen_and_nothing_they_need(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _START, str(tmp_path)], capture_output=True, text=True, check=True
    )
    imported = json.loads(ran.stdout)
    assert "sessiontui.ui.screens.browse" in imported
    assert [name for name in _LATER if name in imported] == []


class _Asked:
    """Counts the questions to a library; an answer can be held up."""

    def __init__(self, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
        self.queries: list[Query] = []
        self.may_answer = Event()
        self.may_answer.set()
        rows = story.library.rows

        def asked(query: Query, *, whole: bool = False) -> RowPage:
            self.queries.append(query)
            assert self.may_answer.wait(10)
            return rows(query, whole=whole)

        monkeypatch.setattr(story.library, "rows", asked)


async def test_the_first_frame_shows_the_rows_and_they_are_asked_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    asked = _Asked(story, monkeypatch)
    asked.may_answer.clear()
    monkeypatch.setattr(list_loader, "_FIRST_FRAME_SECONDS", 10)

    def wait_for(*question: Any) -> object:
        # The question is under way before the screen is made; the frame waits for its answer.
        asked.may_answer.set()
        return wait(*question)

    monkeypatch.setattr("sessiontui.ui.list_loader.wait", wait_for)
    frames: list[str] = []
    paint = Screen._compositor_refresh

    def painting(screen: Screen[Any]) -> None:
        paint(screen)
        frames.append("\n".join(strip.text for strip in screen._compositor.render_strips()))

    monkeypatch.setattr(Screen, "_compositor_refresh", painting)
    async with app.run_test(size=(120, 30)):
        assert asked.queries == [Query()]
        assert frames
        # With what is known of the selected session, and nothing that is not known yet.
        assert all("1 of 6" in frame and "agent" in frame for frame in frames)
        assert not any("0 sessions" in frame for frame in frames)


async def test_rows_that_come_late_are_shown_when_they_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    asked = _Asked(story, monkeypatch)
    asked.may_answer.clear()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        assert not app.screen.query_one(SessionList).rows
        asked.may_answer.set()
        await settle(pilot)
        assert len(app.screen.query_one(SessionList).rows) == 6


class _Lines:
    """The lines of the list that are painted from now on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.painted: set[int] = set()
        paint = SessionList.render_line

        def painting(sessions: SessionList, y: int) -> object:
            self.painted.add(y)
            return paint(sessions, y)

        monkeypatch.setattr(SessionList, "render_line", painting)


async def test_a_step_paints_two_rows_and_the_border(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await _stays(pilot)
        lines = _Lines(monkeypatch)
        before = app.screen.query_one(SessionList).cursor_region.y
        await pilot.press("down")
        await _stays(pilot)
        after = app.screen.query_one(SessionList).cursor_region.y
        assert lines.painted == set(range(before, after + 1))
        assert "2 of 6" in painted(app)
        await pilot.press("up")
        await _stays(pilot)
        assert "1 of 6" in painted(app)
        # A question is painted over rows that are not the cursor's, and goes as a whole.
        await pilot.press("d")
        await settle(pilot)
        question = line_with(app, "delete ")
        await pilot.press("down")
        await settle(pilot)
        assert question not in painted(app)


async def test_a_change_that_nobody_can_see_paints_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await _stays(pilot)
        lines = _Lines(monkeypatch)
        browse = app.screen
        assert isinstance(browse, BrowseScreen)
        browse._loader.reload()
        await _stays(pilot)
        browse._tick()
        await _stays(pilot)
        browse.sessions.note_looked([row.ref for row in browse.sessions.rows], 1e12)
        browse.sessions.show_notice("nothing is here")
        await _stays(pilot)
        assert lines.painted == set()


async def test_a_change_of_one_session_paints_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await _stays(pilot)
        browse = app.screen
        assert isinstance(browse, BrowseScreen)
        sessions = browse.sessions
        rows = list(sessions.rows)
        rows[3] = rows[3]._replace(title="something else")
        lines = _Lines(monkeypatch)
        other = sessions.arrangement.replace(rows=tuple(rows))
        sessions.show(other, searching=False, now=sessions._now)
        found = {
            y
            for y in range(sessions.scrollable_content_region.height)
            if "something else" in sessions.line_at(y).text
        }
        await _stays(pilot)
        assert len(found) == 1
        assert lines.painted == found
        assert "something else" in painted(app)


async def _stays(pilot: Pilot[None]) -> None:
    await settle(pilot)
    await asyncio.sleep(0.05)
    await settle(pilot)


async def test_what_was_shown_before_the_window_was_narrow_is_not_shown_for_another_session(
    tmp_path: Path,
) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(130, 30)) as pilot:
        await settle(pilot)
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert not app.screen.query_one(TranscriptView).is_on_screen
        go_to(app, "job")
        await settle(pilot)
        await pilot.resize_terminal(130, 30)
        await settle(pilot)
        assert "book the night train" in painted(app)
