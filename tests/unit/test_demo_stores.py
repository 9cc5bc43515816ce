"""The sample stores: every format, every state, everything that is hard to show."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from sessiontui.domain.message import Message
from sessiontui.domain.session import Session, TitleSource
from sessiontui.domain.verdict import TurnFacts, VerdictStatus, judge
from sessiontui.services.backend_registry import backend_class
from sessiontui.services.catalogue import stores_of_spec
from sessiontui.services.demo_conversations import (
    LONG_SESSION_MESSAGES,
    SAMPLES,
    TRANSCRIPT_TITLE,
)
from sessiontui.services.demo_dialogue import asks, says, talk, timed, uses
from sessiontui.services.demo_stores import open_demo, write_demo_stores

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Demo(NamedTuple):
    """What the written stores hold."""

    folder: Path
    specs: tuple[str, ...]
    sessions: tuple[Session, ...]
    messages: dict[str, tuple[Message, ...]]

    def texts(self) -> Iterator[str]:
        """Every text of every message."""
        for messages in self.messages.values():
            for message in messages:
                yield from (block.text for block in message.blocks if block.kind == "text")


def read(folder: Path, specs: tuple[str, ...]) -> Demo:
    sessions: list[Session] = []
    messages: dict[str, tuple[Message, ...]] = {}
    for spec in specs:
        ((name, path),) = stores_of_spec(spec)
        backend = backend_class(name).open(path)
        for session in backend.scan():
            sessions.append(session)
            messages[str(session.ref)] = tuple(backend.messages(session.ref.key))
        backend.close()
    return Demo(folder, specs, tuple(sessions), messages)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo") / "home"
    return read(folder, write_demo_stores(folder, NOW))


def test_there_is_a_store_of_every_format_with_all_its_sessions(demo: Demo) -> None:
    found = Counter(session.format for session in demo.sessions)
    assert found == {name: len(samples) for name, samples in SAMPLES.items()}
    assert [spec.partition(":")[0] for spec in demo.specs] == list(SAMPLES)
    assert 70 <= len(demo.sessions) <= 85


def test_every_status_is_there_that_a_store_can_show(demo: Demo) -> None:
    statuses = Counter(judge(TurnFacts.of(session), NOW).status for session in demo.sessions)
    for status in ("running", "stuck", "error", "interrupted", "idle", "unknown"):
        assert statuses[VerdictStatus(status)], status


def test_every_kind_of_content_is_there(demo: Demo) -> None:
    blocks = [b for found in demo.messages.values() for m in found for b in m.blocks]
    kinds = Counter(block.kind for block in blocks)
    for kind in ("text", "thinking", "tool_call", "tool_result", "media", "damaged"):
        assert kinds[kind], kind
    outcomes = {block.is_error for block in blocks if block.kind == "tool_result"}
    assert outcomes == {True, False, None}
    text = "\n".join(demo.texts())
    for part in ("```python", "```js", "```rust", "```sql", "```bash", "```diff", "|---|", "🥾"):
        assert part in text, part


def test_titles_are_given_derived_missing_and_alike(demo: Demo) -> None:
    titles = [session.title for session in demo.sessions if session.title]
    assert sum(title.startswith("Trip: ") for title in titles) == 3
    sources = Counter(session.title_source for session in demo.sessions)
    assert sources[TitleSource.STORE] > 10
    assert sources[TitleSource.DERIVED] > 10
    assert any(session.title is None for session in demo.sessions)
    assert TRANSCRIPT_TITLE[1] in titles


def test_scripts_of_the_world_and_hostile_text_are_there(demo: Demo) -> None:
    letters = {
        unicodedata.bidirectional(char) if ord(char) < 0x3000 else "wide"
        for session in demo.sessions
        for char in session.title or ""
    }
    assert {"L", "R", "AL", "wide"} <= letters
    everything = "".join(demo.texts()) + "".join(s.title or "" for s in demo.sessions)
    for part in ("\x1b", "\x00", "\u202e", "[/nothing]"):
        assert part in everything


def test_sizes_go_from_empty_to_very_long(demo: Demo) -> None:
    counts = [len(found) for found in demo.messages.values()]
    assert min(counts) == 0
    assert max(counts) == LONG_SESSION_MESSAGES
    longest = max(
        len(line) for found in demo.messages.values() for m in found for b in m.blocks
        if b.kind == "tool_result" for line in b.text.splitlines()
    )  # fmt: skip
    assert longest > 10_000


def test_times_go_from_now_back_over_months(demo: Demo) -> None:
    ages = sorted(NOW - session.last_activity for session in demo.sessions if session.last_activity)
    assert len(ages) == len(demo.sessions)
    assert ages[0] < timedelta(minutes=1)
    assert ages[0] >= timedelta(0)
    assert ages[-1] > timedelta(days=100)


def test_damage_is_told_by_session_or_message(demo: Demo) -> None:
    assert sum(session.problem is not None for session in demo.sessions) >= 1
    damaged = [m for found in demo.messages.values() for m in found if m.is_damaged]
    assert len(damaged) >= 2


def test_slack_threads_without_a_conversation_are_there(demo: Demo) -> None:
    slack = [session for session in demo.sessions if session.format == "hermes-bot"]
    assert sum(session.message_count is None for session in slack) == 2
    assert {session.repo for session in slack} == {"shop", "docs"}


def test_terminal_agents_have_a_home_of_their_own(demo: Demo) -> None:
    transcripts = [*demo.folder.rglob(".claude/projects/*/*.jsonl")]
    everything = [session for session in demo.sessions if session.format == "claude-code"]
    claude = [session for session in everything if session.parent is None]
    slack = [session for session in demo.sessions if session.format == "hermes-bot"]
    linked = sum(session.message_count is not None for session in slack)
    assert len(transcripts) == len(claude) + linked
    assert {path.stem for path in transcripts} >= {session.ref.key for session in claude}
    assert all(session.model and session.workspace and session.branch for session in everything)


def test_a_session_has_two_sub_agents_and_calls_for_each(demo: Demo) -> None:
    claude = {session.ref: session for session in demo.sessions if session.format == "claude-code"}
    spawned = [session for session in claude.values() if session.parent is not None]
    assert len(spawned) == 2
    (parent,) = {session.parent for session in spawned}
    assert parent in claude
    calls = {b.call_id: b.arguments for m in demo.messages[str(parent)] for b in m.blocks
             if b.kind == "tool_call" and b.name == "Agent"}  # fmt: skip
    for session in spawned:
        arguments = calls.pop(str(session.extra["tool_use_id"]))
        assert isinstance(arguments, dict)
        assert arguments["description"] == session.title
        assert arguments["subagent_type"] == session.extra["agent_type"]
        first = demo.messages[str(session.ref)][0]
        assert not first.human
        assert [b.text for b in first.blocks if b.kind == "text"] == [arguments["prompt"]]
    assert not calls


def test_a_fork_names_its_parent_and_a_turn_that_was_cut_off_is_told(demo: Demo) -> None:
    codex = {session.ref: session for session in demo.sessions if session.format == "codex"}
    (fork,) = (session for session in codex.values() if session.parent is not None)
    assert fork.parent in codex
    assert codex[fork.parent].title == fork.title
    for name in ("claude-code", "codex"):
        found = [session for session in demo.sessions if session.format == name]
        assert [session.turn_open for session in found].count(True) == 1
    assert "The turn was interrupted" in set(demo.texts())


def test_the_same_time_gives_the_same_sessions(demo: Demo, tmp_path: Path) -> None:
    again = read(tmp_path, write_demo_stores(tmp_path / "home", NOW))
    kept = ("format", "title", "created_at", "last_activity", "message_count", "state", "turn_id")

    def facts(found: Demo) -> list[tuple[object, ...]]:
        return sorted(
            (session.ref.key, *(str(getattr(session, name)) for name in kept))
            for session in found.sessions
        )

    assert facts(again) == facts(demo)
    texts = [[m for _, m in sorted(d.messages.items(), key=lambda i: i[0].partition(":")[2])]
             for d in (again, demo)]  # fmt: skip
    assert texts[0] == texts[1]


def test_another_time_moves_everything(tmp_path: Path, demo: Demo) -> None:
    later = read(tmp_path, write_demo_stores(tmp_path / "home", NOW + timedelta(days=1)))
    assert {s.last_activity for s in later.sessions} == {
        s.last_activity + timedelta(days=1) for s in demo.sessions if s.last_activity
    }


def test_the_demo_keeps_its_own_files_below_its_folder(tmp_path: Path) -> None:
    options = open_demo(tmp_path / "demo", NOW)
    assert options.locations is not None
    for folder in (options.locations.cache, options.locations.data, options.locations.config):
        assert folder.is_relative_to(tmp_path / "demo")
    assert options.home == tmp_path / "demo" / "home"
    assert not list((tmp_path / "user-home").iterdir())


def test_a_dialogue_ends_when_it_should_and_goes_forward() -> None:
    dialogue = talk(asks("a"), uses("shell", {"c": 1}, "out"), uses("shell", {}, "2"), says("b"))
    messages = timed(dialogue, NOW, "seed")
    times = [message.created_at for message in messages if message.created_at]
    assert times == sorted(times)
    assert len(set(times)) == len(dialogue)
    assert times[-1] == NOW
    calls = [b.call_id for m in messages for b in m.blocks if b.kind == "tool_call"]
    results = [b.call_id for m in messages for b in m.blocks if b.kind == "tool_result"]
    assert calls == results
    assert len(set(calls)) == 2
    assert timed(dialogue, NOW, "seed") == messages
