"""Changing a chat database as zeroclaw would, each change in one transaction.

Messages, metadata and full-text index change together or not at all; the fingerprint that the
user saw is compared inside the transaction, so nothing can come between.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sessiontui.backends.zeroclaw_sqlite.chat_rows import (
    MESSAGE_COLUMNS,
    Layout,
    StoredSession,
    message_row,
    metadata_fields,
    read_layout,
    stored_session,
)
from sessiontui.backends.zeroclaw_sqlite.full_text import (
    bring_in_step,
    delete_rows,
    note_insert,
    update_row,
)
from sessiontui.domain.backend import ClearScope
from sessiontui.domain.errors import BadKey, ChangedUnderneath, SessionMissing, Unsupported
from sessiontui.domain.message import Message
from sessiontui.domain.session import (
    Session,
    SessionPatch,
    SessionRef,
    SessionState,
    TitleSource,
)
from sessiontui.domain.store import Capability
from sessiontui.domain.value import PlainValue
from sessiontui.records.rfc3339 import Instant
from sessiontui.records.zeroclaw_keys import is_storable
from sessiontui.records.zeroclaw_writing import sound, stored_form, taken_out
from sessiontui.storage.row_copies import quoted
from sessiontui.storage.sqlite_store import Row, Run, SqliteStore

_COUNT = "(SELECT count(*) FROM sessions WHERE session_key = :key)"
_PATCHABLE = {
    "title": ("name", Capability.RENAME),
    "agent": ("agent_alias", Capability.SET_AGENT),
    "channel": ("channel_id", Capability.SET_CONTEXT),
    "room": ("room_id", Capability.SET_CONTEXT),
    "sender": ("sender_id", Capability.SET_CONTEXT),
    "state": ("state", Capability.SET_STATE),
    "turn_id": ("turn_id", Capability.SET_STATE),
}
COLUMN_OF = {capability: column for column, capability in _PATCHABLE.values()}
"""The metadata column without which a change is not possible."""
_CONTEXT = ("channel", "room", "sender")


class Work(PlainValue):
    """One write transaction: its connection, the database's layout, and one session in it."""

    connection: sqlite3.Connection
    run: Run
    layout: Layout
    key: str
    stored: StoredSession | None

    @property
    def session_exists(self) -> bool:
        """Whether there is anything of the session."""
        return self.stored is not None

    @property
    def has_metadata(self) -> bool:
        """Whether zeroclaw itself knows the session."""
        return self.stored is not None and self.stored.metadata is not None


