"""Reading the texts of one store for the index."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence

from sessiontui.domain.backend import SessionBackend
from sessiontui.domain.errors import SessionMissing, SessionTuiError
from sessiontui.domain.indexed_text import TextBatch, TextItem
from sessiontui.domain.search import IndexTier
from sessiontui.domain.session import Session
from sessiontui.services.index_intake import Chunk, take_in
from sessiontui.services.index_items import TEXT_OF, TOOL_KINDS
from sessiontui.services.index_sync_run import SyncRun
from sessiontui.services.index_texts import ReadText
from sessiontui.services.search_index import PendingText, SearchIndex

_CHUNK_CHARACTERS = 1_000_000
"""Text handed over at once: enough to be worth a thread, little enough to begin soon."""
_CHUNK_SESSIONS = 500
_FEW_CHARACTERS = 65_536
"""Tool output up to this is taken in with the conversation; reading it again would cost more."""
_SHARE_OF_TOOLS = 0.3
"""Bytes of the index for a byte of a store, when tool output is taken in: measured, rounded up."""
_ERRORS_IN_A_ROW = 10
"""After so many unreadable sessions, a store counts as unreadable."""


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
        chunk: list[ReadText] = []
        size = 0
        end = self._run.commit_time()
        in_a_row = 0
        for text in pending:
            self._run.check()
            cursor = text.text_cursor if tier is IndexTier.TEXT else text.tools_cursor
            tools = tier is IndexTier.TOOLS or cursor is not None
            try:
                batch = self._backend.text_since(text.key, cursor, tools=tools)
            except SessionMissing:
                self._missing.add(text.key)
                continue
            except SessionTuiError as error:
                self._problems.append(error)
                in_a_row += 1
                if in_a_row >= _ERRORS_IN_A_ROW:
                    break
                continue
            in_a_row = 0
            tiers = self._tiers(text, tier, batch)
            row, fingerprint = None, text.fingerprint
            if batch.session is not None:
                row, fingerprint = self._titled(batch.session), batch.session.fingerprint
            elif self._backend.texts_complete_sessions:
                self._missing.add(text.key)
                continue
            read = ReadText(text.session, cursor, batch, tiers, fingerprint, row)
            chunk.append(read.prepared())
            size += sum(map(len, map(TEXT_OF, batch.items)))
            if (
                size >= _CHUNK_CHARACTERS
                or len(chunk) >= _CHUNK_SESSIONS
                or time.monotonic() >= end
            ):
                yield Chunk.of(self, chunk)
                chunk, size, end = [], 0, self._run.commit_time()
        if chunk:
            yield Chunk.of(self, chunk)

    def _tiers(self, text: PendingText, tier: IndexTier, batch: TextBatch) -> tuple[IndexTier, ...]:
        """The tiers that a batch is taken in for: both where that saves reading it again."""
        if tier is not IndexTier.TEXT or text.text_cursor != text.tools_cursor:
            return (tier,)
        both = text.text_cursor is not None or (
            # A cold reading may leave out the texts of tools, if there are any.
            not any(_is_of_tools(item) for item in batch.items)
            if self._backend.texts_complete_sessions
            else sum(len(item.text) for item in batch.items if _is_of_tools(item))
            <= _FEW_CHARACTERS
        )
        return (IndexTier.TEXT, IndexTier.TOOLS) if both else (tier,)


def _newest_within(pending: Sequence[PendingText], room: int) -> list[PendingText]:
    """The newest of these (newest last) whose tool output is likely to need no more room."""
    first = len(pending)
    for place in range(len(pending) - 1, -1, -1):
        room -= int((pending[place].size_bytes or 0) * _SHARE_OF_TOOLS)
        if room < 0:
            break
        first = place
    return list(pending[first:])


def _is_of_tools(item: TextItem) -> bool:
    return item.kind in TOOL_KINDS
