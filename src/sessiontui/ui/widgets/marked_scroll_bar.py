"""A vertical scroll bar that shows where something stands."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any

from rich.color import Color
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment, Segments
from rich.style import Style
from textual.scrollbar import ScrollBarRender

_SIGNS = ("─", "━")


class MarkedScrollBar(ScrollBarRender):
    """A scroll bar with marks of two kinds on some of its cells: thin ones, and thick over them.

    `marked_cells` gives the cells to mark, counted from the top, for a bar of so many cells;
    `colours` are those of the two kinds.
    """

    def __init__(
        self,
        marked_cells: Callable[[int], tuple[set[int], set[int]]],
        colours: tuple[Color | None, Color | None],
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self._marked_cells = marked_cells
        self._colours = colours

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for bar in super().__rich_console__(console, options):
            if isinstance(bar, Segments):
                cells = list(bar.segments)
                marked = self._marked_cells(len(cells))
                for sign, colour, kind in zip(_SIGNS, self._colours, marked, strict=True):
                    for cell in kind:
                        style = _mark_style(cells[cell], colour)
                        cells[cell] = Segment(sign * self.thickness, style)
                yield Segments(cells, new_lines=bar.new_lines)
            else:
                yield bar


def _mark_style(cell: Segment, colour: Color | None) -> Style:
    # The handle is painted as reversed spaces: its background is its colour.
    style = cell.style or Style()
    below = style.color if style.reverse else style.bgcolor
    return Style(color=colour, bgcolor=below, meta=style.meta)


def cells_holding(positions: Sequence[int], bounds: Sequence[int]) -> set[int]:
    """The cells in which any of some ascending positions stands.

    `bounds` are the positions at which the cells begin, ascending. The work depends on the number
    of cells, not on how many positions there are.
    """
    first = [bisect_left(positions, bound) for bound in bounds]
    ends = [*first[1:], len(positions)]
    return {cell for cell, (begin, end) in enumerate(zip(first, ends, strict=True)) if begin < end}
