"""zeroclaw's ACP database: every layout, and transcripts with tool calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sessiontui.backends.zeroclaw_acp import ZeroclawAcp
from sessiontui.backends.zeroclaw_sqlite import ZeroclawSqlite
from sessiontui.domain.backend import SnapshotScope
from sessiontui.domain.errors import Unsupported
from sessiontui.domain.indexed_text import texts_of
from sessiontui.domain.message import (
    OpaqueBlock,
    Role,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
    ToolResultBlock,
)
from sessiontui.domain.session import SessionState
from sessiontui.domain.store import Capability
from tests.formats.zeroclaw_stores import (
    ACP_VERSIONS,
    acp_database,
    add_acp,
    add_tool_event,
    add_turn,
    at,
    chat_database,
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


@pytest.mark.parametrize("version", [v for v in ACP_VERSIONS if v != "v0.8.0-beta-1"])
def test_every_layout_is_read(version: str, tmp_path: Path) -> None:
    database = acp_database(tmp_path / "acp-sessions.db", version)
    add_turn(database, add_acp(database, "k"), 5, "kettle")
    if version != "v0.8.0-beta-2":
        run(database, "UPDATE acp_sessions SET killed_at = 't'")
    if version == "v0.8.3":
        run(database, "UPDATE acp_sessions SET plan_json = ?", '[{"content":"fix"}]')
    store = ZeroclawAcp.open(database)
    session = store.get("k")
    assert session is not None
    assert (session.message_count, session.agent, session.tokens) == (3, "scout", 1200)
    assert session.workspace == Path("/home/kim/app")
    assert session.title == "fix kettle"
    assert (session.state, session.turn_open) == (SessionState.UNKNOWN, False)
    assert session.extra.get("killed_at") == (None if version == "v0.8.0-beta-2" else "t")
    assert session.extra.get("plan") == ([{"content": "fix"}] if version == "v0.8.3" else None)
    assert store.info().format_version
    assert store.info().problem is None
    store.delete("k")
    assert rows(database) == [[], [], [], []]
    store.close()


def test_a_turn_reads_as_question_call_result_and_answer(store: ZeroclawAcp) -> None:
    question, asked, answered, answer = list(store.messages("first"))[:4]
    assert (question.role, question.human) == (Role.USER, True)
    assert asked.blocks == (
        ThinkingBlock(text="look at kettle first"),
        ToolCallBlock(call_id="tc-kettle", name="shell", arguments={"command": "pytest kettle"}),
    )
    assert (answered.role, answered.human) == (Role.TOOL, False)
    assert answered.blocks == (ToolResultBlock(call_id="tc-kettle", text="3 passed in kettle"),)
    assert answer.blocks == (TextBlock(text="kettle is done"),)
    assert [m.index for m in store.messages("first")] == list(range(8))
    assert question.created_at == datetime(2026, 8, 1, 10, 5, 0, 123456, UTC)
    assert list(store.messages("nobody")) == []
    assert list(store.messages("\ud800")) == []


@pytest.mark.parametrize("bounds", [(0, 3), (2, 5), (3, None), (-3, None), (-3, -1), (9, None)])
def test_a_part_of_a_transcript_is_a_slice_of_it(
    bounds: tuple[int, int | None], store: ZeroclawAcp
) -> None:
    whole = list(store.messages("first"))
    assert list(store.messages("first", *bounds)) == whole[slice(*bounds)]


def test_behaviour_24_killed_sessions_keep_their_transcript_and_are_shown(
    store: ZeroclawAcp, path: Path
) -> None:
    run(path, "UPDATE acp_sessions SET killed_at = 'then' WHERE session_uuid = 'first'")
    assert [s.ref.key for s in store.sessions()] == ["second", "first"]
    killed = store.get("first")
    assert killed is not None
    assert killed.extra["killed_at"] == "then"
    assert len(list(store.messages("first"))) == 8


def test_an_event_that_zeroclaw_cannot_load_is_shown_as_unknown(
    store: ZeroclawAcp, path: Path
) -> None:
    add_tool_event(path, 2, "tc-kettle", "progress", "half")
    session = store.get("first")
    assert session is not None
    assert session.problem == "zeroclaw cannot load it: it has a tool event 'progress'"
    results = list(store.messages("first"))[2]
    (unknown,) = (block for block in results.blocks if isinstance(block, OpaqueBlock))
    assert unknown.type_name == "tool event progress"
    assert isinstance(unknown.data, dict)
    assert unknown.data["payload"] == "half"


def test_plans_times_and_texts_that_cannot_be_read_are_reported(
    store: ZeroclawAcp, path: Path
) -> None:
    run(path, "UPDATE acp_sessions SET plan_json = 'no json', last_activity = 'soon' WHERE id = 1")
    run(path, "UPDATE acp_messages SET content = CAST(x'ff' AS TEXT) WHERE id = 1")
    run(path, "UPDATE acp_tool_calls SET payload = x'00' WHERE message_id = 2")
    session = store.get("first")
    assert session is not None
    assert session.problem == "its plan cannot be read; its last_activity is no time: 'soon'"
    assert (session.extra["plan"], session.extra["plan_json"]) == ([], "no json")
    kinds = [[block.kind for block in m.blocks] for m in store.messages("first", 0, 3)]
    assert kinds == [["damaged"], ["thinking", "damaged"], ["damaged"]]
    assert session.message_count == 6


def test_messages_left_by_a_delete_without_foreign_keys_are_reported(
    store: ZeroclawAcp, path: Path
) -> None:
    run(path, "DELETE FROM acp_sessions WHERE session_uuid = 'first'")
    assert store.info().problem == "6 messages in it belong to no session"


def test_the_index_reads_only_new_turns(store: ZeroclawAcp, path: Path) -> None:
    first = store.text_since("first", None)
    assert first.restart
    assert first.items == list(texts_of(store.messages("first")))
    assert store.text_since("first", first.cursor).items == []
    add_turn(path, 1, 20, "fjord")
    second = store.text_since("first", first.cursor)
    assert not second.restart
    assert [*first.items, *second.items] == list(texts_of(store.messages("first")))
    add_tool_event(path, run(path, "SELECT max(id) FROM acp_messages")[0][0], "x", "out", "late")
    third = store.text_since("first", second.cursor)
    assert third.restart
    assert third.items == list(texts_of(store.messages("first")))
    assert store.text_since("first", "nonsense").restart
    assert store.text_since("nobody", None).items == []


BETA = [
    {"type": "Chat", "data": {"role": "user", "content": "one"}},
    {
        "type": "AssistantToolCalls",
        "data": {
            "text": None,
            "tool_calls": [{"id": "c1", "name": "shell", "arguments": '{"command":"ls"}'}],
            "reasoning_content": "hm",
        },
    },
    {"type": "ToolResults", "data": [{"tool_call_id": "c1", "content": "a b", "tool_name": "x"}]},
    {"type": "Later", "data": 1},
]


def test_the_first_beta_is_read_and_can_be_deleted_only(tmp_path: Path) -> None:
    database = acp_database(tmp_path / "acp-sessions.db", "v0.8.0-beta-1")
    for key in ("old", "empty"):
        run(database, "INSERT INTO acp_sessions VALUES (?, '/home/kim', ?, ?)", key, at(0), at(1))
    for text in (*map(json.dumps, BETA), "no json"):
        run(
            database,
            "INSERT INTO acp_messages (session_id, message_json, created_at) VALUES (?, ?, ?)",
            *("old", text, at(1)),
        )
    store = ZeroclawAcp.open(database)
    info = store.info()
    assert info.available
    assert "v0.8.0-beta-1" in str(info.format_version)
    assert {Capability.DELETE, Capability.PRUNE} <= info.capabilities.supported
    assert Capability.APPEND in info.capabilities.why_not
    question, asked, answered, later, broken = store.messages("old")
    assert question.human
    assert [b.kind for b in asked.blocks] == ["thinking", "tool_call"]
    assert answered.blocks == (ToolResultBlock(call_id="c1", text="a b"),)
    assert later.blocks[0].kind == "opaque"
    assert broken.is_damaged
    session = store.get("old")
    assert session is not None
    assert (session.message_count, session.title) == (5, "one")
    assert store.text_since("old", None).items == list(texts_of(store.messages("old")))
    for change in (store.clear, store.remove_last):
        with pytest.raises(Unsupported):
            change("old")
    before = [run(database, f"SELECT * FROM {table}") for table in TABLES[:2]]
    snapshot = store.snapshot("old", EVERYTHING)
    assert store.delete("old")
    assert run(database, "SELECT count(*) FROM acp_messages") == [(0,)]
    store.restore(snapshot)
    after = [run(database, f"SELECT * FROM {table}") for table in TABLES[:2]]
    assert list(map(sorted, after)) == list(map(sorted, before))
    store.close()


def test_the_two_databases_are_not_taken_for_each_other(path: Path) -> None:
    chat = chat_database(path.with_name("sessions.db"))
    assert ZeroclawAcp.find_in(path.parent) == (path,)
    assert ZeroclawSqlite.find_in(path.parent) == (chat,)
    assert (ZeroclawAcp.find_in(chat), ZeroclawSqlite.find_in(path)) == ((), ())
