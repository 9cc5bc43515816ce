"""One line of a Claude Code transcript: what kind of record it is and who speaks in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sessiontui.domain.message import Role
from sessiontui.records.claude_code_blocks import Piece, opaque_piece, pieces_of
from sessiontui.records.json_values import DEEPEST, bounded, encodable
from sessiontui.storage.json_text import JsonRefused, decode_json, raw_text
from sessiontui.storage.jsonl_file import Line

SYNTHETIC = "<synthetic>"
"""The model of answers that the program itself made up (errors, notices)."""

_QUIET_TYPES = frozenset(
    {
        "agent-color", "agent-name", "agent-setting", "ai-title", "atis-latch", "bridge-session",
        "content-replacement", "custom-title", "file-history-snapshot", "frame-link",
        "last-prompt", "mode", "permission-mode", "pr-link", "progress", "queue-operation",
        "relocated", "summary", "tag", "worktree-state",
    }
)  # fmt: skip
_QUIET_SUBTYPES = frozenset({"turn_duration", "stop_hook_summary", "session_start"})
_WRAPPERS = (
    "<command-name>", "<command-message>", "<local-command-stdout>", "<local-command-stderr>",
    "<local-command-caveat>", "<bash-input>", "<bash-stdout>", "<bash-stderr>",
    "<session-start-hook>", "<tick>", "<goal>", "<task-notification>", "<system-reminder>",
    "[Request interrupted by user", "Caveat:",
)  # fmt: skip
_INTERRUPTED = "[Request interrupted by user"
_IDE_TAG = re.compile(r"\s*<(ide_[a-z_]+|system-reminder)>.*?</\1>\s*", re.DOTALL)


class Record(NamedTuple):
    """One decoded line; `data` is empty when it is damaged.

    `number` is that of the line, from 1. `uuid` is the record's own id (metadata records have
    none), `parent` the record it follows; after a compaction that is the last one before it.
    """

    line: Line
    number: int
    data: Mapping[str, Any]
    damage: str | None
    type: str
    uuid: str | None
    parent: str | None

    @property
    def message_id(self) -> str | None:
        """The id that the lines of one assistant message share."""
        message = self.data.get("message")
        return text_at(message, "id") if self.type == "assistant" else None

    @property
    def model(self) -> str | None:
        """The model that answered; None for what the program made up itself."""
        model = text_at(self.data.get("message"), "model")
        return None if model == SYNTHETIC else model

    @property
    def at(self) -> datetime | None:
        """When it was written, aware, in UTC."""
        return _time(self.data.get("timestamp"))

    @property
    def is_side_branch(self) -> bool:
        """True in the conversation of a sub-agent or a team member."""
        return self.data.get("isSidechain") is True or bool(self.data.get("teamName"))


class Voice(NamedTuple):
    """Who speaks in a record that is shown; `counts` as a message of the conversation."""

    role: Role
    human: bool = False
    counts: bool = False


def record_of(line: Line, number: int) -> Record | None:
    """The record of a line; None for a blank line, and for a last one still being written."""
    if not line.data.strip():
        return None
    damage: str | None
    try:
        value = decode_json(line.data, surrogates=True)
        damage = None if isinstance(value, dict) else "not a JSON object"
    except JsonRefused as error:
        value, damage = None, str(error)
    if damage is not None:
        return Record(line, number, {}, damage, "", None, None) if line.ended else None
    if line.data.count(b"[") + line.data.count(b"{") > DEEPEST:
        value = bounded(value)
    if b"\\ud" in line.data or b"\\uD" in line.data:
        value = encodable(value)
    get = value.get
    kind, uuid = get("type"), get("uuid")
    parent = get("parentUuid") or get("logicalParentUuid")
    return Record(
        line,
        number,
        value,
        None,
        kind if isinstance(kind, str) else "",
        uuid if isinstance(uuid, str) else None,
        parent if isinstance(parent, str) else None,
    )


def voice_of(record: Record) -> Voice | None:
    """Who speaks, or None when the record is nothing to read: metadata, links, injected context."""
    if record.damage is not None:
        return Voice(Role.OTHER)
    data = record.data
    match record.type:
        case "user":
            return _user_voice(record)
        case "assistant":
            return Voice(Role.ASSISTANT, counts=True)
        case "system":
            if text_at(data, "subtype") in _QUIET_SUBTYPES:
                return None
            return Voice(Role.SYSTEM) if any(raw_pieces(record)) else None
        case "attachment":
            return Voice(Role.USER, human=True, counts=True) if _is_queued_prompt(data) else None
        case kind if kind in _QUIET_TYPES:
            return None
        case _:
            return Voice(Role.OTHER)


def _user_voice(record: Record) -> Voice:
    data = record.data
    content = _content(data)
    if isinstance(content, list):
        results = [text_at(block, "type") == "tool_result" for block in content]
        if results and all(results):
            return Voice(Role.TOOL)
        if any(results):
            return Voice(Role.USER, counts=True)
    meta = data.get("isMeta") is True
    injected = (
        meta
        or data.get("isCompactSummary") is True
        or data.get("isVisibleInTranscriptOnly") is True
        or record.is_side_branch
        or _origin(data) not in (None, "human")
    )
    human = not injected and typed_text(record) is not None
    return Voice(Role.USER, human, counts=not meta)


def _is_queued_prompt(data: Mapping[str, Any]) -> bool:
    attachment = data.get("attachment")
    if text_at(attachment, "type") != "queued_command" or not isinstance(attachment, dict):
        return False
    origin = _origin(attachment) or _origin(data)
    if origin is not None:
        return origin == "human"
    return text_at(attachment, "commandMode") in (None, "prompt")


def _origin(data: Mapping[str, Any]) -> str | None:
    return text_at(data.get("origin"), "kind")


def typed_text(record: Record) -> str | None:
    """What a person typed in a user record, without the tags an editor puts before it.

    None when it is only a wrapper of the program; an empty text for an image alone.
    """
    content = _content(record.data)
    blocks = content if isinstance(content, list) else [content]
    texts = []
    media = False
    for block in blocks:
        text = block if isinstance(block, str) else text_at(block, "text")
        media = media or text_at(block, "type") in ("image", "document")
        if text is not None:
            while (tag := _IDE_TAG.match(text)) is not None:
                text = text[tag.end() :]
            texts.append(text)
    joined = "\n".join(text for text in texts if text.strip()).strip()
    if joined.startswith(_WRAPPERS) or not (joined or media):
        return None
    return joined


def raw_pieces(record: Record) -> Iterator[Piece]:
    """The pieces a record's blocks are made of."""
    if record.damage is not None:
        raw = raw_text(record.line.data)
        yield Piece("damaged", raw, name=f"line {record.number:,}", data=record.damage)
        return
    data = record.data
    match record.type:
        case "user" | "assistant":
            yield from pieces_of(_content(data))
        case "attachment":
            attachment = data.get("attachment")
            if isinstance(attachment, dict):
                yield from pieces_of(attachment.get("prompt"))
        case "system":
            yield from _system_pieces(data)
        case kind:
            yield opaque_piece(kind or "record", dict(data))


