"""Who says what in Codex's rollouts, of every generation: once each."""

from __future__ import annotations

from pathlib import Path

import pytest

from sessiontui.backends.codex import Codex
from tests.formats.codex_stores import (
    CONVERSATION,
    FIRST,
    answer,
    bare_lines,
    completed,
    event,
    event_of,
    item,
    message,
    meta,
    new_lines,
    old_lines,
    old_prompt,
    prompt,
    read,
    record,
    session,
    texts,
    write,
)


@pytest.mark.parametrize("lines", [new_lines(), old_lines(), bare_lines()])
def test_every_generation_says_everything_once(tmp_path: Path, lines: list[bytes]) -> None:
    messages = read(tmp_path, *lines)
    assert texts(messages) == CONVERSATION
    assert [m.human for m in messages] == [True, False, True, False]
    found = Codex.open(tmp_path).get(FIRST)
    assert found is not None
    assert (found.title, found.message_count) == ("plant beans", 4)
    assert found.turn_open is False
    assert found.problem is None


def test_an_event_before_its_item_is_said_once_too(tmp_path: Path) -> None:
    told = event("user_message", 1, message="plant beans")
    messages = read(tmp_path, meta(), told, message("user", "plant beans", 1))
    assert texts(messages) == [("user", "plant beans")]


def test_the_same_prompt_typed_twice_is_there_twice(tmp_path: Path) -> None:
    lines = [prompt("go on", 1), answer("done", 2), prompt("go on", 3), old_prompt("go on", 4)]
    assert [text for _, text in texts(read(tmp_path, meta(), *lines))] == [
        "go on", "done", "go on", "go on",
    ]  # fmt: skip


def test_an_event_without_its_item_is_not_lost(tmp_path: Path) -> None:
    assert texts(read(tmp_path, meta(), event("user_message", 1, message="plant beans"))) == [
        ("user", "plant beans")
    ]


@pytest.mark.parametrize(
    "context",
    [
        "<environment_context>\n<cwd>/x</cwd>\n</environment_context>",
        "# AGENTS.md instructions for /x\n\n<INSTRUCTIONS>mulch</INSTRUCTIONS>",
        "<user_instructions>mulch</user_instructions>",
        "<turn_aborted>\nstopped\n</turn_aborted>",
        "<hook_prompt run='1'>mulch</hook_prompt>",
        "Warning: The maximum number of unified exec processes you can keep open is 60",
    ],
)
def test_what_the_program_puts_in_is_no_conversation(tmp_path: Path, context: str) -> None:
    lines = [meta(), message("developer", "mulch"), message("user", context), old_prompt("dig", 1)]
    messages = read(tmp_path, *lines)
    assert texts(messages) == [("user", "dig")]
    found = Codex.open(tmp_path).get(FIRST)
    assert found is not None
    assert (found.title, found.extra["context_messages"]) == ("dig", 2)


@pytest.mark.parametrize("kind", ["environment_context", "user_instructions"])
def test_events_that_older_versions_mark_as_context_are_no_conversation(
    tmp_path: Path, kind: str
) -> None:
    told = event_of({"type": "user_message", "message": "mulch", "kind": kind}, 1)
    plain = event_of({"type": "user_message", "message": "dig", "kind": "plain"}, 2)
    assert texts(read(tmp_path, meta(), told, plain)) == [("user", "dig")]


def test_instructions_are_not_indexed(tmp_path: Path) -> None:
    write(tmp_path, new_lines())
    items = Codex.open(tmp_path).text_since(FIRST, None).items
    assert not any("quagga" in i.text for i in items)


def test_where_the_program_says_who_is_behind_a_text_it_is_believed(tmp_path: Path) -> None:
    tagged = "<my_notes>water</my_notes>"
    lines = [
        message("user", "written by a hook", 1, "harness"),
        message("user", tagged, 2, "user"),
    ]
    messages = read(tmp_path, meta(), *lines)
    assert texts(messages) == [("user", tagged)]
    assert messages[0].human


def test_a_text_in_tags_that_an_event_confirms_was_typed(tmp_path: Path) -> None:
    assert texts(read(tmp_path, meta(), old_prompt("<my_notes>water</my_notes>", 1))) == [
        ("user", "<my_notes>water</my_notes>")
    ]


def test_of_an_editors_wrapper_the_request_is_what_was_typed(tmp_path: Path) -> None:
    text = "# Context from my IDE setup:\n\n## Open: a.py\n\n## My request for Codex:\nfix it\n"
    messages = read(tmp_path, meta(), old_prompt(text, 1))
    assert texts(messages) == [("user", "fix it")]
    assert messages[0].blocks[0].kind == "opaque"
    found = Codex.open(tmp_path).get(FIRST)
    assert found is not None
    assert found.title == "fix it"


def test_thoughts_are_read_from_the_summary_and_never_from_the_encrypted_part(
    tmp_path: Path,
) -> None:
    summary = [{"type": "summary_text", "text": text} for text in ("**Soil**", "too wet")]
    lines = [
        completed("Reasoning", 1, summary_text=["**Soil**", "too wet"]),
        item({"type": "reasoning", "summary": summary, "encrypted_content": "c2VjcmV0"}, 1),
        item({"type": "reasoning", "summary": [], "encrypted_content": "c2VjcmV0"}, 2),
        item({"type": "reasoning", "summary": [], "content": [
            {"type": "reasoning_text", "text": "dig deeper"}]}, 3),
    ]  # fmt: skip
    messages = read(tmp_path, meta(), *lines)
    assert [b.text for m in messages for b in m.blocks if b.kind == "thinking"] == [
        "**Soil**\n\ntoo wet", "dig deeper",
    ]  # fmt: skip
    assert len(messages) == 2
    assert "c2VjcmV0" not in str(messages)


def test_a_compaction_is_a_quiet_mark_and_repeats_nothing(tmp_path: Path) -> None:
    compacted = {
        "message": "the summary: beans first",
        "replacement_history": [{"type": "message", "role": "user", "content": []}],
    }
    lines = [prompt("plant beans", 1), record("compacted", compacted, 2),
             completed("ContextCompaction", 2), event("context_compacted", 2),
             item({"type": "compaction", "encrypted_content": "x"}, 2)]  # fmt: skip
    messages = read(tmp_path, meta(), *lines)
    assert texts(messages) == [
        ("user", "plant beans"),
        ("system", "The conversation was compacted"),
    ]
    assert "beans first" in str(messages[1].blocks[1])
    assert session(tmp_path, meta(), *lines).message_count == 1


def test_turns_taken_back_stay_and_are_told(tmp_path: Path) -> None:
    lines = [prompt("plant beans", 1), answer("no", 2), event("thread_rolled_back", 3, num_turns=1)]
    messages = read(tmp_path, meta(), *lines)
    assert texts(messages)[-1] == ("system", "The last turn was taken back")
    assert texts(messages)[0] == ("user", "plant beans")
    assert session(tmp_path, meta(), *lines).extra["rolled_back_turns"] == 1
