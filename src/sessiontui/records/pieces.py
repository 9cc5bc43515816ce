"""Pieces: the content of a message on its way from a stored record to the index or a view.

A piece is a plain tuple, cheap to make by the million; the index takes its text, a view its block.
"""

from __future__ import annotations

from typing import Any

from sessiontui.domain.indexed_text import TextKind, json_words
from sessiontui.domain.message import (
    Block,
    DamagedBlock,
    MediaBlock,
    OpaqueBlock,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
    ToolResultBlock,
)
from sessiontui.domain.value import PlainValue


class Piece(PlainValue):
    """One block of a message before it is one; which fields count depends on the kind.

    `kind` is that of the block it becomes. `data` holds a call's arguments, an opaque value, or
    the size in bytes of media.
    """

    kind: str
    text: str = ""
    name: str | None = None
    call_id: str | None = None
    is_error: bool | None = None
    data: Any = None


def block_of(piece: Piece) -> Block:
    """The block a piece becomes in a view."""
    match piece.kind:
        case "text":
            return TextBlock(text=piece.text)
        case "thinking":
            return ThinkingBlock(text=piece.text)
        case "tool_call":
            return ToolCallBlock(call_id=piece.call_id, name=piece.name or "", arguments=piece.data)
        case "tool_result":
            return ToolResultBlock(call_id=piece.call_id, text=piece.text, is_error=piece.is_error)
        case "media":
            return MediaBlock(media_type=piece.text, name=piece.name, size_bytes=piece.data)
        case "damaged":
            return DamagedBlock(where=piece.name or "", reason=piece.data, raw=piece.text)
        case _:
            return OpaqueBlock(type_name=piece.name or "", data=piece.data)


def text_of_piece(piece: Piece, *, tools: bool = True) -> tuple[TextKind, str]:
    """The indexed text of a piece: that of its block; without `tools`, none of those."""
    match piece.kind:
        case "text":
            return TextKind.TEXT, piece.text
        case "thinking":
            return TextKind.THINKING, piece.text
        case "tool_call":
            words = f"{piece.name} {json_words(piece.data)}".rstrip() if tools else ""
            return TextKind.TOOL_CALL, words
        case "tool_result":
            kind = TextKind.TOOL_ERROR if piece.is_error else TextKind.TOOL_RESULT
            return kind, piece.text if tools else ""
        case "media":
            return TextKind.MEDIA, piece.name or ""
        case "damaged":
            return TextKind.DAMAGED, ""
        case _:
            return TextKind.TOOL_RESULT, json_words(piece.data) if tools else ""
