"""The messages of a transcript as turns: who speaks, which results belong to which calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sessiontui.domain.conversation import (
    OpenCalls,
    PairedResult,
    Speaker,
    Spot,
    is_blank,
    paired_result,
    speaker_of,
)
from sessiontui.domain.message import Block, Message
from sessiontui.services.export_times import local_time

_NAMELESS = (Speaker.SYSTEM, Speaker.OTHER)


@dataclass(frozen=True)
class Entry:
    """One message with something to show.

    `results`: those of its calls, by block. `blocks`: what is shown here, with its ordinal;
    results that stand with their calls and blank texts are left out.
    """

    message: Message
    speaker: Speaker
    blocks: Sequence[tuple[int, Block]]
    results: Mapping[int, PairedResult]


@dataclass
class Turn:
    """Messages of one speaker in a row; `new_day` where its day is not that of the turn before."""

    speaker: Speaker
    author: str | None
    entries: list[Entry] = field(default_factory=list)
    new_day: bool = False
    model: str | None = None
    """The model, where it is not the one of before."""


def turns(messages: Sequence[Message]) -> Iterator[Turn]:
    """The turns of a transcript, in order."""
    turn: Turn | None = None
    day: date | None = None
    model: str | None = None
    for entry in _entries(messages):
        message = entry.message
        who = entry.speaker, message.author
        # What nobody said stands within an answer without ending it.
        within = entry.speaker is Speaker.OTHER and turn and turn.speaker is Speaker.AGENT
        if turn is None or not (within or who == (turn.speaker, turn.author)):
            if turn is not None:
                yield turn
            turn = Turn(*who)
            if message.created_at and entry.speaker not in _NAMELESS:
                today = local_time(message.created_at).date()
                turn.new_day = today != day
                day = today
            if message.model and message.model != model:
                turn.model = model = message.model
        turn.entries.append(entry)
    if turn is not None:
        yield turn


def _entries(messages: Sequence[Message]) -> Iterator[Entry]:
    results = _paired(messages)
    elsewhere = set(results.values())
    for position, message in enumerate(messages):
        shown = [
            (ordinal, block)
            for ordinal, block in enumerate(message.blocks)
            if (position, ordinal) not in elsewhere and not is_blank(block)
        ]
        if not shown and any((position, n) in elsewhere for n in range(len(message.blocks))):
            continue
        found = {ordinal: results.get((position, ordinal)) for ordinal, _ in shown}
        paired = {
            ordinal: result
            for ordinal, spot in found.items()
            if spot is not None
            and (result := paired_result(message, messages[spot[0]], spot[1])) is not None
        }
        yield Entry(message, speaker_of(message), shown, paired)


def _paired(messages: Sequence[Message]) -> dict[Spot, Spot]:
    """Where the result of each call stands."""
    calls = OpenCalls()
    results: dict[Spot, Spot] = {}
    for position, message in enumerate(messages):
        if message.human:
            calls.end_turn()
        for ordinal, block in enumerate(message.blocks):
            if block.kind == "tool_call":
                calls.ask((position, ordinal), block.call_id)
            elif block.kind == "tool_result":
                call = calls.answer(block.call_id)
                if call is not None:
                    results[call] = position, ordinal
    return results
