"""The right pane: facts of the selected session, and its transcript below them."""

from __future__ import annotations

from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content

from sessiontui.domain.printable import printable_line
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.ui.marks import Marks
from sessiontui.ui.widgets.details_panel import Details, DetailsPanel
from sessiontui.ui.widgets.hit_walk import Hit
from sessiontui.ui.widgets.outline import Outline
from sessiontui.ui.widgets.transcript_view import TranscriptView


class ReadingPane(Vertical):
    """Values in; its border says which session, and which hit of how many."""

    def __init__(self, marks: Marks, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._marks = marks
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
        self.border_title = Content(printable_line(row.title, 200))
        if self.ref != row.ref:
            self.query_one(DetailsPanel).show(Details(row), now=now)

    def show_details(self, details: Details, now: datetime, cure_key: str) -> None:
        """Show the facts."""
        self.query_one(DetailsPanel).show(details, now=now, cure_key=cure_key)

    def show_hit(self, hit: Hit, next_key: str, previous_key: str) -> None:
        """Say which hit stands at the cursor."""
        keys = f" · {next_key} next · {previous_key} previous" if hit.total > 1 else ""
        self._hit_words = f"{hit.words}{keys}"
        self._paint_subtitle()

    def on_transcript_view_follow_changed(self, message: TranscriptView.FollowChanged) -> None:
        """Say whether the end is followed."""
        message.stop()
        self._follow_words = "following" if message.following else ""
        self._paint_subtitle()

    def on_transcript_view_answers_only_changed(
        self, message: TranscriptView.AnswersOnlyChanged
    ) -> None:
        """Say whether only prompts and answers are shown."""
        message.stop()
        self._answers_words = "answers only" if message.answers_only else ""
        self._paint_subtitle()

    def _paint_subtitle(self) -> None:
        parts = (self._answers_words, self._follow_words, self._hit_words)
        words = " · ".join(filter(None, parts))
        self.border_subtitle = Content(words) if words else None

    def show_nothing(self, now: datetime) -> None:
        """There is no session."""
        self.border_title = self.border_subtitle = None
        self._hit_words = self._follow_words = ""
        self.query_one(DetailsPanel).show(None, now=now)
        self.query_one(TranscriptView).show_notice(
            "nothing to read", "the session under the cursor is shown here"
        )
