"""How the list is laid out: groups with counts, and which line shows what. Pure values.

By default rows stand in groups (what needs a person first, then by day); sorted otherwise, or
while text is searched, they stand in one run.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sessiontui.domain.query import Query, SortKey
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.domain.verdict import VerdictStatus


class Group(NamedTuple):
    """A heading with the rows `start` to `start + size`. `tone` is a status, or `day`."""

    title: str
    tone: str
    start: int
    size: int


class Arrangement(NamedTuple):
    """Rows in the order of the list, and their groups (none: no headings)."""

    rows: tuple[SessionRow, ...] = ()
    groups: tuple[Group, ...] = ()

    def position(self, ref: SessionRef, near: int = 0) -> int | None:
        """Where a session stands, looking around `near` first."""
        for index in range(max(0, near - 2), min(len(self.rows), near + 3)):
            if self.rows[index].ref == ref:
                return index
        return next((index for index, row in enumerate(self.rows) if row.ref == ref), None)


_URGENT = (VerdictStatus.STUCK, VerdictStatus.RUNNING, VerdictStatus.WAITING)
_DAY = "day"


def arrange(rows: tuple[SessionRow, ...], query: Query, now: datetime) -> Arrangement:
    """Lay out the rows of a query. `now` is aware; days are those of its own time zone."""
    if query.searches_text or query.sort is not SortKey.ACTIVITY or query.reverse:
        return Arrangement(rows)
    urgent: dict[str, list[SessionRow]] = {status: [] for status in _URGENT}
    starts = _day_starts(now)
    by_day: list[list[SessionRow]] = [[] for _ in range(len(starts) + 2)]
    for row in rows:
        chosen = urgent.get(row.status)
        if chosen is None:
            chosen = by_day[_day_of(row.last_activity, starts)]
        chosen.append(row)
    named = [(status.capitalize(), str(status), urgent[status]) for status in _URGENT]
    named += [(title, _DAY, days) for title, days in zip(_DAY_TITLES, by_day, strict=True)]
    ordered: list[SessionRow] = []
    groups: list[Group] = []
    for title, tone, members in named:
        if members:
            groups.append(Group(title, tone, len(ordered), len(members)))
            ordered += members
    return Arrangement(tuple(ordered), tuple(groups))


_DAY_TITLES = ("Today", "Yesterday", "This week", "Older", "Undated")


def _day_starts(now: datetime) -> tuple[float, float, float]:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return tuple((midnight - timedelta(days=days)).timestamp() for days in (0, 1, 6))  # type: ignore[return-value]


def _day_of(at: float | None, starts: Sequence[float]) -> int:
    if at is None:
        return len(starts) + 1
    return next((index for index, start in enumerate(starts) if at >= start), len(starts))


class Line(NamedTuple):
    """What stands on one line of the list: a group's heading, or a part of a row.

    `row` is None for a heading; `part` counts a row's lines from 0.
    """

    group: Group | None
    row: int | None
    part: int = 0


class ListGeometry:
    """Which line shows what, for rows of one height; costs nothing per row."""

    def __init__(self, arrangement: Arrangement, row_height: int = 1) -> None:
        self._groups = arrangement.groups
        self._count = len(arrangement.rows)
        self._row_height = row_height
        self._heading_lines = [
            group.start * row_height + index for index, group in enumerate(self._groups)
        ]
        self._group_starts = [group.start for group in self._groups]

    @property
    def height(self) -> int:
        """The number of lines."""
        return self._count * self._row_height + len(self._groups)

    @property
    def row_height(self) -> int:
        """The number of lines of one row."""
        return self._row_height

    def line(self, y: int) -> Line | None:
        """What stands on a line; None below the end."""
        if not 0 <= y < self.height:
            return None
        if not self._groups:
            row, part = divmod(y, self._row_height)
            return Line(None, row, part)
        number = bisect_right(self._heading_lines, y) - 1
        group = self._groups[number]
        inside = y - self._heading_lines[number] - 1
        if inside < 0:
            return Line(group, None)
        row, part = divmod(inside, self._row_height)
        return Line(group, group.start + row, part)

    def first_line(self, row: int) -> int:
        """The line on which a row begins."""
        headings = bisect_right(self._group_starts, row)
        return row * self._row_height + headings

    def begins_group(self, row: int) -> bool:
        """Whether a heading stands right above a row."""
        return row in self._group_starts
