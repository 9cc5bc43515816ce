"""The generated histories: reproducible, shaped like real ones, readable."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from benchmarks.histories import Written, conversations, today, write_history

from sessiontui.domain.query import Query
from sessiontui.domain.query_parser import parse_query
from sessiontui.services.backend_registry import backend_class
from sessiontui.services.library import Library, LibraryOptions
from sessiontui.storage.locations import Locations

UNTIL = 1_790_000_000.0


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("history")


@pytest.fixture(scope="module")
def written(home: Path) -> list[Written]:
    return write_history(home, 8, seed=3, until=UNTIL)


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def claude_files(written: list[Written]) -> list[Path]:
    return [one.path for one in written if ".claude" in one.path.parts]


def codex_files(written: list[Written]) -> list[Path]:
    return [one.path for one in written if ".codex" in one.path.parts]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("same", 1), ("other", 2)):
        write_history(tmp_path / name, 1, seed, UNTIL)
    one = contents(tmp_path / "one")
    assert one == contents(tmp_path / "same")
    assert not one.keys() & contents(tmp_path / "other").keys() - {".codex/session_index.jsonl"}


def test_size_and_number_are_as_wanted(home: Path, written: list[Written]) -> None:
    size = sum(one.size for one in written)
    assert size == sum(one.path.stat().st_size for one in written)
    assert 7e6 < size < 10e6
    assert len(written) == 16
    assert len({one.path for one in written}) == 16
    assert len(codex_files(written)) == 5
    # Log-normal: a few hold most of it.
    assert max(one.size for one in written) > 4 * sorted(one.size for one in written)[8]


def test_every_file_has_the_time_of_its_last_record(written: list[Written]) -> None:
    for one in written:
        assert one.path.stat().st_mtime < UNTIL
        if ".codex" in one.path.parts:
            day = "/".join(one.path.parts[-4:-1]).replace("/", "-")
            assert records(one.path)[0]["timestamp"].startswith(day)


def test_a_claude_code_file_is_a_chain_of_known_records(written: list[Written]) -> None:
    for path in claude_files(written):
        known: set[str] = set()
        for record in records(path):
            assert record.get("sessionId", path.stem) == path.stem
            if "uuid" in record:
                assert record["parentUuid"] is None or record["parentUuid"] in known
                known.add(record["uuid"])
        assert known


def test_one_message_of_claude_is_split_over_records(written: list[Written]) -> None:
    kinds_of: dict[str, list[str]] = {}
    for path in claude_files(written):
        for record in records(path):
            if record["type"] == "assistant":
                (block,) = record["message"]["content"]
                kinds_of.setdefault(record["message"]["id"], []).append(block["type"])
    assert ["text", "tool_use"] in kinds_of.values()
    assert any("thinking" in kinds for kinds in kinds_of.values())


def test_tool_output_stands_twice_and_is_most_of_the_bytes(written: list[Written]) -> None:
    said = printed = whole = 0
    for path in claude_files(written):
        whole += path.stat().st_size
        for record in records(path):
            content = record.get("message", {}).get("content", "")
            if isinstance(content, str):
                said += len(content)
            elif content[0]["type"] == "text":
                said += len(content[0]["text"])
            elif content[0]["type"] == "tool_result":
                printed += len(content[0]["content"])
                twin = record["toolUseResult"]
                text = twin.get("stdout", twin.get("content", twin.get("file", {}).get("content")))
                assert text == content[0]["content"]
    assert 0.03 < said / whole < 0.08
    assert 2 * printed / whole > 0.5


def test_a_rollout_begins_with_its_session_and_counts_its_lines(written: list[Written]) -> None:
    for path in codex_files(written):
        lines = records(path)
        assert lines[0]["type"] == "session_meta"
        assert path.stem.endswith(lines[0]["payload"]["id"])
        assert len(lines[0]["payload"]["base_instructions"]["text"]) > 10_000
        assert [line["ordinal"] for line in lines] == list(range(len(lines)))
        assert all(a["timestamp"] <= b["timestamp"] for a, b in pairwise(lines))


def test_what_a_person_says_to_codex_stands_twice(written: list[Written]) -> None:
    for path in codex_files(written):
        payloads = [line["payload"] for line in records(path)]
        events = [
            payload["item"]["content"][0]["text"]
            for payload in payloads
            if payload.get("type") == "item_completed" and payload["item"]["type"] == "UserMessage"
        ]
        items = [
            payload["content"][0]["text"]
            for payload in payloads
            if payload.get("type") == "message" and payload["role"] == "user"
        ]
        assert events
        assert [text for text in items if not text.startswith("<environment")] == events


def test_names_of_codex_sessions_belong_to_sessions_that_are_there(
    home: Path, written: list[Written]
) -> None:
    names = records(home / ".codex" / "session_index.jsonl")
    ids = {path.stem[-36:] for path in codex_files(written)}
    assert names
    assert {name["id"] for name in names} <= ids


def test_a_history_can_have_any_number_of_sessions() -> None:
    assert len(list(conversations(2, 1, UNTIL))) == 4
    many = list(conversations(2, 1, UNTIL, sessions=50))
    assert len({talk.native_id for talk in many}) == 50


def test_a_history_ends_today_unless_told_otherwise(tmp_path: Path) -> None:
    written = write_history(tmp_path, 1)
    assert all(one.path.stat().st_mtime < today() for one in written)


def test_both_programs_formats_are_read_without_a_problem(
    home: Path, written: list[Written], tmp_path: Path
) -> None:
    options = LibraryOptions(home=home, locations=Locations.below(tmp_path))
    library = Library.open(options)
    library.sync()
    rows = library.rows(Query()).rows
    stores = {store.format: store.session_count for store in library.stores()}
    spoken = library.rows(parse_query("the", datetime.now(UTC)), whole=True).rows
    library.close()
    assert stores == {"claude-code": 11, "codex": 5}
    assert {row.ref.key[-36:] for row in rows} == {one.path.stem[-36:] for one in written}
    assert not [row.problem for row in rows if row.problem]
    assert all(row.message_count and row.title and row.workspace for row in rows)
    assert len(spoken) >= 12


def test_readers_see_every_prompt_and_answer(home: Path, written: list[Written]) -> None:
    for one in written:
        program = "claude-code" if ".claude" in one.path.parts else "codex"
        folder = home / (".claude" if program == "claude-code" else ".codex")
        backend = backend_class(program).open(folder)
        (session,) = (s for s in backend.scan() if s.ref.key.endswith(one.path.stem[-36:]))
        told = list(backend.messages(session.ref.key))
        backend.close()
        asked = [message for message in told if message.human]
        assert len(asked) == prompts(one.path)
        assert not [b for message in told for b in message.blocks if b.kind == "damaged"]


def prompts(path: Path) -> int:
    """The prompts of a file, counted as they were written."""
    lines = records(path)
    if ".claude" in path.parts:
        return sum(line.get("promptSource") == "typed" for line in lines)
    return sum(
        line["payload"].get("item", {}).get("type") == "UserMessage"
        for line in lines
        if line["type"] == "event_msg"
    )
