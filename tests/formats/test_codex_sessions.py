"""What a session of Codex is, by its records."""

from __future__ import annotations

from pathlib import Path

import pytest

from sessiontui.backends.codex import Codex
from sessiontui.domain.message import Role
from sessiontui.domain.session import SessionState
from tests.formats.codex_stores import (
    FIRST,
    SECOND,
    answer,
    bare_lines,
    begun,
    ended,
    event,
    item,
    meta,
    prompt,
    read,
    record,
    session,
    texts,
    tokens,
    turn_context,
)


def test_what_is_known_of_a_session_is_in_its_fields(tmp_path: Path) -> None:
    lines = [
        meta(), begun(1), turn_context("gpt-x", 1), prompt("plant beans", 1), tokens(500, 2),
        turn_context("gpt-y", 2), answer("in May", 3), tokens(900, 3),
        event("token_count", 4, info=None), ended(4),
    ]  # fmt: skip
    found = session(tmp_path, *lines)
    assert found.created_at is not None
    assert found.created_at.isoformat() == "2026-05-01T10:00:00+00:00"
    assert found.last_activity is not None
    assert found.last_activity.isoformat() == "2026-05-01T10:00:04+00:00"
    assert (found.agent, found.model, found.tokens, found.turns) == ("codex", "gpt-y", 900, 1)
    assert (found.workspace, found.branch, found.repo) == (
        Path("/home/dev/garden"),
        "main",
        "garden",
    )
    assert found.native_id == FIRST
    assert found.extra["version"] == "0.169.0"
    assert "instructions" not in str(found.extra)
    models = {m.role: m.model for m in Codex.open(tmp_path).messages(FIRST)}
    assert models == {Role.USER: None, Role.ASSISTANT: "gpt-y"}


@pytest.mark.parametrize(
    ("ending", "turn_open", "failed"),
    [
        ([], True, False),
        ([ended(5)], False, False),
        ([event("turn_complete", 5, turn_id="t1")], False, False),
        ([event("turn_aborted", 5, turn_id="t1", reason="interrupted")], False, False),
        ([event("error", 5, message="no network")], False, True),
        ([event("task_complete", 5, turn_id="t1", error={"message": "x"})], False, True),
        ([ended(5), begun(6, "t2")], True, False),
    ],
)
def test_the_events_of_turns_tell_whether_one_is_open(
    tmp_path: Path, ending: list[bytes], turn_open: bool, failed: bool
) -> None:
    state = SessionState.ERROR if failed else SessionState.UNKNOWN
    found = session(tmp_path, meta(), begun(1), prompt("plant beans", 2), answer("yes", 3), *ending)
    assert (found.turn_open, found.state) == (turn_open, state)
    assert (found.turn_id is not None) == turn_open
    assert (found.turn_started_at is not None) == turn_open
    facts = Codex.open(tmp_path).turn_facts(FIRST)
    assert facts is not None
    assert facts.turn_open == turn_open


def test_an_error_and_an_interruption_are_shown(tmp_path: Path) -> None:
    messages = read(
        tmp_path, meta(), begun(1), event("turn_aborted", 2, reason="interrupted"),
        begun(3), event("error", 4, message="no network"),
        begun(5), event("task_complete", 6, turn_id="t1", error={"message": "quota"}),
    )  # fmt: skip
    assert texts(messages) == [
        ("system", "The turn was interrupted"),
        ("system", "Error: no network"),
        ("system", "The turn failed: quota"),
    ]


def test_without_events_the_last_thing_said_tells_whether_a_turn_is_open(tmp_path: Path) -> None:
    lines = bare_lines()
    assert session(tmp_path, *lines).turn_open is False
    assert session(tmp_path, *lines[:-1]).turn_open is True
    assert session(tmp_path, meta()).turn_open is None


def test_nobody_types_to_a_sub_agent(tmp_path: Path) -> None:
    spawned = {"subagent": {"thread_spawn": {"parent_thread_id": SECOND, "agent_nickname": "Rake"}}}
    lines = [
        meta(source=spawned), prompt("count the slugs", 1),
        item({"type": "agent_message", "author": "/head", "recipient": "/head/rake",
              "content": [{"type": "input_text", "text": "hurry"}]}, 2),
        record("inter_agent_communication", {"author": "/head", "content": "hurry"}, 2),
        answer("seven", 3),
    ]  # fmt: skip
    messages = read(tmp_path, *lines)
    assert texts(messages) == [
        ("user", "count the slugs"), ("other", "hurry"), ("assistant", "seven")
    ]  # fmt: skip
    assert not any(m.human for m in messages)
    assert messages[1].author == "/head"
    found = session(tmp_path, *lines)
    assert found.parent is not None
    assert found.parent.key == SECOND
    assert found.title == "count the slugs"
    assert found.extra["agent_nickname"] == "Rake"
