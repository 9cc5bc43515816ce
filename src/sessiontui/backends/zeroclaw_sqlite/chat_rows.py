"""The rows of a chat database as values: its layout, its sessions, its messages.

There is no version number in the file: what is there is read from the names of tables and columns,
and what an older version lacks has that version's defaults.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sessiontui.domain.errors import StoreUnreadable
from sessiontui.domain.message import Role
from sessiontui.domain.session import Session, SessionRef, SessionState, TitleSource
from sessiontui.domain.value import JsonValue, PlainValue
from sessiontui.records.rfc3339 import parse_time
from sessiontui.records.zeroclaw_content import decode_entry
from sessiontui.records.zeroclaw_keys import native_id
from sessiontui.records.zeroclaw_pieces import Entry, damaged_piece
from sessiontui.records.zeroclaw_schema import is_chat_table
from sessiontui.records.zeroclaw_titles import title_of
from sessiontui.storage.json_text import raw_text
from sessiontui.storage.row_copies import columns_of, quoted
from sessiontui.storage.sqlite_store import Row, Run

MESSAGE_COLUMNS = "id, typeof(role), role, typeof(content), content, created_at"
"""What `message_row` takes, of the table `sessions`."""

_STATES = {word.value: word for word in SessionState if word is not SessionState.UNKNOWN}
_SHOWN = frozenset(
    {
        "session_key",
        "created_at",
        "last_activity",
        "message_count",
        "name",
        "state",
        "turn_id",
        "turn_started_at",
        "agent_alias",
        "channel_id",
        "room_id",
        "sender_id",
    }
)
_IN_ONE_QUERY = 500


class Layout(PlainValue):
    """What there is in the database: every name, and the columns of its metadata."""

    names: frozenset[str]
    metadata: tuple[str, ...]


class StoredSession(NamedTuple):
    """One session without its texts: its metadata row if it has one, and its message rows counted.

    `weight` distinguishes contents where there is no metadata row to do so.
    """

    metadata: Row | None
    rows: int = 0
    last_id: int = 0
    weight: int = 0

    @property
    def fingerprint(self) -> str:
        """Changes whenever the stored session changes."""
        return hashlib.blake2b(repr(tuple(self)).encode(), digest_size=10).hexdigest()


class MessageRow(PlainValue):
    """One message row; `problem` says why zeroclaw drops it when it loads the session."""

    id: int
    role: str
    content: str
    at: str | None
    problem: str | None
    raw: bytes


class Tally(PlainValue):
    """What the message rows up to the id `through` come to."""

    through: int = 0
    rows: int = 0
    readable: int = 0
    size_bytes: int = 0
    title: str | None = None
    first_at: str | None = None
    last_at: str | None = None


def read_layout(run: Run) -> Layout:
    """What there is in the database. Raises `StoreUnreadable` when it is none of zeroclaw's."""
    if not is_chat_table(columns_of(run, "sessions")):
        raise StoreUnreadable(
            "the database has no chat sessions of zeroclaw", "give its sessions.db"
        )
    names = frozenset(text(name) or "" for (name,) in run("SELECT name FROM sqlite_master", ()))
    return Layout(names, columns_of(run, "session_metadata"))


def stored_sessions(
    run: Run, layout: Layout, keys: Sequence[str] | None = None
) -> tuple[dict[str, StoredSession], int]:
    """Every session (or those of `keys` that exist), and how many have no key that is text."""
    found: dict[str, StoredSession] = {}
    nameless = 0
    for condition, bound in _conditions(keys):
        if layout.metadata:
            columns = ", ".join(map(quoted, layout.metadata))
            sql = (
                f"SELECT typeof(session_key), session_key, {columns} "
                f"FROM session_metadata {condition}"
            )
            for kind, key, *row in run(sql, bound):
                name = _key(kind, key)
                if name is None:
                    nameless += 1
                else:
                    found[name] = StoredSession(tuple(row))
        sql = (
            "SELECT typeof(session_key), session_key, count(*), max(id) "
            f"FROM sessions {condition} GROUP BY session_key"
        )
        for kind, key, rows, last_id in run(sql, bound):
            name = _key(kind, key)
            if name is None:
                nameless += 1
                continue
            known = found.get(name)
            if known is not None:
                found[name] = StoredSession(known.metadata, rows, last_id)
            else:
                found[name] = StoredSession(None, rows, last_id, _weight(run, name))
    return found, nameless


def stored_session(run: Run, layout: Layout, key: str) -> StoredSession | None:
    """One session, or None."""
    return stored_sessions(run, layout, (key,))[0].get(key)


def message_row(row: Row) -> MessageRow:
    """A row of `MESSAGE_COLUMNS`, read with texts as bytes."""
    row_id, role_kind, role, content_kind, content, at = row
    known_role, role_problem = _text(role_kind, role)
    known_content, content_problem = _text(content_kind, content)
    problem = role_problem and f"role {role_problem}"
    if content_problem:
        problem, raw = f"content {content_problem}", _bytes(content)
    else:
        raw = _bytes(role)
    return MessageRow(row_id, known_role, known_content, text(at), problem, raw)


