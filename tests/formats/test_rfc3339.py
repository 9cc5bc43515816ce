"""Times as Rust writes and reads them, to the nanosecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.records.rfc3339 import Instant, parse_instant, parse_time

_EARLIEST = datetime.fromisoformat("0001-01-03")
_LATEST = datetime.fromisoformat("9999-12-29")


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("2026-03-18T12:00:00Z", "2026-03-18T12:00:00+00:00"),
        ("2026-03-18t05:30:00.5-08:00", "2026-03-18T13:30:00.500+00:00"),
        ("2026-03-18 13:00:00.000120+00:00", "2026-03-18T13:00:00.000120+00:00"),
        ("2026-03-18T20:00:00.000000001+09:00", "2026-03-18T11:00:00.000000001+00:00"),
        ("1969-12-31T23:59:59.25Z", "1969-12-31T23:59:59.250+00:00"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59+00:00"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+00:00"),
    ],
)
def test_times_are_normalised_to_utc_and_keep_their_digits(text: str, normal: str) -> None:
    instant = parse_instant(text)
    assert instant is not None
    assert instant.text() == normal


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-03-18", "2026-03-18T12:00:00", "2026-13-18T12:00:00Z",
     "2026-03-18T25:00:00Z", "2026-03-18T12:00:00+25:00", "2026-03-18T12:00:00+01:75",
     "2026-03-18T12:00:00.Z", "２０２６-03-18T12:00:00Z", "0001-01-01T00:00:00+01:00", 5, None],
)  # fmt: skip
def test_what_is_no_time_is_none(text: object) -> None:
    assert parse_instant(text) is None
    assert parse_time(text) is None


@given(
    st.datetimes(min_value=_EARLIEST, max_value=_LATEST),
    st.integers(-23 * 60, 23 * 60),
)
def test_any_time_is_written_and_read_back(local: datetime, minutes: int) -> None:
    at = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse_time(Instant.of(at).text()) == at
    assert parse_time(at.isoformat()) == at.astimezone(UTC)
