"""Titles that look the same are told apart by what differs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pytest

from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.ui.widgets.look_alikes import LookAlikes
from tests.unit.test_session_rows import ROW

DAY = datetime(2026, 11, 18, 14, 5).timestamp()  # noqa: DTZ001 - as a person reads clocks


def rows(*fields: Mapping[str, object]) -> list[SessionRow]:
    """Rows of one title that differ in some fields."""
    return [
        ROW._replace(ref=SessionRef("s", str(number)), last_activity=DAY)._replace(**changed)  # type: ignore[arg-type]
        for number, changed in enumerate(fields)
    ]


def notes(found: list[SessionRow], room: int = 40, shown: tuple[str, ...] = ()) -> list[str]:
    """What is said after each title."""
    among = LookAlikes.among(found)
    return [among.note(row, room, shown) for row in found]


def test_a_title_of_its_own_needs_no_note() -> None:
    assert notes(rows({}, {"title": "other"})) == ["", ""]
    assert not LookAlikes.among(rows({}))


@pytest.mark.parametrize(
    ("field", "values", "said"),
    [
        ("branch", ("main", "fix/lexer"), ["main", "fix/lexer"]),
        ("workspace", ("/src/app", "/src/docs/"), ["app", "docs"]),
        ("model", ("opus", "haiku"), ["opus", "haiku"]),
        ("channel", ("telegram", "slack"), ["telegram", "slack"]),
    ],
)
def test_the_first_thing_that_differs_is_said(
    field: str, values: tuple[str, str], said: list[str]
) -> None:
    assert notes(rows(*({field: value} for value in values))) == said


def test_when_nothing_else_differs_the_time_does() -> None:
    same_day = rows({}, {"last_activity": DAY + 3600})
    assert notes(same_day) == ["14:05", "15:05"]
    other_day = rows({}, {"last_activity": DAY - 86_400}, {"last_activity": DAY + 3600})
    assert notes(other_day) == ["18 Nov 14:05", "17 Nov", "18 Nov 15:05"]
    assert notes(rows({"last_activity": None}, {"last_activity": 1e18})) == ["", ""]


def test_the_time_is_told_as_closely_as_it_takes() -> None:
    close = rows({}, {"last_activity": DAY + 7}, {"last_activity": DAY + 61})
    assert notes(close) == ["14:05:00", "14:05:07", "14:06"]
    days = rows({}, {"last_activity": DAY + 7}, {"last_activity": DAY - 86_400})
    assert notes(days) == ["18 Nov 14:05:00", "18 Nov 14:05:07", "17 Nov"]
    twins = rows({"ref": SessionRef("s", "a-long-key-1")}, {"ref": SessionRef("s", "a-long-key-2")})
    assert notes(twins) == ["…ey-1", "…ey-2"]
    # Beside one of another day, a time alone would be taken for that of today.
    assert notes(rows({"branch": "main"}, {"last_activity": DAY - 86_400})) == ["main", "17 Nov"]


def test_what_is_not_enough_is_followed_by_more() -> None:
    found = rows(
        {"branch": "main", "model": "opus"},
        {"branch": "main", "model": "haiku"},
        {"branch": "fix"},
        {"branch": "main", "model": "haiku", "last_activity": DAY + 60},
    )
    assert notes(found) == ["main · opus", "main · 14:05", "fix", "main · 14:06"]


def test_what_no_other_has_comes_last() -> None:
    twin = {"branch": "main", "workspace": "/src/app", "model": "haiku"}
    found = rows({**twin, "model": "opus"}, twin, {**twin, "branch": "fix", "workspace": "/src/b"})
    assert notes(found)[0] == "main · opus"


def test_what_stands_in_a_column_is_not_said_again() -> None:
    found = rows({"workspace": "/src/app"}, {"workspace": "/src/docs"})
    assert notes(found, shown=("place",)) == ["", ""]


def test_titles_are_compared_as_far_as_they_are_shown() -> None:
    found = rows(
        {"title": "read the code and write about the lexer", "branch": "a"},
        {"title": "read the code and write about the parser", "branch": "b"},
    )
    assert notes(found, 60) == ["", ""]
    assert notes(found, 20) == ["a", "b"]


def test_what_stands_below_another_is_compared_with_its_siblings_only() -> None:
    parent, one, two = rows({}, {"model": "opus"}, {"model": "haiku"})
    among = LookAlikes.among([parent, one, two], {one.ref: parent, two.ref: parent})
    assert [among.note(row, 40) for row in (parent, one, two)] == ["", "opus", "haiku"]


def test_of_very_many_only_some_are_compared() -> None:
    found = rows(*({"branch": f"b{number}"} for number in range(3000)))
    among = LookAlikes.among(found)
    assert among.note(found[0], 40) == "b0"
    assert among.note(found[-1], 40) == "b2999 · 14:05"
