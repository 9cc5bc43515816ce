"""How the search index is: size, contents, and how much of the stores is still to be read."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from sessiontui.domain.index_status import IndexStatus, TierStatus
from sessiontui.domain.search import IndexTier
from sessiontui.services.index_schema import TABLES, TierTables
from sessiontui.services.index_sync import IndexLimits
from sessiontui.services.search_index import SearchIndex


def index_status(
    index: SearchIndex, stores: Sequence[str], limits: IndexLimits, *, sizes: bool
) -> IndexStatus:
    """The state of the index; sessions are counted for these stores, texts and sizes for all.

    The `sizes` of its parts take a walk through the whole file.
    """
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
                _size(connection, tables) if sizes else None,
                is_off=tier is IndexTier.TOOLS and not limits.tool_output,
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
        limit_bytes=limits.most_bytes,
        problem=index.problem,
    )


def _count(connection: sqlite3.Connection, tables: TierTables) -> int:
    (count,) = connection.execute(f"SELECT count(*) FROM {tables.items}").fetchone()
    return int(count)


def _size(connection: sqlite3.Connection, tables: TierTables) -> int | None:
    """The bytes of a tier's tables; None where this SQLite cannot tell."""
    from sqlite_utils import Database  # noqa: PLC0415  30 ms that only this question has to pay

    try:
        (found,) = Database(connection, execute_plugins=False).query(
            "SELECT coalesce(sum(pgsize), 0) AS size FROM dbstat('main', 1) "
            "WHERE name = :items OR name GLOB :words OR name GLOB :pairs",
            {"items": tables.items, "words": f"{tables.words}*", "pairs": f"{tables.pairs}*"},
        )
    except sqlite3.OperationalError:
        return None
    return int(found["size"])
