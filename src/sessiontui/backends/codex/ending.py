"""The last messages of a long rollout, read from its end."""

from __future__ import annotations

from sessiontui.backends.codex.content import Content
from sessiontui.domain.ending import ENOUGH, Ending
from sessiontui.domain.message import Message
from sessiontui.records.codex_lines import record_of
from sessiontui.records.codex_places import Places, message_at
from sessiontui.records.codex_reader import RolloutReader
from sessiontui.records.codex_speech import spoken_of
from sessiontui.records.codex_spending import Spending
from sessiontui.records.codex_state import Origin, State
from sessiontui.storage.jsonl_tail import tail_starts

_HEADS = (1 << 16, 1 << 20)
"""In so many bytes the first line ends, which holds all that the model was told at first."""


def ending_of(content: Content, count: int) -> Ending | None:
    """The last messages; None where the rollout has to be read from its beginning."""
    origin = _origin(content)
    if origin is None:
        return None
    for start in tail_starts(content.at, content.size):
        messages = _messages(content.at(start, content.size - start), origin, count)
        if messages is None:
            return None
        if len(messages) >= min(count, ENOUGH):
            return Ending(messages, counted=False)
    return None


def _origin(content: Content) -> Origin | None:
    """What the first line says; None where it says nothing of a session."""
    for size in _HEADS:
        head = content.at(0, size)
        end = head.find(b"\n") + 1
        if end:
            reader = RolloutReader(State(), tools=False, places=Places())
            reader.feed(head[:end])
            return reader.state.origin
    return None


def _messages(tail: bytes, origin: Origin, count: int) -> tuple[Message, ...] | None:
    """The last messages in some lines; None where one names the number of its line.

    Only those count of which all is known: which model answers, and whether what a person says is
    the twin of a line further up.
    """
    places = Places(Spending())
    reader = RolloutReader(State(origin=origin), tools=False, places=places)
    reader.feed(tail)
    reader.finish()
    lines = [
        tail[offset : offset + length]
        for offset, length in zip(places.offsets, places.lengths, strict=True)
    ]
    first = places.models[0][0] if places.models else len(lines)
    while first < len(lines) and not _is_by_agent(lines[first], origin):
        first += 1
    first = max(first, len(lines) - count)
    messages = tuple(
        message_at(
            lines[place],
            places.numbers[place],
            place - len(lines),
            of_subagent=origin.is_subagent,
            model=places.model_at(place),
            tokens=places.tokens_at(place),
        )
        for place in range(first, len(lines))
    )
    damaged = any(block.kind == "damaged" for message in messages for block in message.blocks)
    return None if damaged else messages


def _is_by_agent(line: bytes, origin: Origin) -> bool:
    # What was said before the agent spoke has no twin behind that.
    spoken = spoken_of(record_of(line), 0, of_subagent=origin.is_subagent)
    return spoken is not None and spoken.by_agent
