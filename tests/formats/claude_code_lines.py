"""Lines of Claude Code transcripts, for tests: small records with the keys that matter."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.json import decode, encode

from sessiontui.domain.message import Message
from sessiontui.records.claude_code import Outline, message_of
from sessiontui.records.claude_code_facts import Facts
from sessiontui.records.claude_code_records import record_of
from sessiontui.records.claude_code_texts import TextReading, TextState
from sessiontui.storage.jsonl_chunks import LineChunk

SESSION = "3f0c1f6e-6a53-4f0e-9a51-0d6f3f1f8a10"
Made = dict[str, Any]


def uid(number: int) -> str:
    """The id of a record."""
    return str(uuid.UUID(int=number, version=4))


def record(kind: str, number: int, parent: int | None, **more: Any) -> Made:
    """A chain record; its second is its number."""
    return {
        "type": kind,
        "uuid": uid(number),
        "parentUuid": None if parent is None else uid(parent),
        "sessionId": SESSION,
        "timestamp": f"2026-05-01T10:{number // 60 % 60:02}:{number % 60:02}.000Z",
        "cwd": "/home/kim/shop",
        "gitBranch": "main",
        "version": "2.1.0",
        "isSidechain": False,
        **more,
    }


def prompt(number: int, parent: int | None, content: object, **more: Any) -> Made:
    """What a user record says."""
    return record("user", number, parent, message={"role": "user", "content": content}, **more)


def answer(
    number: int,
    parent: int | None,
    *blocks: Mapping[str, Any] | str,
    message_id: str | None = None,
    stop: str | None = "end_turn",
    model: str = "claude-x",
    **more: Any,
) -> Made:
    """One line of an assistant message; texts may be given as they are."""
    content = [{"type": "text", "text": b} if isinstance(b, str) else dict(b) for b in blocks]
    message = {
        "id": message_id or f"msg_{number}",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": stop,
    }
    return record("assistant", number, parent, message=message, **more)


def call(name: str, arguments: object, call_id: str = "t1") -> Made:
    """A tool the assistant asks for."""
    return {"type": "tool_use", "id": call_id, "name": name, "input": arguments}


def result(content: object, call_id: str = "t1", **more: Any) -> Made:
    """What a tool gave back."""
    return {"type": "tool_result", "tool_use_id": call_id, "content": content, **more}


def encoded(records: Iterable[Made | bytes]) -> bytes:
    """The bytes of a transcript; bytes among the records are lines as they are."""
    return b"".join(
        (one if isinstance(one, bytes) else json.dumps(one, ensure_ascii=False).encode()) + b"\n"
        for one in records
    )


def lines(data: bytes, start: int = 0) -> LineChunk:
    """The lines of a transcript from an offset on, as they would be read from a file."""
    return LineChunk(start, memoryview(data[start:]))


def outline_of(data: bytes) -> Outline:
    """Where the messages of a transcript stand."""
    outline = Outline()
    if data:
        outline.feed(lines(data))
    return outline


def read(data: bytes) -> list[Message]:
    """All messages of a transcript."""
    return [
        message_of(
            index,
            [record_of(data[s.offset : s.offset + s.length], s.number) for s in spans],
            tokens,
        )
        for index, spans, tokens in outline_of(data).messages()
    ]


def texts_from(data: bytes, state: TextState | None = None, *, tools: bool = True) -> TextReading:
    """Indexed text that follows a state, which may come from another process."""
    held = decode(encode(state or TextState()), type=TextState)
    reading = TextReading(held, tools=tools)
    if held.offset < len(data):
        reading.take(lines(data, held.offset))
    return reading


def facts_of(data: bytes) -> Facts:
    """What a whole transcript says of its session."""
    return texts_from(data).state.facts
