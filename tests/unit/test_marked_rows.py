"""Marks stay with their sessions, whatever the list shows."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.ui.widgets.marked_rows import MarkedRows
from tests.unit.test_session_rows import ROW


def rows(keys: str) -> list[SessionRow]:
    """Rows with these keys."""
    return [ROW._replace(ref=SessionRef("s", key)) for key in keys]


def marked(marks: MarkedRows, cursor: int = 0) -> str:
    """The keys of the marked rows."""
    return "".join(row.ref.key for row in marks.all(cursor))


def placed(keys: str) -> MarkedRows:
    """Marks over some rows, none of them set."""
    marks = MarkedRows()
    marks.place(rows(keys))
    return marks


def test_a_mark_is_set_and_taken_away() -> None:
    marks = placed("abc")
    marks.toggle(2)
    marks.toggle(0)
    assert marked(marks) == "ac"
    assert marks.count(0).words == "2 marked"
    marks.toggle(2)
    assert marked(marks) == "a"
    assert [marks.is_marked(position, 0) for position in range(3)] == [True, False, False]


def test_marks_outlive_other_rows_and_come_in_the_order_of_the_list_then_the_unseen() -> None:
    marks = placed("abcd")
    for position in (3, 0, 1):
        marks.toggle(position)
    newer = [row._replace(title="renamed") for row in rows("bxd")]
    marks.place(newer)
    assert marked(marks) == "bda"
    assert marks.all(0)[0].title == "renamed"
    assert marks.count(0).words == "3 marked, 1 not shown"
    marks.forget([SessionRef("s", "a"), SessionRef("s", "b")])
    assert marked(marks) == "d"


def test_a_range_counts_while_it_is_drawn_and_stays_when_it_ends() -> None:
    marks = placed("abcdef")
    marks.toggle(0)
    marks.toggle(2)
    marks.begin(4)
    assert marks.is_drawing
    assert marked(marks, 1) == "abcde"
    assert marks.count(1).words == "5 marked"
    assert marks.is_marked(1, 1)
    assert not marks.is_marked(5, 1)
    marks.end(3)
    assert marked(marks) == "acde"
    assert not marks.is_drawing


def test_a_range_stays_with_the_session_it_began_at() -> None:
    marks = placed("abc")
    marks.begin(1)
    marks.place(rows("xyabc"))
    assert marked(marks, 4) == "bc"
    marks.place(rows("xyz"))
    assert not marks.is_drawing


def test_giving_up_takes_the_range_first_and_then_the_marks() -> None:
    marks = placed("abc")
    marks.toggle(0)
    marks.begin(1)
    assert marks.give_up()
    assert marked(marks, 2) == "a"
    assert marks.give_up()
    assert not marks
    assert not marks.give_up()


def test_all_and_the_others() -> None:
    marks = placed("abc")
    marks.toggle(1)
    marks.place(rows("bcd"))
    marks.invert()
    assert marked(marks) == "cd"
    marks.mark(range(3))
    assert marked(marks) == "bcd"
    marks.place([])
    assert marks.count(0).words == "3 marked, 3 not shown"
    marks.clear()
    assert marks.count(0).words == ""


class Marking(RuleBasedStateMachine):
    """Against a plain set."""

    def __init__(self) -> None:
        super().__init__()
        self.marks = MarkedRows()
        self.keys = ""
        self.held: set[str] = set()
        self.anchor: str | None = None
        self.cursor = 0

    @rule(keys=st.lists(st.sampled_from("abcdefgh"), unique=True))
    def place(self, keys: list[str]) -> None:
        self.keys = "".join(keys)
        self.marks.place(rows(self.keys))
        if self.anchor is not None and self.anchor not in keys:
            self.anchor = None
        self.cursor = min(self.cursor, max(0, len(keys) - 1))

    @precondition(lambda self: self.keys)
    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        self.cursor = data.draw(st.integers(0, len(self.keys) - 1))

    @precondition(lambda self: self.keys)
    @rule()
    def toggle(self) -> None:
        self.marks.toggle(self.cursor)
        self.held ^= {self.keys[self.cursor]}

    @precondition(lambda self: self.keys)
    @rule()
    def begin(self) -> None:
        self.marks.begin(self.cursor)
        self.anchor = self.keys[self.cursor]

    @rule()
    def end(self) -> None:
        self.marks.end(self.cursor)
        self.held |= self.span()
        self.anchor = None

    @rule()
    def invert(self) -> None:
        self.marks.invert()
        self.held ^= set(self.keys)

    def span(self) -> set[str]:
        if self.anchor is None:
            return set()
        first, last = sorted((self.keys.index(self.anchor), self.cursor))
        return set(self.keys[first : last + 1])

    @invariant()
    def agrees(self) -> None:
        expected = self.held | self.span()
        found = marked(self.marks, self.cursor)
        assert set(found) == expected
        assert len(found) == len(expected)
        seen = [key for key in self.keys if key in expected]
        assert list(found[: len(seen)]) == seen
        count = self.marks.count(self.cursor)
        assert count == (len(expected), len(expected) - len(seen))
        for position, key in enumerate(self.keys):
            assert self.marks.is_marked(position, self.cursor) == (key in expected)


TestMarking = Marking.TestCase
