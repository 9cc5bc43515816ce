"""Sub-agents of Claude Code: sessions of their own, below the one that spawned them."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sessiontui.backends.claude_code import ClaudeCode
from sessiontui.backends.claude_code.agents import AgentKey
from sessiontui.domain.indexed_text import texts_of
from sessiontui.domain.message import Role
from sessiontui.domain.session import Session, SessionRef, TitleSource
from tests.building import text_message
from tests.formats.claude_code_agents import (
    COUNTED,
    HELPER,
    NOTE,
    PLACE,
    SPAWNING,
    aside,
    got,
    spawned,
)
from tests.formats.claude_code_lines import answer, encoded, prompt
from tests.formats.claude_code_stores import (
    FIRST,
    SECOND,
    SHOP,
    ClaudeFolder,
)


def below(store: ClaudeCode, key: str) -> str | None:
    """The key of a session's parent."""
    parent = got(store, key).parent
    assert parent is None or parent.store == store.store_id
    return parent and parent.key


# -- what a sub-agent is -----------------------------------------------------------------------


def test_a_sub_agent_is_a_session_below_the_one_that_spawned_it(claude: ClaudeFolder) -> None:
    claude.write(records=SPAWNING)
    path = spawned(claude, note=NOTE)
    store = claude.open()
    assert set(store.keys()) == {FIRST, HELPER}
    assert store.info().session_count == 2
    session = got(store)
    assert session == Session(
        ref=SessionRef(store.store_id, HELPER),
        format="claude-code",
        title="Count the files",
        title_source=TitleSource.STORE,
        created_at=datetime(2026, 5, 1, 10, 0, 1, tzinfo=UTC),
        last_activity=datetime(2026, 5, 1, 10, 0, 4, tzinfo=UTC),
        message_count=3,
        turn_open=False,
        agent="claude-code",
        model="claude-x",
        workspace=Path("/home/kim/shop"),
        branch="main",
        native_id=None,
        parent=SessionRef(store.store_id, FIRST),
        turns=0,
        size_bytes=path.stat().st_size,
        fingerprint=dict(store.fingerprints())[HELPER],
        extra={
            "version": "2.1.0",
            "agent_id": "a1",
            "agent_type": "Explore",
            "tool_use_id": "t1",
        },
    )
    assert got(store, FIRST).extra["sub_agents"] == 1
    assert got(store, FIRST).parent is None


def test_nobody_typed_what_a_sub_agent_is_asked_and_nobody_resumes_it(claude: ClaudeFolder) -> None:
    claude.write()
    spawned(claude)
    store = claude.open()
    messages = list(store.messages(HELPER))
    assert [(m.role, m.human) for m in messages] == [
        (Role.USER, False), (Role.ASSISTANT, False), (Role.TOOL, False), (Role.ASSISTANT, False),
    ]  # fmt: skip
    assert {m.author for m in messages} == {"a1"}
    batch = store.text_since(HELPER, None)
    assert batch.items == list(texts_of(messages))
    assert batch.session == got(store)
    assert store.resume_command(HELPER) is None
    assert store.resume_command(FIRST) is not None


def test_its_title_is_its_task_or_else_its_prompt_or_else_its_kind(claude: ClaudeFolder) -> None:
    claude.write()
    spawned(claude, "subagents/agent-a2.jsonl", note={"agentType": "Explore"})
    silent = (aside(answer(1, None, "hello")),)
    spawned(claude, "subagents/agent-a3.jsonl", records=silent, note={"agentType": "Explore"})
    spawned(claude, "subagents/agent-a4.jsonl", records=silent)
    store = claude.open()
    titles = {s.ref.key[:8]: (s.title, s.title_source) for s in store.scan()}
    assert titles["agent-a2"] == ("count the files in lib", TitleSource.DERIVED)
    assert titles["agent-a3"] == ("Explore", TitleSource.DERIVED)
    assert titles["agent-a4"] == (None, TitleSource.DERIVED)


