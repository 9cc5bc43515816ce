"""Reading one JSONL transcript: in parts, onwards from where it was read before, and summed up.

A file is only ever appended to, or replaced by another one under its name. So everything that was
read of it stays true as long as it is the same file and the last bytes read are still there.
"""

from __future__ import annotations

import os
import threading
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from sessiontui.domain.ending import ENOUGH, Ending
from sessiontui.domain.indexed_text import TextBatch, TextItem
from sessiontui.domain.message import Message
from sessiontui.domain.value import PlainValue
from sessiontui.records.zeroclaw_content import decode_entry
from sessiontui.records.zeroclaw_lines import (
    Place,
    StoredMessage,
    entry_of_line,
    is_blank,
    leaves_turn_open,
    read_line,
)
from sessiontui.records.zeroclaw_pieces import Entry, items_of, message_of
from sessiontui.records.zeroclaw_times import split_time_prefix
from sessiontui.records.zeroclaw_titles import title_of
from sessiontui.storage.file_state import FileState
from sessiontui.storage.json_text import JsonRefused
from sessiontui.storage.jsonl_file import Line, lines_of, open_regular
from sessiontui.storage.jsonl_tail import tail_starts

_CHECKED = 64
"""How many of the last bytes read are compared before reading on."""
_MARK_EVERY = 256
_CHUNK = 1 << 20


class Reached(NamedTuple):
    """How far a file was read.

    `offset`: the first byte not read; `lines` and `items`: how many lines and transcript entries
    came before it; `unended`: the last line read had no LF yet; `check`: of the bytes before.
    """

    inode: int = 0
    offset: int = 0
    lines: int = 0
    items: int = 0
    unended: bool = False
    check: int = 0

    def __str__(self) -> str:
        return ".".join(f"{int(part):x}" for part in self)

    @classmethod
    def parse(cls, text: str) -> Reached | None:
        """The place in its text form, or None where it is none of ours."""
        parts = text.split(".")
        try:
            inode, offset, lines, items, unended, check = (int(part, 16) for part in parts)
        except ValueError:
            return None
        return cls(inode, offset, lines, items, bool(unended), check)


class Step(PlainValue):
    """One line that is an entry of the transcript, and how far the file is read with it."""

    line: Line
    place: Place
    position: int
    reached: Reached


class Tally(PlainValue):
    """What the lines of a file come to, up to `reached`."""

    reached: Reached = Reached()
    readable: int = 0
    damaged: int = 0
    title: str | None = None
    first_at: datetime | None = None
    ends_open: bool | None = False
    """The last readable message leaves a turn open; None when there are only damaged lines."""
    unfinished: bool = False
    """Behind it stands the beginning of a line that is still being written."""


