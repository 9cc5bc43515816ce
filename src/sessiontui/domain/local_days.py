"""The local day and hour of moments, for very many of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo

from sessiontui.domain.value import PlainValue

_DAY = 86_400
_EPOCH_DAY = date(1970, 1, 1).toordinal()


class LocalHour(PlainValue):
    """A local day, as `date.toordinal` counts them, and an hour of it."""

    day: int
    hour: int

    @property
    def weekday(self) -> int:
        """0 for Monday."""
        return weekday_of(self.day)


def weekday_of(day: int) -> int:
    """0 for Monday; the days of `date.toordinal` begin with one."""
    return (day - 1) % 7


class LocalDays:
    """Days and hours in one time zone, by default the system's.

    The offset is looked up twice for each day and remembered: only on days on which it changes is
    every moment looked up.
    """

    def __init__(self, zone: tzinfo | None = None) -> None:
        self._zone = zone
        self._offsets: dict[int, int | None] = {}
        """Seconds east of UTC by day of UTC; None on a day on which they change."""

    def hour_of(self, seconds: float) -> LocalHour:
        """The day and hour of a moment in seconds since the epoch.

        Raises `OverflowError` or `ValueError` outside of the years 2 to 9998.
        """
        whole = int(seconds // 1)
        number = whole // _DAY
        if number not in self._offsets:
            first, last = (self._offset(number * _DAY + place) for place in (0, _DAY - 1))
            self._offsets[number] = first if first == last else None
        offset = self._offsets[number]
        local = whole + (self._offset(whole) if offset is None else offset)
        return LocalHour(_EPOCH_DAY + local // _DAY, local % _DAY // 3600)

    def day_of(self, seconds: float) -> int:
        """The day of a moment, as `date.toordinal` counts them."""
        return self.hour_of(seconds).day

    def _offset(self, seconds: int) -> int:
        local = datetime.fromtimestamp(seconds, UTC).astimezone(self._zone)
        offset = local.utcoffset()
        return 0 if offset is None else int(offset.total_seconds())
