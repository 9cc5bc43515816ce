"""Keeping zeroclaw's own full-text index in step with its rows.

The index is external: triggers tell it what changes. Databases from before v0.7.4 have no trigger
for updates, so their index may hold words that are gone; a delete then leaves it so that every
search for such a word fails with "malformed". So before a change the index is compared with the
rows, and rebuilt in the same transaction if they differ.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from sessiontui.backends.zeroclaw_sqlite.chat_rows import Layout

_INDEX = "sessions_fts"
_WHOLE_CHECK_PAGES = 16_384
"""Up to this many pages (64 MB) the whole index is compared; that takes a fraction of a second."""
_DELETE = f"INSERT INTO {_INDEX}({_INDEX}, rowid, session_key, content) SELECT 'delete',"
_INSERT = f"INSERT INTO {_INDEX}(rowid, session_key, content) SELECT"
_COLUMNS = "id, session_key, content FROM sessions"


def bring_in_step(connection: sqlite3.Connection, layout: Layout, key: str) -> None:
    """Make the index equal to the rows before those of a session are changed."""
    if _INDEX not in layout.names:
        return
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    if "sessions_au" not in layout.names or pages <= _WHOLE_CHECK_PAGES:
        in_step = _equals_all_rows(connection)
    else:
        in_step = _fits_rows_of(connection, key)
    if not in_step:
        connection.execute(f"INSERT INTO {_INDEX}({_INDEX}) VALUES ('rebuild')")


def delete_rows(
    connection: sqlite3.Connection, layout: Layout, condition: str, parameters: Sequence[object]
) -> int:
    """Delete message rows; returns how many went."""
    if _INDEX in layout.names and "sessions_ad" not in layout.names:
        connection.execute(f"{_DELETE} {_COLUMNS} WHERE {condition}", parameters)
    return connection.execute(f"DELETE FROM sessions WHERE {condition}", parameters).rowcount


def update_row(
    connection: sqlite3.Connection, layout: Layout, row_id: int, changes: dict[str, object]
) -> None:
    """Change columns of one message row."""
    by_hand = _INDEX in layout.names and "sessions_au" not in layout.names
    if by_hand:
        connection.execute(f"{_DELETE} {_COLUMNS} WHERE id = ?", (row_id,))
    settings = ", ".join(f"{column} = ?" for column in changes)
    connection.execute(f"UPDATE sessions SET {settings} WHERE id = ?", (*changes.values(), row_id))
    if by_hand:
        note_insert(connection, layout, row_id, trigger="sessions_au")


def note_insert(
    connection: sqlite3.Connection, layout: Layout, row_id: int, trigger: str = "sessions_ai"
) -> None:
    """Tell the index of a row that was put in, where no trigger did."""
    if _INDEX in layout.names and trigger not in layout.names:
        connection.execute(f"{_INSERT} {_COLUMNS} WHERE id = ?", (row_id,))


def _equals_all_rows(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute(f"INSERT INTO {_INDEX}({_INDEX}, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        return False
    return True


def _fits_rows_of(connection: sqlite3.Connection, key: str) -> bool:
    """Whether the index holds as many words of these rows as they have; costs these rows only."""
    connection.execute("DROP TABLE IF EXISTS temp.words_now")
    connection.execute(
        "CREATE VIRTUAL TABLE temp.words_now USING fts5(session_key, content, content='')"
    )
    connection.execute(
        "INSERT INTO temp.words_now(rowid, session_key, content) "
        "SELECT id, session_key, content FROM sessions WHERE session_key = ?",
        (key,),
    )
    missing = connection.execute(
        "SELECT count(*) FROM temp.words_now_docsize AS now "
        f"LEFT JOIN main.{_INDEX}_docsize AS held ON held.id = now.id WHERE held.sz IS NOT now.sz"
    ).fetchone()[0]
    connection.execute("DROP TABLE temp.words_now")
    return bool(missing == 0)
