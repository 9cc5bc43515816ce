"""Numbers over many sessions: how many there are, how much is in them, and when it was written.

Amounts are those of whole sessions. What is counted by time are texts: messages with words of
their own (what was said and thought, not what tools were asked and gave back), each by its own
time. A session is at work on a day on which it was begun, was last active, or has a text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sessiontui.domain.session import SessionRow
from sessiontui.domain.value import PlainValue

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOURS = 24


class TimeSpan(PlainValue):
    """From `since` (inclusive) to `until` (exclusive), aware; None: no end on that side."""

    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_all(self) -> bool:
        """Whether it leaves nothing out."""
        return self.since is None and self.until is None


class Unit(StrEnum):
    """The lengths of a period, shortest first. Weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class GroupField(StrEnum):
    """What sessions are grouped by."""

    AGENT = "agent"
    WORKSPACE = "workspace"
    MODEL = "model"
    FORMAT = "format"
    STORE = "store"
    STATUS = "status"


class Measure(StrEnum):
    """What groups and sessions are compared by; `TIME` is from the beginning to the last activity.

    `SESSIONS` is for groups only, `TIME` for sessions only.
    """

    SESSIONS = "sessions"
    MESSAGES = "messages"
    SIZE = "size"
    TOKENS = "tokens"
    TIME = "time"


class Amounts(PlainValue):
    """How much is in some sessions; None where no store tells of any of them."""

    sessions: int = 0
    messages: int | None = None
    size_bytes: int | None = None
    tokens: int | None = None

    def of(self, measure: Measure) -> int | None:
        """One of the amounts; None for one that groups do not have."""
        match measure:
            case Measure.SESSIONS:
                return self.sessions
            case Measure.MESSAGES:
                return self.messages
            case Measure.SIZE:
                return self.size_bytes
            case Measure.TOKENS:
                return self.tokens
            case _:
                return None

    def plus(self, other: Amounts) -> Amounts:
        """Both together."""
        return Amounts(
            self.sessions + other.sessions,
            total((self.messages, other.messages)),
            total((self.size_bytes, other.size_bytes)),
            total((self.tokens, other.tokens)),
        )


def total(numbers: Iterable[int | None]) -> int | None:
    """The sum of those that are known; None where none is."""
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


class Group(PlainValue):
    """The sessions of one value; `name` None: those without one."""

    name: str | None
    amounts: Amounts


class TopGroups(PlainValue):
    """The greatest groups, and all others as one; `others` counts those."""

    groups: tuple[Group, ...]
    others: int
    rest: Amounts


def top_groups(groups: Sequence[Group], most: int, measure: Measure) -> TopGroups:
    """The greatest groups by a measure, greatest first, and the rest summed."""
    ordered = sorted(groups, key=lambda group: -(group.amounts.of(measure) or 0))
    rest = Amounts()
    for group in ordered[most:]:
        rest = rest.plus(group.amounts)
    return TopGroups(tuple(ordered[:most]), max(0, len(ordered) - most), rest)


class Period(NamedTuple):
    """A day, week, month or year, by its first local day.

    `begun` sessions began in it, `active` were at work. `texts` are the messages with words,
    `undated` those of them that have no time of their own: they stand at the last activity of
    their session.
    """

    start: date
    begun: int
    active: int
    texts: int
    undated: int


class Streaks(PlainValue):
    """Days on which a session was at work: all, the longest run, and the run up to now.

    The run up to now goes on as long as it reaches yesterday.
    """

    days: int = 0
    longest: int = 0
    longest_end: date | None = None
    current: int = 0


class TopSession(PlainValue):
    """One of the greatest sessions by a measure."""

    row: SessionRow
    tokens: int | None

    @property
    def seconds(self) -> float | None:
        """From its beginning to its last activity."""
        begun, last = self.row.created_at, self.row.last_activity
        return None if begun is None or last is None else max(0.0, last - begun)

    def of(self, measure: Measure) -> float | None:
        """What it is compared by."""
        match measure:
            case Measure.MESSAGES:
                return self.row.message_count
            case Measure.SIZE:
                return self.row.size_bytes
            case Measure.TOKENS:
                return self.tokens
            case Measure.TIME:
                return self.seconds
            case _:
                return None


