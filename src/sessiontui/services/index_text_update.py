"""Reading the texts of one store for the index."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from sessiontui.domain.backend import SessionBackend
from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.search import IndexTier
from sessiontui.domain.session import Session
from sessiontui.services.index_intake import Chunk, take_in
from sessiontui.services.index_sync_run import SyncRun
from sessiontui.services.index_texts import ReadText
from sessiontui.services.search_index import PendingText, SearchIndex
from sessiontui.services.text_reading import TextReading

_SHARE_OF_TOOLS = 0.3
"""Bytes of the index for a byte of a store, when tool output is taken in: measured, rounded up."""


class TextUpdate:
    """Reads texts of one store; `titled` gives a session its local title."""

    def __init__(
        self,
        backend: SessionBackend,
        index: SearchIndex,
        run: SyncRun,
        titled: Callable[[Session], Session],
    ) -> None:
        self._backend = backend
        self._store = backend.store_id
        self._index = index
        self._run = run
        self._titled = titled
        self._problems: list[SessionTuiError] = []
        self._missing: set[str] = set()
        self._done = self._total = 0
        self.appeared: set[str] = set()
        self.changed: set[str] = set()
        """Keys of the sessions that came, and of those whose rows changed, as committed."""

    def read(
        self,
        tier: IndexTier,
        keys: Collection[str] | None = None,
        room: Callable[[], int] | None = None,
    ) -> None:
        """Read the pending texts of a tier, oldest sessions first.

        Sessions that cannot be read stay pending; the first reason is raised at the end. With
        `room`, asked again and again, the newest are read that the index has so many bytes for;
        the others stay pending.
        """
        tried: set[tuple[int | None, str]] = set()
        self._problems = []
        while True:
            # What changes meanwhile is pending again, and taken in the next round.
            pending = [
                text
                for text in self._index.pending(self._store, tier, keys)
                if (text.session, text.fingerprint) not in tried
            ]
            if room is not None:
                pending = _newest_within(pending, room())
            if not pending:
                break
            tried |= {(text.session, text.fingerprint) for text in pending}
            self._begin(len(pending))
            take_in(self._index, self._run, self._chunks(pending, tier))
            self._done = self._total
            self._tell()
        if self._problems:
            raise self._problems[0]

    def anew(self, keys: Collection[str]) -> Iterator[Chunk]:
        """What is new in the texts of sessions, pending or not, and their rows by it.

        Unknown ones get a row. `end_anew` is to follow.
        """
        self._problems, self._missing = [], set()
        if not keys:
            return
        held = self._index.held_texts(self._store, keys)
        self._begin(len(held))
        yield from self._chunks(held, IndexTier.TEXT)

    def end_anew(self) -> frozenset[str]:
        """The sessions that were not there; raises the first reason why one could not be read."""
        if self._problems:
            raise self._problems[0]
        return frozenset(self._missing)

    def committed(self, sessions: int, appeared: set[str], changed: set[str]) -> None:
        """Note what was written."""
        self._done += sessions
        self.appeared |= appeared
        self.changed |= changed
        self._tell()

    def _tell(self) -> None:
        done = min(self._done, self._total)
        self._run.tell_progress(self._index, self._store, done, self._total)

    def _begin(self, sessions: int) -> None:
        self._done, self._total = 0, sessions
        self._tell()

    def _chunks(self, pending: Sequence[PendingText], tier: IndexTier) -> Iterator[Chunk]:
        for portion in TextReading(self._backend, tier).portions(pending, self._run.check):
            self._missing.update(portion.missing)
            self._problems += portion.problems
            if portion.texts:
                texts = [self._titled_text(text) for text in portion.texts]
                yield Chunk(self, texts, portion.spelled)

    def _titled_text(self, text: ReadText) -> ReadText:
        return text if text.row is None else text.replace(row=self._titled(text.row))


def _newest_within(pending: Sequence[PendingText], room: int) -> list[PendingText]:
    """The newest of these (newest last) whose tool output is likely to need no more room."""
    first = len(pending)
    for place in range(len(pending) - 1, -1, -1):
        room -= int((pending[place].size_bytes or 0) * _SHARE_OF_TOOLS)
        if room < 0:
            break
        first = place
    return list(pending[first:])
