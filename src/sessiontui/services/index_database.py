"""The file of the search index: its connections, its locks, and what to do when it is no use.

One connection writes, readers take one from a pool, each reading from a snapshot of its own. A
damaged file is removed and made anew. Where no file can be kept, the index lives in memory for
this run.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from threading import Event

from sessiontui.domain.errors import IndexBroken, SearchInterrupted, StoreBusy
from sessiontui.services.index_connection import (
    BUSY_SECONDS,
    connect,
    error_code,
    file_identity,
    in_memory,
    remove_database,
)
from sessiontui.services.index_schema import (
    FILE_NAME,
    SCHEMA_VERSION,
    create_schema,
    file_name,
    is_current,
)
from sessiontui.storage.file_lock import try_file_lock
from sessiontui.storage.locations import private_folder

_LOCK_STEP_SECONDS = 0.1

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT)
_UNWRITABLE = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_AUTH,
)


class SearchTicket:
    """One search that can be ended from another thread; it never ends a later one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self.interrupted = False

    def check(self) -> None:
        """Raise `SearchInterrupted` when the search was ended."""
        if self.interrupted:
            raise SearchInterrupted("the search was replaced by a newer one")

    def interrupt(self) -> None:
        """End the search at once."""
        with self._lock:
            self.interrupted = True
            if self._connection is not None:
                self._connection.interrupt()

    @contextmanager
    def on(self, connection: sqlite3.Connection) -> Iterator[None]:
        """The search runs on this connection, and on it only as long as this lasts."""
        with self._lock:
            self.check()
            self._connection = connection
        try:
            yield
        finally:
            with self._lock:
                self._connection = None


