"""Prose in a terminal: broken between words, where the terminal itself would cut through them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from rich.cells import cell_len, chop_cells

from sessiontui.domain.cjk import CJK_RANGES

_NARROWEST = 10
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_LEAD = re.compile(r" *(?:(?:[-*+•]|\d{1,3}[.)]|>) +)*")
"""What stands before the words of a line: its indentation, and the mark of an item or a quote."""
# Between the characters of some scripts any place will do, though not before a full stop.
_PIECE = rf" +|\u3000+|[{CJK_RANGES}][、。，．！？：；）」』】]*|[^ \u3000{CJK_RANGES}]+"


def prose_lines(lines: Iterable[str], width: int | None) -> Iterator[str]:
    """The lines, none longer than `width` cells; None: as they are.

    What goes on in another line begins below its words. Code blocks and tables stay as they are:
    in them a break would say something else. The text is printable already.
    """
    fence = ""
    for line in lines:
        found = _FENCE.match(line)
        if found and found[1].startswith(fence) and not (fence and line[found.end() :].strip()):
            fence = "" if fence else found[1]
            yield line
        elif width is None or fence or line.lstrip().startswith("|"):
            yield line
        else:
            yield from _broken(line, max(_NARROWEST, width))


def _broken(line: str, width: int) -> Iterator[str]:
    spread = line.rstrip().expandtabs()
    if cell_len(spread) <= width:
        yield spread
        return
    lead = _LEAD.match(spread)
    row = lead[0] if lead is not None and len(lead[0]) <= width // 2 else ""
    below = " " * cell_len(row)
    begins = True
    for piece in _pieces().findall(spread, len(row)):
        if cell_len(row) + cell_len(piece) <= width:
            row += piece
            begins = False
            continue
        if not begins:
            yield row.rstrip()
            row, begins = below, True
        if not piece.isspace():
            *full, rest = chop_cells(piece, width - len(below))
            for part in full:
                yield row + part
                row = below
            row, begins = row + rest, False
    if not begins:
        yield row.rstrip()


@cache
def _pieces() -> re.Pattern[str]:
    # So many characters take a while to compile, and most commands print no prose.
    return re.compile(_PIECE)
