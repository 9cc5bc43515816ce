"""Exports: documents that people can read and programs can parse, whatever the text holds."""

from __future__ import annotations

import dataclasses
import json
import re
import stat
import time
import weakref
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.errors import StoreMissing, StoreReadOnly
from sessiontui.domain.message import (
    Block,
    DamagedBlock,
    MediaBlock,
    Message,
    OpaqueBlock,
    Role,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
    ToolResultBlock,
)
from sessiontui.domain.session import Session, SessionRef, TitleSource
from sessiontui.domain.verdict import Verdict, VerdictStatus
from sessiontui.services.exporting import (
    ExportForm,
    document,
    exported,
    file_name,
    write_export,
)
from sessiontui.services.transcript import Transcript

AT = datetime(2026, 3, 1, 8, 0, 5, tzinfo=UTC)
IDLE = Verdict(status=VerdictStatus.IDLE, evidence=("the store says idle",))


def session(**fields: object) -> Session:
    values: dict[str, Any] = {
        "ref": SessionRef("memory-1", "trip"),
        "format": "memory",
        "title": "Trip [plan] *now*",
        "title_source": TitleSource.STORE,
        "last_activity": AT,
        "message_count": 2,
        **fields,
    }
    return Session(**values)


def message(*blocks: Block, role: Role = Role.ASSISTANT, index: int = 0) -> Message:
    return Message(index=index, role=role, blocks=blocks, created_at=AT)


def transcript(*messages: Message, **fields: object) -> Transcript:
    return Transcript(session(**fields), IDLE, messages)


def markdown(*blocks: Block, **fields: object) -> str:
    return exported(transcript(message(*blocks), **fields), ExportForm.MARKDOWN)


def code_blocks(text: str) -> list[str]:
    """The content of all code blocks, by CommonMark's rule for backtick fences."""
    found: list[str] = []
    inside: list[str] | None = None
    fence = ""
    for line in text.split("\n"):
        if inside is None:
            opened = re.fullmatch(r"(`{3,})([^`]*)", line)
            if opened:
                fence, inside = opened.group(1), []
        elif re.fullmatch(rf"`{{{len(fence)},}} *", line):
            found.append("\n".join(inside))
            inside = None
        else:
            inside.append(line)
    assert inside is None, "a code block is still open at the end"
    return found


def test_a_document_has_title_facts_and_a_section_per_message() -> None:
    whole = transcript(
        message(TextBlock(text="hello"), role=Role.USER),
        message(TextBlock(text="hi"), index=1),
        agent="scout",
        workspace=Path("/home/x"),
    )
    text = exported(whole, ExportForm.MARKDOWN)
    lines = text.splitlines()
    assert lines[0] == r"# Trip \[plan\] \*now\*"
    assert "- session: memory-1:trip" in lines
    assert "- status: idle" in lines
    assert "- agent: scout" in lines
    assert "- folder: /home/x" in lines
    assert "- size: 2 messages" in lines
    assert "## 0. user · 2026-03-01 08:00:05 UTC" in lines
    assert lines.index("hello") < lines.index("## 1. assistant · 2026-03-01 08:00:05 UTC")


def test_tools_are_code_blocks_with_their_outcome() -> None:
    text = markdown(
        ToolCallBlock(call_id="1", name="shell", arguments={"command": "ls"}),
        ToolResultBlock(call_id="1", text="a.txt\n", is_error=False),
        ToolResultBlock(call_id="2", text="no", is_error=True),
        ToolResultBlock(call_id="3", text="who knows"),
    )
    assert "**Tool call** `shell`" in text
    assert "**Tool result** ok" in text
    assert "**Tool result** failed" in text
    assert "**Tool result**\n" in text
    assert code_blocks(text) == ['{\n  "command": "ls"\n}', "a.txt", "no", "who knows"]


def test_damage_media_thinking_and_the_unknown_are_visible() -> None:
    text = markdown(
        DamagedBlock(where="line 3", reason="not JSON", raw='{"role":'),
        MediaBlock(media_type="image/png", name="a_b.png", size_bytes=12_000),
        MediaBlock(),
        ThinkingBlock(text="first\n\nthen"),
        OpaqueBlock(type_name="plan", data=[{"step": 1}]),
        problem="one line cannot be read",
    )
    assert "> **Damaged**: one line cannot be read" in text
    assert "> **Damaged** (line 3): not JSON" in text
    assert r"*Media: a\_b.png, image/png, 12 KB*" in text
    assert "*Media: unnamed, unknown type*" in text
    assert "> *thinking*\n>\n> first\n>\n> then" in text
    assert '*plan*\n\n```json\n[\n  {\n    "step": 1\n  }\n]\n```' in text


def test_a_message_without_blocks_says_so() -> None:
    assert "*(empty)*" in markdown()


@given(st.text(alphabet="`~ ab\n\x1b", max_size=60))
def test_no_output_of_a_tool_can_end_its_code_block(text: str) -> None:
    document = markdown(ToolResultBlock(text=text), TextBlock(text="after"))
    assert len(code_blocks(document)) == 1
    assert document.endswith("after\n")
    assert "\x1b" not in document


