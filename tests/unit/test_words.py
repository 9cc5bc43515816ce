"""Numbers, sizes and times in words."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.words import (
    age_words,
    count_words,
    duration_words,
    folder_words,
    parse_duration,
    size_words,
)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0s"),
        (59, "59s"),
        (60, "1m"),
        (3599, "59m"),
        (7200, "2h"),
        (86400 * 6, "6d"),
        (86400 * 7, "1w"),
        (86400 * 30, "4w"),
        (-5, "0s"),
    ],
)
def test_durations_are_whole_units(seconds: int, words: str) -> None:
    assert duration_words(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 KB"),
        (12345, "12 KB"),
        (999600, "1.0 MB"),
        (4500000, "4.5 MB"),
        (2000000000, "2.0 GB"),
    ],
)
def test_sizes_keep_two_digits(size: int, words: str) -> None:
    assert size_words(size) == words


@given(st.integers(min_value=0, max_value=10**15))
def test_a_size_is_short_and_has_a_unit(size: int) -> None:
    number, unit = size_words(size).split()
    assert len(number) <= 5
    assert unit in {"byte", "bytes", "KB", "MB", "GB", "TB", "PB"}


def test_counts_have_separators_and_the_right_noun() -> None:
    assert count_words(1, "message") == "1 message"
    assert count_words(1204, "message") == "1,204 messages"
    assert count_words(0, "match", "matches") == "0 matches"


def test_a_fresh_age_is_now() -> None:
    assert age_words(2) == "now"
    assert age_words(65) == "1m"


@pytest.mark.parametrize("text", ["", "7", "d", "7 d", "7x", "-1d", "1d junk"])
def test_what_is_no_duration_is_none(text: str) -> None:
    assert parse_duration(text) is None


@given(st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=3000)))
def test_a_duration_in_words_is_read_back_rounded_down(duration: timedelta) -> None:
    read = parse_duration(duration_words(duration))
    assert read is not None
    assert read <= duration < 2 * read + timedelta(seconds=1)


def test_a_folder_below_the_home_begins_with_a_tilde() -> None:
    home = Path("/home/me")
    assert folder_words("/home/me/src/app", home) == "~/src/app"
    assert folder_words("/home/me", home) == "~"
    assert folder_words("/home/melanie", home) == "/home/melanie"
    assert folder_words("src", home) == "src"


def test_durations_can_be_combined() -> None:
    assert parse_duration("1h30m") == timedelta(minutes=90)
