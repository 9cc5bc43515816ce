"""Changing zeroclaw's JSONL sessions."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sessiontui.backends.zeroclaw_jsonl import ZeroclawJsonl
from sessiontui.domain.backend import ClearOnly, ClearScope, SnapshotScope
from sessiontui.domain.errors import (
    BadKey,
    ChangedUnderneath,
    SessionBusy,
    SessionMissing,
    StoreReadOnly,
    StoreUnreadable,
    Unsupported,
)
from sessiontui.domain.message import Message, Role
from sessiontui.domain.session import Session, SessionPatch, SessionRef
from sessiontui.storage import atomic_file
from tests.building import text_message
from tests.formats.zeroclaw_stores import chat_database, jsonl_file, message_line, run

HELLO, ANSWER, BAD = message_line("user", "hello"), message_line("assistant", "hi"), b"bad\n"
RESULT = message_line("tool", '{"content":"wisteria","tool_call_id":"c"}')
PICTURE = message_line("user", "see [IMAGE:/tmp/a.png]")
MORE = text_message(Role.USER, "more")
LONG_AGO = 1_700_000_000_000_000_000
EVERYTHING = SnapshotScope.EVERYTHING


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder of sessions."""
    path = tmp_path / "data" / "sessions"
    path.mkdir(parents=True)
    return path


@pytest.fixture
def store(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ZeroclawJsonl]:
    """The open store of `folder`; nobody writes late, so nobody is waited for."""
    monkeypatch.setattr(atomic_file, "_LATE_SECONDS", (0.0,))
    backend = ZeroclawJsonl.open(folder)
    yield backend
    backend.close()


def old_file(folder: Path, key: str, *lines: bytes) -> Path:
    """A session that nobody has touched for long."""
    path = jsonl_file(folder, key, *lines)
    os.utime(path, ns=(LONG_AGO, LONG_AGO))
    return path


def test_behaviour_2_two_appends_are_two_lines(store: ZeroclawJsonl, folder: Path) -> None:
    store.append("telegram_1", text_message(Role.USER, "hello"))
    store.append("telegram_1", text_message(Role.ASSISTANT, "hi"))
    assert (folder / "telegram_1.jsonl").read_bytes() == HELLO + ANSWER
    assert [m.role for m in store.messages("telegram_1")] == [Role.USER, Role.ASSISTANT]


def test_an_append_ends_a_line_that_was_left_open(store: ZeroclawJsonl, folder: Path) -> None:
    path = jsonl_file(folder, "k", HELLO, ANSWER.removesuffix(b"\n"))
    store.append("k", text_message(Role.USER, "hello"))
    assert path.read_bytes() == HELLO + ANSWER + HELLO
    fresh = jsonl_file(folder, "fresh", HELLO, b'{"role":')
    with pytest.raises(SessionBusy):
        store.append("fresh", MORE)
    assert fresh.read_bytes() == HELLO + b'{"role":'


def test_behaviour_4_a_compact_leaves_exactly_the_readable_lines(
    store: ZeroclawJsonl, folder: Path
) -> None:
    path = jsonl_file(folder, "k", HELLO, BAD, b"\n", b"\xff\n", ANSWER)
    assert store.compact("k") == 2
    assert path.read_bytes() == HELLO + ANSWER
    inode = path.stat().st_ino
    assert store.compact("k") == 0
    assert path.stat().st_ino == inode
    half = jsonl_file(folder, "half", HELLO, b'{"role":')
    with pytest.raises(SessionBusy):
        store.compact("half")
    os.utime(half, ns=(LONG_AGO, LONG_AGO))
    assert store.compact("half") == 1
    assert half.read_bytes() == HELLO
    with pytest.raises(SessionMissing):
        store.compact("nobody")


