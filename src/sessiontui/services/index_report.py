"""How the search index is: size, contents, and how much of the stores is still to be read."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from sessiontui.domain.index_status import IndexStatus, TierStatus
from sessiontui.domain.search import IndexTier
from sessiontui.services.index_schema import TABLES, TierTables
from sessiontui.services.search_index import SearchIndex


def index_status(index: SearchIndex, stores: Sequence[str]) -> IndexStatus:
    """The state of the index; sessions are counted for these stores, texts and sizes for all."""
    states = [index.store_state(store) for store in stores]
    pending = {
        IndexTier.TEXT: sum(state.pending_text for state in states),
        IndexTier.TOOLS: sum(state.pending_tools for state in states),
    }
    path = index.database.path
    with index.database.reading() as connection:
        text, tools = (
            TierStatus(
                tier.name.lower(),
                _count(connection, tables),
                pending[tier],
                _size(connection, tables),
            )
            for tier, tables in TABLES.items()
        )
        pages, page_size = (
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "page_size")
        )
    return IndexStatus(
        path=path,
        size_bytes=pages * page_size,
        generation=index.generation(),
        sessions=sum(state.sessions for state in states),
        text=text,
        tools=tools,
        problem=index.problem,
    )


def _count(connection: sqlite3.Connection, tables: TierTables) -> int:
    (count,) = connection.execute(f"SELECT count(*) FROM {tables.items}").fetchone()
    return int(count)


def _size(connection: sqlite3.Connection, tables: TierTables) -> int | None:
    """The bytes of a tier's tables; None where this SQLite cannot tell."""
    try:
        (size,) = connection.execute(
            "SELECT coalesce(sum(pgsize), 0) FROM dbstat('main', 1) "
            "WHERE name = ?1 OR name GLOB ?2 OR name GLOB ?3",
            (tables.items, f"{tables.words}*", f"{tables.pairs}*"),
        ).fetchone()
    except sqlite3.OperationalError:
        return None
    return int(size)
