"""Finding a text as it was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.ui.widgets.literal_finder import LiteralFinder


@pytest.mark.parametrize(
    ("typed", "text", "found"),
    [
        ("edrock", "the Bedrock of it", ["edrock"]),
        ("MÜN", "in münchen und Munich", ["mün", "Mun"]),
        ("a b", "a\n  b and a b", ["a\n  b", "a b"]),
        ("x.y", "xzy x.y", ["x.y"]),
        ("e", "cafe\u0301", ["e\u0301"]),
        ("東京", "新東京の", ["東京"]),
        ("gone", "nothing here", []),
    ],
)
def test_it_is_found_anywhere(typed: str, text: str, found: list[str]) -> None:
    finder = LiteralFinder(typed)
    assert [text[start:end] for start, end in finder.spans(text)] == found
    assert finder.found_in(text) == bool(found)
    assert finder.groups_in(text) == (frozenset({0}) if found else frozenset())


def test_nothing_typed_finds_nothing() -> None:
    finder = LiteralFinder("  ")
    assert not finder
    assert finder.group_count == 0
    assert finder.spans("any text") == []
    assert not finder.found_in("any text")


def test_finders_of_the_same_text_are_equal() -> None:
    assert LiteralFinder("Harbour") == LiteralFinder(" harbour ")
    assert hash(LiteralFinder("Harbour")) == hash(LiteralFinder("harbour"))
    assert LiteralFinder("harbour") != LiteralFinder("harbours")


@given(st.text(max_size=30), st.text(min_size=1, max_size=5), st.text(max_size=30))
def test_what_stands_in_a_plain_text_is_found_there(before: str, typed: str, after: str) -> None:
    text = before + typed + after
    if typed.isascii() and typed.split() and before.isascii():
        assert LiteralFinder(typed).found_in(text)
    for start, end in LiteralFinder(typed).spans(text):
        assert 0 <= start < end <= len(text)