@pytest.mark.parametrize("opened", ["```python\nx = 1", "~~~\ny", "````\n```\nz", "```\na\n~~~"])
def test_prose_with_an_open_code_block_is_closed(opened: str) -> None:
    document = markdown(TextBlock(text=opened), ToolResultBlock(text="out"))
    fence = re.match(r"[`~]+", opened)
    assert fence is not None
    assert f"{opened}\n{fence.group()}\n" in document


def test_prose_with_closed_code_blocks_stays_as_it_is() -> None:
    text = "```python\nx = 1\n```\nand ```inline``` too"
    assert text + "\n" in markdown(TextBlock(text=text))


def test_hostile_text_is_made_visible_in_markdown_and_kept_in_json() -> None:
    hostile = "\x1b[31mred\x1b[0m \u202eback"
    assert "\x1b" not in markdown(TextBlock(text=hostile), title=hostile)
    stored = exported(transcript(message(TextBlock(text=hostile))), ExportForm.JSON)
    assert "\u202e" not in stored
    assert json.loads(stored)["items"][0]["blocks"][0]["text"] == hostile


def test_json_is_the_transcript_envelope() -> None:
    stored = json.loads(exported(transcript(message(TextBlock(text="é\ud800"))), ExportForm.JSON))
    assert stored["kind"] == "transcript"
    assert stored["session"]["ref"] == "memory-1:trip"
    assert stored["total"] == 1
    assert stored["items"][0]["blocks"] == [{"kind": "text", "text": "é�"}]


def test_several_sessions_become_one_document() -> None:
    one, other = transcript(title="One"), transcript(title="Other")
    text = "".join(document([one, other], ExportForm.MARKDOWN, several=True))
    assert text.index("# One") < text.index("\n---\n") < text.index("# Other")
    together = json.loads("".join(document([one, other], ExportForm.JSON, several=True)))
    assert together["kind"] == "transcripts"
    assert together["total"] == 2
    assert [item["session"]["title"] for item in together["items"]] == ["One", "Other"]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_json_of_several_is_laid_out_like_any_other(count: int) -> None:
    parts = [transcript(message(TextBlock(text="a\nb"))) for _ in range(count)]
    text = "".join(document(parts, ExportForm.JSON, several=True))
    value = json.loads(text)
    assert text == json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    assert (value["kind"], value["total"], len(value["items"])) == ("transcripts", count, count)


@pytest.mark.parametrize("form", ExportForm)
def test_only_one_session_is_held_at_a_time(form: ExportForm) -> None:
    alive: list[weakref.ref[Transcript]] = []

    def read() -> Iterator[Transcript]:
        for number in range(3):
            assert not [ref for ref in alive if ref() is not None]
            whole = transcript(message(TextBlock(text="x")), title=f"{number}")
            alive.append(weakref.ref(whole))
            yield whole
            del whole

    pieces = list(document(read(), form, several=True))
    assert len(alive) == 3
    assert len(pieces) > 3


@pytest.mark.parametrize("form", [ExportForm.MARKDOWN, ExportForm.HTML])
def test_of_no_session_nothing_is_written(form: ExportForm) -> None:
    assert not list(document([], form, several=True))


@pytest.mark.parametrize("form", ExportForm)
def test_what_was_masked_is_told_in_the_document(form: ExportForm) -> None:
    whole = dataclasses.replace(transcript(), masked={"password": 2})
    text = exported(whole, form)
    assert "masked 2 secrets: 2 passwords" in text
    assert "not every secret can be recognised" in text
    assert "masked" not in exported(transcript(), form)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Trip: three days / Lisbon", "2026-03-01-Trip-three-days-Lisbon.md"),
        ("../../etc/passwd", "2026-03-01-etc-passwd.md"),
        ("東京の花見", "2026-03-01-東京の花見.md"),
        ("***", "2026-03-01.md"),
        ("x" * 200, f"2026-03-01-{'x' * 60}.md"),
    ],
)
def test_file_names_are_plain(title: str, name: str) -> None:
    assert file_name(session(title=title), ExportForm.MARKDOWN) == name


def test_a_file_is_private_and_replaced_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "out.md"
    assert write_export(path, ["é", "\n"]) == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(StoreReadOnly, match="is there already"):
        write_export(path, ["new"])
    assert path.read_text() == "é\n"
    assert write_export(path, ["n", "ew"], replace=True) == 3
    assert path.read_text() == "new"


def test_a_file_needs_a_folder(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing):
        write_export(tmp_path / "nowhere" / "out.md", ["x"])
    with pytest.raises(StoreMissing):
        write_export(tmp_path / "nowhere" / "out.md", ["x"], replace=True)


def test_what_ends_the_reading_leaves_no_file_behind(tmp_path: Path) -> None:
    def pieces() -> Iterator[str]:
        yield "begun"
        raise StoreMissing("gone", "look again")

    with pytest.raises(StoreMissing, match="gone"):
        write_export(tmp_path / "out.md", pieces())
    assert not list(tmp_path.glob("out*"))
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("at", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
@pytest.mark.parametrize("form", ExportForm)
def test_times_at_the_ends_of_the_calendar_do_no_harm(
    form: ExportForm, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        said = message(TextBlock(text="hi")).replace(created_at=at)
        whole = transcript(said, created_at=at, last_activity=at)
        assert exported(whole, form)
        assert file_name(whole.session, form)
    monkeypatch.undo()
    time.tzset()
