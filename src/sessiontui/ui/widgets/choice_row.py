"""A line of a form with a few choices: arrow keys, space or a click take another one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widget import Widget

_META = "choice"
_STEPS = {"right": 1, "space": 1, "left": -1}


class ChoiceRow(Widget, can_focus=True):
    """A label and its choices; the number of the one taken is `chosen`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "choice-row--label",
        "choice-row--choice",
        "choice-row--chosen",
    }
    ALLOW_SELECT = False

    class Changed(Message):
        """Another choice was taken."""

    def __init__(self, label: str, choices: Sequence[str], chosen: int, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._label = label
        self._choices = choices
        self._chosen = chosen

    @property
    def chosen(self) -> int:
        """The number of the choice that is taken, from 0."""
        return self._chosen

    def choose(self, number: int) -> None:
        """Take a choice; beyond the last is the first."""
        number %= len(self._choices)
        if number != self._chosen:
            self._chosen = number
            self.refresh()
            self.post_message(self.Changed())

    def render(self) -> Content:
        """The line; brackets tell the choice without colour."""
        mark = "›" if self.has_focus else " "
        pieces: list[Content | tuple[str, str]] = [
            (f"{mark} {self._label:<9}", ".choice-row--label")
        ]
        for number, words in enumerate(self._choices):
            taken = number == self._chosen
            style = ".choice-row--chosen" if taken else ".choice-row--choice"
            shown = f"[{words}]" if taken else f" {words} "
            pieces.append(Content.styled(shown, style).stylize(Style.from_meta({_META: number})))
            pieces.append(Content("  "))
        return Content.assemble(*pieces)

    def get_content_width(self, container: object, viewport: object) -> int:
        """As wide as all choices."""
        return 12 + sum(cell_len(words) + 4 for words in self._choices)

    def on_focus(self) -> None:
        """Show the mark."""
        self.refresh()

    def on_blur(self) -> None:
        """Take the mark away."""
        self.refresh()

    def on_key(self, event: events.Key) -> None:
        """Take another choice."""
        if event.key in _STEPS:
            event.stop()
            self.choose(self._chosen + _STEPS[event.key])

    def on_click(self, event: events.Click) -> None:
        """Take the choice that was clicked."""
        number = event.style.meta.get(_META)
        if isinstance(number, int):
            self.choose(number)
