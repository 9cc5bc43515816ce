"""Lines of a Claude Code transcript as typed records: only what is wanted of a line is ever built.

A transcript is mostly tool output, and building objects costs more than parsing. So the types here
name the fields that tell who speaks and what was said; tool output and images stay bytes until
somebody asks for them. A line whose types are not the expected ones is read again, field by field:
what fits counts, and nothing else of the line is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from json import JSONDecoder
from typing import Annotated, Any, ClassVar, NoReturn, TypeVar, get_args

from msgspec import Meta, MsgspecError, Raw, Struct, ValidationError, convert
from msgspec.json import Decoder
from msgspec.structs import fields

from sessiontui.domain.value import PlainValue
from sessiontui.records.json_values import DEEPEST, bounded, encodable
from sessiontui.storage.json_text import JsonRefused, decode_json
from sessiontui.storage.jsonl_chunks import LineChunk

UNREADABLE = (MsgspecError, UnicodeDecodeError, RecursionError)
"""What a typed decoder raises for a line it cannot take; the line may be fine all the same."""
_LF = ord("\n")
_LONGEST_NUMBER = 4000


class Source(Struct, gc=False):
    """Where an image or a document comes from; its bytes are never built."""

    media_type: str | None = None
    data: Raw = Raw()
    url: str | None = None
    file_id: str | None = None


class Block(Struct, gc=False):
    """One block of a message's content, of any type; `input` and `content` stay bytes."""

    type: str = ""
    text: str | None = None
    thinking: str | None = None
    name: str | None = None
    input: Raw = Raw()
    content: Raw = Raw()
    is_error: bool | None = None
    source: Source | None = None
    title: str | None = None


Content = str | tuple[Block, ...] | None


Count = Annotated[int, Meta(ge=0, lt=1 << 40)]


class Usage(Struct, gc=False):
    """The tokens that one answer took."""

    input_tokens: Count | None = None
    cache_creation_input_tokens: Count | None = None
    cache_read_input_tokens: Count | None = None
    output_tokens: Count | None = None

    @property
    def total(self) -> int:
        """What was read, from the cache as well, and written."""
        return (
            (self.input_tokens or 0)
            + (self.cache_creation_input_tokens or 0)
            + (self.cache_read_input_tokens or 0)
            + (self.output_tokens or 0)
        )


class Said(Struct, gc=False):
    """The message in a record of a user or of the assistant."""

    id: str | None = None
    content: Content = None
    usage: Usage | None = None


class Origin(Struct, gc=False):
    """Who caused a prompt: `human`, or a part of the program."""

    kind: str | None = None


class Attachment(Struct, gc=False):
    """What was put into the conversation besides; only queued prompts were typed by somebody."""

    type: str | None = None
    prompt: Content = None
    command_mode: str | None = None
    origin: Origin | None = None


class Entry(Struct, gc=False, rename="camel"):
    """One record, of any type."""

    damage: ClassVar[str | None] = None
    """Why nothing of the line can be read."""

    parent_uuid: str | None = None
    logical_parent_uuid: str | None = None
    is_sidechain: bool | None = None
    message: Said | None = None
    type: str = ""
    subtype: str | None = None
    content: Content = None
    attachment: Attachment | None = None
    is_meta: bool | None = None
    uuid: str | None = None
    timestamp: datetime | None = None
    is_visible_in_transcript_only: bool | None = None
    is_compact_summary: bool | None = None
    origin: Origin | None = None
    team_name: str | None = None

    @property
    def said(self) -> Content:
        """What is said in it."""
        return self.content if self.message is None else self.message.content

    @property
    def at(self) -> float | None:
        """When it was written, in seconds since the epoch."""
        at = self.timestamp
        if at is None:
            return None
        try:
            return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).timestamp()
        except OverflowError:
            return None

    @property
    def parent(self) -> str | None:
        """The record it follows; after a compaction that is the last one before it."""
        return self.parent_uuid or self.logical_parent_uuid

    @property
    def message_id(self) -> str | None:
        """The id that the lines of one assistant message share."""
        return self.message.id if self.message and self.type == "assistant" else None

    @property
    def is_side_branch(self) -> bool:
        """True in the conversation of a sub-agent or a team member."""
        return self.is_sidechain is True or bool(self.team_name)


class Damaged(Entry, gc=False):
    """A line that cannot be read."""

    damage: ClassVar[str | None] = ""


