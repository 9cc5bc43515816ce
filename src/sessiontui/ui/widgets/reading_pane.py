"""The right pane: facts of the selected session, and its transcript below them."""

from __future__ import annotations

from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from sessiontui.domain.printable import printable_line
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.ui.marks import Marks
from sessiontui.ui.widgets.border_words import BorderWords
from sessiontui.ui.widgets.details_panel import Details, DetailsPanel
from sessiontui.ui.widgets.hit_walk import Hit
from sessiontui.ui.widgets.outline import Outline
from sessiontui.ui.widgets.transcript_view import TranscriptView


class ReadingPane(BorderWords, Vertical):
    """Values in; its border says which session, and which hit of how many."""

    def __init__(self, marks: Marks, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._marks = marks
        self._title = ""
        self._hit_words = ""
        self._follow_words = ""
        self._answers_words = ""

    def compose(self) -> ComposeResult:
        yield DetailsPanel(self._marks)
        with Horizontal(id="transcript-and-outline"):
            yield TranscriptView(compact=True)
            yield Outline(id="outline-column")

    @property
    def ref(self) -> SessionRef | None:
        """The session whose facts are shown."""
        details = self.query_one(DetailsPanel).details
        return None if details is None else details.row.ref

    def show_row(self, row: SessionRow, now: datetime) -> None:
        """Name another session, with what its row says; its facts follow."""
        self._title = printable_line(row.title, 200)
        self._paint_border()
        if self.ref != row.ref:
            self.query_one(DetailsPanel).show(Details(row), now=now)

    def show_details(self, details: Details, now: datetime, cure_key: str) -> None:
        """Show the facts."""
        self.query_one(DetailsPanel).show(details, now=now, cure_key=cure_key)

    def show_hit(self, hit: Hit, next_key: str, previous_key: str) -> None:
        """Say which hit stands at the cursor."""
        keys = f" · {next_key} next · {previous_key} previous" if hit.total > 1 else ""
        self._hit_words = f"{hit.words}{keys}"
        self._paint_border()

    def on_transcript_view_follow_changed(self, message: TranscriptView.FollowChanged) -> None:
        """Say whether the end is followed."""
        message.stop()
        self._follow_words = "following" if message.following else ""
        self._paint_border()

    def on_transcript_view_answers_only_changed(
        self, message: TranscriptView.AnswersOnlyChanged
    ) -> None:
        """Say whether only prompts and answers are shown."""
        message.stop()
        self._answers_words = "answers only" if message.answers_only else ""
        self._paint_border()

    def _paint_border(self) -> None:
        parts = (self._answers_words, self._follow_words, self._hit_words)
        self.say_in_border(self._title, " · ".join(filter(None, parts)))

    def show_nothing(self, now: datetime) -> None:
        """There is no session."""
        self._title = self._hit_words = self._follow_words = ""
        self._paint_border()
        self.query_one(DetailsPanel).show(None, now=now)
        self.query_one(TranscriptView).show_notice(
            "nothing to read", "the session under the cursor is shown here"
        )
