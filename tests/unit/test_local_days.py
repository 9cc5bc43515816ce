"""Local days and hours are those that the calendar of the zone says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.local_days import LocalDays, weekday_of

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Africa/Casablanca",
)

pytestmark = pytest.mark.skipif(
    not set(ZONES) <= available_timezones(), reason="needs the system's time zones"
)
_FIRST = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
_LAST = datetime(2037, 1, 1, tzinfo=UTC).timestamp()


@given(
    zone=st.sampled_from(ZONES), moments=st.lists(st.floats(_FIRST, _LAST), min_size=1, max_size=20)
)
def test_every_moment_has_the_day_and_hour_of_its_zone(zone: str, moments: list[float]) -> None:
    days = LocalDays(ZoneInfo(zone))
    for seconds in moments:
        local = datetime.fromtimestamp(seconds // 1, UTC).astimezone(ZoneInfo(zone))
        found = days.hour_of(seconds)
        assert (found.day, found.hour) == (local.toordinal(), local.hour)
        assert weekday_of(found.day) == found.weekday == local.weekday()


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Berlin", datetime(2026, 3, 29, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 10, 25, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2026, 4, 4, tzinfo=UTC)),
        ("Pacific/Apia", datetime(2011, 12, 30, tzinfo=UTC)),
    ],
)
def test_days_on_which_clocks_change_are_right_to_the_minute(zone: str, day: datetime) -> None:
    days = LocalDays(ZoneInfo(zone))
    for minute in range(0, 2 * 24 * 60, 5):
        moment = day + timedelta(minutes=minute)
        local = moment.astimezone(ZoneInfo(zone))
        found = days.hour_of(moment.timestamp())
        assert (found.day, found.hour) == (local.toordinal(), local.hour), moment


def test_an_hour_that_comes_twice_is_one_hour_and_one_that_is_left_out_is_none() -> None:
    days = LocalDays(ZoneInfo("Europe/Berlin"))
    autumn = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert [
        days.hour_of((autumn + timedelta(hours=hour)).timestamp()).hour for hour in range(3)
    ] == [2, 2, 3]
    spring = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert [
        days.hour_of((spring + timedelta(hours=hour)).timestamp()).hour for hour in range(2)
    ] == [1, 3]
