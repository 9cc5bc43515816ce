"""The content of Codex's records: from stored values to pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from sessiontui.domain.indexed_text import json_words
from sessiontui.records.codex_lines import Payload, field, text_or
from sessiontui.records.json_values import bounded, clipped
from sessiontui.records.pieces import Piece

TEXTS = frozenset({"input_text", "output_text", "text", "Text", "refusal", "summary_text",
                   "reasoning_text"})  # fmt: skip
_IMAGES = frozenset({"input_image", "image", "local_image", "localImage", "input_audio", "audio",
                     "input_file"})  # fmt: skip
_HEADER = re.compile(
    r"(?:(?:Chunk ID: |Wall time: |Original token count: |Total output lines: |Exit code: "
    r"|Process exited with code |Process running with session ID )[^\n]*\n)+Output:\n?"
)
_NOISE = re.compile(
    r"^(?:(?:Chunk ID: |Wall time: |Original token count: )[^\n]*"
    r"|(?:Exit code: |Process exited with code )0)\n",
    re.MULTILINE,
)
EXIT = re.compile(
    r"(?:(?:Chunk ID|Wall time|Original token count|Total output lines): [^\n]*\n)*"
    r"(?:Process exited with code|Exit code:) (-?[0-9]{1,9})\n"
)
_DATA_URL = re.compile(r"data:([a-z]+/[a-z0-9.+-]+)?[^,]{0,100},", re.IGNORECASE)


def part_pieces(part: object) -> Iterator[Piece]:
    """The pieces of one part of a message: text, an image, or something unknown."""
    kind = text_or(field(part, "type"))
    text = field(part, "text")
    if isinstance(part, str):
        yield Piece("text", part)
    elif kind in TEXTS and isinstance(text, str):
        yield Piece("text", text)
    elif kind == "refusal":
        yield Piece("text", text_or(field(part, "refusal")))
    elif kind in _IMAGES:
        yield media_piece(part)
    elif kind == "encrypted_content":
        return
    elif kind:
        shown = part.items() if isinstance(part, dict) else ()
        yield opaque_piece(kind, {name: value for name, value in shown if name != "type"})
    else:
        yield opaque_piece("part", part)


def media_piece(part: object) -> Piece:
    """An image, a sound or a file: its type, name and size, never its bytes."""
    for name in ("image_url", "audio_url", "file_data", "path", "file_url", "file_id"):
        held = field(part, name)
        url = text_or(held) or text_or(field(held, "url"))
        if url:
            return address_piece(url, text_or(field(part, "filename")) or None)
    return Piece("media", text_or(field(part, "type"), "media").removeprefix("input_"))


def address_piece(address: str, name: str | None = None) -> Piece:
    """What a data URL, an address or a path leads to."""
    found = _DATA_URL.match(address)
    if found is None:
        return Piece("media", "image", name or address.rsplit("/", 1)[-1][:200])
    return Piece("media", found[1] or "image", name, data=base64_size(address, found.end()))


def base64_size(text: str, start: int = 0) -> int:
    """How many bytes a base64 text stands for."""
    return max(0, (len(text) - start) * 3 // 4 - text[-2:].count("="))


def call_piece(body: Payload) -> Piece:
    """What a tool was asked; arguments are decoded where they are JSON."""
    call_id = text_or(body.call_id) or None
    name = text_or(body.name)
    match body.type:
        case "function_call":
            given = body.arguments
            if isinstance(given, str):
                given = _decoded(given)
            space = text_or(body.namespace)
            return _call(f"{space}.{name}" if space else name, call_id, given)
        case "custom_tool_call":
            return _call(name, call_id, body.input)
        case "tool_search_call":
            return _call(name or "tool_search", call_id, body.arguments)
        case kind:
            return _call(text_or(kind).removesuffix("_call"), call_id, body.action)


def _call(name: str, call_id: str | None, arguments: object) -> Piece:
    return Piece("tool_call", name=name or "tool", call_id=call_id, data=bounded(arguments))


def _decoded(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return text


class _Metadata(msgspec.Struct, frozen=True, gc=False):
    exit_code: int | None = None


class _Output(msgspec.Struct, gc=False):
    output: str
    metadata: _Metadata = _Metadata()


_older_output = msgspec.json.Decoder(_Output).decode


def result_pieces(body: Payload) -> Iterator[Piece]:
    """What a tool gave back: its text without the program's header, and images in it."""
    call_id = text_or(body.call_id) or None
    output = body.output
    success: bool | None = None
    if isinstance(output, dict):
        told = output.get("success")
        success = told if isinstance(told, bool) else None
        output = output.get("content", output)
    others: list[Piece] = []
    if isinstance(output, str):
        text, is_error = _result_text(output)
    else:
        if _is_parts(output):
            pieces = [piece for part in output for piece in part_pieces(part)]
            others = [piece for piece in pieces if piece.kind != "text"]
            text = "\n".join(piece.text for piece in pieces if piece.kind == "text")
        else:
            text = json_words(clipped(bounded(body.tools if output is None else output)))
        is_error = _is_bad_exit(text)
    if is_error is None and success is not None:
        is_error = not success
    yield Piece("tool_result", text, call_id=call_id, is_error=is_error)
    yield from others


def _is_bad_exit(text: str) -> bool | None:
    exited = EXIT.match(text)
    return None if exited is None else int(exited[1]) != 0


def _is_parts(output: object) -> bool:
    return (
        isinstance(output, list)
        and bool(output)
        and all(isinstance(field(part, "type"), str) for part in output)
    )


def _result_text(output: str) -> tuple[str, bool | None]:
    if output.startswith('{"output":'):
        try:
            older = _older_output(output)
        except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
            return output, None
        code = older.metadata.exit_code
        return older.output, None if code is None else code != 0
    header = _HEADER.match(output)
    is_error = _is_bad_exit(output)
    if header is None:
        return output, is_error
    # What tells something stays: a bad exit, a process that goes on, lines left out.
    kept = _NOISE.sub("", header[0].removesuffix("\n").removesuffix("Output:"))
    return kept + output[header.end() :], is_error


def opaque_piece(name: str, value: object) -> Piece:
    """Something readable that has no other kind; long strings in it are cut."""
    return Piece("opaque", name=name or "record", data=clipped(bounded(value)))
