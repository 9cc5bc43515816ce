"""Copies of chat sessions, taken before a change, and putting them back.

Rows come back with their ids, times and exact bytes. What was written to the session since stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import permutations

import msgspec

from sessiontui.backends.zeroclaw_sqlite.changing import ChatChanges, Work, recount
from sessiontui.backends.zeroclaw_sqlite.chat_rows import read_layout, stored_session
from sessiontui.backends.zeroclaw_sqlite.full_text import bring_in_step, note_insert, update_row
from sessiontui.domain.backend import ClearOnly, Snapshot, SnapshotScope
from sessiontui.domain.errors import SessionMissing, UndoRefused
from sessiontui.domain.session import SessionRef, SessionState
from sessiontui.domain.value import JsonValue, Value
from sessiontui.records.rfc3339 import parse_instant
from sessiontui.records.zeroclaw_keys import is_storable
from sessiontui.records.zeroclaw_writing import taken_out
from sessiontui.storage import row_copies
from sessiontui.storage.row_copies import TableRows
from sessiontui.storage.sqlite_store import SqliteStore

_METADATA = "session_metadata"
_MINE = "session_key = ?"
_STATE_COLUMNS = ("state", "turn_id", "turn_started_at")
_IN_ONE_QUERY = 500

Fields = dict[str, JsonValue]


class ChatCopy(Value):
    """The payload of a snapshot: the rows of one session, and how many there were."""

    version: int = 1
    rows: int
    last_id: int
    metadata: TableRows | None
    messages: TableRows | None = None
    dependents: tuple[TableRows, ...] = ()

    @property
    def fields(self) -> Fields | None:
        """The metadata row by column, or None when there was none."""
        if self.metadata is None or not self.metadata.rows:
            return None
        return dict(zip(self.metadata.columns, self.metadata.rows[0], strict=True))


class ChatUndoing:
    """Takes and restores snapshots of one chat database."""

    def __init__(
        self, store: SqliteStore, changes: ChatChanges, store_id: str, format_name: str
    ) -> None:
        self._store = store
        self._changes = changes
        self._store_id = store_id
        self._format = format_name

    def snapshot(self, key: str, scope: SnapshotScope) -> Snapshot:
        """All rows of a session as they are in one instant. Raises `SessionMissing`."""
        missing = SessionMissing(
            f"there is no session {key}", "refresh the list", SessionRef(self._store_id, key)
        )
        if not is_storable(key):
            raise missing
        with self._store.reading() as run:
            layout = read_layout(run)
            stored = stored_session(run, layout, key)
            if stored is None:
                raise missing
            metadata = messages = None
            dependents: list[TableRows] = []
            if layout.metadata:
                metadata = row_copies.read_rows(run, _METADATA, _MINE, (key,))
            if scope is SnapshotScope.EVERYTHING:
                messages = row_copies.read_rows(run, "sessions", _MINE, (key,), "id")
                roots = [messages] if metadata is None else [messages, metadata]
                dependents = row_copies.dependent_rows(run, roots)
        copy = ChatCopy(
            rows=stored.rows,
            last_id=stored.last_id,
            metadata=metadata,
            messages=messages,
            dependents=tuple(rows for rows in dependents if rows.rows),
        )
        return Snapshot(
            key=key,
            format=self._format,
            scope=scope,
            taken_at=datetime.now(UTC),
            fingerprint=stored.fingerprint,
            payload=msgspec.json.encode(copy),
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Put a session back. Raises `UndoRefused`."""
        try:
            copy = msgspec.json.decode(snapshot.payload, type=ChatCopy)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise UndoRefused("the snapshot cannot be read", "nothing was changed") from error
        with self._changes.transaction(snapshot.key) as work:
            if copy.messages is None:
                self._restore_metadata(work, copy)
                return
            bring_in_step(work.connection, work.layout, work.key)
            written_since = self._restore_messages(work, copy.messages)
            _restore_row(work, copy, written_since=written_since)
            for rows in copy.dependents:
                _restore_dependents(work, rows)

    def _restore_metadata(self, work: Work, copy: ChatCopy) -> None:
        before, now = copy.fields, _current_fields(work)
        if now is None:
            raise UndoRefused(
                "the session is not there any more",
                "undo its deletion first",
                SessionRef(self._store_id, work.key),
            )
        if before is None:
            return
        moved = (
            now["last_activity"] != before["last_activity"]
            or work.stored is None
            or (work.stored.rows, work.stored.last_id) != (copy.rows, copy.last_id)
        )
        running = SessionState.RUNNING.value in (before.get("state"), now.get("state"))
        # A turn that began or ended since is the owner's affair, and newer than the snapshot.
        kept = {"session_key", "created_at", "last_activity", "message_count"}
        kept.update(_STATE_COLUMNS if moved and running else ())
        _update(work, {c: v for c, v in before.items() if c in now and c not in kept})

    def _restore_messages(self, work: Work, copied: TableRows) -> bool:
        """Put message rows back; whether there are rows, or changes of rows, made since."""
        held = _columns(work, "sessions")
        ids = [row[copied.columns.index("id")] for row in copied.rows]
        current = dict(_rows_by_id(work, ids))
        written_since = False
        for row in copied.rows:
            before = dict(zip(copied.columns, row, strict=True))
            now = current.get(before["id"])
            if now is None:
                usable = [column for column in copied.columns if column in held]
                values = [before[column] for column in usable]
                row_copies.insert_row(work.connection, "sessions", usable, values)
                note_insert(work.connection, work.layout, _number(before["id"]))
            elif now["session_key"] != before["session_key"]:
                raise UndoRefused(
                    "another session has taken the place of its messages",
                    "export what the journal holds",
                    SessionRef(self._store_id, work.key),
                )
            elif now["content"] != before["content"]:
                if _was_cut(before, now):
                    change: dict[str, object] = {"content": before["content"]}
                    update_row(work.connection, work.layout, _number(before["id"]), change)
                else:
                    written_since = True
        sql = f"SELECT count(*) FROM sessions WHERE {_MINE}"
        return written_since or work.run(sql, (work.key,))[0][0] != len(copied.rows)