def test_its_turn_is_open_from_its_prompt_to_its_last_answer(claude: ClaudeFolder) -> None:
    claude.write()
    interrupted = aside(prompt(5, 4, "[Request interrupted by user]"))
    for records, is_open in (
        (COUNTED[:1], True),
        (COUNTED[:2], True),
        (COUNTED[:3], True),
        (COUNTED, False),
        ((*COUNTED, aside(prompt(5, 4, "and in spec"))), True),
        ((*COUNTED[:3], interrupted), False),
    ):
        spawned(claude, records=records)
        assert got(claude.open()).turn_open is is_open
        (seen,) = claude.open().scan((HELPER,))
        assert seen.turn_open is is_open


def test_a_sub_agent_that_knows_the_whole_conversation_begins_with_a_note_of_that(
    claude: ClaudeFolder,
) -> None:
    claude.write()
    reference = {"type": "fork-context-ref", "agentId": "a1", "parentSessionId": FIRST}
    spawned(claude, records=(reference, *COUNTED))
    session = got(claude.open())
    assert (session.title, session.turn_open) == ("count the files in lib", False)
    assert session.message_count == 3
    assert len(list(claude.open().messages(HELPER))) == 4


# -- where they are ----------------------------------------------------------------------------


def test_sub_agents_are_found_in_all_places_and_nothing_else_is_one(claude: ClaudeFolder) -> None:
    claude.write()
    for place in (
        PLACE,
        "subagents/workflows/wf_7/agent-b.jsonl",
        "subagents/workflows/wf_7/journal.jsonl",
        "subagents/workflows/other/agent-c.jsonl",
        "subagents/agent-acompact-1.jsonl",
        "subagents/agent-aprompt_suggestion-2.jsonl",
        "subagents/agent-.jsonl",
        "subagents/agent-a b.jsonl",
        "subagents/deeper/agent-d.jsonl",
        "agent-e.jsonl",
        "tool-results/agent-f.jsonl",
    ):
        spawned(claude, place)
    (claude.projects / SHOP / FIRST / "subagents" / "agent-g.jsonl").mkdir()
    claude.write("agent-old", COUNTED)
    store = claude.open()
    workflow = f"agent-b.wf_7.{FIRST}"
    assert set(store.keys()) == {FIRST, HELPER, workflow, "agent-old"}
    assert {s.ref.key for s in claude.open().scan()} == {FIRST, HELPER, workflow, "agent-old"}
    for key in (HELPER, workflow, "agent-old"):
        assert got(claude.open(), key).parent == SessionRef(store.store_id, FIRST)
    assert got(store, workflow).extra["workflow"] == "wf_7"
    assert got(store, FIRST).extra["sub_agents"] == 2


@pytest.mark.parametrize("key", [HELPER, f"agent-b.wf_7.{FIRST}", "agent-old"])
def test_a_key_follows_from_the_place_and_the_place_from_the_key(key: str) -> None:
    agent = AgentKey.of(key)
    assert agent is not None
    assert str(agent) == key
    assert AgentKey.of_file(tuple(agent.place.split("/"))) == agent
    assert not key.startswith(FIRST[:1])


@pytest.mark.parametrize(
    "key", [FIRST, "agent-", "agent-a/b", "agent-a.wf_7", f"agent-../x.{FIRST}", f"x.{FIRST}", ""]
)
def test_no_other_text_is_the_key_of_a_sub_agent(claude: ClaudeFolder, key: str) -> None:
    assert AgentKey.of(key) is None
    assert claude.open().get(key) is None


def test_sub_agents_stay_when_their_session_is_gone(claude: ClaudeFolder) -> None:
    spawned(claude)
    store = claude.open()
    assert [s.ref.key for s in store.scan()] == [HELPER]
    assert below(store, HELPER) == FIRST


def test_of_a_sub_agent_in_two_folders_the_newer_file_counts(claude: ClaudeFolder) -> None:
    claude.write()
    spawned(claude, at=1_770_000_000)
    other = claude.projects / "-tmp" / FIRST / "subagents" / "agent-a1.jsonl"
    other.parent.mkdir(parents=True)
    other.write_bytes(encoded([aside(prompt(1, None, "newer"))]))
    assert [s.title for s in claude.open().scan((HELPER,))] == ["newer"]
    os.utime(other, (1_760_000_000, 1_760_000_000))
    assert got(claude.open()).title == "count the files in lib"


