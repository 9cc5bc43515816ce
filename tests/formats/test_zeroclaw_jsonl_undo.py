"""Undo of changes of zeroclaw's JSONL sessions: the same bytes, and what came since."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessiontui.backends.zeroclaw_jsonl import ZeroclawJsonl
from sessiontui.domain.backend import ClearOnly, ClearScope, SnapshotScope
from sessiontui.domain.errors import (
    SessionMissing,
    UndoRefused,
)
from sessiontui.domain.message import Role
from sessiontui.storage import atomic_file
from tests.building import text_message
from tests.formats.zeroclaw_stores import Owner, chat_database, jsonl_file, message_line, run

HELLO, ANSWER, BAD = message_line("user", "hello"), message_line("assistant", "hi"), b"bad\n"
RESULT = message_line("tool", '{"content":"wisteria","tool_call_id":"c"}')
PICTURE = message_line("user", "see [IMAGE:/tmp/a.png]")
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


CHANGES: dict[str, Callable[[ZeroclawJsonl], object]] = {
    "delete": lambda store: store.delete("k"),
    "clear": lambda store: store.clear("k"),
    "clear before": lambda store: store.clear("k", ClearScope(before=3)),
    "clear tools": lambda store: store.clear("k", ClearScope(only=ClearOnly.TOOL_OUTPUT)),
    "clear media": lambda store: store.clear("k", ClearScope(only=ClearOnly.MEDIA)),
    "compact": lambda store: store.compact("k"),
    "nothing": lambda store: None,
}


@pytest.mark.parametrize("end", [b"", ANSWER.removesuffix(b"\n"), b'{"half'], ids=repr)
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_an_undo_gives_every_byte_and_the_time_back(
    change: Callable[[ZeroclawJsonl], object], end: bytes, store: ZeroclawJsonl, folder: Path
) -> None:
    path = old_file(folder, "k", PICTURE, BAD, RESULT, b"\n", BAD, ANSWER, HELLO, end)
    path.chmod(0o640)
    before = path.read_bytes()
    snapshot = store.snapshot("k", EVERYTHING)
    assert snapshot.payload == store.snapshot("k", EVERYTHING).payload
    change(store)
    for _ in range(2):
        store.restore(snapshot)
        assert path.read_bytes() == before
        assert path.stat().st_mtime_ns == LONG_AGO
        assert path.stat().st_mode & 0o777 == 0o640
    assert [file.name for file in folder.iterdir()] == ["k.jsonl"]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_lines_written_since_stay_behind_the_old_ones(
    change: Callable[[ZeroclawJsonl], object], store: ZeroclawJsonl, folder: Path
) -> None:
    path = old_file(folder, "k", PICTURE, BAD, RESULT, ANSWER, HELLO)
    before = path.read_bytes()
    snapshot = store.snapshot("k", EVERYTHING)
    change(store)
    with path.open("ab") as file:
        file.write(ANSWER + message_line("user", "since"))
    for _ in range(2):
        store.restore(snapshot)
        assert path.read_bytes() == before + ANSWER + message_line("user", "since")
        assert path.stat().st_mtime_ns > LONG_AGO


def test_a_snapshot_of_metadata_holds_no_text_and_restores_nothing(
    store: ZeroclawJsonl, folder: Path
) -> None:
    path = jsonl_file(folder, "k", HELLO)
    snapshot = store.snapshot("k", SnapshotScope.METADATA)
    assert b"hello" not in snapshot.payload
    path.write_bytes(ANSWER)
    store.restore(snapshot)
    assert path.read_bytes() == ANSWER
    with pytest.raises(SessionMissing):
        store.snapshot("nobody", EVERYTHING)
    with pytest.raises(UndoRefused):
        store.restore(snapshot.replace(scope=EVERYTHING, payload=b"?"))


def test_undo_puts_a_file_beside_a_database_only_if_that_knows_nothing_of_it(
    store: ZeroclawJsonl, folder: Path
) -> None:
    path = jsonl_file(folder, "k", HELLO)
    snapshot = store.snapshot("k", EVERYTHING)
    database = chat_database(folder / "sessions.db")
    owner = Owner(database)
    store.delete("k")

    def refused() -> bool:
        with pytest.raises(UndoRefused):
            store.restore(snapshot)
        return not path.exists()

    for ending in (".migrated", ".importing"):
        beside = folder / f"k.jsonl{ending}"
        beside.write_bytes(HELLO)
        assert refused()
        beside.unlink()
    owner.insert("k", "user", "imported")
    assert refused()
    run(database, "DELETE FROM sessions")
    run(database, "INSERT INTO jsonl_import_receipts VALUES ('k.jsonl', 'k', 'x', 1, 't')")
    assert refused()
    run(database, "UPDATE jsonl_import_receipts SET source_name = 'o.jsonl', session_key = 'o'")
    store.restore(snapshot)
    assert path.read_bytes() == HELLO


LINES = st.lists(st.sampled_from([HELLO, ANSWER, RESULT, PICTURE, BAD, b"\n"]), max_size=8)
ENDS = st.sampled_from([b"", b'{"half', ANSWER.removesuffix(b"\n")])
ANY_CHANGE = st.one_of(
    st.sampled_from(list(CHANGES.values())),
    st.integers(0, 8).map(lambda n: lambda store: store.clear("k", ClearScope(before=n))),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(lines=LINES, end=ENDS, change=ANY_CHANGE, since=st.integers(0, 2))
def test_an_undo_after_any_change_is_the_old_file_and_what_came_since(
    lines: list[bytes],
    end: bytes,
    change: Callable[[ZeroclawJsonl], object],
    since: int,
    store: ZeroclawJsonl,
    folder: Path,
) -> None:
    path = old_file(folder, "k", *lines, end)
    before = path.read_bytes()
    snapshot = store.snapshot("k", EVERYTHING)
    change(store)
    for number in range(since):
        if path.exists() and path.read_bytes().endswith(b'{"half'):
            return  # zeroclaw ends such a line first, in its own way
        store.append("k", text_message(Role.USER, f"since {number}"))
    store.restore(snapshot)
    after = path.read_bytes()
    newer = b"".join(message_line("user", f"since {number}") for number in range(since))
    assert after.startswith(before)
    assert after.removeprefix(before).lstrip(b"\n") == newer
    path.unlink()