def _system_pieces(data: Mapping[str, Any]) -> Iterator[Piece]:
    subtype = text_at(data, "subtype") or "system"
    content = data.get("content")
    if isinstance(content, str):
        yield from (piece for piece in pieces_of(content) if piece.text.strip())
    elif subtype == "api_error":
        attempt, most = data.get("retryAttempt"), data.get("maxRetries")
        yield Piece("text", f"API error, attempt {attempt} of {most}")
    else:
        known = ("content", "subtype", "message", "error", "level")
        yield opaque_piece(subtype, {key: data[key] for key in known if key in data})


def turn_signal(record: Record, voice: Voice | None) -> bool | None:
    """Whether a turn is open after a record; None when the record does not tell.

    Side branches never tell.
    """
    data = record.data
    if record.is_side_branch or record.damage is not None:
        return None
    if record.type == "system":
        return False if text_at(data, "subtype") == "turn_duration" else None
    if voice is None:
        return None
    match record.type:
        case "user" | "attachment":
            if voice.human or voice.role is Role.TOOL:
                return True
            first = next(pieces_of(_content(data)), None)
            interrupted = first is not None and first.text.startswith(_INTERRUPTED)
            return False if interrupted else None
        case "assistant":
            return _answer_leaves_open(data)
        case _:
            return None


def _answer_leaves_open(data: Mapping[str, Any]) -> bool:
    message = data.get("message")
    if data.get("isApiErrorMessage") is True or text_at(message, "model") == SYNTHETIC:
        return False
    content = _content(data)
    kinds = [text_at(block, "type") for block in content] if isinstance(content, list) else ["text"]
    if any(kind in ("tool_use", "server_tool_use", "mcp_tool_use") for kind in kinds):
        return True
    reason = text_at(message, "stop_reason")
    if reason is not None:
        return reason in ("tool_use", "pause_turn")
    # Older versions never wrote the reason: an answer in words ends a turn, a thought does not.
    return "text" not in kinds


def _content(data: Mapping[str, Any]) -> object:
    message = data.get("message")
    return message.get("content") if isinstance(message, dict) else data.get("content")


def text_at(holder: object, key: str) -> str | None:
    """A text field of a JSON object, or None where either is anything else."""
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, str) else None


def _time(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
