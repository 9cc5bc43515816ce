"""Merging the word tables of the index, a bit at a time.

A deleted text goes at once, but its words stay in the tables, marked as deleted, until the parts
they stand in are merged. What was added in bulk stands in many parts, which are merged only when
there is time (idle): that makes searching faster and nothing else.
"""

from __future__ import annotations

import sqlite3
from enum import IntEnum

from sessiontui.services.index_schema import TABLES, TITLES, counter, set_counter

_PURGED_PAGES = 64
"""Pages written by one step."""


class Purge(IntEnum):
    """How far merging is, and how much it matters; the greater matters more."""

    NONE = 0
    GO_ON_IDLE = 1
    WHEN_IDLE = 2
    GO_ON = 3
    BEGIN = 4


def mark_purge(connection: sqlite3.Connection, wanted: Purge) -> None:
    """Have the tables merged, unless something that matters more is noted already."""
    if wanted > counter(connection, "purge"):
        set_counter(connection, "purge", wanted)


def purge_step(connection: sqlite3.Connection, *, idle: bool) -> bool:
    """Merge the parts of the word tables, a bit at a time; False when there is nothing to do."""
    state = Purge(counter(connection, "purge"))
    if state is Purge.NONE or (state in (Purge.WHEN_IDLE, Purge.GO_ON_IDLE) and not idle):
        return False
    begins = state in (Purge.WHEN_IDLE, Purge.BEGIN)
    # A negative number begins anew with all parts, a positive one goes on.
    pages = -_PURGED_PAGES if begins else _PURGED_PAGES
    before = connection.total_changes
    tables = [table for held in (TITLES, *TABLES.values()) for table in (held.words, held.pairs)]
    for table in tables:
        connection.execute(f"INSERT INTO {table}({table}, rank) VALUES ('merge', ?)", (pages,))
    # Each statement counts as a change, and as more when it has merged something.
    more = begins or connection.total_changes - before >= 2 * len(tables)
    urgent = state in (Purge.BEGIN, Purge.GO_ON)
    set_counter(
        connection,
        "purge",
        (Purge.GO_ON if urgent else Purge.GO_ON_IDLE) if more else Purge.NONE,
    )
    return more
