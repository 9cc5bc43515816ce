"""Sessions put into a Codex store: rollouts of today's shape that read back as they were."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sessiontui.backends.codex import Codex
from sessiontui.domain.errors import BadKey, Unsupported
from sessiontui.domain.indexed_text import texts_of
from sessiontui.domain.message import (
    Block,
    DamagedBlock,
    MediaBlock,
    Message,
    Role,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
    ToolResultBlock,
)
from sessiontui.domain.session import Session, SessionRef, SessionState, TitleSource
from tests.formats.codex_stores import FIRST, SECOND

BEGAN = datetime(2026, 5, 1, 10, 0, tzinfo=UTC)
CUT_SHORT = (Role.SYSTEM, TextBlock(text="The turn was interrupted"))


def said(*spoken: tuple[Role, *tuple[Block, ...]]) -> list[Message]:
    return [
        Message(
            index=index,
            role=role,
            human=role is Role.USER,
            blocks=tuple(blocks),
            created_at=BEGAN + timedelta(seconds=index),
            model="gpt-x" if role is Role.ASSISTANT else None,
        )
        for index, (role, *blocks) in enumerate(spoken)
    ]


def text(words: str) -> TextBlock:
    return TextBlock(text=words)


def session_of(store: Codex, key: str = FIRST, **fields: object) -> Session:
    values: dict[str, Any] = {
        "ref": SessionRef(store.store_id, key),
        "format": "codex",
        "created_at": BEGAN,
        "last_activity": BEGAN + timedelta(hours=1),
        "workspace": Path("/home/dev/beta café"),
    }
    return Session(**(values | fields))


def put(store: Codex, messages: Iterable[Message], key: str = FIRST, **fields: object) -> Session:
    session = session_of(store, key, **fields)
    store.put(session, messages)
    found = store.get(session.ref.key)
    assert found is not None
    assert found.problem is None
    return found


@pytest.fixture
def store(tmp_path: Path) -> Codex:
    return Codex.create(tmp_path / ".codex")


WHOLE = said(
    (Role.USER, text("look at <this>"), MediaBlock(media_type="image/png", size_bytes=300)),
    (Role.ASSISTANT, ThinkingBlock(text="**Looking**\n\nfirst")),
    (Role.ASSISTANT, text("I look.")),
    (Role.ASSISTANT, ToolCallBlock(call_id="c1", name="exec_command", arguments={"cmd": "ls ü"})),
    (Role.TOOL, ToolResultBlock(call_id="c1", text="\na.txt\n", is_error=False)),
    (Role.ASSISTANT, ToolCallBlock(call_id="c2", name="exec_command", arguments={"cmd": "ls b"})),
    (Role.TOOL, ToolResultBlock(call_id="c2", text="Process exited with code 2\nno b",
                                is_error=True)),
    (Role.ASSISTANT, ToolCallBlock(call_id="c3", name="apply_patch", arguments="*** Begin Patch")),
    (Role.TOOL, ToolResultBlock(call_id="c3", text="Success.")),
    CUT_SHORT,
    (Role.USER, text("# AGENTS.md instructions are what I mean")),
    (Role.OTHER, text("from another agent")),
    (Role.ASSISTANT, text("done \x1b[31m 東京")),
)  # fmt: skip


def test_what_was_put_reads_back_as_it_was(store: Codex) -> None:
    found = put(store, WHOLE, tokens=1234, branch="main", repo="garden", model="gpt-x")
    again = list(store.messages(FIRST))
    kept = ("index", "role", "human", "blocks", "created_at", "model")
    assert [[getattr(m, name) for name in kept] for m in again] == [
        [getattr(m, name) for name in kept] for m in WHOLE
    ]
    assert store.text_since(FIRST, None).items == list(texts_of(again))
    assert (found.tokens, found.branch, found.repo) == (1234, "main", "garden")
    assert (found.model, found.workspace) == ("gpt-x", Path("/home/dev/beta café"))
    assert (found.created_at, found.turns, found.turn_open) == (BEGAN, 2, False)


def test_everything_said_stands_there_for_the_model_and_for_the_screen(store: Codex) -> None:
    put(store, WHOLE)
    (path,) = store.root.rglob("rollout-*.jsonl")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["ordinal"] for line in lines] == list(range(len(lines)))
    kinds = Counter(line["payload"].get("type", line["type"]) for line in lines)
    assert kinds["session_meta"] == 1
    assert kinds["task_started"] == kinds["turn_context"] == 2
    assert (kinds["task_complete"], kinds["turn_aborted"]) == (1, 1)
    items = Counter(
        line["payload"]["item"]["type"]
        for line in lines
        if line["payload"].get("type") == "item_completed"
    )
    assert items == {"UserMessage": 2, "AgentMessage": 2, "Reasoning": 1, "CommandExecution": 2}
    (ran, failed) = (
        line["payload"]["item"]
        for line in lines
        if line["payload"].get("item", {}).get("type") == "CommandExecution"
    )
    assert (ran["exit_code"], ran["aggregated_output"]) == (0, "\na.txt\n")
    assert ran["cwd"] == "file:///home/dev/beta%20caf%C3%A9"
    assert (failed["exit_code"], failed["aggregated_output"]) == (2, "no b")


def test_blocks_of_one_message_become_messages_of_their_own(store: Codex) -> None:
    call = ToolCallBlock(call_id="c", name="exec_command", arguments={"cmd": "ls"})
    failed = ToolResultBlock(call_id="c", text="no", is_error=True)
    put(store, said((Role.USER, text("go")),
                    (Role.ASSISTANT, ThinkingBlock(text="hm"), text("ok"), call),
                    (Role.TOOL, failed)))  # fmt: skip
    read = list(store.messages(FIRST))
    assert [[b.kind for b in m.blocks] for m in read] == [
        ["text"], ["thinking"], ["text"], ["tool_call"], ["tool_result"],
    ]  # fmt: skip
    # A failure has an exit code, and a reader sees it.
    shown = failed.replace(text="Process exited with code 1\nno")
    assert read[-1].blocks == (shown,)


@pytest.mark.parametrize(
    ("last", "fields", "is_open"),
    [
        ((Role.ASSISTANT, text("done")), {}, False),
        ((Role.ASSISTANT, text("done")), {"turn_open": True}, True),
        ((Role.ASSISTANT, text("done")), {"state": SessionState.RUNNING}, True),
        ((Role.ASSISTANT, ToolCallBlock(name="t")), {}, True),
        ((Role.USER, text("and?")), {}, True),
        (CUT_SHORT, {}, False),
    ],
)
def test_a_turn_ends_with_an_answer(
    store: Codex,
    last: tuple[Role, *tuple[Block, ...]],
    fields: dict[str, Any],
    is_open: bool,
) -> None:
    assert put(store, said((Role.USER, text("go")), last), **fields).turn_open is is_open


def test_putting_again_replaces_the_session_and_its_title(store: Codex) -> None:
    named = {"title": "Garden", "title_source": TitleSource.STORE}
    put(store, WHOLE, key=SECOND, title="Other", title_source=TitleSource.STORE)
    assert put(store, WHOLE, **named).title == "Garden"
    assert put(store, WHOLE, **named | {"title": "Yard"}).title == "Yard"
    again = put(store, said((Role.USER, text("plant beans"))))
    assert (again.title, again.title_source) == ("plant beans", TitleSource.DERIVED)
    assert len(list(store.root.rglob("rollout-*.jsonl"))) == 2
    other = store.get(SECOND)
    assert other is not None
    assert other.title == "Other"


def test_a_parent_is_named(store: Codex) -> None:
    parent = SessionRef(store.store_id, SECOND)
    assert put(store, WHOLE, parent=parent).parent == parent


@pytest.mark.parametrize(
    "message",
    [
        Message(index=0, role=Role.SYSTEM, blocks=(text("a note"),)),
        Message(index=0, role=Role.USER, blocks=(text("nobody typed this"),)),
        Message(index=0, role=Role.USER, human=True, blocks=(ThinkingBlock(text="hm"),)),
        Message(
            index=0,
            role=Role.ASSISTANT,
            blocks=(DamagedBlock(where="line 1", reason="cut", raw="{"),),
        ),
    ],
)
def test_what_a_rollout_cannot_hold_is_refused_and_nothing_written(
    store: Codex, message: Message
) -> None:
    with pytest.raises(Unsupported, match="cannot be given"):
        store.put(session_of(store), [message])
    assert not list(store.root.rglob("*.jsonl"))


@pytest.mark.parametrize("key", ["", "garden", "../up", FIRST.upper() + "A", FIRST.upper()])
def test_a_session_needs_a_real_id(store: Codex, key: str) -> None:
    with pytest.raises(BadKey):
        store.put(session_of(store, key), WHOLE)
