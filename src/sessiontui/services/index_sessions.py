"""Whole sessions out of the search index: what a store said of each, without asking it again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sessiontui.domain.errors import IndexBroken, StoreBusy
from sessiontui.domain.session import Session, SessionRef, SessionState, TitleSource
from sessiontui.domain.value import PlainValue
from sessiontui.services.index_details import details_of
from sessiontui.services.index_rows import ref_of
from sessiontui.services.index_words import exact, from_exact
from sessiontui.services.search_index import SearchIndex

_NAMES = (
    "store", "key", "format", "title", "title_source", "state", "turn_open", "turn_started_at",
    "last_activity", "moved_at", "created_at", "message_count", "size_bytes", "agent", "channel",
    "workspace", "model", "problem", "repo", "branch", "native_id", "fingerprint", "details",
)  # fmt: skip
HELD_COLUMNS = f"{', '.join(_NAMES)}, coalesce(parent, driver)"
_AT_ONCE = 500
_NOTHING: dict[str, Any] = {}


class SessionPage(PlainValue):
    """The answer to one query: whole sessions; `total` None where counting would cost too much."""

    sessions: tuple[Session, ...]
    total: int | None


def held_sessions(index: SearchIndex, refs: Sequence[SessionRef]) -> tuple[Session, ...]:
    """These sessions in this order; one that the index no longer has is left out.

    What a format has besides (`extra`) is not in the index. Raises `IndexBroken`, `StoreBusy`.
    """
    found: dict[SessionRef, Session] = {}
    with index.database.reading() as connection:
        for store in dict.fromkeys(ref.store for ref in refs):
            keys = [exact(ref.key) for ref in refs if ref.store == store]
            for start in range(0, len(keys), _AT_ONCE):
                for row in _rows(connection, store, keys[start : start + _AT_ONCE]):
                    session = session_of_row(row)
                    found[session.ref] = session
    return tuple(found[ref] for ref in refs if ref in found)


def with_driver(index: SearchIndex, session: Session) -> Session:
    """The session as its store has it, below the one that drives it, if the index knows of one."""
    if session.parent is not None or session.native_id != session.ref.key:
        return session
    try:
        with index.database.reading() as connection:
            found = connection.execute(
                "SELECT driver FROM session WHERE store = ? AND key = ? AND driver IS NOT NULL",
                (session.ref.store, exact(session.ref.key)),
            ).fetchone()
    except (IndexBroken, StoreBusy):
        # It only adds to what the store says.
        return session
    return session.replace(parent=ref_of(found[0])) if found else session


def _rows(
    connection: sqlite3.Connection, store: str, keys: Sequence[str | bytes | None]
) -> Iterator[tuple[Any, ...]]:
    marks = ", ".join("?" * len(keys))
    yield from connection.execute(
        f"SELECT {HELD_COLUMNS} FROM session WHERE store = ? AND key IN ({marks})", (store, *keys)
    ).fetchall()


def session_of_row(row: Sequence[Any]) -> Session:
    """The session that a row of `HELD_COLUMNS` holds."""
    *held, parent = row
    values = dict(zip(_NAMES, held, strict=True))
    workspace = _text(values["workspace"])
    opened = values["turn_open"]
    return Session(
        ref=SessionRef(values["store"], from_exact(values["key"])),
        format=values["format"],
        title=values["title"],
        title_source=TitleSource(values["title_source"]),
        created_at=_time(values["created_at"]),
        last_activity=_time(values["last_activity"]),
        moved_at=_time(values["moved_at"]),
        message_count=values["message_count"],
        state=SessionState(values["state"]),
        turn_started_at=_time(values["turn_started_at"]),
        turn_open=None if opened is None else bool(opened),
        agent=_text(values["agent"]),
        model=_text(values["model"]),
        workspace=None if workspace is None else Path(workspace),
        repo=_text(values["repo"]),
        branch=_text(values["branch"]),
        channel=_text(values["channel"]),
        native_id=_text(values["native_id"]),
        parent=None if parent is None else ref_of(parent),
        size_bytes=values["size_bytes"],
        problem=values["problem"],
        fingerprint=values["fingerprint"],
        # Given although it is the default: pydantic copies a default mapping for every session.
        extra=_NOTHING,
        **details_of(values["details"]),
    )


def _text(value: str | bytes | None) -> str | None:
    return None if value is None else from_exact(value)


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
