"""Session files that astrid itself refuses: listed with the reason, and shown as far as they go."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sessiontui.backends.astrid import Astrid
from sessiontui.domain.indexed_text import texts_of
from sessiontui.domain.message import Message, Role
from sessiontui.domain.session import Session
from tests.formats.astrid_stores import (
    ALLOWANCE,
    FIRST,
    TALK,
    AstridHome,
    session,
)


@pytest.fixture
def home(tmp_path: Path) -> AstridHome:
    return AstridHome(tmp_path / "kim" / ".astrid")


@pytest.fixture
def store(home: AstridHome) -> Iterator[Astrid]:
    backend = Astrid.open(home.folder)
    yield backend
    backend.close()


def only(store: Astrid) -> Session:
    """The one session of a store."""
    (found,) = store.scan()
    return found


def shown(store: Astrid, key: str = FIRST) -> list[Message]:
    return list(store.messages(key))


def refused(store: Astrid) -> str:
    """Why astrid would refuse the one file of a store."""
    found = only(store)
    assert found.message_count is None
    assert found.turn_open is None
    assert found.problem is not None
    assert "astrid refuses this file" in found.problem
    return found.problem


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"token_count": -1}, "token_count is -1"),
        ({"token_count": 3.0}, "token_count is no whole number"),
        ({"token_count": None}, "token_count is no whole number"),
        ({"created_at": "yesterday"}, "created_at is no time"),
        ({"system_prompt": None}, "system_prompt is no text"),
        ({"id": 5}, "id is no text"),
        ({"metadata": {}}, "metadata.tags is missing"),
        ({"metadata": None}, "metadata is no structure"),
        ({"messages": [{"role": "user"}]}, "messages[0].content is missing"),
        ({"messages": [{"role": 1, "content": ""}]}, "messages[0].role is no text"),
        ({"messages": {}}, "messages is no array"),
        ({"allowances": None}, "allowances is no array"),
        ({"allowances": [{**ALLOWANCE, "signature": "AA=="}]}, "signature is no signature"),
        ({"allowances": [{**ALLOWANCE, "action_pattern": {"type": "plugin_wildcard"}}]},
         "action_pattern is of a kind unknown"),
        ({"allowances": [{**ALLOWANCE, "session_only": 1}]}, "session_only"),
        ({"allowances": [{**ALLOWANCE, "max_uses": 2**32}]}, "max_uses is 4,294,967,296"),
        ({"allowances": [{**ALLOWANCE, "id": "x"}]}, "id is no UUID"),
        ({"budget_snapshot": {"session_spent_usd": "1"}}, "session_spent_usd is no number"),
        ({"escape_state": {}}, "remembered_paths is missing"),
        ({"git_state": {"branch": 1}}, "git_state.branch is no text"),
        ({"workspace_path": 7}, "workspace_path is no text"),
    ],
)  # fmt: skip
def test_a_wrong_field_refuses_the_whole_file_and_what_is_there_is_shown(
    home: AstridHome, store: Astrid, more: dict[str, Any], reason: str
) -> None:
    home.write(FIRST, session(FIRST, **{"messages": list(TALK), **more}))
    assert reason in refused(store)
    if "messages" not in more:
        assert len(shown(store)) == 5
        assert only(store).title == "list the files"


def test_a_missing_field_refuses_the_file(home: AstridHome, store: Astrid) -> None:
    for name in ("id", "user_id", "messages", "system_prompt", "created_at", "token_count"):
        stored = session(FIRST, *TALK)
        del stored[name]
        home.write(FIRST, stored)
        assert f"{name} is missing" in refused(store)


@pytest.mark.parametrize("pattern", [
    {"type": "exact_tool", "server": "fs", "tool": "read"},
    {"type": "server_tools", "server": "git"},
    {"type": "file_pattern", "pattern": "*.md", "permission": "read"},
    {"type": "workspace_relative", "pattern": "src/**", "permission": "write"},
    {"type": "network_host", "host": "h", "ports": None},
    {"type": "network_host", "host": "h"},
    {"type": "command_pattern", "command": "git *"},
    {"type": "custom", "pattern": "anything"},
    {"type": "capsule_capability", "capsule_id": "c", "capability": "net"},
    {"type": "capsule_wildcard", "capsule_id": "c"},
])  # fmt: skip
def test_every_kind_of_allowance_is_accepted(
    home: AstridHome, store: Astrid, pattern: dict[str, Any]
) -> None:
    home.save(FIRST, *TALK, allowances=[{**ALLOWANCE, "action_pattern": pattern}])
    assert only(store).problem is None


def raw(text: str, old: str, new: str) -> bytes:
    assert old in text
    return text.replace(old, new, 1).encode("utf-8", "surrogatepass")


def test_trap_6_what_only_python_accepts_is_refused_and_shown(
    home: AstridHome, store: Astrid
) -> None:
    text = json.dumps(session(FIRST, *TALK), indent=2)
    for old, new, reason in (
        ('"token_count": 306', '"token_count": NaN', "NaN"),
        ('"session_spent_usd": 0.25', '"session_spent_usd": 1e999', "out of range"),
        ('"model"', '"model": "a", "model"', "model stands there twice"),
        ('"title": null', '"title": null, "title": "b"', "metadata.title stands there twice"),
        ('"list the files"', '"half \\ud83d"', "surrogate"),
    ):
        home.write(FIRST, raw(text, old, new))
        assert reason in refused(store)
        assert len(shown(store)) == 5
        assert all(item.text.encode() is not None for item in texts_of(shown(store)))
    # A key astrid does not know may come twice.
    home.write(FIRST, raw(text, '"model"', '"x": 1, "x": 2, "model"'))
    assert only(store).problem is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "empty"), (b"  \n", "empty"), (b'{"id":"\xff"}', "not UTF-8"), (b"[]", "id is missing"),
     (b"7", "no structure"), (b"{", "not JSON"), (b"\xef\xbb\xbf{}", "not JSON"),
     (b"[" * 100_000, "nested too deeply")],
)  # fmt: skip
def test_trap_4_a_damaged_file_is_listed_with_its_reason(
    home: AstridHome, store: Astrid, content: bytes, reason: str
) -> None:
    home.write(FIRST, content, at=1_771_500_000)
    assert reason in refused(store)
    assert only(store).display_title == "Session 4b8f1c52"
    assert only(store).last_activity is not None
    for message in shown(store):
        assert message.is_damaged


def test_a_cut_file_shows_what_was_written_of_it(home: AstridHome, store: Astrid) -> None:
    text = json.dumps(session(FIRST, *TALK), indent=2)
    home.write(FIRST, text[: text.index('"approval_count"')].encode())
    assert "not JSON" in refused(store)
    *whole, last = shown(store)
    assert len(whole) == 5
    assert last.is_damaged
    assert only(store).title == "list the files"
    home.write(FIRST, text[: text.index('"One file')].encode())
    *whole, last = shown(store)
    assert [m.role for m in whole] == [Role.USER, Role.ASSISTANT, Role.TOOL]
    assert last.is_damaged
    block = last.blocks[0]
    assert block.kind == "damaged"
    assert '"role": "assistant"' in block.raw