def entry_of(row: MessageRow, *, group_labels: bool) -> Entry:
    """The transcript entry in a message row."""
    at = parse_time(row.at)
    if row.problem is not None:
        role = next((known for known in Role if known == row.role), Role.OTHER)
        piece = damaged_piece(f"row {row.id} of sessions", row.problem, raw_text(row.raw))
        return Entry(role, (piece,), at=at, native_id=str(row.id))
    entry = decode_entry(row.role, row.content, group_labels=group_labels)
    return entry.replace(at=at or entry.at, native_id=str(row.id))


def added(tally: Tally, row: MessageRow, *, group_labels: bool) -> Tally:
    """A tally with one more row."""
    title = tally.title
    if title is None and row.problem is None:
        title = title_of(row.role, row.content, group_labels=group_labels)
    return Tally(
        through=row.id,
        rows=tally.rows + 1,
        readable=tally.readable + (row.problem is None),
        size_bytes=tally.size_bytes + len(row.raw if row.problem else row.content.encode()),
        title=title,
        first_at=tally.first_at if tally.rows else row.at,
        last_at=row.at,
    )


def metadata_fields(layout: Layout, stored: StoredSession) -> dict[str, JsonValue]:
    """The metadata row by column name, texts decoded; empty when there is none."""
    row = stored.metadata
    if row is None:
        return {}
    return {
        column: text(value) if isinstance(value, bytes) else value
        for column, value in zip(layout.metadata, row, strict=True)
    }


def session_of(
    ref: SessionRef,
    format_name: str,
    fields: Mapping[str, JsonValue],
    tally: Tally,
    stored: StoredSession,
) -> Session:
    """The session that a metadata row and its counted messages describe."""
    problems: list[str] = []
    if stored.metadata is None:
        problems.append("zeroclaw does not list it: its messages have no entry in session_metadata")
    damaged = tally.rows - tally.readable
    if damaged:
        problems.append(f"{damaged:,} of its rows cannot be read")

    def moment(column: str, otherwise: str | None = None) -> datetime | None:
        stored_text = fields.get(column, otherwise)
        if stored_text is None:
            return None
        at = parse_time(stored_text)
        if at is None:
            problems.append(f"its {column} is no time: {str(stored_text)[:40]!r}")
        return at

    word = fields.get("state", "idle") if stored.metadata else None
    state = _STATES.get(str(word), SessionState.UNKNOWN)
    extra = {column: value for column, value in fields.items() if column not in _SHOWN}
    if word is not None and state is SessionState.UNKNOWN:
        extra["state"] = word
    if fields.get("message_count", tally.rows) != tally.rows:
        extra["message_count"] = fields["message_count"]
    name = _string(fields.get("name"))
    return Session(
        ref=ref,
        format=format_name,
        title=name or tally.title,
        title_source=TitleSource.STORE if name else TitleSource.DERIVED,
        created_at=moment("created_at", tally.first_at),
        last_activity=moment("last_activity", tally.last_at),
        message_count=tally.readable,
        state=state,
        turn_id=_string(fields.get("turn_id")),
        turn_started_at=moment("turn_started_at"),
        agent=_string(fields.get("agent_alias")),
        channel=_string(fields.get("channel_id")),
        room=_string(fields.get("room_id")),
        sender=_string(fields.get("sender_id")),
        native_id=native_id(ref.key),
        size_bytes=tally.size_bytes,
        problem="; ".join(problems) or None,
        fingerprint=stored.fingerprint,
        extra=extra,
    )


def text(value: object) -> str | None:
    """A stored value as text for people; None stays None."""
    if value is None:
        return None
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _string(value: JsonValue) -> str | None:
    return None if value is None or value == "" else str(value)


def _conditions(keys: Sequence[str] | None) -> Iterator[tuple[str, Sequence[str]]]:
    if keys is None:
        yield "", ()
        return
    for start in range(0, len(keys), _IN_ONE_QUERY):
        part = keys[start : start + _IN_ONE_QUERY]
        yield f"WHERE session_key IN ({', '.join('?' * len(part))})", part


def _key(kind: bytes, key: object) -> str | None:
    if kind != b"text" or not isinstance(key, bytes):
        return None
    try:
        return key.decode("utf-8")
    except UnicodeDecodeError:
        return None


def is_named(key: object) -> bool:
    """Whether a key, read as bytes, is text that can be shown and given back."""
    return _key(b"text", key) is not None


def _weight(run: Run, key: str) -> int:
    sql = "SELECT sum(length(CAST(content AS BLOB))) FROM sessions WHERE session_key = ?"
    return int(run(sql, (key,))[0][0] or 0)


def _text(kind: bytes, value: object) -> tuple[str, str | None]:
    if kind != b"text" or not isinstance(value, bytes):
        return "", f"is {kind.decode('ascii')}, not text"
    try:
        return value.decode("utf-8"), None
    except UnicodeDecodeError as error:
        return value.decode("utf-8", "replace"), f"is not UTF-8 at byte {error.start}"


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
