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

FILE_NAME = "index-v1.db"
APPLICATION_ID = 0x53546978
SCHEMA_VERSION = 1

SLOT_BITS = 12
SLOT_SIZE = 1 << SLOT_BITS

TOKENIZER = "unicode61 remove_diacritics 2"


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
sets over the messages; `details` is JSON of what nothing is asked for by.
"""


def create_schema(connection: sqlite3.Connection) -> None:
    """Make all tables in an empty database; its version is written last."""
    import sqlite_utils  # noqa: PLC0415  64 ms that only a new index has to pay

    database = sqlite_utils.Database(connection, execute_plugins=False)
    with database.atomic():
        database.table("meta").create({"name": str, "value": int}, pk="name")
        database.table("meta").insert_all(
            {"name": name, "value": 0} for name in ("generation", "session", "slot", "purge")
        )
        # Tells one index from the next one in its place.
        database.table("meta").insert({"name": "birth", "value": secrets.randbits(62)})
        database.table("store").create({"id": str, "stamp": str, "problem": str}, pk="id")
        _create_sessions(database.table("session"))
        slots = database.table("slot")
        slots.create({"id": int, "session": int, "tier": int}, pk="id", not_null={"session"})
        slots.create_index(["session", "tier"])
        # Partial indexes have no other spelling; these two are nearly always almost empty.
        database.execute(
            "CREATE INDEX session_pending ON session(store, last_activity) WHERE pending != 0"
        )
        database.execute(
            "CREATE INDEX session_titled ON session(store) WHERE title_source = 'local'"
        )
        for tables in TABLES.values():
            columns: dict[str, type] = {"id": int, "place": int, "role": int, "at": float}
            if tables is TABLES[IndexTier.TOOLS]:
                columns["body"] = bytes
            database.table(tables.items).create(columns, pk="id")
        _create_word_tables(connection)
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _create_sessions(sessions: sqlite_utils.db.Table) -> None:  # type: ignore[name-defined]  # noqa: F821
    from sqlite_utils.db import DescIndex  # noqa: PLC0415

    sessions.create(SESSION_COLUMNS, pk="id", not_null={"store", "key", "format", "state"})
    sessions.create_index(["store", "key"], unique=True)
    sessions.create_index(["key"])
    sessions.create_index(["changed"])
    sessions.create_index([DescIndex("last_activity"), "store", "key"])


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
        connection.execute(
            f"CREATE VIRTUAL TABLE {tables.vocabulary} USING fts5vocab({tables.words}, 'row')"
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