def _restore_row(work: Work, copy: ChatCopy, *, written_since: bool) -> None:
    before, now = copy.fields, _current_fields(work)
    if before is None:
        recount(work)
    elif now is None:
        usable = [column for column in before if column in work.layout.metadata]
        row_copies.insert_row(
            work.connection, _METADATA, usable, [before[column] for column in usable]
        )
        if written_since:
            recount(work)
    elif now["created_at"] == before["created_at"]:
        # The session lived on: nothing but its messages was taken.
        if written_since:
            recount(work)
        else:
            _update(work, {c: before[c] for c in ("message_count", "last_activity")})
    else:
        # It was deleted, and zeroclaw has made a new one under the same key.
        filled = {c: v for c, v in before.items() if c in now and now[c] is None}
        later = _later(before["last_activity"], now["last_activity"])
        _update(work, {**filled, "created_at": before["created_at"], "last_activity": later})
        recount(work)


def _restore_dependents(work: Work, copied: TableRows) -> None:
    held = _columns(work, copied.table)
    usable = [column for column in copied.columns if column in held]
    if not usable:
        return
    keys = row_copies.key_columns_of(work.run, copied.table)
    if not set(keys) <= set(usable):
        keys = tuple(usable)
    for row in copied.rows:
        before = dict(zip(copied.columns, row, strict=True))
        if not row_copies.has_row(work.run, copied.table, {key: before[key] for key in keys}):
            values = [before[column] for column in usable]
            row_copies.insert_row(work.connection, copied.table, usable, values)


def _was_cut(before: Fields, now: Fields) -> bool:
    """Whether the text now is the earlier one with some content taken out, as a clear does."""
    role, content = before["role"], before["content"]
    if not isinstance(role, str) or not isinstance(content, str) or now["role"] != role:
        return False
    for order in (*((only,) for only in ClearOnly), *permutations(ClearOnly)):
        text = content
        for only in order:
            text = cut if (cut := taken_out(only)(role, text)) is not None else text
        if text == now["content"]:
            return True
    return False


def _later(one: JsonValue, other: JsonValue) -> JsonValue:
    first, second = parse_instant(one), parse_instant(other)
    if first is None or second is None:
        return one if second is None else other
    return one if first >= second else other


def _current_fields(work: Work) -> Fields | None:
    if not work.layout.metadata:
        return None
    found = row_copies.read_rows(work.run, _METADATA, _MINE, (work.key,))
    return dict(zip(found.columns, found.rows[0], strict=True)) if found.rows else None


def _rows_by_id(work: Work, ids: list[JsonValue]) -> Iterator[tuple[JsonValue, Fields]]:
    for start in range(0, len(ids), _IN_ONE_QUERY):
        part = ids[start : start + _IN_ONE_QUERY]
        condition = f"id IN ({', '.join('?' * len(part))})"
        found = row_copies.read_rows(work.run, "sessions", condition, part)
        for row in found.rows:
            fields = dict(zip(found.columns, row, strict=True))
            yield fields["id"], fields


def _update(work: Work, changes: Fields) -> None:
    row_copies.update_row(work.connection, _METADATA, changes, _MINE, (work.key,))


def _columns(work: Work, table: str) -> tuple[str, ...]:
    return row_copies.columns_of(work.run, table)


def _number(value: JsonValue) -> int:
    if not isinstance(value, int):
        raise UndoRefused("the snapshot cannot be read", "nothing was changed")
    return value
