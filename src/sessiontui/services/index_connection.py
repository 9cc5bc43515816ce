"""Single connections to the search index: how they are made, and what its errors mean."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

from sessiontui.domain.verdict import status_of
from sessiontui.services.index_conditions import UNPACKED
from sessiontui.services.index_items import unpacked
from sessiontui.services.index_rows import newest
from sessiontui.services.index_schema import create_schema

BUSY_SECONDS = 10.0
_CACHE_KB = 16_000


def remove_database(path: Path) -> None:
    """Remove a database file with its log and its shared memory, as far as they are there."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def error_code(error: sqlite3.Error) -> int:
    """The primary result code of SQLite."""
    extended: int = getattr(error, "sqlite_errorcode", None) or 0
    return extended & 0xFF


def file_identity(path: Path) -> tuple[int, int] | None:
    """Tells one file from another that took its place; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def connect(path: Path) -> sqlite3.Connection:
    """Open an index that is there. Raises `sqlite3.Error`."""
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode=rw",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
        connection.execute("PRAGMA temp_store = MEMORY")
    except sqlite3.Error:
        connection.close()
        raise
    _add_functions(connection)
    return connection


def in_memory() -> sqlite3.Connection:
    """A new index that is gone with its connection."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    create_schema(connection)
    _add_functions(connection)
    return connection


def _add_functions(connection: sqlite3.Connection) -> None:
    connection.create_function("status_of", 7, _status_text)
    connection.create_function(UNPACKED, 1, unpacked, deterministic=True)


def _status_text(
    state: str,
    turn_open: int | None,
    began_at: float | None,
    last_activity: float | None,
    moved_at: float | None,
    now: float,
    threshold: float,
) -> str:
    opened = None if turn_open is None else bool(turn_open)
    moved = newest(last_activity, moved_at)
    return status_of(state, opened, began_at, moved, now, threshold).value
