"""The top line of a transcript: state and title, at the right what moves; or a question."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from sessiontui.domain.printable import printable_line
from sessiontui.domain.session import SessionRow
from sessiontui.domain.verdict import LIVE, VerdictStatus
from sessiontui.ui.marks import Marks
from sessiontui.ui.widgets.cell_text import fit
from sessiontui.ui.widgets.column_plan import place_of
from sessiontui.ui.widgets.hit_walk import Hit


class TitleLine(Static):
    """One line of one session."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "title-line--title",
        "title-line--place",
        "title-line--dim",
        "title-line--live",
        "title-line--hits",
        *(f"title-line--{status}" for status in VerdictStatus),
    }

    row: reactive[SessionRow | None] = reactive(None)
    question: reactive[str | None] = reactive(None, layout=True)
    hit: reactive[Hit] = reactive(Hit())
    follows: reactive[bool] = reactive(False)
    answers_only: reactive[bool] = reactive(False)
    gone: reactive[bool] = reactive(False)

    def __init__(self, marks: Marks, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self._marks = marks

    def watch_question(self, question: str | None) -> None:
        """A question looks like one."""
        self.set_class(question is not None, "-asking")

    def render(self) -> Content:
        """The line."""
        if self.question is not None:
            return Content(f"? {printable_line(self.question)}")
        row = self.row
        if row is None:
            return Content("")
        status = VerdictStatus.GONE.value if self.gone else row.status
        right = self._right(status)
        place = printable_line(place_of(row), 30)
        room = self.size.width - 2 - right.cell_length - cell_len(place) - 4
        title = printable_line(row.title, 400)
        title = fit(title, room, self._marks.ellipsis).rstrip() if room > 8 else title
        left = Content.assemble(
            (f"{self._marks.statuses.get(status, '?')} ", f".title-line--{status}"),
            (title, ".title-line--title"),
            (f"  {place}", ".title-line--place"),
        )
        gap = max(1, self.size.width - left.cell_length - right.cell_length)
        return Content.assemble(left, " " * gap, right)

    def _right(self, status: str) -> Content:
        pieces: list[tuple[str, str]] = []
        if self.hit.words:
            pieces.append((f"{self.hit.words}  ", ".title-line--hits"))
        if self.answers_only:
            pieces.append(("answers only  ", ".title-line--place"))
        if self.gone:
            pieces.append(("gone from its store", ".title-line--dim"))
        elif status in LIVE:
            live = "live" if self.follows else "live, not following"
            pieces.append(
                (f"{self._marks.statuses[VerdictStatus.RUNNING]} {live}", ".title-line--live")
            )
        elif self.follows:
            pieces.append(("following", ".title-line--dim"))
        return Content.assemble(*pieces)
