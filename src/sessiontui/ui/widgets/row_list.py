"""A list of lines with figures at their right, any number of them, of which one is selected.

Values in (`show`), messages out. The cursor stays with its key when values change.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from enum import StrEnum
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.message import Message

from sessiontui.domain.printable import printable_line
from sessiontui.domain.value import PlainValue
from sessiontui.ui.widgets.cell_text import fit, fit_right
from sessiontui.ui.widgets.line_list import MARGIN, LineList

_PREFIX = "row-list--"
_GAP = 2
_LEAST_TITLE = 28
_MOST_TITLE = 96
"""Cells after which figures stand, however wide the list is: the eye goes no farther."""
_TITLE_BESIDE_NOTE = 0.5
"""The share of the line that a long title has when a note stands behind it."""
_TEXT_LIMIT = 400


class Tone(StrEnum):
    """How a line is meant: as others, stronger than others, or as out of use."""

    PLAIN = "plain"
    STRONG = "strong"
    QUIET = "quiet"


_PARTS = ("selected", "selected-blurred", "cursor", "lead", "figure", "note", *Tone)


class ListRow(PlainValue):
    """One line: what stands before it, what it is about, and figures in columns of their own.

    A note stands directly behind the title, in the place of the figures it leaves no room for.
    `key` tells the line from others when values change; `indent` is in cells.
    """

    key: Hashable
    lead: str
    title: str
    figures: tuple[str, ...] = ()
    note: str = ""
    tone: Tone = Tone.PLAIN
    indent: int = 0


def figure_widths(rows: Sequence[ListRow], width: int) -> tuple[int, ...]:
    """The cells of each column of figures; the last ones are left out where room is short."""
    columns = max((len(row.figures) for row in rows), default=0)
    widths = [
        max((cell_len(row.figures[at]) for row in rows if at < len(row.figures)), default=0)
        for at in range(columns)
    ]
    lead = max((cell_len(row.lead) for row in rows), default=0)
    room = width - MARGIN - lead - 1 - _LEAST_TITLE
    while widths and sum(widths) + _GAP * len(widths) > room:
        widths.pop()
    return tuple(widths)


class RowList(LineList):
    """Lines with a cursor; a second click opens what it is on."""

    PREFIX = _PREFIX
    PARTS = _PARTS
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"{_PREFIX}{part}" for part in _PARTS}

    class Highlighted(Message):
        """Another line is under the cursor."""

    class Opened(Message):
        """What is under the cursor was clicked twice."""

    def __init__(self, cursor_sign: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(cursor_sign, id=id)
        self._rows: tuple[ListRow, ...] = ()
        self._widths: tuple[int, ...] = ()
        self._lead = 0
        self._notes_at = 0

    def show(self, rows: Sequence[ListRow], *, select: Hashable = None) -> None:
        """Show other lines. The cursor goes to the key `select`, or stays with its own."""
        wanted = select if select is not None else self.selected and self.selected.key
        self._rows = tuple(rows)
        at = next((at for at, row in enumerate(self._rows) if row.key == wanted), None)
        if at is None:
            at = min(self.cursor, max(0, len(self._rows) - 1))
        self.lay_out()
        self.cursor = at

    @property
    def rows(self) -> tuple[ListRow, ...]:
        """The lines, from the top down."""
        return self._rows

    @property
    def selected(self) -> ListRow | None:
        """The line that the cursor is on."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    @property
    def line_count(self) -> int:
        """How many lines there are."""
        return len(self._rows)

    def watch_cursor(self) -> None:
        """Bring the line into view, and tell of it."""
        super().watch_cursor()
        self.post_message(self.Highlighted())

    def open_selected(self) -> None:
        """Tell that it was clicked again."""
        self.post_message(self.Opened())

    # -- painting --------------------------------------------------------------------------

    def plan(self, width: int) -> None:
        """Share out the cells of a line."""
        self._widths = figure_widths(self._rows, width)
        self._lead = max((cell_len(row.lead) for row in self._rows), default=0)
        # Notes that have the line to themselves begin below each other.
        noted = [row for row in self._rows if row.note and not any(row.figures)]
        title = max((cell_len(printable_line(row.title)) for row in noted), default=0)
        note = max((cell_len(printable_line(row.note)) for row in noted), default=0)
        room = width - MARGIN - self._lead - 1
        self._notes_at = min(title, max(int(room * _TITLE_BESIDE_NOTE), room - _GAP - note))

    def paint(
        self, number: int, styles: dict[str, Style], width: int, *, selected: bool
    ) -> list[Segment]:
        """A row."""
        row = self._rows[number]
        if selected and self.has_focus:
            # What is quiet elsewhere has to be read on the background of the cursor too.
            loud = styles[Tone.PLAIN]
            styles = {**styles, "lead": loud, "figure": loud, Tone.QUIET: loud}
        title, note = printable_line(row.title, _TEXT_LIMIT), printable_line(row.note, _TEXT_LIMIT)
        room = width - MARGIN - self._lead - 1 - row.indent
        widths = self._widths if any(row.figures) else ()
        room -= sum(widths) + _GAP * len(widths)
        if widths:
            room = min(room, _MOST_TITLE - row.indent)
        beside = room
        if note:
            most = max(1, int(room * _TITLE_BESIDE_NOTE), room - _GAP - cell_len(note))
            beside = min(self._notes_at if not widths else cell_len(title), most)
        line = [
            Segment(f"{fit_right(row.lead, self._lead)} ", styles["lead"]),
            Segment(" " * row.indent),
            Segment(fit(title, max(0, beside)), styles[row.tone]),
        ]
        if note:
            style = styles[Tone.QUIET if row.tone is Tone.QUIET else "note"]
            line.append(Segment(" " * _GAP))
            line.append(Segment(fit(note, max(0, room - beside - _GAP)), style))
        for figure, cells in zip(row.figures, widths, strict=False):
            line += [Segment(" " * _GAP), Segment(fit_right(figure, cells), styles["figure"])]
        return line
