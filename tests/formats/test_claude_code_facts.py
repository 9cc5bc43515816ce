"""What a transcript says of its session, gathered in any number of steps."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.json import decode, encode

from sessiontui.records.claude_code_facts import Facts, Tokens
from sessiontui.records.claude_code_files import TranscriptShelf
from sessiontui.records.claude_code_order import OutOfOrder
from sessiontui.records.claude_code_texts import TextState
from tests.formats.claude_code_lines import (
    Made,
    answer,
    call,
    encoded,
    facts_of,
    prompt,
    record,
    result,
    texts_from,
    uid,
)
from tests.formats.claude_code_stores import append


def facts(*records: Made | bytes) -> Facts:
    return facts_of(encoded(records))


def line_by_line(*records: Made | bytes) -> Facts:
    """The same, read in as many steps as there are lines."""
    state, seen = TextState(), b""
    for one in records:
        seen += encoded([one])
        state = texts_from(seen, state).state
    return state.facts


def spending(number: int, message_id: str | None, *used: int | None) -> Made:
    made = answer(number, number - 1, "word", message_id=message_id)
    names = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens",
             "output_tokens")  # fmt: skip
    made["message"]["usage"] = dict(zip(names, used, strict=True))
    return made


def test_every_answer_counts_its_tokens_once_with_its_last_line() -> None:
    lines = [
        spending(1, "a", 10, 1, 5, 1),
        prompt(2, 1, [result("x")]),
        spending(3, "a", 10, 1, 5, 7),
        spending(4, "b", 1, 0, None, 1),
        spending(5, "a", 10, 1, 5, 9),
    ]
    for found in (facts(*lines), line_by_line(*lines)):
        assert found.tokens == Tokens(11, 1, 5, 10)
        assert found.tokens.total == 27
    assert facts(spending(1, None, 1, 1, 1, 1), spending(2, None, 1, 1, 1, 1)).tokens.total == 8


def test_the_last_word_on_each_thing_counts() -> None:
    lines: list[Made] = [
        {"type": "mode", "mode": "normal"},
        {"type": "tag", "tag": "urgent"},
        {"type": "agent-name", "agentName": "scout"},
        {"type": "pr-link", "prUrl": "https://git.test/1", "prNumber": 1},
        prompt(1, None, "go", gitBranch="main", version="2.0.0"),
        answer(2, 1, "yes", model="claude-x", gitBranch="fix", version="2.1.0"),
        answer(3, 2, "no", model="<synthetic>", gitBranch=""),
        {"type": "mode", "mode": "plan"},
        {"type": "tag", "tag": ""},
    ]
    for found in (facts(*lines), line_by_line(*lines)):
        assert found.notes == {
            "mode": "plan",
            "agent-name": "scout",
            "pr-link": "https://git.test/1",
        }
        assert (found.branch, found.version, found.model) == ("fix", "2.1.0", "claude-x")
        assert found.folder == "/home/kim/shop"


def test_prompts_are_turns_and_the_first_is_kept_in_short() -> None:
    queued = {"type": "queued_command", "prompt": "also this"}
    found = facts(
        prompt(1, None, "<command-name>/model</command-name>"),
        prompt(2, 1, "x" * 5_000),
        record("attachment", 3, 2, attachment=queued),
        prompt(4, 3, [result("out")]),
        prompt(5, 4, "a note", isMeta=True),
        prompt(6, 5, "more"),
    )
    assert found.turns == 3
    assert found.first_prompt == "x" * 400
    assert facts(record("attachment", 3, 2, attachment=queued)).first_prompt == "also this"


def test_compactions_and_forks_are_seen() -> None:
    compact = record("system", 3, None, subtype="compact_boundary", content="Compacted",
                     logicalParentUuid=uid(2))  # fmt: skip
    copied = {"sessionId": "the-first", "messageUuid": "x"}
    found = facts(prompt(1, None, "go", forkedFrom=copied), answer(2, 1, "ok"), compact, compact)
    assert (found.compactions, found.forked_from) == (2, "the-first")


def test_the_ends_of_a_transcript_give_its_times_also_when_they_are_swapped() -> None:
    early, late = prompt(1, None, "go"), answer(2, 1, "ok")
    assert facts(early, late).moved_at == facts(late, early).moved_at
    found = facts(late, early)
    assert found.began_at is not None
    assert found.moved_at is not None
    assert found.moved_at >= found.began_at
    odd = [prompt(n, n - 1, "x", timestamp=t) for n, t in enumerate(("soon", None, 5), 1)]
    assert facts(*odd).began_at is None
    bare = facts(prompt(1, None, "x", timestamp="2026-05-01T10:00:00"))
    zoned = facts(prompt(1, None, "x", timestamp="2026-05-01T12:00:00+02:00"))
    assert bare.began_at == zoned.began_at == 1_777_629_600


def test_a_summary_of_an_earlier_record_is_found_again() -> None:
    talk = [prompt(n, n - 1, f"question {n}") for n in range(1, 60)]
    own = {"type": "summary", "summary": "Questions", "leafUuid": uid(3)}
    before = texts_from(encoded(talk)).state
    with pytest.raises(OutOfOrder):
        texts_from(encoded([*talk, own]), before)
    assert facts(*talk, own).title == "Questions"
    foreign = {"type": "summary", "summary": "Elsewhere", "leafUuid": uid(99)}
    state = texts_from(encoded([foreign, *talk])).state
    assert texts_from(encoded([foreign, *talk, prompt(60, 59, "more")]), state).items
    assert state.facts.title is None


def test_a_state_comes_back_from_json_as_it_was() -> None:
    lines: list[Made | bytes] = [
        spending(1, "a", 10, 1, 5, 1),
        answer(2, 9, call("Bash", {})),
        b"{broken",
        {"type": "custom-title", "customTitle": "名前 🎉"},
    ]
    state = texts_from(encoded(lines)).state
    assert decode(encode(state), type=TextState) == state
    assert len(state.awaited) == 2


def test_a_title_given_later_is_the_title() -> None:
    assert line_by_line(prompt(1, None, "go"), {"type": "ai-title", "aiTitle": "A"},
                        {"type": "custom-title", "customTitle": "B"},
                        {"type": "ai-title", "aiTitle": "C"}).title == "B"  # fmt: skip


def test_an_answer_far_before_its_question_comes_after_it(tmp_path: Path) -> None:
    path = tmp_path / "race.jsonl"
    filling = [prompt(n, n - 1, [result("x" * 30_000)]) for n in range(1, 80)]
    path.write_bytes(encoded([*filling, answer(102, 101, "an answer")]))
    append(path, *[prompt(n, n - 1, [result("x" * 30_000)]) for n in range(80, 101)])
    append(path, prompt(101, 100, "a question"))
    shelf = TranscriptShelf()
    items = shelf.texts_since(path, None, tools=False).items
    assert [item.text for item in items[-2:]] == ["a question", "an answer"]
    shown = [b.text for m in shelf.messages(path, -2) for b in m.blocks if b.kind == "text"]
    assert shown == ["a question", "an answer"]


def test_a_question_without_its_line_end_comes_before_its_answer(tmp_path: Path) -> None:
    path = tmp_path / "race.jsonl"
    path.write_bytes(encoded([answer(2, 1, "an answer"), prompt(1, None, "a question")])[:-1])
    shelf = TranscriptShelf()
    assert [i.text for i in shelf.texts_since(path, None).items] == ["a question", "an answer"]
    assert [m.index for m in shelf.messages(path) if m.human] == [0]
    filling = {"type": "mode", "mode": "x" * 80_000}
    path.write_bytes(encoded([answer(2, 1, "an answer"), filling, prompt(1, None, "why")])[:-1])
    look = shelf.first_look(path)
    assert (look.whole, look.facts.first_prompt) == (False, "why")
