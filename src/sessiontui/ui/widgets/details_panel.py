"""The facts of the selected session, in a few quiet lines; for a stuck one its evidence first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from sessiontui.domain.printable import printable_line
from sessiontui.domain.session import Session, SessionRow, TitleSource
from sessiontui.domain.value import PlainValue
from sessiontui.domain.verdict import STATUS_WORDS, Verdict, VerdictStatus
from sessiontui.domain.words import count_words, folder_words, size_words
from sessiontui.ui.marks import Marks

_NEEDS_YOU = frozenset({VerdictStatus.ERROR, VerdictStatus.WAITING})
"""A session in one of these is listed as one that needs a person: why comes first."""


class Details(PlainValue):
    """What is shown of one session. `cure_refusal` says why `x` does nothing, None that it works.

    `session` and `verdict` are None until they are read.
    """

    row: SessionRow
    session: Session | None = None
    verdict: Verdict | None = None
    cure_refusal: str | None = None


class DetailsPanel(Static):
    """Facts above a transcript."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "details--dim",
        "details--place",
        "details--warning",
        "details--key",
        *(f"details--{status}" for status in VerdictStatus),
    }

    details: reactive[Details | None] = reactive(None)

    def __init__(self, marks: Marks, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self._marks = marks
        self._cure_key = "x"
        self._now: datetime | None = None
        self._width = 10_000

    def on_resize(self) -> None:
        """Break the lines anew."""
        if self.content_size.width and self.content_size.width != self._width:
            self._width = self.content_size.width
            self.refresh(layout=True)

    def show(self, details: Details | None, *, now: datetime, cure_key: str = "x") -> None:
        """Show other facts. `now` is aware; times are shown in its time zone."""
        self._now = now
        self._cure_key = cure_key
        self.details = details

    def watch_details(self) -> None:
        """Make room for more lines, or less; as many lines as before need no new layout."""
        width, height = self.content_size
        if not width:
            return
        needed = self.render().get_height({}, width)
        # The row alone has fewer lines; those of the session come in a moment.
        is_first_look = self.details is not None and self.details.session is None
        if needed > height or (needed < height and not is_first_look):
            self.refresh(layout=True)

    def render(self) -> Content:
        """The lines."""
        details = self.details
        if details is None or self._now is None:
            return Content("")
        lines: list[Content] = []
        verdict = details.verdict
        if verdict is not None and verdict.status is VerdictStatus.STUCK:
            lines += self._evidence(verdict, details.cure_refusal)
        elif (status := _status(details)) in _NEEDS_YOU:
            lines.append(self._reason(VerdictStatus(status), verdict))
        lines.append(self._facts(details))
        problem = details.session.problem if details.session else details.row.problem
        if problem:
            words = f"{self._marks.damaged} {printable_line(problem)}"
            lines.append(Content.styled(words, ".details--warning"))
        return Content("\n").join(lines)

    def _reason(self, status: VerdictStatus, verdict: Verdict | None) -> Content:
        # The line is there before its reason is: nothing moves when that comes.
        words = f"{self._marks.statuses[status]} {STATUS_WORDS[status]}"
        if verdict is not None:
            words += f": {printable_line(', '.join(verdict.evidence))}"
        return Content.styled(words, f".details--{status}")

    def _evidence(self, verdict: Verdict, refusal: str | None) -> Iterable[Content]:
        mark = self._marks.statuses[verdict.status]
        yield Content.styled(f"{mark} stuck", ".details--stuck")
        for sentence in verdict.evidence:
            yield Content.styled(f"  {printable_line(sentence)}", ".details--warning")
        if refusal is None:
            yield Content.assemble(
                (f"  {self._cure_key}", ".details--key"),
                (" sets it to idle; its messages stay as they are", ".details--dim"),
            )
        else:
            yield Content.styled(f"  cannot be cured: {printable_line(refusal)}", ".details--dim")
        yield Content("")

    def _facts(self, details: Details) -> Content:
        assert self._now is not None
        row, session = details.row, details.session
        known = [session.agent, session.model] if session else [row.agent, row.model]
        head = [printable_line(fact, 40) for fact in known if fact]
        facts = [] if row.format in known else [printable_line(row.format, 40)]
        facts.append(middle_cut(printable_line(row.ref.key), 22))
        if row.message_count is not None:
            facts.append(count_words(row.message_count, "message"))
        if row.size_bytes is not None:
            facts.append(size_words(row.size_bytes))
        status = _status(details)
        if status != VerdictStatus.STUCK and status not in _NEEDS_YOU:
            facts.append(STATUS_WORDS.get(status, status))
        facts += _places(row, session)
        span = time_span(
            session.created_at if session else None,
            session.last_activity if session else None,
            self._now,
        )
        if span:
            facts.append(span)
        if row.title_source == TitleSource.LOCAL:
            facts.append("title kept here, not in the store")
        place = " · ".join(head) + "   " if head else ""
        lines = joined_within(facts, self._width, cell_len(place))
        return Content.assemble((place, ".details--place"), ("\n".join(lines), ".details--dim"))


def joined_within(facts: Iterable[str], width: int, used: int) -> list[str]:
    """Facts joined by dots, in lines that break between facts; `used` cells begin the first."""
    lines = [""]
    for fact in facts:
        room = width - (used if len(lines) == 1 else 0)
        longer = f"{lines[-1]} · {fact}" if lines[-1] else fact
        if cell_len(longer) <= room or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(fact)
    return lines


def _status(details: Details) -> str:
    return details.row.status if details.verdict is None else details.verdict.status


def _places(row: SessionRow, session: Session | None) -> Iterable[str]:
    if row.workspace:
        yield middle_cut(printable_line(folder_words(row.workspace, Path.home())), 40)
    if session is not None and session.branch:
        yield printable_line(session.branch, 30)
    if row.channel:
        yield printable_line(row.channel, 30)
    if session is not None and session.sender:
        yield printable_line(session.sender, 30)
    if session is not None and session.tokens:
        yield count_words(session.tokens, "token")


def middle_cut(text: str, limit: int) -> str:
    """Text shortened in its middle: ids and paths say most at their ends."""
    if len(text) <= limit:
        return text
    tail = (limit - 1) // 2
    return f"{text[: limit - 1 - tail]}…{text[len(text) - tail :]}"


def time_span(begin: datetime | None, end: datetime | None, now: datetime) -> str:
    """`today 05:12 → 05:31`, in the time zone of `now`; empty when nothing is known."""
    if end is None:
        return "" if begin is None else f"began {time_words(begin, now)}"
    if begin is None:
        return time_words(end, now)
    zone = now.tzinfo
    local_begin, local_end = begin.astimezone(zone), end.astimezone(zone)
    if local_begin.date() == local_end.date():
        last = local_end.strftime("%H:%M")
        first = time_words(begin, now)
        return first if first.endswith(last) else f"{first} → {last}"
    return f"{time_words(begin, now)} → {time_words(end, now)}"


def time_words(at: datetime, now: datetime) -> str:
    """`today 05:12`, `yesterday 05:12`, `12 Nov 05:12`, `12 Nov 2024`."""
    local = at.astimezone(now.tzinfo)
    days = (now.date() - local.date()).days
    if days in (0, 1):
        return f"{'today' if days == 0 else 'yesterday'} {local:%H:%M}"
    if local.year == now.year:
        return f"{local.day} {local:%b} {local:%H:%M}"
    return f"{local.day} {local:%b %Y}"
