"""One line of a Codex rollout, decoded into a record that names the wanted fields only."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from sessiontui.domain.value import PlainValue
from sessiontui.records.json_values import bounded, encodable
from sessiontui.storage.json_text import JsonRefused, decode_json

QUIET_KINDS = frozenset(
    {
        "world_state", "token_usage_record", "security_risk_score", "realtime_item",
        "inter_agent_communication_metadata", "rollout_reference",
    }
)  # fmt: skip
"""Records that hold nothing to read."""
QUIET_RESPONSES = frozenset(
    {
        "ghost_snapshot", "additional_tools", "compaction", "compaction_summary",
        "compaction_trigger", "context_compaction",
    }
)  # fmt: skip
QUIET_EVENTS = frozenset(
    {
        # Said once more in a response item.
        "agent_message", "agent_message_content_delta", "agent_message_delta", "agent_reasoning",
        "agent_reasoning_delta", "agent_reasoning_raw_content", "agent_reasoning_section_break",
        "context_compacted", "dynamic_tool_call_request", "dynamic_tool_call_response",
        "entered_review_mode", "exec_command_begin", "exec_command_end",
        "exec_command_output_delta", "exited_review_mode", "image_generation_begin",
        "image_generation_end", "item_started", "mcp_tool_call_begin", "mcp_tool_call_end",
        "patch_apply_begin", "patch_apply_end", "patch_apply_updated", "plan_delta", "plan_update",
        "raw_response_item", "reasoning_content_delta", "reasoning_raw_content_delta",
        "terminal_interaction", "turn_diff", "view_image_tool_call", "web_search_begin",
        "web_search_end",
        # About the program, not the conversation.
        "apply_patch_approval_request", "background_event", "collab_agent_interaction_begin",
        "collab_agent_interaction_end", "collab_agent_spawn_begin", "collab_agent_spawn_end",
        "collab_close_begin", "collab_close_end", "collab_resume_begin", "collab_resume_end",
        "collab_waiting_begin", "collab_waiting_end", "deprecation_notice", "elicitation_request",
        "exec_approval_request", "guardian_assessment", "guardian_warning", "hook_completed",
        "hook_started", "mcp_startup_complete", "mcp_startup_update", "model_reroute",
        "model_verification", "request_permissions", "request_user_input", "safety_buffering",
        "session_configured", "shutdown_complete", "skills_update_available", "stream_error",
        "sub_agent_activity", "thread_goal_updated", "thread_queue_changed",
        "thread_settings_applied", "turn_moderation_metadata", "undo_completed", "undo_started",
        "warning",
    }
)  # fmt: skip
QUIET_ITEMS = frozenset(
    {
        "AgentMessage", "CollabAgentToolCall", "CommandExecution", "ContextCompaction",
        "DynamicToolCall", "EnteredReviewMode", "ExitedReviewMode", "Extension", "FileChange",
        "FunctionCallOutput", "HookPrompt", "ImageGeneration", "ImageView", "McpToolCall", "Plan",
        "Reasoning", "Sleep", "SubAgentActivity", "WebSearch",
    }
)  # fmt: skip
"""Completed items that a response item says once more."""


class Payload(msgspec.Struct, gc=False):
    """The wanted fields of a response item; any of them may hold anything."""

    type: Any = None
    role: Any = None
    content: Any = None
    summary: Any = None
    name: Any = None
    namespace: Any = None
    arguments: Any = None
    input: Any = None
    call_id: Any = None
    output: Any = None
    action: Any = None
    tools: Any = None
    author: Any = None
    recipient: Any = None
    result: msgspec.Raw = msgspec.Raw()
    revised_prompt: Any = None
    id: Any = None
    passed: Any = msgspec.field(name="internal_chat_message_metadata_passthrough", default=None)


class Completed(msgspec.Struct, gc=False):
    """The wanted fields of a completed item."""

    type: Any = None
    id: Any = None
    content: Any = None


class Event(msgspec.Struct, gc=False):
    """The wanted fields of an event."""

    type: Any = None
    message: Any = None
    kind: Any = None
    images: Any = None
    local_images: Any = None
    turn_id: Any = None
    started_at: Any = None
    reason: Any = None
    error: Any = None
    num_turns: Any = None
    thread_name: Any = None
    info: Any = None
    item: Completed | None = None


class Meta(msgspec.Struct, gc=False):
    """The wanted fields of what a rollout says of its session; instructions are not among them."""

    id: Any = None
    timestamp: Any = None
    cwd: Any = None
    originator: Any = None
    cli_version: Any = None
    source: Any = None
    model_provider: Any = None
    git: Any = None
    forked_from_id: Any = None
    parent_thread_id: Any = None
    agent_nickname: Any = None
    agent_role: Any = None
    agent_path: Any = None
    history_mode: Any = None
    history_base: Any = None


class Context(msgspec.Struct, gc=False):
    """The wanted fields of what holds for a turn."""

    cwd: Any = None
    model: Any = None
    effort: Any = None


class Compacted(msgspec.Struct, gc=False):
    """The wanted field of a compaction: the summary, not what the model saw instead."""

    message: Any = None


class Unread(msgspec.Struct, gc=False):
    """A payload of which nothing is wanted, or none that can be read."""


Body = Payload | Event | Meta | Context | Compacted | Unread


class Record(PlainValue):
    """One decoded line.

    `kind` is that of the line, `name` the type of its payload; `body` holds the wanted fields. With
    `damage`, the reason why it cannot be read, there is nothing else.
    """

    data: bytes
    kind: str
    name: str
    at: str | None
    body: Body
    damage: str | None = None


class _Envelope(msgspec.Struct, gc=False):
    timestamp: Any = None
    type: Any = None
    payload: msgspec.Raw = msgspec.Raw()
    record_type: Any = None
    role: Any = None
    id: Any = None


class _ItemLine(msgspec.Struct, gc=False):
    payload: Payload
    timestamp: Any = None
    type: Any = None


class _EventLine(msgspec.Struct, gc=False):
    payload: Event
    timestamp: Any = None
    type: Any = None


class _ContextLine(msgspec.Struct, gc=False):
    payload: Context
    timestamp: Any = None
    type: Any = None


class _MetaLine(msgspec.Struct, gc=False):
    payload: Meta
    timestamp: Any = None
    type: Any = None


_Line = _ItemLine | _EventLine | _ContextLine | _MetaLine
_envelope = msgspec.json.Decoder(_Envelope).decode
_lines: dict[bytes, Callable[[bytes], _Line]] = {
    b"response_item": msgspec.json.Decoder(_ItemLine).decode,
    b"event_msg": msgspec.json.Decoder(_EventLine).decode,
    b"turn_context": msgspec.json.Decoder(_ContextLine).decode,
    b"session_meta": msgspec.json.Decoder(_MetaLine).decode,
}
_bodies: dict[str, Callable[[bytes | msgspec.Raw], Body]] = {
    "response_item": msgspec.json.Decoder(Payload).decode,
    "event_msg": msgspec.json.Decoder(Event).decode,
    "session_meta": msgspec.json.Decoder(Meta).decode,
    "turn_context": msgspec.json.Decoder(Context).decode,
    "compacted": msgspec.json.Decoder(Compacted).decode,
    "inter_agent_communication": msgspec.json.Decoder(Payload).decode,
}
_likely = re.compile(
    rb'\{"timestamp":"[^"\\]*",(?:"ordinal":[0-9]+,)?"type":"([a-z_]+)","payload":\{'
).match
_REFUSED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_UNREAD = Unread()


def record_of(data: bytes) -> Record:
    """The record of a line, without its LF; never raises."""
    try:
        return _decoded(data)
    except _REFUSED:
        pass
    # Slower and more patient: halves of surrogate pairs, huge numbers, odd types.
    try:
        value = decode_json(data, surrogates=True)
    except JsonRefused as error:
        return Record(data, "", "", None, _UNREAD, str(error))
    if not isinstance(value, dict):
        return Record(data, "", "", None, _UNREAD, "not a JSON object")
    value = encodable(bounded(value))
    try:
        return _decoded(msgspec.json.encode(value)).replace(data=data)
    except (*_REFUSED, OverflowError):
        kind, at = value.get("type"), value.get("timestamp")
        return Record(data, text_or(kind), "", text_or(at) or None, _UNREAD)


def _decoded(data: bytes) -> Record:
    likely = _likely(data)
    read_line = None if likely is None else _lines.get(likely[1])
    if likely is not None and read_line is not None:
        # In one step, where the line is in Codex's own order.
        line = read_line(data)
        if line.type == likely[1].decode():
            return _record(data, line.type, line.timestamp, line.payload)
    found = _envelope(data)
    kind, payload = text_or(found.type), found.payload
    if not memoryview(payload):
        # The first versions wrote items as they are, after a line about the session.
        if found.record_type is not None:
            return Record(data, "world_state", "", None, _UNREAD)
        is_meta = not kind and found.role is None and found.id is not None
        kind = "session_meta" if is_meta else "response_item"
        return _record(data, kind, found.timestamp, _bodies[kind](data))
    read = _bodies.get(kind)
    return _record(data, kind, found.timestamp, _UNREAD if read is None else read(payload))


def _record(data: bytes, kind: str, at: object, body: Body) -> Record:
    name = text_or(body.type) if isinstance(body, Payload | Event) else ""
    return Record(data, kind, name, text_or(at) or None, body)


def is_quiet(record: Record) -> bool:
    """Whether there is nothing in a record for anybody to read, by what it is alone."""
    match record.kind:
        case "response_item":
            return record.name in QUIET_RESPONSES
        case "event_msg" if record.name == "item_completed":
            item = record.body.item if isinstance(record.body, Event) else None
            return item is not None and text_or(item.type) in QUIET_ITEMS
        case "event_msg":
            return record.name in QUIET_EVENTS
        case kind:
            return kind in QUIET_KINDS


def text_or(value: object, default: str = "") -> str:
    """A text field, or the default where it holds anything else."""
    return value if isinstance(value, str) else default


def field(value: object, *names: str) -> Any:
    """What stands in nested objects under these names, or None."""
    for name in names:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def moment(text: str | None) -> datetime | None:
    """The aware time in UTC that a record names, or None."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
