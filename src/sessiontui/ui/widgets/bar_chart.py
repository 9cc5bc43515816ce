"""A list of bars, longest first: groups of sessions, or sessions; any number of them.

Values in (`show`), messages out (`Opened`). The cursor stays with its key when values change.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from sessiontui.domain.bar_signs import BarSigns, bar
from sessiontui.domain.printable import printable_line
from sessiontui.ui.steps import Step
from sessiontui.ui.widgets.cell_text import fit, fit_right

_PREFIX = "bar-chart--"
_PARTS = ("selected", "selected-blurred", "cursor", "label", "note", "bar", "figure")
_MARGIN = 2
_GAP = 2
_LEAST_BAR = 6
_MOST_BAR = 40
_ROOM_FOR_NOTE = 44
"""Cells that label and bar have before there is room for a note beside a long label."""


class Bar(NamedTuple):
    """One line: its name, where it belongs, its length and the same as a figure.

    `key` tells it from others when values change.
    """

    key: Hashable
    label: str
    value: float
    figure: str
    note: str = ""


class BarPlan(NamedTuple):
    """The cells of each part of a line, without the gaps; 0 leaves a part out."""

    label: int
    note: int
    bar: int
    figure: int


def plan_bars(bars: Sequence[Bar], width: int) -> BarPlan:
    """Share out a width: figures are whole, labels get the room they need, bars what is left."""
    figure = max((cell_len(each.figure) for each in bars), default=0)
    label = max((cell_len(each.label) for each in bars), default=0)
    note = max((cell_len(each.note) for each in bars), default=0)
    room = width - _MARGIN - figure - _GAP - 1
    least = _LEAST_BAR + _GAP if room >= 4 * _LEAST_BAR else 0
    if note and room - label - least < note + _GAP:
        # What a thing is called comes before where it belongs.
        note = min(note, room - _ROOM_FOR_NOTE) if room > _ROOM_FOR_NOTE + _LEAST_BAR else 0
    taken = note + _GAP if note else 0
    label = max(1, min(label, room - taken - least))
    length = room - taken - label - _GAP
    return BarPlan(label, note, min(length, _MOST_BAR) if length >= _LEAST_BAR else 0, figure)


class BarChart(ScrollView, can_focus=True, inherit_bindings=False):
    """Bars with a cursor; `enter` or a second click opens what the cursor is on."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"{_PREFIX}{part}" for part in _PARTS}

    cursor: reactive[int] = reactive(0, init=False)

    class Opened(Message):
        """What is under the cursor shall be opened."""

        def __init__(self, chart: BarChart, opened: Bar) -> None:
            super().__init__()
            self.chart = chart
            self.bar = opened

    def __init__(
        self,
        signs: BarSigns,
        cursor_sign: str,
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._signs = signs
        self._cursor_sign = cursor_sign
        self._bars: tuple[Bar, ...] = ()
        self._most = 0.0
        self._plan = plan_bars((), 0)

    def show(self, bars: Sequence[Bar], *, to_top: bool = False) -> None:
        """Show other bars; the cursor stays with its key, or else goes to the first one."""
        before = None if to_top else self.selected
        self._bars = tuple(
            each._replace(label=printable_line(each.label, 400), note=printable_line(each.note, 60))
            for each in bars
        )
        self._most = max((each.value for each in bars), default=0.0)
        keys = [each.key for each in bars]
        kept = before is not None and before.key in keys
        self.set_reactive(BarChart.cursor, keys.index(before.key) if before and kept else 0)
        self._lay_out()

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The bars, from the top down."""
        return self._bars

    @property
    def selected(self) -> Bar | None:
        """What the cursor is on."""
        return self._bars[self.cursor] if self.cursor < len(self._bars) else None

    # -- moving ----------------------------------------------------------------------------

    def step(self, step: Step) -> None:
        """Move the cursor."""
        page = max(1, self.scrollable_content_region.height - 1)
        moves = {
            Step.DOWN: self.cursor + 1,
            Step.UP: self.cursor - 1,
            Step.PAGE_DOWN: self.cursor + page,
            Step.PAGE_UP: self.cursor - page,
            Step.FIRST: 0,
            Step.LAST: len(self._bars) - 1,
        }
        self._go_to(moves[step])

    def _go_to(self, index: int) -> None:
        if self._bars:
            self.cursor = max(0, min(index, len(self._bars) - 1))

    def watch_cursor(self) -> None:
        """Bring the line into view."""
        self._scroll_to_cursor()
        self.refresh()

    def _scroll_to_cursor(self) -> None:
        height = self.scrollable_content_region.height
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True)
        elif height and self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, force=True)

    def on_click(self, event: events.Click) -> None:
        """Select a line; a second click opens it."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        line = offset.y + self.scroll_offset.y
        if line >= len(self._bars):
            return
        if event.chain > 1 and line == self.cursor:
            self.post_message(self.Opened(self, self._bars[line]))
        else:
            self._go_to(line)

    # -- painting --------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Share out the new width."""
        self._lay_out()

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width
        self._plan = plan_bars(self._bars, width)
        self.virtual_size = Size(width, len(self._bars))
        self._scroll_to_cursor()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One bar."""
        width, number = self.scrollable_content_region.width, y + self.scroll_offset.y
        if number >= len(self._bars):
            return Strip.blank(width, self.rich_style)
        styles = {
            part: self.get_component_rich_style(f"{_PREFIX}{part}", partial=True) for part in _PARTS
        }
        background = self.rich_style
        if number == self.cursor:
            background += styles["selected" if self.has_focus else "selected-blurred"]
        segments = Segment.apply_style(
            self._line(self._bars[number], styles, selected=number == self.cursor), background
        )
        return Strip(segments).adjust_cell_length(width, background)

    def _line(self, each: Bar, styles: dict[str, Style], *, selected: bool) -> list[Segment]:
        plan, gap = self._plan, Segment(" " * _GAP)
        if selected and self.has_focus:
            # What is quiet elsewhere has to be read on the background of the cursor too.
            styles = {**styles, "note": styles["label"], "figure": styles["label"]}
        line = [
            Segment(f"{self._cursor_sign if selected else '':<{_MARGIN}}", styles["cursor"]),
            Segment(fit(each.label, plan.label), styles["label"]),
            gap,
        ]
        if plan.note:
            line += [Segment(fit(each.note, plan.note), styles["note"]), gap]
        if plan.bar:
            painted = bar(each.value, self._most, plan.bar, self._signs)
            line += [Segment(painted.ljust(plan.bar), styles["bar"]), gap]
        line.append(Segment(fit_right(each.figure, plan.figure), styles["figure"]))
        return line

    def watch_has_focus(self, has_focus: bool) -> None:
        """The selected line looks different with the focus."""
        super().watch_has_focus(has_focus)
        self.refresh()
