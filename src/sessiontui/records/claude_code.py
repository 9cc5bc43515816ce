"""Claude Code's transcripts: one JSON object a line, read as messages.

Conversation order is not file order: a record whose parent stands further down in the file comes
right after that parent; everything else stays where it is, so that nothing is ever lost. Several
lines with the same message id that follow each other are one assistant message.

Everything here is pure: lines in, values out. `Outline` knows where the messages of a transcript
stand; `claude_code_texts` reads indexed text and facts from any position on, with a small state.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import accumulate
from typing import NamedTuple, Self

from sessiontui.domain.message import Message, Role
from sessiontui.domain.value import PlainValue
from sessiontui.records.claude_code_facts import Facts
from sessiontui.records.claude_code_lines import decoded
from sessiontui.records.claude_code_order import Chain
from sessiontui.records.claude_code_records import (
    Record,
    Voice,
    pieces_of_record,
    voice_of,
)
from sessiontui.records.pieces import block_of
from sessiontui.storage.jsonl_chunks import LineChunk

_RECENT_ANSWERS = 16
"""Of so many answers more lines may come after others."""


class Overview(PlainValue):
    """What a list shows of a transcript.

    `message_count` counts what users and the assistant said; damaged lines, injected context and
    rows of tool results are not in it. `title` is the one written in the transcript, if any.
    """

    message_count: int
    title: str | None
    first_prompt: str | None
    model: str | None
    branch: str | None
    folder: str | None
    version: str | None
    began_at: datetime | None
    moved_at: datetime | None
    turn_open: bool | None
    is_side_branch: bool
    damaged: int

    @classmethod
    def of(cls, facts: Facts) -> Self:
        """The overview that the facts of a whole transcript make."""
        return cls(
            message_count=facts.messages,
            title=facts.title,
            first_prompt=facts.first_prompt or facts.side_prompt,
            model=facts.model,
            branch=facts.branch,
            folder=facts.folder,
            version=facts.version,
            began_at=moment(facts.began_at),
            moved_at=moment(facts.moved_at),
            turn_open=facts.turn_open,
            is_side_branch=facts.is_side_branch,
            damaged=facts.damaged,
        )


def moment(seconds: float | None) -> datetime | None:
    """An aware time in UTC of seconds since the epoch; None beyond the calendar."""
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


class Span(NamedTuple):
    """Where a record stands: its offset and length in bytes, and the number of its line."""

    offset: int
    length: int
    number: int


class Outlined(NamedTuple):
    """A message: its number from 0, the records it is made of, its tokens, 0 where nothing tells.

    An answer between whose lines others stand is several messages; the first has its tokens.
    """

    number: int
    spans: list[Span]
    tokens: int


class Outline:
    """Where the messages of one transcript stand. Feed it the lines, in order, as they come."""

    def __init__(self) -> None:
        self.end = 0
        """The byte offset up to which the file was read; a half last line is not part of it."""
        self._lines = 0
        self._offsets, self._lengths, self._numbers = array("Q"), array("Q"), array("Q")
        self._firsts = array("Q")
        self._tokens = array("Q")
        self._message_id: str | None = None
        self._answers: OrderedDict[str, int] = OrderedDict()
        self._chain = Chain()

    def __len__(self) -> int:
        return len(self._firsts)

    @property
    def record_total(self) -> int:
        """How many records are kept: a measure of the outline's size."""
        return self._lines

    def feed(self, chunk: LineChunk) -> None:
        """Take in the lines that follow what was read before.

        Raises `OutOfOrder` when records taken in before belong behind one of these: then all lines
        have to be fed to a new outline, at once.
        """
        part = decoded(chunk)
        if not part.lines:
            return
        order = self._chain.order_of(part.entries)
        starts = [*accumulate((len(line) + 1 for line in part.lines), initial=chunk.offset)]
        for place in range(len(part.entries)) if order is None else order:
            entry = part.entries[place]
            if voice_of(entry) is None:
                continue
            own = entry.message_id
            if own is None or own != self._message_id:
                self._firsts.append(len(self._offsets))
                self._tokens.append(0)
                self._message_id = own
            if entry.type == "assistant" and entry.message and entry.message.usage:
                self._tokens[self._first_of(own)] = entry.message.usage.total
            self._offsets.append(starts[place])
            self._lengths.append(len(part.lines[place]))
            self._numbers.append(self._lines + place + 1)
        self._lines += len(part.lines) - (not part.ended)
        self.end = chunk.offset + part.size

    def _first_of(self, message_id: str | None) -> int:
        """The first message that a line of the answer of an id became part of."""
        last = len(self._tokens) - 1
        if message_id is None:
            return last
        first = self._answers.setdefault(message_id, last)
        if len(self._answers) > _RECENT_ANSWERS:
            self._answers.popitem(last=False)
        return first

    def messages(self, start: int = 0, stop: int | None = None) -> Iterator[Outlined]:
        """The messages of a slice."""
        for index in range(len(self._firsts))[start:stop]:
            first = self._firsts[index]
            last = index + 1 == len(self._firsts)
            end = len(self._offsets) if last else self._firsts[index + 1]
            spans = [
                Span(self._offsets[i], self._lengths[i], self._numbers[i])
                for i in range(first, end)
            ]
            yield Outlined(index, spans, self._tokens[index])


def message_of(index: int, records: Sequence[Record], tokens: int = 0) -> Message:
    """The message that one or several records make; there is at least one. No tokens are 0."""
    first = records[0]
    voice = voice_of(first.entry) or Voice(Role.OTHER)
    return Message(
        index=index,
        role=voice.role,
        human=voice.human,
        blocks=tuple(block_of(piece) for record in records for piece in pieces_of_record(record)),
        created_at=moment(first.entry.at),
        author=agent if isinstance(agent := first.data.get("agentId"), str) else None,
        model=first.answer.model if first.entry.type == "assistant" else None,
        native_id=first.entry.uuid,
        parent_id=first.entry.parent,
        tokens=tokens or None,
    )
