"""What a look at a file's directory entry tells: identity, size, time; and stamps made of it."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self

from sessiontui.domain.value import PlainValue

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFSOCK: "a socket",
    stat.S_IFIFO: "a pipe",
    stat.S_IFLNK: "a link that leads nowhere",
}
_TICK_NS = 50_000_000
"""A file changed more recently than this may change again without a new time stamp."""


class FileState(PlainValue):
    """Identity, size in bytes and modification time of a file, for comparing."""

    device: int
    inode: int
    size: int
    mtime_ns: int

    @classmethod
    def from_stat(cls, found: os.stat_result) -> Self:
        """The parts of a stat result that matter."""
        return cls(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)

    @property
    def fingerprint(self) -> str:
        """A short text that is equal for equal states."""
        return f"{self.device:x}.{self.inode:x}.{self.size:x}.{self.mtime_ns:x}"


def file_state(path: Path) -> FileState | None:
    """The state of what a path leads to (links followed), or None when nothing is there.

    Raises `OSError` where the folder cannot be looked into.
    """
    try:
        return FileState.from_stat(path.stat())
    except (FileNotFoundError, NotADirectoryError):
        return None


class EntryState(NamedTuple):
    """What stands at a path: of a link, what it leads to.

    `kind` says in words what it is, None for a regular file. A link that leads nowhere has the
    state of the link itself.
    """

    state: FileState
    kind: str | None
    is_link: bool


def entry_state(path: Path, entry: os.DirEntry[str] | None = None) -> EntryState | None:
    """What stands at a path, or None when nothing is there any more; nothing is opened.

    `entry` is its entry where the folder was just listed: it may save a look. Raises `OSError`
    where the folder cannot be looked into.
    """
    try:
        own = path.lstat() if entry is None else entry.stat(follow_symlinks=False)
    except (FileNotFoundError, NotADirectoryError):
        return None
    found, is_link = own, stat.S_ISLNK(own.st_mode)
    if is_link:
        # RuntimeError: a link that leads to itself.
        with suppress(OSError, RuntimeError):
            found = path.stat()
    kind = None
    if not stat.S_ISREG(found.st_mode):
        kind = _KINDS.get(stat.S_IFMT(found.st_mode), "no regular file")
    return EntryState(FileState.from_stat(found), kind, is_link)


def is_regular_file(path: Path) -> bool:
    """True for a plain file (or a link to one); folders, sockets and pipes are never opened."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def stamp_of(states: Iterable[FileState | None]) -> str:
    """One text for several states.

    Where one of them is so fresh that another change could keep its time, the stamp is unlike any
    other, so that whoever compares looks again.
    """
    now = time.time_ns()
    parts = []
    for state in states:
        parts.append("-" if state is None else state.fingerprint)
        if state is not None and now - state.mtime_ns < _TICK_NS:
            parts.append(f"~{now:x}")
    return " ".join(parts)
