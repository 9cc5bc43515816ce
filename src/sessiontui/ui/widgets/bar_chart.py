"""A list of bars, longest first: groups of sessions, or sessions; any number of them.

Values in (`show`), messages out (`Opened`). The cursor stays with its key when values change.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.message import Message

from sessiontui.domain.bar_signs import BarSigns, bar
from sessiontui.domain.printable import printable_line
from sessiontui.domain.value import PlainValue
from sessiontui.ui.widgets.cell_text import fit, fit_right
from sessiontui.ui.widgets.line_list import MARGIN, LineList

_PREFIX = "bar-chart--"
_PARTS = ("selected", "selected-blurred", "cursor", "label", "note", "bar", "figure")
_GAP = 2
_LEAST_BAR = 6
_MOST_BAR = 40
_ROOM_FOR_NOTE = 44
"""Cells that label and bar have before there is room for a note beside a long label."""


class Bar(PlainValue):
    """One line: its name, where it belongs, its length and the same as a figure.

    `key` tells it from others when values change.
    """

    key: Hashable
    label: str
    value: float
    figure: str
    note: str = ""


class BarPlan(PlainValue):
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
    room = width - MARGIN - figure - _GAP - 1
    least = _LEAST_BAR + _GAP if room >= 4 * _LEAST_BAR else 0
    if note and room - label - least < note + _GAP:
        # What a thing is called comes before where it belongs.
        note = min(note, room - _ROOM_FOR_NOTE) if room > _ROOM_FOR_NOTE + _LEAST_BAR else 0
    taken = note + _GAP if note else 0
    label = max(1, min(label, room - taken - least))
    length = room - taken - label - _GAP
    return BarPlan(label, note, min(length, _MOST_BAR) if length >= _LEAST_BAR else 0, figure)


class BarChart(LineList):
    """Bars with a cursor; `enter` or a second click opens what the cursor is on."""

    PREFIX = _PREFIX
    PARTS = _PARTS
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"{_PREFIX}{part}" for part in _PARTS}

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
        super().__init__(cursor_sign, id=id)
        self._signs = signs
        self._bars: tuple[Bar, ...] = ()
        self._most = 0.0
        self._plan = plan_bars((), 0)

    def show(self, bars: Sequence[Bar], *, to_top: bool = False) -> None:
        """Show other bars; the cursor stays with its key, or else goes to the first one."""
        before = None if to_top else self.selected
        self._bars = tuple(
            each.replace(label=printable_line(each.label, 400), note=printable_line(each.note, 60))
            for each in bars
        )
        self._most = max((each.value for each in bars), default=0.0)
        keys = [each.key for each in bars]
        kept = before is not None and before.key in keys
        self.lay_out()
        self.cursor = keys.index(before.key) if before and kept else 0

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The bars, from the top down."""
        return self._bars

    @property
    def selected(self) -> Bar | None:
        """What the cursor is on."""
        return self._bars[self.cursor] if self.cursor < len(self._bars) else None

    @property
    def line_count(self) -> int:
        """How many bars there are."""
        return len(self._bars)

    def open_selected(self) -> None:
        """Tell that it was clicked again."""
        self.post_message(self.Opened(self, self._bars[self.cursor]))

    # -- painting --------------------------------------------------------------------------

    def plan(self, width: int) -> None:
        """Share out the cells of a line."""
        self._plan = plan_bars(self._bars, width)

    def paint(
        self, number: int, styles: dict[str, Style], width: int, *, selected: bool
    ) -> list[Segment]:
        """A bar with what it is about."""
        each = self._bars[number]
        plan, gap = self._plan, Segment(" " * _GAP)
        if selected and self.has_focus:
            # What is quiet elsewhere has to be read on the background of the cursor too.
            styles = {**styles, "note": styles["label"], "figure": styles["label"]}
        line = [
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
