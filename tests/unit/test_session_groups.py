"""Groups, lines and columns of the list: pure values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.query import Query, SortKey, Term
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.ui.widgets.session_groups import Arrangement, Group, ListGeometry, arrange

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def row(key: str, at: datetime | None, status: str = "idle") -> SessionRow:
    """A row of which only the group matters."""
    return SessionRow(
        ref=SessionRef("s", key),
        format="memory",
        title=key,
        title_source="derived",
        status=status,
        state="idle",
        last_activity=at.timestamp() if at else None,
        created_at=None,
        message_count=1,
        size_bytes=1,
        agent=None,
        channel=None,
        workspace=None,
        model=None,
        problem=None,
    )


def test_what_needs_a_person_comes_first_then_days() -> None:
    rows = (
        row("a", NOW - timedelta(hours=1)),
        row("b", NOW - timedelta(hours=2), "running"),
        row("c", NOW - timedelta(hours=13)),
        row("d", NOW - timedelta(days=3), "stuck"),
        row("e", NOW - timedelta(days=3)),
        row("f", NOW - timedelta(days=30), "waiting"),
        row("g", NOW - timedelta(days=30)),
        row("h", None),
    )
    arranged = arrange(rows, Query(), NOW)
    assert [(group.title, group.size) for group in arranged.groups] == [
        ("Stuck", 1),
        ("Running", 1),
        ("Waiting", 1),
        ("Today", 1),
        ("Yesterday", 1),
        ("This week", 1),
        ("Older", 1),
        ("Undated", 1),
    ]
    assert "".join(row.ref.key for row in arranged.rows) == "dbfacegh"


def test_days_are_those_of_the_readers_time_zone() -> None:
    late = row("late", NOW - timedelta(hours=11, minutes=30))
    assert arrange((late,), Query(), NOW).groups[0].title == "Today"
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-5)))
    assert arrange((late,), Query(), elsewhere).groups[0].title == "Yesterday"


@pytest.mark.parametrize(
    "query",
    [
        Query(sort=SortKey.TITLE),
        Query(reverse=True),
        Query(terms=((Term("oslo"),),), sort=SortKey.RELEVANCE),
    ],
)
def test_other_orders_stand_in_one_run(query: Query) -> None:
    rows = (row("b", NOW), row("a", NOW, "stuck"))
    assert arrange(rows, query, NOW) == Arrangement(rows)


_sizes = st.lists(st.integers(1, 6), max_size=6)


@given(_sizes, st.integers(1, 3))
def test_lines_and_rows_agree(sizes: list[int], height: int) -> None:
    starts = [sum(sizes[:number]) for number in range(len(sizes))]
    groups = tuple(
        Group(f"g{number}", "day", start, size)
        for number, (start, size) in enumerate(zip(starts, sizes, strict=True))
    )
    rows = tuple(row(str(number), NOW) for number in range(sum(sizes)))
    geometry = ListGeometry(Arrangement(rows, groups), height)
    assert geometry.height == len(rows) * height + len(groups)
    seen: list[tuple[int, int]] = []
    headings: list[str] = []
    for y in range(geometry.height):
        line = geometry.line(y)
        assert line is not None
        if line.row is None:
            assert line.group is not None
            headings.append(line.group.title)
        else:
            seen.append((line.row, line.part))
            if line.part == 0:
                assert geometry.first_line(line.row) == y
    assert headings == [group.title for group in groups]
    assert seen == [(number, part) for number in range(len(rows)) for part in range(height)]
    assert geometry.line(-1) is None
    assert geometry.line(geometry.height) is None


def test_a_session_is_found_again_wherever_it_went() -> None:
    rows = tuple(row(str(number), NOW) for number in range(100))
    arranged = Arrangement(rows)
    assert arranged.position(SessionRef("s", "70"), near=70) == 70
    assert arranged.position(SessionRef("s", "70"), near=3) == 70
    assert arranged.position(SessionRef("s", "gone")) is None
