"""Claude Code's transcripts read on from anywhere: in pieces, from disk, and while they grow."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.errors import StoreMissing, StoreUnreadable, Unsupported
from sessiontui.domain.indexed_text import TextItem, TextKind, texts_of
from sessiontui.domain.message import DamagedBlock, Message, Role
from sessiontui.records import claude_code_files
from sessiontui.records.claude_code import Outline, Overview
from sessiontui.records.claude_code_files import TranscriptShelf
from sessiontui.records.claude_code_folders import folder_name, folder_names, is_session_id
from sessiontui.records.claude_code_order import OutOfOrder
from sessiontui.records.claude_code_texts import TextReading, TextState
from sessiontui.records.claude_code_writing import transcript_of
from sessiontui.storage.jsonl_chunks import chunks_of
from tests.formats.claude_code_lines import (
    SESSION,
    Made,
    answer,
    call,
    encoded,
    facts_of,
    lines,
    outline_of,
    prompt,
    read,
    record,
    result,
    texts_from,
)

# -- reading on --------------------------------------------------------------------------------


def full(data: bytes, *, tools: bool = True) -> list[TextItem]:
    return texts_from(data, tools=tools).items


@st.composite
def transcripts(draw: st.DrawFn) -> bytes:
    """Transcripts with records in any order, halves of messages and damaged lines."""
    made: list[Made | bytes] = []
    for number in range(1, draw(st.integers(0, 14)) + 1):
        parent = draw(st.none() | st.integers(0, 16))
        kind = draw(st.sampled_from(("prompt", "answer", "call", "result", "link", "bad", "mode")))
        match kind:
            case "prompt":
                made.append(prompt(number, parent, f"says {number}"))
            case "answer":
                same = draw(st.sampled_from(("m1", "m2", None)))
                made.append(answer(number, parent, f"answers {number}", message_id=same))
            case "call":
                made.append(answer(number, parent, call("Bash", {"n": number}), message_id="m1"))
            case "result":
                made.append(prompt(number, parent, [result(f"gives {number}")]))
            case "link":
                made.append(record("attachment", number, parent, attachment={"type": "file"}))
            case "bad":
                made.append(b"{broken %d" % number)
            case _:
                made.append({"type": "mode", "mode": "plan"})
    return encoded(made)


@given(transcripts())
def test_indexed_text_is_that_of_the_messages(data: bytes) -> None:
    assert full(data) == list(texts_of(read(data)))


@given(transcripts(), st.lists(st.integers(0, 3000), max_size=5))
def test_reading_in_pieces_gives_the_same_as_reading_at_once(data: bytes, cuts: list[int]) -> None:
    outline, state = Outline(), TextState()
    items: list[TextItem] = []
    for cut in (*sorted(cut for cut in cuts if cut < len(data)), len(data)):
        seen = data[:cut]
        try:
            reading = texts_from(seen, state)
            items = [*items, *reading.items]
        except OutOfOrder:
            reading = texts_from(seen)
            items = reading.items
        state = reading.state
        try:
            if outline.end < len(seen):
                outline.feed(lines(seen, outline.end))
        except OutOfOrder:
            outline = outline_of(seen)
    assert items == full(data)
    assert list(outline.messages()) == list(outline_of(data).messages())
    assert Overview.of(state.facts) == Overview.of(facts_of(data))


@given(transcripts(), st.integers(1, 900))
def test_chunks_of_any_size_give_the_same(data: bytes, size: int) -> None:
    reading, outline = TextReading(TextState()), Outline()
    with TemporaryFile() as file:
        file.write(data)
        file.flush()
        try:
            for chunk in chunks_of(file.fileno(), 0, len(data), Path("x"), size):
                reading.take(chunk)
                outline.feed(chunk)
        except OutOfOrder:
            # Then all is read at once.
            return
    assert reading.items == full(data)
    assert reading.state == texts_from(data).state
    assert list(outline.messages()) == list(outline_of(data).messages())


def test_an_appended_line_keeps_its_messages_number() -> None:
    data = encoded([prompt(1, None, "go"), answer(2, 1, "I look", message_id="m", stop=None)])
    first = texts_from(data)
    more = data + encoded([answer(3, 2, call("Bash", {}), message_id="m"), answer(4, 3, "done")])
    second = texts_from(more, first.state)
    assert [(item.message_index, item.kind) for item in second.items] == [
        (1, TextKind.TOOL_CALL),
        (2, TextKind.TEXT),
    ]
    assert [*first.items, *second.items] == full(more)


def test_a_late_parent_asks_for_everything_again() -> None:
    data = encoded([answer(2, 1, "early")])
    first = texts_from(data)
    more = data + encoded([prompt(1, None, "late")])
    with pytest.raises(OutOfOrder):
        texts_from(more, first.state)


# -- on disk -----------------------------------------------------------------------------------


class Counted:
    """A transcript on disk, and how many bytes of it are read."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = path
        self.shelf = TranscriptShelf()
        self.bytes = 0
        readv, pread = os.readv, os.pread

        def counting_readv(descriptor: int, buffers: Sequence[memoryview]) -> int:
            count = readv(descriptor, buffers)
            self.bytes += count
            return count

        def counting_pread(descriptor: int, length: int, offset: int) -> bytes:
            found = pread(descriptor, length, offset)
            self.bytes += len(found)
            return found

        monkeypatch.setattr(os, "readv", counting_readv)
        monkeypatch.setattr(os, "pread", counting_pread)

    def since_last(self) -> int:
        count, self.bytes = self.bytes, 0
        return count


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counted:
    path = tmp_path / f"{SESSION}.jsonl"
    path.write_bytes(encoded(talk(1, 400)))
    return Counted(path, monkeypatch)


