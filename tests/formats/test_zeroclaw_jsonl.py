"""Reading zeroclaw's JSONL sessions: every oddity of a folder and of a line."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sessiontui.backends.zeroclaw_jsonl import ZeroclawJsonl
from sessiontui.domain.backend import Surroundings
from sessiontui.domain.errors import SessionMissing, StoreMissing, StoreUnreadable
from sessiontui.domain.store import Capability
from tests.formats.zeroclaw_stores import add_chat, chat_database, jsonl_file, message_line, run

HELLO, ANSWER = message_line("user", "hello"), message_line("assistant", "hi")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder of sessions."""
    path = tmp_path / "data" / "sessions"
    path.mkdir(parents=True)
    return path


@pytest.fixture
def store(folder: Path) -> Iterator[ZeroclawJsonl]:
    """The open store of `folder`."""
    backend = ZeroclawJsonl.open(folder)
    yield backend
    backend.close()


def texts(store: ZeroclawJsonl, key: str, *bounds: int | None) -> list[str]:
    found = store.messages(key, *bounds)  # type: ignore[arg-type]
    return [b.text for m in found for b in m.blocks if b.kind == "text"]


def test_behaviour_3_an_unknown_session_is_empty(store: ZeroclawJsonl) -> None:
    for key in ("nobody", "../../etc/passwd", "a/b", "a\0b", "\ud800", "x" * 400, "é" * 130):
        assert store.get(key) is None
        assert not store.exists(key)
        assert list(store.messages(key)) == []
        assert store.text_since(key, None).items == []
        with pytest.raises(SessionMissing):
            store.footprint(key)


def test_keys_are_file_names_as_they_are(store: ZeroclawJsonl, folder: Path) -> None:
    keys = {"", "cli_main", "has space and.dot", "x%40y", "signal_Ünï_名前"}
    for key in keys:
        jsonl_file(folder, key, HELLO)
    sessions = {session.ref.key: session for session in store.scan()}
    assert set(sessions) == set(store.keys()) == keys
    assert all(texts(store, key) == ["hello"] for key in keys)
    assert {key for key, session in sessions.items() if session.problem} == {
        "has space and.dot",
        "x%40y",
    }
    assert sessions["x%40y"].extra["decoded_name"] == "x@y"


def test_trap_18_other_files_are_no_sessions(store: ZeroclawJsonl, folder: Path) -> None:
    for name in (
        *("a.jsonl.migrated", "b.jsonl.importing", ".tmpAb12Cd", "notes.md", "sessions.db-wal"),
        *("acp-sessions.db", "c.jsonl~", "d.JSONL"),
    ):
        (folder / name).write_bytes(HELLO)
    jsonl_file(folder / "archive", "old", HELLO)
    assert list(store.keys()) == []
    assert [s.ref.key for s in ZeroclawJsonl.open(folder / "archive").scan()] == ["old"]


def test_trap_17_folders_and_sockets_are_listed_and_never_opened(
    store: ZeroclawJsonl, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "folder.jsonl").mkdir()
    (folder / "link.jsonl").symlink_to(folder / "folder.jsonl")
    (folder / "dead.jsonl").symlink_to(folder / "nowhere")
    os.mkfifo(folder / "pipe.jsonl")
    monkeypatch.chdir(folder)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.jsonl")
        sessions = {session.ref.key: session for session in store.scan()}
        assert set(sessions) == {"folder", "link", "dead", "pipe", "socket"}
        for key, session in sessions.items():
            assert session.problem
            assert session.message_count is None
            assert session.turn_open is None
            assert list(store.messages(key)) == []
            assert store.text_since(key, None).items == []
            assert store.footprint(key).size_bytes == 0
        assert "link that leads nowhere" in str(sessions["dead"].problem)
        assert dict(store.fingerprints()) == {k: s.fingerprint for k, s in sessions.items()}


