"""Messages as lines of a Claude Code transcript: for demo stores and tests."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sessiontui.domain.errors import Unsupported
from sessiontui.domain.message import Block, MediaBlock, Message, Role
from sessiontui.domain.store import Capability

_MOST_MEDIA_BYTES = 30_000


def transcript_of(
    messages: Iterable[Message],
    session_id: str,
    folder: Path,
    *,
    branch: str | None = None,
    began_at: datetime | None = None,
    model: str | None = None,
    forked_from: str | None = None,
    tokens: int | None = None,
    agent_id: str | None = None,
) -> bytes:
    """A whole transcript; images get zeros for their bytes.

    The last answer gets all `tokens` where none of the messages has any of its own.
    `model` is that of answers which name none, `forked_from` the id of another session, `agent_id`
    that of the sub-agent who speaks, instead of the session itself.

    Raises `Unsupported` for a damaged or opaque block.
    """
    lines = []
    spoken = tuple(messages)
    spent = [message.tokens or 0 for message in spoken]
    answers = [place for place, one in enumerate(spoken) if one.role is Role.ASSISTANT]
    if answers and not any(spent):
        spent[answers[-1]] = tokens or 0
    parent: str | None = None
    at = began_at or datetime.now(UTC)
    for number, message in enumerate(spoken):
        at = message.created_at or at
        named = f"{session_id}/{agent_id}/{number}" if agent_id else f"{session_id}/{number}"
        own = str(uuid.uuid5(uuid.NAMESPACE_OID, named))
        aside: dict[str, Any] = {"isSidechain": agent_id is not None}
        if agent_id is not None:
            aside["agentId"] = agent_id
        record = {
            "parentUuid": parent,
            **aside,
            "userType": "external",
            "cwd": str(folder),
            "sessionId": session_id,
            "version": "2.1.0",
            "gitBranch": branch or "",
            **_spoken(
                message,
                f"msg_{own[:8]}{number}",
                message.model or model or "claude",
                spent[number],
                aside=agent_id is not None,
            ),
            "uuid": own,
            "timestamp": at.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z",
        }
        if forked_from is not None:
            record["forkedFrom"] = {"sessionId": forked_from, "messageUuid": own}
        parent = own
        lines.append(json.dumps(record, ensure_ascii=False, separators=(",", ":")))
    text = "".join(line + "\n" for line in lines)
    return text.encode("utf-8", "replace")


def title_record(title: str, session_id: str) -> bytes:
    """The line by which a user's title is given to a session."""
    record = {"type": "custom-title", "customTitle": title, "sessionId": session_id}
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace") + b"\n"


def _spoken(
    message: Message, message_id: str, model: str, tokens: int, *, aside: bool
) -> dict[str, Any]:
    blocks = [_stored(block) for block in message.blocks]
    match message.role:
        case Role.ASSISTANT:
            called = any(block["type"] == "tool_use" for block in blocks)
            return {
                "type": "assistant",
                "message": {
                    "id": message_id,
                    "type": "message",
                    "role": "assistant",
                    "model": model,
                    "content": blocks,
                    "stop_reason": "tool_use" if called else "end_turn",
                    "usage": {"input_tokens": 0, "output_tokens": tokens},
                },
            }
        case Role.SYSTEM:
            texts = [block["text"] for block in blocks if block["type"] == "text"]
            return {"type": "system", "subtype": "informational", "content": "\n".join(texts)}
        case _:
            content: object = blocks
            if len(blocks) == 1 and blocks[0]["type"] == "text":
                content = blocks[0]["text"]
            spoken: dict[str, Any] = {"type": "user", "message": {"role": "user"}}
            spoken["message"]["content"] = content
            if not message.human and message.role is Role.USER and not aside:
                spoken["isMeta"] = True
            return spoken


def _stored(block: Block) -> dict[str, Any]:
    match block.kind:
        case "text":
            return {"type": "text", "text": block.text}
        case "thinking":
            return {"type": "thinking", "thinking": block.text, "signature": ""}
        case "tool_call":
            return {
                "type": "tool_use",
                "id": block.call_id or "",
                "name": block.name,
                "input": block.arguments,
            }
        case "tool_result":
            return {
                "type": "tool_result",
                "tool_use_id": block.call_id or "",
                "content": block.text,
                "is_error": bool(block.is_error),
            }
        case "media":
            return _media(block)
        case _:
            raise Unsupported(
                Capability.PUT, f"a transcript of Claude Code cannot be given a {block.kind} block"
            )


def _media(block: MediaBlock) -> dict[str, Any]:
    """An image or a document; its bytes, which are not known, become zeros of its size."""
    media_type = block.media_type or "image/png"
    thirds = -(-min(block.size_bytes or 3, _MOST_MEDIA_BYTES) // 3)
    stored: dict[str, Any] = {
        "type": "image" if media_type.startswith("image/") else "document",
        "source": {"type": "base64", "media_type": media_type, "data": "AAAA" * thirds},
    }
    return {**stored, "title": block.name} if block.name else stored
