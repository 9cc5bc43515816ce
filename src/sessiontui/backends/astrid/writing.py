"""Sessions in the form astrid writes them, and what that form cannot hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sessiontui.backends.astrid.contents import ROLES, decoded
from sessiontui.domain.message import MediaBlock, Message, Role
from sessiontui.domain.session import Session, SessionPatch, TitleSource
from sessiontui.domain.store import Capability
from sessiontui.records.rfc3339 import Instant


def stored_form(message: Message) -> Iterator[dict[str, Any]]:
    """A message as astrid stores it: one of its shapes each, so one message may become several.

    Thoughts are left out, as astrid never keeps them. Images, whose bytes are not known, become
    zeros of their size.
    """
    role = message.role.value if message.role.value in ROLES else Role.USER.value
    calls: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    for block in message.blocks:
        match block.kind:
            case "text":
                parts.append({"type": "text", "text": block.text})
            case "media":
                parts.append(_image(block))
            case "tool_call":
                calls.append(
                    {
                        "id": block.call_id or block.name,
                        "name": block.name,
                        "arguments": block.arguments,
                    }
                )
            case "tool_result":
                content = {
                    "call_id": block.call_id or "",
                    "content": block.text,
                    "is_error": bool(block.is_error),
                }
                yield {"role": Role.TOOL.value, "content": content}
            case "opaque":
                words = json.dumps(block.data, ensure_ascii=False)
                parts.append({"type": "text", "text": words})
            case _:
                continue
    if len(parts) == 1 and parts[0]["type"] == "text":
        yield {"role": role, "content": parts[0]["text"]}
    elif parts:
        yield {"role": role, "content": parts}
    if calls:
        yield {"role": role, "content": calls}


def _image(block: MediaBlock) -> dict[str, Any]:
    whole = -(-min(block.size_bytes or 3, 30_000) // 3)
    media_type = block.media_type or "image/png"
    return {"type": "image", "data": "AAAA" * whole, "media_type": media_type}


def capability_beyond_title(changes: SessionPatch) -> Capability | None:
    """What a patch asks for that a session file cannot hold."""
    beyond = changes.keys() - {"title"}
    if not beyond:
        return None
    if beyond & {"state", "turn_id"}:
        return Capability.SET_STATE
    return Capability.SET_AGENT if "agent" in beyond else Capability.SET_CONTEXT


def written(session: Session, key: str, stored: list[dict[str, Any]]) -> dict[str, Any]:
    """A session in the order and form in which astrid writes it."""
    created = session.created_at or session.last_activity or datetime.now(UTC)
    titled = session.title if session.title_source is TitleSource.STORE else None
    prompt = session.extra.get("system_prompt")
    git = {"branch": session.branch, "commit": None} if session.branch else None
    return {
        "id": key,
        "user_id": "00" * 8,
        "messages": stored,
        "system_prompt": prompt if isinstance(prompt, str) else "",
        "created_at": Instant.of(created).text("Z"),
        "token_count": sum(decoded(message).tokens for message in stored),
        "metadata": {
            "title": titled,
            "tags": [],
            "turn_count": max(0, session.turns or 0),
            "tool_call_count": sum(
                len(message["content"])
                for message in stored
                if isinstance(message["content"], list) and "id" in message["content"][0]
            ),
            "approval_count": 0,
            "custom": {},
        },
        "allowances": [],
        "budget_snapshot": None,
        "escape_state": None,
        "workspace_path": str(session.workspace) if session.workspace else None,
        "model": session.model,
        "git_state": git,
    }


def kept_time(mtime_ns: int, content: bytes) -> int:
    """The modification time for changed content: that of the old file, to the microsecond.

    The nanoseconds follow from the content, so that two changes that meet in size (and perhaps in
    a reused inode) can still be told apart.
    """
    digest = hashlib.sha256(content).digest()
    return mtime_ns - mtime_ns % 1000 + int.from_bytes(digest[:4], "big") % 1000


def has_kept_time(mtime_ns: int, before_ns: int) -> bool:
    """Whether a file has the time of an older one: a change made here, and no save of astrid's."""
    return mtime_ns // 1000 == before_ns // 1000


def nanoseconds(at: datetime) -> int:
    seconds, nanoseconds = Instant.of(at)
    return seconds * 1_000_000_000 + nanoseconds