class Transcript:
    """One file, and what is remembered of it while it only grows."""

    def __init__(self, path: Path, *, group_labels: bool) -> None:
        self._path = path
        self._labels = group_labels
        self._tally = Tally()
        self._mapped = Reached()
        self._marks: tuple[Reached, ...] = ()
        self._lock = threading.Lock()

    def tally(self) -> tuple[Tally, FileState]:
        """What the file comes to, and its state when it was looked at."""
        with self._lock, open_regular(self._path) as (descriptor, state):
            tally = self._tally
            if not _still_holds(descriptor, state, tally.reached):
                tally = Tally(Reached(state.inode))
            last: StoredMessage | None = None
            for step in self._steps(descriptor, tally.reached):
                message = _message(step.line.data)
                tally = _added(tally, step, message, group_labels=self._labels)
                last = message or last
            if last is not None:
                entry = decode_entry(last.role, last.content, group_labels=self._labels)
                tally = tally.replace(ends_open=leaves_turn_open(entry))
            elif tally.damaged and not tally.readable:
                tally = tally.replace(ends_open=None)
            self._tally = tally.replace(
                reached=_checked(descriptor, tally.reached),
                unfinished=self._ends_unfinished(descriptor, tally.reached),
            )
            return self._tally, state

    def messages(self, start: int, stop: int | None) -> Iterator[Message]:
        """A slice of the transcript."""
        with open_regular(self._path) as (descriptor, state):
            begin = Reached(state.inode)
            if start != 0 or (stop is not None and stop < 0):
                total, marks = self._map(descriptor, state)
                start, stop, _ = slice(start, stop).indices(total)
                passed = bisect_right(marks, start, key=lambda mark: mark.items)
                begin = marks[passed - 1] if passed else begin
            for step in self._steps(descriptor, begin):
                if stop is not None and step.position >= stop:
                    return
                if step.position >= start:
                    yield message_of(self._entry(step), step.position)

    def ending(self, count: int) -> Ending:
        """The last messages, read from the end where that is quicker."""
        ending = None if self._marks else self._last(count)
        return Ending(tuple(self.messages(-count, None))) if ending is None else ending

    def _last(self, count: int) -> Ending | None:
        with open_regular(self._path) as (descriptor, state):
            read = partial(_bytes, descriptor)
            for start in tail_starts(read, state.size):
                steps = list(self._steps(descriptor, Reached(state.inode, start)))[-count:]
                if len(steps) < min(count, ENOUGH):
                    continue
                if any(_message(step.line.data) is None for step in steps):
                    return None  # A damaged line is named by its number.
                places = range(-len(steps), 0)
                messages = map(message_of, map(self._entry, steps), places)
                return Ending(tuple(messages), counted=False)
        return None

    def text_since(self, cursor: str | None) -> TextBatch:
        """Text that is new since a cursor; only new bytes are read."""
        known = Reached.parse(cursor) if cursor else None
        with open_regular(self._path) as (descriptor, state):
            grown = known is not None and _still_holds(descriptor, state, known)
            reached = known if known is not None and grown else Reached(state.inode)
            items: list[TextItem] = []
            for step in self._steps(descriptor, reached):
                items.extend(items_of(self._entry(step), step.position))
                reached = step.reached
            return TextBatch(items, str(_checked(descriptor, reached)), restart=not grown)

    # -- lines -----------------------------------------------------------------------------

    def _entry(self, step: Step) -> Entry:
        return entry_of_line(step.line.data, step.place, group_labels=self._labels)

    def _steps(self, descriptor: int, begin: Reached) -> Iterator[Step]:
        """The lines that are entries, from a place on; blank and unfinished ones are none."""
        lines, index = begin.lines, begin.items
        for line in self._lines(descriptor, begin):
            lines += 1
            if is_blank(line.data) or not (line.ended or _message(line.data)):
                continue
            reached = Reached(begin.inode, line.end, lines, index + 1, not line.ended)
            yield Step(line, Place(lines, line.offset), index, reached)
            index += 1

    def _lines(self, descriptor: int, begin: Reached) -> Iterator[Line]:
        # The LF of a line that was read without it is no line of its own.
        ended = begin.unended and os.pread(descriptor, 1, begin.offset) == b"\n"
        return lines_of(descriptor, begin.offset + ended, self._path)

    def _ends_unfinished(self, descriptor: int, reached: Reached) -> bool:
        rest = self._lines(descriptor, reached)
        return any(not line.ended and not is_blank(line.data) for line in rest)

    def _map(self, descriptor: int, state: FileState) -> tuple[int, tuple[Reached, ...]]:
        """How many entries the file has, and places inside it; parses nothing."""
        with self._lock:
            if not _still_holds(descriptor, state, self._mapped):
                self._mapped, self._marks = Reached(state.inode), ()
            marks, rest = _passed(descriptor, self._mapped)
            if marks:
                self._mapped = _checked(descriptor, marks[-1])
                self._marks += tuple(marks)
            unended = bool(rest.strip()) and _message(rest) is not None
            return self._mapped.items + unended, self._marks


def _passed(descriptor: int, begin: Reached) -> tuple[list[Reached], bytes]:
    """Places every so many whole lines on from one, the last after all of them; and the rest."""
    marks: list[Reached] = []
    position, pieces = begin.offset, [b""]
    inode, offset, lines, items = begin[:4]
    while chunk := os.pread(descriptor, _CHUNK, position):
        position += len(chunk)
        pieces.append(chunk)
        if b"\n" not in chunk:
            continue
        *ended, rest = b"".join(pieces).split(b"\n")
        pieces = [rest]
        for first in range(0, len(ended), _MARK_EVERY):
            group = ended[first : first + _MARK_EVERY]
            blank = group.count(b"") + sum(map(bytes.isspace, group))
            offset += sum(map(len, group)) + len(group)
            lines, items = lines + len(group), items + len(group) - blank
            marks.append(Reached(inode, offset, lines, items))
    return marks, b"".join(pieces)


def _bytes(descriptor: int, offset: int, length: int) -> bytes:
    return os.pread(descriptor, length, offset)


def _message(data: bytes) -> StoredMessage | None:
    try:
        return read_line(data)
    except JsonRefused:
        return None


def _added(tally: Tally, step: Step, message: StoredMessage | None, *, group_labels: bool) -> Tally:
    if message is None:
        return tally.replace(reached=step.reached, damaged=tally.damaged + 1)
    title, first_at = tally.title, tally.first_at
    if message.role == "user":
        title = title or title_of(message.role, message.content, group_labels=group_labels)
        first_at = first_at or split_time_prefix(message.content)[0]
    return tally.replace(
        reached=step.reached, readable=tally.readable + 1, title=title, first_at=first_at
    )


def _still_holds(descriptor: int, state: FileState, reached: Reached) -> bool:
    """Whether what was read up to a place is still what the file begins with."""
    if state.inode != reached.inode or os.fstat(descriptor).st_size < reached.offset:
        return False
    if _checked(descriptor, reached).check != reached.check:
        return False
    # A line that was read without its LF must have ended where it was thought to end.
    return not reached.unended or os.pread(descriptor, 1, reached.offset) in (b"", b"\n")


def _checked(descriptor: int, reached: Reached) -> Reached:
    length = min(_CHECKED, reached.offset)
    return reached._replace(check=zlib.crc32(os.pread(descriptor, length, reached.offset - length)))
