"""What a Claude Code transcript says of its session: titles, folder, model, tokens, open turn.

Facts are gathered while a transcript is read and kept as JSON, so that reading can go on later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct
from msgspec.json import Decoder

from sessiontui.records.claude_code_lines import Decoded, Entry, Usage, fitting
from sessiontui.records.claude_code_records import answer_of, prompt_text, turn_signal

PROMPT_CHARACTERS = 400
"""How much of a prompt is kept for a title."""
_HEAD_LINES = 50
"""Where the folder and the origin of a session are looked for."""
_SIDE_LINES = 20
_UNPLACED = 20
_RECENT_ANSWERS = 4


class Tokens(NamedTuple):
    """Tokens of all answers, each answer counted once.

    An answer that stands on several lines repeats its usage; the last line's counts.
    """

    input: int = 0
    cache_creation: int = 0
    cache_read: int = 0
    output: int = 0

    @property
    def total(self) -> int:
        """All of them: what was read anew, what came from the cache, and what was written."""
        return sum(self)

    def plus(self, other: Tokens) -> Tokens:
        """The sum of both."""
        return Tokens(*(one + another for one, another in zip(self, other, strict=True)))

    def less(self, other: Tokens) -> Tokens:
        """The difference of both."""
        return Tokens(*(one - another for one, another in zip(self, other, strict=True)))


class Facts(Struct, array_like=True):
    """What was gathered so far. Times are in seconds since the epoch."""

    custom_title: str | None = None
    ai_title: str | None = None
    summary: str | None = None
    unplaced: list[tuple[str, str]] = []
    """Summaries, each with the record it ends at, that belong to other sessions as far as known."""
    first_prompt: str | None = None
    side_prompt: str | None = None
    model: str | None = None
    branch: str | None = None
    folder: str | None = None
    version: str | None = None
    began_at: float | None = None
    moved_at: float | None = None
    turn_open: bool | None = None
    is_side_branch: bool = False
    begins_on_side: bool = False
    messages: int = 0
    turns: int = 0
    damaged: int = 0
    compactions: int = 0
    forked_from: str | None = None
    tokens: Tokens = Tokens()
    recent_tokens: list[tuple[str, Tokens]] = []
    """Of the last answers, by their ids: more of their lines may come."""
    notes: dict[str, str] = {}
    """The last value of each record that says one thing about the session, by its type."""
    side_turn_open: bool | None = None
    """Whether a turn of a side branch is open, where the transcript begins with one."""
    side_of: str | None = None
    """The session that a side branch in the head says it belongs to."""

    @property
    def title(self) -> str | None:
        """The title written in the transcript: the user's, or the one that was made."""
        return self.custom_title or self.ai_title or self.summary

    @property
    def says_nothing(self) -> bool:
        """Whether it is no session (yet): nothing was said in it, and it has no title."""
        return not (self.messages or self.damaged or self.title)

    # -- gathering -------------------------------------------------------------------------

    def take_prompt(self, entry: Entry, *, human: bool) -> None:
        """Keep the first thing that was asked for."""
        if human:
            self.turns += 1
            if self.first_prompt is None:
                self.first_prompt = (prompt_text(entry) or "")[:PROMPT_CHARACTERS] or None
        elif self.side_prompt is None and entry.is_side_branch:
            self.side_prompt = (prompt_text(entry) or "")[:PROMPT_CHARACTERS] or None

    def take_usage(self, usages: Mapping[str, Usage]) -> None:
        """Count the tokens of answers, by their ids."""
        if not usages:
            return
        tokens, recent = self.tokens, dict(self.recent_tokens)
        for key in recent.keys() & usages.keys():
            tokens = tokens.less(recent.pop(key))
        self.tokens = tokens.plus(_sum(usages.values()))
        last = [(key, _sum((usages[key],))) for key in list(usages)[-_RECENT_ANSWERS:]]
        self.recent_tokens = [*recent.items(), *last][-_RECENT_ANSWERS:]

    def take_oddity(self, entry: Entry) -> None:
        """Count what is shown, and is no message of a person or the assistant."""
        self.compactions += entry.subtype == "compact_boundary"
        self.damaged += entry.damage is not None

    def take_note(self, kind: str, line: memoryview) -> None:
        """Take what a record that is no message says about the session."""
        note = fitting(line, _NOTE, _Note)
        match kind:
            case "custom-title":
                self.custom_title = note.custom_title or self.custom_title
            case "ai-title":
                self.ai_title = note.ai_title or self.ai_title
            case "summary":
                if note.leaf_uuid and note.summary:
                    others = [one for one in self.unplaced if one[0] != note.leaf_uuid]
                    new = (note.leaf_uuid, note.summary[:PROMPT_CHARACTERS])
                    self.unplaced = [*others, new][-_UNPLACED:]
            case _:
                value = getattr(note, NOTED[kind])
                if value:
                    self.notes[kind] = value
                elif value is not None:
                    self.notes.pop(kind, None)

    def take_part(self, part: Decoded, order: Sequence[int] | None, first_line: int) -> None:
        """Take what the records of a part say together; `first_line` counts from 0."""
        entries = part.entries
        if first_line < _HEAD_LINES:
            self._take_head(part, first_line)
        if self.began_at is None:
            self.began_at = _first_time(entries)
        # Records that are written together may stand in any order, some milliseconds apart.
        times = (self.began_at, self.moved_at, _first_time(reversed(entries)))
        self.moved_at = max((at for at in times if at is not None), default=None)
        self._take_place(part)
        self._take_model(part)
        ordered = range(len(entries)) if order is None else order
        self.turn_open = _last_signal(part, ordered, self.turn_open, aside=False)
        if self.is_side_branch:
            self.side_turn_open = _last_signal(part, ordered, self.side_turn_open, aside=True)

    def _take_head(self, part: Decoded, first_line: int) -> None:
        if first_line == 0 and part.entries:
            self.begins_on_side = part.entries[0].is_sidechain is True
        for index, entry in enumerate(part.entries[: _HEAD_LINES - first_line]):
            if entry.is_sidechain is True and first_line + index < _SIDE_LINES:
                self.is_side_branch = True
            if entry.uuid is not None and self.folder is None:
                place = fitting(part.lines[index], _PLACE, _Place)
                self.folder = place.cwd or None
                if entry.is_sidechain is True:
                    self.side_of = self.side_of or place.session_id
                if place.forked_from is not None:
                    self.forked_from = self.forked_from or place.forked_from.session_id

    def _take_place(self, part: Decoded) -> None:
        branch = version = None
        for index in reversed(range(len(part.entries))):
            if part.entries[index].uuid is not None:
                place = fitting(part.lines[index], _PLACE, _Place)
                branch, version = branch or place.git_branch, version or place.version
                if branch and version:
                    break
        self.branch, self.version = branch or self.branch, version or self.version

    def _take_model(self, part: Decoded) -> None:
        for index in reversed(range(len(part.entries))):
            if part.entries[index].type == "assistant":
                model = answer_of(part.lines[index]).model
                if model:
                    self.model = model
                    break

    def place_summaries(self, known: Callable[[str], bool]) -> None:
        """Take the last summary that ends at a record of this transcript."""
        for leaf, summary in self.unplaced:
            if known(leaf):
                self.summary = summary
        self.unplaced = [one for one in self.unplaced if not known(one[0])]


