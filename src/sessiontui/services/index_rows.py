"""Sessions as rows of the index, and back as rows of the list. Pure."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any, NamedTuple

from sessiontui.domain.session import Session, SessionRef, SessionRow, SessionState
from sessiontui.domain.verdict import VerdictStatus, status_of
from sessiontui.services.index_details import details_text
from sessiontui.services.index_schema import SESSION_COLUMNS
from sessiontui.services.index_words import exact, from_exact, storable

StoredText = str | bytes | None

_DERIVED = ("id", "roles", "has", "fingerprint", "pending", "text_cursor", "tools_cursor")
VALUE_COLUMNS = tuple(name for name in SESSION_COLUMNS if name not in (*_DERIVED, "changed"))
"""The columns that follow from the session itself."""

LIST_COLUMNS = (
    "id, store, key, format, title, title_source, state, turn_open, turn_started_at, "
    "last_activity, created_at, message_count, size_bytes, agent, channel, workspace, model, "
    "problem"
)


def _seconds(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()


def _clean(text: str | None) -> str | None:
    return None if text is None else storable(text)


def _folded(text: str | None) -> StoredText:
    return None if text is None else exact(text.casefold())


def session_values(session: Session) -> dict[str, Any]:
    """The values of `VALUE_COLUMNS`."""
    workspace = None if session.workspace is None else str(session.workspace)
    opened = session.turn_open
    return {
        "store": session.ref.store,
        "key": exact(session.ref.key),
        "format": session.format,
        "title": _clean(session.title),
        "title_source": session.title_source.value,
        "state": session.state.value,
        "turn_open": None if opened is None else int(opened),
        "turn_started_at": _seconds(session.turn_started_at),
        "last_activity": _seconds(session.last_activity),
        "created_at": _seconds(session.created_at),
        "message_count": _stored_int(session.message_count),
        "size_bytes": _stored_int(session.size_bytes),
        "agent": exact(session.agent),
        "channel": exact(session.channel),
        "workspace": exact(workspace),
        "model": exact(session.model),
        "problem": _clean(session.problem),
        "repo": exact(session.repo),
        "branch": exact(session.branch),
        "native_id": exact(session.native_id),
        "title_folded": _folded(session.title or ""),
        "title_order": _folded(session.display_title),
        "agent_folded": _folded(session.agent),
        "channel_folded": _folded(session.channel),
        "workspace_folded": _folded(workspace),
        "repo_folded": _folded(session.repo),
        "native_id_folded": _folded(session.native_id),
        "details": details_text(session),
    }


def _stored_int(number: int | None) -> int | None:
    # A store may claim anything; SQLite holds 64 bits.
    return None if number is None else max(-(2**63), min(number, 2**63 - 1))


class ListedSession(NamedTuple):
    """A row of the list without its status, and what the status follows from."""

    row: SessionRow
    turn_open: bool | None
    turn_started_at: float | None

    def judged(self, status: str) -> SessionRow:
        """The row with its status."""
        row = self.row
        return row if row.status == status else row._replace(status=status)


_RUNNING = SessionState.RUNNING.value
_UNKNOWN = SessionState.UNKNOWN.value


def changes_with_time(state: str, turn_open: bool | None) -> bool:
    """Whether the status of such a session depends on the clock: only where a turn is open."""
    return state == _RUNNING or (state == _UNKNOWN and bool(turn_open))


def listed_session(values: sqlite3.Row | tuple[Any, ...]) -> ListedSession:
    """A row of `LIST_COLUMNS`; its status is good unless it changes with time."""
    (
        _,
        store,
        key,
        format_name,
        title,
        title_source,
        state,
        turn_open,
        turn_started_at,
        last_activity,
        created_at,
        message_count,
        size_bytes,
        agent,
        channel,
        workspace,
        model,
        problem,
    ) = values
    ref = SessionRef(store, from_exact(key))
    opened = None if turn_open is None else bool(turn_open)
    row = SessionRow(
        ref,
        format_name,
        title or storable(ref.key) or "(no key)",
        title_source,
        _settled_status(state, opened),
        state,
        last_activity,
        created_at,
        message_count,
        size_bytes,
        _text(agent),
        _text(channel),
        _text(workspace),
        _text(model),
        problem,
    )
    return ListedSession(row, opened, turn_started_at)


def _text(value: str | bytes | None) -> str | None:
    return from_exact(value) if isinstance(value, bytes) else value


_SETTLED: dict[tuple[str, bool | None], str] = {
    (state.value, opened): status_of(state.value, opened, None, None, 0.0, 0.0).value
    for state in SessionState
    for opened in (True, False, None)
}


def _settled_status(state: str, turn_open: bool | None) -> str:
    return _SETTLED.get((state, turn_open), VerdictStatus.UNKNOWN.value)


def current_row(listed: ListedSession, now: float, threshold: float) -> SessionRow:
    """The row with the status of this moment."""
    row = listed.row
    if not changes_with_time(row.state, listed.turn_open):
        return row
    status = status_of(
        row.state, listed.turn_open, listed.turn_started_at, row.last_activity, now, threshold
    )
    return listed.judged(status.value)
