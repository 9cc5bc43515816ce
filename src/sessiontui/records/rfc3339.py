"""RFC 3339 times as Rust's chrono reads and writes them: to the nanosecond, with any offset."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Self

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORM = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:([Zz])|([+-])(\d\d):(\d\d))",
    re.ASCII,
)


class Instant(NamedTuple):
    """A point in time: whole seconds since the epoch, and nanoseconds."""

    seconds: int
    nanoseconds: int

    @classmethod
    def of(cls, at: datetime) -> Self:
        """The instant of an aware time."""
        passed = at - _EPOCH
        return cls(passed.days * 86_400 + passed.seconds, passed.microseconds * 1000)

    @property
    def time(self) -> datetime:
        """The same as an aware time in UTC; nanoseconds are cut to microseconds."""
        return _EPOCH + timedelta(seconds=self.seconds, microseconds=self.nanoseconds // 1000)

    def text(self, zone: str = "+00:00") -> str:
        """The written form in UTC, with 0, 3, 6 or 9 digits of a second, as many as it takes."""
        whole = (_EPOCH + timedelta(seconds=self.seconds)).strftime("%Y-%m-%dT%H:%M:%S")
        if self.nanoseconds == 0:
            fraction = ""
        elif self.nanoseconds % 1_000_000 == 0:
            fraction = f".{self.nanoseconds // 1_000_000:03}"
        elif self.nanoseconds % 1000 == 0:
            fraction = f".{self.nanoseconds // 1000:06}"
        else:
            fraction = f".{self.nanoseconds:09}"
        return f"{whole.rjust(19, '0')}{fraction}{zone}"


def parse_instant(text: object) -> Instant | None:
    """The instant a text names, or None when it is no RFC 3339 time."""
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, _, sign, hours, minutes = found.groups()
    # A leap second is written as 60; it has no number of its own.
    leap = second == "60"
    try:
        local = datetime(
            int(year), int(month), int(day), int(hour), int(minute), 59 if leap else int(second),
            tzinfo=UTC,
        )  # fmt: skip
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        if offset >= timedelta(hours=24) or int(minutes or 0) > 59:
            return None
        whole = local + offset if sign == "-" else local - offset
    except (ValueError, OverflowError):
        return None
    return Instant(Instant.of(whole).seconds, int((fraction or "")[:9].ljust(9, "0")))


def parse_time(text: object) -> datetime | None:
    """The aware time in UTC that a text names, or None when it is no RFC 3339 time."""
    instant = parse_instant(text)
    return None if instant is None else instant.time
