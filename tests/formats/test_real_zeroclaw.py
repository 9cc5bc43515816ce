"""Stores written by zeroclaw's own code, against what that same code says about them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sessiontui.backends.zeroclaw_acp import ZeroclawAcp
from sessiontui.backends.zeroclaw_jsonl import ZeroclawJsonl
from sessiontui.backends.zeroclaw_sqlite import ZeroclawSqlite
from sessiontui.domain.backend import SessionBackend, SnapshotScope, Surroundings
from sessiontui.domain.indexed_text import texts_of
from sessiontui.domain.message import Message
from sessiontui.domain.query import Query, Term
from sessiontui.domain.session import Session, SessionState, TitleSource
from sessiontui.domain.verdict import DEFAULT_THRESHOLD, TurnFacts, VerdictStatus, judge
from sessiontui.records.rfc3339 import parse_time
from sessiontui.records.zeroclaw_content import decode_entry
from sessiontui.records.zeroclaw_lines import read_line
from sessiontui.records.zeroclaw_pieces import message_of
from sessiontui.storage.json_text import JsonRefused
from tests.formats.real_stores import copied_home, set_times

pytestmark = pytest.mark.real_stores

_GIVEN = os.environ.get("SESSIONTUI_REAL_STORES")
_STORES = Path(_GIVEN) if _GIVEN else Path(__file__).parents[3] / "shared" / "real-stores"
_ZEROCLAW = _STORES / "zeroclaw"
_ORACLE = _ZEROCLAW / "sessions.json"
_ABSENT = pytest.mark.skip(
    reason=f"no stores of the real program at {_ZEROCLAW}: set SESSIONTUI_REAL_STORES"
)
_CLASSES: dict[str, type[SessionBackend]] = {
    "sqlite": ZeroclawSqlite,
    "jsonl": ZeroclawJsonl,
    "acp": ZeroclawAcp,
}

Told = dict[str, Any]


def _told() -> list[Told]:
    if not _ORACLE.exists():
        return []
    stores: list[Told] = json.loads(_ORACLE.read_text())["stores"]
    return stores


def _cases(*kinds: str) -> list[Any]:
    cases = [
        pytest.param(told, kind, id=f"{told['path'].removeprefix('home/')}-{kind}")
        for told in _told()
        for kind in kinds or _CLASSES
        if kind in told.get("upstream", {})
    ]
    return cases or [pytest.param({}, "", marks=_ABSENT, id="absent")]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy that may be opened: even reading a database touches the files beside it."""
    copy = copied_home("zeroclaw", tmp_path_factory.mktemp("zeroclaw") / "home")
    for told in _told():
        set_times(copy.parent / told["path"], told["files"])
    return copy


@pytest.fixture
def opened(home: Path, told: Told, kind: str) -> Iterator[SessionBackend]:
    """The store of a case."""
    found = _CLASSES[kind].find_in(home.parent / told["path"])
    # An empty database is one by its tables.
    assert len(found) == 1
    backend = _CLASSES[kind].open(found[0])
    yield backend
    backend.close()


def _sessions(backend: SessionBackend) -> dict[str, Session]:
    return {session.ref.key: session for session in backend.scan()}


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _now(told: Told) -> datetime:
    at = parse_time(told.get("now", "2026-08-23T12:00:00+00:00"))
    assert at is not None
    return at


def _contents(backend: SessionBackend, key: str) -> list[tuple[str, str]]:
    """The stored role and content of each message that zeroclaw would load."""
    payload = backend.snapshot(key, SnapshotScope.EVERYTHING).payload
    if backend.format == "zeroclaw-sqlite":
        rows = json.loads(payload)["messages"]
        found = [dict(zip(rows["columns"], row, strict=True)) for row in rows["rows"]]
        return [(row["role"], row["content"]) for row in found if isinstance(row["content"], str)]
    loaded: list[tuple[str, str]] = []
    for line in payload.partition(b"\n")[2].split(b"\n"):
        with suppress(JsonRefused):
            loaded.append(read_line(line))
    return loaded


@pytest.mark.parametrize(("told", "kind"), _cases())
def test_every_session_that_zeroclaw_lists_is_listed(
    opened: SessionBackend, told: Told, kind: str
) -> None:
    upstream = told["upstream"][kind]
    sessions = _sessions(opened)
    listed = {entry["key"]: entry for entry in upstream.get("list", [])}
    assert listed.keys() <= sessions.keys()
    assert {entry["key"] for entry in upstream.get("list", [])} >= set(upstream.get("keys", []))
    for key in sessions.keys() - listed.keys() if listed else ():
        # What zeroclaw hides, we show, and say why it is hidden.
        assert sessions[key].problem or sessions[key].extra.get("killed_at"), key
    info = opened.info()
    assert info.available
    assert info.session_count == len(sessions)
    assert dict(opened.fingerprints()) == {k: s.fingerprint for k, s in sessions.items()}


