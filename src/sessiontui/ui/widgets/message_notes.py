"""What showing answers only must know of every message, in a few bytes each. Pure."""

from __future__ import annotations

from array import array

from sessiontui.domain.conversation import Speaker, is_blank, speaker_of
from sessiontui.domain.message import Message, Role

_ANSWER, _ASIDE, _THINKS, _NOTE, _STAYS = 1, 2, 4, 8, 16
_ASIDE_KINDS = frozenset({"tool_call", "tool_result", "thinking"})
_NOTE_SPEAKERS = frozenset({Speaker.USER, Speaker.SYSTEM, Speaker.OTHER})
_MOST_CALLS = 0xFFFF


class MessageNotes:
    """Facts by position, taken down once: the messages themselves may be let go of."""

    def __init__(self) -> None:
        self._facts = bytearray()
        self._calls = array("H")
        self._times = array("d")

    def __len__(self) -> int:
        return len(self._facts)

    def add(self, message: Message, *, is_break: bool) -> None:
        """Take down the next message; `is_break`: the conversation was cut there."""
        facts = calls = 0
        for block in message.blocks:
            kind = block.kind
            if kind == "tool_call":
                calls += 1
                facts |= _ASIDE
            elif kind == "tool_result":
                facts |= _ASIDE
            elif kind == "thinking" and not is_blank(block):
                facts |= _ASIDE | _THINKS
            elif kind == "text" and message.role is Role.ASSISTANT and not is_blank(block):
                facts |= _ANSWER
        if message.human or is_break or message.is_damaged:
            facts |= _STAYS
        elif not facts & _ANSWER and speaker_of(message) in _NOTE_SPEAKERS:
            facts |= _NOTE
        self._facts.append(facts)
        self._calls.append(min(calls, _MOST_CALLS))
        self._times.append(message.created_at.timestamp() if message.created_at else 0.0)

    def replace_last(self, message: Message) -> None:
        """Take the last message down anew: an agent goes on with it."""
        for facts in (self._facts, self._calls, self._times):
            facts.pop()
        self.add(message, is_break=False)

    def is_answer(self, position: int) -> bool:
        """Whether an agent says something in a message."""
        return bool(self._facts[position] & _ANSWER)

    def has_aside(self, position: int) -> bool:
        """Whether a message holds what was done or thought on the way."""
        return bool(self._facts[position] & _ASIDE)

    def thinks(self, position: int) -> bool:
        """Whether a message holds thinking."""
        return bool(self._facts[position] & _THINKS)

    def is_note(self, position: int) -> bool:
        """Whether nobody of the conversation speaks in a message."""
        return bool(self._facts[position] & _NOTE)

    def stays(self, position: int) -> bool:
        """Whether a message is always shown: a prompt, a cut, damage."""
        return bool(self._facts[position] & _STAYS)

    def calls(self, position: int) -> int:
        """How many tools are called in a message."""
        return self._calls[position]

    def time(self, position: int) -> float | None:
        """When a message was written, in seconds since the epoch; None where that is not known."""
        return self._times[position] or None


def asides(message: Message) -> frozenset[int]:
    """The blocks of an answer that are not prose."""
    return frozenset(
        ordinal
        for ordinal, block in enumerate(message.blocks)
        if block.kind in _ASIDE_KINDS and not is_blank(block)
    )
