"""What is inside the `content` of a zeroclaw message, which has nothing but a role and a text.

JSON is tried only where the text begins with a brace, and accepted only with the expected keys;
everything that fits no known shape is text, unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sessiontui.domain.message import Role
from sessiontui.records.zeroclaw_media import split_media
from sessiontui.records.zeroclaw_pieces import Entry, Piece, PieceKind, opaque_piece, text_piece
from sessiontui.records.zeroclaw_tags import assistant_parts, is_thinking, result_parts
from sessiontui.records.zeroclaw_times import split_time_prefix
from sessiontui.storage.json_text import JsonRefused, decode_json

TOOL_RESULTS = "[Tool results]"
CONTEXT_CONTINUES = "[context continues]"
INTERRUPTED_SESSION = "[Session interrupted — not continuing this request]"
INTERRUPTED_TURN = "[interrupted by user]"

_COLLAPSED = re.compile(r"\[Tool exchange: \d+ tool call\(s\) — results collapsed\]")
_USED_TOOLS = re.compile(r"\[Used tools: ([^\]\n]*)\](?:\n|\Z)")
_GROUP_LABEL = re.compile(r"\[([^\n]{1,200}) from ([^\]\n]{1,200})\]\n")
_CALL_KEYS = frozenset({"id", "name", "arguments"})
_DEEPEST = 60
"""How far arguments may nest before they are shown as the text they are."""

_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT, "system": Role.SYSTEM, "tool": Role.TOOL}


def decode_entry(role: str, content: str, *, group_labels: bool = False) -> Entry:
    """The transcript entry in a message's two texts.

    `group_labels`: user turns may begin with a line that names group and sender.
    """
    match role:
        case "user":
            return _user(content, group_labels)
        case "assistant":
            return Entry(Role.ASSISTANT, tuple(_assistant(content)))
        case "tool":
            return Entry(Role.TOOL, tuple(_tool(content)))
        case _:
            pieces = tuple(split_media(content, only_data=True))
            known = _ROLES.get(role)
            # A role not known here is shown by name, not dropped.
            return Entry(known or Role.OTHER, pieces, author=None if known else role)


def native_object(content: str, key: str) -> dict[str, Any] | None:
    """The JSON object that a content is, if it has `key`; else None."""
    if content.lstrip()[:1] != "{":
        return None
    try:
        value = decode_json(content.encode("utf-8", "surrogatepass"))
    except JsonRefused:
        return None
    return value if isinstance(value, dict) and key in value and "content" in value else None


def is_tool_results(text: str) -> bool:
    """Whether a user message is the results of prompt-mode tool calls, without a person."""
    return text.startswith(TOOL_RESULTS) and text[len(TOOL_RESULTS) :][:1] in ("", "\n", "\r")


def native_calls(content: str) -> dict[str, Any] | None:
    """The JSON object of an assistant message with native tool calls; else None."""
    value = native_object(content, "tool_calls")
    if value is None or not isinstance(value["content"], str | None):
        return None
    calls = value["tool_calls"]
    fits = isinstance(calls, list) and all(
        isinstance(call, dict) and isinstance(call.get("name"), str) for call in calls
    )
    return value if fits else None


def native_result(content: str) -> dict[str, Any] | None:
    """The JSON object of a native tool result; else None."""
    value = native_object(content, "tool_call_id")
    if value is None or not isinstance(value["content"], str):
        return None
    return value if isinstance(value["tool_call_id"], str | None) else None


def decoded_arguments(text: object) -> Any:
    """A call's arguments: the value of the JSON text, or the text itself where it is none."""
    if not isinstance(text, str):
        return text if _nests_little(text) else str(text)
    try:
        value = decode_json(text.encode("utf-8", "surrogatepass"))
    except JsonRefused:
        return text
    return value if _nests_little(value) else text


# -- user --------------------------------------------------------------------------------------


def _user(content: str, group_labels: bool) -> Entry:
    at, text = split_time_prefix(content)
    author = None
    if group_labels and (label := _GROUP_LABEL.match(text)):
        author = f"{label.group(2)} ({label.group(1)})"
        text = text[label.end() :]
    if is_tool_results(text):
        return Entry(Role.USER, tuple(_results(text)), author=author, at=at)
    if text == CONTEXT_CONTINUES:
        return Entry(Role.USER, (opaque_piece("context continues", text),), at=at)
    return Entry(Role.USER, tuple(split_media(text)), human=True, author=author, at=at)


def _results(text: str) -> Iterator[Piece]:
    for part in result_parts(text[len(TOOL_RESULTS) :].lstrip("\r\n")):
        if part.name:
            status = part.attributes.get("status")
            yield from result_pieces(
                _without_line_ends(part.inner),
                part.attributes.get("id"),
                None if status is None else status != "ok",
            )
        elif part.inner.strip():
            yield text_piece(part.inner.strip())


