"""The JSON form of sessions and messages, as the outer contract names it.

Every object is built key by key in the order of the contract; no model is ever dumped as it is, so
that a change inside the program is no change outside.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec.json import encode as json_encode
from msgspec.json import format as json_format

from sessiontui.domain.backend import ResumeCommand
from sessiontui.domain.message import Block, Message
from sessiontui.domain.session import Session
from sessiontui.domain.verdict import Verdict

SCHEMA = 1

JsonObject = dict[str, Any]

# JSON escapes C0 itself; C1, bidirectional controls and the like are legal in it and could still
# steer the terminal that shows the output.
_STEERING = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def json_text(value: object, *, indent: int | None = None, ascii_only: bool = False) -> str:
    """One JSON text that encodes in UTF-8, or in anything with `ascii_only`.

    Lone surrogates become U+FFFD, numbers that JSON has no spelling for become null.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
    except ValueError:
        text = json.dumps(_finite(value), ensure_ascii=False, indent=indent)
    text = _SURROGATES.sub("�", text)
    if ascii_only:
        return json.dumps(json.loads(text), indent=indent)
    return _steady(text)


def _steady(text: str) -> str:
    if text.isascii() and "\x7f" not in text:
        return text
    return _STEERING.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def json_item(value: JsonObject) -> str:
    """The same text as `json_text` makes, on one line in UTF-8, but several times as fast."""
    try:
        text = str(json_format(json_encode(value), indent=0), "utf-8")
    except (ValueError, OverflowError):
        # Lone surrogates, and numbers of more than 64 bits.
        return json_text(value)
    return _steady(text)


def with_items(value: JsonObject, items: Iterable[str]) -> str:
    """The text of an envelope without items of its own, with these in it."""
    head, empty, tail = json_text(value).partition('"items": []')
    return f"{head}{empty[:-1]}{', '.join(items)}]{tail}"


def _finite(value: object) -> object:
    match value:
        case float() if not math.isfinite(value):
            return None
        case Mapping():
            return {key: _finite(item) for key, item in value.items()}
        case list() | tuple():
            return [_finite(item) for item in value]
        case _:
            return value


def json_time(at: datetime | float | None) -> str | None:
    """ISO 8601 in UTC with `Z`, with a fraction only where there is one."""
    if at is None:
        return None
    if not isinstance(at, datetime):
        try:
            return f"{datetime.fromtimestamp(at, UTC).isoformat()[:-6]}Z"
        except (OverflowError, ValueError, OSError):
            return None
    return at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def envelope(
    kind: str,
    items: Sequence[object],
    *,
    total: int | None = None,
    next_offset: int | None = None,
    problems: Sequence[object] = (),
    extra: Mapping[str, object] | None = None,
) -> JsonObject:
    """The object around all output; `extra` holds the fields that only this kind has."""
    return {
        "schema": SCHEMA,
        "kind": kind,
        **(extra or {}),
        "items": list(items),
        "total": total,
        "next_offset": next_offset,
        "problems": list(problems),
    }


def verdict_object(verdict: Verdict) -> JsonObject:
    """A verdict with its evidence."""
    return {
        "status": verdict.status.value,
        "evidence": list(verdict.evidence),
        "since": json_time(verdict.since),
    }


def session_object(
    session: Session, verdict: Verdict, resume: ResumeCommand | None = None
) -> JsonObject:
    """A session, as in `sessions` and beside a transcript."""
    folder = None if resume is None else resume.folder
    return {
        "ref": str(session.ref),
        "store": session.ref.store,
        "format": session.format,
        "key": session.ref.key,
        "native_id": session.native_id,
        "title": session.title,
        "title_source": session.title_source.value,
        "created_at": json_time(session.created_at),
        "last_activity": json_time(session.last_activity),
        "message_count": session.message_count,
        "state": session.state.value,
        "verdict": verdict_object(verdict),
        "turn_id": session.turn_id,
        "turn_started_at": json_time(session.turn_started_at),
        "agent": session.agent,
        "model": session.model,
        "workspace": None if session.workspace is None else str(session.workspace),
        "repo": session.repo,
        "branch": session.branch,
        "channel": session.channel,
        "room": session.room,
        "sender": session.sender,
        "thread": session.thread,
        "turns": session.turns,
        "tokens": session.tokens,
        "size_bytes": session.size_bytes,
        "parent": None if session.parent is None else str(session.parent),
        "live": verdict.live,
        "resume": None if resume is None else list(resume.arguments),
        "resume_dir": None if folder is None else str(folder),
        "problem": session.problem,
    }


def block_object(block: Block) -> JsonObject:
    """One block with the keys of its kind."""
    match block.kind:
        case "text" | "thinking":
            return {"kind": block.kind, "text": block.text}
        case "tool_call":
            return {
                "kind": block.kind,
                "call_id": block.call_id,
                "name": block.name,
                "arguments": block.arguments,
            }
        case "tool_result":
            return {
                "kind": block.kind,
                "call_id": block.call_id,
                "text": block.text,
                "is_error": block.is_error,
            }
        case "media":
            return {
                "kind": block.kind,
                "media_type": block.media_type,
                "name": block.name,
                "size_bytes": block.size_bytes,
            }
        case "damaged":
            return {
                "kind": block.kind,
                "where": block.where,
                "reason": block.reason,
                "raw": block.raw,
            }
        case "opaque":
            return {"kind": block.kind, "type_name": block.type_name, "data": block.data}


def message_object(message: Message) -> JsonObject:
    """One entry of a transcript."""
    return {
        "index": message.index,
        "role": message.role.value,
        "human": message.human,
        "at": json_time(message.created_at),
        "author": message.author,
        "model": message.model,
        "native_id": message.native_id,
        "parent_id": message.parent_id,
        "tokens": message.tokens,
        "blocks": [block_object(block) for block in message.blocks],
    }


def transcript_envelope(
    session: Session,
    verdict: Verdict,
    messages: Iterable[Message],
    *,
    total: int | None = None,
    next_offset: int | None = None,
    problems: Sequence[object] = (),
    resume: ResumeCommand | None = None,
) -> JsonObject:
    """A transcript, or a part of one, with its session."""
    return envelope(
        "transcript",
        [message_object(message) for message in messages],
        total=total,
        next_offset=next_offset,
        problems=problems,
        extra={"session": session_object(session, verdict, resume)},
    )
