"""How far a change is that takes longer than a moment, and the key that ends it early."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from sessiontui.domain.printable import printable_line
from sessiontui.ui.change_course import ChangeCourse
from sessiontui.ui.change_words import progress_words

_PAINT_SECONDS = 0.1
_BAR_CELLS = 40


class ChangeProgressScreen(ModalScreen[None]):
    """Shown by whoever makes the change, and taken away by it when the change has ended."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", "stop", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "change-progress--title",
        "change-progress--done",
        "change-progress--rest",
        "change-progress--dim",
        "change-progress--key",
    }

    def __init__(self, title: str, verb: str, course: ChangeCourse) -> None:
        super().__init__()
        self._title = title
        self._verb = verb
        self._course = course
        self._is_over = self._has_left = False

    def compose(self) -> ComposeResult:
        with Vertical(id="change-progress-box"):
            yield Static("", id="change-progress-text", markup=False)

    def on_mount(self) -> None:
        """Follow the change."""
        self._paint()
        self.set_interval(_PAINT_SECONDS, self._follow)

    def _follow(self) -> None:
        if self._is_over:
            self.leave()
        else:
            self._paint()

    def leave(self) -> AwaitComplete | None:
        """The change has ended: go, or where that of another change lies over this, after it.

        Gives what may be awaited when it goes now.
        """
        self._is_over = True
        if self._has_left or not self.is_active:
            return None
        self._has_left = True
        return self.dismiss()

    def _paint(self) -> None:
        progress = self._course.latest
        lines = [
            Content.styled(printable_line(self._title), ".change-progress--title"),
            Content(progress_words(progress, self._verb)),
        ]
        if progress is not None and progress.total > 1:
            done = round(_BAR_CELLS * progress.done / progress.total)
            lines.append(
                Content.assemble(
                    ("━" * done, ".change-progress--done"),
                    ("─" * (_BAR_CELLS - done), ".change-progress--rest"),
                )
            )
        if self._course.is_cancelled:
            end = Content.styled("stops after this session", ".change-progress--dim")
        else:
            end = Content.assemble(
                ("esc", ".change-progress--key"),
                (" stops; what was done can be taken back", ".change-progress--dim"),
            )
        lines += [Content(""), end]
        self.query_one("#change-progress-text", Static).update(Content("\n").join(lines))

    def action_give_up(self) -> None:
        """End the change between two sessions."""
        self._course.cancel()
        self._paint()
