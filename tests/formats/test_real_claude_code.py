"""Transcripts written by the real Claude Code, against what was really typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sessiontui.backends.claude_code import ClaudeCode
from sessiontui.domain.backend import ResumeCommand
from sessiontui.domain.indexed_text import TOOL_KINDS, TextKind, texts_of
from sessiontui.domain.message import Role
from sessiontui.domain.session import Session, SessionRef, TitleSource
from sessiontui.domain.verdict import Presence
from sessiontui.records.claude_code_files import TranscriptShelf
from sessiontui.records.claude_code_folders import folder_name
from sessiontui.services.liveness import presence_of
from tests.formats.real_stores import oracle_of, real_store_folder

pytestmark = pytest.mark.real_stores

HELPER = "agent-a4ec1ed1411b1a9a6.c1a0de00-0000-4000-8000-000000000005"
"""The one sub-agent of that run."""


@pytest.fixture
def projects() -> Path:
    return real_store_folder("claude-code") / "home" / ".claude" / "projects"


@pytest.fixture
def oracle() -> list[dict[str, Any]]:
    found: Any = oracle_of("claude-code")
    return list(found)


@pytest.fixture
def shelf() -> TranscriptShelf:
    return TranscriptShelf()


@pytest.fixture
def store(projects: Path) -> ClaudeCode:
    return ClaudeCode.open(projects.parent)


def session(store: ClaudeCode, said: dict[str, Any]) -> Session:
    found = store.get(said["id"])
    assert found is not None
    return found


def transcript(projects: Path, said: dict[str, Any]) -> Path:
    return projects / folder_name(said["dir"]) / f"{said['id']}.jsonl"


def test_what_a_person_typed_is_human_in_the_order_it_was_typed(
    projects: Path, oracle: list[dict[str, Any]], shelf: TranscriptShelf
) -> None:
    for said in oracle:
        found = [
            "\n".join(block.text for block in message.blocks if block.kind == "text")
            for message in shelf.messages(transcript(projects, said))
            if message.human
        ]
        assert found == said["prompts"], said["id"]


def test_titles_prompts_and_words_are_found(
    projects: Path, oracle: list[dict[str, Any]], shelf: TranscriptShelf
) -> None:
    for said in oracle:
        path = transcript(projects, said)
        overview = shelf.overview(path)
        assert overview.first_prompt == said["prompts"][0]
        assert overview.folder == said["dir"]
        if said["title"]:
            assert overview.title == said["title"]
        items = shelf.texts_since(path, None).items
        assert items == list(texts_of(shelf.messages(path)))
        for word in said["words"]:
            plain = word.partition(" (")[0]
            assert any(plain in item.text for item in items), (said["id"], word)


def test_a_killed_turn_is_open_and_a_finished_one_is_not(
    projects: Path, oracle: list[dict[str, Any]], shelf: TranscriptShelf
) -> None:
    for said in oracle:
        killed = any("KILLED" in event for event in said["events"])
        assert shelf.overview(transcript(projects, said)).turn_open is killed, said["id"]


def test_no_line_of_a_real_transcript_is_damaged_or_unknown(
    projects: Path, shelf: TranscriptShelf
) -> None:
    for path in sorted(projects.rglob("*.jsonl")):
        messages = list(shelf.messages(path))
        assert messages
        assert not [m for m in messages if m.role is Role.OTHER], path
        assert not [b for m in messages for b in m.blocks if b.kind in ("damaged", "opaque")]


def test_a_message_of_several_lines_is_one_message(projects: Path, shelf: TranscriptShelf) -> None:
    path = projects / "-home-dev-claude-proj-beta-caf-"
    found = list(shelf.messages(path / "c1a0de00-0000-4000-8000-000000000007.jsonl"))
    kinds = [[block.kind for block in m.blocks] for m in found]
    assert kinds[1] == ["text", "tool_call", "tool_call"]
    assert kinds[-1] == ["thinking", "text"]


# -- as a store --------------------------------------------------------------------------------


def test_the_store_holds_the_sessions_that_were_had_and_no_others(
    store: ClaudeCode, oracle: list[dict[str, Any]]
) -> None:
    # Nobody typed in the sub-agent's, so it is not among those.
    keys = {*(said["id"] for said in oracle), HELPER}
    assert set(store.keys()) == keys
    assert {s.ref.key for s in store.scan()} == keys
    info = store.info()
    assert (info.session_count, info.problem) == (len(oracle) + 1, None)
    assert ClaudeCode.find_in(store.root) == (store.root,)


def test_a_session_is_what_was_typed_where_it_was_typed(
    store: ClaudeCode, oracle: list[dict[str, Any]]
) -> None:
    for said in oracle:
        found = session(store, said)
        typed = said["prompts"]
        assert found.turns == len(typed)
        assert found.workspace == Path(said["dir"])
        assert store.resume_command(said["id"]) == ResumeCommand(
            ("claude", "--resume", said["id"]), Path(said["dir"])
        )
        if said["title"]:
            assert (found.title, found.title_source) == (said["title"], TitleSource.STORE)
        elif found.title_source is TitleSource.DERIVED:
            assert found.title == " ".join(typed[0].split())
        else:
            # A title made by the model, which in this run repeats the prompt.
            assert typed[0][:24] in (found.title or "")
        compactions = sum(event == "/compact" for event in said["events"])
        assert int(found.extra.get("compactions", 0)) <= compactions  # type: ignore[arg-type]
        killed = any("KILLED" in event for event in said["events"])
        assert found.turn_open is killed
        assert found.created_at is not None
        assert found.last_activity is not None
        assert found.created_at <= found.last_activity
        assert found.problem is None


def test_the_first_look_and_the_texts_agree_with_the_whole(
    store: ClaudeCode, oracle: list[dict[str, Any]]
) -> None:
    seen = {s.ref.key: s for s in store.scan()}
    for said in oracle:
        whole = session(store, said)
        first = seen[said["id"]]
        assert (first.title, first.workspace, first.created_at, first.last_activity) == (
            whole.title, whole.workspace, whole.created_at, whole.last_activity,
        )  # fmt: skip
        assert first.turn_open is whole.turn_open
        batch = store.text_since(said["id"], None)
        assert batch.session == whole
        assert batch.items == list(texts_of(store.messages(said["id"])))
        spoken = store.text_since(said["id"], None, tools=False)
        assert spoken.cursor == batch.cursor
        assert spoken.items == [
            item._replace(text="") if item.kind in TOOL_KINDS else item for item in batch.items
        ]


def test_a_fork_has_the_prompts_of_its_origin_and_its_own(
    store: ClaudeCode, oracle: list[dict[str, Any]]
) -> None:
    forks = [said for said in oracle if said["kind"].startswith("fork of ")]
    assert forks
    for said in forks:
        origin = {m.native_id for m in store.messages(said["kind"].removeprefix("fork of "))}
        prompts = [m for m in store.messages(said["id"]) if m.human]
        own = ["".join(b.text for b in m.blocks if b.kind == "text")
               for m in prompts if m.native_id not in origin]  # fmt: skip
        assert own == said["own"]


def test_of_an_interrupted_answer_there_is_what_was_written_to_disk(
    store: ClaudeCode, oracle: list[dict[str, Any]]
) -> None:
    told = [said for said in oracle if said.get("partial_answer_on_disk") is not None]
    assert {said["partial_answer_on_disk"] for said in told} == {True, False}
    for said in told:
        items = store.text_since(said["id"], None).items
        if said["partial_answer_on_disk"]:
            ends = [i for i, item in enumerate(items) if "[Request interrupted" in item.text]
            before = items[ends[0] - 1]
            assert (before.role, before.kind) == ("assistant", TextKind.TEXT)
            assert before.text.strip()
        else:
            last_prompt = max(item.message_index for item in items if item.human)
            assert items[-1].message_index == last_prompt


def test_the_notes_of_killed_processes_name_their_sessions_and_nobody_alive(
    store: ClaudeCode, oracle: list[dict[str, Any]]
) -> None:
    owners = store.owners()
    killed = {said["id"] for said in oracle if any("KILLED" in event for event in said["events"])}
    assert len(owners) == 2
    assert owners.keys() <= killed
    for key, (owner,) in owners.items():
        assert presence_of((owner,)) == Presence(alive=False)
        facts = store.turn_facts(key)
        assert facts is not None
        assert facts.owners == (owner,)
        assert facts.turn_open


def test_a_sub_agent_stands_below_the_session_that_spawned_it(
    store: ClaudeCode, projects: Path
) -> None:
    (helper,) = projects.rglob("subagents/agent-*.jsonl")
    spawned = store.get(HELPER)
    assert spawned is not None
    assert spawned.parent == SessionRef(store.store_id, helper.parents[1].name)
    assert (spawned.title, spawned.title_source) == ("Count python files", TitleSource.STORE)
    assert (spawned.turn_open, spawned.extra["agent_type"]) == (False, "general-purpose")
    assert not any(message.human for message in store.messages(HELPER))
    batch = store.text_since(HELPER, None)
    assert batch.session == spawned
    assert any("tangerine" in item.text for item in batch.items)
    assert {s.ref.key for s in store.scan() if s.parent is not None} == {HELPER}
    parent = store.get(helper.parents[1].name)
    assert parent is not None
    assert parent.extra["sub_agents"] == 1
    calls = [b.call_id for m in store.messages(parent.ref.key) for b in m.blocks
             if b.kind == "tool_call"]  # fmt: skip
    assert spawned.extra["tool_use_id"] in calls
    parts = [part.path for part in store.footprint(parent.ref.key).parts]
    assert helper.parents[1].resolve() in parts
