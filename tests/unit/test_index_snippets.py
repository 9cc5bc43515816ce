"""Where the words of a query stand in a text, and the best place among them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.query import Term
from sessiontui.services.index_snippets import MatchFinder, Sight

WORDS = ("harbour", "museum", "ferry", "harbourMuseum", "x.", "ferry_museum")


def look(text: str, *terms: Term | str, weights: tuple[float, ...] | None = None) -> Sight:
    held = [Term(term) if isinstance(term, str) else term for term in terms]
    return MatchFinder([(term,) for term in held], weights).look(text)


def marked(sight: Sight) -> list[str]:
    return [sight.text[start:end] for start, end in sight.matches]


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("SessionStore", "the session_store is full", ["session_store"]),
        ("session_store", "class SessionStore:", ["SessionStore"]),
        ("session-store", "sessionStore and SESSION_STORE", ["sessionStore", "SESSION_STORE"]),
        ("my_session_store", "the my_SessionStore", ["my_SessionStore"]),
        ("HTTPServer", "an http_server", ["http_server"]),
        ("store", "SessionStore", ["Store"]),
        ("store", "storehouse and restore", []),
        ("kitchen/almond", "src/kitchen/almond_slicer.rs", ["kitchen/almond"]),
        ("a.b", "a b", ["a b"]),
        ("E4471", "error E4471:", ["E4471"]),
        ("ubermut", "Übermut", ["Übermut"]),
        ("咖啡", "喝咖啡了", ["咖啡"]),
        ("C++", "C is older than C++", ["C++"]),
        ("🎉", "done 🎉", ["🎉"]),
    ],
)
def test_a_term_is_seen_however_it_is_spelled(term: str, text: str, found: list[str]) -> None:
    assert marked(look(text, term)) == found


def test_all_conditions_met_anywhere_are_known() -> None:
    text = f"harbour {'x ' * 400} museum"
    sight = look(text, "harbour", "museum", "ferry")
    assert sight.groups == {0, 1}
    assert marked(sight) == ["harbour"]


def test_words_in_a_row_are_better_than_earlier_ones_nearby() -> None:
    text = f"retry the budget when it is exhausted {'x ' * 200} retry budget exhausted"
    sight = look(text, "retry", "budget", "exhausted")
    assert marked(sight) == ["retry", "budget", "exhausted"]
    assert sight.matches[0][0] > 100
    assert sight.quality == pytest.approx(1.0)


def test_one_place_with_the_rare_word_is_better_than_one_with_the_common_ones() -> None:
    text = f"the fix of the test {'x ' * 200} tardigrade"
    assert marked(look(text, "fix", "test", "tardigrade")) == ["fix", "test"]
    weighed = look(text, "fix", "test", "tardigrade", weights=(1.0, 1.0, 9.0))
    assert marked(weighed) == ["tardigrade"]


def test_a_condition_without_words_is_not_expected() -> None:
    sight = look("harbour museum", "harbour", "", "museum")
    assert marked(sight) == ["harbour", "museum"]
    assert sight.groups == {0, 2}
    assert sight.quality == pytest.approx(1.0)


def test_nothing_is_seen_of_no_words() -> None:
    assert MatchFinder([]).look("harbour").matches == ()
    assert look("harbour", "!").quality == 0.0


@given(
    st.lists(st.sampled_from(WORDS)),
    st.lists(st.sampled_from(["harbour", "museum", "ferry"]), min_size=1, max_size=3, unique=True),
)
def test_quality_is_between_0_and_1_and_1_only_with_all_words(
    words: list[str], wanted: list[str]
) -> None:
    sight = look(" ".join(words), *wanted)
    assert 0.0 <= sight.quality <= 1.0 + 1e-9
    if sight.quality > 0.999:
        assert sight.groups == set(range(len(wanted)))
    assert (sight.quality > 0) == bool(sight.matches)
