"""Sessions put into a store of Claude Code: transcripts that read back as they were."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sessiontui.backends.claude_code import ClaudeCode
from sessiontui.domain.errors import BadKey
from sessiontui.domain.message import (
    MediaBlock,
    Message,
    Role,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
    ToolResultBlock,
)
from sessiontui.domain.session import Session, SessionRef, TitleSource
from tests.formats.claude_code_stores import FIRST, SECOND

BEGAN = datetime(2026, 5, 1, 10, 0, tzinfo=UTC)
WHOLE = tuple(
    Message(
        index=index,
        role=role,
        human=role is Role.USER,
        blocks=blocks,
        created_at=BEGAN + timedelta(seconds=index),
    )
    for index, (role, blocks) in enumerate((
        (Role.USER, (TextBlock(text="look"), MediaBlock(media_type="image/png", size_bytes=300))),
        (Role.ASSISTANT, (ThinkingBlock(text="hm"), TextBlock(text="so"),
                          ToolCallBlock(call_id="c1", name="Bash", arguments={"command": "ls"}))),
        (Role.TOOL, (ToolResultBlock(call_id="c1", text="a.txt", is_error=False),)),
        (Role.ASSISTANT, (TextBlock(text="one file 東京"),)),
    ))
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> ClaudeCode:
    return ClaudeCode.create(tmp_path / ".claude")


def put(store: ClaudeCode, messages: tuple[Message, ...], **fields: object) -> Session | None:
    values: dict[str, Any] = {
        "ref": SessionRef(store.store_id, FIRST),
        "format": "claude-code",
        "created_at": BEGAN,
        "last_activity": BEGAN + timedelta(hours=1),
        "workspace": Path("/home/dev/beta.café"),
        **fields,
    }
    session = Session(**values)
    store.put(session, messages)
    return store.get(session.ref.key)


def test_what_was_put_reads_back_as_it_was(store: ClaudeCode) -> None:
    parent = SessionRef(store.store_id, SECOND)
    told = {"model": "claude-x", "tokens": 77, "branch": "main", "parent": parent}
    found = put(store, WHOLE, **told)
    assert found is not None
    assert {name: getattr(found, name) for name in told} == told
    assert (found.created_at, found.workspace) == (BEGAN, Path("/home/dev/beta.café"))
    assert (found.turn_open, found.problem) == (False, None)
    again = list(store.messages(FIRST))
    kept = ("index", "role", "human", "blocks", "created_at")
    assert [[getattr(m, name) for name in kept] for m in again] == [
        [getattr(m, name) for name in kept] for m in WHOLE
    ]
    assert (store.root / "projects" / "-home-dev-beta-caf-" / f"{FIRST}.jsonl").is_file()


def test_a_title_is_written_only_where_the_store_had_it(store: ClaudeCode) -> None:
    named = put(store, WHOLE, title="Files", title_source=TitleSource.STORE)
    assert named is not None
    assert (named.title, named.title_source) == ("Files", TitleSource.STORE)
    derived = put(store, WHOLE, title="anything", title_source=TitleSource.DERIVED)
    assert derived is not None
    assert (derived.title, derived.title_source) == ("look", TitleSource.DERIVED)


def test_a_session_of_which_nothing_was_left_can_be_put_again(store: ClaudeCode) -> None:
    assert put(store, WHOLE) is not None
    assert put(store, ()) is None
    assert put(store, ()) is None
    assert put(store, WHOLE) is not None
    assert len(list(store.root.rglob("*.jsonl"))) == 1


def test_a_cut_off_turn_is_open(store: ClaudeCode) -> None:
    found = put(store, WHOLE[:2])
    assert found is not None
    assert found.turn_open is True


@pytest.mark.parametrize("key", ["", "shop", "../up", "agent-../up", FIRST + "a"])
def test_a_session_needs_a_real_id(store: ClaudeCode, key: str) -> None:
    with pytest.raises(BadKey):
        put(store, WHOLE, ref=SessionRef(store.store_id, key))
