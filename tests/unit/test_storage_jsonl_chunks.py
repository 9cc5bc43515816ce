"""Lines read in big pieces: whole, in order, each byte once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.errors import StoreUnreadable
from sessiontui.storage.jsonl_chunks import CHUNK, bytes_at, chunks_of

NOWHERE = Path("x.jsonl")


@pytest.fixture
def descriptor(tmp_path: Path) -> Iterator[int]:
    opened = os.open(tmp_path / "a.jsonl", os.O_RDWR | os.O_CREAT)
    yield opened
    os.close(opened)


def pieces(descriptor: int, start: int, end: int, size: int = CHUNK) -> list[tuple[int, bytes]]:
    return [(c.offset, bytes(c.view)) for c in chunks_of(descriptor, start, end, NOWHERE, size)]


@given(st.lists(st.integers(0, 60)), st.booleans(), st.integers(1, 100))
def test_chunks_hold_whole_lines_and_together_the_file(
    lengths: list[int], ended: bool, size: int
) -> None:
    data = b"\n".join(b"x" * length for length in lengths) + b"\n" * ended
    with TemporaryFile() as file:
        file.write(data)
        file.flush()
        found = pieces(file.fileno(), 0, len(data), size)
    assert b"".join(piece for _, piece in found) == data
    assert all(piece.endswith(b"\n") for _, piece in found[:-1])
    offsets = [offset for offset, _ in found]
    assert offsets == [sum(len(piece) for _, piece in found[:i]) for i in range(len(found))]


def test_a_line_longer_than_everything_comes_whole(descriptor: int) -> None:
    data = b"a\n" + b"b" * (3 * CHUNK) + b"\nc\n"
    os.pwrite(descriptor, data, 0)
    assert b"".join(piece for _, piece in pieces(descriptor, 0, len(data))) == data
    assert pieces(descriptor, 2, len(data), 10)[0][0] == 2


def test_only_what_is_asked_for_is_read(descriptor: int, monkeypatch: pytest.MonkeyPatch) -> None:
    os.pwrite(descriptor, b"line\n" * 100_000, 0)
    read = []
    real = os.readv

    def counting(opened: int, buffers: list[memoryview]) -> int:
        count = real(opened, buffers)
        read.append(count)
        return count

    monkeypatch.setattr(os, "readv", counting)
    assert pieces(descriptor, 499_990, 500_000) == [(499_990, b"line\nline\n")]
    assert read == [10]
    first = next(iter(chunks_of(descriptor, 0, 500_000, NOWHERE, 20_000)))
    assert len(first.view) == 20_000
    assert read == [10, 20_000]


def test_a_file_that_shrinks_meanwhile_ends_early(descriptor: int) -> None:
    os.pwrite(descriptor, b"one\ntwo\n", 0)
    chunks = chunks_of(descriptor, 0, 8, NOWHERE, 4)
    assert bytes(next(chunks).view) == b"one\n"
    os.ftruncate(descriptor, 4)
    assert list(chunks) == []
    assert pieces(descriptor, 4, 4) == []


def test_two_readings_at_once_do_not_share_their_bytes(descriptor: int) -> None:
    os.pwrite(descriptor, b"a" * 20_000 + b"\n" + b"b" * 20_000 + b"\n", 0)
    both = [chunks_of(descriptor, start, start + 20_001, NOWHERE) for start in (0, 20_001)]
    first, second = (next(chunks) for chunks in both)
    assert (bytes(first.view)[:1], bytes(second.view)[:1]) == (b"a", b"b")


def test_an_error_is_told_in_our_terms(descriptor: int) -> None:
    folder = os.open("/", os.O_RDONLY)
    try:
        with pytest.raises(StoreUnreadable):
            pieces(folder, 0, 10)
        with pytest.raises(StoreUnreadable):
            bytes_at(folder, 0, 10, NOWHERE)
    finally:
        os.close(folder)


def test_a_part_of_a_file_is_read_as_far_as_it_goes(descriptor: int) -> None:
    os.pwrite(descriptor, b"0123456789", 0)
    assert bytes_at(descriptor, 2, 3, NOWHERE) == b"234"
    assert bytes_at(descriptor, 8, 30, NOWHERE) == b"89"
    assert bytes_at(descriptor, 80, 3, NOWHERE) == b""
