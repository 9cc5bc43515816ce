"""Sessions below others: which stand where, whatever a store says of parents."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.query import Query, Term
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.services.looked_at import Looks
from sessiontui.ui.list_order import Grouping, ListOrder, ListSort
from sessiontui.ui.widgets.arrangement import Arrangement, Wishes, arrange
from sessiontui.ui.widgets.families import families_of, tops
from tests.unit.test_session_groups import NOW, headings, hours, row


def ref(key: str) -> SessionRef:
    """The reference of a made-up session."""
    return SessionRef("s", key)


def child(key: str, parent: str, age: float, status: str = "idle") -> SessionRow:
    """A session below another."""
    return row(key, hours(age), status, parent=ref(parent))


def keys(arranged: Arrangement) -> str:
    """The keys in the order of the list."""
    return "".join(row.ref.key for row in arranged.rows)


FAMILY = (
    child("c", "p", 1),
    row("a", hours(2)),
    row("p", hours(3)),
    child("g", "c", 4),
    child("d", "p", 30),
)
PLAIN = Wishes(grouping=Grouping.NONE)


def test_children_are_folded_and_the_family_stands_where_its_newest_member_does() -> None:
    arranged = arrange(FAMILY, Query(), NOW, PLAIN)
    assert keys(arranged) == "pa"
    assert arranged.sessions == 5
    kin = arranged.kin(arranged.rows[0])
    assert (kin.below.sessions, kin.is_open, kin.last) == (3, False, ())
    assert kin.below.newest == hours(1).timestamp()


def test_each_level_unfolds_by_itself() -> None:
    folded = arrange(FAMILY, Query(), NOW, PLAIN)
    opened = folded.with_unfolded({ref("p")})
    assert keys(opened) == "pcda"
    assert [opened.kin(row).last for row in opened.rows] == [(), (False,), (True,), ()]
    assert [opened.kin(row).is_open for row in opened.rows] == [True, False, False, False]
    deeper = folded.with_unfolded({ref("p"), ref("c")})
    assert keys(deeper) == "pcgda"
    assert deeper.kin(deeper.rows[2]).last == (False, True)
    # What lies in a folded family stays hidden, and comes back as it was.
    assert keys(folded.with_unfolded({ref("c")})) == "pa"
    assert folded.with_unfolded({ref("gone"), ref("a")}) is folded
    assert [r.ref.key for r in sorted(folded.every_row)] == ["a", "c", "d", "g", "p"]
    assert folded.holds(ref("g"))
    assert not folded.holds(ref("x"))


def test_groups_grow_with_what_is_unfolded_in_them() -> None:
    folded = arrange(FAMILY, Query(), NOW)
    assert headings(folded) == [(5, "Today", "pa")]
    assert (folded.groups[0].size, folded.groups[0].folded) == (2, 3)
    rows = (*FAMILY, row("y", hours(20)), child("z", "y", 25))
    grown = arrange(rows, Query(), NOW).with_unfolded({ref("p"), ref("y")})
    assert headings(grown) == [(5, "Today", "pcda"), (None, "Yesterday", "yz")]
    assert [group.folded for group in grown.groups] == [1, 0]


def test_a_family_is_where_its_most_urgent_member_belongs() -> None:
    rows = (row("a", hours(1)), row("p", hours(2)), child("c", "p", 3, "stuck"))
    arranged = arrange(rows, Query(), NOW)
    assert headings(arranged) == [(3, "Stuck", "p"), (5, "Today", "a")]
    assert arranged.kin(rows[1]).below.urgent == "stuck"
    looks = Looks(hours(3.5).timestamp(), dict.fromkeys((ref("a"), ref("p")), NOW.timestamp()))
    quiet = (*rows[:2], child("c", "p", 3))
    assert headings(arrange(quiet, Query(), NOW, Wishes(looks=looks))) == [
        (4, "New since you looked", "p"),
        (5, "Today", "a"),
    ]


def test_other_orders_look_at_the_parent_itself() -> None:
    by_title = (child("b", "x", 1), row("c", hours(1)), row("x", hours(1)))
    wishes = Wishes(ListOrder(ListSort.TITLE), Grouping.NONE)
    assert keys(arrange(by_title, Query(), NOW, wishes)) == "cx"
    turned = Wishes(ListOrder(ListSort.ACTIVITY, reverse=True), Grouping.NONE)
    oldest_first = (row("p", hours(9)), row("a", hours(5)), child("c", "p", 1))
    assert keys(arrange(oldest_first, Query(), NOW, turned)) == "ap"


def test_hits_below_others_are_shown() -> None:
    query = Query(terms=((Term("oslo"),),))
    both = arrange((FAMILY[0], FAMILY[2]), query, NOW)
    assert keys(both) == "pc"
    assert both.is_spread
    assert keys(both.with_unfolded(())) == "pc"
    alone = arrange(FAMILY[:1], query, NOW, Wishes(parent_titles={ref("p"): "the whole"}))
    assert keys(alone) == "c"
    assert alone.kin(FAMILY[0]).of == "the whole"
    assert alone.kin(FAMILY[0]).last == ()


def test_a_ring_of_parents_is_cut_and_nobody_is_its_own_parent() -> None:
    ring = (child("a", "b", 1), child("b", "c", 2), child("c", "a", 3), child("d", "d", 4))
    arranged = arrange(ring, Query(), NOW, PLAIN)
    assert keys(arranged) == "cd"
    assert keys(arranged.with_unfolded({ref("c"), ref("b")})) == "cbad"


def test_a_long_chain_costs_no_more_than_its_length() -> None:
    count = 20_000
    chain = [child(str(number), str(number + 1), number / 1000) for number in range(count)]
    families = families_of(chain)
    head = chain[-1]
    assert tops(chain, families) == (head,)
    assert families.below[head.ref].sessions == count - 1
    assert sum(1 for _ in families.members(head)) == count


_parents = st.lists(st.none() | st.integers(0, 11), max_size=12)


@given(_parents, st.sets(st.integers(0, 11)), st.sampled_from(["best", "worst", "own"]))
def test_every_session_is_somewhere_once(
    parents: list[int | None], opened: set[int], by: str
) -> None:
    rows = [
        row(str(number), NOW - timedelta(hours=number), parent=None if p is None else ref(str(p)))
        for number, p in enumerate(parents)
    ]
    families = families_of(rows)
    heads = tops(rows, families, by=by)
    spread = [member for head in heads for member in families.members(head)]
    assert sorted(spread) == sorted(rows)
    arranged = arrange(rows, Query(), NOW).with_unfolded({ref(str(n)) for n in opened})
    assert len(set(arranged.rows)) == len(arranged.rows)
    assert set(arranged.every_row) == set(rows)
    assert arranged.sessions == len(rows)
    assert sum(group.size for group in arranged.groups) == len(arranged.rows)
    assert sum(group.size + group.folded for group in arranged.groups) == len(rows)
    for seen in arranged.rows:
        assert all(above in arranged.unfolded for above in families.above(seen.ref))