class IndexDatabase:
    """The index's database. Safe to use from several threads and processes."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self._guard = threading.RLock()
        """Held while connections are opened, closed or handed out."""
        self._writing = threading.RLock()
        self._writer: sqlite3.Connection | None = None
        self._idle: list[sqlite3.Connection] = []
        self._identity: tuple[int, int] | None = None
        self._memory: sqlite3.Connection | None = None
        self.problem: str | None = None
        """Why the index is not kept in its file, in one sentence; None when it is."""
        self._notices: list[str] = []

    @property
    def in_memory(self) -> bool:
        """Whether the index is lost when the program ends."""
        return self._memory is not None

    def take_notices(self) -> tuple[str, ...]:
        """What a person should be told once: each sentence is given out once."""
        with self._guard:
            told, self._notices = tuple(self._notices), []
            return told

    # -- reading ---------------------------------------------------------------------------

    @contextmanager
    def reading(self, ticket: SearchTicket | None = None) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the index. Raises `IndexBroken`, `StoreBusy`."""
        with self._translated():
            self._prepare()
            if self._memory is not None:
                with self._writing, (ticket or SearchTicket()).on(self._memory):
                    yield self._memory
                return
            connection, identity = self._take()
            try:
                with (ticket or SearchTicket()).on(connection):
                    connection.execute("BEGIN")
                    yield connection
            finally:
                self._give_back(connection, identity)

    def _take(self) -> tuple[sqlite3.Connection, tuple[int, int] | None]:
        with self._guard:
            identity = self._identity
            if self._idle:
                return self._idle.pop(), identity
        connection = connect(self.path)
        connection.execute("PRAGMA query_only = ON")
        return connection, identity

    def _give_back(self, connection: sqlite3.Connection, identity: tuple[int, int] | None) -> None:
        with suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            with self._guard:
                if identity == self._identity and self._memory is None:
                    self._idle.append(connection)
                    return
        connection.close()

    # -- writing ---------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One write transaction: committed at the end, rolled back on any error.

        Raises `StoreBusy`, and `IndexBroken` after which a new index is there, without content.
        """
        with self._translated(), self._writing:
            self._prepare()
            connection = self._memory or self._write_connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                if connection.in_transaction:
                    connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    with suppress(sqlite3.Error):
                        connection.execute("ROLLBACK")

    def _write_connection(self) -> sqlite3.Connection:
        if self._writer is None:
            self._writer = connect(self.path)
            # Text that is deleted is overwritten, not just let go of.
            self._writer.execute("PRAGMA secure_delete = ON")
            self._writer.execute("PRAGMA synchronous = NORMAL")
        return self._writer

    def checkpoint(self) -> None:
        """Move the log into the database and empty it, as far as readers allow."""
        with self._translated(), self._writing:
            if self._memory is None and self._writer is not None:
                self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def shrink(self) -> None:
        """Give back the room that is not used any more, if nobody else is at work."""
        with self._translated(), self._writing:
            self._prepare()
            if self._memory is None:
                with suppress(sqlite3.OperationalError):
                    self._write_connection().execute("VACUUM")

    @contextmanager
    def only_one(
        self, seconds: float, cancel: Event | None = None, name: str = "lock"
    ) -> Iterator[bool]:
        """Try to be the only one at a longer piece of work, of all processes; yields whether.

        It only saves double work: every transaction checks for itself what it was based on.
        """
        with self._translated():
            self._prepare()
        if self._memory is not None:
            yield True
            return
        lock = self.path.with_suffix("." + name)
        end = time.monotonic() + seconds
        with ExitStack() as kept:
            held = False
            # A folder in which no lock can be made is met again, and told, when writing.
            with suppress(OSError):
                while not held:
                    left = end - time.monotonic()
                    step = max(0.0, min(_LOCK_STEP_SECONDS, left))
                    held = kept.enter_context(try_file_lock(lock, step))
                    if left <= 0 or (cancel is not None and cancel.is_set()):
                        break
                    if not held:
                        kept.close()
            yield held

    # -- opening and giving up -------------------------------------------------------------

    def close(self) -> None:
        """Close all idle connections; the next use opens them again. An index in memory stays."""
        with self._writing, self._guard:
            self._close_files()

    def _close_files(self) -> None:
        for connection in (*self._idle, *([self._writer] if self._writer else [])):
            connection.close()
        self._idle, self._writer, self._identity = [], None, None

    def _prepare(self) -> None:
        """See to it that there is an index, and that connections are to the file of that name."""
        if self._memory is not None:
            return
        identity = file_identity(self.path)
        if identity is not None and identity == self._identity:
            return
        with self._writing, self._guard:
            if self._memory is not None:
                return
            try:
                self._close_files()
                if not self._is_usable():
                    self._create()
                self._identity = file_identity(self.path)
            except OSError as error:
                self._keep_in_memory(error.strerror or str(error))
            except sqlite3.Error as error:
                if error_code(error) in _BUSY:
                    raise
                self._keep_in_memory(str(error))

    def _is_usable(self) -> bool:
        if not self.path.exists():
            return False
        try:
            with closing(connect(self.path)) as connection:
                return is_current(connection)
        except sqlite3.Error as error:
            if error_code(error) in _BUSY:
                raise
            self._notices.append(f"the search index could not be read ({error}) and is made anew")
            return False

    def _create(self) -> None:
        private_folder(self.path.parent)
        with try_file_lock(self.path.with_suffix(".making"), BUSY_SECONDS):
            # Another process may have made it meanwhile.
            with suppress(sqlite3.Error):
                if self.path.exists():
                    with closing(connect(self.path)) as connection:
                        if is_current(connection):
                            return
            for version in range(1, SCHEMA_VERSION + 1):
                # Nothing reads older layouts any more.
                remove_database(self.path.with_name(file_name(version)))
            new = self.path.with_suffix(".new")
            remove_database(new)
            os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
            try:
                with closing(connect(new)) as connection:
                    connection.execute("PRAGMA secure_delete = ON")
                    create_schema(connection)
                    connection.execute("PRAGMA journal_mode = WAL")
                new.replace(self.path)
            finally:
                remove_database(new)

    def rebuild(self) -> None:
        """Throw everything away and start with an empty index."""
        with self._translated(), self._writing, self._guard:
            if self._memory is not None:
                self._memory.close()
                self._memory = in_memory()
                return
            self._close_files()
            with suppress(FileNotFoundError):
                remove_database(self.path)
            self._prepare()

    def _keep_in_memory(self, reason: str) -> None:
        self._close_files()
        self._memory = in_memory()
        self.problem = (
            f"the search index cannot be kept in {self.path.parent}: {reason}. "
            "It is built anew in every run"
        )
        self._notices.append(self.problem)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            self._give_up(error)

    def _give_up(self, error: sqlite3.Error) -> None:
        code = error_code(error)
        if code == sqlite3.SQLITE_INTERRUPT:
            raise SearchInterrupted("the search was replaced by a newer one") from error
        if code in _BUSY:
            raise StoreBusy(
                "the search index is locked by another process", "try again in a moment"
            ) from error
        missing = code == sqlite3.SQLITE_ERROR and str(error).startswith("no such")
        with self._writing, self._guard:
            if self._memory is None and code in _UNWRITABLE:
                self._keep_in_memory(str(error))
            elif self._memory is None and (code in _DAMAGED or missing):
                self._notices.append(f"the search index was damaged ({error}) and is made anew")
                self._close_files()
                with suppress(OSError):
                    remove_database(self.path)
        raise IndexBroken(
            f"the search index could not be used: {error}", "run `sessiontui index rebuild`"
        ) from error
