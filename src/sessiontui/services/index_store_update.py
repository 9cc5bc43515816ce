"""One pass over one store that brings its part of the search index up to date.

Where a store's sessions are cheap to read whole, rows come first and texts after. Where only the
texts tell everything (`texts_complete_sessions`), a new session gets a row of what is seen at once,
and a known one is read from where its text ended: that is all it costs.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

from sessiontui.domain.backend import SessionBackend
from sessiontui.domain.events import StoreEvent, StoreEventKind
from sessiontui.domain.search import IndexTier
from sessiontui.domain.session import Session, SessionRef
from sessiontui.services.index_intake import Chunk
from sessiontui.services.index_sync_run import SyncRun
from sessiontui.services.index_text_update import TextUpdate
from sessiontui.services.index_words import storable
from sessiontui.services.local_titles import LocalTitle
from sessiontui.services.search_index import SearchIndex


class Titles(Protocol):
    """The local titles, as far as the index needs them."""

    def all(self) -> Mapping[SessionRef, LocalTitle]:
        """Every local title."""

    def overlay(self, session: Session) -> Session:
        """The session with its local title, if it has one."""


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
        self._texts = TextUpdate(backend, index, run, titles.overlay)
        self._stamp: str | None = None
        self._is_current = False
        self._read_anew: tuple[str, ...] = ()
        """Sessions whose rows follow from reading what is new in their texts."""
        self._appeared: set[str] = set()
        self._changed: set[str] = set()
        self._vanished: set[str] = set()

    @property
    def store(self) -> str:
        """The id of the store."""
        return self._store

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

    def read_rows(self, keys: frozenset[str] | None) -> None:
        """Bring the rows up to date: of these sessions, or of all that changed.

        What only reading the texts tells follows with `read_texts`.
        """
        self._stamp = self._backend.stamp()
        retitled = self._retitled()
        self._is_current = self._stamp == self._index.stamp(self._store)
        if self._is_current:
            if retitled:
                self._rows_of_known(retitled, {})
        elif keys is not None:
            self._some(keys | retitled)
        else:
            self._all(retitled)

    def anew(self) -> Iterator[Chunk]:
        """The texts from which rows follow."""
        return self._texts.anew(self._read_anew)

    def read_texts(self, keys: frozenset[str] | None) -> None:
        """Bring the conversations up to date; a stamp only when all of it is done.

        What `anew` gives is to be taken in before.
        """
        wanted = self._run.upto >= IndexTier.TEXT or self._backend.texts_complete_sessions
        try:
            self._remove_missing(self._texts.end_anew())
            if self._is_current:
                return
            if wanted:
                self._texts.read(IndexTier.TEXT, keys)
            elif keys is not None or self._index.pending(self._store, IndexTier.TEXT):
                return  # Whoever reads the texts puts the stamp.
        finally:
            self._appeared |= self._texts.appeared
            self._changed |= self._texts.changed
        if keys is None:
            with self._index.changing() as change:
                change.set_store(self._store, self._stamp, None)

    def read_tools(self, keys: Collection[str] | None, most_bytes: int) -> None:
        """Bring the tool output up to date, as far as the index stays below so many bytes."""

        def room() -> int:
            return most_bytes - self._index.size_bytes()

        self._texts.read(IndexTier.TOOLS, keys, room)

    # -- rows ------------------------------------------------------------------------------

    def _all(self, retitled: frozenset[str]) -> None:
        found = dict(self._backend.fingerprints())
        # The pass is complete: what it did not name is gone.
        known = self._index.fingerprints(self._store)
        self._remove(known.keys() - found.keys())
        changed = {key for key, fingerprint in found.items() if known.get(key) != fingerprint}
        wanted = frozenset(changed | (retitled & found.keys()))
        if self._backend.texts_complete_sessions and not self._run.rows_first:
            self._read_anew = tuple(key for key in found if key in wanted)
            return
        if not known:
            if wanted:
                self._rows_of(None, found)
            return
        self._rows_of_known(wanted & known.keys(), found)
        self._rows_of_new(wanted - known.keys(), found)

    def _some(self, keys: frozenset[str]) -> None:
        known = self._index.known(self._store, keys)
        seen = self._rows_of_known(known, {}) | self._rows_of_new(keys - known, {})
        self._remove_missing(known - seen)

    def _remove_missing(self, missing: frozenset[str]) -> None:
        """Remove sessions that were not found, once a complete pass does not name them either."""
        if missing:
            self._remove(missing - dict(self._backend.fingerprints()).keys())

    def _rows_of_known(
        self, keys: frozenset[str], fingerprints: Mapping[str, str]
    ) -> frozenset[str]:
        """Read the rows of known sessions anew, now or with their texts."""
        if not self._backend.texts_complete_sessions:
            return self._rows_of_new(keys, fingerprints)
        self._read_anew = (*self._read_anew, *keys)
        return keys

    def _rows_of_new(self, keys: frozenset[str], fingerprints: Mapping[str, str]) -> frozenset[str]:
        return self._rows_of(keys, fingerprints) if keys else keys

    def _rows_of(
        self, keys: frozenset[str] | None, fingerprints: Mapping[str, str]
    ) -> frozenset[str]:
        """Read sessions and write their rows; returns the keys that exist.

        A fingerprint that was taken before reading is kept: what changed since is read again.
        """
        seen: set[str] = set()
        rows: list[tuple[Session, str]] = []
        end = self._run.commit_time()
        for session in self._backend.scan(keys):
            key = session.ref.key
            seen.add(key)
            fingerprint = fingerprints.get(key, session.fingerprint)
            rows.append((self._titles.overlay(session), fingerprint))
            if time.monotonic() >= end:
                self._write_rows(rows)
                total = max(len(seen), len(fingerprints))
                self._run.tell_progress(self._index, self._store, len(seen), total)
                rows, end = [], self._run.commit_time()
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
