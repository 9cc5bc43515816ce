"""Messages in zeroclaw's own form: written anew, and stored ones with something taken out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sessiontui.domain.backend import ClearOnly
from sessiontui.domain.message import Block, Message, Role, ToolCallBlock, ToolResultBlock
from sessiontui.domain.value import JsonValue
from sessiontui.records.zeroclaw_content import (
    TOOL_RESULTS,
    is_tool_results,
    native_calls,
    native_result,
)
from sessiontui.records.zeroclaw_media import media_marker, without_media
from sessiontui.records.zeroclaw_tags import result_parts
from sessiontui.records.zeroclaw_times import split_time_prefix

_RESULT_END = "</tool_result>"


def stored_form(message: Message) -> tuple[str, str]:
    """The role and the content under which zeroclaw would store a message."""
    calls = [block for block in message.blocks if block.kind == "tool_call"]
    results = [block for block in message.blocks if block.kind == "tool_result"]
    if message.role is Role.ASSISTANT and (calls or _thoughts(message)):
        return "assistant", _assistant(message, calls)
    if len(results) == 1 and message.role is Role.TOOL:
        return "tool", json_form(
            {"content": _with_media(results[0].text, message), "tool_call_id": results[0].call_id}
        )
    if results:
        tags = "\n".join(map(_result_tag, results))
        return "user", sound(f"{TOOL_RESULTS}\n{_with_media(tags, message)}")
    role = (message.author or "other") if message.role is Role.OTHER else message.role.value
    return sound(role), sound("\n".join(filter(None, map(text_form, message.blocks))))


def text_form(block: Block) -> str:
    """A block as text inside a message."""
    match block.kind:
        case "text" | "thinking" | "tool_result":
            return block.text
        case "media":
            return media_marker(block.media_type, block.name)
        case "damaged":
            return block.raw
        case "tool_call":
            call = {"name": block.name, "arguments": block.arguments}
            return f"<tool_call>{json_form(call)}</tool_call>"
        case "opaque":
            return block.data if isinstance(block.data, str) else json_form(block.data)


def argument_text(arguments: JsonValue) -> str:
    """A call's arguments as the JSON text that is stored for them."""
    return arguments if isinstance(arguments, str) else json_form(arguments)


def json_form(value: object) -> str:
    """A value as zeroclaw writes JSON: compact, keys in alphabetical order, nothing escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return sound(text)


def sound(text: str) -> str:
    """The text without halves of surrogate pairs, which no store can hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def taken_out(only: ClearOnly) -> Callable[[str, str], str | None]:
    """The function that takes such content out of a stored role and content.

    It returns the new content, or None where there is nothing to take out. A tool's result stays
    as an empty one: without it, the next request to the model would name a call with no answer.
    """
    return _without_tool_output if only is ClearOnly.TOOL_OUTPUT else _without_media


def _without_tool_output(role: str, content: str) -> str | None:
    if role == "tool":
        value = native_result(content)
        if value is None:
            return "" if content else None
        return json_form({**value, "content": ""}) if value["content"] else None
    at, text = split_time_prefix(content)
    if role != "user" or not is_tool_results(text):
        return None
    prefix = content[: len(content) - len(text)] if at else ""
    emptied = "".join(
        _emptied_tag(part.outer, part.inner) if part.name else part.outer
        for part in result_parts(text)
    )
    return prefix + emptied if emptied != text else None


def _emptied_tag(outer: str, inner: str) -> str:
    if not inner.strip():
        return outer
    return outer[: -len(inner + _RESULT_END)] + _RESULT_END


def _without_media(role: str, content: str) -> str | None:
    value: dict[str, Any] | None = None
    match role:
        case "tool":
            value = native_result(content)
        case "assistant":
            value = native_calls(content)
    only_data = role not in ("user", "tool")
    if value is not None:
        inner = value["content"] or ""
        cut = without_media(inner, only_data=only_data)
        return json_form({**value, "content": cut}) if cut != inner else None
    cut = without_media(content, only_data=only_data)
    return cut if cut != content else None


def _thoughts(message: Message) -> str:
    return "\n".join(block.text for block in message.blocks if block.kind == "thinking")


def _assistant(message: Message, calls: list[ToolCallBlock]) -> str:
    thoughts = _thoughts(message)
    text = "\n".join(
        filter(
            None, (text_form(b) for b in message.blocks if b.kind not in ("thinking", "tool_call"))
        )
    )
    if not calls or any(call.call_id is None for call in calls):
        parts = [f"<think>{thoughts}</think>" if thoughts else "", text, *map(text_form, calls)]
        return sound("\n".join(filter(None, parts)))
    value: dict[str, object] = {
        "content": text or None,
        "tool_calls": [
            {"arguments": argument_text(call.arguments), "id": call.call_id, "name": call.name}
            for call in calls
        ],
    }
    if thoughts:
        value["reasoning_content"] = thoughts
    return json_form(value)


def _with_media(text: str, message: Message) -> str:
    markers = [text_form(block) for block in message.blocks if block.kind == "media"]
    return "\n".join([text, *markers])


def _result_tag(block: ToolResultBlock) -> str:
    attributes = f' id="{block.call_id}"' if block.call_id else ""
    if block.is_error is not None:
        attributes += f' status="{"error" if block.is_error else "ok"}"'
    return f"<tool_result{attributes}>\n{block.text}\n</tool_result>"
