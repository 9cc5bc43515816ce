"""Changing an ACP database, each change in one transaction with foreign keys enforced.

Without them a delete would leave messages and tool calls behind; with them the children of tables
that are not known here go too.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sessiontui.backends.zeroclaw_acp.acp_rows import (
    CALL,
    RESULT,
    TOOL_COLUMNS,
    MessageRow,
    Shape,
    StoredSession,
    ToolRow,
    message_row,
    read_shape,
    text,
    tool_row,
)
from sessiontui.backends.zeroclaw_acp.reading import link_of, stored_session
from sessiontui.domain.backend import ClearOnly, ClearScope
from sessiontui.domain.errors import BadKey, ChangedUnderneath, SessionMissing, Unsupported
from sessiontui.domain.message import Message, Role
from sessiontui.domain.session import Session, SessionPatch, SessionRef
from sessiontui.domain.store import Capability
from sessiontui.domain.value import PlainValue
from sessiontui.records.rfc3339 import Instant
from sessiontui.records.zeroclaw_keys import is_storable
from sessiontui.records.zeroclaw_writing import argument_text, sound, taken_out, text_form
from sessiontui.storage.row_copies import quoted
from sessiontui.storage.sqlite_store import Row, Run, SqliteStore

FIRST_BETA = (
    "the database has the layout of v0.8.0-beta-1, which no later version of zeroclaw can open"
)
_PATCHED = {"title": Capability.RENAME, "agent": Capability.SET_AGENT} | dict.fromkeys(
    ("state", "turn_id"), Capability.SET_STATE
)
WHY_NOT = {
    Capability.RENAME: "zeroclaw keeps no names for ACP sessions",
    Capability.SET_STATE: "zeroclaw keeps no state of ACP sessions: it stores finished turns only",
    Capability.SET_CONTEXT: "ACP sessions belong to no channel",
}


class Work(PlainValue):
    """One write transaction: its connection, the database's shape, and one session in it."""

    connection: sqlite3.Connection
    run: Run
    shape: Shape
    key: str
    stored: StoredSession | None


class _Item(PlainValue):
    """A message row with what hangs on it."""

    row: MessageRow
    tools: list[ToolRow]

    @property
    def has_results(self) -> bool:
        return any(tool.kind != CALL for tool in self.tools)

    @property
    def entries(self) -> int:
        return 1 + self.has_results


