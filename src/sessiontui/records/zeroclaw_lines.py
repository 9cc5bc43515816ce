"""Lines of zeroclaw's JSONL files: one message each, with a role and a content, nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

from sessiontui.domain.message import Role
from sessiontui.records.zeroclaw_content import decode_entry
from sessiontui.records.zeroclaw_pieces import Entry, PieceKind, damaged_piece
from sessiontui.storage.json_text import JsonRefused, decode_json, raw_text

_PLAIN = re.compile(rb'\{"role":"([a-z]+)","content":"([^"\\\x00-\x1f]*)"\}')


class StoredMessage(NamedTuple):
    """The two texts of a message."""

    role: str
    content: str


class Place(NamedTuple):
    """Where a line stands: its number in the file from 1, and the offset of its first byte."""

    number: int
    offset: int

    def __str__(self) -> str:
        return f"line {self.number:,}, byte {self.offset:,}"


def read_line(data: bytes) -> StoredMessage:
    """The message of a line, by zeroclaw's own rules. Raises `JsonRefused` with the reason.

    An array of two texts is a message too; fields besides the two are allowed, a field that
    stands twice is not.
    """
    line = data.strip()
    plain = _PLAIN.fullmatch(line)
    if plain is not None:
        # Most lines are so plain that a JSON parser has nothing to do.
        with suppress(UnicodeDecodeError):
            return StoredMessage(plain.group(1).decode("ascii"), plain.group(2).decode("utf-8"))
    return _message(decode_json(line, unique_keys=True))


def is_message(data: bytes) -> bool:
    """Whether a line is a message."""
    try:
        read_line(data)
    except JsonRefused:
        return False
    return True


def is_bare(data: bytes) -> bool:
    """Whether a message has no fields but its two, as zeroclaw writes it."""
    value = decode_json(data.strip())
    return isinstance(value, dict) and set(value) == set(StoredMessage._fields)


def is_blank(data: bytes) -> bool:
    """Whether a line holds nothing; such lines count for nothing."""
    return not data.strip()


def written_line(message: StoredMessage) -> bytes:
    """A message as a line, without its LF, as zeroclaw writes it."""
    return _compact({"role": message.role, "content": message.content})


def changed_line(data: bytes, change: Callable[[str, str], str | None]) -> bytes | None:
    """The line with another content, and all else in it as it was; None where nothing changes.

    Raises `JsonRefused` where it is no message.
    """
    value = decode_json(data.strip(), unique_keys=True)
    message = _message(value)
    content = change(message.role, message.content)
    if content is None:
        return None
    changed = [message.role, content] if isinstance(value, list) else {**value, "content": content}
    # A carriage return before the LF is part of the line's bytes.
    return _compact(changed) + (b"\r" if data.endswith(b"\r") else b"")


def entry_of_line(data: bytes, place: Place, *, group_labels: bool) -> Entry:
    """The transcript entry of a line; a line that cannot be read is an entry too."""
    try:
        message = read_line(data)
    except JsonRefused as error:
        return Entry(Role.OTHER, (damaged_piece(str(place), str(error), raw_text(data)),))
    return decode_entry(message.role, message.content, group_labels=group_labels)


def leaves_turn_open(entry: Entry) -> bool:
    """Whether a transcript that ends with this entry ends inside a turn.

    So it is while a person, a tool's result or a tool call waits for an answer.
    """
    kinds = {piece.kind for piece in entry.pieces}
    if entry.role is Role.ASSISTANT:
        # A cut-off answer carries a note that it was interrupted: that turn has ended.
        return PieceKind.CALL in kinds and PieceKind.OPAQUE not in kinds
    return entry.human or entry.role is Role.TOOL or PieceKind.RESULT in kinds


def _message(value: Any) -> StoredMessage:
    match value:
        case {"role": str(role), "content": str(content)} | [str(role), str(content)]:
            return StoredMessage(role, content)
        case dict():
            for field in StoredMessage._fields:
                if not isinstance(value.get(field), str):
                    problem = "is no text" if field in value else "is missing"
                    raise JsonRefused(f"its {field} {problem}")
    raise JsonRefused("not an object with role and content")


def _compact(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")
