"""A session file, decoded: as astrid reads it, and as far as it goes where astrid refuses it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn

from sessiontui.backends.astrid.acceptance import (
    METADATA,
    SESSION,
    fields_of,
    noting_repetition,
    why_refused,
)
from sessiontui.domain.value import PlainValue
from sessiontui.records.json_edit import elements_of, members_of
from sessiontui.records.json_values import bounded, encodable
from sessiontui.storage.json_text import JsonRefused, raw_text

_DEEPEST = 127
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_MESSAGES = re.compile(r'\s*[{,]\s*"messages"\s*:\s*(?=\[)')


class Rest(NamedTuple):
    """The part of a file that could not be read: where, why, and its first bytes as text."""

    where: str
    reason: str
    raw: str


class Document(PlainValue):
    """A file's content. `refused` says why astrid would not load it; `rest` is what is cut off."""

    fields: Mapping[str, Any]
    refused: str | None = None
    rest: Rest | None = None

    @property
    def messages(self) -> list[Any]:
        """The stored messages, undecoded."""
        found = self.fields.get("messages")
        return found if isinstance(found, list) else []

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The metadata, by name."""
        return fields_of(self.fields.get("metadata"), METADATA) or {}

    @property
    def title(self) -> str | None:
        """The stored title; None when there is none."""
        title = self.metadata.get("title")
        return title if isinstance(title, str) and title else None


def read_document(data: bytes) -> Document:
    """The content of a file, whatever state it is in."""
    try:
        value = _strictly(data)
    except JsonRefused as error:
        return _salvaged(data, str(error))
    fields = fields_of(value, SESSION)
    return Document(fields or {}, why_refused(value))


def _strictly(data: bytes) -> Any:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise JsonRefused(f"not UTF-8 at byte {error.start:,}") from error
    if not text.strip(" \t\r\n"):
        raise JsonRefused("empty")
    try:
        value = json.loads(text, parse_constant=_refuse, object_pairs_hook=noting_repetition)
    except JsonRefused:
        raise
    except json.JSONDecodeError as error:
        raise JsonRefused(f"not JSON: {error.msg.lower()} at character {error.pos:,}") from error
    except RecursionError as error:
        raise JsonRefused("nested too deeply") from error
    except ValueError as error:
        raise JsonRefused("holds a number that is too long") from error
    _look_through(value, _DEEPEST)
    return value


def _refuse(name: str) -> NoReturn:
    raise JsonRefused(f"{name} is not JSON")


def _look_through(value: Any, depth: int) -> None:
    """Raise `JsonRefused` for what Python takes and astrid does not."""
    match value:
        case str():
            if not _is_encodable(value):
                raise JsonRefused("half of a surrogate pair stands in it")
        case float():
            if math.isinf(value):
                raise JsonRefused("holds a number out of range")
        case dict() | list():
            if depth == 0:
                raise JsonRefused("nested too deeply")
            items = value.values() if isinstance(value, dict) else value
            for item in items:
                _look_through(item, depth - 1)
            if isinstance(value, dict) and not all(map(_is_encodable, value)):
                raise JsonRefused("half of a surrogate pair stands in it")


def _is_encodable(text: str) -> bool:
    return text.isascii() or _HALF_PAIR.search(text) is None


def _salvaged(data: bytes, reason: str) -> Document:
    """What can be read of a file that is no sound JSON."""
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    try:
        value = json.loads(text, parse_constant=lambda name: name)
    except (ValueError, RecursionError):
        leading, position = _leading_fields(text)
        where = f"character {position:,}"
        rest = Rest(where, reason, raw_text(text[position:].encode("utf-8", "replace")))
        return Document(encodable(bounded(leading)), reason, rest)
    fields = fields_of(encodable(bounded(value)), SESSION) or {}
    return Document(fields, reason)


def _leading_fields(text: str) -> tuple[dict[str, Any], int]:
    """The members of an object that is cut off somewhere, and where the sound part ends."""
    fields: dict[str, Any] = {}
    position = 0
    try:
        start = len(text) - len(text.lstrip(" \t\r\n"))
        for member in members_of(text, start):
            fields[member.name] = json.loads(text[member.value.start : member.value.end])
            position = member.value.end
    except (ValueError, RecursionError):
        messages = _leading_messages(text, position)
        if messages is not None:
            fields["messages"], position = messages
    return fields, position


def _leading_messages(text: str, position: int) -> tuple[list[Any], int] | None:
    """The sound messages of an array that is cut off, and where they end."""
    found = _MESSAGES.match(text, position)
    if found is None:
        return None
    messages: list[Any] = []
    end = found.end()
    try:
        for span in elements_of(text, found.end()):
            messages.append(json.loads(text[span.start : span.end]))
            end = span.end
    except (ValueError, RecursionError):
        return messages, end
    return messages, end
