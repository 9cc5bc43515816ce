"""Files of one JSON value a line: read tolerantly, from anywhere, without holding them whole.

Lines end at LF only. A last line without its LF is still being written: it is marked, never
called damaged. Files are never memory-mapped: their owner may shorten them at any time.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sessiontui.domain.errors import StoreUnreadable
from sessiontui.domain.value import PlainValue
from sessiontui.storage.file_state import FileState
from sessiontui.storage.system_errors import store_error

_CHUNK = 1 << 20


class Line(PlainValue):
    """One line without its LF; `offset` is where it starts, `ended` whether the LF is there."""

    offset: int
    data: bytes
    ended: bool

    @property
    def end(self) -> int:
        """Where the next line starts."""
        return self.offset + len(self.data) + self.ended


@contextmanager
def open_regular(path: Path) -> Iterator[tuple[int, FileState]]:
    """A file descriptor for reading and the file's state; regular files only.

    Folders, pipes and sockets raise `StoreUnreadable` instead of blocking or looping.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise store_error(error, path) from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise StoreUnreadable(f"{path} is not a regular file", "move it out of the folder")
        yield descriptor, FileState.from_stat(found)
    finally:
        os.close(descriptor)


def read_lines(path: Path, start: int = 0) -> Iterator[Line]:
    """The lines from byte offset `start` (the start of a line) to the end, blank ones too.

    Raises `StoreMissing`, `StoreUnreadable`.
    """
    with open_regular(path) as (descriptor, _):
        yield from lines_of(descriptor, start, path)


def lines_of(descriptor: int, start: int, path: Path) -> Iterator[Line]:
    """The same from an open descriptor; `path` is for messages."""
    offset = position = start
    pieces: list[bytes] = []
    while True:
        try:
            chunk = os.pread(descriptor, _CHUNK, position)
        except OSError as error:
            raise store_error(error, path) from error
        if not chunk:
            break
        position += len(chunk)
        parts = chunk.split(b"\n")
        pieces.append(parts[0])
        for part in parts[1:]:
            line = Line(offset, b"".join(pieces), ended=True)
            yield line
            offset = line.end
            pieces = [part]
    rest = b"".join(pieces)
    if rest:
        yield Line(offset, rest, ended=False)


def read_file(path: Path) -> tuple[bytes, FileState]:
    """The whole content of a regular file, and the state it had when it was opened."""
    with open_regular(path) as (descriptor, state):
        pieces = []
        position = 0
        try:
            while chunk := os.pread(descriptor, _CHUNK, position):
                pieces.append(chunk)
                position += len(chunk)
        except OSError as error:
            raise store_error(error, path) from error
        return b"".join(pieces), state


def append_line(path: Path, data: bytes, *, mode: int | None = None) -> None:
    """Add one line (without its LF) in a single write, as the owner of the file does.

    With `mode` the file is made when it is not there. A last line without its LF is ended first:
    glued together, both lines would be lost. Links and anything but regular files are refused.
    Raises `StoreMissing`, `StoreUnreadable`.
    """
    flags = os.O_RDWR | os.O_APPEND | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        descriptor = os.open(path, flags | (0 if mode is None else os.O_CREAT), mode or 0o600)
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise StoreUnreadable(f"{path} is not a regular file", "move it out of the folder")
            last = os.pread(descriptor, 1, found.st_size - 1) if found.st_size else b"\n"
            line = (b"" if last == b"\n" else b"\n") + data + b"\n"
            written = os.write(descriptor, line)
            while written < len(line):
                written += os.write(descriptor, line[written:])
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise store_error(error, path) from error