@pytest.mark.parametrize(("told", "kind"), _cases())
def test_names_times_and_routing_are_those_of_the_list(
    opened: SessionBackend, told: Told, kind: str
) -> None:
    sessions = _sessions(opened)
    for entry in told["upstream"][kind].get("list", []):
        session = sessions[entry["key"]]
        if kind == "jsonl":
            # Some versions give the time of the question instead.
            file = told["files"].get(f"{entry['key']}.jsonl")
            assert file is None or session.last_activity == parse_time(file["mtime"])
        else:
            assert session.last_activity == parse_time(entry["last_activity"])
            assert session.created_at == parse_time(entry["created_at"])
        assert session.agent == entry.get("agent_alias")
        assert (session.channel, session.room, session.sender) == (
            entry.get("channel_id"),
            entry.get("room_id"),
            entry.get("sender_id"),
        )
        if entry.get("name"):
            assert (session.title, session.title_source) == (entry["name"], TitleSource.STORE)
        else:
            assert session.title_source is TitleSource.DERIVED
        if kind == "acp":
            assert str(session.workspace) == entry["workspace_dir"]
            assert session.tokens == entry["token_count"]
            assert session.message_count == entry["message_count"]


@pytest.mark.parametrize(("told", "kind"), _cases("sqlite", "acp"))
def test_sessions_come_in_zeroclaws_order(opened: SessionBackend, told: Told, kind: str) -> None:
    order = [entry["key"] for entry in told["upstream"][kind].get("list", [])]
    ours = [s.ref.key for s in opened.sessions() if s.ref.key in order]
    # One list holds a hand-edited time, which zeroclaw sorts as text.
    odd = {"gw_d741738f-bbdb-464b-bf12-ff8ef9f35726"}
    assert [key for key in ours if key not in odd] == [key for key in order if key not in odd]


def _chats(opened: SessionBackend, told: Told, kind: str) -> Iterator[tuple[Session, Told]]:
    for key, session in _sessions(opened).items():
        said = told["upstream"][kind]["sessions"].get(key)
        if said is not None and "messages" in said and said.get("exists", True) is not None:
            # A file that zeroclaw lists but cannot open has no messages for it.
            if kind == "jsonl" and said.get("exists") is False:
                assert session.problem
                continue
            yield session, said


@pytest.mark.parametrize(("told", "kind"), _cases("sqlite", "jsonl"))
def test_every_text_is_the_one_zeroclaw_loads(
    opened: SessionBackend, told: Told, kind: str
) -> None:
    for session, said in _chats(opened, told, kind):
        key = session.ref.key
        assert session.message_count == said["count"], key
        contents = _contents(opened, key)
        assert [(role, _sum(content)) for role, content in contents] == [
            (message["role"], message["sha256"]) for message in said["messages"]
        ], key
        transcript = list(opened.messages(key))
        assert [message.index for message in transcript] == list(range(len(transcript)))
        readable = [message for message in transcript if not message.is_damaged]
        assert len(readable) == len(contents)
        labels = key.startswith("whatsapp")
        for message, (role, content), one in zip(readable, contents, said["messages"], strict=True):
            decoded = message_of(decode_entry(role, content, group_labels=labels), message.index)
            assert message.blocks == decoded.blocks
            assert content[:80] == one["head"]
            if one["at"] is not None:
                assert message.created_at == parse_time(one["at"])
            texts = [block.text for block in message.blocks if block.kind == "text"]
            if len(message.blocks) == 1 and texts and not content.startswith("["):
                assert _sum(texts[0]) == one["sha256"]


@pytest.mark.parametrize(("told", "kind"), _cases("acp"))
def test_acp_transcripts_have_zeroclaws_texts_calls_and_results(
    opened: SessionBackend, told: Told, kind: str
) -> None:
    seen = 0
    for session, said in _chats(opened, told, kind):
        transcript = list(opened.messages(session.ref.key))
        assert len(transcript) == said["count"]
        for message, one in zip(transcript, said["messages"], strict=True):
            _compare_acp(message, one)
            seen += 1
        plan = said.get("plan")
        if plan:
            assert session.extra["plan"] == plan
        assert bool(session.extra.get("killed_at")) == bool(said.get("killed", False))
    assert seen