# -- whose they are ----------------------------------------------------------------------------


def test_a_sub_agent_of_a_sub_agent_is_below_that_one(claude: ClaudeFolder) -> None:
    claude.write()
    spawned(claude, note=NOTE)
    flow = "subagents/workflows/wf_7"
    for name, by in (("a2", "a1"), ("a3", "gone"), ("a4", "a4"), ("a5", "../a1"), ("a6", 7)):
        spawned(claude, f"subagents/agent-{name}.jsonl", note={"parentAgentId": by})
    spawned(claude, f"{flow}/agent-b1.jsonl")
    spawned(claude, f"{flow}/agent-b2.jsonl", note={"parentAgentId": "agent-b1"})
    store = claude.open()
    assert below(store, f"agent-a2.{FIRST}") == HELPER
    for name in ("a3", "a4", "a5", "a6"):
        assert below(store, f"agent-{name}.{FIRST}") == FIRST
    assert below(store, f"agent-b2.wf_7.{FIRST}") == f"agent-b1.wf_7.{FIRST}"


def test_what_an_older_version_says_of_its_session_must_be_an_id(claude: ClaudeFolder) -> None:
    for number, session in enumerate((SECOND, "../x", 7)):
        made: dict[str, Any] = {**COUNTED[0], "sessionId": session}
        claude.write(f"agent-{number}", [made, *COUNTED[1:]])
    store = claude.open()
    assert [below(store, f"agent-{number}") for number in range(3)] == [SECOND, None, None]


@pytest.mark.parametrize("content", [b"", b"{half", b"[]", b'{"description": 7}', b"\xff\xfe"])
def test_an_odd_note_says_nothing(claude: ClaudeFolder, content: bytes) -> None:
    claude.write()
    path = spawned(claude)
    path.with_name("agent-a1.meta.json").write_bytes(content)
    assert got(claude.open()).title == "count the files in lib"


def test_a_note_that_is_no_file_is_not_waited_for(claude: ClaudeFolder) -> None:
    path = spawned(claude)
    os.mkfifo(path.with_name("agent-a1.meta.json"))
    assert got(claude.open()).title == "count the files in lib"


# -- what belongs to them, and writing them -----------------------------------------------------


def test_what_belongs_to_a_sub_agent_is_its_transcript_and_its_note(claude: ClaudeFolder) -> None:
    claude.write()
    path = spawned(claude, note=NOTE)
    parts = claude.open().footprint(HELPER).parts
    assert [part.path for part in parts] == [path, path.with_name("agent-a1.meta.json")]
    assert all(part.size_bytes for part in parts)
    whole = claude.open().footprint(FIRST)
    assert whole.size_bytes > sum(part.size_bytes for part in parts)


@pytest.mark.parametrize("key", [HELPER, f"agent-b.wf_7.{FIRST}", "agent-old"])
def test_a_sub_agent_that_is_written_reads_back(claude: ClaudeFolder, key: str) -> None:
    claude.write()
    store = claude.open()
    at = datetime(2026, 5, 1, 10, tzinfo=UTC)
    said = [
        text_message(Role.USER, "count them", at),
        text_message(Role.ASSISTANT, "two", at + timedelta(seconds=3)),
    ]
    given = Session(
        ref=SessionRef(store.store_id, key),
        format="claude-code",
        title="Count",
        title_source=TitleSource.STORE,
        workspace=Path("/home/kim/shop"),
        last_activity=at + timedelta(seconds=3),
        parent=SessionRef(store.store_id, FIRST),
        extra={"agent_type": "Explore", "tool_use_id": "t1"},
    )
    for _ in range(2):
        store.put(given, said)
        session = got(claude.open(), key)
        assert (session.title, session.title_source) == ("Count", TitleSource.STORE)
        assert session.parent == given.parent
        assert session.extra["agent_type"] == "Explore"
        assert session.extra["tool_use_id"] == "t1"
        read = list(store.messages(key))
        assert [(m.role, m.human) for m in read] == [(Role.USER, False), (Role.ASSISTANT, False)]
    assert set(store.keys()) == {FIRST, key}
