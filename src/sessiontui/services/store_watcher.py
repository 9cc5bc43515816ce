"""Watches the stores and says what happened in them.

One watcher for the whole program. It looks at folders, never into files: which sessions a change
concerns is the backend's to say, and whether anything really changed is decided by fingerprints
when the index catches up. Reading a store causes no event, so nothing comes round again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from pathlib import Path
from threading import Event

from watchfiles import awatch

from sessiontui.domain.backend import SessionBackend
from sessiontui.domain.events import StoreEvent, StoreEventKind
from sessiontui.services.catalogue import Catalogue
from sessiontui.storage.mounts import shared_file_system

STEP_MS = 20
"""How long a lone change waits for company: most of the time until it is seen."""
GATHER_MS = 100
"""At most one batch in this time while changes keep coming."""
TICK_SECONDS = 1.0
IDLE_SECONDS = 30.0
POLL_MS = 1000

CatchUp = Callable[[str, frozenset[str] | None], Iterable[StoreEvent]]


class StoreWatcher:
    """Turns changes on disk into `StoreEvent`s.

    `catch_up(store, keys)` brings the index up to date with these sessions (None: whatever
    changed) and returns what it found; `generation()` is the index's, which another process may
    raise too.
    """

    def __init__(
        self, catalogue: Catalogue, catch_up: CatchUp, generation: Callable[[], int]
    ) -> None:
        self._catalogue = catalogue
        self._catch_up = catch_up
        self._generation = generation
        self._seen_generation = 0

    async def events(self, stop: Event) -> AsyncGenerator[StoreEvent, None]:
        """What happens, as it happens, until `stop` is set or the caller goes away."""
        self._seen_generation = await asyncio.to_thread(self._generation)
        while not stop.is_set():
            folders = await asyncio.to_thread(self._folders)
            changes: asyncio.Queue[set[Path]] = asyncio.Queue()
            watching = [
                asyncio.create_task(_watch(paths, polling, changes))
                for polling, paths in await asyncio.to_thread(_by_mount, folders)
            ]
            try:
                # The watches stand after one turn of the loop; what came before is caught up with.
                await asyncio.sleep(0)
                for event in await asyncio.to_thread(self._everything):
                    yield event
                async for event in self._follow(folders, changes, stop):
                    yield event
            finally:
                for task in watching:
                    task.cancel()
                await asyncio.gather(*watching, return_exceptions=True)

    async def _follow(
        self, folders: frozenset[Path], changes: asyncio.Queue[set[Path]], stop: Event
    ) -> AsyncGenerator[StoreEvent, None]:
        """Events until the folders to watch are no longer these."""
        while not stop.is_set():
            try:
                paths = await asyncio.wait_for(changes.get(), TICK_SECONDS)
            except TimeoutError:
                found = await asyncio.to_thread(self._tick)
            else:
                while not changes.empty():
                    paths |= changes.get_nowait()
                found = await asyncio.to_thread(self._changed, paths)
            for event in found:
                yield event
            if folders != await asyncio.to_thread(self._folders):
                return

    # -- run in threads --------------------------------------------------------------------

    def _everything(self) -> list[StoreEvent]:
        return self._after(
            event
            for backend in self._catalogue.backends
            for event in self._catch_up(backend.store_id, None)
        )

    def _changed(self, paths: set[Path]) -> list[StoreEvent]:
        found: list[StoreEvent] = []
        for backend in self._catalogue.backends:
            concerned = _below(paths, backend)
            if concerned:
                keys = backend.changed_keys(concerned)
                if keys is None or keys:
                    found.extend(self._catch_up(backend.store_id, keys))
        found.extend(self._stores())
        return self._after(found)

    def _tick(self) -> list[StoreEvent]:
        for backend in self._catalogue.backends:
            backend.close_idle(IDLE_SECONDS)
        found = self._stores()
        if not found and self._generation() != self._seen_generation:
            # Another process wrote the index: it has seen a change before us.
            generation = self._generation()
            found = [
                StoreEvent(
                    kind=StoreEventKind.CHANGED, store=backend.store_id, generation=generation
                )
                for backend in self._catalogue.backends
            ]
        return self._after(found)

    def _stores(self) -> list[StoreEvent]:
        came, went = self._catalogue.refresh()
        found = [StoreEvent(kind=StoreEventKind.VANISHED, store=store) for store in sorted(went)]
        for store in sorted(came):
            found.append(StoreEvent(kind=StoreEventKind.APPEARED, store=store))
            found.extend(self._catch_up(store, None))
        return found

    def _after(self, found: Iterable[StoreEvent]) -> list[StoreEvent]:
        events = list(found)
        self._seen_generation = self._generation()
        return events

    def _folders(self) -> frozenset[Path]:
        roots = {root for backend in self._catalogue.backends for root in backend.watch_roots()}
        real = _RealPaths()
        return frozenset(real.of(_nearest_folder(root)) for root in roots)


class _RealPaths:
    """Real paths of many folders: those that lie in one folder need its own only once.

    A history has hundreds of folders, and all of them are looked at every second.
    """

    def __init__(self) -> None:
        self._parents: dict[Path, Path] = {}

    def of(self, path: Path) -> Path:
        """What `resolve` says."""
        if path.is_symlink() or path.name in ("", ".."):
            return path.resolve()
        parent = self._parents.get(path.parent)
        if parent is None:
            parent = self._parents[path.parent] = path.parent.resolve()
        return parent / path.name


def _nearest_folder(path: Path) -> Path:
    """The path itself if it is a folder, else the nearest folder above it that exists."""
    while not path.is_dir() and path != path.parent:
        path = path.parent
    return path


def _below(paths: set[Path], backend: SessionBackend) -> set[Path]:
    folders = {root if root.is_dir() else root.parent for root in backend.watch_roots()}
    real = _RealPaths()
    folders |= {real.of(folder) for folder in folders}
    return {path for path in paths if path in folders or path.parent in folders}


def _by_mount(folders: frozenset[Path]) -> list[tuple[bool, list[Path]]]:
    """The folders apart: those that tell of changes, and those that have to be asked."""
    shared = {folder for folder in folders if shared_file_system(folder) is not None}
    groups = [(False, sorted(folders - shared)), (True, sorted(shared))]
    return [(polling, paths) for polling, paths in groups if paths]


async def _watch(paths: list[Path], polling: bool, changes: asyncio.Queue[set[Path]]) -> None:
    try:
        async for batch in awatch(
            *paths,
            watch_filter=None,
            step=STEP_MS,
            debounce=GATHER_MS,
            recursive=False,
            force_polling=polling,
            poll_delay_ms=POLL_MS,
        ):
            changes.put_nowait({Path(name) for _, name in batch})
    except FileNotFoundError:
        # A folder went between looking and watching: the next tick looks again.
        changes.put_nowait(set())
    except OSError:
        if not polling:
            # No watches left for this user.
            await _watch(paths, True, changes)
