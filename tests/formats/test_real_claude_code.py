"""Transcripts written by the real Claude Code, against what was really typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sessiontui.domain.indexed_text import texts_of
from sessiontui.domain.message import Role
from sessiontui.records.claude_code_files import TranscriptShelf
from sessiontui.records.claude_code_folders import folder_name
from tests.formats.real_stores import oracle_of, real_store_folder

pytestmark = pytest.mark.real_stores


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
