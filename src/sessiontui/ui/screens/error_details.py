"""Errors in full: what happened, what to do, which session."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.printable import printable, printable_line


class ErrorDetails(ModalScreen[None]):
    """One or more errors; any of the closing keys goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "close", "close", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"error--title", "error--hint", "error--dim"}

    def __init__(self, error: SessionTuiError) -> None:
        super().__init__()
        self._errors = [error]

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="error-box"):
            yield Static(self._content(), id="error-text", markup=False)

    def on_mount(self) -> None:
        """Say how to go on."""
        box = self.query_one("#error-box")
        box.border_title = Content("what went wrong")
        box.border_subtitle = Content("esc closes")

    def add(self, error: SessionTuiError) -> None:
        """Show another error below; the same one only once."""
        if not any(error.title == known.title for known in self._errors):
            self._errors.append(error)
            # Two may follow each other before the first is painted.
            for text in self.query("#error-text").results(Static):
                text.update(self._content())

    def _content(self) -> Content:
        lines: list[Content] = []
        for error in self._errors:
            if lines:
                lines.append(Content(""))
            lines.append(Content.styled(printable_line(error.title), ".error--title"))
            if error.hint:
                lines.append(Content.styled(printable(error.hint), ".error--hint"))
            if error.ref is not None:
                lines.append(Content.styled(printable_line(str(error.ref)), ".error--dim"))
        return Content("\n").join(lines)

    def on_click(self, event: events.Click) -> None:
        """Beside the box: go back."""
        if self.get_widget_at(event.screen_x, event.screen_y)[0] is self:
            self.dismiss()

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()
