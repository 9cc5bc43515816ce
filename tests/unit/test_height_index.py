"""The height index agrees with adding heights up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.ui.widgets.height_index import HeightIndex

heights_lists = st.lists(st.integers(0, 40), max_size=70)


def at_row_by_counting(heights: list[int], row: int) -> tuple[int, int]:
    """What `at_row` must answer, by walking."""
    rows = [(position, line) for position, height in enumerate(heights) for line in range(height)]
    return rows[min(max(row, 0), len(rows) - 1)]


def assert_same(index: HeightIndex, heights: list[int]) -> None:
    """Compare everything an index can be asked with a plain list."""
    assert len(index) == len(heights)
    assert index.total == sum(heights)
    for position, height in enumerate(heights):
        assert index.height(position) == height
        assert index.top(position) == sum(heights[:position])
    assert index.top(len(heights)) == sum(heights)
    for row in range(-1, sum(heights) + 2) if sum(heights) else ():
        assert index.at_row(row) == at_row_by_counting(heights, row)


@given(heights_lists)
def test_an_index_built_at_once_agrees_with_a_list(heights: list[int]) -> None:
    assert_same(HeightIndex(heights), heights)


@given(heights_lists, heights_lists)
def test_appending_is_the_same_as_building(first: list[int], later: list[int]) -> None:
    index = HeightIndex(first)
    for height in later:
        index.append(height)
    assert_same(index, first + later)


@given(heights_lists, st.lists(st.tuples(st.booleans(), st.integers(0, 99), st.integers(0, 40))))
def test_any_mix_of_changes_agrees_with_a_list(
    heights: list[int], changes: list[tuple[bool, int, int]]
) -> None:
    heights = list(heights)
    index = HeightIndex(heights)
    for sets, place, height in changes:
        if sets and heights:
            position = place % len(heights)
            assert index.set(position, height) == height - heights[position]
            heights[position] = height
        else:
            index.append(height)
            heights.append(height)
    assert_same(index, heights)


def test_messages_without_rows_are_never_found() -> None:
    index = HeightIndex([0, 3, 0, 0, 2, 0])
    assert [index.at_row(row) for row in range(5)] == [(1, 0), (1, 1), (1, 2), (4, 0), (4, 1)]


def test_rows_outside_give_the_nearest_line() -> None:
    index = HeightIndex([2, 3])
    assert index.at_row(-5) == (0, 0)
    assert index.at_row(99) == (1, 2)


@pytest.mark.parametrize("heights", [[], [0, 0]])
def test_an_index_without_rows_has_no_message_at_any_row(heights: list[int]) -> None:
    with pytest.raises(IndexError):
        HeightIndex(heights).at_row(0)


def test_a_position_that_is_not_there_is_an_error() -> None:
    with pytest.raises(IndexError):
        HeightIndex([1]).top(2)
