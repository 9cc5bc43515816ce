"""What is inside the text of a zeroclaw message, and how messages are written back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.backend import ClearOnly
from sessiontui.domain.indexed_text import texts_of
from sessiontui.domain.message import (
    Block,
    MediaBlock,
    Message,
    OpaqueBlock,
    Role,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
    ToolResultBlock,
)
from sessiontui.records.zeroclaw_content import decode_entry
from sessiontui.records.zeroclaw_pieces import items_of, message_of
from sessiontui.records.zeroclaw_writing import stored_form, taken_out


def blocks(role: str, content: str, *, group_labels: bool = False) -> tuple[Block, ...]:
    return message_of(decode_entry(role, content, group_labels=group_labels), 0).blocks


def native(**fields: object) -> str:
    return json.dumps(fields)


PICTURE = "data:image/png;base64," + "QUJD" * 40

SHAPES: list[tuple[str, str, tuple[Block, ...]]] = [
    (
        "user",
        "  plain *text*, kept as it is\n",
        (TextBlock(text="  plain *text*, kept as it is\n"),),
    ),
    ("user", "", ()),
    ("assistant", "   ", (TextBlock(text="   "),)),
    ("user", '{"content": "looks like json"}', (TextBlock(text='{"content": "looks like json"}'),)),
    ("assistant", '{"a": 1}', (TextBlock(text='{"a": 1}'),)),
    (
        "assistant",
        native(
            content="two things",
            reasoning_content="hm",
            tool_calls=[{"id": "c1", "name": "shell", "arguments": '{"command": "ls"}'}],
        ),
        (
            ThinkingBlock(text="hm"),
            TextBlock(text="two things"),
            ToolCallBlock(call_id="c1", name="shell", arguments={"command": "ls"}),
        ),
    ),
    (
        "assistant",
        native(content=None, tool_calls=[{"id": "c", "name": "say", "arguments": "no json"}]),
        (ToolCallBlock(call_id="c", name="say", arguments="no json"),),
    ),
    (
        "assistant",
        native(
            content=None,
            tool_calls=[{"id": "c", "name": "n", "arguments": "{}", "extra_content": {"s": 1}}],
            later=True,
        ),
        (
            ToolCallBlock(call_id="c", name="n", arguments={}),
            OpaqueBlock(type_name="more fields", data={"extra_content": {"s": 1}}),
            OpaqueBlock(type_name="more fields", data={"later": True}),
        ),
    ),
    (
        "tool",
        native(content="12 a.txt", tool_call_id="c1"),
        (ToolResultBlock(call_id="c1", text="12 a.txt"),),
    ),
    ("tool", native(content="x", tool_call_id=None), (ToolResultBlock(call_id=None, text="x"),)),
    ("tool", "bare output", (TextBlock(text="bare output"),)),
    (
        "user",
        (
            '[Tool results]\n<tool_result name="shell" status="ok">\nfine\n</tool_result>\n'
            '<tool_result name="shell" status="error">\nbad\n</tool_result>'
        ),
        (ToolResultBlock(text="fine", is_error=False), ToolResultBlock(text="bad", is_error=True)),
    ),
    (
        "user",
        '[Tool results]\n<tool_result id="c7">\nrow\n</tool_result>',
        (ToolResultBlock(call_id="c7", text="row"),),
    ),
    (
        "assistant",
        'I will.\n<tool_call>{"name":"shell","arguments":{"command":"make"}}</tool_call>',
        (
            TextBlock(text="I will."),
            ToolCallBlock(name="shell", arguments={"command": "make"}),
        ),
    ),
    (
        "assistant",
        "<think>not sure</think>Yes.",
        (ThinkingBlock(text="not sure"), TextBlock(text="Yes.")),
    ),
    (
        "assistant",
        "a <tool_call>oops</tool_call>",
        (TextBlock(text="a <tool_call>oops</tool_call>"),),
    ),
    ("assistant", "an open <think> tag", (TextBlock(text="an open <think> tag"),)),
    (
        "user",
        "look [IMAGE:/tmp/my cat.png] here",
        (
            TextBlock(text="look"),
            MediaBlock(media_type="image/png", name="/tmp/my cat.png"),
            TextBlock(text="here"),
        ),
    ),
    (
        "user",
        "[photo:https://x.invalid/a]",
        (MediaBlock(media_type="image/*", name="https://x.invalid/a"),),
    ),
    ("user", f"[IMAGE:{PICTURE}]", (MediaBlock(media_type="image/png", size_bytes=120),)),
    (
        "user",
        "[Document: report (1).pdf] /data/report (1).pdf\nread it",
        (
            MediaBlock(media_type="application/pdf", name="/data/report (1).pdf"),
            TextBlock(text="read it"),
        ),
    ),
    (
        "user",
        "[Voice] where is the dog",
        (
            MediaBlock(media_type="audio/*", name="voice message"),
            TextBlock(text="where is the dog"),
        ),
    ),
    ("user", "[Audio: attached]", (MediaBlock(media_type="audio/*"),)),
    (
        "user",
        "[Image attachment omitted from history]",
        (
            OpaqueBlock(
                type_name="attachment omitted", data="[Image attachment omitted from history]"
            ),
        ),
    ),
    (
        "assistant",
        "[Used tools: file_read, recall]\nNo dog.",
        (OpaqueBlock(type_name="tools used", data="file_read, recall"), TextBlock(text="No dog.")),
    ),
    (
        "assistant",
        "[Tool exchange: 4 tool call(s) — results collapsed]",
        (
            OpaqueBlock(
                type_name="tool exchange collapsed",
                data="[Tool exchange: 4 tool call(s) — results collapsed]",
            ),
        ),
    ),
    (
        "user",
        "[context continues]",
        (OpaqueBlock(type_name="context continues", data="[context continues]"),),
    ),
    (
        "assistant",
        "half an ans\n\n[interrupted by user]",
        (
            TextBlock(text="half an ans"),
            OpaqueBlock(type_name="interrupted by user", data="[interrupted by user]"),
        ),
    ),
    (
        "assistant",
        "[Session interrupted — not continuing this request]",
        (
            OpaqueBlock(
                type_name="session interrupted",
                data="[Session interrupted — not continuing this request]",
            ),
        ),
    ),
]


@pytest.mark.parametrize(("role", "content", "expected"), SHAPES)
def test_every_known_shape_becomes_its_blocks(
    role: str, content: str, expected: tuple[Block, ...]
) -> None:
    assert blocks(role, content) == expected


def test_who_typed_a_message_is_told_from_its_shape() -> None:
    assert decode_entry("user", "hello").human
    assert decode_entry("user", "[IMAGE:/tmp/a.png]").human
    assert not decode_entry("user", "[Tool results]\nnothing").human
    assert not decode_entry("user", "[context continues]").human
    assert not decode_entry("assistant", "hello").human
    assert not decode_entry("system", "hello").human


def test_an_unknown_role_is_shown_with_its_name() -> None:
    entry = decode_entry("developer", "be brief")
    assert (entry.role, entry.author) == (Role.OTHER, "developer")


def test_a_group_label_names_the_sender_and_only_where_groups_are() -> None:
    text = "[Family from nightowl]\nwho brings the cake"
    entry = decode_entry("user", text, group_labels=True)
    assert entry.author == "nightowl (Family)"
    assert message_of(entry, 0).blocks == (TextBlock(text="who brings the cake"),)
    assert blocks("user", text) == (TextBlock(text=text),)


def test_embedded_data_is_never_text_whatever_the_role() -> None:
    for role in ("user", "assistant", "system", "tool", "developer"):
        shown = blocks(role, f"see [IMAGE:{PICTURE}]")
        assert "base64" not in "".join(b.text for b in shown if b.kind == "text")
        assert any(b.kind == "media" and b.size_bytes == 120 for b in shown)
    inside = blocks("tool", native(content=f"shot [IMAGE:{PICTURE}]", tool_call_id="c"))
    assert [b.kind for b in inside] == ["tool_result", "media"]
    assert "base64" not in repr(inside[0])


def test_arguments_that_nest_too_deeply_stay_text() -> None:
    deep = "[" * 300 + "]" * 300
    call = {"id": "c", "name": "n", "arguments": deep}
    shown = blocks("assistant", native(content=None, tool_calls=[call]))
    assert shown == (ToolCallBlock(call_id="c", name="n", arguments=deep),)
    assert deep in repr(shown[0])


def test_text_full_of_opening_marks_is_read_once_and_stays_text() -> None:
    # Searching for the end from every opening would take hours.
    for mark in ("<think>", "<tool_call>", "[IMAGE:", "[Document: ", "<tool_result x", "[a from "):
        text = mark * 60_000
        for role in ("user", "assistant"):
            assert blocks(role, text, group_labels=True) == (TextBlock(text=text),)
        shown = blocks("user", "[Tool results]\n" + text)
        assert all(block.kind == "text" for block in shown)


def message(role: Role, *parts: Block) -> Message:
    return Message(index=0, role=role, human=role is Role.USER, blocks=parts)


ROUND_TRIPS = [
    message(Role.USER, TextBlock(text="hello\nworld ")),
    message(Role.SYSTEM, TextBlock(text="be brief")),
    message(
        Role.ASSISTANT,
        ThinkingBlock(text="hm"),
        TextBlock(text="yes"),
        ToolCallBlock(call_id="c1", name="shell", arguments={"b": [1, None], "a": "é"}),
    ),
    message(Role.ASSISTANT, TextBlock(text="so"), ToolCallBlock(name="shell", arguments={"c": 1})),
    message(Role.ASSISTANT, ThinkingBlock(text="hm"), TextBlock(text="yes")),
    message(Role.TOOL, ToolResultBlock(call_id="c1", text="out\nput")),
    message(Role.USER, TextBlock(text="see"), MediaBlock(media_type="image/png", name="/a.png")),
]


@pytest.mark.parametrize("original", ROUND_TRIPS)
def test_a_message_is_read_as_it_was_written(original: Message) -> None:
    role, content = stored_form(original)
    assert message_of(decode_entry(role, content), 0) == original


def test_native_calls_are_written_as_zeroclaw_does() -> None:
    call = ToolCallBlock(call_id="c1", name="shell", arguments={"command": "ls"})
    role, content = stored_form(message(Role.ASSISTANT, call))
    assert role == "assistant"
    assert content == (
        '{"content":null,"tool_calls":[{"arguments":"{\\"command\\":\\"ls\\"}",'
        '"id":"c1","name":"shell"}]}'
    )


def test_halves_of_surrogate_pairs_are_replaced_when_written() -> None:
    _, content = stored_form(message(Role.USER, TextBlock(text="lone \ud800 half")))
    assert content.encode() == b"lone ? half"


def test_several_results_in_one_message_keep_their_errors() -> None:
    results = (
        ToolResultBlock(call_id="a", text="fine", is_error=False),
        ToolResultBlock(call_id="b", text="bad", is_error=True),
    )
    role, content = stored_form(message(Role.TOOL, *results))
    assert blocks(role, content) == results


def test_taking_tool_output_out_leaves_calls_with_an_empty_answer() -> None:
    cut = taken_out(ClearOnly.TOOL_OUTPUT)
    emptied = cut("tool", native(content="secret", tool_call_id="c1", later=1))
    assert json.loads(emptied or "") == {"content": "", "tool_call_id": "c1", "later": 1}
    prompted = cut("user", '[Tool results]\n<tool_result id="a">\nsecret\n</tool_result>\nend')
    assert prompted == '[Tool results]\n<tool_result id="a"></tool_result>\nend'
    for role, content in (("tool", emptied or ""), ("user", prompted or "")):
        assert cut(role, content) is None
    assert cut("user", "tell me a secret") is None
    assert cut("assistant", native(content="x", tool_calls=[])) is None


def test_taking_media_out_leaves_zeroclaws_own_note() -> None:
    cut = taken_out(ClearOnly.MEDIA)
    noted = cut("user", "see [IMAGE:/a.png] and [FILE:/b.pdf]")
    assert noted == "see [Image attachment omitted from history] and [media attachment]"
    assert cut("user", noted or "") is None
    assert cut("user", "[Voice] it is words") is None
    assert cut("assistant", "it is at [IMAGE:/a.png]") is None
    inner = cut("tool", native(content=f"[IMAGE:{PICTURE}]", tool_call_id="c"))
    assert json.loads(inner or "")["content"] == "[Image attachment omitted from history]"


anything = st.one_of(
    st.text(),
    st.sampled_from([content for _, content, _ in SHAPES]),
    st.lists(
        st.sampled_from(
            ["[IMAGE:", "]", "<think>", "</think>", "[Tool results]\n", "{", '"content"', ":", "\n"]
        )
    ).map("".join),
)


@given(st.sampled_from(["user", "assistant", "tool", "system", "odd"]), anything, st.booleans())
def test_any_text_is_decoded_and_indexed_as_it_is_shown(
    role: str, content: str, group_labels: bool
) -> None:
    entry = decode_entry(role, content, group_labels=group_labels)
    shown = message_of(entry, 3)
    assert list(items_of(entry, 3)) == list(texts_of([shown]))
    for only in ClearOnly:
        cut = taken_out(only)(role, content)
        assert cut is None or taken_out(only)(role, cut) is None
