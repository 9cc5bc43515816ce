"""Places from which the end of a file can be read."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from sessiontui.storage import jsonl_tail
from sessiontui.storage.jsonl_tail import LARGE, tail_starts


@given(st.lists(st.integers(0, 90), max_size=60), st.booleans(), st.integers(1, 200))
def test_lines_begin_there_each_farther_from_the_end(
    lengths: list[int], ended: bool, large: int
) -> None:
    data = b"\n".join(b"x" * length for length in lengths) + b"\n" * ended

    def read(offset: int, length: int) -> bytes:
        assert offset >= 0
        assert offset + length <= len(data)
        return data[offset : offset + length]

    with patch.object(jsonl_tail, "LARGE", large), patch.object(jsonl_tail, "_PIECE", 7):
        starts = list(tail_starts(read, len(data)))
    assert all(data[start - 1 : start] == b"\n" for start in starts)
    assert 0 not in starts
    assert starts == sorted(starts, reverse=True)
    assert len(starts) <= 4
    if lengths and max(lengths) < large <= len(data) - 1:
        assert starts


def test_a_file_that_is_not_large_is_read_from_its_beginning() -> None:
    assert not list(tail_starts(lambda offset, length: b"x\n" * length, LARGE))


def test_a_file_that_was_shortened_meanwhile_has_no_such_place() -> None:
    assert not list(tail_starts(lambda offset, length: b"", 3 * LARGE))
