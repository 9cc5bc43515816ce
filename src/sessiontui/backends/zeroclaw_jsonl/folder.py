"""The folder of JSONL sessions: which entries are sessions, and what stands beside them.

A session's key is its file's name without `.jsonl`, as it is: zeroclaw makes that name of a longer
key, and no way leads back. Folders, sockets and links that lead nowhere are listed like zeroclaw
does, but never opened: zeroclaw itself hangs on them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from sessiontui.domain.errors import BadKey, StoreMissing, StoreUnreadable
from sessiontui.domain.session import SessionRef
from sessiontui.records.zeroclaw_keys import is_storable, sanitised
from sessiontui.storage.file_state import FileState, entry_state, stamp_of
from sessiontui.storage.sqlite_store import SqliteStore
from sessiontui.storage.system_errors import store_error

ENDING = ".jsonl"
DATABASE = "sessions.db"
IMPORTED = ".migrated"
IMPORTING = ".importing"
_LONGEST_NAME = 255
_RECEIPTS = "jsonl_import_receipts"


class Listed(NamedTuple):
    """One entry of the folder that counts as a session; `kind` is None for a regular file."""

    key: str
    path: Path
    state: FileState
    kind: str | None
    is_link: bool

    @property
    def fingerprint(self) -> str:
        """Changes whenever the file changes."""
        return self.state.fingerprint


class SessionFolder:
    """One folder with `*.jsonl` files."""

    def __init__(self, path: Path, store_id: str) -> None:
        self.path = path
        self._store_id = store_id

    def entries(self) -> tuple[list[Listed], int]:
        """Every session in it, and how many names are not UTF-8; one stat each.

        Raises `StoreMissing`, `StoreUnreadable`.
        """
        found = []
        nameless = 0
        try:
            with os.scandir(self.path) as scanned:
                for entry in scanned:
                    if not entry.name.endswith(ENDING):
                        continue
                    if not is_storable(entry.name):
                        nameless += 1
                        continue
                    listed = _listed(Path(entry.path), entry.name)
                    if listed is not None:
                        found.append(listed)
        except OSError as error:
            raise store_error(error, self.path) from error
        return found, nameless

    def entry(self, key: str) -> Listed | None:
        """One session, or None."""
        if not self.can_name(key):
            return None
        try:
            return _listed(self.path_of(key), key + ENDING)
        except OSError as error:
            raise store_error(error, self.path) from error

    def path_of(self, key: str) -> Path:
        """The file of a key."""
        return self.path / (key + ENDING)

    def can_name(self, key: str) -> bool:
        """Whether a key can be the name of a file in this folder and nowhere else."""
        if "/" in key or "\0" in key or not is_storable(key):
            return False
        return len((key + ENDING).encode()) <= _LONGEST_NAME

    def stamp(self) -> str:
        """Changes when any of its sessions may have; one stat each."""
        try:
            folder = FileState.from_stat(self.path.stat())
            entries, _ = self.entries()
        except FileNotFoundError:
            return "-"
        except StoreMissing:
            return "-"
        except OSError as error:
            raise store_error(error, self.path) from error
        return stamp_of((folder, *(listed.state for listed in entries)))

    def require_new_key(self, key: str) -> None:
        """Raise `BadKey` for a key that zeroclaw would store under another name."""
        ref = SessionRef(self._store_id, key)
        if not key:
            raise BadKey("a new session needs a key", "give letters, digits, `_` and `-`", ref)
        if sanitised(key) != key:
            raise BadKey(
                f"zeroclaw would store this session as {sanitised(key)}", "use that key", ref
            )

    # -- what stands beside the files ------------------------------------------------------

    @property
    def database(self) -> Path:
        """The database that takes the folder's sessions over, if it is there."""
        return self.path / DATABASE

    def has_database(self) -> bool:
        """Whether the folder has zeroclaw's newer store beside the files."""
        return self.database.exists()

    def counts_as_imported(self) -> bool:
        """Whether the database holds receipts of an import: zeroclaw then appends no more."""
        return self.has_database() and self._holds(_RECEIPTS, "1", ())

    def why_not_back(self, key: str) -> str | None:
        """Why a deleted session may not come back under its name, or None when it may.

        A file that zeroclaw has imported, or has begun to, would make its next start fail.
        """
        for ending in (IMPORTED, IMPORTING):
            if (self.path / (key + ENDING + ending)).exists():
                return f"{key}{ENDING}{ending} lies beside it: zeroclaw has imported the session"
        if not self.has_database():
            return None
        name = key + ENDING
        try:
            known = (
                self._holds("sessions", "session_key = ?", (key,))
                or self._holds("session_metadata", "session_key = ?", (key,))
                or self._holds(_RECEIPTS, "session_key = ? OR source_name = ?", (key, name))
            )
        except StoreUnreadable as error:
            return f"{DATABASE} beside it cannot be asked for the session: {error.title}"
        return f"{DATABASE} beside it has a session of that key" if known else None

    def _holds(self, table: str, condition: str, parameters: tuple[str, ...]) -> bool:
        store = SqliteStore(self.database)
        try:
            if not store.columns(table):
                return False
            sql = f"SELECT 1 FROM {table} WHERE {condition} LIMIT 1"
            return bool(store.rows(sql, parameters))
        finally:
            store.close()


def _listed(path: Path, name: str) -> Listed | None:
    found = entry_state(path)
    return found and Listed(name.removesuffix(ENDING), path, *found)
