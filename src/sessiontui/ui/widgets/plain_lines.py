"""Plain text as lines of a given width, wrapped at once and painted one by one.

A message may be a whole log of many megabytes: only offsets are computed for all of it, and a
`Strip` is made when its line is shown.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import overload

from rich.cells import cell_len, get_character_cell_size, split_graphemes
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from sessiontui.domain.printable import printable
from sessiontui.ui.widgets.copied_lines import as_frame, broken_style
from sessiontui.ui.widgets.term_marks import Spans

TAB_SIZE = 4
_MOST_CHARACTERS_PER_CELL = 4
"""More combining marks than this on one row are carried over to the next."""


def plain_text(stored: str) -> str:
    """Stored text made safe to paint, tabs as spaces."""
    return printable(stored).expandtabs(TAB_SIZE)


def wrap_rows(text: str, width: int) -> tuple[array[int], array[int]]:
    """Start and end offsets of the rows of a text, at most `width` cells each (at least 2).

    Rows end at line ends, else at spaces, else anywhere; a grapheme is never cut. A space at
    which a row ends belongs to no row. Every text has at least one row.
    """
    width = max(2, width)
    starts, ends = array("q"), array("q")
    begin = 0
    while True:
        stop = text.find("\n", begin)
        if stop < 0:
            stop = len(text)
        if stop - begin <= width // 2:
            starts.append(begin)
            ends.append(stop)
        else:
            _wrap_line(text, begin, stop, width, starts, ends)
        if stop == len(text):
            return starts, ends
        begin = stop + 1


def _wrap_line(
    text: str, begin: int, stop: int, width: int, starts: array[int], ends: array[int]
) -> None:
    plain = text[begin:stop].isascii()
    while True:
        cut = min(begin + width, stop) if plain else _fitting(text, begin, stop, width)
        after = cut
        if cut < stop:
            space = text.rfind(" ", begin + 1, cut + 1)
            if space > 0 and not text[begin:space].isspace():
                cut, after = space, space + 1
        starts.append(begin)
        ends.append(cut)
        if after >= stop:
            return
        begin = after


def _fitting(text: str, begin: int, stop: int, width: int) -> int:
    """The end of the longest row that begins somewhere and keeps graphemes whole."""
    cut = min(begin + width, stop)
    if cell_len(text[begin:cut]) <= width:
        most = min(begin + width * _MOST_CHARACTERS_PER_CELL, stop)
        while cut < most and _joins(text, cut):
            cut += 1
        if cell_len(text[begin:cut]) <= width:
            return cut
    # Half as many characters always fit; what is left of the row is filled in ever smaller steps.
    cut, cells = begin, 0
    while step := min((width - cells) // 2, stop - cut):
        cells += cell_len(text[cut : cut + step])
        cut += step
    best = cell_len(text[begin:cut]) <= width < cell_len(text[begin : cut + 1])
    if best and not _joins(text, cut):
        return cut
    cells = 0
    spans, _ = split_graphemes(text[begin : begin + width + 1])
    for start, _, size in spans:
        cells += size
        if cells > width and start:
            return begin + start
    return min(begin + width, stop)


def _joins(text: str, position: int) -> bool:
    if position >= len(text):
        return False
    return text[position - 1] == "\u200d" or not get_character_cell_size(text[position])


class PlainLines(Sequence[Strip]):
    """The rows of a text in one style, with marks; strips are made when asked for.

    `prefix` frames every row and is not counted in `width`. `text` must be safe to paint.
    """

    def __init__(
        self,
        text: str,
        width: int,
        style: Style,
        *,
        prefix: tuple[Segment, ...] = (),
        marks: Spans | None = None,
        mark_style: Style | None = None,
    ) -> None:
        self._text = text
        self._style = style
        self._prefix = as_frame(prefix)
        self._marks = marks or []
        self._mark_ends = [end for _, end in self._marks]
        self._mark_style = style + mark_style if mark_style else style
        self._starts, self._ends = wrap_rows(text, width)

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, index: int) -> Strip: ...
    @overload
    def __getitem__(self, index: slice) -> list[Strip]: ...
    def __getitem__(self, index: int | slice) -> Strip | list[Strip]:
        if isinstance(index, slice):
            return [self._strip(row) for row in range(*index.indices(len(self)))]
        return self._strip(range(len(self))[index])

    def _strip(self, row: int) -> Strip:
        start, end = self._starts[row], self._ends[row]
        style, mark_style = self._style, self._mark_style
        if row + 1 < len(self):
            between = self._text[end : self._starts[row + 1]]
            style, mark_style = broken_style(style, between), broken_style(mark_style, between)
        segments = list(self._prefix)
        at = start
        for mark in range(bisect_right(self._mark_ends, start), len(self._marks)):
            first, last = self._marks[mark]
            if first >= end:
                break
            first, last = max(first, start), min(last, end)
            if first > at:
                segments.append(Segment(self._text[at:first], style))
            segments.append(Segment(self._text[first:last], mark_style))
            at = last
        if end > at:
            segments.append(Segment(self._text[at:end], style))
        return Strip(segments)

    def marked_rows(self) -> Iterator[int]:
        """Rows on which a mark begins, ascending."""
        last = -1
        for first, _ in self._marks:
            row = max(0, bisect_right(self._starts, first) - 1)
            if row != last:
                yield row
                last = row
