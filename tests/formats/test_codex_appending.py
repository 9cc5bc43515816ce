"""What is added to a rollout costs its own bytes, also in another process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sessiontui.backends.codex import Codex, reading
from sessiontui.domain.backend import SessionBackend
from sessiontui.domain.indexed_text import texts_of
from tests.formats.codex_stores import (
    FIRST,
    SECOND,
    THIRD,
    answer,
    append,
    begun,
    call,
    ended,
    exited,
    meta,
    prompt,
    result,
    tokens,
    turn_context,
    write,
)


class Reads:
    """How much was read from files."""

    def __init__(self) -> None:
        self.bytes = 0
        self.calls = 0


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    counted = Reads()
    pread = os.pread

    def counting(descriptor: int, length: int, offset: int) -> bytes:
        data = pread(descriptor, length, offset)
        counted.bytes += len(data)
        counted.calls += 1
        return data

    monkeypatch.setattr(os, "pread", counting)
    return counted


def long_lines(turns: int) -> Iterator[bytes]:
    yield meta()
    for n in range(turns):
        at = 60 * n
        yield from (begun(at), turn_context("gpt-x", at), prompt(f"bed {n}", at))
        for step in range(4):
            yield from (call("cat notes", at + step), result(exited(0, "leaf " * 900), at + step))
        yield from (tokens(1000 * n, at), answer(f"done {n}", at + 9), ended(at + 9))


LATE = (begun(99), turn_context("gpt-z", 99), prompt("late", 99), tokens(7, 99), answer("now", 99))


def test_an_append_costs_its_own_bytes_in_a_fresh_process_too(tmp_path: Path, reads: Reads) -> None:
    path = write(tmp_path, long_lines(60))
    size = path.stat().st_size
    assert size > 1_000_000
    cursor = Codex.open(tmp_path).text_since(FIRST, None, tools=False).cursor
    assert len(cursor) < 2000
    append(path, *LATE)
    fresh = Codex.open(tmp_path)
    reads.bytes = 0
    batch = fresh.text_since(FIRST, cursor)
    assert not batch.restart
    assert [i.text for i in batch.items] == ["late", "now"]
    assert reads.bytes < sum(map(len, LATE)) + 1000
    assert batch.session is not None
    whole = Codex.open(tmp_path).get(FIRST)
    assert batch.session == whole
    assert whole is not None
    assert (whole.model, whole.tokens, whole.message_count) == ("gpt-z", 7, 122)
    reads.bytes = 0
    again = fresh.text_since(FIRST, batch.cursor)
    assert (again.items, again.restart, again.session) == ([], False, whole)
    assert reads.bytes < 1000


def test_a_first_look_costs_the_same_for_a_file_of_any_size(tmp_path: Path, reads: Reads) -> None:
    write(tmp_path, long_lines(60))
    store = Codex.open(tmp_path)
    reads.bytes = 0
    (look,) = store.scan()
    assert reads.bytes < 300_000
    whole = store.get(FIRST)
    assert whole is not None
    told = ("title", "created_at", "last_activity", "model", "workspace", "branch", "tokens",
            "turn_open", "fingerprint", "size_bytes", "native_id")  # fmt: skip
    assert {n: getattr(look, n) for n in told} == {n: getattr(whole, n) for n in told}
    assert (look.message_count, look.turns) == (None, None)
    assert (whole.message_count, whole.turns) == (120, 60)


def test_a_page_reads_its_own_lines_only(tmp_path: Path, reads: Reads) -> None:
    path = write(tmp_path, long_lines(60))
    store = Codex.open(tmp_path)
    whole = list(store.messages(FIRST))
    for bounds in ((-3, None), (0, 2), (250, 253)):
        reads.bytes = 0
        assert list(store.messages(FIRST, *bounds)) == whole[slice(*bounds)]
        assert reads.bytes < 20_000
    append(path, *LATE)
    reads.bytes = 0
    assert [m.index for m in store.messages(FIRST, -2)] == [len(whole), len(whole) + 1]
    assert reads.bytes < 20_000
    reads.bytes = 0
    session = store.get(FIRST)
    assert session is not None
    assert session.message_count == 122
    assert reads.bytes < 20_000


@pytest.mark.parametrize("how", ["shorter", "replaced", "rewritten in place"])
def test_another_file_under_the_name_is_read_from_its_beginning(tmp_path: Path, how: str) -> None:
    lines = [meta(), prompt("one", 1), answer("two", 2), prompt("three", 3)]
    path = write(tmp_path, lines)
    store = Codex.open(tmp_path)
    cursor = store.text_since(FIRST, None).cursor
    assert len(list(store.messages(FIRST))) == 3
    other = b"".join((meta(), prompt("ONE", 1), answer("TWO", 2), prompt("THREE", 3)))
    match how:
        case "shorter":
            path.write_bytes(b"".join(lines[:-1]))
        case "replaced":
            new = path.with_suffix(".new")
            new.write_bytes(other)
            new.rename(path)
        case _:
            path.write_bytes(other)
    after = store.text_since(FIRST, cursor)
    assert after.restart
    assert after.items == list(texts_of(store.messages(FIRST)))
    assert after.session == store.get(FIRST) == Codex.open(tmp_path).get(FIRST)


@pytest.mark.parametrize(
    "cursor", ["", "x", "[]", "{}", "[1,2]", '[1,0,0,"",[[],false],[0]]', "🫛"]
)
def test_a_cursor_that_means_nothing_begins_anew(tmp_path: Path, cursor: str) -> None:
    write(tmp_path, [meta(), prompt("one", 1)])
    batch = Codex.open(tmp_path).text_since(FIRST, cursor)
    assert batch.restart
    assert [i.text for i in batch.items] == ["one"]


def test_the_cursor_of_another_session_is_of_no_use(tmp_path: Path) -> None:
    write(tmp_path, [meta(), prompt("one", 1)])
    write(tmp_path, [meta(SECOND), prompt("two", 1)], SECOND)
    store: SessionBackend = Codex.open(tmp_path)
    batch = store.text_since(SECOND, store.text_since(FIRST, None).cursor)
    assert batch.restart
    assert [i.text for i in batch.items] == ["two"]


def test_twins_in_two_readings_are_said_once(tmp_path: Path) -> None:
    first, second = prompt("plant beans", 1).splitlines(keepends=True)
    path = write(tmp_path, [meta(), first])
    store = Codex.open(tmp_path)
    batch = store.text_since(FIRST, None)
    assert [i.text for i in batch.items] == ["plant beans"]
    assert len(list(store.messages(FIRST))) == 1
    append(path, second)
    assert Codex.open(tmp_path).text_since(FIRST, batch.cursor).items == []
    assert len(list(store.messages(FIRST))) == 1


def test_the_outlines_kept_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_KEPT_PLACES", 5)
    for key in (FIRST, SECOND, THIRD):
        write(tmp_path, [meta(key), *(prompt(f"bed {n}", n) for n in range(4))], key)
    store = Codex.open(tmp_path)
    for _ in range(2):
        for key in (FIRST, SECOND, THIRD):
            assert len(list(store.messages(key, -4))) == 4
    assert len(store._shelf._kept) == 1
