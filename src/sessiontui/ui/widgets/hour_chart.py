"""The hours of the week as a field of colours: when messages are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.color import Color
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

from sessiontui.domain.bar_signs import BarSigns, column, root_share, shade
from sessiontui.domain.statistics import HOURS, WEEKDAYS
from sessiontui.domain.statistics_words import hour_words
from sessiontui.domain.value import PlainValue
from sessiontui.domain.words import short_count

_GUTTER = 4
_LABEL_EVERY = 6
_FAINTEST = 0.2
_LEAST_COLUMNS = 3
"""Lines below the field from which on it is worth to sum up the days there."""
_NOTHING: tuple[tuple[int, ...], ...] = ((0,) * HOURS,) * len(WEEKDAYS)


class HourColours(PlainValue):
    """The colours of the field; `most` None where colours cannot be mixed: signs tell instead."""

    background: Color
    most: Color | None
    some: Style
    none: Style
    dim: Style


class HourPainter:
    """Paints the field into lines of some width and number."""

    def __init__(
        self,
        hours: Sequence[Sequence[int]],
        width: int,
        height: int,
        signs: BarSigns,
        colours: HourColours,
    ) -> None:
        self._hours = hours
        self._most = max(map(max, hours))
        self._signs = signs
        self._colours = colours
        self.cells = max(1, min(4, (width - _GUTTER) // HOURS))
        """The width of an hour."""
        self.rows = max(1, min(2, (height - 1) // len(WEEKDAYS)))
        """The height of a day."""
        left = height - 2 - len(WEEKDAYS) * self.rows
        self._columns = left if left >= _LEAST_COLUMNS else 0

    def lines(self) -> list[list[Segment]]:
        """The lines from the top down: the days, their sum where there is room, the hours."""
        lines = []
        for weekday, name in enumerate(WEEKDAYS):
            for row in range(self.rows):
                gutter = Segment(f"{'' if row else name:<{_GUTTER}}", self._colours.dim)
                lines.append([gutter, *(self._hour(count) for count in self._hours[weekday])])
        return [*lines, *self._sums(), [self._axis()]]

    def place_at(self, x: int, y: int) -> tuple[int, int] | None:
        """The weekday and hour at a cell of the field."""
        weekday, hour = y // self.rows, (x - _GUTTER) // self.cells
        inside = x >= _GUTTER and weekday < len(WEEKDAYS) and hour < HOURS
        return (weekday, hour) if inside else None

    def _hour(self, count: int) -> Segment:
        colours = self._colours
        share = root_share(count, self._most)
        if not count:
            return Segment(shade(0, 1, self._signs).ljust(self.cells), colours.none)
        if colours.most is None:
            return Segment(shade(share, 1.0, self._signs) * self.cells, colours.some)
        colour = colours.background.blend(colours.most, _FAINTEST + (1 - _FAINTEST) * share)
        full = self._signs.shades[-1] * self.cells
        return Segment(full, Style(color=colour.rich_color))

    def _sums(self) -> list[list[Segment]]:
        if not self._columns:
            return []
        sums = [sum(counts) for counts in zip(*self._hours, strict=True)]
        most = max(sums)
        columns = [column(count, most, self._columns, self._signs) for count in sums]
        lines: list[list[Segment]] = [[]]
        for level in reversed(range(self._columns)):
            line = "".join(cells[level] * self.cells for cells in columns)
            lines.append([Segment(" " * _GUTTER), Segment(line, self._colours.some)])
        return lines

    def _axis(self) -> Segment:
        each = _LABEL_EVERY * self.cells
        words = "".join(f"{hour:<{each}}" for hour in range(0, HOURS, _LABEL_EVERY))
        return Segment(" " * _GUTTER + words, self._colours.dim)


class HourChart(Widget):
    """Seven days, Monday first, of 24 hours of local time."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "hour-chart--some",
        "hour-chart--none",
        "hour-chart--dim",
    }

    def __init__(self, signs: BarSigns, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._signs = signs
        self._hours: Sequence[Sequence[int]] = _NOTHING
        self._painter: HourPainter | None = None
        self._lines: list[list[Segment]] = []

    def show(self, hours: Sequence[Sequence[int]], zone: str) -> None:
        """Show other numbers, of a time zone of this name."""
        self._hours = hours
        self.border_title = Content(f"by hour of the week ({zone})")
        self._tell(None)
        self._forget()

    def render_line(self, y: int) -> Strip:
        """One line of the field."""
        if self._painter is None:
            width, height = self.size
            self._painter = HourPainter(self._hours, width, height, self._signs, self._colours())
            self._lines = self._painter.lines()
        base = self.rich_style
        segments = self._lines[y] if y < len(self._lines) else []
        strip = Strip(Segment.apply_style(segments, base))
        return strip.adjust_cell_length(self.size.width, base)

    def _colours(self) -> HourColours:
        some, none, dim = (
            self.get_component_rich_style(f"hour-chart--{part}", partial=True)
            for part in ("some", "none", "dim")
        )
        background, _ = self.background_colors
        most = self.get_visual_style("hour-chart--some").foreground
        mixes = most is not None and most.ansi is None and not self.app.no_color
        return HourColours(background, most if mixes else None, some, none, dim)

    def _tell(self, place: tuple[int, int] | None) -> None:
        most = max(map(max, self._hours))
        if not most:
            self.border_subtitle = None
            return
        prefix = "" if place else "most: "
        weekday, hour = place or next(
            (weekday, hour)
            for weekday, counts in enumerate(self._hours)
            for hour, count in enumerate(counts)
            if count == most
        )
        count = short_count(self._hours[weekday][hour])
        self.border_subtitle = Content(f"{prefix}{hour_words(weekday, hour)} · {count}")

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Tell the number of the hour at the mouse."""
        offset = event.get_content_offset(self)
        if self._painter is not None:
            self._tell(None if offset is None else self._painter.place_at(offset.x, offset.y))

    def on_leave(self) -> None:
        """Tell again what is most."""
        self._tell(None)

    def on_resize(self) -> None:
        """Share out the new room."""
        self._forget()

    def notify_style_update(self) -> None:
        """Forget what was painted in the colours of another theme."""
        super().notify_style_update()
        self._forget()

    def _forget(self) -> None:
        self._painter = None
        self.refresh()
