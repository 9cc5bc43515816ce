"""Whatever bytes stand in a JSONL session, it is read the same in whatever steps."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessiontui.backends.zeroclaw_jsonl import ZeroclawJsonl, transcripts
from sessiontui.domain.indexed_text import texts_of
from sessiontui.records.zeroclaw_lines import read_line
from sessiontui.storage.json_text import JsonRefused
from tests.formats.zeroclaw_stores import jsonl_file, message_line

HELLO, ANSWER = message_line("user", "hello"), message_line("assistant", "hi")

pieces = st.sampled_from(
    [HELLO, ANSWER, b"bad\n", b"\n", b" \r\n", b"\xff\n", b'["user","x"]\n', b'{"role":', b"\n"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(pieces, max_size=12), st.integers(0, 200), st.integers(1, 5))
def test_any_bytes_are_read_the_same_at_once_and_in_steps(
    tmp_path: Path, parts: list[bytes], cut: int, every: int
) -> None:
    content = b"".join(parts)
    folder = tmp_path / "sessions"
    path = jsonl_file(folder, "k", content[:cut])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(transcripts, "_MARK_EVERY", every)
        store, whole = ZeroclawJsonl.open(folder), ZeroclawJsonl.open(folder)
        batch = store.text_since("k", None)
        store.get("k")
        list(store.messages("k", -1))
        with path.open("ab") as file:
            file.write(content[cut:])
        after = store.text_since("k", batch.cursor)
        items = after.items if after.restart else [*batch.items, *after.items]
        assert items == list(texts_of(whole.messages("k")))
        assert store.get("k") == whole.get("k")
        messages = list(whole.messages("k"))
        assert list(store.messages("k", -2)) == messages[-2:]
        assert list(store.messages("k", 2)) == messages[2:]
        assert [m.index for m in messages] == list(range(len(messages)))


@given(
    st.sampled_from(["user", "assistant", "tool", "odd role"]),
    st.text(alphabet=st.characters(codec="utf-8")),
)
def test_any_message_is_read_as_it_was_written(role: str, content: str) -> None:
    assert read_line(message_line(role, content)) == (role, content)
    with pytest.raises(JsonRefused):
        read_line(message_line(role, content).replace(b'"}', b'\xff"}'))