class AcpChanges:
    """Changes one ACP database. Safe to use from several threads and beside a running zeroclaw."""

    def __init__(self, store: SqliteStore, store_id: str) -> None:
        self._store = store
        self._store_id = store_id

    @contextmanager
    def transaction(self, key: str, expect: str | None = None) -> Iterator[Work]:
        """A write transaction about one session, if it still has the fingerprint `expect`.

        Raises `ChangedUnderneath`, `BadKey`, `StoreBusy`, `StoreReadOnly`, `StoreUnreadable`.
        """
        if not is_storable(key):
            raise BadKey(
                "the key holds half of a surrogate pair", "give another key", self._ref(key)
            )
        with self._store.write() as connection:

            def run(sql: str, parameters: object) -> list[Row]:
                return connection.execute(sql, parameters).fetchall()  # type: ignore[arg-type]

            shape = read_shape(run)
            stored = stored_session(run, shape, key)
            if expect is not None and stored is not None and stored.fingerprint != expect:
                raise ChangedUnderneath(
                    "the session has changed since it was read", "look at it again", self._ref(key)
                )
            yield Work(connection, run, shape, key, stored)

    # -- messages --------------------------------------------------------------------------

    def append(self, key: str, message: Message) -> None:
        """Add a message to a session that is there."""
        with self.transaction(key) as work:
            self._require_rows(work, Capability.APPEND)
            stored = self._require(work)
            at = _written(message.created_at or datetime.now(UTC))
            _insert(work, link_of(work.shape, stored), message, at)
            _touch(work, at)

    def remove_last(self, key: str) -> bool:
        """Remove the last entry: what tools gave back, or else the last message."""
        with self.transaction(key) as work:
            self._require_rows(work, Capability.REMOVE_LAST)
            removed = _remove_last(work)
            if removed:
                _touch(work, _written(datetime.now(UTC)))
            return removed

    def update_last(self, key: str, message: Message) -> bool:
        """Replace the last entry."""
        with self.transaction(key) as work:
            self._require_rows(work, Capability.UPDATE_LAST)
            if work.stored is None or not _remove_last(work):
                return False
            at = _written(message.created_at or datetime.now(UTC))
            _insert(work, link_of(work.shape, work.stored), message, at)
            _touch(work, at)
            return True

    def clear(self, key: str, scope: ClearScope, expect: str | None) -> int:
        """Remove entries, or content of some kind; the session stays. Unknown ones give 0."""
        with self.transaction(key, expect) as work:
            self._require_rows(work, Capability.CLEAR)
            if work.stored is None:
                return 0
            touched = _take_out(work, scope) if scope.only else _remove(work, scope.before)
            if touched:
                _touch(work, _written(datetime.now(UTC)))
            return touched

    # -- sessions --------------------------------------------------------------------------

    def delete(self, key: str, expect: str | None) -> bool:
        """Remove a session with everything that hangs on it."""
        if not is_storable(key):
            return False
        with self.transaction(key, expect) as work:
            if work.stored is None:
                return False
            _delete(work)
            return True

    def put(self, session: Session, messages: Iterable[Message]) -> None:
        """Write a whole session with its times, replacing one of the same key."""
        key = session.ref.key
        begun = session.created_at or datetime.now(UTC)
        with self.transaction(key) as work:
            self._require_rows(work, Capability.PUT)
            _delete(work)
            killed, plan = session.extra.get("killed_at"), session.extra.get("plan")
            values: dict[str, object] = {
                "session_uuid": key,
                "agent_alias": sound(session.agent or ""),
                "workspace_dir": sound(str(session.workspace or "")),
                "token_count": session.tokens or 0,
                "killed_at": killed if isinstance(killed, str) else None,
                "created_at": _written(begun),
                "last_activity": _written(session.last_activity or begun),
                "plan_json": None if plan is None else json.dumps(plan, ensure_ascii=False),
            }
            known = {c: v for c, v in values.items() if c in work.shape.columns}
            names = ", ".join(map(quoted, known))
            places = ", ".join("?" * len(known))
            cursor = work.connection.execute(
                f"INSERT INTO acp_sessions ({names}) VALUES ({places})", tuple(known.values())
            )
            for message in messages:
                _insert(work, cursor.lastrowid, message, _written(message.created_at or begun))

    def patch(self, key: str, changes: SessionPatch, expect: str | None) -> None:
        """Hand a session to another agent. Raises `SessionMissing`, `Unsupported` for all else."""
        with self.transaction(key, expect) as work:
            for field in sorted(changes.keys() - {"agent"}):
                capability = _PATCHED.get(field, Capability.SET_CONTEXT)
                raise Unsupported(capability, WHY_NOT[capability], self._ref(key))
            self._require(work)
            self._require_rows(work, Capability.SET_AGENT)
            if "agent" not in changes:
                return
            agent = sound(changes["agent"] or "").strip()
            if not agent:
                why_not = "an ACP session always belongs to an agent"
                raise Unsupported(Capability.SET_AGENT, why_not, self._ref(key))
            work.connection.execute(
                "UPDATE acp_sessions SET agent_alias = ? WHERE session_uuid = ?", (agent, key)
            )

    def _require(self, work: Work) -> StoredSession:
        if work.stored is None:
            raise SessionMissing(
                f"there is no session {work.key}", "refresh the list", self._ref(work.key)
            )
        return work.stored

    def _require_rows(self, work: Work, capability: Capability) -> None:
        if work.shape.is_first_beta:
            raise Unsupported(capability, FIRST_BETA, self._ref(work.key))

    def _ref(self, key: str) -> SessionRef:
        return SessionRef(self._store_id, key)


def items_in(work: Work) -> list[_Item]:
    """The message rows of the session, with their tool rows."""
    if work.stored is None:
        return []
    link = link_of(work.shape, work.stored)
    tools: dict[int, list[ToolRow]] = {}
    sql = (
        f"SELECT {TOOL_COLUMNS} FROM acp_tool_calls WHERE message_id IN "
        "(SELECT id FROM acp_messages WHERE session_id = ?) ORDER BY id"
    )
    for found in work.run(sql, (link,)):
        tool = tool_row(found)
        tools.setdefault(tool.message_id, []).append(tool)
    sql = f"SELECT {work.shape.message_columns} FROM acp_messages WHERE session_id = ? ORDER BY id"
    rows = [message_row(found) for found in work.run(sql, (link,))]
    return [_Item(row, tools.get(row.id, [])) for row in rows]


