"""Groups and lines of the list: pure values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.query import Query, Term
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.services.looked_at import Looks
from sessiontui.ui.list_order import Grouping, ListOrder, ListSort
from sessiontui.ui.widgets.arrangement import Arrangement, Wishes, arrange
from sessiontui.ui.widgets.list_geometry import ListGeometry
from sessiontui.ui.widgets.session_groups import Group

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def row(key: str, at: datetime | None, status: str = "idle", **fields: object) -> SessionRow:
    """A row of which only the group matters."""
    made = SessionRow(
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
    return made._replace(**fields)  # type: ignore[arg-type]


def hours(count: float) -> datetime:
    """So long before now."""
    return NOW - timedelta(hours=count)


def headings(arranged: Arrangement) -> list[tuple[int | None, str, str]]:
    """Number, title and the keys of the rows of each group."""
    return [
        (
            group.number,
            group.title,
            "".join(row.ref.key for row in arranged.rows[group.start : group.start + group.size]),
        )
        for group in arranged.groups
    ]


def test_what_needs_a_person_comes_first_then_what_is_new_then_days() -> None:
    rows = (
        row("a", hours(1)),
        row("b", hours(2), "running"),
        row("c", hours(13)),
        row("d", hours(72), "stuck"),
        row("e", hours(72)),
        row("f", hours(23), "error"),
        row("g", hours(25), "error"),
        row("h", hours(720), "waiting"),
        row("i", hours(720)),
        row("j", None),
    )
    looks = Looks(
        left_at=hours(14).timestamp(), looked={SessionRef("s", "a"): hours(0.5).timestamp()}
    )
    arranged = arrange(rows, Query(), NOW, Wishes(looks=looks))
    assert headings(arranged) == [
        (1, "Needs you", "fh"),
        (2, "Running", "b"),
        (3, "Stuck", "d"),
        (4, "New since you looked", "c"),
        (5, "Today", "a"),
        (None, "Yesterday", "g"),
        (None, "This week", "e"),
        (None, "Older", "i"),
        (None, "Undated", "j"),
    ]
    assert arranged.new == {SessionRef("s", "b"), SessionRef("s", "c")}
    assert arranged.group_refs("new") == {SessionRef("s", "c")}


def test_what_was_just_looked_at_stays_among_the_new_until_the_list_is_made_anew() -> None:
    rows = (row("a", hours(1)), row("b", hours(2)))
    looked = {SessionRef("s", "a"): NOW.timestamp()}
    looks = Looks(hours(5).timestamp(), looked)
    kept = arrange(rows, Query(), NOW, Wishes(looks=looks, kept_new={rows[0].ref}))
    assert headings(kept) == [(4, "New since you looked", "ab")]
    assert kept.new == {rows[1].ref}
    anew = arrange(rows, Query(), NOW, Wishes(looks=looks))
    assert headings(anew) == [(4, "New since you looked", "b"), (5, "Today", "a")]


def test_days_are_those_of_the_readers_time_zone() -> None:
    late = row("late", hours(11.5))
    assert arrange((late,), Query(), NOW).groups[0].title == "Today"
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-5)))
    assert arrange((late,), Query(), elsewhere).groups[0].title == "Yesterday"
    by_day = Wishes(grouping=Grouping.DAY)
    assert arrange((late,), Query(), elsewhere, by_day).groups[0].title == "Yesterday"


def test_each_day_can_stand_by_itself() -> None:
    rows = (
        row("a", hours(1)),
        row("b", hours(13)),
        row("c", hours(37)),
        row("d", hours(38)),
        row("e", hours(24 * 400)),
        row("f", datetime.max.replace(tzinfo=UTC), last_activity=1e18),
        row("g", None),
    )
    arranged = arrange(rows, Query(), NOW, Wishes(grouping=Grouping.DAY))
    assert headings(arranged) == [
        (1, "Today", "a"),
        (2, "Yesterday", "b"),
        (3, "Wed 18 Nov", "cd"),
        (4, "Thu 16 Oct 2025", "e"),
        (5, "Undated", "fg"),
    ]
    turned = Wishes(ListOrder(reverse=True), Grouping.DAY)
    assert headings(arrange(rows[:2][::-1], Query(), NOW, turned)) == [
        (1, "Yesterday", "b"),
        (2, "Today", "a"),
    ]
    created = Wishes(ListOrder(ListSort.CREATED), Grouping.DAY)
    old = row("a", hours(1), created_at=hours(37).timestamp())
    assert headings(arrange((old,), Query(), NOW, created)) == [(1, "Wed 18 Nov", "a")]


@pytest.mark.parametrize(
    ("grouping", "expected"),
    [
        (Grouping.WORKSPACE, [(1, "/src/app", "ac"), (2, "no workspace", "bd")]),
        (Grouping.STORE, [(1, "s", "abc"), (2, "t", "d")]),
        (Grouping.AGENT, [(1, "scout", "b"), (2, "coder", "c"), (3, "no agent", "ad")]),
        (Grouping.NONE, []),
    ],
)
def test_groups_by_name_stand_where_their_first_row_does_and_nameless_rows_last(
    grouping: Grouping, expected: list[tuple[int, str, str]]
) -> None:
    rows = (
        row("a", hours(1), workspace="/src/app"),
        row("b", hours(2), agent="scout"),
        row("c", hours(3), workspace="/src/app", agent="coder"),
        row("d", hours(4), ref=SessionRef("t", "d")),
    )
    for order in (ListOrder(), ListOrder(ListSort.TITLE)):
        arranged = arrange(rows, Query(), NOW, Wishes(order, grouping))
        assert headings(arranged) == expected
        assert len(arranged.rows) == 4


@pytest.mark.parametrize(
    ("order", "grouping"),
    [
        (ListOrder(ListSort.TITLE), Grouping.STATE),
        (ListOrder(reverse=True), Grouping.STATE),
        (ListOrder(ListSort.SIZE), Grouping.DAY),
    ],
)
def test_groups_by_time_need_an_order_by_time(order: ListOrder, grouping: Grouping) -> None:
    rows = (row("b", NOW), row("a", NOW, "stuck"))
    arranged = arrange(rows, Query(), NOW, Wishes(order, grouping))
    assert (arranged.rows, arranged.groups) == (rows, ())


@pytest.mark.parametrize("grouping", Grouping)
def test_hits_stand_in_one_run_the_best_first(grouping: Grouping) -> None:
    rows = (row("b", hours(5)), row("a", NOW, "stuck"))
    query = Query(terms=((Term("oslo"),),))
    arranged = arrange(rows, query, NOW, Wishes(grouping=grouping))
    assert (arranged.rows, arranged.groups) == (rows, ())


_statuses = st.sampled_from(["idle", "running", "stuck", "waiting", "error", "gone", "odd"])


@given(
    st.lists(st.tuples(st.none() | st.floats(-1e12, 1e12), _statuses), max_size=20),
    st.sampled_from(Grouping),
    st.sampled_from(ListSort),
    st.booleans(),
)
def test_every_row_is_in_exactly_one_group(
    made: list[tuple[float | None, str]], grouping: Grouping, sort: ListSort, reverse: bool
) -> None:
    rows = tuple(
        row(f"k{number}", None, status, last_activity=at, agent=status[:1])
        for number, (at, status) in enumerate(made)
    )
    wishes = Wishes(ListOrder(sort, reverse), grouping, Looks(0.0))
    arranged = arrange(rows, Query(), NOW, wishes)
    assert sorted(arranged.rows) == sorted(rows)
    if arranged.groups:
        assert [group.start for group in arranged.groups] == [
            sum(group.size for group in arranged.groups[:number])
            for number in range(len(arranged.groups))
        ]
        assert sum(group.size for group in arranged.groups) == len(rows)
        assert all(group.size for group in arranged.groups)
        numbers = [group.number for group in arranged.groups if group.number is not None]
        assert numbers == sorted(set(numbers))


_sizes = st.lists(st.integers(1, 6), max_size=6)


@given(_sizes, st.integers(1, 3))
def test_lines_and_rows_agree(sizes: list[int], height: int) -> None:
    starts = [sum(sizes[:number]) for number in range(len(sizes))]
    groups = tuple(
        Group(f"g{number}", "day", start, size)
        for number, (start, size) in enumerate(zip(starts, sizes, strict=True))
    )
    count = sum(sizes)
    geometry = ListGeometry(count, groups, height)
    assert geometry.height == count * height + len(groups)
    seen: list[tuple[int, int]] = []
    found: list[str] = []
    for y in range(geometry.height):
        line = geometry.line(y)
        assert line is not None
        if line.row is None:
            assert line.group is not None
            found.append(line.group.title)
        else:
            seen.append((line.row, line.part))
            if line.part == 0:
                assert geometry.first_line(line.row) == y
    assert found == [group.title for group in groups]
    assert seen == [(number, part) for number in range(count) for part in range(height)]
    assert geometry.line(-1) is None
    assert geometry.line(geometry.height) is None


def test_a_session_is_found_again_wherever_it_went() -> None:
    rows = tuple(row(str(number), NOW) for number in range(100))
    arranged = Arrangement(rows)
    assert arranged.position(SessionRef("s", "70"), near=70) == 70
    assert arranged.position(SessionRef("s", "70"), near=3) == 70
    assert arranged.position(SessionRef("s", "gone")) is None
