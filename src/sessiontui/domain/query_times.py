"""Times as people write them in a query: `7d`, `yesterday`, `2026-11-01`, ISO times."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from sessiontui.domain.words import parse_duration

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


class Period(NamedTuple):
    """From `start` (inclusive) to `end` (exclusive); both the same for a moment."""

    start: datetime
    end: datetime


def parse_period(text: str, now: datetime, zone: tzinfo | None = None) -> Period | None:
    """What a person means by a time; None where it cannot be understood.

    `today`, `yesterday`, a year, a month or a day are whole periods of local time (in `zone`, by
    default the system's). A duration such as `7d` is the moment that long before `now`, an ISO
    time is that moment; without an offset it is local.
    """
    word = text.strip().casefold()
    today = now.astimezone(zone).date()
    if word in ("today", "yesterday"):
        day = today - timedelta(days=word == "yesterday")
        return _local_period(day.year, day.month, day.day, zone)
    if (duration := parse_duration(word)) is not None:
        try:
            return Period(now - duration, now - duration)
        except OverflowError:
            return None
    try:
        if date := _DATE.fullmatch(word):
            year, month, day_of_month = (int(part) if part else None for part in date.groups())
            return _local_period(year or 0, month, day_of_month, zone)
        moment = datetime.fromisoformat(text.strip())
        moment = _in_zone(moment, zone) if moment.tzinfo is None else moment
    except (ValueError, OverflowError):
        return None
    return Period(moment, moment)


def day_of(period: Period, zone: tzinfo | None = None) -> Period:
    """The period itself, or for a moment the whole local day it is in."""
    if period.start != period.end:
        return period
    day = period.start.astimezone(zone)
    return _local_period(day.year, day.month, day.day, zone)


def _local_period(year: int, month: int | None, day: int | None, zone: tzinfo | None) -> Period:
    start = datetime(year, month or 1, day or 1)  # noqa: DTZ001  made aware below
    if month is None:
        end = start.replace(year=year + 1)
    elif day is None:
        end = start.replace(year=year + month // 12, month=month % 12 + 1)
    else:
        end = start + timedelta(days=1)
    return Period(_in_zone(start, zone), _in_zone(end, zone))


def _in_zone(moment: datetime, zone: tzinfo | None) -> datetime:
    # `astimezone` on a naive time takes it as local, with the rules of that day.
    return moment.astimezone() if zone is None else moment.replace(tzinfo=zone)