def test_behaviour_5_remove_last_takes_the_last_message_and_no_other_line(
    store: ZeroclawJsonl, folder: Path
) -> None:
    path = jsonl_file(folder, "k", HELLO, BAD, ANSWER, BAD)
    assert store.remove_last("k")
    assert path.read_bytes() == HELLO + BAD + BAD
    assert store.remove_last("k")
    assert not store.remove_last("k")
    assert path.read_bytes() == BAD + BAD
    assert not store.remove_last("nobody")


def test_behaviour_6_update_last_replaces_only_the_last_message(
    store: ZeroclawJsonl, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = jsonl_file(folder, "k", HELLO, ANSWER, BAD)
    assert store.update_last("k", text_message(Role.ASSISTANT, "hi again"))
    changed = HELLO + message_line("assistant", "hi again") + BAD
    assert path.read_bytes() == changed
    assert not store.update_last("nobody", MORE)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreUnreadable, match="no space left"):
        store.update_last("k", MORE)
    assert path.read_bytes() == changed
    assert [file.name for file in folder.iterdir()] == ["k.jsonl"]


def test_behaviour_7_an_append_during_an_update_is_not_lost(
    store: ZeroclawJsonl, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = jsonl_file(folder, "k", HELLO, ANSWER)
    real = atomic_file._written_beside

    def slow(*arguments: object, **options: object) -> Path:
        # zeroclaw appends after the file was read and before it is replaced; once.
        monkeypatch.setattr(atomic_file, "_written_beside", real)
        with path.open("ab") as file:
            file.write(message_line("user", "meanwhile"))
        return real(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(atomic_file, "_written_beside", slow)
    assert store.update_last("k", text_message(Role.USER, "changed"))
    assert path.read_bytes() == HELLO + ANSWER + message_line("user", "changed")


def test_behaviour_12_a_clear_leaves_an_empty_file(store: ZeroclawJsonl, folder: Path) -> None:
    path = jsonl_file(folder, "k", HELLO, BAD, ANSWER)
    assert store.clear("k") == 2
    assert path.read_bytes() == b""
    assert store.exists("k")
    assert store.clear("k") == 0
    assert store.clear("nobody") == 0
    store.append("k", text_message(Role.USER, "hello"))
    assert path.read_bytes() == HELLO
    bad = jsonl_file(folder, "bad", BAD)
    assert store.clear("bad") == 0
    assert bad.read_bytes() == BAD


def test_a_partial_clear_keeps_every_line_that_cannot_be_read(
    store: ZeroclawJsonl, folder: Path
) -> None:
    path = jsonl_file(folder, "k", HELLO, BAD, RESULT, ANSWER, b'{"half')
    assert store.clear("k", ClearScope(before=2)) == 1
    assert path.read_bytes() == BAD + RESULT + ANSWER + b'{"half'
    assert store.clear("k", ClearScope(only=ClearOnly.TOOL_OUTPUT)) == 1
    emptied = message_line("tool", '{"content":"","tool_call_id":"c"}')
    assert path.read_bytes() == BAD + emptied + ANSWER + b'{"half'
    extra = b'["user","[IMAGE:/a.png]"]\r\n{"role":"user","content":"[FILE:/b]","ts":1}\n'
    path = jsonl_file(folder, "media", extra)
    assert store.clear("media", ClearScope(only=ClearOnly.MEDIA)) == 2
    assert path.read_bytes() == (
        b'["user","[Image attachment omitted from history]"]\r\n'
        b'{"role":"user","content":"[media attachment]","ts":1}\n'
    )


def test_behaviour_13_a_delete_takes_the_file_once(store: ZeroclawJsonl, folder: Path) -> None:
    jsonl_file(folder, "k", HELLO)
    other = jsonl_file(folder, "other", ANSWER)
    assert store.delete("k")
    assert not store.delete("k")
    assert not store.delete("../other")
    assert [file.name for file in folder.iterdir()] == ["other.jsonl"]
    assert other.read_bytes() == ANSWER


def test_trap_19_of_a_link_only_the_link_is_deleted(
    store: ZeroclawJsonl, folder: Path, tmp_path: Path
) -> None:
    target = jsonl_file(tmp_path, "elsewhere", HELLO)
    for name, leads_to in (("link", target), ("dead", tmp_path / "nowhere")):
        link = folder / f"{name}.jsonl"
        link.symlink_to(leads_to)
        snapshot = store.snapshot(name, EVERYTHING)
        if name == "link":
            with pytest.raises(StoreReadOnly):
                store.clear(name)
        assert store.delete(name)
        assert not link.is_symlink()
        for _ in range(2):
            store.restore(snapshot)
            assert link.readlink() == leads_to
    assert target.read_bytes() == HELLO


def test_trap_17_a_folder_is_never_changed(store: ZeroclawJsonl, folder: Path) -> None:
    (folder / "d.jsonl").mkdir()
    changes: list[Callable[[], object]] = [
        lambda: store.delete("d"),
        lambda: store.clear("d"),
        lambda: store.append("d", MORE),
        lambda: store.remove_last("d"),
        lambda: store.snapshot("d", EVERYTHING),
    ]
    for change in changes:
        with pytest.raises(StoreUnreadable, match="a folder"):
            change()
    assert (folder / "d.jsonl").is_dir()


def test_what_was_put_has_its_time(store: ZeroclawJsonl, folder: Path) -> None:
    begun = datetime(2026, 3, 1, 8, tzinfo=UTC)
    moved = datetime(2026, 3, 1, 9, 0, 0, 500, tzinfo=UTC)
    session = Session(ref=SessionRef("", "telegram_put"), format="", last_activity=moved)
    spoken: list[Message] = [text_message(Role.USER, "hi", begun), MORE]
    for _ in range(2):
        store.put(session, spoken)
        found = store.get("telegram_put")
        assert found is not None
        assert (found.created_at, found.last_activity) == (begun, moved)
        assert (found.message_count, found.title) == (2, "hi")
    assert (folder / "telegram_put.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_new_key_must_be_one_that_zeroclaw_would_use(store: ZeroclawJsonl, folder: Path) -> None:
    for key in ("", "a.b", "a b", "../a", "a/b", "a\0b"):
        with pytest.raises(BadKey):
            store.append(key, MORE)
    jsonl_file(folder, "a.b", HELLO)
    store.append("a.b", MORE)
    assert [file.name for file in folder.iterdir()] == ["a.b.jsonl"]


def test_the_format_holds_no_names_and_says_so(store: ZeroclawJsonl, folder: Path) -> None:
    jsonl_file(folder, "k", HELLO)
    for changes in (SessionPatch(title="x"), SessionPatch(agent="x"), SessionPatch(channel="x")):
        with pytest.raises(Unsupported, match="zeroclaw keeps"):
            store.patch("k", changes)


def test_a_session_that_changed_since_it_was_seen_is_left_alone(
    store: ZeroclawJsonl, folder: Path
) -> None:
    path = jsonl_file(folder, "k", HELLO)
    seen = dict(store.fingerprints())["k"]
    with path.open("ab") as file:
        file.write(ANSWER)
    for change in (store.clear, store.compact, store.delete):
        with pytest.raises(ChangedUnderneath):
            change("k", expect=seen)
    assert path.read_bytes() == HELLO + ANSWER


def test_nothing_new_is_written_beside_a_database(store: ZeroclawJsonl, folder: Path) -> None:
    path = jsonl_file(folder, "k", HELLO)
    database = chat_database(folder / "sessions.db")
    put = Session(ref=SessionRef("", "new"), format="")
    with pytest.raises(StoreReadOnly):
        store.append("new", MORE)
    with pytest.raises(StoreReadOnly):
        store.put(put, [MORE])
    store.append("k", text_message(Role.ASSISTANT, "hi"))
    assert path.read_bytes() == HELLO + ANSWER
    run(database, "INSERT INTO jsonl_import_receipts VALUES ('o.jsonl', 'o', 'x', 1, 't')")
    with pytest.raises(StoreReadOnly):
        store.append("k", MORE)
    assert store.delete("k")
