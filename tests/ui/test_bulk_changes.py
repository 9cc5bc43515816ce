"""Many sessions at once: marked, looked at, changed by one press, taken back by one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from threading import Event

import pytest
from textual.app import App
from textual.pilot import Pilot

from sessiontui.backends.memory import Memory
from sessiontui.domain.message import Message
from sessiontui.domain.session import SessionState
from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.screens.bulk_change import BulkChangeScreen
from sessiontui.ui.screens.change_progress import ChangeProgressScreen
from tests.ui.painted import go_to, painted, settle, until
from tests.ui.scenarios import shows
from tests.ui.stories import ordinary_story
from tests.ui.test_changing import selected, told


async def mark(pilot: Pilot[None], *keys: str) -> None:
    """Mark some sessions of the list."""
    for key in keys:
        go_to(pilot.app, key)
        await pilot.press("space")


def contents(store: Memory) -> dict[str, list[Message]]:
    """The messages of every session."""
    return {key: list(store.messages(key)) for key, _ in store.fingerprints()}


def marked(app: App[None]) -> set[str]:
    """The keys of the marked sessions."""
    browse = app.screen
    assert isinstance(browse, BrowseScreen)
    return {row.ref.key for row in browse.marked}


@shows("delete", "take_off", "back", "undo")
async def test_the_marked_ones_are_looked_at_and_deleted_by_the_same_key(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    before = contents(story.store)
    app = story.app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        await mark(pilot, "trip", "old", "live")
        assert "d delete 3" in painted(app).splitlines()[-1]
        await pilot.press("d")
        await settle(pilot)
        assert isinstance(app.screen, BulkChangeScreen)
        lines = painted(app).splitlines()
        assert lines[0].startswith(" delete 2 sessions?")
        assert "✓ trip plan" in lines[2]
        assert "4 messages" in lines[2]
        assert "– fix the wobblegasket" in lines[4]
        assert "the session is running" in lines[4]
        assert "2 sessions · 8 messages" in painted(app)
        assert "1 cannot be deleted" in painted(app)
        assert "one u takes all of it back, for 30 days" in painted(app)
        assert lines[-1].split() == [
            "d",
            "deletes",
            "2",
            "space",
            "takes",
            "it",
            "off",
            "esc",
            "keeps",
            "all",
            "?",
            "help",
        ]

        await pilot.press("space")
        assert painted(app).startswith(" delete 1 session?")
        await pilot.press("k", "space", "escape")
        await settle(pilot)
        assert len(list(story.store.keys())) == 6
        assert marked(app) == {"trip", "old", "live"}

        go_to(app, "trip")
        await pilot.press("d")
        await settle(pilot)
        await pilot.press("d")
        await settle(pilot)
        assert isinstance(app.screen, BrowseScreen)
        assert set(story.store.keys()) == {"live", "job", "boom", "older"}
        assert told(app)[-1] == "Deleted 2 sessions, 1 skipped. Press u to undo."
        assert selected(app) == "older", "the next session that is left"
        assert marked(app) == {"live"}
        (entry,) = story.library.undo_entries()
        assert len(entry.refs) == 2

        await pilot.press("u")
        await settle(pilot)
        assert contents(story.store) == before
        assert told(app)[-1] == "Brought back 2 sessions."
        assert selected(app) == "trip", "where the cursor stood"


@shows("clear", "confirm_change")
async def test_enter_means_it_too_and_what_was_taken_off_stays(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await mark(pilot, "trip", "old")
        await pilot.press("c")
        await settle(pilot)
        assert "their messages go" in painted(app)
        await pilot.press("space", "enter")
        await settle(pilot)
        assert [len(list(story.store.messages(key))) for key in ("trip", "old")] == [4, 0]
        assert told(app)[-1] == "Cleared 1 session. Press u to undo."
        assert marked(app) == {"trip"}
        await pilot.press("c", "c")
        await settle(pilot)
        assert list(story.store.messages("trip")) == []


@shows("cure")
async def test_a_cure_takes_the_stuck_ones_of_the_marked(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        await mark(pilot, "trip")
        await pilot.press("x")
        await settle(pilot)
        assert "it is not stuck but idle" in painted(app)
        await pilot.press("x", "enter")
        await settle(pilot)
        assert isinstance(app.screen, BulkChangeScreen)
        assert told(app)[-1] == "Cannot do it: none of them is to be cured."
        await pilot.press("d", "c", "escape")
        await settle(pilot)
        assert "cure" not in painted(app).splitlines()[-1], "none of the marked is stuck"
        await mark(pilot, "job")
        assert "x cure 1" in painted(app).splitlines()[-1]
        await pilot.press("x")
        await settle(pilot)
        await pilot.press("x")
        await settle(pilot)
        job = story.store.get("job")
        assert job is not None
        assert job.state is SessionState.IDLE
        assert told(app)[-1] == "Cured 1 session, 1 skipped. Press u to undo."


async def test_what_changes_while_it_is_looked_at_is_looked_at_again(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        await mark(pilot, "trip", "old")
        await pilot.press("d")
        await settle(pilot)
        story.store.delete("old")
        story.tell("old")
        await settle(pilot)
        assert painted(app).startswith(" delete 1 session?")
        assert "it is not in its store" in painted(app)
        story.store.clear("trip")
        await pilot.press("d")
        await settle(pilot)
        assert story.store.exists("trip"), "it is not what was looked at"
        assert told(app)[-1].splitlines()[0] == "Nothing was deleted, 2 skipped."
        assert "the session has changed since it was shown" in told(app)[-1]


async def test_long_work_says_how_far_it_is_and_ends_between_two_sessions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    begun, go_on = Event(), Event()
    delete = Memory.delete

    def slowly(store: Memory, key: str, expect: str | None = None) -> bool:
        if key == "old":
            begun.set()
            go_on.wait(10)
        return delete(store, key, expect)

    monkeypatch.setattr(Memory, "delete", slowly)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await mark(pilot, "trip", "old", "older")
        await pilot.press("d")
        await settle(pilot)
        await pilot.press("d")
        await until_shown(pilot)
        assert begun.is_set()
        assert "deleting 3 sessions" in painted(app)
        assert "deleting  2 of 3" in painted(app)
        assert "esc stops" in painted(app)
        await pilot.press("escape")
        assert "stops after this session" in painted(app)
        go_on.set()
        await settle(pilot)
        assert isinstance(app.screen, BrowseScreen)
        assert set(story.store.keys()) == {"live", "job", "boom", "older"}
        assert told(app)[-1] == "Stopped: deleted 2 of 3 sessions. Press u to undo."
        assert marked(app) == {"older"}
        await pilot.press("u")
        await settle(pilot)
        assert len(list(story.store.keys())) == 6


async def test_two_changes_that_wait_leave_nothing_on_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    go_on, delete = Event(), Memory.delete

    def slowly(store: Memory, key: str, expect: str | None = None) -> bool:
        go_on.wait(10)
        return delete(store, key, expect)

    monkeypatch.setattr(Memory, "delete", slowly)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for key in ("old", "trip"):
            go_to(app, key)
            await pilot.press("d", "d")

        def both_wait() -> bool:
            shown = [s for s in app.screen_stack if isinstance(s, ChangeProgressScreen)]
            return len(shown) == 2 and "waiting for its turn" in painted(app)

        await until(pilot, both_wait)
        go_on.set()
        await settle(pilot)
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen))
        assert set(story.store.keys()) == {"live", "job", "boom", "older"}
        assert len(story.library.undo_entries()) == 2


async def until_shown(pilot: Pilot[None]) -> None:
    """Wait for the screen that says how far a change is, and for what it says of the last one."""

    def says_it() -> bool:
        app = pilot.app
        return isinstance(app.screen, ChangeProgressScreen) and "2 of 3" in painted(app)

    await until(pilot, says_it)


async def test_leaving_the_program_ends_a_long_change_between_two_sessions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    delete, at_work = Memory.delete, Event()

    def slowly(store: Memory, key: str, expect: str | None = None) -> bool:
        at_work.set()
        app.bench.stop.wait(10)
        return delete(store, key, expect)

    monkeypatch.setattr(Memory, "delete", slowly)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await mark(pilot, "trip", "old", "older")
        await pilot.press("d", "d")
        await asyncio.to_thread(at_work.wait, 10)
    # Whoever asks while the change is being made sees the entry as it was begun.
    entry = story.library.undo_entries()[0]
    for _ in range(400):
        if len(entry.refs) == 1:
            break
        await asyncio.sleep(0.01)
        entry = story.library.undo_entries()[0]
    assert [ref.key for ref in entry.refs] == ["trip"]
    assert set(story.store.keys()) == {"live", "job", "boom", "old", "older"}
