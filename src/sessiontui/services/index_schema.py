"""The tables of the search index, and what is common to everything that reads or writes them.

The index is a cache: another layout gets another file name, nothing is ever migrated.

Ids of indexed text are `slot << SLOT_BITS | place`. A slot belongs to one session and one tier, so
that the session of a hit follows from its id alone, hits are grouped without looking at any other
table, and one session is searched by a range of ids. Slots are numbered as they are made, oldest
sessions first in a cold build.
"""

from __future__ import annotations

import secrets
import sqlite3
from enum import IntFlag

from sessiontui.domain.message import Role
from sessiontui.domain.search import IndexTier

APPLICATION_ID = 0x53546978
SCHEMA_VERSION = 4


def file_name(version: int) -> str:
    """The name of the index's file; another layout gets another name, nothing is migrated."""
    return f"index-v{version}.db"


FILE_NAME = file_name(SCHEMA_VERSION)

SLOT_BITS = 12
SLOT_SIZE = 1 << SLOT_BITS

TOKENIZER = "unicode61 remove_diacritics 2"
_WORD_SETTINGS = (("hashsize", 8 << 20), ("crisismerge", 1_000))
"""Bytes of words gathered before they are written, and no merging of all parts at once, which
would stop everything for seconds. They are merged beside writing, bit by bit, and when there is
time (`purge_step`)."""
_USUAL_MERGING = 4
"""FTS5's own default: so many parts of a size are merged beside writing."""


TEXT_TIERS = (IndexTier.TEXT, IndexTier.TOOLS)


class TierTables:
    """The names of one tier's tables: its items, their words, their CJK pairs."""

    def __init__(self, name: str) -> None:
        self.items = f"{name}_item"
        self.words = f"{name}_words"
        self.pairs = f"{name}_pairs"
        self.vocabulary = f"{name}_vocabulary"


TABLES = {IndexTier.TEXT: TierTables("text"), IndexTier.TOOLS: TierTables("tools")}
TITLES = TierTables("title")


class Has(IntFlag):
    """What a session's messages hold."""

    TOOLS = 1
    MEDIA = 2
    ERROR = 4


class Pending(IntFlag):
    """The tiers that are not up to date for a session."""

    TEXT = 1
    TOOLS = 2


PENDING_BITS = {IndexTier.TEXT: Pending.TEXT, IndexTier.TOOLS: Pending.TOOLS}

ROLE_CODES = {role.value: number for number, role in enumerate(Role)}
ROLE_NAMES = {number: role for role, number in ROLE_CODES.items()}

SESSION_COLUMNS: dict[str, type] = {
    "id": int,
    "store": str,
    "key": str,
    "format": str,
    "title": str,
    "title_source": str,
    "state": str,
    "turn_open": int,
    "turn_started_at": float,
    "last_activity": float,
    "moved_at": float,
    "created_at": float,
    "message_count": int,
    "size_bytes": int,
    "agent": str,
    "channel": str,
    "workspace": str,
    "model": str,
    "problem": str,
    "repo": str,
    "branch": str,
    "native_id": str,
    "parent": str,
    "driver": str,
    "title_folded": str,
    "title_order": str,
    "agent_folded": str,
    "channel_folded": str,
    "workspace_folded": str,
    "repo_folded": str,
    "native_id_folded": str,
    "details": str,
    "roles": int,
    "has": int,
    "fingerprint": str,
    "pending": int,
    "text_cursor": str,
    "tools_cursor": str,
    "changed": int,
}
"""Times are seconds since the epoch, `changed` is the index's generation at the last change.

`..._folded` are for comparing without case, `title_order` for sorting. `roles` and `has` are bit
sets over the messages; `details` is JSON of what nothing is asked for by. `parent` is what the
session's store says, `driver` what the others say (`index_drivers`); both are references as text.
"""


_PAGE_BYTES = 8_192
"""Measured: a fifth less to write in a cold build than with half of that."""
_TYPES = {int: "INTEGER", str: "TEXT", float: "REAL"}
_NEVER_MISSING = ("store", "key", "format", "state")
_INDEXES = (
    "CREATE INDEX slot_session ON slot(session, tier)",
    "CREATE UNIQUE INDEX session_ref ON session(store, key)",
    "CREATE INDEX session_key ON session(key)",
    "CREATE INDEX session_changed ON session(changed)",
    "CREATE INDEX session_activity ON session(last_activity DESC, store, key)",
    "CREATE INDEX session_driving ON session(native_id) WHERE native_id != key",
    # These two are nearly always almost empty.
    "CREATE INDEX session_pending ON session(store, last_activity) WHERE pending != 0",
    "CREATE INDEX session_titled ON session(store) WHERE title_source = 'local'",
)


