"""Times in exported documents: the local time of whoever exports."""

from __future__ import annotations

from datetime import datetime

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def local_time(at: datetime) -> datetime:
    """A time in the local zone; as it is where that would leave the calendar."""
    try:
        return at.astimezone()
    except (OverflowError, OSError, ValueError):
        return at


def stamp_words(at: datetime) -> str:
    """`2026-03-01 08:00:05 CET`."""
    return local_time(at).strftime("%Y-%m-%d %H:%M:%S %Z")


def moment_words(at: datetime, *, with_day: bool) -> str:
    """`08:00`, or `1 Mar 2026 08:00`."""
    local = local_time(at)
    clock = f"{local:%H:%M}"
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year} {clock}" if with_day else clock
