"""Threads, changes and refreshing: what keeps the screens from waiting for each other."""

from __future__ import annotations

import asyncio
from pathlib import Path
from threading import Event

import pytest
from textual.app import App

import sessiontui
from sessiontui.domain.events import StoreEvent, StoreEventKind
from sessiontui.domain.session import SessionRef
from sessiontui.ui.refresher import Refresher
from sessiontui.ui.stylesheet import stylesheet_paths
from sessiontui.ui.workbench import Cancelled, ChangeLog, Lane


async def test_work_whose_caller_went_away_is_told_so() -> None:
    lane = Lane("test", 1, Event())
    begun, ended = Event(), Event()

    def work(cancelled: Cancelled) -> None:
        begun.set()
        while not cancelled():
            ended.wait(0.005)
        ended.set()

    task = asyncio.create_task(lane.run_cancellable(work))
    assert await asyncio.to_thread(begun.wait, 2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(ended.wait, 2)
    lane.close()


async def test_work_not_yet_begun_is_never_begun_for_nobody() -> None:
    lane = Lane("test", 1, Event())
    gate = Event()
    done: list[str] = []
    first = asyncio.create_task(lane.run(gate.wait, 2))
    second = asyncio.create_task(lane.run(done.append, "second"))
    third = asyncio.create_task(lane.run(done.append, "third"))
    await asyncio.sleep(0.02)
    second.cancel()
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(first, third)
    assert done == ["third"]
    lane.close()


async def test_the_end_of_the_program_ends_long_work() -> None:
    stop = Event()
    lane = Lane("test", 1, stop)

    def work(cancelled: Cancelled) -> bool:
        return stop.wait(2) and cancelled()

    task = asyncio.create_task(lane.run_cancellable(work))
    await asyncio.sleep(0.01)
    stop.set()
    assert await task
    lane.close()


async def test_who_asks_at_the_end_of_the_program_is_cancelled() -> None:
    stop = Event()
    lane = Lane("test", 1, stop)
    stop.set()
    lane.close()
    with pytest.raises(asyncio.CancelledError):
        await lane.run(print, "never")
    assert lane.begin(lambda: "never").cancelled()


def test_a_change_concerns_the_sessions_it_names_and_no_others() -> None:
    changes = ChangeLog()
    one, two = SessionRef("s", "1"), SessionRef("s", "2")
    elsewhere = SessionRef("t", "1")
    before = changes.generation
    changes.note(StoreEvent(kind=StoreEventKind.CHANGED, store="s", keys=frozenset({"1"})))
    assert changes.touched(one, before)
    assert not changes.touched(two, before)
    assert not changes.touched(one, changes.generation)
    before = changes.generation
    changes.note(StoreEvent(kind=StoreEventKind.CHANGED, store="s"))
    assert changes.touched(two, before)
    assert not changes.touched(elsewhere, before)
    before = changes.generation
    changes.note_sessions([elsewhere])
    assert changes.touched(elsewhere, before)
    assert not changes.touched(one, before)
    changes.note_all()
    assert changes.touched(one, before)


async def test_what_is_asked_for_while_it_is_done_is_done_once_more() -> None:
    app: App[None] = App()
    done: list[int] = []
    gate = asyncio.Event()

    async def work() -> None:
        done.append(len(done))
        await gate.wait()

    async with app.run_test() as pilot:
        refresher = Refresher(app, "test", work)
        refresher.ask()
        await pilot.pause()
        for _ in range(5):
            refresher.ask()
        gate.set()
        await pilot.pause(0.05)
        assert done == [0, 1]
        refresher.ask()
        await pilot.pause(0.05)
        assert done == [0, 1, 2]


def test_the_stylesheet_is_found_beside_the_package_or_at_the_top(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "src" / "sessiontui"
    package.mkdir(parents=True)
    monkeypatch.setattr(sessiontui, "__file__", str(package / "__init__.py"))
    with pytest.raises(FileNotFoundError, match=r"styles\.tcss is neither in"):
        stylesheet_paths()
    (tmp_path / "styles.tcss").write_text("")
    assert stylesheet_paths()[0] == tmp_path / "styles.tcss"
    (package / "styles.tcss").write_text("")
    assert stylesheet_paths()[0] == package / "styles.tcss"
