"""The last messages of a transcript are the same whether or not the rest was read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.conversations import Program
from benchmarks.histories import conversations, write

from sessiontui.domain.backend import SessionBackend
from sessiontui.domain.ending import Ending
from sessiontui.domain.message import Message, Role
from sessiontui.services.backend_registry import backend_class
from sessiontui.storage import jsonl_tail
from tests.building import text_message
from tests.conformance.stores import SAMPLES, SampleStore

UNTIL = 1_790_000_000.0
OF_LINES = {"claude-code", "codex", "hermes-bot", "zeroclaw-jsonl"}
FOLDERS = {Program.CLAUDE_CODE: ".claude", Program.CODEX: ".codex"}


def counted_from_zero(ending: Ending, total: int) -> tuple[Message, ...]:
    """The messages of an ending with the indices they have in the whole transcript."""
    if ending.counted:
        return ending.messages
    indices = [message.index for message in ending.messages]
    assert indices == list(range(-len(indices), 0))
    return tuple(m.replace(index=m.index + total) for m in ending.messages)


@pytest.fixture(params=sorted(SAMPLES))
def sample(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SampleStore]:
    """A store of each format in turn; where lines are appended, one session is a long one."""
    made = SAMPLES[request.param](tmp_path)
    for number in range(60 if request.param in OF_LINES else 3):
        made.append(made.keys[0], f"one more thing, number {number}: {'why ' * (number % 7)}")
    yield made
    made.backend.close()


@pytest.mark.parametrize("large", [64, 3_000, jsonl_tail.LARGE])
def test_an_ending_is_the_end_of_the_transcript(
    sample: SampleStore, large: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl_tail, "LARGE", large)
    known = sample.backend
    for key in sample.keys:
        whole = tuple(known.messages(key))
        for count in (1, 3, 50, 500):
            fresh = known if known.format == "memory" else type(known).open(known.root)
            ending = fresh.ending(key, count)
            found = counted_from_zero(ending, len(whole))
            assert found
            assert len(found) <= count
            assert found == whole[-len(found) :]
            assert len(found) == min(count, len(whole)) or not ending.counted
            fresh.close()


def test_an_unknown_session_has_no_ending(sample: SampleStore) -> None:
    assert not sample.backend.ending("3f0c1f6e-6a53-4f0e-9a51-0d6f3f1f8a10", 5).messages


@pytest.fixture(scope="module", params=list(Program))
def long_session(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path, Path]:
    """A long session of an agent with everything that comes along: format, root and file."""
    home = tmp_path_factory.mktemp("home")
    talk = next(conversations(1.5, 3, UNTIL, sessions=1))._replace(program=request.param)
    (written,) = write(home, [talk], 3)
    return str(request.param), home / FOLDERS[request.param], written.path


def opened(session: tuple[str, Path, Path]) -> tuple[SessionBackend, str]:
    """A backend that knows nothing yet, and the key of the session."""
    backend = backend_class(session[0]).open(session[1])
    return backend, next(backend.keys())


def test_wherever_reading_begins_nothing_is_lost_or_made_up(
    long_session: tuple[str, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    backend, key = opened(long_session)
    whole = tuple(backend.messages(key))
    kinds = set()
    for large in range(2_000, 80_000, 2_600):
        monkeypatch.setattr(jsonl_tail, "LARGE", large)
        backend, key = opened(long_session)
        ending = backend.ending(key, 60)
        kinds.add(ending.counted)
        found = counted_from_zero(ending, len(whole))
        assert found == whole[-len(found) :]
    assert False in kinds


def test_what_stands_before_is_not_read(
    long_session: tuple[str, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl_tail, "LARGE", 100_000)
    backend, key = opened(long_session)
    read = 0
    pread, readv = os.pread, os.readv

    def counted_pread(descriptor: int, length: int, offset: int) -> bytes:
        nonlocal read
        data = pread(descriptor, length, offset)
        read += len(data)
        return data

    def counted_readv(descriptor: int, buffers: list[memoryview]) -> int:
        nonlocal read
        count = readv(descriptor, buffers)
        read += count
        return count

    monkeypatch.setattr(os, "pread", counted_pread)
    monkeypatch.setattr(os, "readv", counted_readv)
    assert not backend.ending(key, 50).counted
    assert read < long_session[2].stat().st_size / 2


def test_a_damaged_line_at_the_end_keeps_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl_tail, "LARGE", 500)
    made = SAMPLES["claude-code"](tmp_path)
    (path,) = made.backend.root.glob(f"projects/*/{made.keys[0]}.jsonl")
    with path.open("ab") as file:
        for number in range(50):
            file.write(b'{"type":"user","message":{"role":"user","content":"%d"}}\n' % number)
        file.write(b'{"type":"user", broken\n')
    fresh = type(made.backend).open(made.backend.root)
    ending = fresh.ending(made.keys[0], 3)
    assert ending.counted
    (block,) = ending.messages[-1].blocks
    assert block.kind == "damaged"
    assert block.where == f"line {len(path.read_bytes().splitlines()):,}"


def test_a_session_in_memory_ends_with_its_last_message(tmp_path: Path) -> None:
    made = SAMPLES["memory"](tmp_path)
    made.backend.append(made.keys[0], text_message(Role.USER, "the very last"))
    (last,) = made.backend.ending(made.keys[0], 1).messages
    assert [block.text for block in last.blocks if block.kind == "text"] == ["the very last"]
