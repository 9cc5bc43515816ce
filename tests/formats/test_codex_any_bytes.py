"""Whatever stands in a rollout, it is read the same in whatever steps and by whatever way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from sessiontui.backends.codex import Codex, content
from sessiontui.domain.indexed_text import TextKind, texts_of
from sessiontui.records import codex_reader
from sessiontui.records.codex_quick import head_matcher
from tests.formats.codex_stores import (
    FIRST,
    answer,
    append,
    begun,
    call,
    completed,
    ended,
    event,
    exited,
    item,
    message,
    meta,
    old_prompt,
    prompt,
    result,
    tokens,
    turn_context,
    write,
)

LINES = [
    meta(), prompt("hello", 1), answer("hi", 2), old_prompt("older", 3), begun(4), ended(5),
    call("ls", 6), result(exited(0, "a"), 7), result(exited(3, "b"), 8), result("plain", 9),
    result('{"output":"x","metadata":{"exit_code":1}}', 9), result([{"type": "input_image"}], 9),
    turn_context("gpt-x", 10), turn_context("gpt-y", 11), tokens(5, 12),
    event("token_count", 13, info=None), event("warning", 13, message="x"),
    completed("CommandExecution", 14, aggregated_output="a"), completed("New", 14, a="b"),
    item({"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]}, 15),
    message("developer", "context", 16), message("user", "<a_b>c</a_b>", 17),
    event("turn_aborted", 18, turn_id="t", reason="interrupted"),
    b"bad\n", b"\n", b" \r\n", b"\xff\n", b'["x"]\n', b'{"type":"message","role":"user"}\n', b"{\n",
]  # fmt: skip


def is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


pieces = st.one_of(
    st.sampled_from(LINES),
    # Torn, joined and spoiled lines.
    st.builds(lambda line, cut: line[:cut] + b"\n", st.sampled_from(LINES), st.integers(0, 300)),
    st.builds(lambda line, cut: line[cut:], st.sampled_from(LINES), st.integers(0, 300)),
    st.builds(
        lambda line, at, byte: line[:at] + byte + line[at + 1 :],
        st.sampled_from(LINES),
        st.integers(0, 300),
        st.binary(min_size=0, max_size=2),
    ),
    st.binary(max_size=20),
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=150,
)
@given(st.lists(pieces, max_size=12), st.integers(0, 2000), st.integers(1, 400))
@example([LINES[0].removesuffix(b"\n"), b'\n{"x":1}'], 400, 7)
@example([line.replace(b"2026", b"\x80026", 1) for line in LINES], 0, 1)
def test_any_bytes_are_read_the_same_at_once_and_in_steps(
    tmp_path: Path, parts: list[bytes], cut: int, block: int
) -> None:
    data = b"".join(parts)
    path = write(tmp_path, [data[:cut]])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(content, "_BLOCK", block)
        store, whole = Codex.open(tmp_path), Codex.open(tmp_path)
        batch = store.text_since(FIRST, None)
        store.get(FIRST)
        list(store.messages(FIRST, -1))
        append(path, data[cut:])
        after = store.text_since(FIRST, batch.cursor)
        items = after.items if after.restart else [*batch.items, *after.items]
        messages = list(whole.messages(FIRST))
        assert items == list(texts_of(messages))
        assert [m.index for m in messages] == list(range(len(messages)))
        assert list(store.messages(FIRST, -2)) == messages[-2:]
        assert list(store.messages(FIRST, 2)) == messages[2:]
        assert after.session == store.get(FIRST)
        assert store.get(FIRST) == whole.get(FIRST)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=150,
)
@given(st.lists(pieces, max_size=12))
def test_a_quick_look_and_a_whole_decoding_agree(tmp_path: Path, parts: list[bytes]) -> None:
    data = b"".join(parts)
    # A line that begins like one of Codex's and is spoiled inside is only seen when it is decoded.
    assume(all(is_json(line) or not head_matcher()(line, 0) for line in data.split(b"\n")))
    write(tmp_path, [data])
    quick = Codex.open(tmp_path).text_since(FIRST, None)
    blank = Codex.open(tmp_path).text_since(FIRST, None, tools=False)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(codex_reader, "head_matcher", lambda: lambda *_: None)
        slow = Codex.open(tmp_path).text_since(FIRST, None)
    assert quick.items == slow.items
    assert quick.session == slow.session == blank.session
    tools = (TextKind.TOOL_CALL, TextKind.TOOL_RESULT, TextKind.TOOL_ERROR)
    blanked = [i._replace(text="") if i.kind in tools else i for i in slow.items]
    assert blank.items == blanked


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "text", "content", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
names = st.sampled_from(
    ["type", "payload", "timestamp", "role", "content", "summary", "output", "arguments", "item",
     "message", "images", "info", "id", "call_id", "name", "started_at", "error", "text"]
)  # fmt: skip


def with_value(value: Any, name: str, new: object) -> Any:
    """The same JSON value with every field of that name replaced."""
    match value:
        case dict():
            return {k: new if k == name else with_value(v, name, new) for k, v in value.items()}
        case list():
            return [with_value(part, name, new) for part in value]
        case _:
            return value


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150
)
@given(st.sampled_from(LINES), names, values, st.booleans())
def test_any_value_in_any_field_is_read_the_same_by_both_ways(
    tmp_path: Path, lines: bytes, name: str, value: object, ascii_only: bool
) -> None:
    changed = []
    for line in lines.splitlines():
        try:
            read = json.loads(line)
        except ValueError:
            continue
        text = json.dumps(with_value(read, name, value), ensure_ascii=ascii_only,
                          separators=(",", ":"))  # fmt: skip
        changed.append(text.encode("utf-8", "surrogatepass") + b"\n")
    write(tmp_path, [meta(), *changed, prompt("after it", 20)])
    quick = Codex.open(tmp_path).text_since(FIRST, None)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(codex_reader, "head_matcher", lambda: lambda *_: None)
        slow = Codex.open(tmp_path).text_since(FIRST, None)
    assert quick.items == slow.items == list(texts_of(Codex.open(tmp_path).messages(FIRST)))
    assert quick.session == slow.session
