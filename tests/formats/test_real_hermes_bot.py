"""Stores written by hermes-bot's own code, against what that code says of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sessiontui.backends.hermes_bot import HermesBot
from sessiontui.domain.backend import SnapshotScope
from sessiontui.domain.message import Message, Role
from sessiontui.domain.session import SessionPatch, SessionState
from sessiontui.records.rfc3339 import parse_time
from tests.formats.real_stores import copied_home, oracle_of, set_times

pytestmark = pytest.mark.real_stores


@pytest.fixture
def oracle() -> dict[str, Any]:
    return oracle_of("hermes-bot")


@pytest.fixture
def home(tmp_path: Path, oracle: dict[str, Any]) -> Path:
    copied = copied_home("hermes-bot", tmp_path / "home")
    set_times(tmp_path, oracle["files"])
    return copied


@pytest.fixture
def store(home: Path) -> Iterator[HermesBot]:
    backend = HermesBot.open(home / "bot" / "sessions.db")
    yield backend
    backend.close()


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def turns_of(messages: list[Message]) -> list[tuple[str, str | None]]:
    """Prompts and answers as hermes-bot puts them together from a transcript."""
    turns: list[tuple[str, list[str], str | None]] = []
    for message in messages:
        texts = [block.text for block in message.blocks if block.kind == "text"]
        if message.role is Role.USER and texts:
            turns.append((texts[0], [], None))
        elif message.role is Role.ASSISTANT and turns:
            prompt, answers, plan = turns[-1]
            if texts:
                answers.append("\n".join(texts))
            for block in message.blocks:
                if block.kind == "tool_call" and block.name == "Write":
                    arguments = block.arguments
                    assert isinstance(arguments, dict)
                    if ".claude/plans/" in str(arguments["file_path"]):
                        plan = str(arguments["content"])
            turns[-1] = prompt, answers, plan
    whole = []
    for prompt, answers, plan in turns:
        parts = [*answers, *([f"*Plan*\n\n{plan}"] if plan is not None else [])]
        whole.append((prompt, "\n\n".join(parts) if parts else None))
    return whole


def test_every_row_is_listed_with_what_hermes_bot_says_of_it(
    store: HermesBot, oracle: dict[str, Any]
) -> None:
    sessions = {session.ref.key: session for session in store.scan()}
    readable = [row for row in oracle["upstream"]["rows"] if "session_id" in row]
    assert len(sessions) == len(oracle["upstream"]["rows"]) == store.info().session_count
    for row in readable:
        session = sessions[row["thread_ts"]]
        assert session.thread == row["thread_ts"]
        assert session.native_id == row["session_id"]
        assert session.repo == row["repo"]
        assert session.workspace == Path(row["repo_path"])
        assert session.channel == row["channel_id"]
        assert session.model == row["model"]
        assert session.turns == row["total_turns"]
        assert (session.state is SessionState.ERROR) == (row["status"] == "Error")
        if session.created_at is not None:
            assert session.created_at == parse_time(row["created_at"])
            assert session.last_activity == parse_time(row["last_active"])
            assert session.problem is None or "transcript" in session.problem
        else:
            assert "no time" in (session.problem or "")


def test_active_sessions_are_those_without_an_error(
    store: HermesBot, oracle: dict[str, Any]
) -> None:
    readable = {row["thread_ts"] for row in oracle["upstream"]["rows"] if "session_id" in row}
    active = [s.ref.key for s in store.scan() if s.state is not SessionState.ERROR]
    assert [key for key in active if key in readable] == oracle["upstream"]["active"]


def test_rows_hermes_bot_hides_are_shown_with_the_reason(
    store: HermesBot, oracle: dict[str, Any]
) -> None:
    hidden = [s for s in store.scan() if s.problem and "hermes-bot" in s.problem and s.created_at]
    assert {session.thread for session in hidden} == {None, "1773896400.444444"}


def test_every_prompt_and_answer_is_the_one_hermes_bot_reads(
    store: HermesBot, oracle: dict[str, Any]
) -> None:
    compared = 0
    for row in oracle["upstream"]["rows"]:
        transcript = row.get("transcript")
        if not transcript or not transcript["exists"]:
            continue
        turns = turns_of(list(store.messages(row["thread_ts"])))
        assert len(turns) == len(transcript["turns"])
        for (prompt, answer), said in zip(turns, transcript["turns"], strict=True):
            compared += 1
            assert sha256(prompt) == said["prompt_sha256"]
            assert prompt.startswith(said["prompt"])
            if said["response_sha256"] is None:
                assert answer is None
            else:
                assert answer is not None
                assert sha256(answer) == said["response_sha256"]
    assert compared > 20


def test_transcripts_are_found_where_claude_code_and_where_the_bot_put_them(
    store: HermesBot, oracle: dict[str, Any]
) -> None:
    sessions = {session.ref.key: session for session in store.scan()}
    for said in oracle["sessions"]:
        key = said["thread_ts"]
        if key not in sessions or sessions[key].native_id != said["session_id"]:
            continue
        linked = sessions[key].extra.get("transcript")
        assert (linked is not None) == bool(said.get("transcripts"))
        assert (sessions[key].message_count is not None) == bool(said.get("transcripts"))


def test_what_was_said_can_be_found(store: HermesBot, home: Path, oracle: dict[str, Any]) -> None:
    keys = set(store.keys())
    found = 0
    for said in oracle["sessions"]:
        if said["thread_ts"] not in keys:
            continue
        items = store.text_since(said["thread_ts"], None).items
        stored = "".join((home / name).read_text(errors="replace") for name in said["transcripts"])
        for word in said["words"]:
            # One word of the list was never written into its transcript.
            assert any(word in item.text for item in items) == (word in stored)
            found += word in stored
    assert found >= 15


def test_the_json_of_the_first_version_is_read_and_taken_over_as_it_does_itself(
    home: Path, oracle: dict[str, Any]
) -> None:
    path = home / "bot-json" / "sessions.json"
    legacy = HermesBot.open(path)
    info = legacy.info()
    assert (info.available, info.writable, info.session_count) == (True, False, 4)
    before = path.read_bytes()
    sessions = {session.ref.key: session for session in legacy.scan()}
    active = sorted(k for k, s in sessions.items() if s.state is not SessionState.ERROR)
    assert active == sorted(oracle["json_store"]["upstream_010_active"])
    assert all(session.message_count for session in sessions.values())
    assert path.read_bytes() == before

    assert set(legacy.migrate(dry_run=True)) == set(sessions)
    assert set(legacy.migrate()) == set(sessions)
    assert not path.exists()
    assert path.with_suffix(".json.bak").read_bytes() == before
    imported = HermesBot.open(path.with_suffix(".db"))
    rows = {row["thread_ts"]: row for row in oracle["upstream"]["rows"] if "session_id" in row}
    for session in imported.scan():
        row = rows[session.ref.key]
        assert session.created_at == parse_time(row["created_at"])
        assert session.extra["status"] == ("error" if row["status"] == "Error" else "active")
    imported.close()


def test_changing_and_undoing_leaves_every_row_as_it_was(
    store: HermesBot, oracle: dict[str, Any]
) -> None:
    before = list(store.scan())
    for session in before:
        key = session.ref.key
        state = store.snapshot(key, SnapshotScope.METADATA)
        other = SessionState.IDLE if session.state is SessionState.ERROR else SessionState.ERROR
        store.patch(key, SessionPatch(state=other))
        changed = store.get(key)
        assert changed is not None
        assert changed.state is other
        store.restore(state)
        everything = store.snapshot(key, SnapshotScope.EVERYTHING)
        assert store.delete(key)
        assert store.get(key) is None
        store.restore(everything)
    assert list(store.scan()) == before
