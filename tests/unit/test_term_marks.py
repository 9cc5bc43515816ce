"""Terms are found as the search finds them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.cjk import has_cjk
from sessiontui.domain.folded_text import fold
from sessiontui.domain.query import Term
from sessiontui.services import index_words
from sessiontui.ui.widgets.hit_walk import HitWalk
from sessiontui.ui.widgets.term_marks import TermFinder


@pytest.mark.parametrize(
    ("terms", "text", "found"),
    [
        (["oslo"], "Oslo, OSLO and oslos", ["Oslo", "OSLO", "oslo"]),
        (["slo"], "Oslo", []),
        (["name"], "my_name", ["name"]),
        (["munchen"], "und München und Mu\u0308nchen?", ["München", "Mu\u0308nchen"]),
        (["München"], "munchen", ["munchen"]),
        (["night train"], "the night\n  train", ["night\n  train"]),
        (['"night train"'], "night train", ["night train"]),
        (["京都"], "東京都", ["京都"]),
        (["한국"], "대한국", ["한국"]),
        (["a.b", "(x"], "a.b axb (x", ["a.b", "x"]),
        (["no", "november"], "november no", ["november", "no"]),
        ([], "x", []),
        (["", "  ", '""'], "x", []),
    ],
)
def test_terms_are_found(terms: list[str], text: str, found: list[str]) -> None:
    finder = TermFinder.of_words(terms)
    assert [text[start:end] for start, end in finder.spans(text)] == found
    assert finder.found_in(text) == bool(found)


def test_a_finder_of_nothing_is_false() -> None:
    assert not TermFinder.of_words([" "])
    assert TermFinder.of_words(["x"])


@pytest.mark.parametrize(
    ("text", "term", "pieces"),
    [
        ("the cart, a cartridge", Term("cart"), ["cart"]),
        ("the cart, a cartridge", Term("cart", prefix=True), ["cart", "cart"]),
        ("SessionStore and session_store", Term("store"), ["Store", "store"]),
        ("sessionstore", Term("store"), []),
        ("HTTPServer", Term("server"), ["Server"]),
        ("session-store SessionStore", Term("session_store"), ["session-store", "SessionStore"]),
        ("a\n  b", Term("a b", phrase=True), ["a\n  b"]),
        ("x東京都y", Term("京都"), ["京都"]),
    ],
)
def test_a_term_of_a_query_is_found_as_in_the_index(
    text: str, term: Term, pieces: list[str]
) -> None:
    assert [text[start:end] for start, end in TermFinder([(term,)]).spans(text)] == pieces


def test_the_conditions_that_a_text_meets_are_told_apart() -> None:
    finder = TermFinder([(Term("tea"),), (Term("oven"), Term("kettle"))])
    assert finder.group_count == 2
    assert finder.groups_in("a kettle") == {1}
    assert finder.groups_in("tea from the oven") == {0, 1}
    assert not finder.groups_in("")


@given(st.text(max_size=12))
def test_the_index_and_the_screen_agree_on_what_is_cjk(text: str) -> None:
    assert has_cjk(text) == (index_words.cjk_pairs(text) is not None)


@given(st.text())
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(max_size=40), st.lists(st.text(max_size=8), max_size=4))
def test_spans_are_ascending_and_inside(text: str, terms: list[str]) -> None:
    end = 0
    for start, stop in TermFinder.of_words(terms).spans(text):
        assert end <= start < stop <= len(text)
        end = stop


def test_hits_are_walked_round_and_round() -> None:
    walk = HitWalk([9, 2, 5, 5])
    assert (len(walk), walk.number, walk.position) == (3, 0, None)
    assert [walk.step(1, 3) for _ in range(4)] == [5, 9, 2, 5]
    assert walk.number == 2
    assert [walk.step(-1, 0) for _ in range(2)] == [2, 9]


def test_the_first_step_back_goes_to_the_hit_before() -> None:
    assert HitWalk([2, 5]).step(-1, 4) == 2
    assert HitWalk([2, 5]).step(-1, 1) == 5
    assert HitWalk().step(1, 0) is None


def test_a_hit_can_be_chosen() -> None:
    walk = HitWalk([2, 5])
    assert walk.choose(5)
    assert not walk.choose(3)
    assert walk.number == 2
