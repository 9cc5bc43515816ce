"""Errors of the operating system and of SQLite, in the program's own terms."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

from sessiontui.domain.errors import (
    SessionTuiError,
    StoreBusy,
    StoreMissing,
    StoreReadOnly,
    StoreUnreadable,
)

_FULL = (errno.ENOSPC, errno.EDQUOT)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_FORBIDDEN = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH)


def store_error(error: OSError, path: Path) -> SessionTuiError:
    """What an `OSError` on a store's file or folder means for a person."""
    match error:
        case FileNotFoundError():
            return StoreMissing(f"{path} is not there", "it may have been moved or removed")
        case PermissionError():
            return StoreUnreadable(
                f"no permission for {path}", "change its permissions, or run as its owner"
            )
    if error.errno in _FULL:
        return StoreUnreadable(f"no space left for {path}", "free some space and try again")
    if error.errno == errno.EROFS:
        return StoreReadOnly(f"{path} is on read-only media", "copy it elsewhere to change it")
    reason = error.strerror or os.strerror(error.errno or 0)
    return StoreUnreadable(f"{path}: {reason.lower()}", "check the file and its disk")


def database_error(error: sqlite3.Error, path: Path) -> SessionTuiError:
    """What an SQLite error on a database file means for a person."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    if primary in _BUSY:
        return StoreBusy(f"{path.name} is locked by another program", "try again in a moment")
    if primary in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR) and path.is_dir():
        return StoreUnreadable(f"{path} is a folder, not a database", "give the file itself")
    if primary == sqlite3.SQLITE_CANTOPEN:
        if not path.exists():
            return StoreMissing(f"{path} is not there", "it may have been moved or removed")
        return StoreUnreadable(
            f"{path} cannot be opened", "change its permissions, or run as its owner"
        )
    if primary in _FORBIDDEN:
        return StoreReadOnly(f"{path} cannot be written", "change its permissions, or copy it")
    if primary == sqlite3.SQLITE_FULL:
        return StoreUnreadable(f"no space left for {path}", "free some space and try again")
    if primary == sqlite3.SQLITE_NOTADB:
        return StoreUnreadable(f"{path} is no SQLite database", "give another path")
    if primary == sqlite3.SQLITE_CORRUPT:
        return StoreUnreadable(
            f"{path} is damaged: {error}", "stop its program and check it with sqlite3"
        )
    return StoreUnreadable(f"{path}: {error}", "its layout may be of an unknown version")
