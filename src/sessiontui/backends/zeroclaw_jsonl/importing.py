"""zeroclaw's own move of a folder's JSONL sessions into `sessions.db`, only ever on command.

One transaction per file: messages, metadata, and a receipt with the file's hash, by which an
interrupted move is finished and never done twice. The file stays beside the database under the
name `.migrated`. Unlike zeroclaw, everything is looked at before the first file is touched.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from sessiontui.backends.zeroclaw_jsonl.folder import ENDING, IMPORTED, IMPORTING, SessionFolder
from sessiontui.domain.errors import (
    ChangedUnderneath,
    SessionTuiError,
    StoreReadOnly,
    StoreUnreadable,
)
from sessiontui.domain.value import PlainValue
from sessiontui.records.rfc3339 import Instant
from sessiontui.records.zeroclaw_lines import StoredMessage, read_line
from sessiontui.records.zeroclaw_places import ARCHIVE
from sessiontui.records.zeroclaw_schema import CHAT_SCRIPT, RECEIPTS_SCRIPT, is_chat_table
from sessiontui.storage.atomic_file import sync_folder
from sessiontui.storage.json_text import JsonRefused
from sessiontui.storage.jsonl_file import read_file
from sessiontui.storage.sqlite_store import SqliteStore, create_database
from sessiontui.storage.system_errors import store_error
from sessiontui.storage.toml_file import read_toml


class _Source(PlainValue):
    """One file to import: its key, whether it was already set aside, and what is in it."""

    key: str
    staged: bool
    content: bytes
    messages: list[StoredMessage]

    @property
    def name(self) -> str:
        return self.key + ENDING

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def why_not_imported(folder: SessionFolder) -> str | None:
    """Why zeroclaw itself would not import this folder, or None when it would."""
    if folder.path.name == ARCHIVE:
        return "zeroclaw does not import what it has archived"
    if _configured_backend(folder.path) == "jsonl":
        return 'zeroclaw is set to session_backend = "jsonl", and could write no more after it'
    if folder.has_database():
        store = SqliteStore(folder.database)
        try:
            columns = store.columns("session_metadata")
            if not is_chat_table(store.columns("sessions")):
                return f"{folder.database.name} beside the files is no database of zeroclaw's"
        except StoreUnreadable as error:
            return error.title
        finally:
            store.close()
        if "agent_alias" not in columns:
            return "this zeroclaw is older than v0.8 and keeps channel sessions in files"
    return None


def import_folder(folder: SessionFolder, dry_run: bool) -> tuple[str, ...]:
    """Move every session into the database beside the files; returns the keys.

    Raises `StoreReadOnly` where zeroclaw would refuse, before anything is touched, and
    `StoreUnreadable`; then the files imported so far stay imported, as in zeroclaw.
    """
    sources = sorted(_sources(folder), key=lambda source: (not source.staged, source.name))
    store = SqliteStore(folder.database)
    try:
        if folder.has_database():
            for source in sources:
                _require_no_clash(store, source)
        keys = tuple(source.key for source in sources)
        if dry_run or not sources:
            return keys
        with suppress(ChangedUnderneath):
            create_database(folder.database, CHAT_SCRIPT)
        for source in sources:
            _import(folder.path, store, source)
        return keys
    finally:
        store.close()


def _sources(folder: SessionFolder) -> Iterator[_Source]:
    entries, nameless = folder.entries()
    if nameless:
        raise StoreReadOnly("a file's name is not UTF-8", "move it out of the folder")
    staged = {
        path.name.removesuffix(ENDING + IMPORTING)
        for path in folder.path.glob(f"*{ENDING}{IMPORTING}")
    }
    live = {listed.key: listed for listed in entries if listed.key}
    for key in sorted(staged | live.keys()):
        if key in staged and key in live:
            raise StoreReadOnly(f"{key}{ENDING} is there twice", "move one of the two away")
        if key in live and (kind := live[key].kind):
            raise StoreReadOnly(f"{key}{ENDING} is {kind}", "move it out of the folder")
        path = folder.path_of(key)
        imported = path.with_name(path.name + IMPORTED)
        if imported.exists() and not (key in staged and imported.samefile(_staged(path))):
            raise StoreReadOnly(f"{path.name}{IMPORTED} is there already", "move it away")
        content, _ = read_file(_staged(path) if key in staged else path)
        messages = list(_messages(content))
        if content.strip() and not messages:
            raise StoreReadOnly(
                f"{path.name} holds nothing that can be read", "move it out of the folder"
            )
        yield _Source(key, key in staged, content, messages)


def _messages(content: bytes) -> Iterator[StoredMessage]:
    for line in content.split(b"\n"):
        with suppress(JsonRefused):
            yield read_line(line)


def _require_no_clash(store: SqliteStore, source: _Source) -> None:
    receipt = _receipt(store, source)
    if receipt is not None and receipt != (source.digest, len(source.content)):
        raise StoreReadOnly(
            f"{source.name} is not the file that was imported", "move it out of the folder"
        )
    if receipt is None and any(
        store.rows(f"SELECT 1 FROM {table} WHERE session_key = ? LIMIT 1", (source.key,))
        for table in ("sessions", "session_metadata")
    ):
        raise StoreReadOnly(
            f"the database has a session {source.key} of its own", "move one of the two away"
        )


def _receipt(store: SqliteStore, source: _Source) -> tuple[str, int] | None:
    if not store.columns("jsonl_import_receipts"):
        return None
    sql = "SELECT source_hash, source_len FROM jsonl_import_receipts WHERE source_name = ?"
    found = store.rows(sql, (source.name,))
    return (found[0][0], found[0][1]) if found else None


def _import(folder: Path, store: SqliteStore, source: _Source) -> None:
    live = folder / source.name
    staged = _staged(live)
    try:
        if not source.staged:
            live.rename(staged)
        _sync(staged)
        sync_folder(folder)
        if read_file(staged)[0] != source.content:
            staged.rename(live)
            raise ChangedUnderneath(f"{live.name} is being written", "stop zeroclaw and repeat")
        if _receipt(store, source) is None:
            try:
                with store.write() as connection:
                    _insert(connection, source)
            except SessionTuiError:
                if not live.exists():
                    staged.rename(live)
                raise
        # It is there already where the last move was interrupted right here.
        with suppress(FileExistsError):
            os.link(staged, live.with_name(live.name + IMPORTED))
        staged.unlink()
    except OSError as error:
        raise store_error(error, live) from error
    sync_folder(folder)


def _insert(connection: sqlite3.Connection, source: _Source) -> None:
    now = Instant.of(datetime.now(UTC)).text()
    connection.execute(RECEIPTS_SCRIPT)
    connection.executemany(
        "INSERT INTO sessions (session_key, role, content, created_at) VALUES (?, ?, ?, ?)",
        [(source.key, message.role, message.content, now) for message in source.messages],
    )
    connection.execute(
        "INSERT INTO session_metadata (session_key, created_at, last_activity, message_count) "
        "VALUES (?, ?, ?, ?)",
        (source.key, now, now, len(source.messages)),
    )
    connection.execute(
        "INSERT INTO jsonl_import_receipts VALUES (?, ?, ?, ?, ?)",
        (source.name, source.key, source.digest, len(source.content), now),
    )


def _staged(live: Path) -> Path:
    return live.with_name(live.name + IMPORTING)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _configured_backend(folder: Path) -> str | None:
    """What the config file beside the data folder says, if there is one that can be read."""
    try:
        config = read_toml(folder.parents[1] / "config.toml")
    except (OSError, ValueError, IndexError):
        return None
    channels = config.get("channels")
    chosen = channels.get("session_backend") if isinstance(channels, dict) else None
    return chosen if isinstance(chosen, str) else None
