"""The time prefix of channel messages: `[2026-05-02 09:15:00 CEST] text`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_PREFIX = re.compile(
    r"\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) ([A-Za-z]{1,5}|[+-]\d\d(?::?\d\d)?)\](?: |$|(?=\n))"
)
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)?")

# Abbreviations that mean one offset wherever they are used; CST and IST mean several.
_HOURS = {
    name: hours
    for names, hours in (
        ("UTC GMT Z WET", 0.0),
        ("CET WEST BST WAT", 1.0),
        ("CEST EET SAST CAT", 2.0),
        ("EEST MSK EAT", 3.0),
        ("PKT", 5.0),
        ("WIB", 7.0),
        ("HKT AWST WITA", 8.0),
        ("JST KST WIT", 9.0),
        ("ACST", 9.5),
        ("AEST", 10.0),
        ("ACDT", 10.5),
        ("AEDT", 11.0),
        ("NZST", 12.0),
        ("NZDT", 13.0),
        ("NDT", -2.5),
        ("ADT", -3.0),
        ("NST", -3.5),
        ("EDT AST", -4.0),
        ("EST CDT", -5.0),
        ("MDT", -6.0),
        ("MST PDT", -7.0),
        ("PST AKDT", -8.0),
        ("AKST", -9.0),
        ("HST", -10.0),
    )
    for name in names.split()
}


def split_time_prefix(text: str) -> tuple[datetime | None, str]:
    """The time a text begins with, and the rest of it.

    Where the zone is not certain there is no time, and the text stays whole: nothing is lost.
    """
    if not text.startswith("["):
        return None, text
    found = _PREFIX.match(text)
    if found is None:
        return None, text
    at = _moment(found.group(1), found.group(2))
    return (None, text) if at is None else (at, text[found.end() :])


def without_time_prefix(text: str) -> str:
    """The text without the prefix, whatever its zone; for titles."""
    return _PREFIX.sub("", text, count=1) if _PREFIX.match(text) else text


def with_time_prefix(text: str, at: datetime) -> str:
    """The text as a channel would have written it at that time, to the second."""
    return f"[{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC] {text}"


def _moment(clock: str, zone: str) -> datetime | None:
    offset = _offset(zone)
    if offset is None:
        return None
    try:
        local = datetime.strptime(clock, "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone(offset))
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _offset(zone: str) -> timedelta | None:
    numeric = _OFFSET.fullmatch(zone)
    if numeric:
        sign, hours, minutes = numeric.groups()
        span = timedelta(hours=int(hours), minutes=int(minutes or 0))
        if span >= timedelta(hours=24):
            return None
        return -span if sign == "-" else span
    known = _HOURS.get(zone.upper())
    return None if known is None else timedelta(hours=known)