def _last_signal(
    part: Decoded, order: Sequence[int], before: bool | None, *, aside: bool
) -> bool | None:
    """Whether a turn is open after a part; as `before` where nothing in it tells."""
    for index in reversed(order):
        signal = turn_signal(part.entries[index], part.lines[index], aside=aside)
        if signal is not None:
            return signal
    return before


def _first_time(entries: Iterable[Entry]) -> float | None:
    times = (entry.at for entry in entries if entry.uuid is not None)
    return next((at for at in times if at is not None), None)


def _sum(usages: Iterable[Usage]) -> Tokens:
    given = cached = read = written = 0
    for one in usages:
        given += one.input_tokens or 0
        cached += one.cache_creation_input_tokens or 0
        read += one.cache_read_input_tokens or 0
        written += one.output_tokens or 0
    return Tokens(given, cached, read, written)


NOTED = {
    "custom-title": "custom_title",
    "ai-title": "ai_title",
    "summary": "summary",
    "agent-name": "agent_name",
    "tag": "tag",
    "mode": "mode",
    "permission-mode": "permission_mode",
    "pr-link": "pr_url",
    "relocated": "relocated_cwd",
}


class _Note(Struct, gc=False, rename="camel"):
    custom_title: str | None = None
    ai_title: str | None = None
    summary: str | None = None
    leaf_uuid: str | None = None
    agent_name: str | None = None
    tag: str | None = None
    mode: str | None = None
    permission_mode: str | None = None
    pr_url: str | None = None
    relocated_cwd: str | None = None


class _Fork(Struct, gc=False, rename="camel"):
    session_id: str | None = None


class _Place(Struct, gc=False, rename="camel"):
    cwd: str | None = None
    version: str | None = None
    git_branch: str | None = None
    session_id: str | None = None
    forked_from: _Fork | None = None


_NOTE = Decoder(_Note)
_PLACE = Decoder(_Place)
