"""Sub-agents of Claude Code at work: what looking costs, what is watched, how long they live."""

from __future__ import annotations

import asyncio
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from sessiontui.domain.errors import StoreUnreadable
from sessiontui.domain.query import Query
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.domain.verdict import VerdictStatus
from sessiontui.services.library import Library, LibraryOptions
from sessiontui.services.liveness import sighted
from sessiontui.storage.locations import Locations
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
from tests.formats.claude_code_lines import answer, prompt, result
from tests.formats.claude_code_stores import (
    FIRST,
    SECOND,
    SHOP,
    ClaudeFolder,
    append,
    counted,
    refusing,
    session_key,
)

# -- what looking costs ------------------------------------------------------------------------


def test_an_unchanged_store_with_sub_agents_opens_no_file(
    claude: ClaudeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        claude.write(session_key(number + 1), at=1_770_000_000)
        if number < 5:
            for name in ("a1", "a2"):
                key = session_key(number + 1)
                spawned(claude, f"subagents/agent-{name}.jsonl", session=key, at=1_770_000_000)
    work = counted(monkeypatch)
    store = claude.open()
    stamp, found = store.stamp(), dict(store.fingerprints())
    assert len(found) == 30
    assert (work.opened, work.bytes) == (0, 0)
    assert work.listed == 2 * (2 + 5)
    assert claude.open().stamp() == stamp


def test_the_first_look_at_a_large_sub_agent_is_its_head_and_its_tail(
    claude: ClaudeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    claude.write()
    filling = [aside(prompt(n, n - 1, [result("word " * 400)])) for n in range(3, 1000)]
    spawned(claude, records=(*COUNTED[:2], *filling, aside(answer(1000, 999, "done"))))
    work = counted(monkeypatch)
    (seen,) = claude.open().scan((HELPER,))
    assert work.bytes < 200_000
    whole = got(claude.open())
    assert (whole.message_count, whole.turn_open) == (3, False)
    assert seen == whole.replace(message_count=None, turns=None)


def test_a_line_of_a_sub_agent_costs_its_own_bytes_and_moves_its_session(
    claude: ClaudeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    claude.write(records=SPAWNING)
    claude.write(SECOND)
    filling = [aside(prompt(n, n - 1, [result("word " * 4_000)])) for n in range(5, 100)]
    path = spawned(claude, records=(*COUNTED, *filling))
    store = claude.open()
    before, stamp = dict(store.fingerprints()), store.stamp()
    first = store.text_since(HELPER, None)
    append(path, aside(answer(100, 99, "one more")))
    work = counted(monkeypatch)
    batch = store.text_since(HELPER, first.cursor)
    assert work.bytes < 2_000
    assert [item.text for item in batch.items] == ["one more"]
    assert batch.session == got(store)
    after = dict(store.fingerprints())
    assert {key for key in after if after[key] != before[key]} == {FIRST, HELPER}
    assert store.stamp() != stamp
    assert got(store, FIRST).fingerprint == after[FIRST]


def test_a_folder_of_sub_agents_that_may_not_be_read_does_not_pass_for_an_empty_one(
    claude: ClaudeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    claude.write()
    path = spawned(claude)
    store = claude.open()
    refusing(path.parent, monkeypatch, "scandir")
    with pytest.raises(StoreUnreadable):
        store.fingerprints()
    assert got(store, FIRST).title == "why is the kettle slow"


# -- watching ----------------------------------------------------------------------------------


def test_a_change_names_the_sub_agent_and_its_session(claude: ClaudeFolder) -> None:
    claude.write()
    path = spawned(claude)
    flow = spawned(claude, "subagents/workflows/wf_7/agent-b.jsonl")
    workflow = f"agent-b.wf_7.{FIRST}"
    store = claude.open()
    list(store.keys())
    everything, own = frozenset({FIRST, HELPER, workflow}), frozenset({FIRST, HELPER})
    assert store.changed_keys([path]) == own
    assert store.changed_keys([path.with_name("agent-a1.meta.json")]) == own
    assert store.changed_keys([flow]) == frozenset({FIRST, workflow})
    beside = path.parents[1]
    for folder in (beside, path.parent, flow.parents[1], flow.parent):
        assert folder in store.watch_roots()
        assert store.changed_keys([folder]) == everything
    for name in ("tool-results", "tool-results/x.txt", "subagents/workflows/wf_7/journal.jsonl"):
        assert store.changed_keys([beside / name]) == frozenset()
    assert store.changed_keys([path.parents[2]]) == everything
    path.unlink()
    assert store.changed_keys([path.parent]) == everything


def test_only_the_sessions_that_moved_last_are_watched_for_sub_agents(claude: ClaudeFolder) -> None:
    for number in range(40):
        key = session_key(number + 1)
        claude.write(key, at=1_770_000_000 + number)
        spawned(claude, session=key, at=1_770_000_000)
    oldest = claude.projects / SHOP / session_key(1)
    store = claude.open()
    before = len(store.watch_roots())
    list(store.keys())
    assert len(store.watch_roots()) == before + 2 * 32
    assert oldest not in store.watch_roots()
    os.utime(oldest / PLACE, (1_770_001_000, 1_770_001_000))
    list(store.keys())
    assert oldest in store.watch_roots()


async def test_what_a_sub_agent_writes_is_seen_from_the_first_line_on(
    claude: ClaudeFolder, tmp_path: Path
) -> None:
    claude.write(records=SPAWNING)
    asked = library(claude, tmp_path, datetime(2026, 5, 1, 10, 30, tzinfo=UTC))
    asked.sync()
    stop = Event()
    told: asyncio.Queue[frozenset[str]] = asyncio.Queue()

    async def listen() -> None:
        async for event in asked.events(stop):
            told.put_nowait(event.keys)

    async def until_told(*keys: str) -> None:
        missing = set(keys)
        while missing:
            missing -= await asyncio.wait_for(told.get(), 5)

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0.3)
    # Its folder is not there yet, and nothing is watched but the one above.
    path = await asyncio.to_thread(lambda: spawned(claude, records=COUNTED[:1], note=NOTE))
    await until_told(HELPER, FIRST)
    for record in COUNTED[1:3]:
        await asyncio.to_thread(append, path, record)
        await until_told(HELPER, FIRST)
    await asyncio.to_thread(path.unlink)
    await until_told(HELPER)
    assert rows_of(asked).keys() == {FIRST}
    stop.set()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    asked.close()


# -- as a whole --------------------------------------------------------------------------------


def library(claude: ClaudeFolder, tmp_path: Path, now: datetime) -> Library:
    options = LibraryOptions(
        stores=(f"claude-code:{claude.root}",), locations=Locations.below(tmp_path / "own")
    )
    return Library.open(options, lambda: now)


def rows_of(asked: Library, query: Query | None = None) -> dict[str, SessionRow]:
    return {row.ref.key: row for row in asked.rows(query or Query(), whole=True).rows}


def test_rows_name_their_parents_and_a_session_runs_while_its_sub_agents_do(
    claude: ClaudeFolder, tmp_path: Path
) -> None:
    at = datetime(2026, 5, 1, 10, 30, tzinfo=UTC)
    claude.write(records=SPAWNING)
    path = spawned(claude, records=COUNTED[:2], note=NOTE, at=at.timestamp() - 1200)
    asked = library(claude, tmp_path, at)
    asked.sync()
    store = asked.stores()[0].id
    rows = rows_of(asked)
    assert {key: row.parent for key, row in rows.items()} == {
        FIRST: None, HELPER: SessionRef(store, FIRST),
    }  # fmt: skip
    assert {row.status for row in rows.values()} == {VerdictStatus.INTERRUPTED}
    append(path, {**COUNTED[2], "timestamp": "2026-05-01T10:29:30.000Z"})
    os.utime(path, (at.timestamp() - 30, at.timestamp() - 30))
    asked.sync()
    assert {row.status for row in rows_of(asked).values()} == {VerdictStatus.RUNNING}
    parents = {session.ref.key: session.parent for session in asked.sessions(Query()).sessions}
    assert parents == {FIRST: None, HELPER: SessionRef(store, FIRST)}
    assert asked.resolve(FIRST[:-2]) == SessionRef(store, FIRST)
    assert asked.resolve("agent-a1") == SessionRef(store, HELPER)
    asked.close()


def test_a_sub_agent_lives_as_long_as_the_process_of_its_session(
    claude: ClaudeFolder, tmp_path: Path
) -> None:
    claude.write(records=SPAWNING)
    old = datetime(2026, 5, 1, 10, tzinfo=UTC).timestamp()
    spawned(claude, records=COUNTED[:2], at=old)
    spawned(claude, "subagents/agent-a2.jsonl", at=old)
    seen = sighted(os.getpid())
    assert seen is not None
    note = claude.root / "sessions" / f"{os.getpid()}.json"
    note.parent.mkdir()
    stored = {"pid": os.getpid(), "sessionId": FIRST, "procStart": seen.started, "status": "busy"}
    note.write_text(json.dumps(stored))
    asked = library(claude, tmp_path, datetime(2026, 5, 1, 10, 30, tzinfo=UTC))
    store = asked.stores()[0].id

    def verdict(key: str) -> tuple[str, bool | None]:
        found = asked.verdict(asked.session(SessionRef(store, key)))
        return found.status.value, found.live

    # A process says of itself, and not of sub-agents, that it is busy.
    assert verdict(FIRST) == ("stuck", True)
    assert verdict(HELPER) == ("unknown", True)
    assert verdict(f"agent-a2.{FIRST}") == ("idle", True)
    note.write_text(json.dumps({**stored, "procStart": "1"}))
    later = library(claude, tmp_path, datetime(2026, 5, 1, 10, 30, tzinfo=UTC) + timedelta(days=1))
    gone = later.verdict(later.session(SessionRef(store, HELPER)))
    assert (gone.status, gone.live) == (VerdictStatus.INTERRUPTED, False)