def _without_line_ends(text: str) -> str:
    return text.removeprefix("\n").removesuffix("\n")


def result_pieces(text: str, call_id: str | None, is_error: bool | None) -> Iterator[Piece]:
    """A tool's result, and behind it the attachments that stood in its text."""
    pieces = split_media(text)
    media = [piece for piece in pieces if piece.kind is not PieceKind.TEXT]
    if media:
        text = "\n".join(piece.text for piece in pieces if piece.kind is PieceKind.TEXT)
    yield Piece(PieceKind.RESULT, text, call_id=call_id, is_error=is_error)
    yield from media


# -- tool --------------------------------------------------------------------------------------


def _tool(content: str) -> Iterator[Piece]:
    value = native_result(content)
    if value is None:
        yield from split_media(content)
        return
    yield from result_pieces(value["content"], value["tool_call_id"], None)
    yield from _rest(value, {"content", "tool_call_id"})


# -- assistant ---------------------------------------------------------------------------------


def _assistant(content: str) -> Iterator[Piece]:
    value = native_calls(content)
    if value is not None:
        yield from native_pieces(value)
        return
    if content == INTERRUPTED_SESSION:
        yield opaque_piece("session interrupted", content)
        return
    if content.startswith("["):
        if _COLLAPSED.fullmatch(content):
            yield opaque_piece("tool exchange collapsed", content)
            return
        if used := _USED_TOOLS.match(content):
            yield opaque_piece("tools used", used.group(1))
            content = content[used.end() :]
    interrupted = content == INTERRUPTED_TURN or content.endswith("\n\n" + INTERRUPTED_TURN)
    if interrupted:
        content = content.removesuffix(INTERRUPTED_TURN).removesuffix("\n\n")
    yield from _tagged(content)
    if interrupted:
        yield opaque_piece("interrupted by user", INTERRUPTED_TURN)


def native_pieces(value: dict[str, Any]) -> Iterator[Piece]:
    """The pieces of an assistant message with native tool calls: text, thoughts, calls."""
    reasoning = value.get("reasoning_content")
    if isinstance(reasoning, str) and reasoning:
        yield Piece(PieceKind.THINKING, reasoning)
    if value["content"]:
        yield from _tagged(value["content"])
    for call in value["tool_calls"]:
        yield _call(call)
        yield from _rest(call, _CALL_KEYS)
    known = {"content", "tool_calls"}
    if reasoning is None or isinstance(reasoning, str):
        known.add("reasoning_content")
    yield from _rest(value, known)


def _call(call: dict[str, Any]) -> Piece:
    call_id = call.get("id")
    return Piece(
        PieceKind.CALL,
        name=call["name"],
        call_id=call_id if isinstance(call_id, str) else None,
        data=decoded_arguments(call.get("arguments")),
    )


def _rest(value: dict[str, Any], known: set[str] | frozenset[str]) -> Iterator[Piece]:
    """Fields that have no block of their own: shown as they are."""
    rest = {key: item for key, item in value.items() if key not in known}
    if rest:
        yield opaque_piece("more fields", rest if _nests_little(rest) else str(rest))


def _tagged(text: str) -> Iterator[Piece]:
    if "<" not in text:
        yield from split_media(text, only_data=True)
        return
    prose = ""
    pieces: list[Piece] = []
    for part in assistant_parts(text):
        if is_thinking(part):
            found = [Piece(PieceKind.THINKING, part.inner.strip())]
        else:
            found = [_call(call) for call in _tag_calls(part.inner)] if part.name else []
        if not found:
            prose += part.outer
            continue
        pieces += _prose(prose)
        pieces += found
        prose = ""
    # Text without any known tag stays as it is, white space and all.
    yield from (pieces + _prose(prose)) if pieces else split_media(text, only_data=True)


def _prose(text: str) -> list[Piece]:
    return split_media(text.strip(), only_data=True)


def _tag_calls(text: str) -> list[dict[str, Any]]:
    """The calls inside a tag; none where it holds anything else."""
    try:
        value = decode_json(text.strip().encode("utf-8", "surrogatepass"))
    except JsonRefused:
        return []
    calls = value if isinstance(value, list) else [value]
    fits = all(isinstance(call, dict) and isinstance(call.get("name"), str) for call in calls)
    return calls if fits else []


def _nests_little(value: object) -> bool:
    layer: list[object] = [value]
    for _ in range(_DEEPEST):
        layer = [
            item
            for outer in layer
            if isinstance(outer, dict | list)
            for item in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not layer:
            return True
    return False
