"""Copies of ACP sessions, taken before a change, and putting them back.

Which rows belong to a session is read from the foreign keys, so tables of later versions are
copied too. Rows come back with their ids, times and exact bytes; what was written since stays.
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from sessiontui.backends.zeroclaw_acp.acp_rows import read_shape
from sessiontui.backends.zeroclaw_acp.changing import AcpChanges, Work
from sessiontui.backends.zeroclaw_acp.reading import stored_session
from sessiontui.domain.backend import ClearOnly, Snapshot, SnapshotScope
from sessiontui.domain.errors import SessionMissing, UndoRefused
from sessiontui.domain.session import SessionRef
from sessiontui.domain.value import JsonValue, Value
from sessiontui.records.zeroclaw_writing import taken_out
from sessiontui.storage import row_copies
from sessiontui.storage.row_copies import TableRows, quoted
from sessiontui.storage.sqlite_store import SqliteStore

_SESSIONS, _MESSAGES, _TOOLS = "acp_sessions", "acp_messages", "acp_tool_calls"
_CUT = {_MESSAGES: "content", _TOOLS: "payload"}
"""The column of each table from which a clear may have taken something."""
_OWNERS = {_MESSAGES: "session_id", _TOOLS: "message_id"}

Fields = dict[str, JsonValue]


class AcpCopy(Value):
    """The payload of a snapshot: the row of one session, and all rows that hang on it."""

    version: int = 1
    session: TableRows
    dependents: tuple[TableRows, ...] = ()

    @property
    def fields(self) -> Fields:
        """The session's row by column."""
        return dict(zip(self.session.columns, self.session.rows[0], strict=True))


class AcpUndoing:
    """Takes and restores snapshots of one ACP database."""

    def __init__(
        self, store: SqliteStore, changes: AcpChanges, store_id: str, format_name: str
    ) -> None:
        self._store = store
        self._changes = changes
        self._store_id = store_id
        self._format = format_name

    def snapshot(self, key: str, scope: SnapshotScope) -> Snapshot:
        """All rows of a session as they are in one instant. Raises `SessionMissing`."""
        with self._store.reading() as run:
            shape = read_shape(run)
            stored = stored_session(run, shape, key)
            if stored is None:
                raise SessionMissing(
                    f"there is no session {key}", "refresh the list", self._ref(key)
                )
            mine = f"{quoted(shape.key)} = ?"
            session = row_copies.read_rows(run, _SESSIONS, mine, (key,))
            dependents: list[TableRows] = []
            if scope is SnapshotScope.EVERYTHING:
                dependents = row_copies.dependent_rows(run, [session])
        kept = tuple(rows for rows in dependents if rows.rows)
        return Snapshot(
            key=key,
            format=self._format,
            scope=scope,
            taken_at=datetime.now(UTC),
            fingerprint=stored.fingerprint,
            payload=msgspec.json.encode(AcpCopy(session=session, dependents=kept)),
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Put a session back. Raises `UndoRefused`."""
        try:
            copy = msgspec.json.decode(snapshot.payload, type=AcpCopy)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise UndoRefused("the snapshot cannot be read", "nothing was changed") from error
        with self._changes.transaction(snapshot.key) as work:
            now = _row_now(work, _SESSIONS, {work.shape.key: snapshot.key})
            if snapshot.scope is SnapshotScope.METADATA:
                self._restore_agent(work, copy.fields, now)
            else:
                self._restore_everything(work, copy, now)

    def _restore_agent(self, work: Work, before: Fields, now: Fields | None) -> None:
        if now is None:
            raise UndoRefused(
                "the session is not there any more",
                "undo its deletion first",
                self._ref(work.key),
            )
        if "agent_alias" in now and "agent_alias" in before:
            _update(work, {"agent_alias": before["agent_alias"]})

    def _restore_everything(self, work: Work, copy: AcpCopy, now: Fields | None) -> None:
        before = copy.fields
        if now is None:
            taken = _row_now(work, _SESSIONS, {work.shape.link: before[work.shape.link]})
            if taken is not None:
                raise self._in_the_way(work)
            _insert(work, _SESSIONS, before)
        elif now[work.shape.link] != before[work.shape.link]:
            raise self._in_the_way(work)
        written_since = False
        for rows in copy.dependents:
            written_since |= self._restore_rows(work, rows)
        if now is not None and not (written_since or _has_more_rows(work, copy)):
            _update(work, {"last_activity": before["last_activity"]})

    def _restore_rows(self, work: Work, copied: TableRows) -> bool:
        """Put the rows of one table back; whether one of them was changed since."""
        held = row_copies.columns_of(work.run, copied.table)
        keys = row_copies.key_columns_of(work.run, copied.table)
        if not held:
            return False
        changed = False
        for row in copied.rows:
            before = dict(zip(copied.columns, row, strict=True))
            named = {key: before[key] for key in keys if key in before} or before
            now = _row_now(work, copied.table, named)
            if now is None:
                usable = {column: value for column, value in before.items() if column in held}
                _insert(work, copied.table, usable)
                continue
            owner = _OWNERS.get(copied.table)
            if owner is not None and now[owner] != before[owner]:
                raise self._in_the_way(work)
            column = _CUT.get(copied.table)
            if column is not None and column in before and now[column] != before[column]:
                if _was_cut(copied.table, before, now[column]):
                    condition = " AND ".join(f"{quoted(key)} = ?" for key in named)
                    row_copies.update_row(
                        work.connection,
                        copied.table,
                        {column: before[column]},
                        condition,
                        tuple(named.values()),
                    )
                else:
                    changed = True
        return changed

    def _in_the_way(self, work: Work) -> UndoRefused:
        return UndoRefused(
            "another session has taken the place of its rows",
            "export what the journal holds",
            self._ref(work.key),
        )

    def _ref(self, key: str) -> SessionRef:
        return SessionRef(self._store_id, key)


def _row_now(work: Work, table: str, named: Fields) -> Fields | None:
    condition, values = row_copies.equality(named)
    found = row_copies.read_rows(work.run, table, condition, values)
    return dict(zip(found.columns, found.rows[0], strict=True)) if found.rows else None


def _has_more_rows(work: Work, copy: AcpCopy) -> bool:
    """Whether the session has messages that the copy has not."""
    copied = next((len(rows.rows) for rows in copy.dependents if rows.table == _MESSAGES), 0)
    sql = "SELECT count(*) FROM acp_messages WHERE session_id = ?"
    return bool(work.run(sql, (copy.fields[work.shape.link],))[0][0] != copied)


def _was_cut(table: str, before: Fields, now: JsonValue) -> bool:
    """Whether the text now is the earlier one with some content taken out, as a clear does."""
    role = "tool" if table == _TOOLS else before.get("role")
    text = before[_CUT[table]]
    if not isinstance(role, str) or not isinstance(text, str):
        return False
    media = taken_out(ClearOnly.MEDIA)(role, text)
    output = taken_out(ClearOnly.TOOL_OUTPUT)(role, text)
    return now is not None and now in (media, output)


def _insert(work: Work, table: str, fields: Fields) -> None:
    row_copies.insert_row(work.connection, table, tuple(fields), tuple(fields.values()))


def _update(work: Work, changes: Fields) -> None:
    condition = f"{quoted(work.shape.key)} = ?"
    row_copies.update_row(work.connection, _SESSIONS, changes, condition, (work.key,))
