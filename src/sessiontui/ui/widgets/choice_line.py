"""A line with a few choices, one of them taken; a click takes another one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widgets import Static

from sessiontui.domain.printable import printable_line

_META = "choice"


class ChoiceLine(Static):
    """The program's name, the choices, and what else is to be said."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "choice-line--name",
        "choice-line--choice",
        "choice-line--chosen",
        "choice-line--note",
    }

    class Chosen(Message):
        """A choice was clicked."""

        def __init__(self, choice: str) -> None:
            super().__init__()
            self.choice = choice

    def __init__(self, choices: Sequence[str], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self._choices = choices
        self._chosen = choices[0]
        self._note = ""

    def show(self, chosen: str, note: str = "") -> None:
        """Mark a choice, by brackets too, and say something after them."""
        self._chosen, self._note = chosen, note
        self.refresh()

    def render(self) -> Content:
        """The line."""
        pieces: list[Content | tuple[str, str]] = [("sessiontui", ".choice-line--name")]
        for choice in self._choices:
            taken = choice == self._chosen
            style = ".choice-line--chosen" if taken else ".choice-line--choice"
            words = f"[{choice}]" if taken else f" {choice} "
            click = Style.from_meta({_META: choice})
            pieces += [Content("  "), Content.styled(words, style).stylize(click)]
        if self._note:
            pieces.append((f"   {printable_line(self._note, 80)}", ".choice-line--note"))
        return Content.assemble(*pieces)

    def on_click(self, event: events.Click) -> None:
        """Tell which choice was clicked."""
        choice = event.style.meta.get(_META)
        if choice is not None:
            self.post_message(self.Chosen(choice))