class ChatChanges:
    """Changes one chat database. Safe to use from several threads and beside a running zeroclaw."""

    def __init__(self, store: SqliteStore, store_id: str) -> None:
        self._store = store
        self._store_id = store_id

    @contextmanager
    def transaction(self, key: str, expect: str | None = None) -> Iterator[Work]:
        """A write transaction about one session, if it still has the fingerprint `expect`.

        Raises `ChangedUnderneath`, `BadKey`, `StoreBusy`, `StoreReadOnly`, `StoreUnreadable`.
        """
        ref = SessionRef(self._store_id, key)
        if not is_storable(key):
            raise BadKey("the key holds half of a surrogate pair", "give another key", ref)
        with self._store.write() as connection:

            def run(sql: str, parameters: object) -> list[Row]:
                return connection.execute(sql, parameters).fetchall()  # type: ignore[arg-type]

            layout = read_layout(run)
            stored = stored_session(run, layout, key)
            if expect is not None and stored is not None and stored.fingerprint != expect:
                raise ChangedUnderneath(
                    "the session has changed since it was read", "look at it again", ref
                )
            yield Work(connection, run, layout, key, stored)

    # -- messages --------------------------------------------------------------------------

    def append(self, key: str, message: Message) -> None:
        """Add a message; a session that is not there comes to be, as it does in zeroclaw."""
        with self.transaction(key) as work:
            at = _written(message.created_at or datetime.now(UTC))
            insert_message(work, message, at)
            if work.has_metadata:
                _touch(work, at)
            else:
                values: dict[str, object] = {"session_key": key, "created_at": at}
                _insert_metadata(work, {**values, "last_activity": at})

    def remove_last(self, key: str) -> bool:
        """Remove the last message; its session's last activity stays."""
        with self.transaction(key) as work:
            if work.stored is None or not work.stored.rows:
                return False
            bring_in_step(work.connection, work.layout, key)
            delete_rows(work.connection, work.layout, "id = ?", (work.stored.last_id,))
            recount(work)
            return True

    def update_last(self, key: str, message: Message) -> bool:
        """Replace role and content of the last message; its id and time stay."""
        with self.transaction(key) as work:
            if work.stored is None or not work.stored.rows:
                return False
            role, content = stored_form(message)
            bring_in_step(work.connection, work.layout, key)
            changes: dict[str, object] = {"role": role, "content": content}
            update_row(work.connection, work.layout, work.stored.last_id, changes)
            _touch(work, _written(datetime.now(UTC)))
            return True

    def clear(self, key: str, scope: ClearScope, expect: str | None) -> int:
        """Remove messages, or content of some kind; the session stays. Unknown ones give 0."""
        with self.transaction(key, expect) as work:
            if work.stored is None or not work.stored.rows:
                return 0
            bring_in_step(work.connection, work.layout, key)
            if scope.only is not None:
                touched = _take_out(work, scope)
            else:
                touched = _remove(work, scope.before)
            if touched:
                _touch(work, _written(datetime.now(UTC)))
            return touched

    # -- sessions --------------------------------------------------------------------------

    def delete(self, key: str, expect: str | None) -> bool:
        """Remove a session with all its messages, also where its metadata row is missing."""
        if not is_storable(key):
            return False
        with self.transaction(key, expect) as work:
            if not work.session_exists:
                return False
            bring_in_step(work.connection, work.layout, key)
            remove_session(work)
            return True

    def put(self, session: Session, messages: Iterable[Message]) -> None:
        """Write a whole session with its times, replacing one of the same key."""
        key = session.ref.key
        begun = session.created_at or datetime.now(UTC)
        with self.transaction(key) as work:
            if work.session_exists:
                bring_in_step(work.connection, work.layout, key)
                remove_session(work)
            for message in messages:
                insert_message(work, message, _written(message.created_at or begun))
            named = session.title_source is TitleSource.STORE
            known = session.state is not SessionState.UNKNOWN
            values: dict[str, object] = {
                "session_key": key,
                "created_at": _written(begun),
                "last_activity": _written(session.last_activity or begun),
                "name": session.title if named else None,
                "state": session.state.value if known else SessionState.IDLE.value,
                "turn_id": session.turn_id,
                "turn_started_at": session.turn_started_at and _written(session.turn_started_at),
                "agent_alias": session.agent,
                "channel_id": session.channel,
                "room_id": session.room,
                "sender_id": session.sender,
            }
            _insert_metadata(work, values)

    def patch(self, key: str, changes: SessionPatch, expect: str | None) -> None:
        """Change the fields that are set. Raises `SessionMissing`, `Unsupported`."""
        ref = SessionRef(self._store_id, key)
        with self.transaction(key, expect) as work:
            if not work.session_exists:
                raise SessionMissing(f"there is no session {key}", "refresh the list", ref)
            values = _patched(work, changes, ref)
            if not values:
                return
            settings = ", ".join(f"{quoted(column)} = :{column}" for column in values)
            work.connection.execute(
                f"UPDATE session_metadata SET {settings} WHERE session_key = :key",
                {**values, "key": key},
            )


def insert_message(work: Work, message: Message, at: str) -> None:
    """Put a message behind the others of the session."""
    role, content = stored_form(message)
    cursor = work.connection.execute(
        "INSERT INTO sessions (session_key, role, content, created_at) VALUES (?, ?, ?, ?)",
        (work.key, role, content, at),
    )
    note_insert(work.connection, work.layout, int(cursor.lastrowid or 0))


def remove_session(work: Work) -> None:
    """Delete the rows of a session from both tables."""
    delete_rows(work.connection, work.layout, "session_key = ?", (work.key,))
    if work.layout.metadata:
        work.connection.execute("DELETE FROM session_metadata WHERE session_key = ?", (work.key,))


def _touch(work: Work, at: str) -> None:
    """Count the messages anew and note the activity, where there is a row to note it in."""
    recount(work)
    if work.layout.metadata:
        work.connection.execute(
            "UPDATE session_metadata SET last_activity = :at WHERE session_key = :key",
            {"at": at, "key": work.key},
        )


