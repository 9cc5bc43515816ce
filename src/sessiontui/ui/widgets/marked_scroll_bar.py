"""A vertical scroll bar that shows where something stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.color import Color
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment, Segments
from rich.style import Style
from textual.scrollbar import ScrollBarRender

_MARK = "━"


class MarkedScrollBar(ScrollBarRender):
    """A scroll bar with a mark on some of its cells.

    `marked_cells` gives the cells to mark, counted from the top, for a bar of so many cells.
    """

    def __init__(
        self, marked_cells: Callable[[int], set[int]], colour: Color | None, **options: Any
    ) -> None:
        super().__init__(**options)
        self._marked_cells = marked_cells
        self._colour = colour

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for bar in super().__rich_console__(console, options):
            if isinstance(bar, Segments):
                cells = list(bar.segments)
                for cell in self._marked_cells(len(cells)):
                    cells[cell] = Segment(_MARK * self.thickness, self._mark_style(cells[cell]))
                yield Segments(cells, new_lines=bar.new_lines)
            else:
                yield bar

    def _mark_style(self, cell: Segment) -> Style:
        # The handle is painted as reversed spaces: its background is its colour.
        style = cell.style or Style()
        below = style.color if style.reverse else style.bgcolor
        return Style(color=self._colour, bgcolor=below, meta=style.meta)
