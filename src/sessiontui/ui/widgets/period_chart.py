"""Two charts over one axis of time: messages with text above, sessions at work below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

from sessiontui.domain.bar_signs import BarSigns, column
from sessiontui.domain.chart_layout import Place, axis_line, places_of
from sessiontui.domain.statistics import Period, Unit
from sessiontui.domain.statistics_words import TEXTS, axis_word, period_words
from sessiontui.domain.value import PlainValue
from sessiontui.domain.words import count_words, short_count

_WIDEST_GUTTER = 7
_PARTS = ("texts", "active", "begun", "dim", "title")
_PREFIX = "period-chart--"


class PeriodStyles(PlainValue):
    """The styles of the chart. Columns of sessions begun stand before those of sessions at work."""

    texts: Style
    active: Style
    begun: Style
    dim: Style
    title: Style


def gutter_of(periods: Sequence[Period]) -> int:
    """Cells left of the columns: the numbers of the axis, and a space."""
    most = max((max(period.texts, period.active) for period in periods), default=0)
    return len(short_count(most)) + 1


class PeriodPainter:
    """Paints periods side by side into a number of lines."""

    def __init__(
        self,
        periods: Sequence[Period],
        unit: Unit,
        width: int,
        height: int,
        signs: BarSigns,
        styles: PeriodStyles,
        *,
        coloured: bool = True,
    ) -> None:
        self._periods = periods
        self._behind = signs.upwards[-1] if coloured else signs.shades[len(signs.shades) // 2]
        """A full cell of what was begun earlier: another colour than what was begun, or a shade."""
        self._unit = unit
        self._gutter = gutter_of(periods)
        self._width = width - self._gutter
        self._signs = signs
        self._styles = styles
        self._places = places_of(len(periods), self._width)
        # A line between the charts and the axis below; messages get the greater part of the rest.
        room = height - 2
        self._lower = max(1, room * 2 // 5) if room >= 3 else 0
        self._upper = max(1, room - self._lower) if self._lower else max(1, height - 1)

    def lines(self) -> list[list[Segment]]:
        """The lines from the top down."""
        styles, unit = self._styles, self._unit.value
        texts = [period.texts for period in self._periods]
        lines = self._rows(texts, None, self._upper, styles.texts)
        if self._lower:
            begun = [period.begun for period in self._periods]
            active = [period.active for period in self._periods]
            full = self._signs.upwards[-1]
            lines.append(
                [
                    Segment(f"sessions at work by {unit} ", styles.title),
                    Segment(full, styles.begun),
                    Segment(" begun ", styles.dim),
                    Segment(self._behind, styles.active),
                    Segment(" earlier", styles.dim),
                ]
            )
            lines += self._rows(active, begun, self._lower, styles.active)
        words = [axis_word(self._unit, period.start) for period in self._periods]
        axis = axis_line(words, self._places, self._width)
        lines.append([Segment(" " * self._gutter + axis, styles.dim)])
        return lines

    def period_at(self, x: int) -> Period | None:
        """The period whose column stands at a cell of a line."""
        for period, place in zip(self._periods, self._places, strict=True):
            if place.x <= x - self._gutter <= place.x + place.width:
                return period
        return None

    def _rows(
        self, values: Sequence[int], before: Sequence[int] | None, height: int, style: Style
    ) -> list[list[Segment]]:
        most = max(values, default=0)
        behind = [column(value, most, height, self._signs) for value in values]
        front = [column(value, most, height, self._signs) for value in before or ()]
        rows = []
        for level in reversed(range(height)):
            label = short_count(most) if level == height - 1 else "0" if level == 0 else ""
            row = [Segment(f"{label:>{self._gutter - 1}} ", self._styles.dim)]
            at = 0
            for number, place in enumerate(self._places):
                row.append(Segment(" " * (place.x - at)))
                sign = front[number][level] if front else " "
                row.append(self._cell(sign, behind[number][level], style, place))
                at = place.x + place.width
            rows.append([segment for segment in row if segment.text])
        return rows

    def _cell(self, front: str, behind: str, style: Style, place: Place) -> Segment:
        full = self._signs.upwards[-1]
        if front == " ":
            if behind == full and style is self._styles.active:
                behind = self._behind
            return Segment(behind * place.width, style if behind != " " else None)
        if behind == full and front != full:
            both = self._styles.begun + Style(bgcolor=style.color)
            return Segment(front * place.width, both)
        return Segment(behind * place.width, self._styles.begun)


class PeriodChart(Widget):
    """The chart; what the mouse points at is told in its border."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"{_PREFIX}{part}" for part in _PARTS}

    def __init__(self, signs: BarSigns, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._signs = signs
        self._periods: Mapping[Unit, tuple[Period, ...]] = dict.fromkeys(Unit, ())
        self._lines: list[list[Segment]] | None = None
        self._painter: PeriodPainter | None = None

    def show(self, periods: Mapping[Unit, tuple[Period, ...]]) -> None:
        """Show other periods, in the shortest unit for which there is room."""
        self._periods = periods
        self._forget()

    @property
    def unit(self) -> Unit:
        """The unit for which there is room."""
        room = self.size.width - _WIDEST_GUTTER
        fitting = (unit for unit in Unit if len(self._periods[unit]) <= room)
        return next(fitting, Unit.YEAR)

    def render_line(self, y: int) -> Strip:
        """One line of the chart."""
        if self._lines is None:
            self._paint()
        lines = self._lines or []
        segments = lines[y] if y < len(lines) else []
        base = self.rich_style
        styled = Segment.apply_style(segments, base)
        return Strip(styled).adjust_cell_length(self.size.width, base)

    def _paint(self) -> None:
        unit = self.unit
        periods = self._periods[unit][-max(1, self.size.width - _WIDEST_GUTTER) :]
        styles = PeriodStyles(
            *(self.get_component_rich_style(f"{_PREFIX}{part}", partial=True) for part in _PARTS)
        )
        width, height = self.size
        coloured = not self.app.no_color
        self._painter = PeriodPainter(
            periods, unit, width, height, self._signs, styles, coloured=coloured
        )
        self._lines = self._painter.lines() if periods else []

    def _tell(self, period: Period | None) -> None:
        unit = self.unit
        prefix = ""
        if period is None:
            period = max(self._periods[unit], key=lambda each: each.texts, default=None)
            prefix = "most: "
        if period is None or (prefix and not period.texts):
            self.border_subtitle = None
            return
        words = f"{period_words(unit, period.start)}: {short_count(period.texts)} messages"
        if not prefix:
            words += f", {count_words(period.active, 'session')}"
        self.border_subtitle = Content(f"{prefix}{words}")

    def on_resize(self) -> None:
        """Find the unit for the new width."""
        self._forget()

    def notify_style_update(self) -> None:
        """Forget what was painted in the colours of another theme."""
        super().notify_style_update()
        self._forget()

    def _forget(self) -> None:
        self._lines = self._painter = None
        self.border_title = Content(f"{TEXTS} by {self.unit.value}")
        self._tell(None)
        self.refresh()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Tell the numbers of the column at the mouse."""
        offset = event.get_content_offset(self)
        if self._painter is not None:
            self._tell(None if offset is None else self._painter.period_at(offset.x))

    def on_leave(self) -> None:
        """Tell again what is most."""
        self._tell(None)
