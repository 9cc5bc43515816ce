"""What one run of bringing the index up to date was asked for, and whom it tells."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

from sessiontui.domain.events import StoreEvent, StoreEventKind
from sessiontui.domain.search import IndexTier
from sessiontui.services.search_index import SearchIndex

COMMIT_SECONDS = 0.25
PROGRESS_SECONDS = 0.1

Progress = Callable[[StoreEvent], None]


class SyncCancelled(Exception):
    """The run was asked to stop; what is committed stays."""


class SyncRun:
    """One run: up to which tier, whether it is to stop, who listens.

    `rows_first`: somebody looks on, and wants a first look at all sessions before any text.
    """

    def __init__(
        self,
        upto: IndexTier,
        cancel: Event | None = None,
        progress: Progress | None = None,
        *,
        rows_first: bool = True,
    ) -> None:
        self.upto = upto
        self.rows_first = rows_first
        self._cancel = cancel
        self._progress = progress
        self._told_at = 0.0

    @property
    def cancel(self) -> Event | None:
        """Set when the run is to stop."""
        return self._cancel

    def check(self) -> None:
        """Raise `SyncCancelled` when it was cancelled."""
        if self._cancel is not None and self._cancel.is_set():
            raise SyncCancelled

    @staticmethod
    def commit_time(patience: int = 1) -> float:
        """When a transaction that begins now is to be committed (`time.monotonic`).

        Later by a factor where there is more patience.
        """
        return time.monotonic() + patience * COMMIT_SECONDS

    def tell(self, event: StoreEvent) -> None:
        """Pass on an event; of progress only some, but always the first and the last."""
        if self._progress is None:
            return
        if event.kind is StoreEventKind.INDEXING:
            now = time.monotonic()
            inside = event.done not in (0, event.total)
            if inside and now - self._told_at < PROGRESS_SECONDS:
                return
            self._told_at = now
        self._progress(event)

    def tell_progress(self, index: SearchIndex, store: str, done: int, total: int) -> None:
        """Tell how many sessions of a store were read."""
        if self._progress is None:
            return
        self.tell(
            StoreEvent(
                kind=StoreEventKind.INDEXING,
                store=store,
                done=done,
                total=total,
                generation=index.generation(),
            )
        )