class Decoded(PlainValue):
    """The records of a chunk of lines, one for each line; blank lines are `BLANK`.

    A last line that is neither ended nor whole is not there. `size` is that of all lines in bytes,
    `ended` tells whether the last one is.
    """

    entries: list[Entry]
    lines: list[memoryview]
    size: int
    ended: bool


ODD = Raw(b"?")
"""In place of bytes that are there and cannot be given: whoever needs them takes the whole line."""
BLANK = Entry(type="\n")
"""A line without anything in it."""

_ENTRY = Decoder(Entry)
_TIME = datetime | None
_Shape = TypeVar("_Shape", bound=Struct)


def decoded(chunk: LineChunk) -> Decoded:
    """The records of a chunk of lines."""
    lines = _lines(chunk.view)
    undecoded = iter(lines)
    entries: list[Entry] = []
    while len(entries) < len(lines):
        try:
            # What was decoded before an exception stays, and the iterator goes on behind it.
            entries.extend(map(_ENTRY.decode, undecoded))
        except UNREADABLE:
            entries.append(entry_of(bytes(lines[len(entries)])))
    size, ended = len(chunk.view), chunk.view[-1] == _LF
    if not ended and (entries[-1].damage is not None or entries[-1] is BLANK):
        entries.pop()
        size -= len(lines.pop())
        ended = True
    return Decoded(entries, lines, size, ended)


def _lines(view: memoryview) -> list[memoryview]:
    find: Callable[[bytes, int, int], int] = view.obj.find  # type: ignore[attr-defined]
    end = len(view)
    lines: list[memoryview] = []
    start = 0
    while (stop := find(b"\n", start, end)) >= 0:
        lines.append(view[start:stop])
        start = stop + 1
    if start < end:
        lines.append(view[start:])
    return lines


def entry_of(line: bytes) -> Entry:
    """The record of one line, whatever is in it."""
    try:
        return _ENTRY.decode(line)
    except UNREADABLE:
        pass
    if not line.strip():
        return BLANK
    value = value_of(line)
    return Damaged() if isinstance(value, str) else _fitted(value, Entry)


def value_of(line: bytes) -> dict[str, Any] | str:
    """The whole of a line as plain values, fit to be shown; or why it cannot be read."""
    try:
        value = decode_json(line, surrogates=True)
    except JsonRefused as error:
        value = _leniently(line)
        if value is None:
            return str(error)
    if not isinstance(value, dict):
        return "not a JSON object"
    found: dict[str, Any] = value
    if line.count(b"[") + line.count(b"{") > DEEPEST:
        found = bounded(found)
    if b"\\ud" in line or b"\\uD" in line:
        found = encodable(found)
    return found


def _leniently(line: bytes) -> Any:
    """What typed reading lets pass as well: bytes that are no UTF-8, numbers without an end."""
    try:
        return _LENIENT.decode(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def _number(digits: str) -> int | str:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else digits


def _refused(name: str) -> NoReturn:
    raise ValueError(name)


_LENIENT = JSONDecoder(parse_int=_number, parse_constant=_refused)


def time_of(value: object) -> datetime | None:
    """A time in any ISO form, aware; one without a zone is in UTC."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def fitting(line: memoryview, decoder: Decoder[_Shape], shape: type[_Shape]) -> _Shape:
    """Some other fields of a line that holds a record; those with unexpected types are missing."""
    try:
        return decoder.decode(line)
    except UNREADABLE:
        value = value_of(bytes(line))
        return shape() if isinstance(value, str) else _fitted(value, shape)


def _fitted(value: Mapping[str, Any], shape: type[_Shape]) -> _Shape:
    """A typed record of what fits in a JSON object."""
    found: dict[str, Any] = {}
    for field in fields(shape):
        if field.encode_name in value:
            part = value[field.encode_name]
            try:
                fit = convert(part, field.type)
            except ValidationError:
                fit = _nearest(part, field.type)
            if fit is not None:
                found[field.name] = fit
    return shape(**found)


def _nearest(value: object, kind: Any) -> object:
    """What fits of a value that has another type than expected; None when nothing does."""
    if kind is Raw:
        return ODD
    if kind == _TIME:
        return time_of(value)
    if kind == Content:
        return tuple(map(_block, value)) if isinstance(value, list) else (Block(),)
    for shape in get_args(kind):
        if isinstance(value, dict) and isinstance(shape, type) and issubclass(shape, Struct):
            return _fitted(value, shape)
    return None


def _block(value: object) -> Block:
    match value:
        case str():
            return Block(type="text", text=value)
        case dict():
            return _fitted(value, Block)
        case _:
            return Block()
