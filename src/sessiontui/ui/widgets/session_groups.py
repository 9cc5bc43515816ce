"""How rows are put into groups: what needs a person first, by day, or by a name. Pure.

The rows are those that stand at the top; a family is in the group of its most urgent and of its
newest member.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.domain.value import PlainValue
from sessiontui.domain.verdict import VerdictStatus
from sessiontui.ui.widgets.families import Families, later, more_urgent

NEEDS_YOU, NEW, DAY = "waiting", "new", "day"
"""Tones of headings besides the statuses."""
FAILED_RECENTLY_SECONDS = 86_400.0
_NUMBERED = 5
"""Groups that a key of their own leads to."""


class Group(PlainValue):
    """A heading with the rows `start` to `start + size`.

    `tone` is a status, `new` or `day`. `number` is the key that leads there. `folded` sessions
    more belong to it that are not seen.
    """

    title: str
    tone: str
    start: int
    size: int
    number: int | None = None
    folded: int = 0


class Section(NamedTuple):
    """A group before its place in the list is known."""

    title: str
    tone: str
    rows: Sequence[SessionRow]
    number: int | None = None


class GroupContext(PlainValue):
    """What groups are made with. `now` is aware; days are those of its own time zone.

    `new` are the sessions to be looked at, or that were when the list was laid out.
    """

    now: datetime
    families: Families
    new: Collection[SessionRef] = frozenset()
    by_creation: bool = False

    def time_of(self, row: SessionRow) -> float | None:
        """The time by which a row stands in its day: the newest of its family."""
        if self.by_creation:
            return row.created_at
        below = self.families.below.get(row.ref)
        return row.last_activity if below is None else later(row.last_activity, below.newest)


TRIAGE = (
    ("Needs you", NEEDS_YOU, "nothing needs you"),
    ("Running", VerdictStatus.RUNNING.value, "nothing is running"),
    ("Stuck", VerdictStatus.STUCK.value, "nothing is stuck"),
    ("New since you looked", NEW, "nothing is new since you looked"),
    ("Everything else", DAY, "there is nothing else"),
)
"""The triage groups by number: title, tone, and what is said when there is none."""


def by_state(rows: Sequence[SessionRow], context: GroupContext) -> list[Section]:
    """What needs a person, what runs, what is stuck, what is new, and the rest by day."""
    held: dict[str, list[SessionRow]] = {tone: [] for _, tone, _ in TRIAGE}
    families, new = context.families, context.new
    failed_since = context.now.timestamp() - FAILED_RECENTLY_SECONDS
    urgent = {
        VerdictStatus.WAITING.value: NEEDS_YOU,
        VerdictStatus.ERROR.value: NEEDS_YOU,
        VerdictStatus.RUNNING.value: VerdictStatus.RUNNING.value,
        VerdictStatus.STUCK.value: VerdictStatus.STUCK.value,
    }
    rest = held[DAY]
    for row in rows:
        status: str | None = row.status
        below = families.below.get(row.ref) if families else None
        if below is not None and below.urgent is not None:
            status = more_urgent(status, below.urgent)
        if status in urgent:
            moved = context.time_of(row)
            if status != VerdictStatus.ERROR or (moved is not None and moved >= failed_since):
                held[urgent[status]].append(row)
                continue
        if new and (
            row.ref in new
            or (below is not None and any(one.ref in new for one in families.members(row)))
        ):
            held[NEW].append(row)
        else:
            rest.append(row)
    sections = [
        Section(title, tone, held[tone], number)
        for number, (title, tone, _) in enumerate(TRIAGE, 1)
        if tone != DAY and held[tone]
    ]
    days = by_span(rest, context)
    return sections + [
        section._replace(number=None if place else _NUMBERED) for place, section in enumerate(days)
    ]


_SPANS = ("Today", "Yesterday", "This week", "Older", "Undated")


def by_span(rows: Sequence[SessionRow], context: GroupContext) -> list[Section]:
    """Today, yesterday, this week and what is older; the rows may stand in any order."""
    starts = [_midnight(context.now, days).timestamp() for days in (0, 1, 6)]
    held: list[list[SessionRow]] = [[] for _ in _SPANS]
    for row in rows:
        at = context.time_of(row)
        if at is None:
            held[4].append(row)
        elif at >= starts[0]:
            held[0].append(row)
        elif at >= starts[1]:
            held[1].append(row)
        else:
            held[2 if at >= starts[2] else 3].append(row)
    return [Section(title, DAY, found) for title, found in zip(_SPANS, held, strict=True) if found]


def by_day(rows: Sequence[SessionRow], context: GroupContext) -> list[Section]:
    """Each day by itself, in the order of the rows, which stand by their time."""
    found: dict[str, list[SessionRow]] = {}
    begins = ends = 0.0
    held: list[SessionRow] = []
    for row in rows:
        at = context.time_of(row)
        if at is None:
            found.setdefault(_SPANS[-1], []).append(row)
            continue
        if not begins <= at < ends:
            try:
                day = _midnight(datetime.fromtimestamp(at, context.now.tzinfo), 0)
                ends = (day + timedelta(days=1)).timestamp()
            except (OverflowError, OSError, ValueError):  # a store may say any time
                found.setdefault(_SPANS[-1], []).append(row)
                continue
            begins = day.timestamp()
            held = found.setdefault(day_words(day, context.now), [])
        held.append(row)
    undated = found.pop(_SPANS[-1], [])
    sections = [Section(title, DAY, members) for title, members in found.items()]
    return sections + ([Section(_SPANS[-1], DAY, undated)] if undated else [])


def day_words(day: datetime, now: datetime) -> str:
    """A day as a heading: `Today`, `Yesterday`, `Wed 18 Nov`, with the year when it is another."""
    ago = (_midnight(now, 0).date() - day.date()).days
    if ago in (0, 1):
        return _SPANS[ago]
    words = f"{day:%a} {day.day} {day:%b}"
    return words if day.year == now.year else f"{words} {day.year}"


def by_name(
    rows: Sequence[SessionRow], name_of: Callable[[SessionRow], str | None], without: str
) -> list[Section]:
    """By a name, each group where its first row stands; rows that have none come last."""
    found: dict[str, list[SessionRow]] = {}
    rest: list[SessionRow] = []
    for row in rows:
        name = name_of(row)
        if name:
            found.setdefault(name, []).append(row)
        else:
            rest.append(row)
    sections = [Section(name, DAY, members) for name, members in found.items()]
    return sections + ([Section(without, DAY, rest)] if rest else [])


def numbered(sections: Sequence[Section]) -> list[Section]:
    """The sections, the first of them with the keys that lead there."""
    return [
        section._replace(number=place if place <= _NUMBERED else None)
        for place, section in enumerate(sections, 1)
    ]


def laid_out(
    sections: Sequence[Section], families: Families
) -> tuple[tuple[SessionRow, ...], tuple[Group, ...]]:
    """The rows of all sections in one run, and where each begins."""
    rows: list[SessionRow] = []
    groups: list[Group] = []
    for title, tone, members, number in sections:
        folded = 0
        if families:
            below = (families.below.get(row.ref) for row in members)
            folded = sum(found.sessions for found in below if found is not None)
        groups.append(Group(title, tone, len(rows), len(members), number, folded))
        rows += members
    return tuple(rows), tuple(groups)


def spread(groups: Sequence[Group], grown: Sequence[tuple[int, int]]) -> Iterator[Group]:
    """The groups after rows were unfolded: `grown` are (row, rows more below it), ascending."""
    places = [row for row, _ in grown]
    before = [0]
    for _, more in grown:
        before.append(before[-1] + more)
    for group in groups:
        first = before[bisect_left(places, group.start)]
        more = before[bisect_left(places, group.start + group.size)] - first
        yield group.replace(
            start=group.start + first, size=group.size + more, folded=group.folded - more
        )


def _midnight(at: datetime, days: int) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days)
