"""Reading a chat database: sessions, transcripts, and text for the index."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator, Sequence

from sessiontui.backends.zeroclaw_sqlite.chat_rows import (
    MESSAGE_COLUMNS,
    Layout,
    MessageRow,
    StoredSession,
    Tally,
    added,
    entry_of,
    is_named,
    message_row,
    metadata_fields,
    read_layout,
    session_of,
    stored_session,
    stored_sessions,
)
from sessiontui.domain.backend import Footprint, FootprintPart
from sessiontui.domain.errors import SessionMissing
from sessiontui.domain.indexed_text import TextBatch, TextItem
from sessiontui.domain.message import Message
from sessiontui.domain.session import Session, SessionRef
from sessiontui.domain.value import PlainValue
from sessiontui.domain.words import count_words
from sessiontui.records.zeroclaw_keys import has_group_labels, is_storable
from sessiontui.records.zeroclaw_pieces import items_of, message_of
from sessiontui.storage.sqlite_store import Row, SqliteStore

_PAGE = 64
"""Rows in one query: enough to be quick, few enough that long messages fit into memory."""


class Cursor(PlainValue):
    """How far the index has read: the last row's id, how many rows, and what the last one held."""

    last_id: int = 0
    rows: int = 0
    check: str = "0"

    def __str__(self) -> str:
        return f"{self.last_id}.{self.rows}.{self.check}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """The cursor in its text form, or None where it is none of ours."""
        parts = text.split(".")
        if len(parts) != 3 or not (parts[0].isdecimal() and parts[1].isdecimal()):
            return None
        return cls(int(parts[0]), int(parts[1]), parts[2])


class _Settled(PlainValue):
    """What all rows of a session but the last come to, and its last activity at that time."""

    tally: Tally = Tally()
    moved: object = None


class ChatReader:
    """Reads one chat database. Safe to use from several threads."""

    def __init__(self, store: SqliteStore, store_id: str, format_name: str) -> None:
        self._store = store
        self._store_id = store_id
        self._format = format_name
        # What settled rows come to, so that a look at a grown session costs its new rows only.
        self._settled: dict[str, _Settled] = {}

    def run(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """One query; texts come as bytes."""
        return self._store.rows(sql, parameters, raw=True)

    def layout(self) -> Layout:
        """What there is in the database now: zeroclaw adds columns when it is updated."""
        return read_layout(self.run)

    def stored(self) -> tuple[dict[str, StoredSession], int]:
        """Every session without its texts, and how many have no key that is text."""
        return stored_sessions(self.run, self.layout())

    def counted(self) -> tuple[int, int]:
        """How many sessions there are, and how many more have no key that is text.

        Counted by SQLite: reading every row to describe a store would be felt.
        """
        sources = ["SELECT session_key FROM session_metadata"] if self.layout().metadata else []
        without = " WHERE session_key NOT IN (" + sources[0] + ")" if sources else ""
        sources.append("SELECT DISTINCT session_key FROM sessions" + without)
        sql = " UNION ALL ".join(
            f"SELECT typeof(session_key) = 'text', count(*) FROM ({source}) GROUP BY 1"
            for source in sources
        )
        totals = {True: 0, False: 0}
        for named, count in self.run(sql):
            totals[bool(named)] += count
        # Only a key beyond ASCII can be no UTF-8.
        odd = sum(
            not is_named(key)
            for source in sources
            for (key,) in self.run(
                f"SELECT session_key FROM ({source}) "
                "WHERE typeof(session_key) = 'text' AND session_key GLOB '*[^ -~]*'"
            )
        )
        return totals[True] - odd, totals[False] + odd

    def scan(self, keys: Collection[str] | None) -> Iterator[Session]:
        """Every session, or those of `keys` that exist."""
        layout = self.layout()
        wanted = None if keys is None else [key for key in dict.fromkeys(keys) if is_storable(key)]
        found, _ = stored_sessions(self.run, layout, wanted)
        if keys is None:
            for gone in self._settled.keys() - found.keys():
                self._settled.pop(gone, None)
        for key, stored in found.items():
            fields = metadata_fields(layout, stored)
            tally = self._tally(key, fields.get("last_activity"))
            yield session_of(SessionRef(self._store_id, key), self._format, fields, tally, stored)

    def messages(self, key: str, start: int, stop: int | None) -> Iterator[Message]:
        """A slice of the transcript."""
        if not is_storable(key):
            return
        labels = has_group_labels(key)
        if start < 0 or (stop is not None and stop < 0):
            sql = "SELECT count(*) FROM sessions WHERE session_key = ?"
            start, stop, _ = slice(start, stop).indices(int(self.run(sql, (key,))[0][0]))
        left = None if stop is None else stop - start
        for index, row in enumerate(self._rows(key, 0, skip=start, limit=left), start):
            yield message_of(entry_of(row, group_labels=labels), index)

    def text_since(self, key: str, cursor: str | None) -> TextBatch:
        """Text that is new since a cursor."""
        if not is_storable(key):
            return TextBatch([], str(Cursor()), restart=True)
        known = Cursor.parse(cursor) if cursor is not None else None
        grown = known is not None and self._still_holds(key, known)
        reached = known if known is not None and grown else Cursor()
        items: list[TextItem] = []
        labels = has_group_labels(key)
        for row in self._rows(key, reached.last_id):
            items.extend(items_of(entry_of(row, group_labels=labels), reached.rows))
            reached = Cursor(row.id, reached.rows + 1, _check(row))
        return TextBatch(items, str(reached), restart=not grown)

    def footprint(self, key: str) -> Footprint:
        """Every row of a session. Raises `SessionMissing`."""
        layout = self.layout()
        stored = stored_session(self.run, layout, key) if is_storable(key) else None
        if stored is None:
            raise SessionMissing(
                f"there is no session {key}", "refresh the list", SessionRef(self._store_id, key)
            )
        parts = []
        if stored.rows:
            moved = metadata_fields(layout, stored).get("last_activity")
            tally = self._tally(key, moved)
            what = f"{count_words(stored.rows, 'message')} in sessions"
            parts.append(FootprintPart(what, self._store.path, tally.size_bytes))
        if stored.metadata is not None:
            size = sum(len(value) for value in stored.metadata if isinstance(value, bytes))
            parts.append(FootprintPart("its row in session_metadata", self._store.path, size))
        return Footprint(tuple(parts))

    # -- rows ------------------------------------------------------------------------------

    def _rows(
        self, key: str, after: int, *, skip: int = 0, limit: int | None = None
    ) -> Iterator[MessageRow]:
        sql = (
            f"SELECT {MESSAGE_COLUMNS} FROM sessions "
            "WHERE session_key = ? AND id > ? ORDER BY id LIMIT ? OFFSET ?"
        )
        while limit is None or limit > 0:
            size = _PAGE if limit is None else min(_PAGE, limit)
            page = self.run(sql, (key, after, size, skip))
            for row in page:
                yield message_row(row)
            if len(page) < size:
                return
            after, skip = page[-1][0], 0
            limit = None if limit is None else limit - size

    def _still_holds(self, key: str, cursor: Cursor) -> bool:
        """Whether everything that was read up to a cursor is still there, unchanged."""
        if not self._has_rows(key, cursor.last_id, cursor.rows):
            return False
        if cursor.rows == 0:
            return True
        sql = f"SELECT {MESSAGE_COLUMNS} FROM sessions WHERE id = ? AND session_key = ?"
        last = self.run(sql, (cursor.last_id, key))
        # A streamed answer is changed in place, under the same id.
        return bool(last) and _check(message_row(last[0])) == cursor.check

    def _has_rows(self, key: str, through: int, rows: int) -> bool:
        sql = "SELECT count(*) FROM sessions WHERE session_key = ? AND id <= ?"
        return int(self.run(sql, (key, through))[0][0]) == rows

    def _tally(self, key: str, moved: object) -> Tally:
        """What the rows of a session come to; `moved` is its last activity."""
        settled = self._settled.get(key, _Settled())
        if settled.tally.rows and not self._has_rows(
            key, settled.tally.through, settled.tally.rows
        ):
            settled = _Settled()
        tally = settled.tally
        fresh = list(self._rows(key, tally.through)) if tally.rows else []
        if len(fresh) <= 1 and settled.moved != moved:
            # Something moved, and no row came: settled rows may have been changed in place.
            tally = Tally()
        for row in fresh if tally.rows else self._rows(key, 0):
            # The last row may still change in place, so it is never settled.
            settled = _Settled(tally, moved)
            tally = added(tally, row, group_labels=has_group_labels(key))
        self._settled[key] = settled
        return tally


def _check(row: MessageRow) -> str:
    content = row.raw if row.problem else row.content.encode()
    return f"{zlib.crc32(content, zlib.crc32(row.role.encode('utf-8', 'replace'))):x}"
