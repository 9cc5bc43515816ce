"""One record of a Claude Code transcript: who speaks in it, and what it says of the turn."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.json import Decoder

from sessiontui.domain.message import Role
from sessiontui.domain.value import PlainValue
from sessiontui.records.claude_code_blocks import opaque_piece, pieces_of, readable
from sessiontui.records.claude_code_lines import (
    BLANK,
    Content,
    Damaged,
    Entry,
    entry_of,
    fitting,
    value_of,
)
from sessiontui.records.pieces import Piece
from sessiontui.storage.json_text import raw_text

SYNTHETIC = "<synthetic>"
"""The model of answers that the program itself made up (errors, notices)."""

QUIET_TYPES = frozenset(
    {
        "agent-color", "agent-name", "agent-setting", "ai-title", "atis-latch", "bridge-session",
        "content-replacement", "custom-title", "file-history-snapshot", "fork-context-ref",
        "frame-link",
        "last-prompt", "mode", "permission-mode", "pr-link", "progress", "queue-operation",
        "relocated", "summary", "tag", "worktree-state",
    }
)  # fmt: skip
QUIET_SUBTYPES = frozenset({"turn_duration", "stop_hook_summary", "session_start"})
_WRAPPERS = (
    "<command-name>", "<command-message>", "<local-command-stdout>", "<local-command-stderr>",
    "<local-command-caveat>", "<bash-input>", "<bash-stdout>", "<bash-stderr>",
    "<session-start-hook>", "<tick>", "<goal>", "<task-notification>", "<system-reminder>",
    "[Request interrupted by user", "Caveat:",
)  # fmt: skip
_INTERRUPTED = "[Request interrupted by user"
_IDE_TAG = re.compile(r"\s*<(ide_[a-z_]+|system-reminder)>.*?</\1>\s*", re.DOTALL)
_CALLS = ("tool_use", "server_tool_use", "mcp_tool_use")


class Voice(PlainValue):
    """Who speaks in a record that is shown; `counts` as a message of the conversation."""

    role: Role
    human: bool = False
    counts: bool = False


ANSWER = Voice(Role.ASSISTANT, counts=True)
OUTPUT = Voice(Role.TOOL)
PROMPT = Voice(Role.USER, human=True, counts=True)
INJECTED = Voice(Role.USER, counts=True)
META = Voice(Role.USER)
NOTICE = Voice(Role.SYSTEM)
UNKNOWN = Voice(Role.OTHER)


def voice_of(entry: Entry) -> Voice | None:
    """Who speaks, or None when the record is nothing to read: metadata, links, injected context."""
    match entry.type:
        case "user":
            return user_voice(entry, entry.said)
        case "assistant":
            return ANSWER
        case kind if kind in QUIET_TYPES or entry is BLANK:
            return None
        case "attachment":
            return PROMPT if _is_queued_prompt(entry) else None
        case "system":
            return NOTICE if _says_something(entry) else None
        case _:
            return UNKNOWN


def user_voice(entry: Entry, content: Content) -> Voice:
    """Who speaks in a record of a user, which may well be a tool or the program itself."""
    if isinstance(content, tuple):
        results = [block.type == "tool_result" for block in content]
        if results and all(results):
            return OUTPUT
        if any(results):
            return INJECTED
    if entry.is_meta:
        return META
    if (
        entry.is_compact_summary
        or entry.is_visible_in_transcript_only
        or entry.is_side_branch
        or (entry.origin is not None and entry.origin.kind not in (None, "human"))
        or typed_text(content) is None
    ):
        return INJECTED
    return PROMPT


def _is_queued_prompt(entry: Entry) -> bool:
    attachment = entry.attachment
    if attachment is None or attachment.type != "queued_command":
        return False
    for origin in (attachment.origin, entry.origin):
        if origin is not None and origin.kind is not None:
            return origin.kind == "human"
    return attachment.command_mode in (None, "prompt")


def _says_something(entry: Entry) -> bool:
    if entry.subtype in QUIET_SUBTYPES:
        return False
    return not isinstance(entry.content, str) or bool(readable(entry.content).strip())


def typed_text(content: Content) -> str | None:
    """What a person typed in a message, without the tags an editor puts before it.

    None when it is only a wrapper of the program; an empty text for an image alone.
    """
    media = False
    if isinstance(content, str):
        typed = _untagged(content).strip()
    else:
        blocks = content or ()
        texts = [_untagged(block.text) for block in blocks if block.text is not None]
        media = any(block.type in ("image", "document") for block in blocks)
        typed = "\n".join(text for text in texts if text.strip()).strip()
    if not typed:
        return "" if media else None
    return None if typed[0] in "<[C" and typed.startswith(_WRAPPERS) else typed


def _untagged(text: str) -> str:
    while "<" in text and (tag := _IDE_TAG.match(text)) is not None:
        text = text[tag.end() :]
    return text


def prompt_text(entry: Entry) -> str | None:
    """What was asked for in a prompt, as a title would show it."""
    if entry.type == "user":
        return typed_text(entry.said)
    return _first_text(queued_prompt(entry))


def queued_prompt(entry: Entry) -> Content:
    """What was typed while the agent was at work."""
    return None if entry.attachment is None else entry.attachment.prompt


def _first_text(content: Content) -> str | None:
    if isinstance(content, str):
        return content
    return next((block.text for block in content or () if block.text is not None), None)


def turn_signal(entry: Entry, line: memoryview, *, aside: bool = False) -> bool | None:
    """Whether a turn is open after a record; None when the record does not tell.

    Side branches never tell, and nothing else does when they are asked for (`aside`).
    """
    if entry.is_side_branch is not aside:
        return None
    match entry.type:
        case "assistant":
            return _answer_leaves_open(entry, answer_of(line))
        case "user" | "attachment":
            voice = voice_of(entry)
            if voice is None:
                return None
            if voice.human or voice is OUTPUT:
                return True
            if (_first_text(entry.said) or "").startswith(_INTERRUPTED):
                return False
            # What a sub-agent is asked for, nobody has typed.
            return True if aside and voice is INJECTED else None
        case "system" if entry.subtype == "turn_duration":
            return False
        case _:
            return None


def _answer_leaves_open(entry: Entry, answer: Answer) -> bool:
    if answer.is_api_error_message or answer.made_up:
        return False
    content = entry.said
    kinds = [block.type for block in content] if isinstance(content, tuple) else ["text"]
    if any(kind in _CALLS for kind in kinds):
        return True
    reason = answer.message.stop_reason if answer.message else None
    if reason is not None:
        return reason in ("tool_use", "pause_turn")
    # Older versions never wrote the reason: an answer in words ends a turn, a thought does not.
    return "text" not in kinds


class _Ending(Struct, gc=False):
    model: str | None = None
    stop_reason: str | None = None


class Answer(Struct, gc=False, rename="camel"):
    """What only the last answers are asked: who gave it, and how it ended."""

    message: _Ending | None = None
    is_api_error_message: bool | None = None

    @property
    def made_up(self) -> bool:
        """Whether the program itself made it up."""
        return self.message is not None and self.message.model == SYNTHETIC

    @property
    def model(self) -> str | None:
        """The model that answered; None for what the program made up itself."""
        return None if self.message is None or self.made_up else self.message.model


_ANSWER = Decoder(Answer)


def answer_of(line: memoryview) -> Answer:
    """What a record of the assistant says of itself."""
    return fitting(line, _ANSWER, Answer)


# -- whole records -----------------------------------------------------------------------------


class Record(PlainValue):
    """A line with everything in it; `data` is empty when it is damaged.

    `number` is that of the line, from 1.
    """

    line: bytes
    number: int
    entry: Entry
    data: Mapping[str, Any]
    damage: str | None

    @property
    def answer(self) -> Answer:
        """What a record of the assistant says of itself."""
        return answer_of(memoryview(self.line))


def record_of(line: bytes, number: int) -> Record:
    """The whole record of a line."""
    value = value_of(line)
    if isinstance(value, str):
        return Record(line, number, Damaged(), {}, value)
    return Record(line, number, entry_of(line), value, None)


def pieces_of_record(record: Record) -> Iterator[Piece]:
    """The pieces a record's blocks are made of."""
    if record.damage is not None:
        raw = raw_text(record.line)
        yield Piece("damaged", raw, name=f"line {record.number:,}", data=record.damage)
        return
    data = record.data
    match record.entry.type:
        case "user" | "assistant":
            message = data.get("message")
            holder = message if isinstance(message, dict) else data
            yield from pieces_of(holder.get("content"))
        case "attachment":
            attachment = data.get("attachment")
            if isinstance(attachment, dict):
                yield from pieces_of(attachment.get("prompt"))
        case "system":
            yield from _system_pieces(data)
        case kind:
            yield opaque_piece(kind or "record", dict(data))


def _system_pieces(data: Mapping[str, Any]) -> Iterator[Piece]:
    subtype = data.get("subtype")
    subtype = subtype if isinstance(subtype, str) else "system"
    content = data.get("content")
    if isinstance(content, str):
        yield from (piece for piece in pieces_of(content) if piece.text.strip())
    elif subtype == "api_error":
        attempt, most = data.get("retryAttempt"), data.get("maxRetries")
        yield Piece("text", f"API error, attempt {attempt} of {most}")
    else:
        known = ("content", "subtype", "message", "error", "level")
        yield opaque_piece(subtype, {key: data[key] for key in known if key in data})
