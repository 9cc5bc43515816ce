"""Statistics in words: names of groups, periods and amounts, the same in both front ends.

Stored text in them is not yet made safe to paint.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from sessiontui.domain.statistics import WEEKDAYS, GroupField, Measure, Statistics, Unit
from sessiontui.domain.words import (
    count_words,
    duration_words,
    folder_words,
    short_count,
    size_words,
)

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TEXTS = "messages with text"
"""What is counted by time: messages that say something, not tool calls and their output."""


def group_name(field: GroupField, name: str | None, home: Path | None = None) -> str:
    """What a group is called; a workspace below the home begins with `~`."""
    if name is None:
        return f"no {field.value}"
    if field is GroupField.WORKSPACE and home is not None:
        return folder_words(name, home)
    return "failed" if field is GroupField.STATUS and name == "error" else name


def day_words(day: date) -> str:
    """A day as `20 Nov 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def period_words(unit: Unit, start: date) -> str:
    """A period as `Fri 20 Nov 2026`, `week of 16 Nov 2026`, `Nov 2026`, `2026`."""
    match unit:
        case Unit.DAY:
            return f"{WEEKDAYS[start.weekday()]} {day_words(start)}"
        case Unit.WEEK:
            return f"week of {day_words(start)}"
        case Unit.MONTH:
            return f"{MONTHS[start.month - 1]} {start.year}"
        case Unit.YEAR:
            return str(start.year)


def axis_word(unit: Unit, start: date) -> str:
    """A period as an axis names it, as short as can be understood."""
    match unit:
        case Unit.DAY | Unit.WEEK:
            return f"{start.day} {MONTHS[start.month - 1]}"
        case Unit.MONTH:
            return MONTHS[start.month - 1] if start.month > 1 else str(start.year)
        case Unit.YEAR:
            return str(start.year)


def hour_words(weekday: int, hour: int) -> str:
    """An hour of the week as `Tue 14:00`."""
    return f"{WEEKDAYS[weekday]} {hour:02}:00"


def amount_words(measure: Measure, amount: float | None) -> str:
    """An amount for a column; empty where it is not known."""
    if amount is None:
        return ""
    match measure:
        case Measure.SIZE:
            return size_words(int(amount))
        case Measure.TIME:
            return duration_words(timedelta(seconds=amount))
        case _:
            return short_count(int(amount))


def streak_words(statistics: Statistics) -> str:
    """The runs of days: `9 in a row, 31 at most`; empty without a day."""
    streaks = statistics.streaks
    if not streaks.days:
        return ""
    if streaks.longest == streaks.current:
        return f"{streaks.current:,} in a row"
    longest = f"at most {streaks.longest:,} in a row"
    return (
        f"{streaks.current:,} in a row, at most {streaks.longest:,}" if streaks.current else longest
    )


def notes(statistics: Statistics) -> list[str]:
    """What is not in the numbers by time, and why; one sentence each."""
    said = []
    if statistics.pending:
        waiting = count_words(statistics.pending, "session")
        said.append(f"{waiting} still to be read: {TEXTS} are not complete")
    if statistics.undated:
        verb = "counts" if statistics.undated == 1 else "count"
        undated = count_words(statistics.undated, "message")
        said.append(f"{undated} without a time {verb} at the last activity of the session")
    if statistics.untimed:
        verb = "has" if statistics.untimed == 1 else "have"
        waiting = count_words(statistics.untimed, "session")
        said.append(f"{waiting} {verb} no time at all")
    return said
