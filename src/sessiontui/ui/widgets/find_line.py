"""The line below a transcript in which one types what to find there."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from sessiontui.ui.widgets.line_input import LineInput


class FindLine(Horizontal):
    """Hidden until it begins; at the right: in which of how many messages what is typed stands."""

    class Changed(Message):
        """Something else stands in the line."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Kept(Message):
        """`enter`: stay with what was found."""

    def __init__(self) -> None:
        super().__init__()
        self.display = False

    def compose(self) -> ComposeResult:
        yield Static("find", id="find-label", markup=False)
        yield LineInput(id="find-input", compact=True)
        yield Static("", id="find-count", markup=False)

    @property
    def input(self) -> LineInput:
        """Where one types."""
        return self.query_one(LineInput)

    def begin(self, text: str, placeholder: str) -> None:
        """Show the line with a text that the first letter replaces."""
        self.display = True
        self.input.placeholder = placeholder
        self.input.value = text
        self.screen.set_focus(self.input)
        self.input.select_all()

    def end(self) -> None:
        """Hide the line."""
        self.display = False

    def say(self, words: str) -> None:
        """Say what was found."""
        self.query_one("#find-count", Static).update(words)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell it."""
        event.stop()
        if self.display:
            self.post_message(self.Changed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Tell it."""
        event.stop()
        self.post_message(self.Kept())
