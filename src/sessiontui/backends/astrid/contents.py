"""What stands in an astrid message: its shapes, and the blocks they become."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sessiontui.backends.astrid.acceptance import (
    MESSAGE,
    Field,
    anything,
    fields_of,
    flag,
    structure,
    text,
)
from sessiontui.backends.astrid.document import Document
from sessiontui.domain.message import (
    Block,
    DamagedBlock,
    MediaBlock,
    Message,
    OpaqueBlock,
    Role,
    TextBlock,
    ToolCallBlock,
    ToolResultBlock,
)
from sessiontui.domain.value import PlainValue
from sessiontui.records.json_values import bounded, clipped

TOKENS_OF_OTHERS = 100
"""Astrid's own estimate for a message that is not plain text."""

_CALL = (Field("id", text), Field("name", text), Field("arguments", anything))
_RESULT = (Field("call_id", text), Field("content", text), Field("is_error", flag, default=True))
_TEXT_PART = (Field("text", text),)
_IMAGE_PART = (Field("data", text), Field("media_type", text))
_PARTS = {"text": _TEXT_PART, "image": _IMAGE_PART}
ROLES = {role.value: role for role in (Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.TOOL)}


class Stored(PlainValue):
    """A stored message, decoded. `dropped` says why astrid drops it when it loads the file."""

    role: Role
    blocks: tuple[Block, ...]
    tokens: int
    dropped: str | None = None


def decoded(message: Any) -> Stored:
    """A stored message; one that astrid drops is one opaque block."""
    fields = fields_of(message, MESSAGE)
    if fields is None:
        return Stored(Role.OTHER, _raw("no message", message), 0, "no message")
    name = fields.get("role")
    role = ROLES.get(name) if isinstance(name, str) else None
    content = fields.get("content")
    blocks = blocks_of(content)
    if blocks is None:
        reason = "content of no known shape"
    elif role is None:
        reason = "unknown role"
    else:
        tokens = len(content.encode("utf-8", "replace")) // 4 if isinstance(content, str) else None
        return Stored(role, blocks, TOKENS_OF_OTHERS if tokens is None else tokens)
    return Stored(role or Role.OTHER, _raw(f"dropped by astrid: {reason}", message), 0, reason)


def _raw(name: str, value: Any) -> tuple[Block, ...]:
    return (OpaqueBlock(type_name=name, data=bounded(clipped(value))),)


def blocks_of(content: Any) -> tuple[Block, ...] | None:
    """The blocks of a content, decided by its shape in astrid's order; None for no shape of its."""
    if isinstance(content, str):
        return (TextBlock(text=content),)
    calls = _all_of(content, _CALL)
    if calls is not None:
        return tuple(
            ToolCallBlock(call_id=c["id"], name=c["name"], arguments=bounded(c["arguments"]))
            for c in calls
        )
    result = _fitting(content, _RESULT)
    if result is not None:
        error = bool(result.get("is_error", False))
        return (ToolResultBlock(call_id=result["call_id"], text=result["content"], is_error=error),)
    if isinstance(content, list):
        parts = [_part(part) for part in content]
        found = tuple(part for part in parts if part is not None)
        return found if len(found) == len(parts) else None
    return None


def _all_of(content: Any, fields: Sequence[Field]) -> list[Any] | None:
    if not isinstance(content, list):
        return None
    found = [_fitting(item, fields) for item in content]
    return None if any(item is None for item in found) else found


def _fitting(value: Any, fields: Sequence[Field]) -> Any:
    return fields_of(value, fields) if structure(fields)(value, "") is None else None


def _part(value: Any) -> Block | None:
    if isinstance(value, list) and value and isinstance(value[0], str):
        kind = value[0]
        rest: Any = value[1:]
    elif isinstance(value, dict) and isinstance(value.get("type"), str):
        kind, rest = value["type"], value
    else:
        return None
    fields = _PARTS.get(kind)
    part = None if fields is None else _fitting(rest, fields)
    if part is None:
        return None
    if kind == "text":
        return TextBlock(text=part["text"])
    data = part["data"]
    size = len(data) * 3 // 4 - data[-2:].count("=")
    return MediaBlock(media_type=part["media_type"], size_bytes=size)


def messages_of(document: Document) -> Iterator[Message]:
    """Every entry of a file, dropped ones too, and at the end what could not be read."""
    index = -1
    for index, stored in enumerate(map(decoded, document.messages)):
        yield Message(
            index=index,
            role=stored.role,
            human=stored.role is Role.USER and stored.dropped is None,
            blocks=stored.blocks,
        )
    if document.rest is not None:
        where, reason, raw = document.rest
        damaged = DamagedBlock(where=where, reason=reason, raw=raw)
        yield Message(index=index + 1, role=Role.OTHER, blocks=(damaged,))


class Summary(PlainValue):
    """What a list shows of the messages. `loaded` is how many astrid would load."""

    loaded: int
    dropped: int
    first_prompt: str | None
    turn_open: bool


def summary_of(document: Document) -> Summary:
    """What a list shows of a file's messages."""
    loaded = [stored for stored in map(decoded, document.messages) if stored.dropped is None]
    prompts = (
        " ".join(block.text for block in stored.blocks if block.kind == "text").strip()
        for stored in loaded
        if stored.role is Role.USER
    )
    return Summary(
        len(loaded),
        len(document.messages) - len(loaded),
        next((prompt for prompt in prompts if prompt), None),
        bool(loaded) and _leaves_open(loaded[-1]),
    )


def _leaves_open(last: Stored) -> bool:
    """A turn ends with an answer in words."""
    if last.role is Role.ASSISTANT:
        return any(block.kind == "tool_call" for block in last.blocks)
    return last.role in (Role.USER, Role.TOOL)