def test_a_link_to_a_file_is_read(store: ZeroclawJsonl, folder: Path, tmp_path: Path) -> None:
    target = jsonl_file(tmp_path, "elsewhere", HELLO)
    (folder / "link.jsonl").symlink_to(target)
    session = store.get("link")
    assert session is not None
    assert (session.problem, session.extra["link"]) == (None, True)
    assert texts(store, "link") == ["hello"]


DAMAGED = [
    (b"no json", "not JSON"),
    (b"\xff\xfe", "not UTF-8 at byte 0"),
    (b'{"role":"user"}', "its content is missing"),
    (b'{"role":5,"content":"x"}', "its role is no text"),
    (b'{"role":"user","content":"a","content":"b"}', "a key stands twice"),
    (b'{"role":"user","content":"\\ud800"}', "half of a surrogate pair"),
    (b'{"role":"user","content":NaN}', "NaN is not JSON"),
    (b'["user"]', "not an object with role and content"),
    (b'\xef\xbb\xbf{"role":"user","content":"x"}', "starts with a byte order mark"),
]


@pytest.mark.parametrize(("line", "reason"), DAMAGED)
def test_trap_3_a_line_zeroclaw_skips_is_shown_at_its_place(
    line: bytes, reason: str, store: ZeroclawJsonl, folder: Path
) -> None:
    jsonl_file(folder, "k", HELLO, line + b"\n", b"\n", b"  \r\n", ANSWER)
    first, damaged, last = store.messages("k")
    assert [first.index, damaged.index, last.index] == [0, 1, 2]
    (block,) = damaged.blocks
    assert block.kind == "damaged"
    assert reason in block.reason
    assert block.where == f"line 2, byte {len(HELLO)}"
    session = store.get("k")
    assert session is not None
    assert (session.message_count, session.problem) == (2, "1 line in it cannot be read")


@pytest.mark.parametrize(
    "line",
    [
        b'{"role":"user","content":"x"}\r\n',
        b'{"content":"x","ts":1,"role":"user","more":{"a":[1]}}\n',
        b'["user","x"]\n',
        b'{"role":"user","content":"x"}',
        '{"role":"user","content":"x\u2028\u2029\u0085"}\n'.encode(),
    ],
)
def test_a_line_zeroclaw_reads_is_a_message(
    line: bytes, store: ZeroclawJsonl, folder: Path
) -> None:
    jsonl_file(folder, "k", HELLO, line)
    assert [text[0] for text in texts(store, "k")] == ["h", "x"]
    session = store.get("k")
    assert session is not None
    assert (session.message_count, session.problem) == (2, None)


def test_trap_1_a_half_last_line_is_pending_and_then_a_message(
    store: ZeroclawJsonl, folder: Path
) -> None:
    path = jsonl_file(folder, "k", HELLO, b'{"role":"user","content":"ha')
    session = store.get("k")
    assert session is not None
    assert (session.message_count, session.problem) == (1, None)
    assert session.extra["unfinished_line"] is True
    assert texts(store, "k") == ["hello"]
    cursor = store.text_since("k", None).cursor
    with path.open("ab") as file:
        file.write(b'lf a line"}\n')
    batch = store.text_since("k", cursor)
    assert (batch.restart, [i.text for i in batch.items]) == (False, ["half a line"])
    session = store.get("k")
    assert session is not None
    assert (session.message_count, dict(session.extra)) == (2, {})


def test_trap_1_a_last_line_without_its_end_is_read_once(
    store: ZeroclawJsonl, folder: Path
) -> None:
    path = jsonl_file(folder, "k", HELLO, ANSWER.removesuffix(b"\n"))
    batch = store.text_since("k", None)
    assert [item.text for item in batch.items] == ["hello", "hi"]
    assert store.text_since("k", batch.cursor).items == []
    for more, expected in ((b"\n", []), (HELLO, ["hello"])):
        with path.open("ab") as file:
            file.write(more)
        batch = store.text_since("k", batch.cursor)
        assert (batch.restart, [i.text for i in batch.items]) == (False, expected)
    assert [item.message_index for item in batch.items] == [2]
    session = store.get("k")
    assert session is not None
    assert session.message_count == 3


