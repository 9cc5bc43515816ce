"""Claude Code's transcripts on disk: read whole, in part, or from where reading stopped.

Outlines of the transcripts last looked at are kept, so that a file that has grown costs only its
new lines. Safe to use from several threads.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sessiontui.domain.indexed_text import TextBatch
from sessiontui.domain.message import Message
from sessiontui.records.claude_code import Entry, Outline, Overview, message_of
from sessiontui.records.claude_code_records import Record, record_of
from sessiontui.records.claude_code_texts import TextState, texts_from
from sessiontui.storage.file_state import FileState
from sessiontui.storage.jsonl_file import Line, lines_of, open_regular
from sessiontui.storage.system_errors import store_error

_KEPT_ENTRIES = 200_000
_TAIL_BYTES = 128


class _Kept(NamedTuple):
    outline: Outline
    device: int
    inode: int
    tail: str


class TranscriptShelf:
    """Reads transcripts, and keeps the outlines of those it read last."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._kept: OrderedDict[Path, _Kept] = OrderedDict()

    def clear(self) -> None:
        """Forget every outline."""
        with self._lock:
            self._kept.clear()

    def overview(self, path: Path) -> Overview:
        """What a list shows of a transcript. Raises `StoreMissing`, `StoreUnreadable`."""
        with open_regular(path) as (descriptor, state), self._lock:
            return self._outline(path, descriptor, state).overview()

    def messages(self, path: Path, start: int = 0, stop: int | None = None) -> Iterator[Message]:
        """The messages of a slice; only their own lines are read again.

        Raises `StoreMissing`, `StoreUnreadable`.
        """
        with open_regular(path) as (descriptor, state):
            with self._lock:
                chosen = self._outline(path, descriptor, state).entries(start, stop)
            for index, entries in chosen:
                records = [_record_at(descriptor, entry, path) for entry in entries]
                known = [record for record in records if record is not None]
                if known:
                    yield message_of(index, known)

    def texts_since(self, path: Path, cursor: str | None) -> TextBatch:
        """Indexed text that is new since a cursor. Raises `StoreMissing`, `StoreUnreadable`."""
        with open_regular(path) as (descriptor, state):
            before = _resumed(cursor, path, descriptor, state)
            restart = before is None
            reading = texts_from(lines_of(descriptor, before.offset if before else 0, path),
                                 before or TextState())  # fmt: skip
            if reading.reordered:
                restart = True
                reading = texts_from(lines_of(descriptor, 0, path), TextState())
            made = _cursor(reading.state, path, descriptor, state)
            return TextBatch(reading.items, made, restart=restart)

    def _outline(self, path: Path, descriptor: int, state: FileState) -> Outline:
        kept = self._kept.pop(path, None)
        if (
            kept is None
            or (kept.device, kept.inode) != (state.device, state.inode)
            or state.size < kept.outline.end
            or _tail(descriptor, kept.outline.end, path) != kept.tail
        ):
            outline = Outline()
        else:
            outline = kept.outline
        if outline.end < state.size or outline.end == 0:
            outline.feed(lines_of(descriptor, outline.end, path))
        tail = _tail(descriptor, outline.end, path)
        self._kept[path] = _Kept(outline, state.device, state.inode, tail)
        total = sum(each.outline.entry_total for each in self._kept.values())
        while total > _KEPT_ENTRIES and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            total -= dropped.outline.entry_total
        return outline


def _record_at(descriptor: int, entry: Entry, path: Path) -> Record | None:
    data = _bytes_at(descriptor, entry.offset, entry.length, path)
    return record_of(Line(entry.offset, data, ended=True), entry.number)


def _bytes_at(descriptor: int, offset: int, length: int, path: Path) -> bytes:
    pieces = []
    while length > 0:
        try:
            piece = os.pread(descriptor, length, offset)
        except OSError as error:
            raise store_error(error, path) from error
        if not piece:
            break
        pieces.append(piece)
        offset += len(piece)
        length -= len(piece)
    return b"".join(pieces)


def _tail(descriptor: int, end: int, path: Path) -> str:
    """A digest of the bytes before a position: a file rewritten in place gives itself away."""
    start = max(0, end - _TAIL_BYTES)
    return hashlib.sha256(_bytes_at(descriptor, start, end - start, path)).hexdigest()[:12]


def _cursor(reached: TextState, path: Path, descriptor: int, state: FileState) -> str:
    place = [str(path), state.device, state.inode, _tail(descriptor, reached.offset, path)]
    return json.dumps([place, list(reached)], ensure_ascii=True, separators=(",", ":"))


def _resumed(cursor: str | None, path: Path, descriptor: int, state: FileState) -> TextState | None:
    """The state a cursor holds, if the file still begins with what was read then."""
    if not cursor:
        return None
    try:
        (
            (name, device, inode, tail),
            (offset, lines, messages, message_id, began, recent, awaited),
        ) = json.loads(cursor)
    except (ValueError, TypeError):
        return None
    if (name, device, inode) != (str(path), state.device, state.inode) or offset > state.size:
        return None
    if _tail(descriptor, offset, path) != tail:
        return None
    return TextState(offset, lines, messages, message_id, began, tuple(recent), tuple(awaited))
