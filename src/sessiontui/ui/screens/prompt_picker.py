"""The outline of a transcript over everything else, where there is no room beside it."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from sessiontui.domain.words import count_words
from sessiontui.ui.steps import Step
from sessiontui.ui.widgets.landmarks import Landmarks
from sessiontui.ui.widgets.line_input import LineInput
from sessiontui.ui.widgets.outline import Outline


class PromptPicker(ModalScreen[int | None]):
    """Type to narrow it down, `enter` or a click goes there; the answer is a position."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", "back", show=False, priority=True),
        Binding("down,ctrl+n", "step('DOWN')", "down", show=False, priority=True),
        Binding("up,ctrl+p", "step('UP')", "up", show=False, priority=True),
        Binding("pagedown", "step('PAGE_DOWN')", "page down", show=False, priority=True),
        Binding("pageup", "step('PAGE_UP')", "page up", show=False, priority=True),
    ]

    def __init__(self, landmarks: Landmarks, current: int | None) -> None:
        super().__init__()
        self._landmarks = landmarks
        self._current = current

    def compose(self) -> ComposeResult:
        with Vertical(id="prompts-box"):
            yield LineInput(placeholder="words of a prompt", id="prompts-input")
            yield Outline(notice="no prompt holds these words", id="prompts-list")

    def on_mount(self) -> None:
        """Begin at the prompt that is being read."""
        self.query_one("#prompts-box").border_title = Content("prompts")
        outline = self.query_one(Outline)
        outline.can_focus = False
        outline.always_choosing = True
        self._show(self._landmarks, self._current)

    def _show(self, landmarks: Landmarks, current: int | None) -> None:
        outline = self.query_one(Outline)
        outline.show(landmarks, current)
        outline.chosen = current or 0
        box = self.query_one("#prompts-box")
        box.border_subtitle = Content(count_words(landmarks.prompts, "prompt") + " · esc closes")

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        found = self._landmarks.matching(event.value)
        current = self._current if found is self._landmarks else None
        self._show(found, current)

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one(Outline).choose()

    @on(Outline.Chosen)
    def _chosen(self, message: Outline.Chosen) -> None:
        message.stop()
        self.dismiss(message.position)

    def action_step(self, step: str) -> None:
        """Move the cursor."""
        self.query_one(Outline).step(Step[step])

    def action_give_up(self) -> None:
        """Stay where one was."""
        self.dismiss(None)