def test_trap_2_an_append_costs_its_own_bytes_only(
    store: ZeroclawJsonl, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = jsonl_file(folder, "big", *[message_line("user", "x" * 1000)] * 2000)
    cursor = store.text_since("big", None).cursor
    store.get("big")
    list(store.messages("big", -1))
    with path.open("ab") as file:
        file.write(ANSWER)
    read = 0
    real = os.pread

    def counting(descriptor: int, length: int, offset: int) -> bytes:
        nonlocal read
        data = real(descriptor, length, offset)
        read += len(data)
        return data

    monkeypatch.setattr(os, "pread", counting)
    batch = store.text_since("big", cursor)
    session = store.get("big")
    assert [(i.message_index, i.text) for i in batch.items] == [(2000, "hi")]
    assert session is not None
    assert session.message_count == 2001
    assert read < 1000
    assert [m.index for m in store.messages("big", -2)] == [1999, 2000]
    assert read < 600_000  # the last part of the file, and the part before it is skipped


def test_trap_2_a_file_that_was_replaced_or_rewritten_is_read_anew(
    store: ZeroclawJsonl, folder: Path
) -> None:
    path = jsonl_file(folder, "k", HELLO, ANSWER, HELLO)
    cursor = store.text_since("k", None).cursor
    store.get("k")
    fresh = [message_line("user", "other"), ANSWER, HELLO]
    # Newer versions put another file in its place, older ones write into the same one.
    other = folder / ".tmpX"
    other.write_bytes(b"".join(fresh))
    other.rename(path)
    replaced = store.text_since("k", cursor)
    with path.open("wb") as file:
        file.write(fresh[0])
    shortened = store.text_since("k", replaced.cursor)
    for batch, expected in ((replaced, ["other", "hi", "hello"]), (shortened, ["other"])):
        assert (batch.restart, [item.text for item in batch.items]) == (True, expected)
    session = store.get("k")
    assert session is not None
    assert session.message_count == 1
    assert store.text_since("k", "not a cursor").restart


def test_turns_are_open_while_somebody_waits(store: ZeroclawJsonl, folder: Path) -> None:
    call = '{"content":null,"tool_calls":[{"id":"c","name":"x","arguments":"{}"}]}'
    result = '{"content":"out","tool_call_id":"c"}'
    cut = "half\n\n[interrupted by user]"
    given_up = "[Session interrupted — not continuing this request]"
    cases: dict[str, tuple[bool | None, list[bytes]]] = {
        "asked": (True, [HELLO]),
        "answered": (False, [HELLO, ANSWER]),
        "calling": (True, [HELLO, message_line("assistant", call)]),
        "result": (True, [HELLO, message_line("tool", result)]),
        "prompted": (True, [message_line("user", "[Tool results]\n<tool_result>x</tool_result>")]),
        "cut": (False, [HELLO, message_line("assistant", cut)]),
        "given_up": (False, [HELLO, message_line("assistant", given_up)]),
        "empty": (False, []),
        "blank": (False, [b"\n", b" \n"]),
        "all_bad": (None, [b"x\n"]),
        "bad_end": (True, [HELLO, b"x\n"]),
    }
    for key, (_, lines) in cases.items():
        jsonl_file(folder, key, *lines)
    assert {s.ref.key: s.turn_open for s in store.scan()} == {k: v for k, (v, _) in cases.items()}


def test_times_are_the_files_and_those_that_channels_write(
    store: ZeroclawJsonl, folder: Path
) -> None:
    path = jsonl_file(
        folder, "telegram_1", message_line("user", "[2026-05-02 09:15:00 CEST] hi"), ANSWER
    )
    os.utime(path, ns=(0, 1_777_700_000_123_456_789))
    session = store.get("telegram_1")
    assert session is not None
    assert session.created_at == datetime(2026, 5, 2, 7, 15, tzinfo=UTC)
    assert session.last_activity == datetime(2026, 5, 2, 5, 33, 20, 123456, UTC)
    assert session.title == "hi"
    assert next(store.messages("telegram_1")).created_at == session.created_at


@pytest.mark.parametrize("bounds", [(300, 310), (-3, None), (0, -598), (599, 900), (700, None)])
def test_a_part_of_a_long_transcript_is_a_slice_of_it(
    bounds: tuple[int, int | None], store: ZeroclawJsonl, folder: Path
) -> None:
    lines = [message_line("user", str(n)) if n % 7 else b"damaged\n" for n in range(600)]
    jsonl_file(folder, "k", *(piece for line in lines for piece in (line, b"\n")))
    whole = list(store.messages("k"))
    assert len(whole) == 600
    for _ in range(2):
        assert list(store.messages("k", *bounds)) == whole[slice(*bounds)]


def test_the_folder_tells_what_changed(store: ZeroclawJsonl, folder: Path) -> None:
    path = jsonl_file(folder, "k", HELLO)
    before = store.stamp()
    concerned = store.changed_keys([path, folder / "notes.md", folder / "archive" / "x.jsonl"])
    assert concerned == frozenset({"k"})
    assert store.changed_keys([folder]) is None
    with path.open("ab") as file:
        file.write(ANSWER)
    assert store.stamp() != before


def test_behaviour_21_one_session_equals_its_entry_in_the_list(
    store: ZeroclawJsonl, folder: Path
) -> None:
    for key in ("a", "b.c", ""):
        jsonl_file(folder, key, HELLO, b"bad\n")
    for session in store.scan():
        assert store.get(session.ref.key) == session
    assert store.info().session_count == 3


def test_a_folder_that_zeroclaw_has_imported_still_shows_what_was_left(
    store: ZeroclawJsonl, folder: Path
) -> None:
    jsonl_file(folder, "left", HELLO)
    database = chat_database(folder / "sessions.db")
    add_chat(database, "moved", "hi")
    info = store.info()
    assert info.problem is None
    assert Capability.PUT in info.capabilities.why_not
    assert Capability.APPEND in info.capabilities
    run(database, "INSERT INTO jsonl_import_receipts VALUES ('moved.jsonl', 'moved', 'x', 1, 't')")
    info = store.info()
    assert "sessions.db" in str(info.problem)
    assert Capability.APPEND in info.capabilities.why_not
    assert texts(store, "left") == ["hello"]


def test_a_folder_is_judged_by_its_content(folder: Path, tmp_path: Path) -> None:
    assert ZeroclawJsonl.find_in(folder) == ()
    jsonl_file(folder, "empty")
    assert ZeroclawJsonl.find_in(folder) == (folder,)
    jsonl_file(folder, "bad", b"no json\n", b'{"role":"user"}\n')
    assert ZeroclawJsonl.find_in(folder) == ()
    jsonl_file(folder, "good", b"no json\n", HELLO)
    assert ZeroclawJsonl.find_in(folder) == (folder,)
    assert ZeroclawJsonl.find_in(folder.parent) == (folder,)
    assert ZeroclawJsonl.find_in(folder / "good.jsonl") == ()
    other = tmp_path / "projects"
    jsonl_file(other, "foreign", b'{"type":"user","role":"user","content":"x"}\n')
    assert ZeroclawJsonl.find_in(other) == ()
    around = Surroundings(home=tmp_path)
    assert list(ZeroclawJsonl.discover(around)) == []


def test_a_folder_that_is_not_there_is_described(tmp_path: Path) -> None:
    store = ZeroclawJsonl.open(tmp_path / "nowhere")
    assert not store.info().available
    assert store.stamp() == "-"
    with pytest.raises(StoreMissing):
        list(store.fingerprints())
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreUnreadable):
        list(ZeroclawJsonl.open(tmp_path / "file").fingerprints())
