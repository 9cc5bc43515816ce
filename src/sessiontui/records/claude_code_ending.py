"""The last messages of a long Claude Code transcript, read from its end."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from sessiontui.domain.ending import ENOUGH, Ending
from sessiontui.domain.message import Message
from sessiontui.records.claude_code import Outline, message_of
from sessiontui.records.claude_code_records import record_of
from sessiontui.storage.jsonl_chunks import LineChunk, bytes_at
from sessiontui.storage.jsonl_tail import tail_starts


def ending_of(descriptor: int, size: int, path: Path, count: int) -> Ending | None:
    """The last messages of an open transcript; None where it has to be read from its beginning.

    A record further up that follows one of these is not seen: Claude Code writes such a pair close
    together. Raises what `store_error` makes of errors; `path` is for messages.
    """
    read = partial(_bytes, descriptor, path)
    for start in tail_starts(read, size):
        messages = _messages(read(start, size - start), count)
        if messages is None:
            return None
        if len(messages) >= min(count, ENOUGH):
            return Ending(messages, counted=False)
    return None


def _bytes(descriptor: int, path: Path, offset: int, length: int) -> bytes:
    return bytes_at(descriptor, offset, length, path)


def _messages(tail: bytes, count: int) -> tuple[Message, ...] | None:
    """The last messages in some lines; None where one names the number of its line."""
    outline = Outline()
    outline.feed(LineChunk(0, memoryview(tail)))
    # The first may have begun further up, with other lines of the same answer.
    found = [*outline.messages()][1:][-count:]
    messages = []
    for place, (_, spans, tokens) in enumerate(found):
        records = [
            record_of(tail[span.offset : span.offset + span.length], span.number) for span in spans
        ]
        if any(record.damage is not None for record in records):
            return None
        messages.append(message_of(place - len(found), records, tokens))
    return tuple(messages)
