"""A foreign SQLite database: read through one long-lived connection, changed in short transactions.

Nobody else in the program opens a database file: closing any other handle on it would drop
SQLite's locks in this process. The read connection is opened with `mode=ro`, holds no transaction
between calls (the owner can checkpoint), and is opened anew when the file was replaced. Nothing
here migrates, checkpoints, vacuums or changes the journal mode of a database.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sessiontui.domain.errors import ChangedUnderneath, StoreMissing
from sessiontui.storage.file_state import FileState, file_state, stamp_of
from sessiontui.storage.system_errors import database_error, store_error

BUSY_SECONDS = 5.0
Row = tuple[Any, ...]
Run = Callable[[str, Sequence[object]], list[Row]]
"""Runs one statement and returns all its rows; texts come as bytes."""

_UNOPENABLE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)


def _replacing(data: bytes) -> str:
    # The default factory raises for the whole query when one text is not UTF-8.
    return data.decode("utf-8", "replace")


class SqliteStore:
    """One database file. Safe to use from several threads; calls are serialised."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._reader: sqlite3.Connection | None = None
        self._opened: FileState | None = None
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        self._copied = ""
        self._last_used = 0.0
        self._seen = ""

    # -- looking from outside --------------------------------------------------------------

    @property
    def write_ahead_log(self) -> Path:
        """The file beside the database that holds commits not yet moved into it."""
        return self.path.with_name(self.path.name + "-wal")

    def stamp(self) -> str:
        """Changes with every commit; costs two stat calls and opens nothing.

        An empty log counts as none: a mere read-only open may create one.
        """
        try:
            log = file_state(self.write_ahead_log)
            return stamp_of((file_state(self.path), log if log and log.size else None))
        except OSError as error:
            raise store_error(error, self.path) from error

    def size_bytes(self) -> int:
        """The size of database and log together; 0 when they are not there."""
        states = (file_state(self.path), file_state(self.write_ahead_log))
        return sum(state.size for state in states if state)

    def has_moved(self, paths: Collection[Path]) -> bool:
        """Whether changes of these paths may have brought a commit since the last call.

        The first call knows no commit before it.
        """
        names = {self.path.name, self.write_ahead_log.name}
        if not any(path.name in names or path == self.path.parent for path in paths):
            return False
        before, self._seen = self._seen, self.stamp()
        return self._seen != before

    def why_not_writable(self) -> str | None:
        """Why nothing can be written, in a sentence; None when it can."""
        if not os.access(self.path, os.W_OK):
            return f"{self.path.name} may not be written"
        if not os.access(self.path.parent, os.W_OK):
            return f"the folder of {self.path.name} may not be written, and its log is kept there"
        return None

    # -- reading ---------------------------------------------------------------------------

    def rows(self, sql: str, parameters: Sequence[object] = (), *, raw: bool = False) -> list[Row]:
        """All rows of a query; texts that are not UTF-8 are decoded with replacement characters.

        With `raw`, texts come as bytes. Raises `StoreMissing`, `StoreUnreadable`, `StoreBusy`.
        """
        with self._lock:
            connection = self._connection()
            connection.text_factory = bytes if raw else _replacing
            try:
                return connection.execute(sql, parameters).fetchall()
            except sqlite3.Error as error:
                raise database_error(error, self.path) from error
            finally:
                self._last_used = time.monotonic()

    @contextmanager
    def reading(self) -> Iterator[Run]:
        """Several queries that see one and the same state of the database; texts come as bytes.

        Keep it short: until it ends, the owner's log cannot be emptied. Raises as `rows`.
        """
        with self._lock:
            connection = self._connection()
            connection.text_factory = bytes
            try:
                connection.execute("BEGIN")
                try:
                    yield lambda sql, parameters: connection.execute(sql, parameters).fetchall()
                finally:
                    if connection.in_transaction:
                        connection.rollback()
            except sqlite3.Error as error:
                raise database_error(error, self.path) from error
            finally:
                self._last_used = time.monotonic()

    def tables(self) -> frozenset[str]:
        """The names of tables, virtual tables, triggers and indexes that are there."""
        return frozenset(str(name) for (name,) in self.rows("SELECT name FROM sqlite_master"))

    def columns(self, table: str) -> tuple[str, ...]:
        """The columns of a table, in order; none when there is no such table."""
        return tuple(
            str(name) for (name,) in self.rows("SELECT name FROM pragma_table_info(?)", (table,))
        )

    def data_version(self) -> int:
        """A number that changes when another connection has committed."""
        return int(self.rows("PRAGMA data_version")[0][0])

    def interrupt(self) -> None:
        """End a running query of another thread at once; it raises `StoreUnreadable`."""
        reader = self._reader
        if reader is not None:
            reader.interrupt()

    def close_if_idle(self, seconds: float) -> bool:
        """Close the read connection when it was not used for so long; True if it was closed."""
        with self._lock:
            idle = time.monotonic() - self._last_used
            if self._reader is None or idle < seconds:
                return False
            self.close()
            return True

    def close(self) -> None:
        """Close the read connection; the next read opens it again."""
        with self._lock:
            if self._reader is not None:
                self._reader.close()
                self._reader = None
            if self._copy is not None:
                self._copy.cleanup()
                self._copy = None

    def _connection(self) -> sqlite3.Connection:
        try:
            state = file_state(self.path)
        except OSError as error:
            raise store_error(error, self.path) from error
        if state is None:
            self.close()
            raise StoreMissing(f"{self.path} is not there", "it may have been moved or removed")
        if self._reader is not None and self._is_current(state):
            return self._reader
        self.close()
        try:
            self._reader = _open(self.path, "ro")
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", None) or 0
            if code & 0xFF not in _UNOPENABLE or not self.path.is_file():
                raise database_error(error, self.path) from error
            self._reader = self._open_copy()
        self._opened = state
        return self._reader

    def _is_current(self, state: FileState) -> bool:
        if self._copy is not None:
            return self.stamp() == self._copied
        opened = self._opened
        return opened is not None and (opened.device, opened.inode) == (state.device, state.inode)

    def _open_copy(self) -> sqlite3.Connection:
        # A database with a log in a folder where nothing can be created cannot be opened for
        # reading without its shared-memory file; a private copy of both can.
        self._copied = self.stamp()
        self._copy = tempfile.TemporaryDirectory(prefix="sessiontui-")
        target = Path(self._copy.name) / self.path.name
        try:
            shutil.copyfile(self.path, target)
            if self.write_ahead_log.exists():
                shutil.copyfile(self.write_ahead_log, target.with_name(self.write_ahead_log.name))
            return _open(target, "rw")
        except OSError as error:
            self.close()
            raise store_error(error, self.path) from error
        except sqlite3.Error as error:
            self.close()
            raise database_error(error, self.path) from error

    # -- changing --------------------------------------------------------------------------

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A short write transaction: committed at the end, rolled back on any error.

        Foreign keys are enforced; texts come back as bytes that are not decoded, so that what is
        read can be written again unchanged. Never wait for a person inside.
        """
        if not self.path.is_file():
            raise StoreMissing(f"{self.path} is not there", "it may have been moved or removed")
        try:
            with closing(_open(self.path, "rw")) as connection:
                connection.text_factory = bytes
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("BEGIN IMMEDIATE")
                # Closing without a commit rolls back.
                yield connection
                connection.commit()
        except sqlite3.Error as error:
            raise database_error(error, self.path) from error


def create_database(path: Path, script: str) -> None:
    """Make a new database with mode 0600 and run a script in it. Raises `ChangedUnderneath`.

    For demo stores and tests: nothing that exists is ever opened by it.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError as error:
        raise ChangedUnderneath(f"{path} is there already", "give another path") from error
    except OSError as error:
        raise store_error(error, path) from error
    try:
        with closing(_open(path, "rw")) as connection:
            connection.executescript(script)
    except sqlite3.Error as error:
        raise database_error(error, path) from error


def _open(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode={mode}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        # Opening is lazy: only a read tells whether it works.
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection
