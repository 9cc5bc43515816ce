"""Marks in the scroll bar."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sessiontui.ui.widgets.marked_scroll_bar import cells_holding


@given(
    st.lists(st.integers(0, 50), max_size=30, unique=True).map(sorted),
    st.lists(st.integers(0, 50), min_size=1, max_size=10).map(sorted),
)
def test_every_position_is_marked_in_the_cell_it_stands_in(
    positions: list[int], bounds: list[int]
) -> None:
    ends = [*bounds[1:], 100]
    expected = {
        cell
        for cell, (begin, end) in enumerate(zip(bounds, ends, strict=True))
        if any(begin <= position < end for position in positions)
    }
    assert cells_holding(positions, bounds) == expected
