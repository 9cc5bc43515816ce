"""The content of Claude Code's messages: from stored blocks to pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sessiontui.domain.indexed_text import json_words
from sessiontui.records.json_values import clipped
from sessiontui.records.pieces import Piece

_CALLS = frozenset({"tool_use", "server_tool_use", "mcp_tool_use"})
_COMMAND = re.compile(r"<command-name>\s*(.*?)\s*</command-name>", re.DOTALL)
_ARGUMENTS = re.compile(r"<command-args>\s*(.*?)\s*</command-args>", re.DOTALL)
_OUTPUT_TAG = r"<(local-command-stdout|local-command-stderr|bash-stdout|bash-stderr)>"
_OUTPUT = re.compile(rf"{_OUTPUT_TAG}(.*?)</\1>\s*", re.DOTALL)
_ONLY_OUTPUT = re.compile(rf"\s*(?:{_OUTPUT_TAG}.*?</\1>\s*)+", re.DOTALL)
_SHELL = re.compile(r"\s*<bash-input>(.*?)</bash-input>\s*", re.DOTALL)


def pieces_of(content: object) -> Iterator[Piece]:
    """The pieces of a message's content: a string, or a list of blocks."""
    match content:
        case str():
            yield Piece("text", readable(content))
        case list():
            for block in content:
                yield from _pieces_of_block(block)
        case None:
            return
        case _:
            yield opaque_piece("content", content)


def _pieces_of_block(block: Any) -> Iterator[Piece]:
    match block:
        case str():
            yield Piece("text", readable(block))
        case {"type": "text", "text": str(text)}:
            yield Piece("text", readable(text))
        case {"type": "thinking", "thinking": str(text)}:
            yield Piece("thinking", text)
        case {"type": "redacted_thinking"}:
            yield Piece("opaque", name="redacted_thinking")
        case {"type": str(kind), "name": str(name)} if kind in _CALLS:
            yield Piece("tool_call", name=name, call_id=_text(block, "id"), data=block.get("input"))
        case {"type": str(kind)} if kind == "tool_result" or kind.endswith("_tool_result"):
            yield from _result_pieces(block)
        case {"type": "image" | "document" as kind}:
            yield _media_piece(kind, block)
        case {"type": str(kind)}:
            yield opaque_piece(kind, {k: v for k, v in block.items() if k != "type"})
        case _:
            yield opaque_piece("block", block)


def _result_pieces(block: Mapping[str, Any]) -> Iterator[Piece]:
    content = block.get("content")
    parts = content if isinstance(content, list) else [content]
    texts: list[str] = []
    media: list[Piece] = []
    for part in parts:
        match part:
            case None:
                continue
            case str():
                texts.append(part)
            case {"type": "text", "text": str(text)}:
                texts.append(text)
            case {"type": "image" | "document" as kind}:
                media.append(_media_piece(kind, part))
            case _:
                texts.append(json_words(clipped(part)))
    error = block.get("is_error")
    yield Piece(
        "tool_result",
        "\n".join(texts),
        call_id=_text(block, "tool_use_id"),
        is_error=error if isinstance(error, bool) else None,
    )
    yield from media


def _media_piece(kind: str, block: Mapping[str, Any]) -> Piece:
    source = block.get("source")
    source = source if isinstance(source, dict) else {}
    data = source.get("data")
    size = None
    if isinstance(data, str):
        size = len(data) * 3 // 4 - data[-2:].count("=")
    title = block.get("title")
    name = title if isinstance(title, str) else _text(source, "url") or _text(source, "file_id")
    return Piece("media", _text(source, "media_type") or kind, name, data=size)


def opaque_piece(name: str, value: object) -> Piece:
    """Something readable that has no other kind; long strings in it are cut."""
    return Piece("opaque", name=name, data=clipped(value))


def _text(block: Mapping[str, Any], key: str) -> str | None:
    value = block.get(key)
    return value if isinstance(value, str) else None


def readable(text: str) -> str:
    """A text without the tags Claude Code wraps commands and their output in."""
    if "<" not in text or not text.lstrip().startswith("<"):
        return text
    if "<command-name>" in text:
        command, arguments = _COMMAND.search(text), _ARGUMENTS.search(text)
        if command is not None and command.group(1):
            name = "/" + command.group(1).lstrip("/")
            return f"{name} {arguments.group(1)}".rstrip() if arguments else name
    if shell := _SHELL.fullmatch(text):
        return f"! {shell.group(1)}"
    if _ONLY_OUTPUT.fullmatch(text):
        return "\n".join(inner for _, inner in _OUTPUT.findall(text) if inner.strip())
    return text
