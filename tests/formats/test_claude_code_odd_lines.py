"""Typed reading gives what reading whole records gives, whatever stands in a line."""

from __future__ import annotations

import json
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.indexed_text import TOOL_KINDS, TextItem, texts_of
from tests.formats.claude_code_lines import (
    Made,
    answer,
    call,
    encoded,
    facts_of,
    prompt,
    read,
    record,
    result,
    texts_from,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("type", "text", "content", "x")), inner, max_size=3)
    ),
    max_leaves=6,
)
PICTURE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "aGk="}}
NAMED = {
    "type": "document",
    "title": "plan.pdf",
    "source": {"type": "url", "url": "https://x.test/p"},
}
WELL_FORMED: tuple[Made, ...] = (
    prompt(1, None, "go <b>on</b>"),
    prompt(1, None, [{"type": "text", "text": "look"}, PICTURE, NAMED]),
    prompt(1, None, "<bash-input>ls</bash-input>"),
    prompt(1, None, [result("a.txt", is_error=True)]),
    prompt(1, None, [result([{"type": "text", "text": "seen"}, PICTURE, "plain", None])]),
    prompt(1, None, [result("one"), result("two"), {"type": "text", "text": "and a word"}]),
    answer(1, None, {"type": "thinking", "thinking": "hm"}, "done"),
    answer(1, None, call("Edit", {"path": "a", "lines": [1, 2.5, True, None]}), "and so on"),
    answer(1, None, {"type": "server_tool_use", "name": "search", "input": {"q": "gasket"}}),
    answer(1, None, {"type": "web_search_tool_result", "content": [{"title": "found"}]}),
    answer(1, None, {"type": "redacted_thinking", "data": "zzz"}),
    record("system", 1, None, subtype="api_error", retryAttempt=1, maxRetries=3),
    record("system", 1, None, subtype="odd", content={"deep": [1]}),
    record("attachment", 1, None, attachment={"type": "queued_command", "prompt": "and this"}),
    {"type": "hologram", "beam": {"on": True}, "subtype": "turn_duration"},
)


def assert_same(data: bytes) -> None:
    """What is indexed is what is shown; without tools, the same but for their words."""
    shown = list(texts_of(read(data)))
    assert texts_from(data).items == shown
    assert texts_from(data, tools=False).items == [without_tools(item) for item in shown]
    assert texts_from(data).state == texts_from(data, tools=False).state


def without_tools(item: TextItem) -> TextItem:
    return item._replace(text="") if item.kind in TOOL_KINDS else item


@pytest.mark.parametrize("made", WELL_FORMED)
def test_a_record_of_each_kind_gives_the_text_that_is_shown(made: Made) -> None:
    assert_same(encoded([made]))
    assert texts_from(encoded([made])).items


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where in a value something can be replaced."""
    found = [path] if path else []
    keys = (
        range(len(value)) if isinstance(value, list) else value if isinstance(value, dict) else ()
    )
    for key, inner in ((key, value[key]) for key in keys):
        found += places(inner, (*path, key))
    return found


def replaced(value: Any, path: tuple[Any, ...], new: object) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


@given(st.data())
def test_a_record_with_something_else_in_a_field_gives_the_text_that_is_shown(
    data: st.DataObject,
) -> None:
    made: Any = data.draw(st.sampled_from(WELL_FORMED))
    for _ in range(data.draw(st.integers(1, 3))):
        made = replaced(made, data.draw(st.sampled_from(places(made))), data.draw(JSON))
    assert_same(json.dumps([made, made]).encode()[1:-1].replace(b"}, {", b"}\n{") + b"\n")
    assert_same(encoded([made, prompt(2, 1, "after it")]))


BYTES = st.binary(max_size=40) | st.text(string.printable, max_size=40).map(str.encode)


@given(st.lists(BYTES | st.sampled_from(WELL_FORMED).map(lambda made: encoded([made])), max_size=6))
def test_any_bytes_give_the_text_that_is_shown(parts: list[bytes]) -> None:
    assert_same(b"".join(parts))


@pytest.mark.parametrize(
    "change",
    [
        (b'"go"', b'"g\xff"'),
        (b'"cwd": "', b'"cwd": "\xfe'),
        (b'"go"', b'"g\\ud83d"'),
        (b'"isSidechain": false', b'"isSidechain": "no", "deep": ' + b"[" * 300 + b"]" * 300),
        (b'"isSidechain": false', b'"isSidechain": false, "big": ' + b"9" * 5000),
        (b'"isSidechain": false', b'"isSidechain": false, "big": 1e999'),
        (b'"version"', b'"version": 1, "version"'),
        (b'"type": "user"', b'"t\\u0079pe": "user"'),
        (b'"type": "user"', b'"type":\t\r "user"'),
    ],
)
def test_a_strange_line_is_read_all_the_same(change: tuple[bytes, bytes]) -> None:
    line = json.dumps(prompt(1, None, "go")).encode()
    assert change[0] in line
    strange = line.replace(*change) + b"\n"
    assert_same(strange)
    (message,) = read(strange)
    assert message.human
    assert facts_of(strange).messages == 1


@pytest.mark.parametrize(
    "line",
    [b'\xef\xbb\xbf{"type":"user"}', b'{"a":NaN}', b'{"a":1}{"b":2}', b'{"a":"\x00"}', b"[]", b"7"],
)
def test_what_is_no_record_is_damaged(line: bytes) -> None:
    assert_same(line + b"\n")
    assert facts_of(line + b"\n").damaged == 1


def test_an_object_over_two_lines_is_two_damaged_lines() -> None:
    data = b"{}{}\n{\n}\n" + encoded([prompt(1, None, "go")])
    assert_same(data)
    assert facts_of(data).damaged == 3


def test_a_wrong_type_loses_only_its_own_field() -> None:
    made = answer(1, None, "done", call("Bash", {"n": 1}), usage="much")
    made["message"]["usage"] = {"input_tokens": "ten", "output_tokens": 5}
    made["isSidechain"] = "no"
    data = encoded([made])
    assert_same(data)
    facts = facts_of(data)
    assert (facts.model, facts.tokens.total, facts.folder) == ("claude-x", 5, "/home/kim/shop")


def test_deep_arguments_are_cut_in_the_index_where_they_are_cut_on_the_screen() -> None:
    for depth in (40, 52, 56, 58, 60, 64, 80):
        deep: Any = "bottom"
        for _ in range(depth):
            deep = [deep]
        assert_same(encoded([answer(1, None, call("Dig", {"at": deep})),
                             prompt(2, 1, [result([{"type": "odd", "at": deep}])])]))  # fmt: skip
