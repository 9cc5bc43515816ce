"""Changing single values in a JSON text and leaving every other byte as it is.

Numbers keep their spelling, objects their order and unknown fields, the text its white space. Pure:
texts in, texts out. The text must be sound JSON; `JSONDecodeError` says where it is not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from sessiontui.domain.value import PlainValue

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


class Span(NamedTuple):
    """A value in a text: from `start` up to, not including, `end`."""

    start: int
    end: int


class Member(PlainValue):
    """One member of an object: its name, and where its value stands."""

    name: str
    value: Span


class Edit(NamedTuple):
    """A piece of text to put in the place of another."""

    span: Span
    text: str


def root_of(text: str) -> Span:
    """Where the one value of a text stands."""
    start = _after_space(text, 0)
    return Span(start, _end_of_value(text, start))


def members_of(text: str, start: int) -> Iterator[Member]:
    """The members of the object that starts there, one by one, as far as the text is sound."""
    position = _after(text, start, "{")
    if text[position : position + 1] == "}":
        return
    while True:
        end = _end_of_value(text, position)
        name = json.loads(text[position:end])
        if not isinstance(name, str):
            raise json.JSONDecodeError("expecting a name", text, position)
        value = _after(text, end, ":")
        stop = _end_of_value(text, value)
        yield Member(name, Span(value, stop))
        position = _after_space(text, stop)
        if text[position : position + 1] == "}":
            return
        position = _after(text, position, ",")


def elements_of(text: str, start: int) -> Iterator[Span]:
    """The elements of the array that starts there, one by one, as far as the text is sound."""
    position = _after(text, start, "[")
    if text[position : position + 1] == "]":
        return
    while True:
        end = _end_of_value(text, position)
        yield Span(position, end)
        position = _after_space(text, end)
        if text[position : position + 1] == "]":
            return
        position = _after(text, position, ",")


def field_of(text: str, holder: Span, name: str, place: int) -> Span | None:
    """The value of a field: a member of an object, or the element at `place` of an array.

    Of members of the same name the last one counts, as readers have it.
    """
    if text[holder.start] == "{":
        found = [member.value for member in members_of(text, holder.start) if member.name == name]
        return found[-1] if found else None
    if text[holder.start] == "[":
        elements = list(elements_of(text, holder.start))
        return elements[place] if place < len(elements) else None
    return None


def first_member(text: str, holder: Span, name: str, value: str) -> Edit:
    """The edit that adds a member before all others, laid out as they are."""
    inside = _after_space(text, holder.start + 1)
    gap = text[holder.start + 1 : inside]
    member = f"{gap}{json_text(name)}: {value}"
    if text[inside] != "}":
        member += ","
    return Edit(Span(holder.start + 1, holder.start + 1), member)


def without_elements(text: str, holder: Span, dropped: Collection[int]) -> Edit:
    """The edit that removes elements of an array; an array without any is written `[]`."""
    elements = list(elements_of(text, holder.start))
    kept = [index for index in range(len(elements)) if index not in dropped]
    if len(kept) == len(elements):
        return Edit(Span(holder.start, holder.start), "")
    if not kept:
        return Edit(holder, "[]")
    separators = [text[before.end : after.start] for before, after in pairwise(elements)]
    pieces = [text[holder.start : elements[0].start]]
    for position, index in enumerate(kept):
        if position:
            pieces.append(separators[index - 1])
        pieces.append(text[elements[index].start : elements[index].end])
    pieces.append(text[elements[-1].end : holder.end])
    return Edit(holder, "".join(pieces))


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; they must not overlap."""
    pieces: list[str] = []
    position = 0
    for edit in sorted(edits):
        pieces += [text[position : edit.span.start], edit.text]
        position = edit.span.end
    return "".join([*pieces, text[position:]])


def json_text(value: object) -> str:
    """A value as JSON, with letters of all scripts as they are."""
    return json.dumps(value, ensure_ascii=False)


def _after_space(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return position if found is None else found.end()


def _after(text: str, position: int, mark: str) -> int:
    """The position behind a mark that has to stand there, and behind the space after it."""
    position = _after_space(text, position)
    if text[position : position + 1] != mark:
        raise json.JSONDecodeError(f"expecting {mark}", text, position)
    return _after_space(text, position + 1)


def _end_of_value(text: str, start: int) -> int:
    return _DECODER.raw_decode(text, start)[1]
