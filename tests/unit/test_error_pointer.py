"""The line that points at what is wrong in a query."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from sessiontui.ui.widgets.error_pointer import pointing_line

TITLE, HINT = "is: cannot be stuk", "did you mean stuck; one of waiting, running, stuck"


def below(width: int, start: int, end: int, title: str = TITLE, hint: str = HINT) -> str:
    """The part as it stands in its line, at the right end."""
    return pointing_line(width, start, end, title, hint).rjust(width)


def test_the_carets_stand_below_the_wrong_part_and_the_words_beside_them() -> None:
    line = below(74, 3, 7, hint="did you mean stuck")
    assert line.startswith("   ^^^^ is: cannot be stuk · did you mean stuck ───")
    assert len(line) == 74


def test_the_words_stand_before_the_carets_when_there_is_more_room() -> None:
    line = below(74, 60, 64)
    assert line[60:64] == "^^^^"
    assert "is: cannot be stuk · did you mean stuck; one of" in line[:60]
    assert line[64:].strip("─ ") == ""


def test_too_many_words_are_cut() -> None:
    line = below(74, 3, 7)
    assert line.startswith("   ^^^^ is: cannot be stuk · did you mean stuck; one of waiting, ")
    assert "…" in line


def test_a_long_wrong_part_is_pointed_at_from_its_beginning() -> None:
    assert below(40, 0, 40).startswith("^ is: cannot be stuk · did you")


@pytest.mark.parametrize(("start", "end", "place"), [(-5, -1, 0), (90, 99, 39), (35, 99, 35)])
def test_a_place_outside_is_pointed_at_from_the_edge(start: int, end: int, place: int) -> None:
    assert below(40, start, end).index("^") == place


@given(
    st.integers(0, 90),
    st.integers(-20, 120),
    st.integers(-20, 120),
    st.text(st.characters(codec="ascii", categories=["L", "Zs"]), min_size=1, max_size=60),
    st.text(st.characters(codec="ascii", categories=["L"]), max_size=60),
)
def test_it_never_leaves_its_line(width: int, start: int, end: int, title: str, hint: str) -> None:
    line = pointing_line(width, start, end, title, hint)
    assert cell_len(line) <= width
    assert ("^" in line) == (width > 0)
