"""Words in the border of a widget that change often."""

from __future__ import annotations

from typing import Self

from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget


class BorderWords(Widget):
    """Base of a widget whose inside is not painted anew when the words of its border change."""

    _words = ("", "")
    _border_line: Region | None = None
    """The only line to paint, while its words are set: Textual would paint everything."""

    def say_in_border(self, above: str, below: str) -> None:
        """Put words into the upper and the lower border."""
        before, self._words = self._words, (above, below)
        if above != before[0]:
            self._border_line = self._line(0)
            self.border_title = Content(above)
        if below != before[1]:
            self._border_line = self._line(self.outer_size.height - 1)
            self.border_subtitle = Content(below)
        self._border_line = None

    def _line(self, y: int) -> Region | None:
        width, height = self.outer_size
        # What is painted anew is given relative to the content.
        return Region(0, y, width, 1).translate(-self.content_offset) if height else None

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Paint anew, everything unless regions are given."""
        if not regions and self._border_line is not None:
            regions = (self._border_line,)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
