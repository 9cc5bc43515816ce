"""One pass over one store that brings its part of the search index up to date."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from threading import Event
from typing import Protocol

from sessiontui.domain.backend import SessionBackend
from sessiontui.domain.errors import SessionMissing, SessionTuiError
from sessiontui.domain.events import StoreEvent, StoreEventKind
from sessiontui.domain.indexed_text import TextBatch
from sessiontui.domain.search import IndexTier
from sessiontui.domain.session import Session, SessionRef
from sessiontui.services.index_items import TOOL_KINDS
from sessiontui.services.index_texts import ReadText
from sessiontui.services.index_words import storable
from sessiontui.services.local_titles import LocalTitle
from sessiontui.services.search_index import PendingText, SearchIndex

COMMIT_SECONDS = 0.25
PROGRESS_SECONDS = 0.1

_MOST_CHARACTERS = 8_000_000
"""Text held before it is written."""
_FEW_CHARACTERS = 65_536
"""Tool output up to this is taken in with the conversation; reading it again would cost more."""
_ERRORS_IN_A_ROW = 10
"""After so many unreadable sessions, a store counts as unreadable."""

Progress = Callable[[StoreEvent], None]


class Titles(Protocol):
    """The local titles, as far as the index needs them."""

    def all(self) -> Mapping[SessionRef, LocalTitle]:
        """Every local title."""

    def overlay(self, session: Session) -> Session:
        """The session with its local title, if it has one."""


class SyncCancelled(Exception):
    """The run was asked to stop; what is committed stays."""


class SyncRun:
    """What one run was asked for, and whom it tells."""

    def __init__(
        self, upto: IndexTier, cancel: Event | None = None, progress: Progress | None = None
    ) -> None:
        self.upto = upto
        self._cancel = cancel
        self._progress = progress
        self._told_at = 0.0

    @property
    def cancel(self) -> Event | None:
        """Set when the run is to stop."""
        return self._cancel

    @property
    def silent(self) -> bool:
        """Whether nobody listens."""
        return self._progress is None

    def check(self) -> None:
        """Raise `SyncCancelled` when it was cancelled."""
        if self._cancel is not None and self._cancel.is_set():
            raise SyncCancelled

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


class StoreUpdate:
    """One pass over one store."""

    def __init__(
        self, backend: SessionBackend, index: SearchIndex, titles: Titles, run: SyncRun
    ) -> None:
        self._backend = backend
        self._store = backend.store_id
        self._index = index
        self._titles = titles
        self._run = run
        self._appeared: set[str] = set()
        self._changed: set[str] = set()
        self._vanished: set[str] = set()

    def events(self) -> list[StoreEvent]:
        """What was found and is committed."""
        found = (
            (StoreEventKind.APPEARED, self._appeared),
            (StoreEventKind.CHANGED, self._changed - self._appeared),
            (StoreEventKind.VANISHED, self._vanished),
        )
        if not any(keys for _, keys in found):
            return []
        generation = self._index.generation()
        return [
            StoreEvent(kind=kind, store=self._store, keys=frozenset(keys), generation=generation)
            for kind, keys in found
            if keys
        ]

    def bring_up_to_date(self, keys: frozenset[str] | None) -> None:
        """Rows, then texts; the stamp only when all of it is done."""
        stamp = self._backend.stamp()
        retitled = self._retitled()
        if stamp == self._index.stamp(self._store):
            if retitled:
                self._rows_of(retitled, {})
            return
        if keys is not None:
            self._some(keys | retitled)
            if self._run.upto >= IndexTier.TEXT:
                self.read_texts(IndexTier.TEXT, keys)
            return
        self._all(retitled)
        if self._run.upto >= IndexTier.TEXT:
            self.read_texts(IndexTier.TEXT)
            with self._index.changing() as change:
                change.set_store(self._store, stamp, None)

    # -- rows ------------------------------------------------------------------------------

    def _all(self, retitled: frozenset[str]) -> None:
        found = dict(self._backend.fingerprints())
        # The pass is complete: what it did not name is gone.
        known = self._index.fingerprints(self._store)
        self._remove(known.keys() - found.keys())
        changed = {key for key, fingerprint in found.items() if known.get(key) != fingerprint}
        wanted = changed | (retitled & found.keys())
        if wanted:
            self._rows_of(None if not known else frozenset(wanted), found)

    def _some(self, keys: frozenset[str]) -> None:
        seen = self._rows_of(keys, {})
        missing = self._index.known(self._store, keys - seen)
        if missing:
            self._remove(missing - dict(self._backend.fingerprints()).keys())

    def _rows_of(
        self, keys: frozenset[str] | None, fingerprints: Mapping[str, str]
    ) -> frozenset[str]:
        """Read sessions and write their rows; returns the keys that exist.

        A fingerprint that was taken before reading is kept: what changed since is read again.
        """
        seen: set[str] = set()
        rows: list[tuple[Session, str]] = []
        end = time.monotonic() + COMMIT_SECONDS
        for session in self._backend.scan(keys):
            key = session.ref.key
            seen.add(key)
            fingerprint = fingerprints.get(key, session.fingerprint)
            rows.append((self._titles.overlay(session), fingerprint))
            if time.monotonic() >= end:
                self._write_rows(rows)
                self._tell(len(seen), max(len(seen), len(fingerprints)))
                rows, end = [], time.monotonic() + COMMIT_SECONDS
                self._run.check()
        self._write_rows(rows)
        return frozenset(seen)

    def _write_rows(self, rows: list[tuple[Session, str]]) -> None:
        if not rows:
            return
        with self._index.changing() as change:
            change.put_sessions(rows)
        self._appeared |= change.appeared
        self._changed |= change.changed

    def _remove(self, keys: Iterable[str]) -> None:
        gone = frozenset(keys)
        if gone:
            with self._index.changing() as change:
                change.remove_sessions(self._store, gone)
            self._vanished |= gone

    def _retitled(self) -> frozenset[str]:
        """The sessions whose local title is not the one in the index."""
        wanted = {
            ref.key: held for ref, held in self._titles.all().items() if ref.store == self._store
        }
        shown = self._index.titles_in_question(self._store, wanted.keys())
        found = set()
        for key, title in shown.items():
            local = wanted.get(key)
            created_at = local.created_at if local else None
            seconds = created_at.timestamp() if created_at else None
            fits = local is not None and seconds == title.created_at
            expected = storable(local.title) if local is not None and fits else None
            if expected != (title.title if title.is_local else None):
                found.add(key)
        return frozenset(found)

    # -- texts -----------------------------------------------------------------------------

    def read_texts(self, tier: IndexTier, keys: Collection[str] | None = None) -> None:
        """Read the pending texts of a tier, oldest sessions first.

        Sessions that cannot be read stay pending; the first reason is raised at the end.
        """
        tried: set[tuple[int, str]] = set()
        problems: list[SessionTuiError] = []
        while True:
            # What changes meanwhile is pending again, and taken in the next round.
            pending = [
                text
                for text in self._index.pending(self._store, tier, keys)
                if (text.session, text.fingerprint) not in tried
            ]
            if not pending:
                break
            tried |= {(text.session, text.fingerprint) for text in pending}
            problems += self._read(pending, tier)
        if problems:
            raise problems[0]

    def _read(self, pending: list[PendingText], tier: IndexTier) -> list[SessionTuiError]:
        problems: list[SessionTuiError] = []
        in_a_row = 0
        texts: list[ReadText] = []
        size = 0
        end = time.monotonic() + COMMIT_SECONDS
        self._tell(0, len(pending))
        for done, text in enumerate(pending, 1):
            self._run.check()
            cursor = text.text_cursor if tier is IndexTier.TEXT else text.tools_cursor
            try:
                batch = self._backend.text_since(text.key, cursor)
            except SessionMissing:
                continue
            except SessionTuiError as error:
                problems.append(error)
                in_a_row += 1
                if in_a_row >= _ERRORS_IN_A_ROW:
                    break
                continue
            in_a_row = 0
            tiers = _tiers(text, tier, batch)
            texts.append(ReadText(text.session, cursor, batch, tiers, text.fingerprint))
            size += sum(len(item.text) for item in batch.items)
            full = time.monotonic() >= end or size >= _MOST_CHARACTERS
            if full and done < len(pending):
                self._write_texts(texts)
                self._tell(done, len(pending))
                texts, size, end = [], 0, time.monotonic() + COMMIT_SECONDS
        self._write_texts(texts)
        self._tell(len(pending), len(pending))
        return problems

    def _write_texts(self, texts: list[ReadText]) -> None:
        if texts:
            with self._index.changing() as change:
                change.add_texts(texts)

    def _tell(self, done: int, total: int) -> None:
        if self._run.silent:
            return
        self._run.tell(
            StoreEvent(
                kind=StoreEventKind.INDEXING,
                store=self._store,
                done=done,
                total=total,
                generation=self._index.generation(),
            )
        )


def _tiers(text: PendingText, tier: IndexTier, batch: TextBatch) -> tuple[IndexTier, ...]:
    """The tiers that a batch is taken in for: both where that saves reading it again."""
    if tier is not IndexTier.TEXT or text.text_cursor != text.tools_cursor:
        return (tier,)
    output = sum(len(item.text) for item in batch.items if item.kind in TOOL_KINDS)
    both = text.text_cursor is not None or output <= _FEW_CHARACTERS
    return (IndexTier.TEXT, IndexTier.TOOLS) if both else (tier,)
