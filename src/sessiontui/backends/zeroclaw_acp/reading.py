"""Reading an ACP database: sessions, transcripts, and text for the index."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator, Sequence

from sessiontui.backends.zeroclaw_acp.acp_rows import (
    CALL,
    RESULT,
    TOOL_COLUMNS,
    MessageRow,
    Shape,
    StoredSession,
    ToolRow,
    entries_of,
    message_row,
    read_shape,
    session_of,
    text,
    tool_row,
)
from sessiontui.domain.backend import Footprint, FootprintPart
from sessiontui.domain.errors import SessionMissing
from sessiontui.domain.indexed_text import TextBatch, TextItem
from sessiontui.domain.message import Message
from sessiontui.domain.session import Session, SessionRef
from sessiontui.domain.value import PlainValue
from sessiontui.domain.words import count_words
from sessiontui.records.zeroclaw_keys import is_storable
from sessiontui.records.zeroclaw_pieces import Entry, PieceKind, items_of, message_of
from sessiontui.records.zeroclaw_titles import LONGEST_TITLE
from sessiontui.storage.row_copies import quoted
from sessiontui.storage.sqlite_store import Row, Run, SqliteStore

_PAGE = 64
_TITLE_FROM = 16
"""How many of the first messages are looked at for a title."""


class Cursor(PlainValue):
    """How far the index has read: last message row, message rows, entries, and the last's sum."""

    last_id: int = 0
    rows: int = 0
    entries: int = 0
    check: str = "0"

    def __str__(self) -> str:
        return f"{self.last_id}.{self.rows}.{self.entries}.{self.check}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """The cursor in its text form, or None where it is none of ours."""
        *numbers, check = text.split(".")
        if len(numbers) != 3 or not all(number.isdecimal() for number in numbers):
            return None
        return cls(int(numbers[0]), int(numbers[1]), int(numbers[2]), check)


class _Summary(PlainValue):
    """What the texts of a session come to; kept as long as its fingerprint stays."""

    fingerprint: str
    title: str | None
    size_bytes: int
    problems: list[str]


class AcpReader:
    """Reads one ACP database. Safe to use from several threads."""

    def __init__(self, store: SqliteStore, store_id: str, format_name: str) -> None:
        self._store = store
        self._store_id = store_id
        self._format = format_name
        self._summaries: dict[str, _Summary] = {}

    def run(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """One query; texts come as bytes."""
        return self._store.rows(sql, parameters, raw=True)

    def shape(self) -> Shape:
        """The layout of the database now."""
        return read_shape(self.run)

    def stored(self) -> tuple[dict[str, StoredSession], int]:
        """Every session without its texts, and how many have no key that is text."""
        return stored_sessions(self.run, self.shape())

    def orphans(self) -> int:
        """How many messages belong to no session: left by a delete without foreign keys."""
        shape = self.shape()
        sql = (
            "SELECT count(*) FROM acp_messages WHERE session_id NOT IN "
            f"(SELECT {quoted(shape.link)} FROM acp_sessions)"
        )
        return int(self.run(sql)[0][0])

    def scan(self, keys: Collection[str] | None) -> Iterator[Session]:
        """Every session, or those of `keys` that exist."""
        shape = self.shape()
        if keys is None:
            found, _ = stored_sessions(self.run, shape)
            for gone in self._summaries.keys() - found.keys():
                self._summaries.pop(gone, None)
        else:
            looked = {key: stored_session(self.run, shape, key) for key in keys}
            found = {key: stored for key, stored in looked.items() if stored is not None}
        for key, stored in found.items():
            summary = self._summary(key, shape, stored)
            yield session_of(
                SessionRef(self._store_id, key),
                self._format,
                shape,
                stored,
                summary.title,
                summary.size_bytes,
                summary.problems,
            )

    def messages(self, key: str, start: int, stop: int | None) -> Iterator[Message]:
        """A slice of the transcript."""
        shape = self.shape()
        stored = stored_session(self.run, shape, key)
        if stored is None:
            return
        after = index = 0
        if start != 0 or (stop is not None and stop < 0):
            places = self._places(shape, stored)
            start, stop, _ = slice(start, stop).indices(places[-1][1] if places else 0)
            for row_id, upto in places:
                if upto > start:
                    break
                after, index = row_id, upto
        for entry in self._entries(shape, stored, after):
            if stop is not None and index >= stop:
                return
            if index >= start:
                yield message_of(entry, index)
            index += 1

    def text_since(self, key: str, cursor: str | None) -> TextBatch:
        """Text that is new since a cursor."""
        shape = self.shape()
        stored = stored_session(self.run, shape, key)
        if stored is None:
            return TextBatch([], str(Cursor()), restart=True)
        known = Cursor.parse(cursor) if cursor is not None else None
        grown = known is not None and self._still_holds(shape, stored, known)
        reached = known if known is not None and grown else Cursor()
        items: list[TextItem] = []
        for row, tools in self._rows(shape, stored, reached.last_id):
            entries = entries_of(row, tools, shape)
            for index, entry in enumerate(entries, reached.entries):
                items.extend(items_of(entry, index))
            count = reached.entries + len(entries)
            reached = Cursor(row.id, reached.rows + 1, count, _check(row, tools))
        return TextBatch(items, str(reached), restart=not grown)

    def footprint(self, key: str) -> Footprint:
        """Every row of a session. Raises `SessionMissing`."""
        shape = self.shape()
        stored = stored_session(self.run, shape, key)
        if stored is None:
            raise SessionMissing(
                f"there is no session {key}", "refresh the list", SessionRef(self._store_id, key)
            )
        path = self._store.path
        row_size = sum(len(value) for value in stored.row if isinstance(value, bytes))
        parts = [FootprintPart("its row in acp_sessions", path, row_size)]
        if stored.rows:
            what = f"{count_words(stored.rows, 'message')} with their tool calls"
            parts.append(FootprintPart(what, path, self._summary(key, shape, stored).size_bytes))
        return Footprint(tuple(parts))

    # -- rows ------------------------------------------------------------------------------

    def _entries(self, shape: Shape, stored: StoredSession, after: int) -> Iterator[Entry]:
        for row, tools in self._rows(shape, stored, after):
            yield from entries_of(row, tools, shape)

    def _rows(
        self, shape: Shape, stored: StoredSession, after: int
    ) -> Iterator[tuple[MessageRow, list[ToolRow]]]:
        sql = (
            f"SELECT {shape.message_columns} FROM acp_messages "
            f"WHERE session_id = ? AND id > ? ORDER BY id LIMIT {_PAGE}"
        )
        link = link_of(shape, stored)
        while page := self.run(sql, (link, after)):
            rows = [message_row(row) for row in page]
            tools = self._tools(shape, [row.id for row in rows])
            for row in rows:
                yield row, tools.get(row.id, [])
            after = rows[-1].id

    def _tools(self, shape: Shape, ids: list[int]) -> dict[int, list[ToolRow]]:
        found: dict[int, list[ToolRow]] = {}
        if shape.is_first_beta:
            return found
        sql = (
            f"SELECT {TOOL_COLUMNS} FROM acp_tool_calls "
            f"WHERE message_id IN ({', '.join('?' * len(ids))}) ORDER BY id"
        )
        for row in self.run(sql, ids):
            tool = tool_row(row)
            found.setdefault(tool.message_id, []).append(tool)
        return found

    def _places(self, shape: Shape, stored: StoredSession) -> list[tuple[int, int]]:
        """For each message row, how many entries there are up to and with it."""
        answered = "0"
        if not shape.is_first_beta:
            answered = (
                "EXISTS (SELECT 1 FROM acp_tool_calls AS t WHERE t.message_id = m.id "
                f"AND t.event_kind IS NOT '{CALL}')"
            )
        sql = f"SELECT id, {answered} FROM acp_messages AS m WHERE session_id = ? ORDER BY id"
        places = []
        count = 0
        for row_id, has_results in self.run(sql, (link_of(shape, stored),)):
            count += 1 + has_results
            places.append((row_id, count))
        return places

    def _still_holds(self, shape: Shape, stored: StoredSession, cursor: Cursor) -> bool:
        link = link_of(shape, stored)
        sql = "SELECT count(*) FROM acp_messages WHERE session_id = ? AND id <= ?"
        if int(self.run(sql, (link, cursor.last_id))[0][0]) != cursor.rows:
            return False
        if cursor.rows == 0:
            return True
        sql = f"SELECT {shape.message_columns} FROM acp_messages WHERE id = ? AND session_id = ?"
        last = [message_row(row) for row in self.run(sql, (cursor.last_id, link))]
        if not last:
            return False
        tools = self._tools(shape, [cursor.last_id]).get(cursor.last_id, [])
        return _check(last[0], tools) == cursor.check

    # -- summaries -------------------------------------------------------------------------

    def _summary(self, key: str, shape: Shape, stored: StoredSession) -> _Summary:
        known = self._summaries.get(key)
        if known is None or known.fingerprint != stored.fingerprint:
            known = _Summary(
                stored.fingerprint,
                self._title(shape, stored),
                self._size(shape, stored),
                self._problems(shape, stored),
            )
            self._summaries[key] = known
        return known

    def _title(self, shape: Shape, stored: StoredSession) -> str | None:
        for count, entry in enumerate(self._entries(shape, stored, 0)):
            if count >= _TITLE_FROM:
                break
            words = [p.text for p in entry.pieces if entry.human and p.kind is PieceKind.TEXT]
            title = " ".join(" ".join(words)[: 20 * LONGEST_TITLE].split())
            if title:
                return title[:LONGEST_TITLE].rstrip()
        return None

    def _size(self, shape: Shape, stored: StoredSession) -> int:
        link = link_of(shape, stored)
        if shape.is_first_beta:
            return self._sum("message_json", "acp_messages WHERE session_id = ?", link)
        tools = (
            "acp_tool_calls WHERE message_id IN (SELECT id FROM acp_messages WHERE session_id = ?)"
        )
        return (
            self._sum("content", "acp_messages WHERE session_id = ?", link)
            + self._sum("reasoning_content", "acp_messages WHERE session_id = ?", link)
            + self._sum("payload", tools, link)
        )

    def _sum(self, column: str, source: str, link: object) -> int:
        sql = f"SELECT sum(length(CAST({column} AS BLOB))) FROM {source}"
        return int(self.run(sql, (link,))[0][0] or 0)

    def _problems(self, shape: Shape, stored: StoredSession) -> list[str]:
        if shape.is_first_beta:
            return []
        sql = (
            "SELECT DISTINCT t.event_kind FROM acp_tool_calls AS t "
            "JOIN acp_messages AS m ON m.id = t.message_id "
            f"WHERE m.session_id = ? AND t.event_kind NOT IN ('{CALL}', '{RESULT}')"
        )
        kinds = [text(kind) for (kind,) in self.run(sql, (link_of(shape, stored),))]
        return [f"zeroclaw cannot load it: it has a tool event {kind!r}" for kind in kinds]


def stored_sessions(run: Run, shape: Shape) -> tuple[dict[str, StoredSession], int]:
    """Every session by its key, the killed ones too, and how many have no key that is text."""
    counts = {
        link: (rows, last_id)
        for link, rows, last_id in run(
            "SELECT session_id, count(*), max(id) FROM acp_messages GROUP BY session_id", ()
        )
    }
    columns = ", ".join(map(quoted, shape.columns))
    found = {}
    nameless = 0
    for row in run(f"SELECT {columns} FROM acp_sessions", ()):
        rows, last_id = counts.get(row[shape.columns.index(shape.link)], (0, 0))
        try:
            key = row[shape.columns.index(shape.key)].decode("utf-8")
        except (AttributeError, UnicodeDecodeError):
            nameless += 1
        else:
            found[key] = StoredSession(row, rows, last_id)
    return found, nameless


def stored_session(run: Run, shape: Shape, key: str) -> StoredSession | None:
    """One session, or None."""
    if not is_storable(key):
        return None
    columns = ", ".join(map(quoted, shape.columns))
    sql = f"SELECT {columns} FROM acp_sessions WHERE {quoted(shape.key)} = ?"
    for row in run(sql, (key,)):
        sql = "SELECT count(*), max(id) FROM acp_messages WHERE session_id = ?"
        rows, last_id = run(sql, (link_of(shape, StoredSession(row)),))[0]
        return StoredSession(row, rows, last_id or 0)
    return None


def link_of(shape: Shape, stored: StoredSession) -> object:
    """What the messages of a session name it by."""
    value = stored.row[shape.columns.index(shape.link)]
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _check(row: MessageRow, tools: list[ToolRow]) -> str:
    return f"{zlib.crc32(repr((row, tools)).encode('utf-8', 'replace')):x}"
