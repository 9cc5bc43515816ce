"""A long transcript is on the screen before anybody has counted its messages."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.screen import Screen

from sessiontui.domain.ending import Ending
from sessiontui.domain.message import Role
from sessiontui.domain.session import SessionRef
from sessiontui.services import message_pages
from sessiontui.ui import transcript_feed
from sessiontui.ui.screens.kept_transcript import KeptTranscriptScreen
from sessiontui.ui.screens.transcript import TranscriptScreen
from sessiontui.ui.transcript_reading import Whole, read_all
from sessiontui.ui.widgets.transcript_view import TranscriptView
from tests.building import text_message
from tests.ui.painted import painted, settle, until
from tests.ui.stories import NOW, Story, empty_story, ordinary_story, talk

TURNS = 400


def long_story(folder: Path) -> Story:
    """A session whose end is known long before its beginning."""
    story = empty_story(folder)
    story.add("long", "long", talk("harbours", TURNS))
    messages = story.library.messages

    def ending(ref: SessionRef, count: int) -> Ending:
        last = list(messages(ref, -count))
        counted = (message.replace(index=place - len(last)) for place, message in enumerate(last))
        return Ending(tuple(counted), counted=False)

    story.library.ending = ending  # type: ignore[method-assign]
    return story


def view_of(app: Any) -> TranscriptView:
    """The transcript on top."""
    assert isinstance(app.screen, TranscriptScreen)
    return app.screen.query_one(TranscriptView)


def said(app: Any) -> list[str]:
    """What is said on the screen."""
    return re.findall(r"(?:question|answer) \d+ about harbours", painted(app))


async def test_it_is_counted_while_it_is_read_already(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = Event()

    def read_all_later(*args: Any) -> Whole | None:
        assert go_on.wait(10)
        return read_all(*args)

    monkeypatch.setattr(transcript_feed, "read_all", read_all_later)
    story = long_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: f"answer {TURNS - 1} about harbours" in painted(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TranscriptScreen))
        view = view_of(app)
        await until(pilot, lambda: view.cursor is not None)
        assert f"answer {TURNS - 1} about harbours" in painted(app)
        assert view.cursor == -1
        await pilot.press(*["K"] * 20)
        assert view.cursor == -21
        before = said(app)
        # Written after the end was read, and before the rest is.
        story.store.append("long", text_message(Role.USER, "one more thing", NOW))
        go_on.set()
        await settle(pilot)
        assert view.cursor == 2 * TURNS - 21
        assert said(app) == before
        await pilot.press("g")
        await settle(pilot)
        assert "question 0 about harbours" in painted(app)
        await pilot.press("G")
        await settle(pilot)
        assert "one more thing" in painted(app)
        assert view.cursor == 2 * TURNS


async def test_most_of_it_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_pages, "HELD_CHARACTERS", 40_000)
    story = long_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        held = view_of(app).messages
        assert isinstance(held, message_pages.MessagePages)
        assert len(held) == 2 * TURNS
        assert held.held < TURNS / 2
        await pilot.press("g")
        await settle(pilot)
        assert "question 0 about harbours" in painted(app)
        await pilot.press(*["J"] * 4)
        assert view_of(app).cursor == 4
        await pilot.press("G")
        await settle(pilot)
        assert f"answer {TURNS - 1} about harbours" in painted(app)
        assert held.held < TURNS / 2


async def test_a_step_in_the_list_lays_nothing_out_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = ordinary_story(tmp_path)
    for key in ("alike", "alike too"):
        story.add(key, "the same", talk("harbours"))
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("slash", *"title:same", "enter")
        await settle(pilot)
        for key in ("down", "up"):
            await pilot.press(key)
            await settle(pilot)
        laid_out = 0
        lay_out = Screen._refresh_layout

        def counted(screen: Screen[Any], *args: Any, **kwargs: Any) -> None:
            nonlocal laid_out
            laid_out += 1
            lay_out(screen, *args, **kwargs)

        monkeypatch.setattr(Screen, "_refresh_layout", counted)
        before = painted(app)
        await pilot.press("down")
        await settle(pilot)
        assert painted(app) != before
        assert not laid_out


async def test_who_wants_the_beginning_gets_there_as_soon_as_it_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = Event()

    def read_all_later(*args: Any) -> Whole | None:
        assert go_on.wait(10)
        return read_all(*args)

    monkeypatch.setattr(transcript_feed, "read_all", read_all_later)
    app = long_story(tmp_path).app()
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: f"answer {TURNS - 1} about harbours" in painted(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TranscriptScreen))
        view = view_of(app)
        await until(pilot, lambda: view.cursor is not None)
        await pilot.press("g")
        assert view.cursor == -300
        assert "what stands before is being read" in painted(app)
        go_on.set()
        await settle(pilot)
        assert view.cursor == 0
        assert "question 0 about harbours" in painted(app)
        assert "is being read" not in painted(app)
        assert not view.follow


async def test_nothing_goes_and_comes_back_when_the_rest_has_been_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_pages, "HELD_CHARACTERS", 40_000)
    shown: list[str] = []
    reload = TranscriptView.reload

    def seen(view: TranscriptView, *args: Any, **kw: Any) -> None:
        shown.append(painted(view.app))
        reload(view, *args, **kw)
        shown.append("\n".join(view.render_line(y).text for y in range(view.size.height)))

    monkeypatch.setattr(TranscriptView, "reload", seen)
    app = long_story(tmp_path).app()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("slash", *"answer 71", "enter")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "answer 71 about harbours" in shown[-2]
        assert "answer 71 about harbours" in shown[-1]
        assert "…" not in shown[-1]


async def test_most_of_a_copy_in_the_journal_is_not_held_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_pages, "HELD_CHARACTERS", 40_000)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    app = long_story(tmp_path).app()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("d", "d")
        await settle(pilot)
        await pilot.press("U")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, KeptTranscriptScreen)
        view = app.screen.query_one(TranscriptView)
        assert len(view.messages) == 2 * TURNS
        assert view.messages.held < TURNS / 2
        for key, words in (("G", f"answer {TURNS - 1}"), ("g", "question 0")):
            await pilot.press(key)
            await settle(pilot)
            assert f"{words} about harbours" in painted(app)
        assert len(list(scratch.iterdir())) == 1
        await pilot.press("escape")
        await until(pilot, lambda: not list(scratch.iterdir()))
