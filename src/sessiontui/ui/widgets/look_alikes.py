"""Sessions whose titles look the same are told apart by what differs. Pure.

Titles are compared as they are shown: what is cut off cannot tell anything. Only rows that share
the beginning of their title with another are looked at, and only when one of them is painted. A
session below another is compared with its siblings only: the tree tells it from the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from operator import itemgetter

from sessiontui.domain.printable import printable_line
from sessiontui.domain.session import SessionRef, SessionRow, TitleSource
from sessiontui.domain.value import PlainValue
from sessiontui.ui.widgets.cell_text import fit
from sessiontui.ui.widgets.column_plan import folder_name

BETWEEN = " · "
"""Between the parts of a note; the last one tells most."""
_BEGINNING = 16
_MOST_COMPARED = 500
"""Of more look-alikes, the first tell what differs."""
_TITLE = itemgetter(SessionRow._fields.index("title"))


_Bucket = tuple[str, SessionRef | None]


class Times(PlainValue):
    """How often each day is found among all look-alikes, each minute and second among some."""

    days: Counter[str]
    minutes: Counter[str]
    seconds: Counter[str]


class Twins(PlainValue):
    """The rows that look like one, and how often each value is found among them.

    `times` are those of the rows with one first value, counted when they are first asked for.
    """

    rows: Sequence[SessionRow]
    values: tuple[Counter[str], ...]
    times: dict[str, Times]

    def times_of(self, first: str) -> Times:
        """The times of the rows with a first value."""
        found = self.times.get(first)
        if found is None:
            told = list(self._told_by_time(first))
            counted = ((self.rows, _DAY), (told, _MINUTE), (told, _SECOND))
            found = Times(*(Counter(_time(row, form) for row in rows) for rows, form in counted))
            self.times[first] = found
        return found

    def _told_by_time(self, first: str) -> Iterator[SessionRow]:
        """Those of which nothing else is their own."""
        for row in self.rows:
            values = _values(row)
            own = (counts[value] == 1 for value, counts in zip(values, self.values, strict=True))
            if not any(own) and (not first or first in values):
                yield row


class LookAlikes:
    """Says what tells a row from those whose titles look the same."""

    def __init__(
        self,
        buckets: Mapping[_Bucket, Sequence[SessionRow]] | None = None,
        parents: Mapping[SessionRef, SessionRow] | None = None,
    ) -> None:
        self._buckets = buckets or {}
        self._parents = parents or {}
        self._twins: dict[tuple[_Bucket, int], dict[str, Twins]] = {}

    @classmethod
    def among(
        cls, rows: Sequence[SessionRow], parents: Mapping[SessionRef, SessionRow] | None = None
    ) -> LookAlikes:
        """Find the rows of a list whose titles begin alike; `parents` are those in the list."""
        beginnings = [title[:_BEGINNING] for title in map(_TITLE, rows)]
        counted = Counter(beginnings)
        if len(counted) == len(rows):
            return cls()
        found = cls(parents=parents)
        buckets: dict[_Bucket, list[SessionRow]] = {}
        for beginning, row in zip(beginnings, rows, strict=True):
            if counted[beginning] > 1:
                buckets.setdefault(found._bucket_of(row), []).append(row)
        found._buckets = buckets
        return found

    def __bool__(self) -> bool:
        return bool(self._buckets)

    def _bucket_of(self, row: SessionRow) -> _Bucket:
        parent = self._parents.get(row.ref) if self._parents else None
        return row.title[:_BEGINNING], None if parent is None else parent.ref

    def note(self, row: SessionRow, room: int, shown: Collection[str] = ()) -> str:
        """What differs, for a title in `room` cells; empty when nothing looks like it.

        `shown` are the columns that stand in the row already: what they tell needs no note.
        """
        if not self:
            return ""
        twins = self._twins_in(self._bucket_of(row), room).get(_as_shown(row, room))
        if twins is None or len(twins.rows) < 2:
            return ""
        said: list[str] = []
        for (column, value_of), counts in zip(_FACTS, twins.values, strict=True):
            value = value_of(row)
            if value and counts[value] < len(twins.rows):
                if column not in shown:
                    said.append(value)
                if counts[value] == 1:
                    return BETWEEN.join(dict.fromkeys((*said[:1], *said[-1:])))
        when = _when(row, twins.times_of(said[0] if said else ""))
        return BETWEEN.join([*said[:1], when] if when else said[:2])

    def _twins_in(self, bucket: _Bucket, room: int) -> dict[str, Twins]:
        key = bucket, room
        found = self._twins.get(key)
        if found is None:
            alike: dict[str, list[SessionRow]] = {}
            for row in self._buckets.get(bucket, ())[:_MOST_COMPARED]:
                alike.setdefault(_as_shown(row, room), []).append(row)
            found = {shown: _counted(rows) for shown, rows in alike.items()}
            self._twins[key] = found
        return found


def _as_shown(row: SessionRow, room: int) -> str:
    return fit(printable_line(row.title, 4 * room + 8), room)


def _counted(rows: Sequence[SessionRow]) -> Twins:
    values = tuple(Counter(value_of(row) for row in rows) for _, value_of in _FACTS)
    return Twins(rows, values, {})


def _values(row: SessionRow) -> list[str]:
    return [value_of(row) for _, value_of in _FACTS]


def _branch(row: SessionRow) -> str:
    return row.branch or ""


def _folder(row: SessionRow) -> str:
    return folder_name(row.workspace) if row.workspace else ""


def _model(row: SessionRow) -> str:
    return row.model or ""


def _channel(row: SessionRow) -> str:
    return row.channel or ""


_FACTS: tuple[tuple[str, Callable[[SessionRow], str]], ...] = (
    ("branch", _branch),
    ("place", _folder),
    ("model", _model),
    ("channel", _channel),
)
"""What can differ, with the column that shows it, the most telling first."""


def _local(row: SessionRow) -> datetime | None:
    at = row.last_activity if row.last_activity is not None else row.created_at
    try:
        return None if at is None else datetime.fromtimestamp(at).astimezone()
    except (OverflowError, OSError, ValueError):  # a store may say any time
        return None


_DAY, _MINUTE, _SECOND = "{0.day} {0:%b}", "{0.day} {0:%b} {0:%H:%M}", "{0:%j %H:%M:%S}"
_KEY_END = 4


def _time(row: SessionRow, form: str) -> str:
    at = _local(row)
    return "" if at is None else form.format(at)


def _when(row: SessionRow, times: Times) -> str:
    """The time, as closely as it takes; of sessions of one second, the end of the key."""
    at = _local(row)
    if at is None:
        return ""
    day, one_day = _time(row, _DAY), len(times.days) <= 1
    if not one_day and times.days[day] <= 1:
        return day
    if times.minutes[_time(row, _MINUTE)] <= 1:
        return f"{at:%H:%M}" if one_day else f"{day} {at:%H:%M}"
    if times.seconds[_time(row, _SECOND)] <= 1:
        return f"{at:%H:%M:%S}" if one_day else f"{day} {at:%H:%M:%S}"
    return f"…{row.ref.key[-_KEY_END:]}"


def is_unnamed(row: SessionRow) -> bool:
    """Whether a session has no title to show: it is called by its key then."""
    derived = row.title_source == TitleSource.DERIVED
    return not row.title.strip() or (derived and row.title in (row.ref.key, "(no key)"))
