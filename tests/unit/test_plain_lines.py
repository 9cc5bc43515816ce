"""Plain text is wrapped at spaces, within its width, and loses nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from sessiontui.domain.tool_words import seconds_words, telling_argument
from sessiontui.ui.widgets.folding import Fold, head_of
from sessiontui.ui.widgets.plain_lines import PlainLines, plain_text, wrap_rows

texts = st.text(
    st.one_of(st.characters(), st.sampled_from("  \nab漢한\u200d\ufe0f\u0301👩🏽❤")), max_size=200
)


def rows_of(text: str, width: int) -> list[str]:
    starts, ends = wrap_rows(text, width)
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def test_rows_end_at_spaces_and_long_words_are_cut() -> None:
    assert rows_of("one two three\n\nabcdefghijk l", 8) == [
        "one two",
        "three",
        "",
        "abcdefgh",
        "ijk l",
    ]


def test_indentation_stays_with_its_text() -> None:
    assert rows_of("    abcdefgh", 8) == ["    abcd", "efgh"]


def test_wide_characters_are_never_halved() -> None:
    assert rows_of("漢字漢字漢", 5) == ["漢字", "漢字", "漢"]


def test_joined_emoji_stay_together() -> None:
    family = "👩\u200d👩\u200d👧\u200d👦"
    assert "".join(rows_of(family * 3, 4)) == family * 3
    assert all(row.startswith("👩") for row in rows_of(family * 3, 4))


@given(texts, st.integers(2, 30))
def test_rows_fit_and_only_spaces_and_line_ends_are_lost(text: str, width: int) -> None:
    text = plain_text(text)
    starts, ends = wrap_rows(text, width)
    assert len(starts) == len(ends) >= 1
    at = 0
    for start, end in zip(starts, ends, strict=True):
        assert at <= start <= end
        assert set(text[at:start]) <= {" ", "\n"}
        assert cell_len(text[start:end]) <= width
        at = end
    assert set(text[at:]) <= {" ", "\n"}


@given(texts, st.integers(2, 30), st.lists(st.tuples(st.integers(0, 200), st.integers(1, 20))))
def test_marks_cover_exactly_their_characters(
    text: str, width: int, drawn: list[tuple[int, int]]
) -> None:
    text = plain_text(text)
    marks: list[tuple[int, int]] = []
    for start, length in sorted(drawn):
        if start < len(text) and (not marks or start >= marks[-1][1]):
            marks.append((start, min(len(text), start + length)))
    lines = PlainLines(text, width, Style(), marks=marks, mark_style=Style(bold=True))
    starts, ends = wrap_rows(text, width)
    shown = {at for start, end in zip(starts, ends, strict=True) for at in range(start, end)}
    marked = "".join(s.text for strip in lines for s in strip if s.style and s.style.bold)
    assert marked == "".join(text[at] for a, b in marks for at in range(a, b) if at in shown)
    rows = list(lines.marked_rows())
    assert rows == sorted(set(rows))
    assert all(0 <= row < len(lines) for row in rows)


def test_every_row_has_the_prefix() -> None:
    lines = PlainLines("one two", 4, Style(), prefix=(Segment("| "),))
    assert [strip.text for strip in lines] == ["| one", "| two"]
    assert [strip.text for strip in lines[1:]] == ["| two"]


@pytest.mark.parametrize(
    ("text", "lines", "shown", "rest"),
    [
        ("a\nb\nc\n\n", 3, "a\nb\nc", None),
        ("a\nb\nc\nd", 3, "a\nb\nc\nd", None),
        ("a\nb\nc\nd\ne", 3, "a\nb\nc", "… 2 more lines, 4 bytes"),
        ("x" * 3000, 3, "x" * 1000, "… 2.0 KB more"),
        ("é" * 900 + "\n" + "y" * 900, 3, "é" * 900, "… 1 more line, 901 bytes"),
    ],
)
def test_the_head_of_a_text_names_what_is_left_out(
    text: str, lines: int, shown: str, rest: str | None
) -> None:
    head = head_of(text, Fold.OPEN, lines, 1000)
    assert head.text == shown
    assert (head.rest_words if head.is_cut else None) == rest
    assert head_of(text, Fold.FULL, lines, 1000).text == text.rstrip("\n")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"timeout": 3, "command": "ls -la"}, "ls -la"),
        ({"command": ["bash", "-lc", "make\ntest"]}, "make …"),
        ({"cmd": ["git", "status"]}, "git status"),
        ({"path": "src", "pattern": "x"}, "x"),
        ({"zeta": 1, "note": "hello"}, "hello"),
        ({"zeta": 1}, '{"zeta": 1}'),
        ("free text", "free text"),
        ({}, ""),
        (None, ""),
    ],
)
def test_the_telling_argument_is_what_the_call_is_about(arguments: object, expected: str) -> None:
    assert telling_argument(arguments).text == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (0.01, ""), (0.21, "0.2 s"), (14.2, "14 s"), (200, "3 m 20 s"), (7500, "2 h 5 m")],
)
def test_durations_in_words(seconds: float | None, words: str) -> None:
    assert seconds_words(seconds) == words
