"""Files of one JSON value a line, read in big pieces: for those who read a whole history at once.

Each thread has one buffer that it fills again and again, so that nothing is copied and no memory is
asked for twice.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

from sessiontui.domain.value import PlainValue
from sessiontui.storage.system_errors import store_error

CHUNK = 1 << 20
"""How many bytes are asked for at once: what stays in a processor's cache."""
_SMALL = 1 << 14
"""Up to so many bytes, a buffer of that size costs less than the reusable one."""


_spare = threading.local()


class LineChunk(PlainValue):
    """Some whole lines as they stand in a file, each with its LF; only the last may lack it.

    `view` begins where its buffer does, and is good until the next chunk is asked for.
    """

    offset: int
    view: memoryview


def chunks_of(
    descriptor: int, start: int, end: int, path: Path, size: int = CHUNK
) -> Iterator[LineChunk]:
    """All lines from byte offset `start` on; `path` is for messages.

    `end` is the size the file is known to have: what is written behind it meanwhile may be left for
    another time. Raises what `store_error` makes of errors.
    """
    length = max(1, min(size, end - start))
    reusable = _SMALL < length <= CHUNK
    spare: bytearray | None = _spare.__dict__.pop("buffer", None) if reusable else None
    buffer = spare or bytearray(CHUNK if reusable else length)
    view = memoryview(buffer)
    held = 0
    try:
        os.lseek(descriptor, start, os.SEEK_SET)
        while start + held < end:
            if held == length:
                # A line longer than that.
                length *= 2
                if length > len(buffer):
                    larger = bytearray(length)
                    larger[:held] = buffer
                    buffer, view = larger, memoryview(larger)
            count = os.readv(descriptor, [view[held:length]])
            if not count:
                break
            filled = held + count
            stop = buffer.rfind(b"\n", held, filled) + 1
            if not stop:
                held = filled
                continue
            yield LineChunk(start, view[:stop])
            held = filled - stop
            buffer[:held] = buffer[stop:filled]
            start += stop
    except OSError as error:
        raise store_error(error, path) from error
    if held:
        yield LineChunk(start, view[:held])
    if len(buffer) == CHUNK:
        _spare.buffer = buffer


def bytes_at(descriptor: int, offset: int, length: int, path: Path) -> bytes:
    """The bytes of a part of a file, fewer where it ends; raises as `chunks_of`."""
    pieces = []
    while length > 0:
        try:
            piece = os.pread(descriptor, length, offset)
        except OSError as error:
            raise store_error(error, path) from error
        if not piece:
            break
        pieces.append(piece)
        offset += len(piece)
        length -= len(piece)
    return b"".join(pieces)
