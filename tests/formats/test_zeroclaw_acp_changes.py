"""zeroclaw's ACP database: changes, and their undo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sessiontui.backends.zeroclaw_acp import ZeroclawAcp
from sessiontui.domain.backend import ClearOnly, ClearScope, SnapshotScope
from sessiontui.domain.errors import ChangedUnderneath, SessionMissing, UndoRefused, Unsupported
from sessiontui.domain.message import (
    Message,
    Role,
    ThinkingBlock,
    ToolCallBlock,
    ToolResultBlock,
)
from sessiontui.domain.session import Session, SessionPatch, SessionRef, SessionState
from tests.building import text_message
from tests.formats.zeroclaw_stores import (
    acp_database,
    add_acp,
    add_turn,
    at,
    run,
)

TABLES = ("acp_sessions", "acp_messages", "acp_tool_calls", "acp_session_events")
EVERYTHING = SnapshotScope.EVERYTHING


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database of the newest layout with two sessions of two turns each, interleaved."""
    database = acp_database(tmp_path / "sessions" / "acp-sessions.db")
    first, second = add_acp(database, "first"), add_acp(database, "second", "maker")
    for minute, word in ((5, "kettle"), (7, "harbour")):
        add_turn(database, first, minute, word)
        add_turn(database, second, minute + 1, word)
    return database


@pytest.fixture
def store(path: Path) -> Iterator[ZeroclawAcp]:
    """The open store of `path`."""
    backend = ZeroclawAcp.open(path)
    yield backend
    backend.close()


def rows(path: Path) -> list[object]:
    return [run(path, f"SELECT * FROM {table} ORDER BY 1") for table in TABLES]


def test_behaviour_24_and_trap_10_a_delete_takes_all_children_and_nothing_else(
    store: ZeroclawAcp, path: Path
) -> None:
    run(path, "INSERT INTO acp_session_events VALUES (1, 1, 'a', 'b', NULL, 't')")
    run(path, "CREATE TABLE later (session_id INTEGER REFERENCES acp_sessions ON DELETE CASCADE)")
    run(path, "INSERT INTO later VALUES (1), (2)")
    before = rows(path)
    snapshot = store.snapshot("first", EVERYTHING)
    assert store.delete("first")
    assert not store.delete("first")
    assert not store.delete("nobody")
    assert [len(run(path, f"SELECT * FROM {table}")) for table in TABLES] == [1, 6, 4, 0]
    assert run(path, "SELECT * FROM later") == [(2,)]
    for _ in range(2):
        store.restore(snapshot)
        assert rows(path) == before
        assert sorted(run(path, "SELECT * FROM later")) == [(1,), (2,)]


CHANGES: dict[str, tuple[int, int, Callable[[ZeroclawAcp], int]]] = {
    "all": (8, 0, lambda store: store.clear("first")),
    "before": (3, 2, lambda store: store.clear("first", ClearScope(before=3))),
    "inside": (1, 2, lambda store: store.clear("first", ClearScope(before=2))),
    "tools": (2, 0, lambda store: store.clear("first", ClearScope(only=ClearOnly.TOOL_OUTPUT))),
    "some tools": (
        1,
        0,
        lambda store: store.clear("first", ClearScope(only=ClearOnly.TOOL_OUTPUT, before=3)),
    ),
    "media": (2, 0, lambda store: store.clear("first", ClearScope(only=ClearOnly.MEDIA))),
}


@pytest.mark.parametrize(("count", "again", "change"), CHANGES.values(), ids=CHANGES)
def test_a_clear_is_undone_row_by_row(
    count: int, again: int, change: Callable[[ZeroclawAcp], int], store: ZeroclawAcp, path: Path
) -> None:
    run(path, "UPDATE acp_messages SET content = 'see [IMAGE:/a.png]' WHERE id = 1")
    run(path, "UPDATE acp_tool_calls SET payload = '[FILE:/b]' WHERE id = 2")
    before, fingerprints = rows(path), dict(store.fingerprints())
    snapshot = store.snapshot("first", EVERYTHING)
    assert change(store) == count
    assert change(store) == again
    assert dict(store.fingerprints())["first"] != fingerprints["first"]
    for _ in range(2):
        store.restore(snapshot)
        assert rows(path) == before
        assert dict(store.fingerprints()) == fingerprints