def talk(first: int, last: int) -> list[Made]:
    return [
        prompt(n, n - 1, f"question {n}") if n % 2 else answer(n, n - 1, f"answer {n}")
        for n in range(first, last + 1)
    ]


def append(path: Path, *records: Made) -> None:
    with path.open("ab") as file:
        file.write(encoded(records))


def texts(found: list[Message]) -> list[str]:
    return [block.text for message in found for block in message.blocks if block.kind == "text"]


A_FEW_LINES = 2_000
"""Bytes of some lines, and of the looks at what stands before them."""


def test_a_slice_reads_only_its_own_lines(stored: Counted) -> None:
    assert len(list(stored.shelf.messages(stored.path))) == 400
    assert stored.since_last() > 100_000
    found = list(stored.shelf.messages(stored.path, -2))
    assert (texts(found), [m.index for m in found]) == (
        ["question 399", "answer 400"],
        [398, 399],
    )
    assert stored.since_last() < A_FEW_LINES


def test_a_grown_transcript_costs_its_new_lines(stored: Counted) -> None:
    first = stored.shelf.texts_since(stored.path, None)
    list(stored.shelf.messages(stored.path, -1))
    stored.since_last()
    append(stored.path, *talk(401, 402))
    assert stored.shelf.overview(stored.path).message_count == 402
    assert stored.since_last() < A_FEW_LINES
    assert len(list(stored.shelf.messages(stored.path, -1))) == 1
    assert stored.since_last() < A_FEW_LINES
    # What was read before is in the cursor: it may come from another process.
    elsewhere = TranscriptShelf()
    fresh = elsewhere.read(stored.path, first.cursor, tools=True)
    assert stored.since_last() < A_FEW_LINES
    assert not fresh.restart
    assert [item.text for item in fresh.items] == ["question 401", "answer 402"]
    assert fresh.facts == TranscriptShelf().read(stored.path, None, tools=True).facts
    stored.since_last()
    assert elsewhere.texts_since(stored.path, fresh.cursor).items == []
    assert stored.since_last() < 300


def test_a_half_written_line_comes_when_it_is_whole(stored: Counted) -> None:
    cursor = stored.shelf.texts_since(stored.path, None).cursor
    line = encoded(talk(401, 401))
    with stored.path.open("ab") as file:
        file.write(line[:50])
    waiting = stored.shelf.texts_since(stored.path, cursor)
    assert (waiting.items, waiting.restart) == ([], False)
    assert len(list(stored.shelf.messages(stored.path))) == 400
    with stored.path.open("ab") as file:
        file.write(line[50:])
    assert [i.text for i in stored.shelf.texts_since(stored.path, waiting.cursor).items] == [
        "question 401"
    ]
    assert len(list(stored.shelf.messages(stored.path))) == 401


