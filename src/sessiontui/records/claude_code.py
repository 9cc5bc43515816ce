"""Claude Code's transcripts: one JSON object a line, read as messages.

Conversation order is not file order: a record whose parent stands further down in the file comes
right after that parent; everything else stays where it is, so that nothing is ever lost. Several
lines with the same message id that follow each other are one assistant message.

Everything here is pure: lines in, values out. `Outline` knows a whole transcript and grows with it;
`claude_code_texts` reads indexed text from any position on, with a small state instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sessiontui.domain.message import Message, Role
from sessiontui.records.claude_code_blocks import block_of
from sessiontui.records.claude_code_order import Link, arranged
from sessiontui.records.claude_code_records import (
    Record,
    Voice,
    raw_pieces,
    record_of,
    text_at,
    turn_signal,
    typed_text,
    voice_of,
)
from sessiontui.storage.jsonl_file import Line

_PROMPTS_KEPT = 5
_PROMPT_CHARACTERS = 1000


class Entry(NamedTuple):
    """What an outline keeps of one record: where it is, who speaks, what it follows."""

    offset: int
    length: int
    number: int
    link: Link
    voice: Voice | None
    message_id: str | None
    signal: bool | None


def _belongs(entry: Entry, previous: Entry | None) -> bool:
    return (
        previous is not None
        and entry.message_id is not None
        and entry.message_id == previous.message_id
    )


class Overview(NamedTuple):
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


class Outline:
    """The shape of one transcript, without its text. Feed it the lines, in order, as they come."""

    def __init__(self) -> None:
        self.end = 0
        """The byte offset up to which the file was read; a half last line is not part of it."""
        self.records = 0
        """How many records were decoded so far."""
        self._lines = 0
        self._entries: list[Entry] = []
        self._order: list[int] = []
        self._groups: list[list[int]] = []
        self._counted = 0
        self._damaged = 0
        self._known: set[str] = set()
        self._missing: set[str] = set()
        self._custom_title: str | None = None
        self._ai_title: str | None = None
        self._summaries: dict[str, str] = {}
        self._prompts: dict[int, str] = {}
        self._side_prompt: str | None = None
        self._model: str | None = None
        self._branch: str | None = None
        self._folder: str | None = None
        self._version: str | None = None
        self._began_at: datetime | None = None
        self._moved_at: datetime | None = None
        self._side_branch = False

    @property
    def message_total(self) -> int:
        """How many messages there are to show, damaged ones and tool results too."""
        return len(self._groups)

    @property
    def entry_total(self) -> int:
        """How many records are kept: a measure of the outline's size."""
        return len(self._entries)

    def feed(self, lines: Iterable[Line]) -> None:
        """Take in the lines that follow what was read before."""
        first = len(self._entries)
        out_of_order = False
        for line in lines:
            record = record_of(line, self._lines + 1)
            if record is None and not line.ended:
                break
            self.end = line.end
            self._lines += line.ended
            if record is None:
                continue
            self.records += 1
            out_of_order = self._take(record) or out_of_order
        if out_of_order:
            self._groups, self._order, self._counted = [], [], 0
            first = 0
        links = [entry.link for entry in self._entries[first:]]
        for index in arranged(links):
            self._order.append(first + index)
            self._place(first + index)

    def _take(self, record: Record) -> bool:
        """Keep a record; True when records that stand before it have to come after it."""
        voice = voice_of(record)
        link = Link(record.uuid, record.parent)
        self._look_at(record, voice)
        if voice is None and link.uuid is None:
            return False
        late = link.uuid is not None and link.uuid in self._missing
        if link.uuid is not None:
            self._known.add(link.uuid)
            self._missing.discard(link.uuid)
        if link.parent is not None and link.parent not in self._known:
            self._missing.add(link.parent)
        self._entries.append(
            Entry(
                record.line.offset,
                len(record.line.data),
                record.number,
                link,
                voice,
                record.message_id,
                turn_signal(record, voice),
            )
        )
        return late

    def _place(self, index: int) -> None:
        entry = self._entries[index]
        if entry.voice is None:
            return
        last = self._entries[self._groups[-1][-1]] if self._groups else None
        if _belongs(entry, last):
            self._groups[-1].append(index)
        else:
            self._groups.append([index])
            self._counted += entry.voice.counts

    def _look_at(self, record: Record, voice: Voice | None) -> None:
        data = record.data
        match record.type:
            case "custom-title":
                self._custom_title = text_at(data, "customTitle") or self._custom_title
            case "ai-title":
                self._ai_title = text_at(data, "aiTitle") or self._ai_title
            case "summary":
                leaf, summary = text_at(data, "leafUuid"), text_at(data, "summary")
                if leaf and summary:
                    self._summaries[leaf] = summary
            case "assistant":
                self._model = record.model or self._model
        self._damaged += record.damage is not None
        self._branch = text_at(data, "gitBranch") or self._branch
        self._folder = self._folder or text_at(data, "cwd")
        self._version = text_at(data, "version") or self._version
        self._side_branch = self._side_branch or (
            record.number <= 20 and data.get("isSidechain") is True
        )
        if record.uuid is not None and (at := record.at) is not None:
            self._began_at = min(self._began_at or at, at)
            self._moved_at = max(self._moved_at or at, at)
        if voice is not None and voice.role is Role.USER:
            if voice.human and len(self._prompts) < _PROMPTS_KEPT:
                text = self._prompt_text(record)
                if text:
                    self._prompts[len(self._entries)] = text
            elif record.is_side_branch and self._side_prompt is None:
                self._side_prompt = self._prompt_text(record)

    @staticmethod
    def _prompt_text(record: Record) -> str | None:
        if record.type == "user":
            return (typed_text(record) or "")[:_PROMPT_CHARACTERS] or None
        texts = (piece.text for piece in raw_pieces(record) if piece.kind == "text")
        return next(texts, "")[:_PROMPT_CHARACTERS] or None

    def overview(self) -> Overview:
        """What a list shows."""
        signals = (self._entries[index].signal for index in reversed(self._order))
        titles = [text for leaf, text in self._summaries.items() if leaf in self._known]
        return Overview(
            message_count=self._counted,
            title=self._custom_title or self._ai_title or (titles[-1] if titles else None),
            first_prompt=self._first_prompt(),
            model=self._model,
            branch=self._branch,
            folder=self._folder,
            version=self._version,
            began_at=self._began_at,
            moved_at=self._moved_at,
            turn_open=next((signal for signal in signals if signal is not None), None),
            is_side_branch=self._side_branch,
            damaged=self._damaged,
        )

    def _first_prompt(self) -> str | None:
        for group in self._groups:
            if group[0] in self._prompts:
                return self._prompts[group[0]]
        return self._side_prompt

    def entries(self, start: int = 0, stop: int | None = None) -> list[tuple[int, list[Entry]]]:
        """The messages of a slice: their index, and the entries each is made of."""
        chosen = range(len(self._groups))[start:stop]
        return [(index, [self._entries[i] for i in self._groups[index]]) for index in chosen]


def message_of(index: int, records: Sequence[Record]) -> Message:
    """The message that one or several records make; there is at least one."""
    first = records[0]
    voice = voice_of(first) or Voice(Role.OTHER)
    return Message(
        index=index,
        role=voice.role,
        human=voice.human,
        blocks=tuple(block_of(piece) for record in records for piece in raw_pieces(record)),
        created_at=first.at,
        author=text_at(first.data, "agentId"),
        model=first.model if first.type == "assistant" else None,
        native_id=first.uuid,
        parent_id=first.parent,
    )
