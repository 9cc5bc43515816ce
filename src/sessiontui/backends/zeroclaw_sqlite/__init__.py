"""zeroclaw's chat database, `sessions.db`: web chats, RPC chats and channel conversations."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, Self

from sessiontui.backends.zeroclaw_sqlite.changing import COLUMN_OF, ChatChanges
from sessiontui.backends.zeroclaw_sqlite.chat_rows import Layout
from sessiontui.backends.zeroclaw_sqlite.reading import ChatReader
from sessiontui.backends.zeroclaw_sqlite.undoing import ChatUndoing
from sessiontui.domain.backend import (
    ClearScope,
    Footprint,
    Place,
    SessionBackend,
    Snapshot,
    SnapshotScope,
    Surroundings,
)
from sessiontui.domain.errors import (
    SessionTuiError,
    StoreBusy,
    StoreMissing,
    StoreUnreadable,
)
from sessiontui.domain.indexed_text import TextBatch
from sessiontui.domain.message import Message
from sessiontui.domain.query import Query, session_matches
from sessiontui.domain.search import SearchHit
from sessiontui.domain.session import Session, SessionPatch
from sessiontui.domain.store import CHANGES, Capabilities, Capability, StoreInfo
from sessiontui.domain.words import count_words
from sessiontui.records.zeroclaw_places import CHAT_DATABASE, database_places
from sessiontui.records.zeroclaw_schema import CHAT_SCRIPT, chat_version, is_chat_table
from sessiontui.storage.sqlite_store import SqliteStore, create_database

_COMES_BACK = (
    "a running zeroclaw may still hold the conversation, and write the session again "
    "with its next message"
)


class ZeroclawSqlite(SessionBackend):
    """One `sessions.db`, of any version of zeroclaw since v0.5.0."""

    format: ClassVar[str] = "zeroclaw-sqlite"
    title: ClassVar[str] = "zeroclaw"
    capabilities: ClassVar[Capabilities] = Capabilities(
        supported=frozenset(Capability)
        - {Capability.COMPACT, Capability.MIGRATE, Capability.TOKENS, Capability.RESUME},
        why_not={
            Capability.COMPACT: "a database has no corrupt lines to drop",
            Capability.MIGRATE: "this already is zeroclaw's newer store",
            Capability.TOKENS: "zeroclaw counts tokens of its ACP sessions only",
            Capability.RESUME: "the zeroclaw daemon continues its sessions: write in the web chat "
            "or the channel it belongs to",
        },
    )
    change_notes: ClassVar[Mapping[Capability, str]] = {
        Capability.DELETE: _COMES_BACK,
        Capability.CLEAR: "a running zeroclaw may still hold the conversation in memory",
    }

    def __init__(self, root: Path) -> None:
        path = (root / CHAT_DATABASE if root.is_dir() else root).resolve()
        self._root = path
        self._store = SqliteStore(path)
        self._reader = ChatReader(self._store, self.store_id, self.format)
        self._changes = ChatChanges(self._store, self.store_id)
        self._undoing = ChatUndoing(self._store, self._changes, self.store_id, self.format)

    # -- opening ---------------------------------------------------------------------------

    @classmethod
    def open(cls, root: Path) -> Self:
        return cls(root)

    @classmethod
    def create(cls, root: Path) -> Self:
        path = root / CHAT_DATABASE if root.is_dir() else root
        create_database(path, CHAT_SCRIPT)
        return cls(path)

    @classmethod
    def discover(cls, surroundings: Surroundings) -> Iterable[Place]:
        return database_places(surroundings, CHAT_DATABASE)

    @classmethod
    def find_in(cls, path: Path) -> tuple[Path, ...]:
        candidate = path / CHAT_DATABASE if path.is_dir() else path
        if not candidate.is_file():
            return ()
        store = SqliteStore(candidate)
        try:
            found = is_chat_table(store.columns("sessions"))
        except (StoreUnreadable, StoreMissing, StoreBusy):
            return ()
        finally:
            store.close()
        return (candidate.resolve(),) if found else ()

    def close(self) -> None:
        self._store.close()

    def close_idle(self, seconds: float) -> None:
        self._store.close_if_idle(seconds)

    @property
    def root(self) -> Path:
        return self._root

    # -- reading ---------------------------------------------------------------------------

    def info(self) -> StoreInfo:
        try:
            layout = self._reader.layout()
            count, nameless = self._reader.counted()
        except SessionTuiError as error:
            return self._described(self.capabilities, available=False, problem=error.title)
        reason = _why_read_only(self._store, layout)
        capabilities = self.capabilities
        if reason is not None:
            capabilities = capabilities.without(CHANGES, reason)
        for capability, column in COLUMN_OF.items():
            if column not in layout.metadata:
                capabilities = capabilities.without(
                    frozenset({capability}),
                    "this database is of a version of zeroclaw that has no such field; "
                    "zeroclaw adds it when it is updated",
                )
        problem = None
        if nameless:
            problem = f"{count_words(nameless, 'session')} in it cannot be named: no text as key"
        return self._described(
            capabilities,
            writable=reason is None,
            problem=problem,
            format_version=chat_version(layout.names, layout.metadata),
            session_count=count,
            size_bytes=self._store.size_bytes(),
        )

    def _described(
        self,
        capabilities: Capabilities,
        *,
        available: bool = True,
        writable: bool = False,
        problem: str | None = None,
        format_version: str | None = None,
        session_count: int | None = None,
        size_bytes: int | None = None,
    ) -> StoreInfo:
        return StoreInfo(
            id=self.store_id,
            format=self.format,
            title=self.title,
            root=self._root,
            available=available,
            writable=writable,
            capabilities=capabilities,
            format_version=format_version,
            session_count=session_count,
            size_bytes=size_bytes,
            problem=problem,
        )

    def stamp(self) -> str:
        return self._store.stamp()

    def fingerprints(self) -> Iterator[tuple[str, str]]:
        stored, _ = self._reader.stored()
        return ((key, session.fingerprint) for key, session in stored.items())

    def scan(self, keys: Collection[str] | None = None) -> Iterator[Session]:
        return self._reader.scan(keys)

    def messages(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[Message]:
        return self._reader.messages(key, start, stop)

    def text_since(self, key: str, cursor: str | None, *, tools: bool = True) -> TextBatch:
        return self._reader.text_since(key, cursor)

    def search(self, query: Query) -> Iterator[tuple[str, SearchHit]]:
        from sessiontui.backends.zeroclaw_sqlite.searching import find_hits  # noqa: PLC0415

        now = datetime.now(UTC)

        def is_wanted(key: str) -> bool:
            session = self.get(key)
            return session is not None and all(
                session_matches(session, condition, now) for condition in query.filters
            )

        return find_hits(self._reader, query, is_wanted)

    def footprint(self, key: str) -> Footprint:
        return self._reader.footprint(key)

    # -- watching --------------------------------------------------------------------------

    def watch_roots(self) -> tuple[Path, ...]:
        return (self._root.parent,)

    def changed_keys(self, paths: Collection[Path]) -> frozenset[str] | None:
        return None if self._store.has_moved(paths) else frozenset()

    # -- changing --------------------------------------------------------------------------

    def append(self, key: str, message: Message) -> None:
        self._changes.append(key, message)

    def remove_last(self, key: str) -> bool:
        return self._changes.remove_last(key)

    def update_last(self, key: str, message: Message) -> bool:
        return self._changes.update_last(key, message)

    def clear(self, key: str, scope: ClearScope | None = None, expect: str | None = None) -> int:
        return self._changes.clear(key, scope or ClearScope(), expect)

    def delete(self, key: str, expect: str | None = None) -> bool:
        return self._changes.delete(key, expect)

    def patch(self, key: str, changes: SessionPatch, expect: str | None = None) -> None:
        self._changes.patch(key, changes, expect)

    def put(self, session: Session, messages: Iterable[Message]) -> None:
        self._changes.put(session, messages)

    def snapshot(self, key: str, scope: SnapshotScope) -> Snapshot:
        return self._undoing.snapshot(key, scope)

    def restore(self, snapshot: Snapshot) -> None:
        self._undoing.restore(snapshot)


def _why_read_only(store: SqliteStore, layout: Layout) -> str | None:
    reason = store.why_not_writable()
    if reason is None and "sessions_fts" in layout.names and not _has_full_text():
        return "this Python's SQLite has no full-text search, which every change here needs"
    return reason


def _has_full_text() -> bool:
    with sqlite3.connect(":memory:") as connection:
        found = connection.execute(
            "SELECT 1 FROM pragma_module_list WHERE name = 'fts5'"
        ).fetchone()
    connection.close()
    return found is not None
