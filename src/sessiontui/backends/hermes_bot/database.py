"""The SQLite store of hermes-bot 0.2.0 and later: one row per Slack thread."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from sessiontui.backends.hermes_bot.rows import COLUMNS, BotRow, thread_key
from sessiontui.domain.errors import StoreUnreadable, UndoRefused
from sessiontui.domain.value import JsonValue, PlainValue
from sessiontui.records.rfc3339 import Instant, parse_time
from sessiontui.storage.row_copies import columns_of, insert_row, quoted, read_rows, update_row
from sessiontui.storage.sqlite_store import Run, SqliteStore

SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS sessions (
    thread_ts    TEXT PRIMARY KEY,
    session_id   TEXT NOT NULL,
    repo         TEXT NOT NULL,
    repo_path    TEXT NOT NULL,
    agent_kind   TEXT NOT NULL DEFAULT 'claude',
    channel_id   TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    last_active  TEXT NOT NULL,
    status       TEXT NOT NULL DEFAULT 'active',
    total_turns  INTEGER NOT NULL DEFAULT 0,
    model        TEXT
);
CREATE INDEX IF NOT EXISTS idx_sessions_session_id ON sessions(session_id);
"""
_TABLE = "sessions"
_MARKS = frozenset({"thread_ts", "session_id", "repo_path"})
_NO_THREAD = re.compile(r"\(no thread\)#(\d+)", re.ASCII)


class StoredRow(PlainValue):
    """A row and its number in the table."""

    rowid: int
    row: BotRow


class Kept(PlainValue):
    """A row as it was, for putting it back."""

    rowid: int
    cells: Mapping[str, JsonValue]


def is_bot_table(columns: tuple[str, ...]) -> bool:
    """Whether a table `sessions` with these columns is hermes-bot's, and not another program's."""
    return frozenset(columns) >= _MARKS


def read_all(store: SqliteStore) -> list[BotRow]:
    """Every row, in the order of the table. Raises `StoreUnreadable` for another layout."""
    with store.reading() as run:
        return [stored.row for stored in _rows(run, store.path, "1", ())]


def find(run: Run, path: Path, key: str) -> StoredRow | None:
    """The row of a key."""
    match = _NO_THREAD.fullmatch(key)
    if match is not None:
        found = _rows(run, path, "rowid = ?", (int(match.group(1)),))
        found = [stored for stored in found if stored.row.key == key]
        if found:
            return found[0]
    bound = key.encode("utf-8", "surrogatepass")
    found = _rows(run, path, '"thread_ts" = CAST(? AS TEXT)', (bound,))
    return found[0] if found else None


def _rows(run: Run, path: Path, condition: str, parameters: tuple[object, ...]) -> list[StoredRow]:
    if not is_bot_table(columns_of(run, _TABLE)):
        raise StoreUnreadable(f"{path} is no hermes-bot database", "give the path of another file")
    copied = read_rows(run, _TABLE, condition, parameters, order="rowid")
    numbers = run(f"SELECT rowid FROM {_TABLE} WHERE {condition} ORDER BY rowid", parameters)
    found = []
    for (rowid,), values in zip(numbers, copied.rows, strict=True):
        cells = dict(zip(copied.columns, values, strict=True))
        found.append(StoredRow(rowid, BotRow(thread_key(cells["thread_ts"], rowid), cells)))
    return found


def running(connection: sqlite3.Connection) -> Run:
    """A write connection as something that runs queries."""
    return lambda sql, parameters: connection.execute(sql, parameters).fetchall()


def change(connection: sqlite3.Connection, rowid: int, cells: dict[str, JsonValue]) -> None:
    """Set some columns of one row; the others stay as they are."""
    update_row(connection, _TABLE, cells, "rowid = ?", (rowid,))


def remove(connection: sqlite3.Connection, rowid: int) -> None:
    """Remove one row."""
    connection.execute(f"DELETE FROM {_TABLE} WHERE rowid = ?", (rowid,))


def replace(connection: sqlite3.Connection, cells: Mapping[str, JsonValue]) -> None:
    """Insert a row; one of the same thread is replaced, as hermes-bot itself does."""
    connection.execute(
        f"DELETE FROM {_TABLE} WHERE {quoted('thread_ts')} = ?", (cells["thread_ts"],)
    )
    insert_row(connection, _TABLE, tuple(cells), tuple(cells.values()))


def insert_or_ignore(connection: sqlite3.Connection, cells: Mapping[str, JsonValue]) -> bool:
    """Insert a row unless its thread has one; True when it was inserted."""
    names = ", ".join(map(quoted, cells))
    places = ", ".join("?" * len(cells))
    done = connection.execute(
        f"INSERT OR IGNORE INTO {_TABLE} ({names}) VALUES ({places})", tuple(cells.values())
    )
    return done.rowcount > 0


def payload_of(stored: StoredRow) -> bytes:
    """Everything of a row, to put it back later."""
    return json.dumps({"rowid": stored.rowid, "cells": dict(stored.row.cells)}).encode()


def kept_in(payload: bytes) -> Kept:
    """What `payload_of` made."""
    value = json.loads(payload)
    return Kept(value["rowid"], value["cells"])


def put_back(connection: sqlite3.Connection, path: Path, key: str, kept: Kept) -> None:
    """Insert a removed row again, with its own number if that is free.

    Nothing happens when it is there as it was. Raises `UndoRefused` when the thread has another
    row by now.
    """
    run = running(connection)
    current = find(run, path, key)
    if current is not None:
        if dict(current.row.cells) == dict(kept.cells):
            return
        raise UndoRefused(
            "hermes-bot has another session in this thread by now", "delete that one first"
        )
    taken = run(f"SELECT 1 FROM {_TABLE} WHERE rowid = ?", (kept.rowid,))
    columns: tuple[str, ...] = tuple(kept.cells)
    values: tuple[JsonValue, ...] = tuple(kept.cells.values())
    if not taken:
        columns, values = ("rowid", *columns), (kept.rowid, *values)
    insert_row(connection, _TABLE, columns, values)


def set_back(
    connection: sqlite3.Connection, current: StoredRow, kept: Kept, taken_at: datetime
) -> None:
    """Give a row that is still there the columns it had.

    Raises `UndoRefused` when hermes-bot has worked in the thread since.
    """
    before, now = kept.cells, current.row.cells
    changed = {name: value for name, value in before.items() if now.get(name) != value}
    if not changed:
        return
    moved = parse_time(now.get("last_active"))
    if "last_active" in changed and moved is not None and moved > taken_at:
        raise UndoRefused(
            "hermes-bot has worked in this thread since", "change the session itself instead"
        )
    change(connection, current.rowid, changed)


def written_time(at: datetime) -> str:
    """A time as hermes-bot writes it: its pruning compares the text, so the form matters."""
    return Instant.of(at.astimezone(UTC)).text()


def new_cells(columns: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The cells of a new row, in the order of the table."""
    return {name: columns[name] for name in COLUMNS}
