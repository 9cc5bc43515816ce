"""Stored text is hostile: nothing that steers a terminal survives."""

from __future__ import annotations

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from sessiontui.domain.printable import printable, printable_line

HOSTILE = st.text(
    st.characters(codec=None)
    | st.sampled_from("\x1b\x00\x07\x7f\x9b\u202e\u2066\ufeff\U000e0041\ud800[]\r\n\t")
)


@given(HOSTILE)
@example("\x1b]0;title\x07\x9b31m\u202eabc\ud800")
def test_nothing_steers_the_terminal(text: str) -> None:
    for character in printable(text):
        assert character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs")
        assert character not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"


@given(HOSTILE)
def test_the_result_can_always_be_encoded(text: str) -> None:
    printable(text).encode("utf-8")


@given(HOSTILE)
def test_doing_it_twice_changes_nothing_more(text: str) -> None:
    assert printable(printable(text)) == printable(text)


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs"))))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


@given(HOSTILE, st.integers(min_value=1, max_value=60))
def test_a_line_is_one_line_and_not_longer_than_asked(text: str, limit: int) -> None:
    line = printable_line(text, limit)
    assert "\n" not in line
    assert len(line) <= limit


def test_control_characters_become_visible_symbols() -> None:
    assert printable("a\x1b[31mb\x00c\x7f") == "a␛[31mb␀c␡"


def test_windows_line_ends_become_plain_ones() -> None:
    assert printable("a\r\nb\rc") == "a\nb␍c"


def test_emoji_and_joined_scripts_are_kept() -> None:
    family = "👩\u200d👩\u200d👧 नमस्ते ﷺ 東京"
    assert printable(family) == family
