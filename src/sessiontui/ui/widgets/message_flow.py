"""What follows from the order of messages: turns, results that belong to calls, gaps, rough sizes.

One pass over the messages, and the same pass for those that come later. Pure.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, tzinfo
from enum import Enum, auto
from typing import NamedTuple

from sessiontui.domain.conversation import (
    OpenCalls,
    PairedResult,
    Speaker,
    Spot,
    is_blank,
    paired_result,
    speaker_of,
)
from sessiontui.domain.message import Block, Message, Role, TextBlock, ThinkingBlock
from sessiontui.services.message_pages import MessagePages
from sessiontui.ui.widgets.folding import HEAD_CHARACTERS
from sessiontui.ui.widgets.landmarks import Landmarks, prompt_text
from sessiontui.ui.widgets.message_notes import MessageNotes
from sessiontui.ui.widgets.transcript_breaks import break_words


class Texture(Enum):
    """How a block looks from afar; blocks of one texture stand together without a gap."""

    PROSE = auto()
    LINE = auto()
    BOX = auto()


_TEXTURES = {"text": Texture.PROSE, "damaged": Texture.BOX}


def texture_of(block: Block) -> Texture:
    """The texture of a block."""
    return _TEXTURES.get(block.kind, Texture.LINE)


@dataclass(frozen=True)
class Setting:
    """What a message's neighbours say about how it is shown.

    `results` are those of its calls, by block; `elsewhere` its results that stand with their call.
    `tokens` are those of the whole turn that begins with it, 0 where nothing tells.
    """

    starts_turn: bool = True
    gap: bool = False
    new_day: bool = True
    shows_model: bool = True
    results: tuple[tuple[int, PairedResult], ...] = ()
    elsewhere: frozenset[int] = frozenset()
    tokens: int = 0


class _Laid(NamedTuple):
    """Blocks as they stand one below the other, roughly; `touched` hold calls they answer."""

    touched: set[int]
    first: Texture | None
    last: Texture | None
    rows: int
    characters: int


def continues(known: Message, message: Message) -> bool:
    """Whether a message is a known one to which an agent has only added text, blocks or tokens."""
    *before, last = known.blocks or (None,)
    count = len(before)
    return (
        known.role is Role.ASSISTANT
        and known.index == message.index
        and (message.blocks != known.blocks or message.tokens != known.tokens)
        and message.blocks[:count] == tuple(before)
        and any(last == block or _is_longer(last, block) for block in message.blocks[count:][:1])
        # What has rows of its own by now: how it begins is decided.
        and any(not (is_blank(block) or block.kind == "tool_result") for block in known.blocks)
        and all(getattr(known, name) == getattr(message, name) for name in _HEADING)
    )


def _is_longer(known: Block | None, block: Block) -> bool:
    """Whether a text is a known one that goes on."""
    return (
        isinstance(known, _TEXTS)
        and isinstance(block, _TEXTS)
        and known.kind == block.kind
        and block.text.startswith(known.text)
    )


_TEXTS = TextBlock | ThinkingBlock
_HEADING = ("role", "human", "author", "model", "created_at")
"""What decides how a message stands among the others, besides its blocks."""

_STARTS_TURN, _GAP, _NEW_DAY, _SHOWS_MODEL = 1, 2, 4, 8
"""What is known of a message, as bits."""


def _size_of(block: Block) -> tuple[int, int]:
    """Rows of a block besides its first, and characters that are wrapped into more; roughly."""
    if block.kind == "text":
        characters = min(len(block.text), HEAD_CHARACTERS)
        return block.text.count("\n", 0, HEAD_CHARACTERS), characters
    return 3 * (block.kind == "damaged"), 0


class MessageFlow:
    """The messages in their order, and what follows from it."""

    def __init__(
        self,
        messages: Iterable[Message] = (),
        zone: tzinfo | None = None,
        pages: MessagePages | None = None,
    ) -> None:
        """`pages`, empty yet, take the messages in: they may let go of most of them."""
        self._zone = zone
        self.messages = MessagePages() if pages is None else pages
        self._indices = array("q")
        self.prompts: list[int] = []
        """Positions of what a person typed."""
        self.landmarks = Landmarks()
        self.notes = MessageNotes()
        # Arrays of numbers: a tuple for each of many messages would keep the collector busy.
        self._facts = bytearray()
        self._heads = array("q")
        """Positions at which a turn begins."""
        self._tokens = array("q")
        self._rows = array("q")
        self._characters = array("q")
        self._results: dict[Spot, Spot] = {}
        self._hosts: dict[Spot, Spot] = {}
        self._hidden: dict[int, int] = {}
        self._open_calls = OpenCalls()
        self._speaker: tuple[Speaker, str | None] | None = None
        self._texture: Texture | None = None
        self._day: date | None = None
        self._model: str | None = None
        self.extend(messages)

    def __len__(self) -> int:
        return len(self.messages)

    def extend(self, messages: Iterable[Message]) -> set[int]:
        """Add messages; returns positions of earlier ones that look different by that.

        The first may be the last one that is known, with more blocks: see `continues`.
        """
        known = len(self.messages)
        touched: set[int] = set()
        for message in messages:
            if self._indices and message.index == self._indices[-1]:
                touched |= self._continue(message)
            else:
                touched |= self._add(message)
        return {position for position in touched if position < known}

    def _continue(self, message: Message) -> set[int]:
        position = len(self.messages) - 1
        known = self.messages[position].blocks
        self.messages.replace_last(message)
        self.notes.replace_last(message)
        start = len(known)
        if is_blank(known[-1]):
            start -= 1  # It has no rows yet.
        elif known[-1] != message.blocks[start - 1]:
            sizes = zip(_size_of(message.blocks[start - 1]), _size_of(known[-1]), strict=True)
            rows, characters = (now - before for now, before in sizes)
            self._rows[position] += rows
            self._characters[position] += characters
        laid = self._lay(position, message, start, self._texture)
        self._texture = laid.last
        self._rows[position] += laid.rows
        self._characters[position] += laid.characters
        self._tokens[position] = message.tokens or 0
        return {position, *laid.touched, *self._heads[-1:]}

    def _add(self, message: Message) -> set[int]:
        # This runs once for every message of a transcript before anything is shown.
        position = len(self.messages)
        self.messages.append(message)
        self._indices.append(message.index)
        cut = break_words(message)
        self.notes.add(message, is_break=cut is not None)
        if cut is not None and not message.human:
            self.landmarks.add(position, cut, is_break=True)
        if message.human:
            self._open_calls.end_turn()
        touched, first, last, rows, characters = self._lay(position, message)
        if touched and first is None:
            self._hidden[position] = min(touched)
            facts = 0
        else:
            if message.human:
                self.prompts.append(position)
                self.landmarks.add(position, prompt_text(message), is_break=False)
            facts = self._judge(message, first or Texture.PROSE, last or Texture.PROSE)
            rows = (rows or 1) + (facts & _STARTS_TURN) + bool(facts & _GAP)
        self._facts.append(facts)
        self._rows.append(rows)
        self._characters.append(characters)
        self._tokens.append(message.tokens or 0)
        if facts & _STARTS_TURN:
            self._heads.append(position)
        elif message.tokens:
            touched.update(self._heads[-1:])
        return touched

    def _lay(
        self, position: int, message: Message, start: int = 0, last: Texture | None = None
    ) -> _Laid:
        """Lay the blocks of a message from one on, below one of the texture `last`."""
        touched: set[int] = set()
        first = None
        rows = characters = 0
        for ordinal, block in enumerate(message.blocks[start:], start):
            if block.kind == "tool_call":
                self._open_calls.ask((position, ordinal), block.call_id)
            elif block.kind == "tool_result":
                call = self._open_calls.answer(block.call_id)
                if call is not None:
                    self._results[call] = position, ordinal
                    self._hosts[position, ordinal] = call
                    touched.add(call[0])
                    continue
            elif is_blank(block):
                continue
            texture = _TEXTURES.get(block.kind, Texture.LINE)
            rows += 1 if last is None or last is texture is Texture.LINE else 2
            first = first or texture
            last = texture
            more_rows, more_characters = _size_of(block)
            rows += more_rows
            characters += more_characters
        return _Laid(touched, first, last, rows, characters)

    def _judge(self, message: Message, first: Texture, last: Texture) -> int:
        speaker, author = speaker_of(message), message.author
        starts_turn = False
        if speaker is Speaker.SYSTEM:
            first = last = Texture.BOX
            self._speaker = speaker, author
        elif speaker is not Speaker.OTHER and self._speaker != (speaker, author):
            starts_turn = True
            self._speaker = speaker, author
        together = self._texture is first is Texture.LINE
        gap = self._texture is not None and (starts_turn or not together)
        self._texture = last
        new_day = shows_model = False
        if starts_turn:
            at = message.created_at
            day = at.astimezone(self._zone).date() if at else None
            new_day = day is not None and day != self._day
            self._day = day or self._day
            shows_model = message.model is not None and message.model != self._model
            self._model = message.model or self._model
        return (
            _STARTS_TURN * starts_turn
            | _GAP * gap
            | _NEW_DAY * new_day
            | _SHOWS_MODEL * shows_model
        )

    # -- asking ----------------------------------------------------------------------------

    def is_hidden(self, position: int) -> bool:
        """Whether a message has nothing to show of its own: its results stand with their calls."""
        return position in self._hidden

    def host(self, position: int) -> int:
        """Where a message is shown: itself, or the message of the call it is the result of."""
        return self._hidden.get(position, position)

    def needs(self, position: int) -> set[int]:
        """The messages, by position, without which one cannot be laid out: those of its results."""
        blocks = range(len(self.messages.kinds(position)))
        spots = (self._results.get((position, ordinal)) for ordinal in blocks)
        return {position, *(spot[0] for spot in spots if spot)}

    def has_gap(self, position: int) -> bool:
        """Whether a blank row separates a message from the one before."""
        return bool(self._facts[position] & _GAP)

    def looks_like(self, position: int, other: MessageFlow, there: int) -> bool:
        """Whether a message is built like one of another flow, as far as is known of both."""
        return (
            self.messages.kinds(position) == other.messages.kinds(there)
            and self._characters[position] == other._characters[there]
            and self._rows[position] == other._rows[there]
        )

    def setting(self, position: int) -> Setting:
        """How a message stands among its neighbours."""
        facts = self._facts[position]
        blocks = range(len(self.messages.kinds(position)))
        spots = [(ordinal, self._results.get((position, ordinal))) for ordinal in blocks]
        paired = [(ordinal, self._paired(position, spot)) for ordinal, spot in spots if spot]
        return Setting(
            starts_turn=bool(facts & _STARTS_TURN),
            gap=bool(facts & _GAP),
            new_day=bool(facts & _NEW_DAY),
            shows_model=bool(facts & _SHOWS_MODEL),
            results=tuple((ordinal, found) for ordinal, found in paired if found),
            elsewhere=frozenset(o for o in blocks if (position, o) in self._hosts),
            tokens=self._tokens_of_turn(position) if facts & _STARTS_TURN else 0,
        )

    def _tokens_of_turn(self, head: int) -> int:
        number = bisect_right(self._heads, head)
        return self.tokens_in(head, self._heads[number] if number < len(self._heads) else None)

    def tokens_in(self, start: int, stop: int | None) -> int:
        """The tokens of the messages at some positions."""
        return sum(self._tokens[start:stop])

    def _paired(self, position: int, spot: Spot) -> PairedResult | None:
        return paired_result(self.messages[position], self.messages[spot[0]], spot[1])

    def estimates(self, width: int, start: int = 0) -> list[int]:
        """Rough heights at a width, from a position on; hidden messages have none."""
        width = max(1, width)
        pairs = zip(self._rows[start:], self._characters[start:], strict=True)
        return [rows + characters // width for rows, characters in pairs]

    def position_of(self, index: int) -> int | None:
        """Where the message of an index stands, or the first after it; None when all are before."""
        position = bisect_left(self._indices, index)
        return position if position < len(self._indices) else None

    def index_at(self, position: int) -> int:
        """The index of the message at a position."""
        return self._indices[position]

    def renumber(self, shift: int) -> None:
        """Add to all indices, now that it is known what stands before the messages."""
        moved = MessagePages()
        for message in self.messages:
            moved.append(message.replace(index=message.index + shift))
        self.messages = moved
        self._indices = array("q", (index + shift for index in self._indices))

    def hosts_of(self, indices: Iterable[int]) -> set[int]:
        """Where the messages of some indices are shown; unknown indices give nothing."""
        found = ((index, self.position_of(index)) for index in indices)
        return {
            self.host(position)
            for index, position in found
            if position is not None and self._indices[position] == index
        }

    def shown_count(self, start: int) -> int:
        """How many messages from a position on have rows of their own."""
        return sum(position not in self._hidden for position in range(start, len(self._facts)))
