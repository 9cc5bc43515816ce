"""What cannot be read in a rollout is shown, and never in the way of what can."""

from __future__ import annotations

from pathlib import Path

from sessiontui.backends.codex import Codex
from tests.formats.codex_stores import (
    FIRST,
    answer,
    append,
    completed,
    event,
    event_of,
    exited,
    item,
    message,
    meta,
    prompt,
    read,
    record,
    result,
    session,
    texts,
    write,
)


def test_unknown_records_are_shown_and_never_fail(tmp_path: Path) -> None:
    lines = [
        record("from_the_future", {"seen": "comet"}, 1),
        event("new_event", 1, seen="comet"),
        item({"type": "new_item", "seen": "comet"}, 1),
        completed("NewItem", 1, seen="comet"),
        message("oracle", "hear me", 1),
        item({"type": "message", "role": "assistant", "content": [{"type": "hologram", "n": 1}]}),
    ]
    messages = read(tmp_path, meta(), *lines)
    assert len(messages) == len(lines)
    assert sum("comet" in str(m.blocks) for m in messages) == 4
    assert texts(messages) == [("other", "hear me")]


def test_records_with_wrong_types_are_shown_and_never_fail(tmp_path: Path) -> None:
    odd: list[object] = [1, "x", None, [], {}, {"type": 5}, {"type": ["message"]}, [[[]]], True]
    kinds = ("session_meta", "turn_context", "response_item", "event_msg", "compacted",
             "inter_agent_communication", "world_state")  # fmt: skip
    lines = [record(kind, value, 1) for kind in kinds for value in odd]
    read(tmp_path, meta(), *lines, prompt("still here", 9))
    fields = ("role", "content", "summary", "name", "arguments", "output", "call_id", "message",
              "item", "info", "images", "num_turns", "error", "turn_id", "started_at")  # fmt: skip
    for field in fields:
        for value in (*odd, {"a": {"b": 1}}, [{"type": "text"}], [{"type": 1}, 2]):
            lines = [
                item({"type": "message", "role": "user", field: value}),
                item({"type": "message", "role": "assistant", field: value}),
                item({"type": "reasoning", field: value}),
                item({"type": "function_call", field: value}),
                item({"type": "function_call_output", field: value}),
                event_of({"type": "user_message", field: value}),
                event_of({"type": "item_completed", "item": {"type": "UserMessage"}, field: value}),
                event_of({"type": "task_complete", field: value}),
                event_of({"type": "task_started", field: value}),
                event_of({"type": "token_count", field: value}),
            ]
            messages = read(tmp_path, meta(), *lines, prompt("still here", 9))
            assert texts(messages)[-1] == ("user", "still here")


def test_damaged_lines_are_shown_and_counted(tmp_path: Path) -> None:
    lines = [
        meta(), prompt("one", 1), b"\n", b"not json\n", b"[1]\n", b'{"type":"\xff"}\n', b" \r\n",
        event("agent_message", 2, message="torn")[:-9] + b"\n",
        result(exited(0, "fine"), 3)[:-20] + b"\n",
        prompt("two", 4),
    ]  # fmt: skip
    messages = read(tmp_path, *lines)
    damaged = [b for m in messages for b in m.blocks if b.kind == "damaged"]
    # A prompt is two lines here.
    assert [b.where for b in damaged] == ["line 5", "line 6", "line 7", "line 9", "line 10"]
    assert all(b.reason for b in damaged)
    assert texts(messages) == [("user", "one"), ("user", "two")]
    found = session(tmp_path, *lines)
    assert found.problem == "5 lines in it cannot be read"
    assert found.message_count == 2


def test_halves_of_surrogate_pairs_are_read(tmp_path: Path) -> None:
    line = message("assistant", "leaf X", 1).replace(b"X", b"\\ud83c")
    assert texts(read(tmp_path, meta(), line)) == [("assistant", "leaf �")]


def test_a_half_last_line_is_not_damage_and_is_read_when_it_is_whole(tmp_path: Path) -> None:
    late = prompt("late", 3)
    path = write(tmp_path, [meta(), prompt("first", 1), late[:50]])
    store = Codex.open(tmp_path)
    before = store.text_since(FIRST, None)
    assert [i.text for i in before.items] == ["first"]
    assert before.session is not None
    assert before.session.problem is None
    assert before.session.extra["unfinished_line"] is True
    append(path, late[50:])
    after = store.text_since(FIRST, before.cursor)
    assert not after.restart
    assert [i.text for i in after.items] == ["late"]
    assert [i.message_index for i in after.items] == [1]


def test_a_last_line_without_its_newline_counts_when_it_is_whole(tmp_path: Path) -> None:
    lines = b"".join((meta(), answer("one", 1), answer("two", 2)))
    path = write(tmp_path, [lines.removesuffix(b"\n")])
    store = Codex.open(tmp_path)
    batch = store.text_since(FIRST, None)
    assert [i.text for i in batch.items] == ["one", "two"]
    assert [m.index for m in store.messages(FIRST)] == [0, 1]
    append(path, b"\n", answer("three", 3), b"oops\n")
    after = store.text_since(FIRST, batch.cursor)
    assert (after.restart, [i.text for i in after.items]) == (False, ["three", ""])
    last = list(Codex.open(tmp_path).messages(FIRST))[-1]
    # A meta line and three answers of two lines come before it.
    assert last.blocks[0].kind == "damaged"
    assert last.blocks[0].where == "line 8"