def test_turns_stored_after_a_clear_stay_behind_the_old_ones(
    store: ZeroclawAcp, path: Path
) -> None:
    snapshot = store.snapshot("first", EVERYTHING)
    store.clear("first")
    add_turn(path, 1, 100, "fjord")
    for _ in range(2):
        store.restore(snapshot)
        titles = [b.text for m in store.messages("first") for b in m.blocks if b.kind == "text"]
        assert titles[-2:] == ["fix fjord", "fjord is done"]
        assert len(titles) == 6
        session = store.get("first")
        assert session is not None
        assert session.last_activity == datetime(2026, 8, 1, 11, 40, 0, 123456, UTC)


def test_a_session_whose_rows_were_taken_is_not_restored(store: ZeroclawAcp, path: Path) -> None:
    snapshot = store.snapshot("first", EVERYTHING)
    renaming = store.snapshot("first", SnapshotScope.METADATA)
    store.delete("first")
    with pytest.raises(UndoRefused):
        store.restore(renaming)
    run(
        path,
        "INSERT INTO acp_messages (id, session_id, role, content, created_at) "
        "VALUES (1, 2, 'user', 'mine', 't')",
    )
    before = rows(path)
    with pytest.raises(UndoRefused):
        store.restore(snapshot)
    assert rows(path) == before
    add_acp(path, "first")
    with pytest.raises(UndoRefused):
        store.restore(snapshot)


def test_a_session_is_handed_to_another_agent_and_back(store: ZeroclawAcp) -> None:
    snapshot = store.snapshot("first", SnapshotScope.METADATA)
    store.patch("first", SessionPatch(agent="maker"))
    assert [s.agent for s in store.scan()] == ["maker", "maker"]
    store.restore(snapshot)
    assert [s.agent for s in store.scan(["first"])] == ["scout"]
    for changes in (
        *(SessionPatch(title="x"), SessionPatch(state=SessionState.IDLE)),
        *(SessionPatch(channel="x"), SessionPatch(agent="")),
    ):
        with pytest.raises(Unsupported):
            store.patch("first", changes)
    with pytest.raises(SessionMissing):
        store.patch("nobody", SessionPatch(agent="x"))


def test_messages_are_added_replaced_and_removed_as_entries(store: ZeroclawAcp) -> None:
    spoken = [
        text_message(Role.USER, "one more"),
        Message(
            index=0,
            role=Role.ASSISTANT,
            blocks=(
                ThinkingBlock(text="hm"),
                ToolCallBlock(call_id="c", name="shell", arguments={"a": 1}),
            ),
        ),
        Message(
            index=0,
            role=Role.TOOL,
            blocks=(ToolResultBlock(call_id="c", text="out", is_error=True),),
        ),
    ]
    for message in spoken:
        store.append("first", message)
    stored = list(store.messages("first", 8))
    assert [m.blocks for m in stored] == [m.blocks for m in spoken]
    assert store.update_last("first", text_message(Role.ASSISTANT, "no"))
    assert [m.blocks[0].kind for m in store.messages("first", 9)] == ["thinking", "text"]
    # What a tool gave back is an entry of its own, and the last one of its message.
    for left in (10, 9, 8, 7, 6):
        assert store.remove_last("first")
        assert len(list(store.messages("first"))) == left
    with pytest.raises(SessionMissing):
        store.append("nobody", spoken[0])
    assert not store.remove_last("nobody")
    assert not store.update_last("nobody", spoken[0])


def test_what_was_put_is_there_with_its_times_and_plan(store: ZeroclawAcp) -> None:
    begun = datetime(2026, 3, 1, 8, tzinfo=UTC)
    session = Session(
        ref=SessionRef("", "put"),
        format="",
        created_at=begun,
        last_activity=begun.replace(hour=9),
        agent="scout",
        workspace=Path("/home/kim"),
        tokens=7,
        extra={"plan": [{"content": "fix", "status": "pending"}], "killed_at": at(1)},
    )
    for _ in range(2):
        store.put(session, [text_message(Role.USER, "hi", begun)])
    found = store.get("put")
    assert found is not None
    for field in ("created_at", "last_activity", "agent", "workspace", "tokens", "extra"):
        assert getattr(found, field) == getattr(session, field)
    assert found.message_count == 1


def test_a_session_that_changed_since_it_was_seen_is_left_alone(
    store: ZeroclawAcp, path: Path
) -> None:
    seen = dict(store.fingerprints())["first"]
    add_turn(path, 1, 30, "fjord")
    before = rows(path)
    for change in (store.clear, store.delete):
        with pytest.raises(ChangedUnderneath):
            change("first", expect=seen)
    assert rows(path) == before
