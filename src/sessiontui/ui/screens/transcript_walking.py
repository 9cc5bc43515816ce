"""The actions that walk a transcript and fold what is in it."""

from __future__ import annotations

from typing import ClassVar

from textual import getters, on

from sessiontui.ui.screens.action_screen import ActionScreen
from sessiontui.ui.steps import Step, scroll
from sessiontui.ui.widgets.outline import Outline
from sessiontui.ui.widgets.transcript_view import TranscriptView

OF_TRANSCRIPT = frozenset(
    {
        "next_hit",
        "previous_hit",
        "next_message",
        "previous_message",
        "next_prompt",
        "previous_prompt",
        "toggle_tools",
        "toggle_thinking",
        "toggle_fold",
        "toggle_follow",
        "toggle_answers",
        "outline",
        "unfold",
    }
)
"""The actions that need a transcript on the screen."""

OF_PANES = frozenset({"shrink_list", "grow_list"})
"""The actions that need the list and a transcript beside it."""


class TranscriptWalking(ActionScreen[None]):
    """Base of a screen that shows a transcript."""

    OUTLINE_FROM: ClassVar[int] = 140
    """Columns from which on the outline stands beside the transcript."""

    transcript = getters.query_one(TranscriptView)
    outline = getters.query_one(Outline)
    _wants_outline = True

    def on_mount(self) -> None:
        """Fold as it was left."""
        kept, view = self.bench.view_state, self.transcript
        view.tools_open, view.thinking_open = kept.get("tools"), kept.get("thinking")
        self._fold_as_left()

    def on_screen_resume(self) -> None:
        """Fold as another screen was left that was on top."""
        self._fold_as_left()

    def _fold_as_left(self) -> None:
        kept, view = self.bench.view_state, self.transcript
        if view.tools_open != kept.get("tools"):
            view.action_toggle_tools()
        if view.thinking_open != kept.get("thinking"):
            view.action_toggle_thinking()
        view.answers_only = kept.get("answers")
        self._wants_outline = kept.get("outline")
        self.place_outline()

    # -- the outline -----------------------------------------------------------------------

    def on_resize(self) -> None:
        """Show the outline where there is room for it."""
        self.place_outline()

    def place_outline(self) -> None:
        """Show the outline beside the transcript, where there is room and it is wanted."""
        self.outline.display = self._wants_outline and self._has_room
        self.set_class(self.outline.display, "-outlined")

    @property
    def _has_room(self) -> bool:
        return self.size.width >= self.OUTLINE_FROM

    @on(TranscriptView.ContentChanged)
    def _content_changed(self, message: TranscriptView.ContentChanged) -> None:
        message.stop()
        self.outline.show(self.transcript.landmarks, self.transcript.landmark)
        self.refresh_footer()

    @on(TranscriptView.LandmarkPassed)
    def _landmark_passed(self, message: TranscriptView.LandmarkPassed) -> None:
        message.stop()
        self.outline.current = message.number

    @on(Outline.Chosen)
    def _landmark_chosen(self, message: Outline.Chosen) -> None:
        message.stop()
        self._jump(message.position)

    def _jump(self, position: int | None) -> None:
        if position is not None:
            self.transcript.go_to(position)
            self.set_focus(self.transcript)

    def action_outline(self) -> None:
        """To the outline beside the transcript, and away with it again; else over it."""
        if not self._has_room:
            from sessiontui.ui.screens.prompt_picker import PromptPicker  # noqa: PLC0415  not for the first frame

            transcript = self.transcript
            picker = PromptPicker(transcript.landmarks, transcript.landmark)
            self.app.push_screen(picker, self._jump)
            return
        self._wants_outline = self.focused is not self.outline
        self.bench.view_state.set("outline", self._wants_outline)
        self.place_outline()
        self.set_focus(self.outline if self._wants_outline else self.transcript)

    # -- walking ---------------------------------------------------------------------------

    def step(self, step: Step) -> None:
        """Scroll, or move in the outline."""
        if self.focused is self.outline:
            self.outline.step(step)
        else:
            scroll(self.transcript, step)

    def action_unfold(self) -> None:
        """Show or fold the message at the cursor, or go to the prompt at it."""
        if self.focused is self.outline:
            self.outline.choose()
        else:
            self.transcript.action_toggle_fold()

    def action_next_hit(self) -> None:
        """To the next hit."""
        self.transcript.action_next_hit()

    def action_previous_hit(self) -> None:
        """To the previous hit."""
        self.transcript.action_previous_hit()

    def action_next_message(self) -> None:
        """To the next message."""
        self.transcript.action_next_message()

    def action_previous_message(self) -> None:
        """To the previous message."""
        self.transcript.action_previous_message()

    def action_next_prompt(self) -> None:
        """To the next prompt."""
        self.transcript.action_next_prompt()

    def action_previous_prompt(self) -> None:
        """To the previous prompt."""
        self.transcript.action_previous_prompt()

    def action_toggle_tools(self) -> None:
        """Fold or show tools."""
        self.transcript.action_toggle_tools()
        self.bench.view_state.set("tools", self.transcript.tools_open)

    def action_toggle_thinking(self) -> None:
        """Fold or show thinking."""
        self.transcript.action_toggle_thinking()
        self.bench.view_state.set("thinking", self.transcript.thinking_open)

    def action_toggle_fold(self) -> None:
        """Fold or show the message at the cursor."""
        self.transcript.action_toggle_fold()

    def action_toggle_follow(self) -> None:
        """Follow, or stop following."""
        self.transcript.action_toggle_follow()

    def action_toggle_answers(self) -> None:
        """Show prompts and final answers only, or everything."""
        self.transcript.action_toggle_answers()
        self.bench.view_state.set("answers", self.transcript.answers_only)
