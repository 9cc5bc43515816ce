"""zeroclaw's ACP database, `acp-sessions.db`: editors' sessions and the Code pane's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from sessiontui.backends.zeroclaw_acp.acp_rows import read_shape
from sessiontui.backends.zeroclaw_acp.changing import FIRST_BETA, WHY_NOT, AcpChanges
from sessiontui.backends.zeroclaw_acp.reading import AcpReader
from sessiontui.backends.zeroclaw_acp.undoing import AcpUndoing
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
from sessiontui.domain.session import Session, SessionPatch
from sessiontui.domain.store import CHANGES, Capabilities, Capability, StoreInfo
from sessiontui.domain.words import count_words
from sessiontui.records.zeroclaw_places import ACP_DATABASE, database_places
from sessiontui.records.zeroclaw_schema import ACP_SCRIPT, acp_version
from sessiontui.storage.sqlite_store import SqliteStore, create_database

_OLD_TOO = frozenset({Capability.DELETE, Capability.PRUNE})
"""The changes that make sense where no version of zeroclaw reads the database any more."""


class ZeroclawAcp(SessionBackend):
    """One `acp-sessions.db`, of any version of zeroclaw since v0.8.0-beta-1."""

    format: ClassVar[str] = "zeroclaw-acp"
    title: ClassVar[str] = "zeroclaw"
    capabilities: ClassVar[Capabilities] = Capabilities(
        supported=frozenset(
            {
                Capability.APPEND,
                Capability.UPDATE_LAST,
                Capability.REMOVE_LAST,
                Capability.CLEAR,
                Capability.DELETE,
                Capability.SET_AGENT,
                Capability.PUT,
                Capability.PRUNE,
                Capability.TIMESTAMPS,
                Capability.TOKENS,
            }
        ),
        why_not={
            **WHY_NOT,
            Capability.SEARCH: "zeroclaw has no search over ACP sessions",
            Capability.COMPACT: "a database has no corrupt lines to drop",
            Capability.MIGRATE: "zeroclaw has no newer store for ACP sessions",
            Capability.RESUME: "the zeroclaw daemon continues its sessions: load it in the editor "
            "or the Code pane it belongs to",
        },
    )

    change_notes: ClassVar[Mapping[Capability, str]] = dict.fromkeys(
        (Capability.DELETE, Capability.CLEAR),
        "a running zeroclaw may still hold the session in memory",
    )

    def __init__(self, root: Path) -> None:
        path = (root / ACP_DATABASE if root.is_dir() else root).resolve()
        self._root = path
        self._store = SqliteStore(path)
        self._reader = AcpReader(self._store, self.store_id, self.format)
        self._changes = AcpChanges(self._store, self.store_id)
        self._undoing = AcpUndoing(self._store, self._changes, self.store_id, self.format)

    # -- opening ---------------------------------------------------------------------------

    @classmethod
    def open(cls, root: Path) -> Self:
        return cls(root)

    @classmethod
    def create(cls, root: Path) -> Self:
        path = root / ACP_DATABASE if root.is_dir() else root
        create_database(path, ACP_SCRIPT)
        return cls(path)

    @classmethod
    def discover(cls, surroundings: Surroundings) -> Iterable[Place]:
        return database_places(surroundings, ACP_DATABASE)

    @classmethod
    def find_in(cls, path: Path) -> tuple[Path, ...]:
        candidate = path / ACP_DATABASE if path.is_dir() else path
        if not candidate.is_file():
            return ()
        store = SqliteStore(candidate)
        try:
            read_shape(lambda sql, parameters: store.rows(sql, parameters, raw=True))
        except (StoreUnreadable, StoreMissing, StoreBusy):
            return ()
        finally:
            store.close()
        return (candidate.resolve(),)

    def close(self) -> None:
        self._store.close()

    def close_idle(self, seconds: float) -> None:
        self._store.close_if_idle(seconds)

    @property
    def root(self) -> Path:
        return self._root

    # -- reading ---------------------------------------------------------------------------

    def info(self) -> StoreInfo:
        known: dict[str, Any] = {"id": self.store_id, "format": self.format, "title": self.title}
        try:
            shape = self._reader.shape()
            stored, nameless = self._reader.stored()
            orphans = self._reader.orphans()
        except SessionTuiError as error:
            return StoreInfo(
                **known,
                root=self._root,
                available=False,
                writable=False,
                capabilities=self.capabilities,
                problem=error.title,
            )
        reason = self._store.why_not_writable()
        capabilities = self.capabilities
        problems = []
        if shape.is_first_beta:
            capabilities = capabilities.without(CHANGES - _OLD_TOO, FIRST_BETA)
            problems.append(FIRST_BETA)
        if reason is not None:
            capabilities = capabilities.without(CHANGES, reason)
        if nameless:
            problems.append(f"{count_words(nameless, 'session')} in it cannot be named")
        if orphans:
            problems.append(f"{count_words(orphans, 'message')} in it belong to no session")
        return StoreInfo(
            **known,
            root=self._root,
            available=True,
            writable=reason is None,
            capabilities=capabilities,
            format_version=acp_version(shape.columns),
            session_count=len(stored),
            size_bytes=self._store.size_bytes(),
            problem="; ".join(problems) or None,
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
