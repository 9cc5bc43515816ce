"""A first look at a Claude Code transcript: its head and its tail, whatever its size."""

from __future__ import annotations

from pathlib import Path

from sessiontui.records.claude_code_facts import Facts
from sessiontui.records.claude_code_order import OutOfOrder
from sessiontui.records.claude_code_texts import TextReading, TextState
from sessiontui.storage.jsonl_chunks import LineChunk, bytes_at, chunks_of

WHOLE = 1 << 16
"""A transcript up to this size is read whole; of larger ones, so much of the tail."""
_STEP = 1 << 14
"""How much is read of a head at a time."""
_LARGEST_HEAD = 1 << 20
"""How far the folder and the first prompt are looked for."""


def first_look(descriptor: int, size: int, path: Path) -> Facts:
    """What the head and the tail of a transcript of this size say; nothing is counted.

    Raises `StoreUnreadable`.
    """
    head = _head(descriptor, min(size, _LARGEST_HEAD), path)
    tail = _tail(descriptor, size, path)
    return Facts(
        custom_title=tail.custom_title or head.custom_title,
        ai_title=tail.ai_title or head.ai_title,
        summary=head.summary,
        first_prompt=head.first_prompt,
        side_prompt=head.side_prompt,
        model=tail.model or head.model,
        branch=tail.branch or head.branch,
        folder=head.folder or tail.folder,
        version=tail.version or head.version,
        began_at=head.began_at or tail.began_at,
        moved_at=tail.moved_at or head.moved_at,
        turn_open=tail.turn_open,
        is_side_branch=head.is_side_branch,
        begins_on_side=head.begins_on_side,
        forked_from=head.forked_from,
        notes=head.notes | tail.notes,
        side_turn_open=tail.side_turn_open,
        side_of=head.side_of or tail.side_of,
    )


def _head(descriptor: int, end: int, path: Path) -> Facts:
    reading = TextReading(TextState(), tools=False)
    try:
        for chunk in chunks_of(descriptor, 0, end, path, _STEP):
            reading.take(chunk)
            facts = reading.facts
            asked_aside = facts.begins_on_side and facts.side_prompt
            if facts.folder and (facts.first_prompt or asked_aside):
                break
    except OutOfOrder:
        reading = TextReading(TextState(), tools=False)
        reading.take(LineChunk(0, memoryview(bytes_at(descriptor, 0, end, path))))
    return reading.facts


def _tail(descriptor: int, size: int, path: Path) -> Facts:
    start = max(0, size - WHOLE)
    data = bytes_at(descriptor, start, size - start, path)
    # The first line is only the end of one.
    begin = data.find(b"\n") + 1
    reading = TextReading(TextState(), tools=False)
    if 0 < begin < len(data):
        reading.take(LineChunk(start + begin, memoryview(data[begin:])))
    return reading.facts
