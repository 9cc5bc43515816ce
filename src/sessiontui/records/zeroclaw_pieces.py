"""The parts of a zeroclaw message as plain values, and their two readers: blocks and the index.

Indexing makes millions of these, showing a page makes a few: so decoding yields tuples, and only
who shows them builds models.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

from sessiontui.domain.indexed_text import TextItem, TextKind, json_words
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
from sessiontui.domain.value import PlainValue


class PieceKind(StrEnum):
    """What a piece becomes."""

    TEXT = "text"
    THINKING = "thinking"
    CALL = "tool_call"
    RESULT = "tool_result"
    MEDIA = "media"
    DAMAGED = "damaged"
    OPAQUE = "opaque"


class Piece(PlainValue):
    """One part of a message.

    `text` is prose, thoughts, a result, or the raw form of what is damaged. `name` is a tool's, an
    attachment's, a type's, or the place of damage. `data` are a call's arguments, or opaque data;
    `detail` is an attachment's media type, or why something is damaged.
    """

    kind: PieceKind
    text: str = ""
    name: str | None = None
    call_id: str | None = None
    data: Any = None
    detail: str | None = None
    is_error: bool | None = None
    size_bytes: int | None = None


class Entry(PlainValue):
    """One entry of a transcript before it becomes a message: who, when, and its pieces."""

    role: Role
    pieces: tuple[Piece, ...]
    human: bool = False
    author: str | None = None
    at: datetime | None = None
    native_id: str | None = None


def text_piece(text: str) -> Piece:
    """Prose."""
    return Piece(PieceKind.TEXT, text)


def damaged_piece(where: str, reason: str, raw: str) -> Piece:
    """Something unreadable."""
    return Piece(PieceKind.DAMAGED, raw, name=where, detail=reason)


def opaque_piece(type_name: str, data: Any) -> Piece:
    """Something readable that has no other form."""
    return Piece(PieceKind.OPAQUE, name=type_name, data=data)


def message_of(entry: Entry, index: int) -> Message:
    """The message an entry becomes."""
    return Message(
        index=index,
        role=entry.role,
        human=entry.human,
        blocks=tuple(map(_block, entry.pieces)),
        created_at=entry.at,
        author=entry.author,
        native_id=entry.native_id,
    )


def items_of(entry: Entry, index: int) -> Iterator[TextItem]:
    """The indexed text of an entry; equal to that of its message."""
    at = entry.at.timestamp() if entry.at else None
    role = entry.role.value
    for piece in entry.pieces:
        kind, text = _indexed(piece)
        yield TextItem(index, role, kind, at, entry.human, text)


def prose_of(pieces: Iterable[Piece]) -> str:
    """The prose among pieces, in one text."""
    return "\n".join(piece.text for piece in pieces if piece.kind is PieceKind.TEXT)


def _block(piece: Piece) -> Block:
    match piece.kind:
        case PieceKind.TEXT:
            return TextBlock(text=piece.text)
        case PieceKind.THINKING:
            return ThinkingBlock(text=piece.text)
        case PieceKind.CALL:
            return ToolCallBlock(call_id=piece.call_id, name=piece.name or "", arguments=piece.data)
        case PieceKind.RESULT:
            return ToolResultBlock(call_id=piece.call_id, text=piece.text, is_error=piece.is_error)
        case PieceKind.MEDIA:
            return MediaBlock(media_type=piece.detail, name=piece.name, size_bytes=piece.size_bytes)
        case PieceKind.DAMAGED:
            return DamagedBlock(where=piece.name or "", reason=piece.detail or "", raw=piece.text)
        case PieceKind.OPAQUE:
            return OpaqueBlock(type_name=piece.name or "", data=piece.data)


def _indexed(piece: Piece) -> tuple[TextKind, str]:
    match piece.kind:
        case PieceKind.TEXT:
            return TextKind.TEXT, piece.text
        case PieceKind.THINKING:
            return TextKind.THINKING, piece.text
        case PieceKind.CALL:
            return TextKind.TOOL_CALL, f"{piece.name} {json_words(piece.data)}".rstrip()
        case PieceKind.RESULT:
            kind = TextKind.TOOL_ERROR if piece.is_error else TextKind.TOOL_RESULT
            return kind, piece.text
        case PieceKind.MEDIA:
            return TextKind.MEDIA, piece.name or ""
        case PieceKind.DAMAGED:
            return TextKind.DAMAGED, ""
        case PieceKind.OPAQUE:
            return TextKind.TOOL_RESULT, json_words(piece.data)
