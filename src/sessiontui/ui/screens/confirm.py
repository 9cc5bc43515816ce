"""A question that stops everything else: only for changes that could hurt a running agent."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from sessiontui.domain.printable import printable_line


class Confirm(ModalScreen[bool]):
    """Asks whether to go on; `yes` says what the key `y` does. Nothing is chosen in advance."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "yes", show=False),
        Binding("escape,enter,n,q", "answer(False)", "no", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"confirm--title", "confirm--dim", "confirm--key"}

    def __init__(self, title: str, reasons: tuple[str, ...], yes: str) -> None:
        super().__init__()
        self._title = title
        self._reasons = reasons
        self._yes = yes

    def compose(self) -> ComposeResult:
        lines = [Content.styled(printable_line(self._title), ".confirm--title"), Content("")]
        lines += [Content(printable_line(reason)) for reason in self._reasons]
        lines += [
            Content(""),
            Content.assemble(
                ("y", ".confirm--key"),
                (f" {self._yes}", ".confirm--dim"),
                ("     esc", ".confirm--key"),
                (" leave it as it is", ".confirm--dim"),
            ),
        ]
        with Vertical(id="confirm-box"):
            yield Static(Content("\n").join(lines), markup=False)

    def action_answer(self, answer: bool) -> None:
        """Give the answer."""
        self.dismiss(answer)