def create_schema(connection: sqlite3.Connection) -> None:
    """Make all tables in an empty database; its version is written last."""
    execute = connection.execute
    execute(f"PRAGMA page_size = {_PAGE_BYTES}")
    execute("BEGIN")
    execute("CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER)")
    counters = dict.fromkeys(("generation", "session", "slot", "purge"), 0)
    # Tells one index from the next one in its place.
    counters["birth"] = secrets.randbits(62)
    connection.executemany("INSERT INTO meta(name, value) VALUES (?, ?)", counters.items())
    execute("CREATE TABLE store(id TEXT PRIMARY KEY, stamp TEXT, problem TEXT)")
    execute(f"CREATE TABLE session({', '.join(map(_column, SESSION_COLUMNS))})")
    execute("CREATE TABLE slot(id INTEGER PRIMARY KEY, session INTEGER NOT NULL, tier INTEGER)")
    for statement in _INDEXES:
        execute(statement)
    for tables in TABLES.values():
        body = ", body BLOB" if tables is TABLES[IndexTier.TOOLS] else ""
        execute(
            f"CREATE TABLE {tables.items}"
            f"(id INTEGER PRIMARY KEY, place INTEGER, role INTEGER, at REAL{body})"
        )
    _create_word_tables(connection)
    execute(f"PRAGMA application_id = {APPLICATION_ID}")
    execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    execute("COMMIT")


def _column(name: str) -> str:
    if name == "id":
        return "id INTEGER PRIMARY KEY"
    return f"{name} {_TYPES[SESSION_COLUMNS[name]]}" + " NOT NULL" * (name in _NEVER_MISSING)


def _create_word_tables(connection: sqlite3.Connection) -> None:
    # Text is kept where its words are: deleting it needs nothing else. Ranking is our own and needs
    # no sizes of columns. Tool output is kept compressed beside its words, pairs not at all: they
    # follow from the text.
    for tables, content in (
        (TITLES, ""),
        (TABLES[IndexTier.TEXT], ""),
        (TABLES[IndexTier.TOOLS], "content='', "),
    ):
        connection.execute(
            f"CREATE VIRTUAL TABLE {tables.words} USING "
            f"fts5(text, parts, {content}columnsize=0, tokenize='{TOKENIZER}')"
        )
        connection.execute(
            f"CREATE VIRTUAL TABLE {tables.pairs} USING "
            f"fts5(pairs, content='', columnsize=0, tokenize='{TOKENIZER}')"
        )
        for table in (tables.words, tables.pairs):
            for setting, value in _WORD_SETTINGS:
                connection.execute(
                    f"INSERT INTO {table}({table}, rank) VALUES (?, ?)", (setting, value)
                )
        connection.execute(
            f"CREATE VIRTUAL TABLE {tables.vocabulary} USING fts5vocab({tables.words}, 'row')"
        )


def merge_beside_writing(connection: sqlite3.Connection, *, merge: bool) -> None:
    """Whether parts of the word tables are merged beside writing, which is for the later reader.

    Leaving it to another time saves a third of a cold build.
    """
    for tables in TABLES.values():
        for table in (tables.words, tables.pairs):
            connection.execute(
                f"INSERT INTO {table}({table}, rank) VALUES ('automerge', ?)",
                (_USUAL_MERGING if merge else 0,),
            )


def is_current(connection: sqlite3.Connection) -> bool:
    """Whether a database holds a complete index of this layout."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return (application, version) == (APPLICATION_ID, SCHEMA_VERSION)


def counter(connection: sqlite3.Connection, name: str) -> int:
    """A number from the table of counters."""
    (value,) = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return int(value)


def set_counter(connection: sqlite3.Connection, name: str, value: int) -> None:
    """Put a number into the table of counters."""
    connection.execute("UPDATE meta SET value = ? WHERE name = ?", (value, name))


class Numbering:
    """Numbers for new sessions and slots within one write transaction; `write` them at its end."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._last: dict[str, int] = {}

    def next(self, name: str) -> int:
        """The next number that a counter gives."""
        last = self._last.get(name)
        number = (counter(self._connection, name) if last is None else last) + 1
        self._last[name] = number
        return number

    def write(self) -> None:
        """Put the last numbers given into the table of counters."""
        for name, number in self._last.items():
            set_counter(self._connection, name, number)
        self._last.clear()
