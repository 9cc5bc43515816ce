"""The top line: how many sessions where, what needs a person, and how far the index is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.style import Style
from textual.widgets import Static

from sessiontui.domain.events import StoreEvent
from sessiontui.domain.session import SessionRow
from sessiontui.domain.value import PlainValue
from sessiontui.domain.verdict import STATUS_WORDS, VerdictStatus
from sessiontui.domain.words import count_words
from sessiontui.ui.marks import Marks

_SHOWN = (
    VerdictStatus.RUNNING,
    VerdictStatus.STUCK,
    VerdictStatus.WAITING,
    VerdictStatus.ERROR,
)
_BAR_CELLS = 9
_META = "status"


class Counts(PlainValue):
    """Counts over all sessions, whatever the list shows."""

    sessions: int = 0
    statuses: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, rows: Iterable[SessionRow]) -> Counts:
        """Count rows by status."""
        counted = Counter(row.status for row in rows)
        shown = tuple((status, counted[status]) for status in _SHOWN if counted[status])
        return cls(counted.total(), shown)


class Progress(PlainValue):
    """How far the index is with a store; `total` None when that cannot be said."""

    store: str
    done: int
    total: int | None

    @classmethod
    def of(cls, event: StoreEvent) -> Progress:
        """What an event says; the digest of the store's id says nothing to people."""
        return cls(event.store.rpartition("-")[0] or event.store, event.done or 0, event.total)

    @property
    def words(self) -> str:
        """`indexing codex 42%`, or the count where there is no total."""
        far = f"{min(99, 100 * self.done // self.total)}%" if self.total else f"{self.done:,}"
        return f"indexing {self.store} {far}"

    @property
    def bar(self) -> tuple[str, str]:
        """The done and the open part of a bar."""
        if not self.total:
            return "", ""
        done = min(_BAR_CELLS, _BAR_CELLS * self.done // self.total)
        return "━" * done, "─" * (_BAR_CELLS - done)


class StatusLine(Static):
    """Name, counts, marks that filter on click, and the progress of the index."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "status-line--name",
        "status-line--dim",
        "status-line--bar",
        *(f"status-line--{status}" for status in _SHOWN),
    }

    counts: reactive[Counts | None] = reactive(None)
    """None while nothing is counted yet."""
    stores: reactive[int | None] = reactive(None)
    """How many stores there are; None while that is not known."""
    progress: reactive[Progress | None] = reactive(None)

    class StatusPicked(Message):
        """A mark was clicked."""

        def __init__(self, status: str) -> None:
            super().__init__()
            self.status = status

    def __init__(self, marks: Marks, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self._marks = marks

    def on_click(self, event: events.Click) -> None:
        """Ask for the sessions of the status whose mark was clicked."""
        status = event.style.meta.get(_META)
        if status is not None:
            self.post_message(self.StatusPicked(status))

    def render(self) -> Content:
        """The line, as wide as there is room; the progress goes first when there is too little."""
        width = self.size.width
        left = self._left()
        right = self._right()
        gap = width - left.cell_length - right.cell_length
        if gap < 2:
            right, gap = Content(""), max(0, width - left.cell_length)
        return Content.assemble(left, " " * gap, right)

    def _left(self) -> Content:
        pieces: list[Content | tuple[str, str]] = [("sessiontui", ".status-line--name")]
        counts = self.counts
        if counts is None:
            return Content.assemble(*pieces)
        if self.stores is not None:
            sessions = count_words(counts.sessions, "session")
            stores = count_words(self.stores, "store")
            pieces.append((f"   {sessions} in {stores}", ".status-line--dim"))
        for status, count in counts.statuses:
            mark = self._marks.statuses[status]
            words = f"{mark} {count:,} {STATUS_WORDS[status]}"
            click = Style.from_meta({_META: str(status)})
            pieces.append(Content("   "))
            pieces.append(
                Content.styled(words, f".status-line--{status}").stylize(click),
            )
        return Content.assemble(*pieces)

    def _right(self) -> Content:
        if self.progress is None:
            return Content("")
        done, still = self.progress.bar
        return Content.assemble(
            (f"{self.progress.words} ", ".status-line--dim"),
            (done, ".status-line--bar"),
            (still, ".status-line--dim"),
        )
