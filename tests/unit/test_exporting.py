"""Exports: documents that people can read and programs can parse, whatever the text holds."""

from __future__ import annotations

import json
import re
import stat
from datetime import UTC, datetime
from pathlib import Path

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
    exported,
    file_name,
    joined_exports,
    write_export,
)

AT = datetime(2026, 3, 1, 8, 0, 5, tzinfo=UTC)
IDLE = Verdict(status=VerdictStatus.IDLE, evidence=("the store says idle",))


def session(**fields: object) -> Session:
    values: dict[str, object] = {
        "ref": SessionRef("memory-1", "trip"),
        "format": "memory",
        "title": "Trip [plan] *now*",
        "title_source": TitleSource.STORE,
        "last_activity": AT,
        "message_count": 2,
        **fields,
    }
    return Session.model_validate(values)


def message(*blocks: Block, role: Role = Role.ASSISTANT, index: int = 0) -> Message:
    return Message(index=index, role=role, blocks=blocks, created_at=AT)


def markdown(*blocks: Block, **fields: object) -> str:
    return exported(session(**fields), IDLE, [message(*blocks)], ExportForm.MARKDOWN)


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
    text = exported(
        session(agent="scout", workspace=Path("/home/x")),
        IDLE,
        [message(TextBlock(text="hello"), role=Role.USER), message(TextBlock(text="hi"), index=1)],
        ExportForm.MARKDOWN,
    )
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
    stored = exported(session(), IDLE, [message(TextBlock(text=hostile))], ExportForm.JSON)
    assert "\u202e" not in stored
    assert json.loads(stored)["items"][0]["blocks"][0]["text"] == hostile


def test_json_is_the_transcript_envelope() -> None:
    stored = json.loads(
        exported(session(), IDLE, [message(TextBlock(text="é\ud800"))], ExportForm.JSON)
    )
    assert stored["kind"] == "transcript"
    assert stored["session"]["ref"] == "memory-1:trip"
    assert stored["total"] == 1
    assert stored["items"][0]["blocks"] == [{"kind": "text", "text": "é�"}]


def test_several_exports_become_one_document() -> None:
    one = exported(session(), IDLE, [], ExportForm.MARKDOWN)
    assert joined_exports([one, one], ExportForm.MARKDOWN).count("# Trip") == 2
    single = exported(session(), IDLE, [], ExportForm.JSON)
    assert joined_exports([single], ExportForm.JSON) == single
    together = json.loads(joined_exports([single, single], ExportForm.JSON))
    assert together["kind"] == "transcripts"
    assert [item["kind"] for item in together["items"]] == ["transcript"] * 2


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
    assert write_export(path, "é\n") == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(StoreReadOnly, match="is there already"):
        write_export(path, "new")
    assert path.read_text() == "é\n"
    assert write_export(path, "new", replace=True) == 3
    assert path.read_text() == "new"


def test_a_file_needs_a_folder(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing):
        write_export(tmp_path / "nowhere" / "out.md", "x")
    with pytest.raises(StoreMissing):
        write_export(tmp_path / "nowhere" / "out.md", "x", replace=True)
