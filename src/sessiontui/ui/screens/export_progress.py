"""How far an export is that takes longer than a moment; it can be stopped, or left to go on."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import ProgressBar, Static

from sessiontui.ui.export_course import ExportCourse

_PAINT_SECONDS = 0.1


class ExportProgressScreen(ModalScreen[None]):
    """Goes away by itself when the export has ended."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", "stop", show=False),
        Binding("enter,q", "close", "go on behind", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "export-progress--dim",
        "export-progress--key",
    }

    def __init__(self, title: str, course: ExportCourse) -> None:
        super().__init__()
        self._title = title
        self._course = course

    def compose(self) -> ComposeResult:
        with Vertical(id="export-progress-box"):
            yield Static("", id="export-progress-text", markup=False)
            yield ProgressBar(show_eta=False, show_percentage=False, id="export-progress-bar")
            yield Static(
                Content.assemble(
                    ("esc", ".export-progress--key"),
                    (" stops, nothing is written   ", ".export-progress--dim"),
                    ("enter", ".export-progress--key"),
                    (" lets it go on behind", ".export-progress--dim"),
                ),
                markup=False,
            )

    def on_mount(self) -> None:
        """Follow the export."""
        self.query_one("#export-progress-box").border_title = Content(self._title)
        self.follow()
        self.set_interval(_PAINT_SECONDS, self.follow)

    def follow(self) -> None:
        """Show how far the export is, or go away when it has ended."""
        if self._course.is_over:
            if self.is_current:
                self.dismiss()
            return
        self.query_one("#export-progress-text", Static).update(Content(self._course.words))
        self.query_one(ProgressBar).update(total=self._course.total, progress=self._course.done)

    def action_give_up(self) -> None:
        """Stop the export."""
        self._course.stop()

    def action_close(self) -> None:
        """Let it go on; it tells when it has ended."""
        self.dismiss()
