"""Brings the search index up to date with the stores, reading only what changed.

Three steps for each store, each cheaper to skip than to do: its stamp tells whether anything can
have changed, fingerprints tell which sessions did, cursors tell from where on to read them. Rows
are there before any text is read, conversations before tool output. An incomplete pass removes
nothing, and what was interrupted goes on where it stopped.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial
from itertools import chain
from threading import Event

from sessiontui.domain.backend import SessionBackend
from sessiontui.domain.errors import (
    IndexBroken,
    SearchInterrupted,
    SessionTuiError,
    StoreBusy,
    StoreMissing,
)
from sessiontui.domain.events import StoreEvent, StoreEventKind
from sessiontui.domain.search import IndexTier
from sessiontui.domain.value import PlainValue
from sessiontui.services.catalogue import Catalogue
from sessiontui.services.index_intake import take_in
from sessiontui.services.index_store_update import StoreUpdate, Titles
from sessiontui.services.index_sync_run import Progress, SyncCancelled, SyncRun
from sessiontui.services.search_index import SearchIndex

WAIT_SECONDS = 10.0
"""How long another process that brings the index up to date is waited for."""
SHORT_WAIT_SECONDS = 0.3
"""The same, after a change that somebody waits to see."""
PURGE_SECONDS = 0.2

_ATTEMPTS = 3
_ROUNDS = 2


class IndexLimits(PlainValue):
    """What the index may hold: tool output at all, and up to how many bytes of index."""

    tool_output: bool = True
    most_bytes: int = 2_000_000_000


class IndexSync:
    """Keeps one index up to date with the stores of a catalogue."""

    def __init__(
        self,
        catalogue: Catalogue,
        index: SearchIndex,
        titles: Titles,
        limits: IndexLimits | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._index = index
        self._titles = titles
        self._limits = limits or IndexLimits()
        self._guard = threading.Lock()
        self._runs = 0
        self._missed: set[str] = set()

    def run(
        self,
        cancel: Event | None = None,
        progress: Progress | None = None,
        upto: IndexTier = IndexTier.TOOLS,
        *,
        rows_first: bool = True,
    ) -> None:
        """Bring every store up to date, up to a tier. Ends early when `cancel` is set.

        The error of one store becomes a `failed` event; the others go on. Raises `IndexBroken`
        only when no index can be kept at all, not even in memory.
        """
        run = SyncRun(upto, cancel, progress, rows_first=rows_first)
        self._with_new_index(lambda: self._run(run))

    def _run(self, run: SyncRun) -> None:
        try:
            with self._index.database.only_one(WAIT_SECONDS, run.cancel):
                self._conversations(run)
            if not self._limits.tool_output:
                self._index.drop_tools()
            elif run.upto is IndexTier.TOOLS:
                with self._index.database.only_one(WAIT_SECONDS, run.cancel, "tools"):
                    # What changes meanwhile leaves its tools to this run.
                    for backend in self._catalogue.backends * _ROUNDS:
                        self._tools(backend, None, run)
        except SyncCancelled:
            return

    def _conversations(self, run: SyncRun) -> None:
        with self._guard:
            self._runs += 1
        under_way = True
        try:
            self._stores({backend.store_id for backend in self._catalogue.backends}, run)
            self._index.purge(PURGE_SECONDS, run.cancel)
            while under_way:
                # In one step: nobody leaves a store to a run that looks at none any more.
                with self._guard:
                    missed, self._missed = self._missed, set()
                    if not missed:
                        self._runs -= 1
                        under_way = False
                self._stores(missed, run)
        finally:
            if under_way:
                with self._guard:
                    self._runs -= 1

    def _stores(self, stores: Collection[str], run: SyncRun) -> None:
        """The rows of all stores, then their conversations: a list is there as soon as can be."""
        updates: list[StoreUpdate] = []
        for backend in self._catalogue.backends:
            if backend.store_id in stores:
                run.check()
                update = StoreUpdate(backend, self._index, self._titles, run)
                if self._done(update, partial(update.read_rows, None), run):
                    updates.append(update)
        # One after the other without a break: the first texts of one store are read while the last
        # ones of another are written.
        take_in(self._index, run, chain.from_iterable(update.anew() for update in updates))
        for update in updates:
            run.check()
            self._done(update, partial(update.read_texts, None), run)

    def _done(self, update: StoreUpdate, work: Callable[[], None], run: SyncRun) -> bool:
        """Whether a step of an update was done; what went wrong is noted and told."""
        try:
            work()
        except (IndexBroken, SearchInterrupted):
            raise
        except SessionTuiError as error:
            run.tell(self._failed(update.store, error))
            return False
        return True

    def _left_to_a_run(self, store: str) -> bool:
        """Leave a store to the run that is under way, if there is one: it looks there again."""
        with self._guard:
            if self._runs:
                self._missed.add(store)
            return self._runs > 0

    def catch_up(
        self, store: str, keys: frozenset[str] | None = None, cancel: Event | None = None
    ) -> list[StoreEvent]:
        """Bring one store up to date, or some sessions of it; returns what was found.

        With `keys`, other sessions are not looked at. Without, and while a run is under way, that
        run looks at the store once more, and nothing is returned.
        """
        found: list[StoreEvent] = []

        def once() -> None:
            found[:] = self._catch_up(store, keys, SyncRun(IndexTier.TEXT, cancel))

        self._with_new_index(once)
        return found

    def _catch_up(self, store: str, keys: frozenset[str] | None, run: SyncRun) -> list[StoreEvent]:
        try:
            backend = self._catalogue.backend(store)
        except StoreMissing:
            return []
        if keys is None and self._left_to_a_run(store):
            return []
        wait = WAIT_SECONDS if keys is None else SHORT_WAIT_SECONDS
        events: list[StoreEvent] = []
        try:
            with self._index.database.only_one(wait, run.cancel):
                events = self._store(backend, keys, run)
                self._index.purge(PURGE_SECONDS, run.cancel)
            concerned = frozenset(key for event in events for key in event.keys)
            if concerned and self._limits.tool_output:
                with self._index.database.only_one(0.0, run.cancel, "tools") as alone:
                    # Whoever holds the lock goes on until no session is left.
                    if alone:
                        self._tools(backend, concerned, run)
        except SyncCancelled:
            return events
        return events

    def _with_new_index(self, work: Callable[[], None]) -> None:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return work()
            except IndexBroken:
                # A new one is there, in memory if need be.
                if attempt == _ATTEMPTS:
                    raise
        return None

    # -- one store -------------------------------------------------------------------------

    def _store(
        self, backend: SessionBackend, keys: frozenset[str] | None, run: SyncRun
    ) -> list[StoreEvent]:
        update = StoreUpdate(backend, self._index, self._titles, run)
        try:
            update.read_rows(keys)
            take_in(self._index, run, update.anew())
            update.read_texts(keys)
        except (IndexBroken, SearchInterrupted):
            raise
        except SessionTuiError as error:
            return [*update.events(), self._failed(update.store, error)]
        return update.events()

    def _failed(self, store: str, error: SessionTuiError) -> StoreEvent:
        # A busy index cannot note it; it is told all the same.
        with suppress(StoreBusy), self._index.changing() as change:
            change.set_store(store, None, error.title)
        return StoreEvent(
            kind=StoreEventKind.FAILED,
            store=store,
            problem=error.title,
            generation=self._index.generation(),
        )

    def _tools(self, backend: SessionBackend, keys: Collection[str] | None, run: SyncRun) -> None:
        update = StoreUpdate(backend, self._index, self._titles, run)
        self._done(update, partial(update.read_tools, keys, self._limits.most_bytes), run)
