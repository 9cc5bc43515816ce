"""hermes-bot: one row per Slack thread, each pointing to a session of Claude Code.

The store holds no messages. They are read from Claude Code's own transcripts, which belong to
Claude Code: nothing here removes or changes one.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, NoReturn, Self

from sessiontui.backends.hermes_bot import database, migration
from sessiontui.backends.hermes_bot.changes import new_row, patched_cells, write_transcript
from sessiontui.backends.hermes_bot.database import SCHEMA, StoredRow
from sessiontui.backends.hermes_bot.reading import BotReader, is_store
from sessiontui.backends.hermes_bot.rows import FORMAT, fingerprint_of
from sessiontui.domain.backend import (
    Footprint,
    FootprintPart,
    Place,
    ResumeCommand,
    SessionBackend,
    Snapshot,
    SnapshotScope,
    Surroundings,
)
from sessiontui.domain.ending import Ending
from sessiontui.domain.errors import (
    ChangedUnderneath,
    SessionMissing,
    SessionTuiError,
    StoreMissing,
    UndoRefused,
    Unsupported,
)
from sessiontui.domain.indexed_text import TextBatch
from sessiontui.domain.message import Message
from sessiontui.domain.session import Session, SessionPatch, SessionRef
from sessiontui.domain.store import CHANGES, Capabilities, Capability, StoreInfo
from sessiontui.records.hermes_bot_places import candidate_stores, newer_store, older_store
from sessiontui.storage.file_state import is_regular_file
from sessiontui.storage.sqlite_store import create_database

_NO_MESSAGES = "hermes-bot keeps no messages of its own: they are in Claude Code's transcript"
_LEGACY = (
    "this is the JSON file of hermes-bot 0.1.0, which its owner overwrites as a whole: "
    "take it over into the database first"
)
_NOTHING_OLDER = "there is no sessions.json beside it that could be taken over"
_LIKELY_ENDINGS = {".db", ".sqlite", ".sqlite3", ".json", ""}
_LEFTOVERS = (".json.bak", ".json.tmp")


class HermesBot(SessionBackend):
    """The sessions of one bot: its `sessions.db`, or the `sessions.json` of version 0.1.0."""

    format: ClassVar[str] = FORMAT
    title: ClassVar[str] = "hermes-bot"
    capabilities: ClassVar[Capabilities] = Capabilities(
        supported=frozenset(
            {
                Capability.DELETE,
                Capability.SET_STATE,
                Capability.PUT,
                Capability.PRUNE,
                Capability.MIGRATE,
                Capability.TIMESTAMPS,
                Capability.RESUME,
            }
        ),
        why_not={
            Capability.SEARCH: "hermes-bot has no search of its own",
            Capability.APPEND: _NO_MESSAGES,
            Capability.UPDATE_LAST: _NO_MESSAGES,
            Capability.REMOVE_LAST: _NO_MESSAGES,
            Capability.CLEAR: _NO_MESSAGES,
            Capability.COMPACT: _NO_MESSAGES,
            Capability.RENAME: "hermes-bot has no field for a title",
            Capability.SET_AGENT: "hermes-bot knows one agent only",
            Capability.SET_CONTEXT: "a session of hermes-bot stays in its Slack thread",
            Capability.TOKENS: "hermes-bot does not count tokens",
        },
    )
    change_notes: ClassVar[Mapping[Capability, str]] = {
        Capability.DELETE: (
            "hermes-bot forgets the thread and Claude Code's transcript stays; "
            "with sync on, the bot may post the conversation again as a new thread"
        ),
    }

    def __init__(self, root: Path) -> None:
        self._reader = BotReader(Path(os.path.realpath(root)))
        self._told = ""
        self._written: dict[str, str] = {}

    # -- opening ---------------------------------------------------------------------------

    @classmethod
    def open(cls, root: Path) -> Self:
        return cls(root)

    def use_home(self, home: Path) -> None:
        """Look for transcripts below this home, and nowhere else."""
        self._reader.home = home

    @classmethod
    def discover(cls, surroundings: Surroundings) -> Iterable[Place]:
        for place in candidate_stores(surroundings):
            if cls._is_store(place.path):
                yield place

    @classmethod
    def find_in(cls, path: Path) -> tuple[Path, ...]:
        if path.is_dir():
            try:
                held = sorted(path.iterdir())
            except OSError:
                return ()
            return tuple(o for o in held if o.suffix in _LIKELY_ENDINGS and cls._is_store(o))
        return (path,) if cls._is_store(path) else ()

    @classmethod
    def _is_store(cls, path: Path) -> bool:
        return not path.name.endswith(_LEFTOVERS) and is_store(path)

    @classmethod
    def create(cls, root: Path) -> Self:
        create_database(root, SCHEMA)
        return cls(root)

    def close(self) -> None:
        self._reader.close()

    def close_idle(self, seconds: float) -> None:
        self._reader.database.close_if_idle(seconds)

    @property
    def root(self) -> Path:
        return self._reader.root

    # -- the store -------------------------------------------------------------------------

    def info(self) -> StoreInfo:
        problem: str | None = None
        count: int | None = None
        legacy = self.root.suffix == ".json"
        try:
            legacy = self._reader.is_legacy
            count = len(self._reader.rows())
            problem = None if legacy else self._older_store_problem()
        except SessionTuiError as error:
            problem = error.title
        available = count is not None
        writable = available and not legacy and self._may_write()
        capabilities = self.capabilities
        if legacy:
            capabilities = capabilities.without(CHANGES - {Capability.MIGRATE}, _LEGACY)
        elif available and not writable:
            capabilities = capabilities.without(CHANGES, f"no permission to change {self.root}")
        if not legacy and Capability.MIGRATE in capabilities and not self._has_older_store():
            capabilities = capabilities.without(frozenset({Capability.MIGRATE}), _NOTHING_OLDER)
        return StoreInfo(
            id=self.store_id,
            format=self.format,
            title=self.title,
            root=self.root,
            available=available,
            writable=writable,
            capabilities=capabilities,
            format_version="0.1.0 (JSON)" if legacy else "0.2.0 or later (SQLite)",
            session_count=count,
            size_bytes=self._reader.database.size_bytes() if available else None,
            problem=problem,
        )

    def _may_write(self) -> bool:
        return os.access(self.root, os.W_OK) and os.access(self.root.parent, os.W_OK)

    def _has_older_store(self) -> bool:
        older = older_store(self.root)
        return older != self.root and is_regular_file(older)

    def _older_store_problem(self) -> str | None:
        if not self._has_older_store():
            return None
        return f"{older_store(self.root).name} beside it has not been taken over by hermes-bot"

    def stamp(self) -> str:
        return self._reader.stamp()

    def fingerprints(self) -> Iterator[tuple[str, str]]:
        return self._reader.fingerprints()

    def scan(self, keys: Collection[str] | None = None) -> Iterator[Session]:
        return self._reader.sessions(self.store_id, keys)

    # -- transcripts -----------------------------------------------------------------------

    def messages(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[Message]:
        path = self._transcript(key)
        if path is None:
            return
        try:
            yield from self._reader.shelf.messages(path, start, stop)
        except StoreMissing:
            # Claude Code removes old transcripts by itself.
            return

    def ending(self, key: str, count: int) -> Ending:
        path = self._transcript(key)
        try:
            return Ending(()) if path is None else self._reader.shelf.ending(path, count)
        except StoreMissing:
            return Ending(())

    def text_since(self, key: str, cursor: str | None, *, tools: bool = True) -> TextBatch:
        path = self._transcript(key)
        try:
            if path is not None:
                return self._reader.shelf.texts_since(path, cursor)
        except StoreMissing:
            pass
        return TextBatch([], "", restart=True)

    def _transcript(self, key: str) -> Path | None:
        row = self._reader.row(key)
        found = self._reader.link(row) if row else None
        return found.path if found else None

    def footprint(self, key: str) -> Footprint:
        row = self._reader.row(key)
        if row is None:
            raise self._missing(key)
        size = sum(len(str(value).encode("utf-8", "replace")) for value in row.cells.values())
        parts = [FootprintPart("row of the Slack thread", self.root, size)]
        found = self._reader.link(row)
        if found is not None:
            parts.append(FootprintPart("stays: Claude Code's transcript", found.path, 0))
        return Footprint(tuple(parts))

    def resume_command(self, key: str) -> ResumeCommand | None:
        row = self._reader.row(key)
        if row is None or not row.session_id or row.is_pending:
            return None
        folder = row.text("repo_path")
        return ResumeCommand(
            ("claude", "--resume", row.session_id), Path(folder) if folder else None
        )

    # -- watching --------------------------------------------------------------------------

    def watch_roots(self) -> tuple[Path, ...]:
        try:
            folders = self._reader.transcript_folders()
        except SessionTuiError:
            folders = {}
        if self.root.suffix == ".json":
            return (self.root, *folders)
        return (self.root, self._reader.database.write_ahead_log, *folders)

    def changed_keys(self, paths: Collection[Path]) -> frozenset[str] | None:
        try:
            return self._changed_keys(paths)
        except SessionTuiError:
            # What cannot be asked may have changed altogether.
            return None

    def _changed_keys(self, paths: Collection[Path]) -> frozenset[str] | None:
        own = {self.root.name, self._reader.database.write_ahead_log.name}
        keys: set[str] = set()
        others = []
        for path in paths:
            if path.name in own and Path(os.path.realpath(path.parent)) == self.root.parent:
                stamp = self._reader.base_stamp()
                if stamp != self._told:
                    self._told = stamp
                    return None
            else:
                others.append(path)
        if others:
            folders = self._reader.transcript_folders()
            real = {Path(os.path.realpath(folder)): held for folder, held in folders.items()}
            for path in others:
                if path.suffix == ".jsonl":
                    keys |= {row.key for row in self._reader.rows() if row.session_id == path.stem}
                keys |= folders.get(path) or real.get(Path(os.path.realpath(path))) or set()
        return frozenset(keys)

    # -- changing --------------------------------------------------------------------------

    def delete(self, key: str, expect: str | None = None) -> bool:
        self._require(Capability.DELETE)
        with self._reader.database.write() as connection:
            stored = database.find(database.running(connection), self.root, key)
            if stored is None:
                return False
            self._check(stored, expect)
            database.remove(connection, stored.rowid)
            return True

    def patch(self, key: str, changes: SessionPatch, expect: str | None = None) -> None:
        cells = patched_cells(changes)
        self._require(Capability.SET_STATE)
        with self._reader.database.write() as connection:
            stored = database.find(database.running(connection), self.root, key)
            if stored is None:
                raise self._missing(key)
            self._check(stored, expect)
            database.change(connection, stored.rowid, cells)
            after = database.find(database.running(connection), self.root, key)
            self._written[key] = after.row.digest if after else ""

    def put(self, session: Session, messages: Iterable[Message]) -> None:
        self._require(Capability.PUT)
        spoken = tuple(messages)
        cells = new_row(session, spoken, datetime.now(UTC))
        if spoken:
            before = self._reader.row(session.ref.key)
            replaced = self._reader.link(before) if before else None
            write_transcript(self._reader, cells, spoken, session, replaced)
        with self._reader.database.write() as connection:
            database.replace(connection, cells)

    def migrate(self, dry_run: bool = False) -> tuple[str, ...]:
        self._require(Capability.MIGRATE)
        if self._reader.is_legacy:
            return migration.take_over(self.root, newer_store(self.root), dry_run)
        if not self._has_older_store():
            raise Unsupported(Capability.MIGRATE, _NOTHING_OLDER)
        return migration.take_over(older_store(self.root), self.root, dry_run)

    def snapshot(self, key: str, scope: SnapshotScope) -> Snapshot:
        self._require(Capability.DELETE)
        with self._reader.database.reading() as run:
            stored = database.find(run, self.root, key)
        if stored is None:
            raise self._missing(key)
        return Snapshot(
            key=key,
            format=self.format,
            scope=scope,
            taken_at=datetime.now(UTC),
            fingerprint=self._fingerprint(stored),
            payload=database.payload_of(stored),
        )

    def restore(self, snapshot: Snapshot) -> None:
        self._require(Capability.DELETE)
        key, kept = snapshot.key, database.kept_in(snapshot.payload)
        with self._reader.database.write() as connection:
            current = database.find(database.running(connection), self.root, key)
            if snapshot.scope is SnapshotScope.EVERYTHING:
                database.put_back(connection, self.root, key, kept)
            elif current is None:
                raise UndoRefused(
                    "hermes-bot has removed this thread since", "undo an earlier change"
                )
            elif current.row.digest == self._written.get(key):
                database.change(connection, current.rowid, dict(kept.cells))
            else:
                database.set_back(connection, current, kept, snapshot.taken_at)

    def _require(self, capability: Capability) -> None:
        if capability not in self.capabilities:
            raise Unsupported(capability, self.capabilities.reason(capability))
        if self._reader.is_legacy and capability is not Capability.MIGRATE:
            raise Unsupported(capability, _LEGACY)

    def _check(self, stored: StoredRow, expect: str | None) -> None:
        if expect is not None and self._fingerprint(stored) != expect:
            ref = SessionRef(self.store_id, stored.row.key)
            raise ChangedUnderneath(
                "the session has changed since it was read", "look at it again and repeat", ref
            )

    def _fingerprint(self, stored: StoredRow) -> str:
        found = self._reader.link(stored.row)
        return fingerprint_of(stored.row, found.state.fingerprint if found else "-")

    def _missing(self, key: str) -> SessionMissing:
        ref = SessionRef(self.store_id, key)
        return SessionMissing(f"hermes-bot has no thread {key}", "refresh the list", ref)

    def _unsupported(self, capability: Capability) -> NoReturn:
        raise Unsupported(capability, self.capabilities.reason(capability))
