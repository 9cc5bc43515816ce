"""Sessions as rows of the index, and back as rows of the list. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sessiontui.domain.session import Session, SessionRef, SessionRow, SessionState
from sessiontui.domain.value import PlainValue
from sessiontui.domain.verdict import changes_with_time, status_of
from sessiontui.services.index_details import details_text
from sessiontui.services.index_schema import SESSION_COLUMNS
from sessiontui.services.index_words import exact, from_exact, storable

StoredText = str | bytes | None

_DERIVED = ("id", "driver", "roles", "has", "fingerprint", "pending", "text_cursor", "tools_cursor")
VALUE_COLUMNS = tuple(name for name in SESSION_COLUMNS if name not in (*_DERIVED, "changed"))
"""The columns that follow from the session itself."""

LIST_COLUMNS = (
    "id, store, key, format, title, title_source, state, turn_open, turn_started_at, "
    "last_activity, moved_at, created_at, message_count, size_bytes, agent, channel, workspace, "
    "model, problem, branch, coalesce(parent, driver)"
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
        "moved_at": _seconds(session.moved_at),
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
        "parent": exact(None if session.parent is None else str(session.parent)),
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


class OpenTurn(PlainValue):
    """What the status of a session in an open turn follows from, besides its row."""

    opened: bool | None
    began_at: float | None
    moved_at: float | None


_SETTLED: dict[str, dict[int | None, str]] = {
    state.value: {
        opened: status_of(state.value, opened, None, None, 0.0, 0.0).value
        for opened in (True, False, None)
    }
    for state in SessionState
}
"""The status by state and open turn, where it does not change with time."""


# Rows are made by the hundred thousand; this leaves out the checking of arguments, which takes
# longer than all the rest.
_new = tuple.__new__
_OF_HITS = ("hit_count", "hit_count_exact", "snippet", "matches", "message_index")
_NO_HITS = tuple(SessionRow._field_defaults[name] for name in _OF_HITS)


def listed_rows(
    found: Iterable[tuple[Any, ...]],
    rows: dict[int, SessionRow],
    turns: dict[int, OpenTurn],
) -> None:
    """Make rows of `LIST_COLUMNS`; the status of those in `turns` is for `status_now` to say."""
    for (
        number,
        store,
        key,
        format_name,
        title,
        title_source,
        state,
        opened,
        began_at,
        last_activity,
        moved_at,
        created_at,
        message_count,
        size_bytes,
        agent,
        channel,
        workspace,
        model,
        problem,
        branch,
        parent,
    ) in found:
        ref = _new(SessionRef, (store, from_exact(key) if key.__class__ is bytes else key))
        rows[number] = _new(
            SessionRow,
            (
                ref,
                format_name,
                title or storable(ref.key) or "(no key)",
                title_source,
                _SETTLED[state][opened],
                state,
                last_activity,
                created_at,
                message_count,
                size_bytes,
                from_exact(agent) if agent.__class__ is bytes else agent,
                from_exact(channel) if channel.__class__ is bytes else channel,
                from_exact(workspace) if workspace.__class__ is bytes else workspace,
                from_exact(model) if model.__class__ is bytes else model,
                problem,
                *_NO_HITS,
                from_exact(branch) if branch.__class__ is bytes else branch,
                None if parent is None else ref_of(parent),
            ),
        )
        if changes_with_time(state, bool(opened)):
            turned = None if opened is None else bool(opened)
            turns[number] = OpenTurn(turned, began_at, newest(last_activity, moved_at))


def ref_of(stored: str | bytes) -> SessionRef | None:
    """The session that is named in a column."""
    return SessionRef.parse(from_exact(stored))


def status_now(row: SessionRow, turn: OpenTurn, now: float, threshold: float) -> str:
    """The status of a session in an open turn; times in seconds."""
    return status_of(row.state, turn.opened, turn.began_at, turn.moved_at, now, threshold).value


def newest(*times: float | None) -> float | None:
    """The latest of the times that are known."""
    return max((at for at in times if at is not None), default=None)
