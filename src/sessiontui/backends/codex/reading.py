"""Reads rollouts: whole, in part, or from where reading stopped.

A rollout is only ever appended to, or replaced by another file. So what was read of it stays true
as long as it is the same file and the last bytes read are still there. Where the messages of the
transcripts last looked at stand is kept, so that paging reads their own lines only.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from copy import copy
from itertools import chain

import msgspec

from sessiontui.backends.codex.content import Content, Contents
from sessiontui.backends.codex.ending import ending_of
from sessiontui.backends.codex.lineage import NOTHING_BEFORE, Lineage, base_in, lineage_of
from sessiontui.backends.codex.tree import RolloutFile, RolloutTree
from sessiontui.domain.ending import Ending
from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.indexed_text import BatchSize, TextItem, TextKind
from sessiontui.domain.message import Message
from sessiontui.domain.value import PlainValue
from sessiontui.records.codex_places import Places, gap_message, message_at
from sessiontui.records.codex_reader import RolloutReader
from sessiontui.records.codex_spending import Spending
from sessiontui.records.codex_state import State
from sessiontui.storage.file_state import FileState

_VERSION = 1
_KEPT_PLACES = 1_000_000
_GAP = -1
"""The file of the message that tells of missing ones."""


class Cursor(msgspec.Struct, array_like=True):
    """Where reading stopped, as a value that can be kept: in which file, after which bytes."""

    version: int
    device: int
    inode: int
    tail: str
    before: tuple[list[tuple[str, int, str]], bool]
    state: State


class Reading(PlainValue):
    """What was read of a rollout; `file` is its state when it was opened."""

    state: State
    file: FileState
    unfinished: bool
    """Behind what was read stands the beginning of a line that is still being written."""
    problem: str | None
    gap: str | None


class Texts(PlainValue):
    """Indexed texts, and where to go on from; `more` as in `TextBatch`."""

    items: list[TextItem]
    cursor: str
    restart: bool
    reading: Reading
    more: bool


class _Outline(PlainValue):
    """Where all messages stand, as far as the rollout was read."""

    cursor: Cursor
    places: Places
    lineage: Lineage
    subagents: tuple[bool, ...]
    reading: Reading


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Cursor).decode


class RolloutShelf:
    """Reads rollouts of one tree, and keeps the outlines of those it read last."""

    def __init__(self, tree: RolloutTree, contents: Contents) -> None:
        self._tree = tree
        self._contents = contents
        self._lock = threading.RLock()
        self._kept: OrderedDict[str, _Outline] = OrderedDict()

    def clear(self) -> None:
        """Forget every outline."""
        with self._lock:
            self._kept.clear()

    def texts_since(self, file: RolloutFile, cursor: str | None, *, tools: bool) -> Texts:
        """Indexed text that is new since a cursor. Raises `StoreMissing`, `StoreUnreadable`."""
        with self._contents.open(file.path) as content:
            held = self._resumed(_parsed(cursor), file, content)
            items: list[TextItem] = []
            if held is not None:
                reader = RolloutReader(held[0].state, tools=tools)
                more = _take(reader, content.blocks(reader.state.offset), in_parts=tools)
                items, lineage = reader.items, held[1]
            else:
                reader, lineage, more = self._read_all(file, content, tools, None, items)
            reached = _encode(_reached(reader, content, lineage)).decode()
            reading = _reading(reader, content, lineage)
            return Texts(items, reached, held is None, reading, more)

    def overview(self, file: RolloutFile) -> Reading:
        """All that is told of a session. Raises `StoreMissing`, `StoreUnreadable`."""
        with self._contents.open(file.path) as content, self._lock:
            return self._outline(file, content).reading

    def messages(self, file: RolloutFile, start: int, stop: int | None) -> Iterator[Message]:
        """The messages of a slice; only their own lines are read again. Raises as `overview`."""
        with ExitStack() as opened:
            own = opened.enter_context(self._contents.open(file.path))
            with self._lock:
                outline = self._outline(file, own)
            places = outline.places
            contents: dict[int, Content] = {len(outline.lineage.segments): own}
            for index in range(len(places))[start:stop]:
                number = places.file_of(index)
                if number == _GAP:
                    yield gap_message(outline.lineage.gap or "")
                    continue
                if number not in contents:
                    path = outline.lineage.segments[number].path
                    contents[number] = opened.enter_context(self._contents.open(path))
                line = contents[number].at(places.offsets[index], places.lengths[index])
                yield message_at(
                    line,
                    places.numbers[index],
                    index,
                    of_subagent=outline.subagents[number],
                    model=places.model_at(index),
                    tokens=places.tokens_at(index),
                )

    def ending(self, file: RolloutFile, count: int) -> Ending:
        """The last messages, read from the end where that is quicker. Raises as `overview`."""
        with self._lock:
            is_known = file.path.name in self._kept
        if not is_known:
            with self._contents.open(file.path) as content:
                ending = ending_of(content, count)
            if ending is not None:
                return ending
        return Ending(tuple(self.messages(file, -count, None)))

    # -- one rollout -----------------------------------------------------------------------

    def _outline(self, file: RolloutFile, content: Content) -> _Outline:
        kept = self._kept.pop(file.path.name, None)
        held = self._resumed(kept.cursor, file, content) if kept is not None else None
        if kept is None or held is None:
            places = Places(Spending())
            subagents: list[bool] = []
            reader, lineage, _ = self._read_all(file, content, False, places, [], subagents)
        else:
            places, lineage = kept.places, held[1]
            reader = RolloutReader(kept.cursor.state, tools=False, places=places)
            _take(reader, content.blocks(reader.state.offset))
            subagents = list(kept.subagents[:-1])
        subagents.append(reader.state.of_subagent)
        reached = _reached(reader, content, lineage)
        reading = _reading(reader, content, lineage)
        outline = _Outline(reached, places, lineage, tuple(subagents), reading)
        self._kept[file.path.name] = outline
        total = sum(len(each.places) for each in self._kept.values())
        while total > _KEPT_PLACES and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            total -= len(dropped.places)
        return outline

    def _read_all(
        self,
        file: RolloutFile,
        content: Content,
        tools: bool,
        places: Places | None,
        items: list[TextItem],
        subagents: list[bool] | None = None,
    ) -> tuple[RolloutReader, Lineage, bool]:
        """Read from the beginning; whether there is more, with what tools gave back."""
        blocks = content.blocks(0)
        first = next(blocks, b"")
        base = base_in(content, first)
        lineage, state = NOTHING_BEFORE, State()
        if base is not None:
            lineage = lineage_of(base, file, self._tree, self._contents)
            before = _Before(tools, places, items, subagents)
            try:
                state = before.read(lineage, self._contents)
            except SessionTuiError as error:
                lineage = Lineage((), error.title)
                before.forget()
                state = before.read(lineage, self._contents)
        if places is not None:
            places.files.append((state.messages, len(lineage.segments)))
        reader = RolloutReader(state, tools=tools, places=places)
        more = _take(reader, chain((first,), blocks), in_parts=tools)
        items += reader.items
        return reader, lineage, more

    def _resumed(
        self, cursor: Cursor | None, file: RolloutFile, content: Content
    ) -> tuple[Cursor, Lineage] | None:
        """The cursor and what comes before, if all that was read is still there."""
        if cursor is None or cursor.version != _VERSION:
            return None
        state, found = cursor.state, content.state
        if (cursor.device, cursor.inode) != (found.device, found.inode):
            return None
        if content.size < state.offset or content.tail(state.offset) != cursor.tail:
            return None
        # A line that was read without its LF must have ended where it was thought to end.
        if state.unended and content.at(state.offset, 1) not in (b"", b"\n"):
            return None
        base = state.origin.base if state.origin is not None else None
        lineage = NOTHING_BEFORE
        if base is not None:
            lineage = lineage_of(base, file, self._tree, self._contents)
        return (cursor, lineage) if lineage.identity == cursor.before else None


class _Before:
    """Reads what comes before a rollout's own records."""

    def __init__(
        self,
        tools: bool,
        places: Places | None,
        items: list[TextItem],
        subagents: list[bool] | None,
    ) -> None:
        self._tools = tools
        self._places = places
        self._items = items
        self._subagents = subagents

    def forget(self) -> None:
        """Begin anew."""
        self._items.clear()
        if self._places is not None:
            self._places.clear()
        if self._subagents is not None:
            self._subagents.clear()

    def read(self, lineage: Lineage, contents: Contents) -> State:
        """Take all of it in; returns the state in which the own records begin."""
        state, places = State(), self._places
        if lineage.gap is not None:
            state = State(messages=1).heir()
            if places is not None:
                places.files.append((0, _GAP))
                places.add(0, 0, 0)
            else:
                self._items.append(TextItem(0, "other", TextKind.DAMAGED, None, False, ""))
        for number, segment in enumerate(lineage.segments):
            with contents.open(segment.path) as content:
                if places is not None:
                    places.files.append((state.messages, number))
                reader = RolloutReader(state, tools=self._tools, places=places)
                for block in content.blocks(0, segment.end):
                    reader.feed(block)
                reader.finish()
            self._items += reader.items
            if self._subagents is not None:
                self._subagents.append(state.of_subagent)
            state = state.heir()
        return state


def _take(reader: RolloutReader, blocks: Iterable[bytes], *, in_parts: bool = False) -> bool:
    """Read some blocks; `in_parts`, until there is enough for a batch. Returns whether it was."""
    size = BatchSize(reader.items)
    for block in blocks:
        reader.feed(block)
        if in_parts and size.is_enough:
            reader.pause()
            return True
    reader.finish()
    return False


def _parsed(cursor: str | None) -> Cursor | None:
    if not cursor:
        return None
    try:
        return _decode(cursor)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None


def _reached(reader: RolloutReader, content: Content, lineage: Lineage) -> Cursor:
    state, file = reader.state, content.state
    tail = content.tail(state.offset)
    return Cursor(_VERSION, file.device, file.inode, tail, lineage.identity, state)


def _reading(reader: RolloutReader, content: Content, lineage: Lineage) -> Reading:
    # A copy: reading may go on in the state itself.
    return Reading(
        copy(reader.state), content.state, reader.unfinished, content.problem, lineage.gap
    )
