"""Session files written by astrid's own code, against what that code says of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sessiontui.backends.astrid import Astrid
from sessiontui.backends.astrid.names import uuid_of
from sessiontui.domain.backend import SnapshotScope
from sessiontui.domain.message import Message
from sessiontui.domain.query import Query, workspace_filter
from sessiontui.domain.session import SessionPatch
from sessiontui.records.rfc3339 import parse_time
from tests.formats.real_stores import copied_home, oracle_of, set_times

pytestmark = pytest.mark.real_stores


@pytest.fixture
def oracle() -> dict[str, Any]:
    return oracle_of("astrid")


@pytest.fixture
def store(tmp_path: Path, oracle: dict[str, Any]) -> Iterator[Astrid]:
    home = copied_home("astrid", tmp_path / "home")
    folder = home / ".astrid" / "sessions"
    set_times(folder, oracle["files"])
    backend = Astrid.open(folder)
    yield backend
    backend.close()


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def loaded(messages: list[Message]) -> list[Message]:
    """The messages astrid loads: without those it drops."""
    return [
        message
        for message in messages
        if not any(block.kind in ("opaque", "damaged") for block in message.blocks)
    ]


def test_every_file_is_listed_newest_first(store: Astrid, oracle: dict[str, Any]) -> None:
    listed = [uuid_of(session.ref.key) for session in store.sessions()]
    expected = oracle["upstream"]["ids"]
    # Upstream cannot open the two names in another spelling, and so sorts them last.
    odd = {"421bdacf-36cc-41db-9f34-d74411a41591", "bc417dc4-acf4-4d55-86d1-2b1d32bfa7c2"}
    assert [key for key in listed if key not in odd] == [key for key in expected if key not in odd]
    assert set(listed) == set(expected)
    assert store.info().session_count == len(expected)


def test_names_counts_times_and_workspaces_are_those_astrid_says(
    store: Astrid, oracle: dict[str, Any]
) -> None:
    for said in oracle["upstream"]["list"]:
        session = store.get(said["id"])
        assert session is not None
        assert session.message_count == said["message_count"]
        assert session.tokens == said["token_count"]
        assert session.created_at == parse_time(said["created_at"])
        assert session.workspace == (
            Path(said["workspace_path"]) if said["workspace_path"] else None
        )
        if said["title"] or session.message_count == 0:
            assert session.display_title == said["display_title"]
        assert session.display_title


def test_refused_files_are_listed_with_the_reason(store: Astrid, oracle: dict[str, Any]) -> None:
    sessions = {session.ref.key: session for session in store.scan()}
    for key, said in oracle["upstream"]["sessions"].items():
        if "error" in said:
            assert sessions[key].message_count is None
            assert "refuses" in (sessions[key].problem or "")
        elif "messages" in said and said["inner_id"] == key:
            newer = "newer version" in (sessions[key].problem or "")
            assert sessions[key].problem is None or newer
    for said in oracle["sessions"]:
        if said.get("hand") and said["id"] == "2e7d80e5-10d7-4ea6-8d85-9b667763526c":
            assert said["inner"] in (sessions[said["id"]].problem or "")
            assert sessions[said["id"]].native_id == said["inner"]


def test_every_text_is_the_one_astrid_reads(store: Astrid, oracle: dict[str, Any]) -> None:
    for key, said in oracle["upstream"]["sessions"].items():
        if "messages" not in said:
            continue
        messages = loaded(list(store.messages(key)))
        assert len(messages) == len(said["messages"])
        for message, expected in zip(messages, said["messages"], strict=True):
            assert message.role == expected["role"]
            check_content(message, expected)


def check_content(message: Message, expected: dict[str, Any]) -> None:
    blocks = message.blocks
    match expected["kind"]:
        case "text":
            (block,) = blocks
            assert block.kind == "text"
            assert sha256(block.text) == expected["sha256"]
            assert block.text.startswith(expected["head"])
        case "calls":
            calls = [block for block in blocks if block.kind == "tool_call"]
            assert [call.call_id for call in calls] == expected["ids"]
            assert [call.name for call in calls] == expected["names"]
        case "result":
            (block,) = blocks
            assert block.kind == "tool_result"
            assert block.call_id == expected["call_id"]
            assert sha256(block.text) == expected["sha256"]
            assert block.is_error == expected["is_error"]
        case "parts":
            for block, part in zip(blocks, expected["parts"], strict=True):
                if block.kind == "text":
                    assert sha256(block.text) == part["sha256"]
                else:
                    assert block.kind == "media"
                    assert block.media_type == part["media_type"]
                    assert 0 < (block.size_bytes or 0) <= part["data_bytes"]
        case kind:
            raise AssertionError(kind)


def test_workspaces_hold_the_sessions_astrid_finds_in_them(
    store: Astrid, oracle: dict[str, Any]
) -> None:
    for workspace, expected in oracle["upstream"]["by_workspace"].items():
        query = Query(filters=(workspace_filter(Path(workspace)),))
        assert [session.ref.key for session in store.sessions(query)] == expected


def test_what_was_said_can_be_found_and_what_is_gone_cannot(
    store: Astrid, oracle: dict[str, Any]
) -> None:
    texts = {
        key: "\n".join(item.text for item in store.text_since(key, None).items)
        for key, _ in store.fingerprints()
    }
    everything = "\n".join(texts.values())
    for said in oracle["sessions"]:
        for word in said["words"]:
            assert word in texts.get(said["id"], ""), (said["id"], word)
        for word in said.get("gone", ()):
            assert word not in everything


def test_hand_made_content_is_shown_raw_and_never_dropped(
    store: Astrid, oracle: dict[str, Any]
) -> None:
    messages = list(store.messages("06e702c5-943e-44c6-96be-de05784e0b0d"))
    assert [message.index for message in messages] == list(range(10))
    assert len(loaded(messages)) == 4
    assert any("unknown role" in str(block) for message in messages for block in message.blocks)


def test_changing_and_undoing_leaves_every_loadable_file_as_it_was(
    store: Astrid, oracle: dict[str, Any]
) -> None:
    folder = store.root
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    for key, said in oracle["upstream"]["sessions"].items():
        if "messages" not in said:
            continue
        named = store.snapshot(key, SnapshotScope.METADATA)
        store.patch(key, SessionPatch(title="Ein [neuer] Name 名前"))
        session = store.get(key)
        assert session is not None
        assert session.title == "Ein [neuer] Name 名前"
        assert session.message_count == said["count"]
        full = store.snapshot(key, SnapshotScope.EVERYTHING)
        store.clear(key)
        cleared = store.get(key)
        assert cleared is not None
        assert (cleared.message_count, cleared.tokens) == (0, 0)
        store.restore(full)
        store.restore(named)
        gone = store.snapshot(key, SnapshotScope.EVERYTHING)
        assert store.delete(key)
        assert store.get(key) is None
        store.restore(gone)
    after = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    assert after == before
