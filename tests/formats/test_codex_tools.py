"""What tools of Codex were asked and gave back, and what images are shown as."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from sessiontui.backends.codex import Codex
from sessiontui.domain.indexed_text import TextKind
from sessiontui.domain.message import Role, ToolResultBlock
from tests.formats.codex_stores import (
    FIRST,
    call,
    completed,
    event,
    exited,
    item,
    message,
    meta,
    read,
    record,
    result,
    texts,
)


def test_a_command_run_from_the_prompt_is_shown_with_its_output(tmp_path: Path) -> None:
    text = (
        "<user_shell_command>\n<command>\nls\n</command>\n<result>\nExit code: 2\nDuration: 0.1 "
        "seconds\nOutput:\nno such bed\n</result>\n</user_shell_command>"
    )
    (shown,) = read(tmp_path, meta(), message("user", text))
    assert (shown.role, shown.human) == (Role.USER, False)
    assert texts([shown]) == [("user", "! ls")]
    output = shown.blocks[1]
    assert isinstance(output, ToolResultBlock)
    assert output.is_error
    assert "no such bed" in output.text


def test_images_are_shown_by_size_and_never_as_text(tmp_path: Path) -> None:
    data = base64.b64encode(b"x" * 3000).decode()
    url = f"data:image/png;base64,{data}"
    content = [
        {"type": "input_text", "text": "<image name=[Image #1]>"},
        {"type": "input_image", "image_url": url},
        {"type": "input_text", "text": "</image>"},
        {"type": "input_text", "text": "what is this?"},
    ]
    lines = [
        item({"type": "message", "role": "user", "content": content}, 1),
        event("user_message", 1, message="what is this?", images=[url], local_images=[]),
        event("user_message", 2, message="and that?", images=[url], local_images=["/tmp/b.png"]),
        item({"type": "image_generation_call", "result": data, "revised_prompt": "a leaf"}, 3),
    ]
    messages = read(tmp_path, meta(), *lines)
    assert texts(messages) == [
        ("user", "what is this?"), ("user", "and that?"), ("assistant", "a leaf")
    ]  # fmt: skip
    media = [b for m in messages for b in m.blocks if b.kind == "media"]
    assert [(m.media_type, m.name, m.size_bytes) for m in media] == [
        ("image/png", None, 3000),
        ("image/png", None, 3000),
        ("image", "b.png", None),
        ("image", None, 3000),
    ]
    assert data[:50] not in repr(messages)


@pytest.mark.parametrize(
    ("output", "text", "is_error"),
    [
        (exited(0, "fine\n"), "fine\n", False),
        (exited(2, "bad\n"), "Process exited with code 2\nbad\n", True),
        ("Exit code: 1\nWall time: 0.1 seconds\nOutput:\nno", "Exit code: 1\nno", True),
        ("Exit code: 0\nWall time: 0.1 seconds\nTotal output lines: 9\nOutput:\nyes",
         "Total output lines: 9\nyes", False),
        ('{"output":"older","metadata":{"exit_code":0,"duration_seconds":0.1}}', "older", False),
        ('{"output":"older","metadata":{"exit_code":7}}', "older", True),
        ('{"output":"older"}', "older", None),
        ('{"output": broken', '{"output": broken', None),
        ("just text", "just text", None),
        ("Chunk of cheese", "Chunk of cheese", None),
        ("Process of growing", "Process of growing", None),
        ("Wall time: 0.1 seconds\nProcess running with session ID 7\nOutput:\nslow",
         "Process running with session ID 7\nslow", None),
        ([{"type": "input_text", "text": "one"}, {"type": "input_text", "text": "two"}],
         "one\ntwo", None),
        ({"content": "inside", "success": False}, "inside", True),
        ({"odd": {"key": "value"}}, "odd key value", None),
        (None, "", None),
        (["bare"], "bare", None),
    ],
)  # fmt: skip
def test_tool_output_is_read_in_every_form(
    tmp_path: Path, output: object, text: str, is_error: bool | None
) -> None:
    messages = read(tmp_path, meta(), call("ls", 1), result(output, 2))
    block = messages[1].blocks[0]
    assert isinstance(block, ToolResultBlock)
    assert (block.text, block.is_error, block.call_id) == (text, is_error, "c1")
    assert messages[1].role is Role.TOOL
    blank = Codex.open(tmp_path).text_since(FIRST, None, tools=False).items
    assert [i.text for i in blank] == ["", ""]
    assert (blank[1].kind is TextKind.TOOL_ERROR) == bool(is_error)


def test_images_that_a_tool_gives_back_are_media(tmp_path: Path) -> None:
    output = [{"type": "input_text", "text": "seen"},
              {"type": "input_image", "image_url": "data:image/jpeg;base64,AAAA"}]  # fmt: skip
    (_, shown) = read(tmp_path, meta(), call("view", 1), result(output, 2))
    assert [b.kind for b in shown.blocks] == ["tool_result", "media"]


def test_calls_of_every_kind_are_shown_with_their_arguments(tmp_path: Path) -> None:
    calls: list[dict[str, object]] = [
        {"type": "function_call", "name": "run", "namespace": "mcp", "arguments": '{"a": 1}'},
        {"type": "function_call", "name": "run", "arguments": "no json"},
        {"type": "custom_tool_call", "name": "apply_patch", "input": "*** Begin Patch"},
        {"type": "local_shell_call", "action": {"command": ["ls"]}, "status": "completed"},
        {"type": "web_search_call", "action": {"query": "slugs"}},
        {"type": "tool_search_call", "arguments": {"query": "rake"}},
    ]
    messages = read(tmp_path, meta(), *(item({"call_id": "c", **one}) for one in calls))
    blocks = [m.blocks[0] for m in messages]
    assert [(b.name, b.arguments) for b in blocks if b.kind == "tool_call"] == [
        ("mcp.run", {"a": 1}),
        ("run", "no json"),
        ("apply_patch", "*** Begin Patch"),
        ("local_shell", {"command": ["ls"]}),
        ("web_search", {"query": "slugs"}),
        ("tool_search", {"query": "rake"}),
    ]


def test_twins_of_tool_calls_are_not_shown(tmp_path: Path) -> None:
    lines = [
        call("ls", 1),
        completed("CommandExecution", 2, aggregated_output="a.txt", exit_code=0),
        event("exec_command_end", 2, call_id="c1", stdout="a.txt"),
        event("patch_apply_end", 2, call_id="c1", changes={}),
        result(exited(0, "a.txt"), 2),
        completed("FileChange", 3, changes={}),
        record("token_usage_record", {"usage": {}}, 3),
    ]
    assert len(read(tmp_path, meta(), *lines)) == 2