class Statistics(PlainValue):
    """The numbers over the sessions of a query that were at work in a span of time.

    `hours` counts texts by local weekday (Monday first) and hour. `begun` sessions began in the
    span; `untimed` ones have no time at all; of `pending` ones the texts are still to be read.
    `texts` are all that were counted by time, `undated` those of them without a time of their own.
    `first` and `last` are the days between which sessions were at work. `corrected` is the query
    that was answered, where nothing matched the words that were given.
    """

    span: TimeSpan
    zone: str
    amounts: Amounts
    begun: int
    untimed: int
    pending: int
    texts: int
    undated: int
    first: date | None
    last: date | None
    streaks: Streaks
    groups: Mapping[GroupField, tuple[Group, ...]]
    periods: Mapping[Unit, tuple[Period, ...]]
    hours: tuple[tuple[int, ...], ...]
    top: Mapping[Measure, tuple[TopSession, ...]]
    corrected: str | None = None

    def tells(self, field: GroupField) -> bool:
        """Whether a grouping says more than the whole, or than the formats do."""
        groups = self.groups[field]
        if field is GroupField.STORE:
            return len(groups) > len(self.groups[GroupField.FORMAT])
        return len(groups) > 1 or any(group.name is not None for group in groups)

    def unit_within(self, most: int) -> Unit:
        """The shortest unit that needs at most so many periods, or else the longest one."""
        fitting = (unit for unit in Unit if len(self.periods[unit]) <= most)
        return next(fitting, Unit.YEAR)

    @property
    def busiest_day(self) -> Period | None:
        """The day with most texts, the first of several; None without any."""
        days = self.periods[Unit.DAY]
        best = max(days, key=lambda day: day.texts, default=None)
        return best if best is not None and best.texts else None

    def busiest_hours(self, most: int) -> tuple[tuple[int, int, int], ...]:
        """(weekday, hour, texts) of the hours with most texts, most first, none without."""
        counted = (
            (weekday, hour, count)
            for weekday, counts in enumerate(self.hours)
            for hour, count in enumerate(counts)
            if count
        )
        return tuple(sorted(counted, key=lambda found: -found[2])[:most])


def start_of(unit: Unit, day: int) -> int:
    """The first day of the period that a day is in; days as `date.toordinal` counts them."""
    match unit:
        case Unit.DAY:
            return day
        case Unit.WEEK:
            return max(1, day - (day - 1) % 7)
        case Unit.MONTH:
            return date.fromordinal(day).replace(day=1).toordinal()
        case Unit.YEAR:
            return date.fromordinal(day).replace(month=1, day=1).toordinal()


def following(unit: Unit, start: int) -> int:
    """The first day of the next period."""
    match unit:
        case Unit.DAY:
            return start + 1
        case Unit.WEEK:
            return start + 7
        case Unit.MONTH:
            return start_of(unit, start + 31)
        case Unit.YEAR:
            return start_of(unit, start + 366)


def streaks_of(days: Iterable[int], today: int) -> Streaks:
    """The runs of days; days as `date.toordinal` counts them."""
    ordered = sorted(set(days))
    longest = end = run = current = 0
    before = None
    for day in ordered:
        run = run + 1 if before is not None and day == before + 1 else 1
        before = day
        if run > longest:
            longest, end = run, day
        if day in (today - 1, today):
            current = run
    return Streaks(len(ordered), longest, date.fromordinal(end) if longest else None, current)


def last_days(now: datetime, days: int) -> TimeSpan:
    """The last so many whole local days, today among them; `now` in the reader's time zone."""
    first = (now - timedelta(days=days - 1)).replace(tzinfo=None)
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    # A naive time is taken as local, with the rules of that day.
    return TimeSpan(midnight.astimezone())
