"""The actions that walk a transcript and fold what is in it."""

from __future__ import annotations

from textual import getters

from sessiontui.ui.screens.action_screen import ActionScreen
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
        "unfold",
    }
)
"""The actions that need a transcript on the screen."""


class TranscriptWalking(ActionScreen[None]):
    """Base of a screen that shows a transcript."""

    transcript = getters.query_one(TranscriptView)

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

    def action_toggle_thinking(self) -> None:
        """Fold or show thinking."""
        self.transcript.action_toggle_thinking()

    def action_toggle_fold(self) -> None:
        """Fold or show the message at the cursor."""
        self.transcript.action_toggle_fold()

    def action_toggle_follow(self) -> None:
        """Follow, or stop following."""
        self.transcript.action_toggle_follow()