def recount(work: Work) -> None:
    """Make the cached count of a session's messages true."""
    if work.layout.metadata:
        work.connection.execute(
            f"UPDATE session_metadata SET message_count = {_COUNT} WHERE session_key = :key",
            {"key": work.key},
        )


def _insert_metadata(work: Work, values: dict[str, object]) -> None:
    """Insert a metadata row with those of the columns that this database has."""
    known = {
        column: sound(value) if isinstance(value, str) else value
        for column, value in values.items()
        if column in work.layout.metadata
    }
    names = ", ".join(map(quoted, known))
    places = ", ".join(f":{column}" for column in known)
    work.connection.execute(
        f"INSERT INTO session_metadata ({names}, message_count) VALUES ({places}, {_COUNT})",
        {**known, "key": work.key},
    )


def _remove(work: Work, before: int | None) -> int:
    condition = "session_key = ?"
    if before is None:
        return delete_rows(work.connection, work.layout, condition, (work.key,))
    within = f"id IN (SELECT id FROM sessions WHERE {condition} ORDER BY id LIMIT ?)"
    return delete_rows(work.connection, work.layout, within, (work.key, max(0, before)))


def _take_out(work: Work, scope: ClearScope) -> int:
    if scope.only is None:
        return 0
    cut = taken_out(scope.only)
    limit = -1 if scope.before is None else max(0, scope.before)
    sql = f"SELECT {MESSAGE_COLUMNS} FROM sessions WHERE session_key = ? ORDER BY id LIMIT ?"
    touched = 0
    for found in work.run(sql, (work.key, limit)):
        row = message_row(found)
        content = None if row.problem else cut(row.role, row.content)
        if content is not None:
            update_row(work.connection, work.layout, row.id, {"content": content})
            touched += 1
    return touched


def _patched(work: Work, changes: SessionPatch, ref: SessionRef) -> dict[str, object]:
    """The metadata columns that a patch sets, in zeroclaw's terms."""
    for field in sorted(changes):
        column, capability = _PATCHABLE.get(field, (None, Capability.SET_CONTEXT))
        if column is None:
            raise Unsupported(capability, f"zeroclaw keeps no {field} of chat sessions", ref)
        if column not in work.layout.metadata:
            why_not = f"this database is of a version of zeroclaw that keeps no {field}"
            raise Unsupported(capability, why_not, ref)
        if not work.has_metadata:
            why_not = "zeroclaw does not list this session and has no row that could hold it"
            raise Unsupported(capability, why_not, ref)
    values: dict[str, object] = {}
    if "title" in changes:
        values["name"] = sound(changes["title"] or "").strip() or None
    if "agent" in changes:
        values["agent_alias"] = sound(changes["agent"] or "") or None
    for field in _CONTEXT:
        if field in changes:
            value = changes[field]  # type: ignore[literal-required]  # one of _CONTEXT
            trimmed = None if value is None else sound(value).strip()
            # A blank one is no news and leaves what is stored; only None takes it away.
            if trimmed != "":
                values[_PATCHABLE[field][0]] = trimmed
    if "state" in changes:
        values.update(_state_columns(work, changes, ref))
    elif "turn_id" in changes:
        values["turn_id"] = _turn_id(changes)
    return values


def _state_columns(work: Work, changes: SessionPatch, ref: SessionRef) -> dict[str, object]:
    state = changes.get("state") or SessionState.IDLE
    if state is SessionState.UNKNOWN:
        why_not = "zeroclaw has no state `unknown`; it knows idle, running and error"
        raise Unsupported(Capability.SET_STATE, why_not, ref)
    running = state is SessionState.RUNNING
    turn_id = _turn_id(changes)
    if "turn_id" not in changes and state is not SessionState.IDLE:
        kept = metadata_fields(work.layout, work.stored or StoredSession(None)).get("turn_id")
        turn_id = None if kept is None else str(kept)
    return {
        "state": state.value,
        "turn_id": turn_id,
        "turn_started_at": _written(datetime.now(UTC)) if running else None,
    }


def _turn_id(changes: SessionPatch) -> str | None:
    turn_id = changes.get("turn_id")
    return None if turn_id is None else sound(turn_id)


def _written(at: datetime) -> str:
    return Instant.of(at).text()
