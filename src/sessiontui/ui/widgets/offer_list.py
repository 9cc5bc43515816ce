"""A short list below the search box: what would complete the query. It never takes the focus."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widgets import Static

from sessiontui.domain.printable import printable_line
from sessiontui.domain.value import PlainValue
from sessiontui.ui.query_offers import Offers
from sessiontui.ui.widgets.cell_text import fit
from sessiontui.ui.widgets.details_panel import middle_cut

MOST_SHOWN = 8
_LONGEST_CHOICE = 48
_LONGEST_NOTE = 40
_META = "offer"


class _Row(PlainValue):
    number: int
    choice: str
    note: str


class OfferList(Static):
    """Lies over the list; the key stands beside what it takes next, a click takes any."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "offer-list--choice",
        "offer-list--chosen",
        "offer-list--note",
        "offer-list--key",
    }

    class Picked(Message):
        """An offer was clicked."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.display = False
        self._rows: tuple[_Row, ...] = ()
        self._left_out = 0
        self._chosen: int | None = None
        self._next = 0
        self._key = ""

    def on_click(self, event: events.Click) -> None:
        """Tell which offer was clicked."""
        number = event.style.meta.get(_META)
        if number is not None:
            self.post_message(self.Picked(number))

    def hide(self) -> None:
        """Show nothing."""
        self.display = False

    def show(self, offers: Offers, chosen: int | None, key: str, corner: tuple[int, int]) -> None:
        """Show offers; `key` takes the one after `chosen`.

        `corner` is the cell of the screen below the place that is completed.
        """
        count = len(offers.items)
        # The footer below and the line that says how many more there are have their own rows.
        most = max(1, min(MOST_SHOWN, self.screen.size.height - corner[1] - 2))
        first = 0 if chosen is None else max(0, min(chosen - most + 2, count - most))
        shown = offers.items[first : first + most]
        self._rows = tuple(
            _Row(
                number,
                middle_cut(printable_line(item.choice), _LONGEST_CHOICE),
                printable_line(item.note, _LONGEST_NOTE),
            )
            for number, item in enumerate(shown, first)
        )
        self._left_out = count - len(shown)
        self._chosen = chosen
        self._next = 0 if chosen is None else (chosen + 1) % count
        self._key = key
        self._place(*corner)
        self.display = True
        self.refresh(layout=True)

    def _place(self, x: int, y: int) -> None:
        width = self._widths[0] + self._widths[1] + cell_len(self._key) + 4
        room = self.screen.size.width
        width = min(width, room)
        self.styles.width = width
        self.styles.height = len(self._rows) + bool(self._left_out)
        self.styles.offset = (max(0, min(x - 1, room - width)), y)

    @property
    def _widths(self) -> tuple[int, int]:
        choices = max((cell_len(row.choice) for row in self._rows), default=0)
        notes = max((cell_len(row.note) for row in self._rows), default=0)
        return choices, notes + 2 if notes else 0

    def render(self) -> Content:
        """The offers, one a line."""
        choices, notes = self._widths
        lines = []
        for row in self._rows:
            chosen = ".offer-list--chosen" if row.number == self._chosen else ""
            key = self._key if row.number == self._next else " " * cell_len(self._key)
            line = Content.assemble(
                (f" {fit(row.choice, choices)}", ".offer-list--choice"),
                (fit(f"  {row.note}", notes) if notes else "", ".offer-list--note"),
                (f"  {key} ", ".offer-list--key"),
            )
            click = Style.from_meta({_META: row.number})
            lines.append((line.stylize(chosen) if chosen else line).stylize(click))
        if self._left_out:
            words = f" {self._left_out:,} more: type on"
            lines.append(Content.styled(words, ".offer-list--note"))
        return Content("\n").join(lines)
