"""Indexed texts of what was said, straight from typed blocks.

Each function gives None where something needs a closer look: then the whole line is read.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.json import Decoder, decode

from sessiontui.domain.indexed_text import TOOL_KINDS, TextKind, json_words
from sessiontui.records.claude_code_lines import UNREADABLE, Block, Decoded, Source
from sessiontui.records.claude_code_records import pieces_of_record, record_of
from sessiontui.records.json_values import DEEPEST
from sessiontui.records.pieces import text_of_piece

_MEDIA = ("image", "document")
_OUTER_LEVELS = 6
"""How deep in its record a call's input lies, at most."""
_QUOTE = ord('"')
Texts = list[tuple[TextKind, str]]


class _Part(Struct, gc=False):
    """A part of a tool's result."""

    type: str = ""
    text: str | None = None
    source: Source | None = None
    title: str | None = None


_PARTS = Decoder(list[str | _Part | None])
_STRING = Decoder(str)


def call_text(block: Block) -> str | None:
    """The text of a call: the tool's name and the words of what it was given."""
    if block.name is None:
        return None
    given = bytes(block.input)
    if not given:
        return block.name
    if given.count(b"[") + given.count(b"{") > DEEPEST - _OUTER_LEVELS:
        return None
    try:
        return f"{block.name} {json_words(decode(given))}".rstrip()
    except UNREADABLE:
        return None


def output_text(block: Block, tools: bool) -> str | None:
    """What a tool gave back, where that is one string; without `tools` it is not built."""
    given = memoryview(block.content)
    if not given:
        return ""
    if given[0] != _QUOTE:
        return None
    if not tools:
        return ""
    try:
        return _STRING.decode(given)
    except UNREADABLE:
        return None


def texts_of_block(block: Block, tools: bool) -> Texts | None:
    """The texts of a block that is not the usual one: an image, or a result in parts."""
    if block.type in _MEDIA:
        return [_medium(block)]
    if block.type != "tool_result":
        return None
    try:
        parts = _PARTS.decode(block.content)
    except UNREADABLE:
        return None
    texts: list[str] = []
    media: Texts = []
    for part in parts:
        if part is None:
            continue
        if isinstance(part, str):
            texts.append(part)
        elif part.type in _MEDIA:
            media.append(_medium(part))
        elif part.type == "text" and part.text is not None:
            texts.append(part.text)
        else:
            return None
    kind = TextKind.TOOL_ERROR if block.is_error else TextKind.TOOL_RESULT
    return [(kind, "\n".join(texts) if tools else ""), *media]


def _medium(block: Block | _Part) -> tuple[TextKind, str]:
    name = block.title
    if name is None and block.source is not None:
        name = block.source.url or block.source.file_id
    return TextKind.MEDIA, name or ""


def texts_of_line(part: Decoded, index: int, tools: bool) -> Texts:
    """The texts of any record, from the whole of its line; no tool's text without `tools`."""
    if part.entries[index].damage is not None:
        return [(TextKind.DAMAGED, "")]
    texts = map(text_of_piece, pieces_of_record(record_of(bytes(part.lines[index]), 0)))
    if tools:
        return list(texts)
    return [(kind, "" if kind in TOOL_KINDS else text) for kind, text in texts]
