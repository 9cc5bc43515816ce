"""Claude Code's transcripts on disk: read whole, in part, or from where reading stopped.

What was learnt of the transcripts last looked at is kept, so that a file that has grown costs only
its new lines. Safe to use from several threads.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from msgspec import MsgspecError, Struct
from msgspec.json import Decoder, encode

from sessiontui.domain.ending import Ending
from sessiontui.domain.indexed_text import BatchSize, TextBatch, TextItem
from sessiontui.domain.message import Message
from sessiontui.domain.value import PlainValue
from sessiontui.records.claude_code import Outline, Overview, Span, message_of
from sessiontui.records.claude_code_ending import ending_of
from sessiontui.records.claude_code_facts import Facts
from sessiontui.records.claude_code_first_look import WHOLE, first_look
from sessiontui.records.claude_code_order import OutOfOrder
from sessiontui.records.claude_code_records import Record, record_of
from sessiontui.records.claude_code_texts import TextReading, TextState
from sessiontui.storage.file_state import FileState
from sessiontui.storage.jsonl_chunks import LineChunk, bytes_at, chunks_of
from sessiontui.storage.jsonl_file import open_regular
from sessiontui.storage.undisturbed import undisturbed

_KEPT_RECORDS = 200_000
_KEPT_CURSORS = 2_000
_AT_ONCE = 256
_TAIL_BYTES = 128
_VERSION = 1


class _Cursor(Struct, array_like=True):
    """A place in one file, and what was known there; `tail` is of the bytes before it."""

    version: int
    device: int
    inode: int
    tail: str
    state: TextState


_CURSOR = Decoder(_Cursor)


class Reading(PlainValue):
    """What was read of a transcript since a cursor, and what is known of all of it.

    `restart`: the items are those of the whole transcript. `found` is the file's state when it was
    opened. `more`: the batch is full, the rest follows by the cursor.
    """

    items: list[TextItem]
    cursor: str
    restart: bool
    facts: Facts
    found: FileState
    more: bool = False


class Look(NamedTuple):
    """What was seen of a transcript; `whole` when that is all of it."""

    facts: Facts
    whole: bool
    found: FileState


class _Kept(PlainValue):
    outline: Outline
    device: int
    inode: int
    tail: str


class TranscriptShelf:
    """Reads transcripts, and keeps what it learnt of those it read last."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._outlines: OrderedDict[Path, _Kept] = OrderedDict()
        self._cursors: OrderedDict[Path, str] = OrderedDict()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._outlines.clear()
            self._cursors.clear()

    def overview(self, path: Path) -> Overview:
        """What a list shows of a transcript. Raises `StoreMissing`, `StoreUnreadable`."""
        return Overview.of(self.facts(path).facts)

    def facts(self, path: Path) -> Look:
        """What a whole transcript says; raises as `read` does."""
        with self._lock:
            cursor = self._cursors.get(path)
        reading = self.read(path, cursor, tools=False)
        return Look(reading.facts, True, reading.found)

    def first_look(self, path: Path) -> Look:
        """What a transcript says at first sight; raises as `read` does."""
        with open_regular(path) as (descriptor, found):
            if found.size > WHOLE:
                return Look(first_look(descriptor, found.size, path), False, found)
        reading = self.read(path, None, tools=False)
        return Look(reading.facts, True, reading.found)

    def texts_since(self, path: Path, cursor: str | None, *, tools: bool = True) -> TextBatch:
        """Indexed text that is new since a cursor; raises as `read` does."""
        reading = self.read(path, cursor, tools=tools)
        return TextBatch(reading.items, reading.cursor, reading.restart, more=reading.more)

    def read(self, path: Path, cursor: str | None, *, tools: bool) -> Reading:
        """Read on from a cursor, or from the start; only new bytes are read.

        Without `tools` the texts of tools are empty; with them, a batch may end early. Raises
        `StoreMissing`, `StoreUnreadable`.
        """
        with open_regular(path) as (descriptor, found), undisturbed():
            before = _resumed(cursor, path, descriptor, found)
            reading = TextReading(before or TextState(), tools=tools)
            start, size = before.offset if before else 0, BatchSize(reading.items)
            is_full = False
            try:
                for chunk in chunks_of(descriptor, start, found.size, path):
                    reading.take(chunk)
                    if is_full := tools and size.is_enough:
                        break
            except OutOfOrder:
                before = None
                reading = TextReading(TextState(), tools=tools)
                reading.take(_all_at_once(descriptor, found.size, path))
            state = reading.state
            tail = _tail(descriptor, state.offset, path)
        made = encode(_Cursor(_VERSION, found.device, found.inode, tail, state)).decode()
        with self._lock:
            self._cursors[path] = made
            self._cursors.move_to_end(path)
            while len(self._cursors) > _KEPT_CURSORS:
                self._cursors.popitem(last=False)
        more = is_full and state.offset < found.size
        return Reading(reading.items, made, before is None, state.facts, found, more)

    def messages(self, path: Path, start: int = 0, stop: int | None = None) -> Iterator[Message]:
        """The messages of a slice; only their own lines are read again.

        Raises `StoreMissing`, `StoreUnreadable`.
        """
        with open_regular(path) as (descriptor, found):
            with self._lock:
                outline = self._outline(path, descriptor, found)
                wanted = range(len(outline))[start:stop]
            for place in range(wanted.start, wanted.stop, _AT_ONCE):
                with self._lock:
                    chosen = [*outline.messages(place, min(place + _AT_ONCE, wanted.stop))]
                for index, spans, tokens in chosen:
                    records = [_record_at(descriptor, span, path) for span in spans]
                    yield message_of(index, records, tokens)

    def ending(self, path: Path, count: int) -> Ending:
        """The last messages, read from the end where that is quicker; raises as `messages`."""
        with self._lock:
            is_known = path in self._outlines
        if not is_known:
            with open_regular(path) as (descriptor, found):
                ending = ending_of(descriptor, found.size, path, count)
            if ending is not None:
                return ending
        return Ending(tuple(self.messages(path, -count)))

    def _outline(self, path: Path, descriptor: int, found: FileState) -> Outline:
        kept = self._outlines.pop(path, None)
        if (
            kept is None
            or (kept.device, kept.inode) != (found.device, found.inode)
            or found.size < kept.outline.end
            or _tail(descriptor, kept.outline.end, path) != kept.tail
        ):
            outline = Outline()
        else:
            outline = kept.outline
        try:
            for chunk in chunks_of(descriptor, outline.end, found.size, path):
                outline.feed(chunk)
        except OutOfOrder:
            outline = Outline()
            outline.feed(_all_at_once(descriptor, found.size, path))
        tail = _tail(descriptor, outline.end, path)
        self._outlines[path] = _Kept(outline, found.device, found.inode, tail)
        total = sum(each.outline.record_total for each in self._outlines.values())
        while total > _KEPT_RECORDS and len(self._outlines) > 1:
            _, dropped = self._outlines.popitem(last=False)
            total -= dropped.outline.record_total
        return outline


def _all_at_once(descriptor: int, size: int, path: Path) -> LineChunk:
    return LineChunk(0, memoryview(bytes_at(descriptor, 0, size, path)))


def _record_at(descriptor: int, span: Span, path: Path) -> Record:
    return record_of(bytes_at(descriptor, span.offset, span.length, path), span.number)


def _tail(descriptor: int, end: int, path: Path) -> str:
    """A digest of the bytes before a position: a file rewritten in place gives itself away."""
    start = max(0, end - _TAIL_BYTES)
    return hashlib.sha256(bytes_at(descriptor, start, end - start, path)).hexdigest()[:12]


def _resumed(cursor: str | None, path: Path, descriptor: int, found: FileState) -> TextState | None:
    """The state a cursor holds, if the file still begins with what was read then."""
    if not cursor:
        return None
    try:
        held = _CURSOR.decode(cursor)
    except MsgspecError:
        return None
    if held.version != _VERSION or (held.device, held.inode) != (found.device, found.inode):
        return None
    state = held.state
    if not 0 <= state.offset <= found.size or _tail(descriptor, state.offset, path) != held.tail:
        return None
    return state
