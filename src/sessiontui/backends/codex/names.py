"""The names of Codex's threads: from its index of names, else from its state database.

Both only mirror what the rollouts hold: where one cannot be read, that costs the names alone.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from sessiontui.backends.codex.tree import state_databases
from sessiontui.domain.errors import SessionTuiError, StoreMissing
from sessiontui.domain.words import count_words
from sessiontui.records.codex_lines import text_or
from sessiontui.storage.file_state import file_state, stamp_of
from sessiontui.storage.jsonl_file import read_lines
from sessiontui.storage.sqlite_store import SqliteStore
from sessiontui.storage.system_errors import store_error

INDEX = "session_index.jsonl"
_DATABASES = "sqlite"
_RETRY_SECONDS = 2.0
_RECENT_SECONDS = 0.2


class _Entry(msgspec.Struct, gc=False):
    id: str
    thread_name: str


_entry = msgspec.json.Decoder(_Entry).decode


def names_thread(line: bytes, key: str) -> bool:
    """Whether a line of the index of names is about a thread."""
    try:
        return _entry(line).id.lower() == key
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


class ThreadNames:
    """The names of one root. Safe to use from several threads.

    `database_folder` is where else the state database may be.
    """

    def __init__(self, root: Path, database_folder: Path | None = None) -> None:
        self._index = root / INDEX
        self._folders = (database_folder, root / _DATABASES, root)
        self._lock = threading.RLock()
        self._indexed: dict[str, str] = {}
        self._index_stamp = ""
        self._damaged = 0
        self._store: SqliteStore | None = None
        self._generation: int | None = None
        self._stored: dict[str, str] = {}
        self._stamp = ""
        self._retry_at = 0.0
        self._problems: dict[str, str] = {}
        self._merged: dict[str, str] = {}
        self._recent_until = 0.0

    def forget_database_folder(self) -> None:
        """Look for the state database in the root alone."""
        with self._lock:
            self._folders = (None, *self._folders[1:])

    @property
    def generation(self) -> int | None:
        """The generation of the state database that is read; None without one."""
        return self._generation

    @property
    def problem(self) -> str | None:
        """What of it could not be read the last time, in one sentence."""
        damaged = count_words(self._damaged, "line")
        told = [f"{damaged} of {INDEX} cannot be read"] if self._damaged else []
        return "; ".join((*self._problems.values(), *told)) or None

    def current(self) -> Mapping[str, str]:
        """The name of each thread that has one; what has not changed is not read again."""
        with self._lock:
            changed = self._read_index()
            changed = self._read_database() or changed
            if changed:
                self._merged = {**self._stored, **self._indexed}
            return self._merged

    def recent(self) -> Mapping[str, str]:
        """The same as it was a moment ago: for reading many sessions one after the other."""
        with self._lock:
            now = time.monotonic()
            if now >= self._recent_until:
                self.current()
                self._recent_until = now + _RECENT_SECONDS
            return self._merged

    def stamp(self) -> str:
        """Changes when a name may have changed; a few stat calls."""
        with self._lock:
            store = self._database()
            try:
                states = stamp_of((file_state(self._index),))
                return f"{states} {store.path.name} {store.stamp()}" if store else states
            except (OSError, SessionTuiError):
                return "?"

    @staticmethod
    def may_tell(path: Path) -> bool:
        """Whether a change of a file may mean another name."""
        return path.name == INDEX or path.name.startswith("state_")

    def folders(self) -> tuple[Path, ...]:
        """The folders these files are in, or may come to be in."""
        return tuple(folder for folder in self._folders if folder is not None)

    def close(self) -> None:
        """Close the database; the next look opens it again."""
        with self._lock:
            if self._store is not None:
                self._store.close()

    def close_if_idle(self, seconds: float) -> None:
        """The same, when it was not used for so long."""
        with self._lock:
            if self._store is not None:
                self._store.close_if_idle(seconds)

    # -- the index of names ----------------------------------------------------------------

    def _read_index(self) -> bool:
        try:
            state = file_state(self._index)
            stamp = stamp_of((state,))
            if stamp == self._index_stamp:
                return False
            names, damaged = {}, 0
            for line in read_lines(self._index) if state is not None else ():
                if not line.data.strip():
                    continue
                try:
                    entry = _entry(line.data)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                    # A half last line is still being written.
                    damaged += line.ended
                    continue
                if name := entry.thread_name.strip():
                    names[entry.id.lower()] = name
        except (OSError, SessionTuiError) as error:
            told = store_error(error, self._index) if isinstance(error, OSError) else error
            if isinstance(told, StoreMissing):
                return self._read_index()
            self._problems[INDEX] = told.title
            return False
        self._problems.pop(INDEX, None)
        changed = names != self._indexed
        self._indexed, self._index_stamp, self._damaged = names, stamp, damaged
        return changed

    # -- the state database ----------------------------------------------------------------

    def _database(self) -> SqliteStore | None:
        found = state_databases(folder for folder in self._folders if folder is not None)
        if not found:
            self._let_go()
            return None
        generation, path = found[-1]
        if self._store is None or self._store.path != path:
            self._let_go()
            self._store = SqliteStore(path)
        self._generation = generation
        return self._store

    def _let_go(self) -> None:
        if self._store is not None:
            self._store.close()
        self._store, self._stamp, self._generation = None, "", None

    def _read_database(self) -> bool:
        store = self._database()
        try:
            stamp = store.stamp() if store is not None else "-"
            if stamp == self._stamp or time.monotonic() < self._retry_at:
                return False
            names = _names_in(store) if store is not None else {}
        except SessionTuiError as error:
            # What was read before is better than nothing; a lock is not waited for every time.
            self._problems[_DATABASES] = f"names of sessions cannot be read: {error.title}"
            self._retry_at = time.monotonic() + _RETRY_SECONDS
            return False
        self._problems.pop(_DATABASES, None)
        changed = names != self._stored
        self._stored, self._stamp = names, stamp
        return changed


def _names_in(store: SqliteStore) -> dict[str, str]:
    columns = store.columns("threads")
    if "id" not in columns or "name" not in columns:
        # Older generations kept no names.
        return {}
    rows = store.rows("SELECT id, name FROM threads WHERE name <> ''")
    named = ((text_or(thread).lower(), text_or(name).strip()) for thread, name in rows)
    return {thread: name for thread, name in named if name}


def named_database_folder(root: Path) -> Path | None:
    """Where the environment puts the databases, if the root is the one it means."""
    named = os.environ.get("CODEX_SQLITE_HOME", "")
    home = os.environ.get("CODEX_HOME", "")
    meant = Path(home) if home else Path.home() / ".codex"
    if not named or os.path.realpath(meant) != os.path.realpath(root):
        return None
    return Path(named)
