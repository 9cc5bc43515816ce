"""Stores written by the real Codex, against what was really typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sessiontui.backends.codex import Codex
from sessiontui.domain.indexed_text import texts_of
from sessiontui.domain.message import Message
from sessiontui.domain.session import TitleSource
from tests.formats.real_stores import copied_home, oracle_of

pytestmark = pytest.mark.real_stores

_IN_THINKING = re.compile(r"^(.*) \(only in the thinking\)$")


@pytest.fixture(scope="module")
def oracle() -> list[dict[str, Any]]:
    found: Any = oracle_of("codex")
    entries: list[dict[str, Any]] = found
    return entries


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied_home("codex", tmp_path_factory.mktemp("codex") / "home")


@pytest.fixture(scope="module")
def store(home: Path) -> Iterator[Codex]:
    backend = Codex.open(home / ".codex")
    yield backend
    backend.close()


def kept(oracle: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The sessions that must be in the store."""
    return [entry for entry in oracle if entry["found_in"]]


def keys_of(store: Codex) -> list[str]:
    return [key for key, _ in store.fingerprints()]


def prompts(messages: list[Message]) -> list[str]:
    """What people typed."""
    return ["".join(b.text for b in m.blocks if b.kind == "text") for m in messages if m.human]


def test_the_sessions_are_those_that_were_kept(store: Codex, oracle: list[dict[str, Any]]) -> None:
    assert set(keys_of(store)) == {entry["id"] for entry in kept(oracle)}
    info = store.info()
    assert (info.available, info.problem, info.session_count) == (True, None, len(kept(oracle)))
    everything = " ".join(
        i.text for key in keys_of(store) for i in store.text_since(key, None).items
    )
    gone = [entry for entry in oracle if not entry["found_in"]]
    assert gone
    for entry in gone:
        for prompt in entry["prompts"]:
            assert prompt not in everything


def test_every_prompt_is_there_in_order_and_once(
    store: Codex, oracle: list[dict[str, Any]]
) -> None:
    for entry in kept(oracle):
        messages = list(store.messages(entry["id"]))
        assert prompts(messages) == entry["prompts"], entry["id"]
        session = store.get(entry["id"])
        assert session is not None
        answers = sum(m.role.value == "assistant" and any(b.kind == "text" for b in m.blocks)
                      for m in messages)  # fmt: skip
        assert session.message_count == len(entry["prompts"]) + answers
        assert str(session.workspace) == entry["dir"]
        assert session.native_id == entry["id"]
        assert session.problem is None


def test_a_fork_begins_with_its_parents_prompts(store: Codex, oracle: list[dict[str, Any]]) -> None:
    forks = [entry for entry in kept(oracle) if "own" in entry]
    assert forks
    below = {session.ref.key for session in store.scan() if session.parent is not None}
    assert below == {entry["id"] for entry in forks}
    for entry in forks:
        session = store.get(entry["id"])
        assert session is not None
        assert session.parent is not None
        assert session.parent.key in entry["kind"]
        assert session.parent.key in keys_of(store)
        inherited = session.extra["inherited_messages"]
        assert isinstance(inherited, int)
        own = prompts(list(store.messages(entry["id"], inherited)))
        assert own == entry["own"]


def test_titles_are_those_that_were_given(store: Codex, oracle: list[dict[str, Any]]) -> None:
    sessions = {session.ref.key: session for session in store.scan()}
    for entry in kept(oracle):
        session = sessions[entry["id"]]
        if entry["title"] is not None:
            assert (session.title, session.title_source) == (entry["title"], TitleSource.STORE)
        elif session.title_source is TitleSource.DERIVED:
            assert session.title == entry["prompts"][0]
        assert session.title


def test_every_word_is_found_and_thoughts_are_marked(
    store: Codex, oracle: list[dict[str, Any]]
) -> None:
    looked_for = 0
    for entry in kept(oracle):
        items = store.text_since(entry["id"], None).items
        for word in entry["words"]:
            looked_for += 1
            thought = _IN_THINKING.match(word)
            if thought is None:
                assert any(word in item.text for item in items), word
            else:
                kinds = {item.kind.value for item in items if thought[1] in item.text}
                assert kinds == {"thinking"}
    assert looked_for >= 8


def test_what_ended_badly_shows_an_open_turn_and_no_word_of_the_answer(
    store: Codex, oracle: list[dict[str, Any]]
) -> None:
    for entry in kept(oracle):
        session = store.get(entry["id"])
        facts = store.turn_facts(entry["id"])
        assert session is not None
        assert facts is not None
        # The last event tells how it ended; a fork closes the turn it inherits.
        killed = "KILLED (-9) mid-turn" in entry["events"]
        assert session.turn_open == facts.turn_open == killed, entry["id"]
        if entry.get("partial_answer_on_disk") is False and killed:
            last = next(store.messages(entry["id"], -1))
            assert last.human


def test_events_of_the_run_are_in_the_transcripts(
    store: Codex, oracle: list[dict[str, Any]]
) -> None:
    for entry in kept(oracle):
        notices = [
            b.text
            for m in store.messages(entry["id"])
            if m.role.value == "system"
            for b in m.blocks
            if b.kind == "text"
        ]
        assert ("/compact" in entry["events"]) <= ("The conversation was compacted" in notices)
        interrupted = "interrupted with Escape" in entry["events"]
        assert interrupted <= ("The turn was interrupted" in notices)
        session = store.get(entry["id"])
        assert session is not None
        assert ("archive" in entry["events"]) == bool(session.extra.get("archived"))
        assert (store.resume_command(entry["id"]) is None) == ("archive" in entry["events"])


def test_instructions_and_context_are_not_in_the_index(store: Codex) -> None:
    for key in keys_of(store):
        for item in store.text_since(key, None).items:
            assert "<environment_context>" not in item.text
            assert "coding agent running in" not in item.text
            assert "<skills_instructions>" not in item.text


def test_every_way_of_reading_agrees(store: Codex) -> None:
    for key in keys_of(store):
        messages = list(store.messages(key))
        batch = store.text_since(key, None)
        assert batch.items == list(texts_of(messages))
        blank = store.text_since(key, None, tools=False)
        assert [i[:5] for i in blank.items] == [i[:5] for i in batch.items]
        assert batch.session == blank.session == store.get(key)
        assert [m.index for m in messages] == list(range(len(messages)))
        assert not any(m.role.value == "other" for m in messages)
        again = store.text_since(key, batch.cursor)
        assert (again.items, again.restart, again.session) == ([], False, batch.session)


def test_failed_commands_are_errors(store: Codex, oracle: list[dict[str, Any]]) -> None:
    outcomes = [
        (b.is_error, b.text)
        for key in keys_of(store)
        for m in store.messages(key)
        for b in m.blocks
        if b.kind == "tool_result"
    ]
    assert {outcome for outcome, _ in outcomes} == {True, False}
    assert all(("No such file" in text) == bool(failed) for failed, text in outcomes)


def test_reading_changes_no_byte(home: Path, store: Codex) -> None:
    def files() -> dict[Path, bytes]:
        return {
            path: path.read_bytes()
            for path in sorted(home.rglob("*"))
            if path.is_file() and not path.name.endswith(("-wal", "-shm"))
        }

    before = files()
    for session in store.scan():
        list(store.messages(session.ref.key))
        store.text_since(session.ref.key, None)
    store.info()
    store.close()
    assert files() == before
