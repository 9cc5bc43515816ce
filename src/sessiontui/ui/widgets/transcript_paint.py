"""The last step before the screen: gutter, margin, current hit, selection. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from sessiontui.ui.widgets.plain_lines import plain_text
from sessiontui.ui.widgets.styled_lines import strip_of, wrap_text
from sessiontui.ui.widgets.transcript_colours import TranscriptColours, is_hit

GUTTER = 2
"""Cells at the left for the bars of turns and of the cursor."""
_TURN_BAR = "▌ "
_CURSOR_BAR = "▎ "
_NOTICE_WIDTH = 60


@dataclass(frozen=True)
class LinePainter:
    """Paints lines for a view of `width` cells whose text begins after `margin` and the gutter."""

    colours: TranscriptColours
    base: Style
    width: int
    margin: int
    selection: Style

    def blank(self) -> Strip:
        """A row without text."""
        return Strip.blank(self.width, self.base)

    def paint(
        self,
        strip: Strip,
        row: int,
        *,
        turn: Style | None = None,
        cursor: Style | None = None,
        current_hit: bool = False,
        selected: tuple[int, int] | None = None,
    ) -> Strip:
        """One row of the view.

        `turn` is the style of the bar at the start of a turn, `cursor` that of the bar beside the
        message at the cursor, `selected` a span of characters (end -1: to the end of the line).
        """
        if current_hit:
            strip = Strip(
                Segment(
                    text, style + self.colours.current_hit if style and is_hit(style) else style
                )
                for text, style, _ in strip
            )
        if selected is not None:
            start, end = selected
            strip = Strip(_restyled(strip, start, end, self.selection))
        gutter = Segment(" " * GUTTER)
        if turn is not None:
            gutter = Segment(_TURN_BAR, turn)
        elif cursor is not None:
            gutter = Segment(_CURSOR_BAR, cursor)
        # A selection may begin before the text: what stands there counts down to its beginning.
        lead = Strip([Segment(" " * self.margin), gutter]).apply_offsets(-self.margin - GUTTER, row)
        whole = Strip([*lead, *strip.apply_offsets(0, row)])
        return whole.crop_extend(0, self.width, None).apply_style(self.base)

    def over(self, strip: Strip, words: str) -> Strip:
        """A painted row with some words over its middle."""
        pill = Strip([Segment(f" {plain_text(words)} ", self.colours.marker)])
        start = max(0, (self.width - pill.cell_length) // 2)
        left, right = strip.crop(0, start), strip.crop(start + pill.cell_length)
        return Strip([*left, *pill, *right]).crop_extend(0, self.width, self.base)

    def notice(self, title: str, hint: str, height: int) -> list[Strip]:
        """Two sentences in the middle of an empty view."""
        width = max(2, min(self.width - 4, _NOTICE_WIDTH))
        colours = self.colours
        lines = wrap_text(Text(plain_text(title), style=colours.notice_title, end=""), width)
        if hint:
            lines += wrap_text(Text(plain_text(hint), style=colours.notice_hint, end=""), width)
        painted = []
        for line in lines:
            strip = strip_of(line)
            lead = Segment(" " * max(0, (self.width - strip.cell_length) // 2))
            whole = Strip([lead, *strip]).crop_extend(0, self.width, None)
            painted.append(whole.apply_style(self.base))
        return [self.blank()] * max(0, (height - len(painted)) // 3) + painted


def _restyled(strip: Strip, start: int, end: int, style: Style) -> Iterator[Segment]:
    """The segments of a strip, with a style over a span of its characters."""
    at = 0
    for text, own, _ in strip:
        last = at + len(text)
        first = min(max(start, at), last)
        stop = last if end < 0 else max(first, min(end, last))
        if first > at:
            yield Segment(text[: first - at], own)
        if stop > first:
            yield Segment(text[first - at : stop - at], own + style if own else style)
        if last > stop:
            yield Segment(text[stop - at :], own)
        at = last