def _compare_acp(message: Message, one: Told) -> None:
    texts = [block.text for block in message.blocks if block.kind == "text"]
    match one["type"]:
        case "Chat":
            assert message.role.value == one["role"]
            assert [_sum(text) for text in texts] == [one["sha256"]]
            assert texts[0][:80] == one["head"]
        case "AssistantToolCalls":
            thoughts = [block.text for block in message.blocks if block.kind == "thinking"]
            assert thoughts == ([one["reasoning"]] if one["reasoning"] else [])
            assert [_sum(text) for text in texts] == (
                [one["text"]["sha256"]] if one["text"] else []
            )
            calls = [block for block in message.blocks if block.kind == "tool_call"]
            assert [(c.call_id, c.name) for c in calls] == [
                (c["id"], c["name"]) for c in one["calls"]
            ]
            for call, said in zip(calls, one["calls"], strict=True):
                assert call.arguments == json.loads(said["arguments_head"])
        case "ToolResults":
            results = [block for block in message.blocks if block.kind == "tool_result"]
            assert [(r.call_id, _sum(r.text)) for r in results] == [
                (r["id"], r["sha256"]) for r in one["results"]
            ]
        case other:
            pytest.fail(f"unknown type {other}")


@pytest.mark.parametrize(("told", "kind"), _cases())
def test_states_and_turns_are_zeroclaws(opened: SessionBackend, told: Told, kind: str) -> None:
    upstream = told["upstream"][kind]
    sessions = _sessions(opened)
    for key, said in upstream["sessions"].items():
        state = said.get("state")
        if state and key in sessions:
            session = sessions[key]
            assert (session.state.value, session.turn_id) == (state["state"], state["turn_id"])
            assert session.turn_started_at == parse_time(state["turn_started_at"])
    running = {key for key, s in sessions.items() if s.state is SessionState.RUNNING}
    assert running == set(upstream.get("running", []))


@pytest.mark.parametrize(("told", "kind"), _cases())
def test_what_zeroclaw_calls_stuck_is_stuck(opened: SessionBackend, told: Told, kind: str) -> None:
    now = _now(told)
    stuck = {
        key: session
        for key, session in _sessions(opened).items()
        if judge(TurnFacts.of(session), now, DEFAULT_THRESHOLD).status is VerdictStatus.STUCK
    }
    upstream = set(told["upstream"][kind].get("stuck", []))
    assert upstream <= stuck.keys()
    for key in stuck.keys() - upstream:
        # Its query needs a start, and compares it alone.
        assert stuck[key].turn_started_at is None


@pytest.mark.parametrize(("told", "kind"), _cases())
def test_known_words_are_found_and_removed_ones_are_not(
    opened: SessionBackend, told: Told, kind: str
) -> None:
    texts = {key: opened.text_since(key, None) for key in opened.keys()}  # noqa: SIM118
    for key, batch in texts.items():
        assert batch.items == list(texts_of(opened.messages(key)))
        again = opened.text_since(key, batch.cursor)
        assert (again.items, again.restart) == ([], False) or not batch.items
    main = "sqlite" if "sqlite" in told["kinds"] else told["kinds"][0]
    everything = " ".join(item.text for batch in texts.values() for item in batch.items)
    written = [s for s in told["sessions"] if s.get("store", main) == kind]
    assert written or not told["sessions"] or kind != main
    for session in written:
        for word in session["words"]:
            holders = [
                key for key, batch in texts.items() if any(word in i.text for i in batch.items)
            ]
            assert holders, word
        for word in session.get("gone", []):
            assert word not in everything


@pytest.mark.parametrize(("told", "kind"), _cases("sqlite"))
def test_the_stores_own_search_finds_what_zeroclaws_finds(
    opened: SessionBackend, told: Told, kind: str
) -> None:
    for session in told["sessions"]:
        for word in session["words"] if session.get("store", "sqlite") == "sqlite" else ():
            query = Query(terms=((Term(word),),), in_tools=True)
            found = {key for key, _ in opened.search(query)}
            said = set(told["upstream"]["sqlite"]["search"].get(word, []))
            in_keys = {key for key in said if word in key}
            assert said - in_keys <= found, word
            assert found, word


@pytest.mark.skipif(not _ORACLE.exists(), reason="no stores of the real program")
def test_every_store_below_a_home_is_discovered(home: Path) -> None:
    around = Surroundings(home=home)
    places = [place.path for place in ZeroclawSqlite.discover(around)]
    assert places == [home / ".zeroclaw" / "data" / "sessions" / "sessions.db"]
    config = home / ".zeroclaw-v080b1"
    given = Surroundings(home=home / "nobody", variables={"ZEROCLAW_CONFIG_DIR": str(config)})
    assert [place.path.relative_to(config) for place in ZeroclawSqlite.discover(given)] == [
        Path("data/sessions/sessions.db"),
        Path("agents/scout/workspace/sessions/sessions.db"),
        Path("data/sessions/archive/sessions.db"),
    ]