def _insert(work: Work, link: object, message: Message, at: str) -> None:
    """Put a message behind the others; results of tools hang on the last assistant message."""
    results = [block for block in message.blocks if block.kind == "tool_result"]
    others = [block for block in message.blocks if block.kind not in ("tool_result", "tool_call")]
    calls = [block for block in message.blocks if block.kind == "tool_call"]
    asked = _last_assistant(work, link)
    row_id = asked if results and not (calls or others) else None
    if row_id is None:
        role = (message.author or "other") if message.role is Role.OTHER else message.role.value
        thoughts = "\n".join(block.text for block in others if block.kind == "thinking")
        content = "\n".join(text_form(block) for block in others if block.kind != "thinking")
        row_id = work.connection.execute(
            "INSERT INTO acp_messages (session_id, role, content, reasoning_content, created_at) "
            "VALUES (?, ?, ?, ?, ?)",
            (link, sound(role), sound(content), sound(thoughts) or None, at),
        ).lastrowid
    names = _tool_names(work, row_id)
    events: list[tuple[str, str, str, str, str | None]] = [
        (call.call_id or "", call.name, CALL, argument_text(call.arguments), None) for call in calls
    ]
    names.update({call.call_id or "": call.name for call in calls})
    for result in results:
        call_id = result.call_id or ""
        ended = {None: "unknown", True: "error", False: "ok"}[result.is_error]
        events.append((call_id, names.get(call_id, "unknown"), RESULT, result.text, ended))
    for call_id, name, kind, payload, outcome in events:
        work.connection.execute(
            "INSERT INTO acp_tool_calls (message_id, tool_call_id, tool_name, event_kind, "
            "payload, outcome, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (row_id, sound(call_id), sound(name), kind, sound(payload), outcome, at),
        )


def _last_assistant(work: Work, link: object) -> int | None:
    sql = (
        "SELECT id FROM acp_messages WHERE session_id = ? AND role = 'assistant' "
        "ORDER BY id DESC LIMIT 1"
    )
    found = work.run(sql, (link,))
    return int(found[0][0]) if found else None


def _tool_names(work: Work, row_id: int | None) -> dict[str, str]:
    sql = "SELECT tool_call_id, tool_name FROM acp_tool_calls WHERE message_id = ?"
    found = work.run(sql, (row_id,))
    return {text(call_id) or "": text(name) or "" for call_id, name in found}


def _remove_last(work: Work) -> bool:
    items = items_in(work)
    if not items:
        return False
    last = items[-1]
    if last.has_results:
        work.connection.execute(
            "DELETE FROM acp_tool_calls WHERE message_id = ? AND event_kind IS NOT ?",
            (last.row.id, CALL),
        )
    else:
        work.connection.execute("DELETE FROM acp_messages WHERE id = ?", (last.row.id,))
    return True


def _remove(work: Work, before: int | None) -> int:
    """Remove the messages of which every entry comes before an index; returns the entries gone."""
    removed = position = 0
    for item in items_in(work):
        position += item.entries
        if before is None or position <= before:
            work.connection.execute("DELETE FROM acp_messages WHERE id = ?", (item.row.id,))
            removed += item.entries
    return removed


def _take_out(work: Work, scope: ClearScope) -> int:
    if scope.only is None:
        return 0
    touched = position = 0
    for item in items_in(work):
        begins, position = position, position + item.entries
        if scope.before is not None and begins >= scope.before:
            break
        if cut_message(work, item.row, scope.only):
            touched += 1
        results = [tool for tool in item.tools if tool.kind != CALL]
        if scope.before is None or begins + 1 < scope.before:
            touched += sum(cut_tool(work, tool, scope.only) for tool in results) > 0
    return touched


def cut_message(work: Work, row: MessageRow, only: ClearOnly) -> bool:
    """Take content of a kind out of a message row; whether there was any."""
    content = None if row.problem else taken_out(only)(row.role, row.content)
    if content is None:
        return False
    work.connection.execute("UPDATE acp_messages SET content = ? WHERE id = ?", (content, row.id))
    return True


def cut_tool(work: Work, tool: ToolRow, only: ClearOnly) -> bool:
    """Take content of a kind out of a tool's result; whether there was any."""
    payload = None if tool.problem else cut_payload(only)(tool.payload)
    if payload is None:
        return False
    work.connection.execute(
        "UPDATE acp_tool_calls SET payload = ? WHERE id = ?", (payload, tool.id)
    )
    return True


def cut_payload(only: ClearOnly) -> Callable[[str], str | None]:
    """The function that takes content of a kind out of a tool's output; None: nothing there."""
    return lambda payload: taken_out(only)("tool", payload)


def _touch(work: Work, at: str) -> None:
    key = quoted(work.shape.key)
    work.connection.execute(
        f"UPDATE acp_sessions SET last_activity = ? WHERE {key} = ?", (at, work.key)
    )


def _delete(work: Work) -> None:
    key = quoted(work.shape.key)
    work.connection.execute(f"DELETE FROM acp_sessions WHERE {key} = ?", (work.key,))


def _written(at: datetime) -> str:
    return Instant.of(at).text()
