"""The line below a text in which something is wrong: it points at the place and says why. Pure."""

from __future__ import annotations

from rich.cells import cell_len

from sessiontui.ui.widgets.cell_text import fit

_POINT = "^"
_RULE = "─"
_SHORTEST_WORDS = 16


def pointing_line(width: int, start: int, end: int, title: str, hint: str = "") -> str:
    """The right part of a line of `width` cells: carets from cell `start` to `end`, and the words.

    The words follow the carets, or stand before them when there is more room; there may be too
    little for all of them. The part begins with what comes first and ends where the line ends. A
    place outside the line is pointed at from its edge.
    """
    if width <= 0:
        return ""
    first = max(0, min(start, width - 1))
    last = max(first + 1, min(end, width))
    if max(first, width - last) < _SHORTEST_WORDS:
        # A long wrong part leaves no room beside it: its beginning is enough.
        last = first + 1
    right, left = width - last - 1, first - 1
    words = f"{title} · {hint}" if hint else title
    if cell_len(words) <= right or right >= left:
        words = fit(words, max(0, right)).rstrip()
        return _ruled(f"{_POINT * (last - first)} {words}".rstrip(), width - first)
    words = fit(words, left).rstrip()
    return _ruled(f"{words} {_POINT * (last - first)}", width - first + cell_len(words) + 1)


def _ruled(words: str, width: int) -> str:
    room = width - cell_len(words)
    return f"{words} {_RULE * (room - 1)}" if room > 1 else words + " " * room
