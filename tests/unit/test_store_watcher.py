"""The watcher: what happens on disk becomes events, once each, and reading causes none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event

import pytest

from sessiontui.domain.backend import Surroundings
from sessiontui.domain.events import StoreEvent, StoreEventKind
from sessiontui.services.catalogue import Catalogue
from sessiontui.services.store_watcher import StoreWatcher


class Index:
    """Catches up by comparing fingerprints, as the real one does."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.generation = 0
        self.asked: list[tuple[str, frozenset[str] | None]] = []
        self.known = {b.store_id: dict(b.fingerprints()) for b in catalogue.backends}

    def catch_up(self, store: str, keys: frozenset[str] | None) -> Iterable[StoreEvent]:
        self.asked.append((store, keys))
        found = dict(self.catalogue.backend(store).fingerprints())
        known, self.known[store] = self.known.get(store, {}), found
        moved = frozenset(k for k in found if known.get(k) not in (None, found[k]))
        for kind, changed in (
            (StoreEventKind.APPEARED, found.keys() - known.keys()),
            (StoreEventKind.CHANGED, moved),
            (StoreEventKind.VANISHED, known.keys() - found.keys()),
        ):
            if changed:
                self.generation += 1
                yield StoreEvent(kind=kind, store=store, keys=frozenset(changed))


async def first_event(
    watcher: StoreWatcher, act: Callable[[], object], seconds: float = 5.0
) -> StoreEvent | None:
    """What the watcher says after an action; None when it says nothing for so long."""
    stop = Event()
    stream = watcher.events(stop)
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0.3)
    assert not waiting.done(), waiting.result()
    await asyncio.to_thread(act)
    done, _ = await asyncio.wait({waiting}, timeout=seconds)
    stop.set()
    if not done:
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    await stream.aclose()
    return waiting.result() if done else None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A zeroclaw folder with one session."""
    sessions = tmp_path / "sessions"
    sessions.mkdir()
    (sessions / "first.jsonl").write_text('{"role":"user","content":"hello"}\n')
    return sessions


def watched(folder: Path) -> tuple[StoreWatcher, Index, Catalogue]:
    catalogue = Catalogue(Surroundings(home=folder), (f"zeroclaw-jsonl:{folder}",))
    index = Index(catalogue)
    return StoreWatcher(catalogue, index.catch_up, lambda: index.generation), index, catalogue


async def test_an_append_is_told_with_its_session(folder: Path) -> None:
    watcher, index, _ = watched(folder)

    def append() -> None:
        with (folder / "first.jsonl").open("a") as file:
            file.write('{"role":"assistant","content":"hi"}\n')

    event = await first_event(watcher, append)
    assert event is not None
    assert (event.kind, event.keys) == (StoreEventKind.CHANGED, frozenset({"first"}))
    assert index.asked[-1][1] == frozenset({"first"})


async def test_a_new_session_and_a_removed_one_are_told(folder: Path) -> None:
    watcher, _, _ = watched(folder)
    new = folder / "second.jsonl"
    event = await first_event(watcher, lambda: new.write_text('{"role":"user","content":"x"}\n'))
    assert event is not None
    assert (event.kind, event.keys) == (StoreEventKind.APPEARED, frozenset({"second"}))
    watcher, _, _ = watched(folder)
    event = await first_event(watcher, new.unlink)
    assert event is not None
    assert (event.kind, event.keys) == (StoreEventKind.VANISHED, frozenset({"second"}))


async def test_files_that_are_no_sessions_cause_no_event(folder: Path) -> None:
    watcher, _, _ = watched(folder)
    assert await first_event(watcher, lambda: (folder / "n.md").write_text("x"), 0.8) is None


async def test_reading_causes_no_event(folder: Path) -> None:
    watcher, _, catalogue = watched(folder)

    def read() -> None:
        backend = catalogue.backends[0]
        for _ in range(20):
            for session in backend.scan():
                list(backend.messages(session.ref.key))
            backend.close()

    assert await first_event(watcher, read, 0.8) is None


async def test_what_happened_while_nobody_watched_is_caught_up_with(folder: Path) -> None:
    watcher, _, _ = watched(folder)
    (folder / "second.jsonl").write_text('{"role":"user","content":"x"}\n')
    stream = watcher.events(Event())
    event = await asyncio.wait_for(anext(stream), 5)
    await stream.aclose()
    assert event.keys == frozenset({"second"})


async def test_a_change_seen_by_another_process_first_is_told_too(folder: Path) -> None:
    watcher, index, _ = watched(folder)

    def elsewhere() -> None:
        index.generation += 1

    event = await first_event(watcher, elsewhere)
    assert event is not None
    assert (event.kind, event.keys) == (StoreEventKind.CHANGED, frozenset())


async def test_a_store_that_is_made_later_appears(tmp_path: Path) -> None:
    catalogue = Catalogue(Surroundings(home=tmp_path))
    index = Index(catalogue)
    watcher = StoreWatcher(catalogue, index.catch_up, lambda: index.generation)

    def make() -> None:
        folder = tmp_path / ".zeroclaw" / "data" / "sessions"
        folder.mkdir(parents=True)
        (folder / "first.jsonl").write_text('{"role":"user","content":"hello"}\n')

    event = await first_event(watcher, make)
    assert event is not None
    assert event.kind is StoreEventKind.APPEARED
