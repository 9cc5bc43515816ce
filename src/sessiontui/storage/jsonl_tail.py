"""Where the last lines of a file begin: for those who want its end without reading the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator

LARGE = 1 << 20
"""Files up to this size are as well read from their beginning."""
_PIECE = 1 << 16
_TIMES = 4
_STEPS = 4


def tail_starts(read: Callable[[int, int], bytes], size: int) -> Iterator[int]:
    """Byte offsets at which lines begin, each farther from the end of the file than the one before.

    `read` gives the bytes at an offset, so many of them. The first is about `LARGE` bytes before
    the end, and after a few steps there are no more: by then reading everything is as good. The
    beginning of the file is never given.
    """
    wanted = LARGE
    for _ in range(_STEPS):
        start = size - wanted
        if start <= 0:
            return
        found = _line_after(read, start, size)
        if found < size:
            yield found
        wanted *= _TIMES


def _line_after(read: Callable[[int, int], bytes], start: int, size: int) -> int:
    """Where the first line begins that begins at an offset or behind it; `size`: there is none."""
    # The byte before decides whether a line begins just there.
    position = start - 1
    while position < size:
        piece = read(position, min(_PIECE, size - position))
        if not piece:
            break
        end = piece.find(b"\n")
        if end >= 0:
            return position + end + 1
        position += len(piece)
    return size
