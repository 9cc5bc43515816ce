"""Statistics counted one by one, as one would by hand: what the quick way is compared with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from sessiontui.domain.message import Message
from sessiontui.domain.session import Session
from sessiontui.domain.statistics import TimeSpan, Unit


class Told(NamedTuple):
    """A session with its messages."""

    session: Session
    messages: Sequence[Message]

    @property
    def texts(self) -> list[datetime | None]:
        """The times of the messages that say something."""
        return [
            message.created_at
            for message in self.messages
            if any(
                block.kind in {"text", "thinking"} and block.text.strip()
                for block in message.blocks
            )
        ]


class Counted(NamedTuple):
    """What was counted."""

    keys: set[str]
    begun: int
    texts: int
    undated: int
    hours: list[list[int]]
    worked: set[date]
    periods: dict[Unit, dict[date, tuple[int, int, int, int]]]


_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


def first_day(unit: Unit, day: date) -> date:
    """The first day of the period that a day is in."""
    match unit:
        case Unit.DAY:
            return day
        case Unit.WEEK:
            return day - timedelta(days=day.weekday())
        case Unit.MONTH:
            return date(day.year, day.month, 1)
        case Unit.YEAR:
            return date(day.year, 1, 1)


def counted(told: Iterable[Told], span: TimeSpan, now: datetime, zone: tzinfo) -> Counted:
    """Count everything."""

    def is_time(at: datetime | None) -> bool:
        return at is not None and _EARLIEST <= at < now + timedelta(days=1)

    def inside(at: datetime | None) -> bool:
        return (
            at is not None
            and is_time(at)
            and (span.since is None or at >= span.since)
            and (span.until is None or at < span.until)
        )

    def day_of(at: datetime | None) -> date:
        assert at is not None
        return at.astimezone(zone).date()

    keys: set[str] = set()
    begun = texts = undated = 0
    hours = [[0] * 24 for _ in range(7)]
    worked: set[date] = set()
    of_unit: dict[Unit, dict[str, Counter[date]]] = {
        unit: {name: Counter() for name in ("begun", "active", "texts", "undated")} for unit in Unit
    }

    def count(name: str, days: Iterable[date]) -> None:
        for unit in Unit:
            of_unit[unit][name].update(first_day(unit, day) for day in days)

    for session, messages in told:
        days: set[date] = set()
        said = Told(session, messages).texts
        for at in said:
            if inside(at):
                assert at is not None
                local = at.astimezone(zone)
                hours[local.weekday()][local.hour] += 1
                texts += 1
                days.add(local.date())
                count("texts", [local.date()])
        if inside(session.created_at):
            begun += 1
            days.add(day_of(session.created_at))
            count("begun", [day_of(session.created_at)])
        without = sum(1 for at in said if not is_time(at))
        if inside(session.last_activity):
            last = day_of(session.last_activity)
            days.add(last)
            undated += without
            texts += without
            count("texts", [last] * without)
            count("undated", [last] * without)
        elif span.is_all:
            undated += without
            texts += without
        if days or span.is_all:
            keys.add(session.ref.key)
        for unit in Unit:
            of_unit[unit]["active"].update({first_day(unit, day) for day in days})
        worked |= days
    periods = {
        unit: {
            start: (
                by["begun"][start],
                by["active"][start],
                by["texts"][start],
                by["undated"][start],
            )
            for start in {*by["begun"], *by["active"], *by["texts"]}
        }
        for unit, by in of_unit.items()
    }
    return Counted(keys, begun, texts, undated, hours, worked, periods)
