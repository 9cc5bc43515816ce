"""The rows of an ACP database as values: its shape, its sessions, its transcript entries.

Two incompatible layouts exist. Since v0.8.0-beta-2 texts and tool calls have rows of their own;
v0.8.0-beta-1 kept each message as one JSON text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from sessiontui.domain.errors import StoreUnreadable
from sessiontui.domain.message import Role
from sessiontui.domain.session import Session, SessionRef, TitleSource
from sessiontui.domain.value import JsonValue, PlainValue
from sessiontui.records.rfc3339 import parse_time
from sessiontui.records.zeroclaw_content import (
    decode_entry,
    decoded_arguments,
    native_pieces,
    result_pieces,
)
from sessiontui.records.zeroclaw_pieces import (
    Entry,
    Piece,
    PieceKind,
    damaged_piece,
    opaque_piece,
)
from sessiontui.storage.json_text import JsonRefused, decode_json, raw_text, whole_number
from sessiontui.storage.row_copies import columns_of
from sessiontui.storage.sqlite_store import Row, Run

CALL, RESULT = "in", "out"
"""The two kinds of tool events that zeroclaw writes."""
TOOL_COLUMNS = (
    "id, message_id, tool_call_id, tool_name, event_kind, typeof(payload), payload, outcome, "
    "created_at"
)
_OUTCOMES = {"error": True, "failed": True, "ok": False, "success": False}
_SHOWN = frozenset(
    {
        "id",
        "session_uuid",
        "session_id",
        "agent_alias",
        "workspace_dir",
        "token_count",
        "created_at",
        "last_activity",
        "plan_json",
    }
)


class Shape(PlainValue):
    """Which layout the database has.

    `key` is the column of `acp_sessions` that names a session, `link` the one its messages name.
    """

    key: str
    link: str
    columns: tuple[str, ...]

    @property
    def is_first_beta(self) -> bool:
        """Whether it is the layout that no later version of zeroclaw can open."""
        return self.link == self.key

    @property
    def message_columns(self) -> str:
        """What `message_row` takes, of the table `acp_messages`."""
        if self.is_first_beta:
            return "id, 'text', 'json', typeof(message_json), message_json, NULL, created_at"
        return "id, typeof(role), role, typeof(content), content, reasoning_content, created_at"


class StoredSession(NamedTuple):
    """One session without its texts: its row, and its message rows counted."""

    row: Row
    rows: int = 0
    last_id: int = 0

    @property
    def fingerprint(self) -> str:
        """Changes whenever the stored session changes."""
        return hashlib.blake2b(repr(tuple(self)).encode(), digest_size=10).hexdigest()


class MessageRow(PlainValue):
    """One message row; `problem` says why its texts cannot be read."""

    id: int
    role: str
    content: str
    reasoning: str | None
    at: str | None
    problem: str | None
    raw: bytes


class ToolRow(PlainValue):
    """One tool event of a message."""

    id: int
    message_id: int
    call_id: str
    name: str
    kind: str
    payload: str
    outcome: str | None
    at: str | None
    problem: str | None
    raw: bytes


def read_shape(run: Run) -> Shape:
    """The layout of the database. Raises `StoreUnreadable` when it is none of zeroclaw's."""
    columns = columns_of(run, "acp_sessions")
    messages = columns_of(run, "acp_messages")
    if {"session_uuid", "id"} <= set(columns) and {"session_id", "role", "content"} <= set(
        messages
    ):
        return Shape("session_uuid", "id", columns)
    if "session_id" in columns and {"session_id", "message_json"} <= set(messages):
        return Shape("session_id", "session_id", columns)
    raise StoreUnreadable("the database has no ACP sessions of zeroclaw", "give acp-sessions.db")


def message_row(row: Row) -> MessageRow:
    """A row of `Shape.message_columns`, read with texts as bytes."""
    row_id, role_kind, role, content_kind, content, reasoning, at = row
    known_role, role_problem = _text(_plain(role_kind), role)
    known_content, content_problem = _text(_plain(content_kind), content)
    problem = role_problem and f"role {role_problem}"
    if content_problem:
        problem = f"content {content_problem}"
    raw = _bytes(content if content_problem or not problem else role)
    return MessageRow(row_id, known_role, known_content, text(reasoning), text(at), problem, raw)


def tool_row(row: Row) -> ToolRow:
    """A row of `TOOL_COLUMNS`, read with texts as bytes."""
    row_id, message_id, call_id, name, kind, payload_kind, payload, outcome, at = row
    known, problem = _text(_plain(payload_kind), payload)
    return ToolRow(
        row_id,
        message_id,
        text(call_id) or "",
        text(name) or "",
        text(kind) or "",
        known,
        text(outcome),
        text(at),
        problem and f"payload {problem}",
        _bytes(payload),
    )


def entries_of(row: MessageRow, tools: Sequence[ToolRow], shape: Shape) -> list[Entry]:
    """The transcript entries of a message: itself, and one more for what its tools gave back."""
    at = parse_time(row.at)
    if row.problem is not None:
        where = f"row {row.id} of acp_messages"
        piece = damaged_piece(where, row.problem, raw_text(row.raw))
        role = next((known for known in Role if known == row.role), Role.OTHER)
        found = Entry(role, (piece,))
    elif shape.is_first_beta:
        found = _tagged_entry(row)
    else:
        found = _entry(row, [tool for tool in tools if tool.kind == CALL])
    entries = [found.replace(at=at or found.at, native_id=str(row.id))]
    rest = [tool for tool in tools if tool.kind != CALL]
    if rest:
        pieces = tuple(piece for tool in rest for piece in _event_pieces(tool))
        entries.append(Entry(Role.TOOL, pieces, at=parse_time(rest[0].at)))
    return entries


