"""A widget of lines that knows which of them stand on the screen, and paints only other ones.

Much that happens changes nothing that can be seen, or a line or two; over a slow connection a whole
list painted again is felt.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Self

from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.strip import Strip


class PaintedLines(ScrollView, inherit_bindings=False):
    """Base of what is painted line by line."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._painted: dict[int, Strip] = {}
        """What stands on the lines of the view; nothing while all of them are to be painted."""

    @abstractmethod
    def line_at(self, y: int) -> Strip:
        """How a line of the view looks now."""

    def render_line(self, y: int) -> Strip:
        """One line of the view, for the screen."""
        line = self._painted[y] = self.line_at(y)
        return line

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Paint anew, everything unless regions are given."""
        if repaint and not regions:
            self._painted.clear()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def paint_changes(self) -> None:
        """Paint anew the lines that look different now."""
        if not self._painted:
            self.refresh()
            return
        top = self.scroll_offset.y
        for y in range(self.scrollable_content_region.height):
            if self.line_at(y) != self._painted.get(y):
                self.refresh_lines(top + y)
