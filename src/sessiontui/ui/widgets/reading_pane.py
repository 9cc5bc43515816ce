"""The right pane: facts of the selected session, and its transcript below them."""

from __future__ import annotations

from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from sessiontui.domain.printable import printable_line
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.ui.marks import Marks
from sessiontui.ui.widgets.details_panel import Details, DetailsPanel
from sessiontui.ui.widgets.transcript_view import TranscriptView


class ReadingPane(Vertical):
    """Values in; its border says which session, and which hit of how many."""

    def __init__(self, marks: Marks, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._marks = marks

    def compose(self) -> ComposeResult:
        yield DetailsPanel(self._marks)
        yield TranscriptView(compact=True)

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

    def show_hit(self, position: int, total: int, next_key: str, previous_key: str) -> None:
        """Say which hit stands at the cursor; total 0: no hits."""
        if not total:
            self.border_subtitle = None
            return
        keys = f"{next_key} next · {previous_key} previous"
        self.border_subtitle = Content(f"hit {position:,} of {total:,} · {keys}")

    def show_nothing(self, now: datetime) -> None:
        """There is no session."""
        self.border_title = self.border_subtitle = None
        self.query_one(DetailsPanel).show(None, now=now)
        self.query_one(TranscriptView).show_notice(
            "nothing to read", "the session under the cursor is shown here"
        )
