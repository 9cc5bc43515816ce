"""Who speaks in a transcript, and which result belongs to which call. Pure."""

from __future__ import annotations

from collections import OrderedDict
from enum import Enum
from typing import NamedTuple

from sessiontui.domain.message import (
    Block,
    Message,
    Role,
    TextBlock,
    ThinkingBlock,
    ToolResultBlock,
)

Spot = tuple[int, int]
"""Position of a message and of a block in it."""

_TEXTS = TextBlock | ThinkingBlock


def is_blank(block: Block) -> bool:
    """Whether a block has nothing to show."""
    # `isspace` stops at the first character that is none; a copy without them might be large.
    return isinstance(block, _TEXTS) and (not block.text or block.text.isspace())


class Speaker(Enum):
    """Who a message is shown as."""

    YOU = "you"
    USER = "user"
    AGENT = "assistant"
    TOOL = "tool"
    SYSTEM = "system"
    OTHER = "other"


_SPEAKERS = {
    Role.ASSISTANT: Speaker.AGENT,
    Role.SYSTEM: Speaker.SYSTEM,
    Role.TOOL: Speaker.TOOL,
    Role.OTHER: Speaker.OTHER,
    Role.USER: Speaker.USER,
}


def speaker_of(message: Message) -> Speaker:
    """Who speaks: a person, the agent, a tool; system and other entries have no name above."""
    if message.human:
        return Speaker.YOU
    first = message.blocks[0].kind if message.blocks else None
    if first == "tool_result" and all(block.kind == first for block in message.blocks):
        return Speaker.TOOL
    if first == "damaged" and message.is_damaged:
        return Speaker.OTHER
    return _SPEAKERS[message.role]


class PairedResult(NamedTuple):
    """The result of a call, and the seconds between the two messages where both have a time."""

    block: ToolResultBlock
    seconds: float | None


def paired_result(question: Message, answer: Message, ordinal: int) -> PairedResult | None:
    """The result in a block of `answer`, as that of a call in `question`.

    None where no result stands there: the message is not what it was when they were paired.
    """
    block = answer.blocks[ordinal] if ordinal < len(answer.blocks) else None
    if not isinstance(block, ToolResultBlock):
        return None
    asked, answered = question.created_at, answer.created_at
    # Of several calls at once only the time of the slowest is known.
    alone = sum(call.kind == "tool_call" for call in question.blocks) == 1
    if question == answer or not (alone and asked and answered) or answered < asked:
        return PairedResult(block, None)
    return PairedResult(block, (answered - asked).total_seconds())


class OpenCalls:
    """Calls that wait for their results: by id for good, in their order within one turn."""

    def __init__(self) -> None:
        self._by_id: dict[str, Spot] = {}
        self._named: OrderedDict[Spot, str] = OrderedDict()
        self._nameless: OrderedDict[Spot, None] = OrderedDict()

    def ask(self, spot: Spot, call_id: str | None) -> None:
        """A call was made."""
        if call_id is None:
            self._nameless[spot] = None
        else:
            self._by_id[call_id] = spot
            self._named[spot] = call_id

    def answer(self, call_id: str | None) -> Spot | None:
        """The call that a result of an id belongs to; without an id the oldest of the turn."""
        spot = None if call_id is None else self._by_id.pop(call_id, None)
        if spot is not None:
            self._named.pop(spot, None)
            return spot
        waiting = [next(iter(self._nameless), None)]
        if call_id is None:
            waiting.append(next(iter(self._named), None))
        spot = min((known for known in waiting if known is not None), default=None)
        if spot is not None:
            self._nameless.pop(spot, None)
            if (named := self._named.pop(spot, None)) is not None:
                self._by_id.pop(named, None)
        return spot

    def end_turn(self) -> None:
        """What is still open has no result in its order any more."""
        self._named.clear()
        self._nameless.clear()