@pytest.mark.parametrize("how", ["shorter", "another file", "the same file with other lines"])
def test_a_rewritten_transcript_is_read_again_from_the_start(stored: Counted, how: str) -> None:
    cursor = stored.shelf.texts_since(stored.path, None).cursor
    stored.shelf.overview(stored.path)
    other = encoded(talk(501, 502))
    match how:
        case "shorter":
            os.truncate(stored.path, 0)
            with stored.path.open("r+b") as file:
                file.write(other)
        case "another file":
            beside = stored.path.with_suffix(".new")
            beside.write_bytes(encoded(talk(501, 999)))
            beside.replace(stored.path)
        case _:
            with stored.path.open("r+b") as file:
                file.write(encoded(talk(501, 999)))
    again = stored.shelf.texts_since(stored.path, cursor)
    assert again.restart
    assert again.items[0].text == "question 501"
    assert texts(list(stored.shelf.messages(stored.path, 0, 1))) == ["question 501"]


@pytest.mark.parametrize("cursor", ["", "x", "[]", "[[1,2,3,4],[]]", "{}", "null"])
def test_a_foreign_cursor_means_from_the_start(stored: Counted, cursor: str) -> None:
    batch = stored.shelf.texts_since(stored.path, cursor)
    assert batch.restart
    assert len(batch.items) == 400


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    folder = tmp_path / f"{SESSION}.jsonl"
    folder.mkdir()
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)
    for path in (folder, pipe):
        with pytest.raises(StoreUnreadable):
            TranscriptShelf().overview(path)
    with pytest.raises(StoreMissing):
        TranscriptShelf().overview(tmp_path / "gone.jsonl")


def test_outlines_of_many_transcripts_are_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claude_code_files, "_KEPT_RECORDS", 100)
    shelf = TranscriptShelf()
    for number in range(10):
        path = tmp_path / f"{number}.jsonl"
        path.write_bytes(encoded(talk(1, 40)))
        assert len(list(shelf.messages(path))) == 40
    assert len(shelf._outlines) == 2


# -- names and writing -------------------------------------------------------------------------


def test_folder_names_follow_claude_code_and_the_bot() -> None:
    assert folder_name("/Users/josh/code/hermes") == "-Users-josh-code-hermes"
    assert folder_name("/home/dev/ledger_v2.app/cafe\u0301") == "-home-dev-ledger-v2-app-caf-"
    assert folder_name("/x/🎉") == "-x---"
    assert folder_names("/home/dev/a.b/")[:2] == ("-home-dev-a-b", "-home-dev-a.b")
    assert len(folder_name("/" + "long" * 100)) == 200


@pytest.mark.parametrize("text", ["", ".", "..", "a/b", "../x", "x\0", "-flag", "ä", "a" * 300])
def test_a_path_is_never_taken_for_a_session_id(text: str) -> None:
    assert not is_session_id(text)
    assert is_session_id(SESSION)


def test_written_transcripts_read_back_as_they_were() -> None:
    source = read(encoded((
        prompt(1, None, "look at this"),
        answer(2, 1, {"type": "thinking", "thinking": "hm"}, "ok", call("Read", {"p": "a"}),
               stop="tool_use"),
        prompt(3, 2, [result("text", is_error=True)]),
        record("system", 4, 3, subtype="informational", content="note"),
        answer(5, 4, "done"),
    )))  # fmt: skip
    written = transcript_of(source, SESSION, Path("/home/kim/shop"), branch="main")
    again = read(written)
    assert [(m.role, m.human, m.blocks, m.created_at) for m in again] == [
        (m.role, m.human, m.blocks, m.created_at) for m in source
    ]


def test_what_a_transcript_cannot_hold_is_refused() -> None:
    damaged = DamagedBlock(where="line 1", reason="cut", raw="{")
    with pytest.raises(Unsupported):
        transcript_of([Message(index=0, role=Role.USER, blocks=(damaged,))], SESSION, Path("/x"))