def session_of(
    ref: SessionRef,
    format_name: str,
    shape: Shape,
    stored: StoredSession,
    title: str | None,
    size_bytes: int,
    problems: list[str],
) -> Session:
    """The session that a row and its counted messages describe."""
    fields = session_fields(shape, stored)
    problems = list(problems)

    def moment(column: str) -> datetime | None:
        value = fields.get(column)
        at = parse_time(value)
        if at is None and value is not None:
            problems.append(f"its {column} is no time: {str(value)[:40]!r}")
        return at

    extra: dict[str, JsonValue] = {
        column: value
        for column, value in fields.items()
        if column not in _SHOWN and value is not None
    }
    if (stored_plan := fields.get("plan_json")) is not None:
        plan = _plan(str(stored_plan))
        extra["plan"] = plan or []
        if plan is None:
            extra["plan_json"] = stored_plan
            problems.append("its plan cannot be read")
    workspace = fields.get("workspace_dir")
    return Session(
        ref=ref,
        format=format_name,
        title=title,
        title_source=TitleSource.DERIVED,
        created_at=moment("created_at"),
        last_activity=moment("last_activity"),
        message_count=stored.rows,
        # Only finished turns are stored.
        turn_open=False,
        agent=str(fields["agent_alias"]) if fields.get("agent_alias") else None,
        workspace=Path(str(workspace)) if workspace and "\0" not in str(workspace) else None,
        native_id=ref.key,
        tokens=whole_number(fields.get("token_count")),
        size_bytes=size_bytes,
        problem="; ".join(problems) or None,
        fingerprint=stored.fingerprint,
        extra=extra,
    )


def session_fields(shape: Shape, stored: StoredSession) -> dict[str, JsonValue]:
    """The session row by column name, texts decoded."""
    return {
        column: text(value) if isinstance(value, bytes) else value
        for column, value in zip(shape.columns, stored.row, strict=True)
    }


def text(value: object) -> str | None:
    """A stored value as text for people; None stays None."""
    if value is None:
        return None
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _entry(row: MessageRow, calls: list[ToolRow]) -> Entry:
    entry = decode_entry(row.role, row.content)
    thoughts = (Piece(PieceKind.THINKING, row.reasoning),) if row.reasoning else ()
    asked = tuple(piece for call in calls for piece in _event_pieces(call))
    return entry.replace(pieces=(*thoughts, *entry.pieces, *asked))


def _event_pieces(tool: ToolRow) -> Iterator[Piece]:
    if tool.problem is not None:
        where = f"row {tool.id} of acp_tool_calls"
        yield damaged_piece(where, tool.problem, raw_text(tool.raw))
        return
    match tool.kind:
        case "in":
            arguments = decoded_arguments(tool.payload)
            yield Piece(PieceKind.CALL, name=tool.name, call_id=tool.call_id, data=arguments)
        case "out":
            is_error = _OUTCOMES.get(tool.outcome or "")
            yield from result_pieces(tool.payload, tool.call_id, is_error)
        case _:
            fields = {"call_id": tool.call_id, "name": tool.name, "payload": tool.payload}
            yield opaque_piece(f"tool event {tool.kind}", {**fields, "outcome": tool.outcome})


def _tagged_entry(row: MessageRow) -> Entry:
    """The entry of a message that is one JSON text with a type."""
    data = row.content.encode("utf-8")
    try:
        value = decode_json(data)
    except JsonRefused as error:
        where = f"row {row.id} of acp_messages"
        return Entry(Role.OTHER, (damaged_piece(where, str(error), raw_text(data)),))
    match value:
        case {"type": "Chat", "data": {"role": str(role), "content": str(content)}}:
            return decode_entry(role, content)
        case {"type": "AssistantToolCalls", "data": {"tool_calls": list(calls)}}:
            asked = {key: item for key, item in value["data"].items() if item is not None}
            asked = {"content": asked.pop("text", None), **asked}
            if _are_calls(calls) and isinstance(asked["content"], str | None):
                return Entry(Role.ASSISTANT, tuple(native_pieces(asked)))
        case {"type": "ToolResults", "data": list(results)} if _are_results(results):
            pieces = tuple(
                piece
                for result in results
                for piece in result_pieces(result["content"], result["tool_call_id"], None)
            )
            return Entry(Role.TOOL, pieces)
    name = value.get("type") if isinstance(value, dict) else None
    return Entry(Role.OTHER, (opaque_piece(str(name or "message"), json.dumps(value)),))


def _are_calls(calls: list[Any]) -> bool:
    return all(isinstance(call, dict) and isinstance(call.get("name"), str) for call in calls)


def _are_results(results: list[Any]) -> bool:
    return all(
        isinstance(result, dict)
        and isinstance(result.get("content"), str)
        and isinstance(result.get("tool_call_id"), str)
        for result in results
    )


def _plan(stored: str) -> list[JsonValue] | None:
    try:
        plan = decode_json(stored.encode("utf-8", "replace"))
    except JsonRefused:
        return None
    flat = isinstance(plan, list) and all(_is_step(step) for step in plan)
    return plan if flat else None


def _is_step(step: object) -> bool:
    return isinstance(step, Mapping) and not any(
        isinstance(value, dict | list) for value in step.values()
    )


def _plain(kind: object) -> str:
    return kind.decode("ascii") if isinstance(kind, bytes) else str(kind)


def _text(kind: str, value: object) -> tuple[str, str | None]:
    if kind != "text" or not isinstance(value, bytes):
        return "", f"is {kind}, not text"
    try:
        return value.decode("utf-8"), None
    except UnicodeDecodeError as error:
        return value.decode("utf-8", "replace"), f"is not UTF-8 at byte {error.start}"


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
