"""Claude Code's records become messages: who speaks, in which order, and what is only metadata."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.indexed_text import texts_of
from sessiontui.domain.message import Message, Role
from sessiontui.records.claude_code import Overview
from sessiontui.records.claude_code_order import Link, arranged
from tests.formats.claude_code_lines import (
    Made,
    answer,
    call,
    encoded,
    facts_of,
    outline_of,
    prompt,
    read,
    record,
    result,
    uid,
)


def messages(*records: Made | bytes) -> list[Message]:
    return read(encoded(records))


def overview(*records: Made | bytes) -> Overview:
    return Overview.of(facts_of(encoded(records)))


def spoken(found: list[Message]) -> list[tuple[str, bool, list[str]]]:
    return [(m.role.value, m.human, [b.text for b in m.blocks if b.kind == "text"]) for m in found]


# -- who speaks --------------------------------------------------------------------------------


def test_a_prompt_and_its_answer_are_two_messages_with_time_model_and_chain() -> None:
    first, second = messages(prompt(1, None, "list files"), answer(2, 1, "a.txt"))
    assert (first.role, first.human, first.blocks[0].kind) == (Role.USER, True, "text")
    assert (second.role, second.human, second.model) == (Role.ASSISTANT, False, "claude-x")
    assert (first.native_id, second.parent_id) == (uid(1), uid(1))
    assert first.created_at is not None
    assert first.created_at.isoformat() == "2026-05-01T10:00:01+00:00"


@pytest.mark.parametrize(
    ("content", "more"),
    [
        ("hidden", {"isMeta": True}),
        ("a summary of what was said", {"isCompactSummary": True}),
        ("a prompt for a helper", {"isSidechain": True}),
        ("for the team", {"teamName": "blue"}),
        ("done in the background", {"origin": {"kind": "task-notification"}}),
        ("<command-name>/compact</command-name><command-args></command-args>", {}),
        ("<local-command-stdout>Compacted</local-command-stdout>", {}),
        ("<bash-input>ls</bash-input>", {}),
        ("<bash-stdout>a.txt</bash-stdout><bash-stderr></bash-stderr>", {}),
        ("<system-reminder>be kind</system-reminder>", {}),
        ("Caveat: the messages below were made by commands", {}),
        ([{"type": "text", "text": "[Request interrupted by user]"}], {}),
        ("<ide_opened_file>cart.py</ide_opened_file>", {}),
    ],
)
def test_what_no_person_typed_is_shown_and_is_not_human(content: object, more: Made) -> None:
    (found,) = messages(prompt(1, None, content, **more))
    assert (found.role, found.human) == (Role.USER, False)
    assert found.blocks


def test_an_editors_tag_before_a_prompt_does_not_hide_the_person() -> None:
    tagged = "<ide_opened_file>cart.py is open</ide_opened_file>\nfix the cart"
    (found,) = messages(prompt(1, None, tagged))
    assert found.human
    assert overview(prompt(1, None, tagged)).first_prompt == "fix the cart"
    apart = [
        {"type": "text", "text": "<ide_selection>x</ide_selection>"},
        {"type": "text", "text": "why?"},
    ]
    assert messages(prompt(1, None, apart))[0].human
    assert overview(prompt(1, None, apart)).first_prompt == "why?"


def test_an_image_alone_is_a_persons_message() -> None:
    source = {"type": "base64", "media_type": "image/png", "data": "aGVsbG8="}
    (found,) = messages(prompt(1, None, [{"type": "image", "source": source}]))
    assert found.human
    (block,) = found.blocks
    assert block.kind == "media"
    assert (block.media_type, block.size_bytes) == ("image/png", 5)


def test_commands_are_shown_as_they_were_typed() -> None:
    wrapped = "<command-name>/rename</command-name>\n<command-args>two words</command-args>"
    shell = "<bash-input>echo hi</bash-input>"
    output = "<local-command-stdout>Renamed</local-command-stdout>"
    texts = [t for _, _, t in spoken(messages(*(prompt(n, None, c) for n, c in
             enumerate((wrapped, shell, output), 1))))]  # fmt: skip
    assert texts == [["/rename two words"], ["! echo hi"], ["Renamed"]]


def test_what_a_person_typed_while_the_agent_worked_is_a_message() -> None:
    queued = {"type": "queued_command", "prompt": "also the tests", "commandMode": "prompt"}
    note = {"type": "queued_command", "prompt": "task 3 is done", "origin": {"kind": "task"}}
    listing = {"type": "skill_listing", "content": "many skills"}
    found = messages(
        prompt(1, None, "go"),
        record("attachment", 2, 1, attachment=queued),
        record("attachment", 3, 2, attachment=note),
        record("attachment", 4, 3, attachment=listing),
    )
    assert spoken(found) == [("user", True, ["go"]), ("user", True, ["also the tests"])]


def test_tool_results_are_messages_of_a_tool() -> None:
    found = messages(
        prompt(1, None, "look"),
        answer(2, 1, call("Bash", {"command": "ls"}), stop="tool_use"),
        prompt(3, 2, [result("a.txt", is_error=False)]),
        prompt(4, 3, [result([{"type": "text", "text": "no"}, {"type": "image", "source": {}}],
                             is_error=True)]),
    )  # fmt: skip
    assert [m.role for m in found] == [Role.USER, Role.ASSISTANT, Role.TOOL, Role.TOOL]
    asked, given, failed = found[1].blocks[0], found[2].blocks[0], found[3].blocks
    assert asked.kind == "tool_call"
    assert (asked.name, asked.arguments) == ("Bash", {"command": "ls"})
    assert given.kind == "tool_result"
    assert (given.call_id, given.text, given.is_error) == ("t1", "a.txt", False)
    assert [block.kind for block in failed] == ["tool_result", "media"]


def test_system_records_are_shown_when_they_say_something() -> None:
    found = messages(
        record("system", 1, None, subtype="compact_boundary", content="Conversation compacted"),
        record("system", 2, 1, subtype="turn_duration", durationMs=5),
        record("system", 3, 2, subtype="local_command", content="<local-command-stdout>"
               "</local-command-stdout>"),
        record("system", 4, 3, subtype="api_error", retryAttempt=2, maxRetries=10),
        record("system", 5, 4, subtype="brand_new", level="info"),
    )  # fmt: skip
    assert [m.role for m in found] == [Role.SYSTEM] * 3
    assert spoken(found)[0][2] == ["Conversation compacted"]
    assert spoken(found)[1][2] == ["API error, attempt 2 of 10"]
    assert found[2].blocks[0].kind == "opaque"


def test_metadata_is_no_message_and_the_unknown_is_shown_as_it_is() -> None:
    quiet = ("mode", "permission-mode", "queue-operation", "file-history-snapshot", "last-prompt",
             "ai-title", "custom-title", "agent-name", "summary", "tag", "progress")  # fmt: skip
    found = messages(*({"type": kind} for kind in quiet), {"type": "hologram", "beam": 3}, {})
    assert [(m.role, m.blocks[0].kind) for m in found] == [(Role.OTHER, "opaque")] * 2
    block = found[0].blocks[0]
    assert block.kind == "opaque"
    assert (block.type_name, block.data) == ("hologram", {"type": "hologram", "beam": 3})


def test_thoughts_unknown_blocks_and_long_strings_are_kept_apart() -> None:
    blocks = (
        {"type": "thinking", "thinking": "hm", "signature": "x"},
        {"type": "redacted_thinking", "data": "zzz"},
        {"type": "fallback", "to": "b" * 9000},
    )
    (found,) = messages(answer(1, None, *blocks, "done"))
    assert [block.kind for block in found.blocks] == ["thinking", "opaque", "opaque", "text"]
    assert len(str(found.blocks[2])) < 3000


# -- damage ------------------------------------------------------------------------------------


def test_damaged_lines_are_shown_at_their_place_and_not_counted() -> None:
    data: list[Made | bytes] = [
        prompt(1, None, "one"),
        b"not json",
        b"\xff\xfe",
        b"[1]",
        answer(2, 1, "two"),
    ]
    found = messages(*data)
    assert [m.is_damaged for m in found] == [False, True, True, True, False]
    block = found[2].blocks[0]
    assert block.kind == "damaged"
    assert (block.where, block.raw) == ("line 3", "\\xff\\xfe")
    assert overview(*data).message_count == 2
    assert overview(*data).damaged == 3


def test_a_half_last_line_is_still_being_written_and_not_damaged() -> None:
    whole = encoded([prompt(1, None, "one")])
    half = encoded([answer(2, 1, "two")])[:40]
    assert len(read(whole + half)) == 1
    assert outline_of(whole + half).end == len(whole)


def test_a_whole_last_line_without_its_end_is_read() -> None:
    assert len(read(encoded([prompt(1, None, "one"), answer(2, 1, "two")])[:-1])) == 2


def test_blank_lines_count_as_nothing() -> None:
    assert len(messages(b"", prompt(1, None, "one"), b"   ", answer(2, 1, "two"))) == 2


def test_halves_of_surrogate_pairs_and_deep_nesting_do_no_harm() -> None:
    deep: Any = "bottom"
    for _ in range(400):
        deep = [deep]
    half = json.dumps(prompt(1, None, "cut \ud83d off")).encode()
    found = messages(half, answer(2, 1, call("Dig", {"at": deep})))
    assert spoken(found)[0][2] == ["cut � off"]
    assert [item.text.encode() for item in texts_of(found)]


def test_a_line_nested_beyond_reading_is_damaged() -> None:
    (found,) = messages(b'{"type":' + b"[" * 5000 + b"]" * 5000 + b"}")
    assert found.is_damaged


# -- order and grouping ------------------------------------------------------------------------


def test_an_answer_written_before_its_prompt_comes_after_it() -> None:
    found = messages(
        answer(3, 2, "an answer"),
        record("system", 4, 3, subtype="turn_duration"),
        prompt(1, None, "a question"),
        record("attachment", 2, 1, attachment={"type": "skill_listing"}),
    )
    assert [texts for _, _, texts in spoken(found)] == [["a question"], ["an answer"]]


def test_parallel_branches_stay_in_file_order_and_nothing_is_lost() -> None:
    found = messages(
        prompt(1, None, "go"),
        answer(2, 1, call("A", {}, "a"), message_id="m", stop="tool_use"),
        answer(3, 2, call("B", {}, "b"), message_id="m", stop="tool_use"),
        prompt(4, 2, [result("from a", "a")]),
        prompt(5, 3, [result("from b", "b")]),
        prompt(6, 1, "no, another way"),
        answer(7, 5, "done"),
    )
    roles = [m.role.value for m in found]
    assert roles == ["user", "assistant", "tool", "tool", "user", "assistant"]


def test_lines_of_one_message_that_belong_together_are_one_message() -> None:
    found = messages(
        prompt(1, None, "go"),
        answer(2, 1, {"type": "thinking", "thinking": "hm"}, message_id="m", stop=None),
        record("attachment", 3, 2, attachment={"type": "hook_success"}),
        answer(4, 3, "I look", message_id="m", stop=None),
        answer(5, 4, call("Bash", {}), message_id="m", stop="tool_use"),
        prompt(6, 5, [result("x")]),
        answer(7, 6, call("Bash", {}), message_id="m", stop="tool_use"),
    )
    kinds = [[block.kind for block in m.blocks] for m in found]
    assert kinds == [["text"], ["thinking", "text", "tool_call"], ["tool_result"], ["tool_call"]]


def test_records_in_a_circle_are_shown_all_the_same() -> None:
    found = messages(prompt(1, 2, "hen"), prompt(2, 1, "egg"), prompt(3, 3, "self"))
    assert sorted(texts[0] for _, _, texts in spoken(found)) == ["egg", "hen", "self"]


def test_a_compaction_leaves_what_was_before_in_its_place() -> None:
    found = messages(
        prompt(1, None, "before"),
        answer(2, 1, "yes"),
        record("system", 3, None, subtype="compact_boundary", content="Conversation compacted",
               logicalParentUuid=uid(2)),
        prompt(4, 3, "the summary", isCompactSummary=True),
        prompt(5, 4, "after"),
    )  # fmt: skip
    assert [t for _, _, t in spoken(found)] == [
        ["before"], ["yes"], ["Conversation compacted"], ["the summary"], ["after"],
    ]  # fmt: skip
    assert found[2].parent_id == uid(2)


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 14)), max_size=25))
def test_every_record_has_one_place_and_follows_its_parent(pairs: list[tuple[int, int]]) -> None:
    links = [Link(str(own), str(parent) if parent < 13 else None) for own, parent in pairs]
    order = arranged(links)
    assert sorted(order) == list(range(len(links)))
    if all(parent < own for own, parent in pairs) and len({own for own, _ in pairs}) == len(pairs):
        place = {links[index].uuid: position for position, index in enumerate(order)}
        for index, link in enumerate(links):
            if link.parent in place:
                assert place[link.parent] < order.index(index)


# -- titles and turns --------------------------------------------------------------------------


def test_the_title_is_the_users_then_the_models_then_the_summary() -> None:
    custom = {"type": "custom-title", "customTitle": "Mine"}
    made = {"type": "ai-title", "aiTitle": "Made"}
    own = {"type": "summary", "summary": "About files", "leafUuid": uid(1)}
    foreign = {"type": "summary", "summary": "Of another session", "leafUuid": uid(99)}
    said = prompt(1, None, "list files")
    later = {"type": "custom-title", "customTitle": "Renamed"}
    assert overview(custom, made, own, said, later).title == "Renamed"
    assert overview(custom, made, own, said).title == "Mine"
    assert overview(made, own, said).title == "Made"
    assert overview(own, said).title == "About files"
    assert overview(foreign, said).title is None
    assert overview(foreign, said).first_prompt == "list files"


def test_the_first_prompt_is_the_first_of_the_conversation() -> None:
    found = overview(
        prompt(1, None, "hidden", isMeta=True),
        prompt(4, 3, "second"),
        prompt(3, 1, "first"),
    )
    assert found.first_prompt == "first"
    assert overview(prompt(1, None, "help me", isSidechain=True)).first_prompt == "help me"


@pytest.mark.parametrize(
    ("records", "is_open"),
    [
        ([prompt(1, None, "go")], True),
        ([prompt(1, None, "go"), answer(2, 1, "done")], False),
        ([prompt(1, None, "go"), answer(2, 1, call("Bash", {}), stop="tool_use")], True),
        ([answer(2, None, call("Bash", {})), prompt(3, 2, [result("x")])], True),
        ([prompt(1, None, "go"), answer(2, 1, "done", stop=None)], False),
        ([prompt(1, None, "go"),
          answer(2, 1, {"type": "thinking", "thinking": "hm"}, stop=None)], True),
        ([prompt(1, None, "go"), answer(2, 1, "partly", model="<synthetic>"),
          prompt(3, 2, [{"type": "text", "text": "[Request interrupted by user]"}])], False),
        ([prompt(1, None, "go"), answer(2, 1, "overloaded", isApiErrorMessage=True)], False),
        ([prompt(1, None, "go"), answer(2, 1, "done"), prompt(3, 2, "x", isMeta=True)], False),
        ([prompt(1, None, "go"), record("system", 2, 1, subtype="turn_duration")], False),
        ([prompt(1, None, "help", isSidechain=True)], None),
        ([{"type": "mode"}], None),
        ([], None),
    ],
)  # fmt: skip
def test_the_tail_tells_whether_a_turn_is_open(records: list[Made], is_open: bool | None) -> None:
    assert overview(*records).turn_open is is_open


def test_only_a_literal_true_makes_a_side_branch() -> None:
    assert overview(prompt(1, None, "x", isSidechain=True)).is_side_branch
    for value in ("true", 1, None, False):
        assert not overview(prompt(1, None, "x", isSidechain=value)).is_side_branch
    late = [prompt(n, None, "x", isSidechain=n == 21) for n in range(1, 22)]
    assert not overview(*late).is_side_branch


def test_what_was_injected_is_not_counted_as_a_message() -> None:
    found = overview(
        prompt(1, None, "go"),
        prompt(2, 1, "a reminder", isMeta=True),
        answer(3, 2, call("Bash", {}), message_id="m", stop="tool_use"),
        answer(4, 3, call("Read", {}), message_id="m", stop="tool_use"),
        prompt(5, 4, [result("x")]),
        answer(6, 5, "done"),
    )
    assert found.message_count == 3
