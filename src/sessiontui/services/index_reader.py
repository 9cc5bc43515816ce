"""Reads one state of the index for one search."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sessiontui.domain.search import IndexTier
from sessiontui.services.index_conditions import Span
from sessiontui.services.index_database import SearchTicket
from sessiontui.services.index_filters import Sql
from sessiontui.services.index_schema import SLOT_BITS, SLOT_SIZE

Slot = tuple[IndexTier, int]


class IndexReader:
    """Asks a connection; every question raises `SearchInterrupted` when the search was ended."""

    def __init__(self, connection: sqlite3.Connection, ticket: SearchTicket) -> None:
        self.connection = connection
        self.ticket = ticket

    def rows(self, sql: Sql) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, to be used one by one: a list of very many costs more to keep."""
        self.ticket.check()
        return self.connection.execute(sql.text, sql.values)

    def number(self, sql: Sql) -> int:
        """The one number that a query gives."""
        (number,) = next(self.rows(sql))
        return int(number)

    def numbers(self, sql: Sql) -> set[int]:
        """The numbers that a query gives, one a row."""
        return {number for (number,) in self.rows(sql)}

    def more_than(self, limit: int, searches: Iterable[Sql]) -> bool:
        """Whether one of the searches gives more than so many rows; never counts further."""
        return any(
            self.number(
                Sql(
                    f"SELECT count(*) FROM (SELECT 1 FROM ({ids.text}) LIMIT ?)",
                    (*ids.values, limit + 1),
                )
            )
            > limit
            for ids in searches
        )

    def by_session(self, searches: Iterable[Sql]) -> dict[int, int]:
        """For each session with texts among the ids that searches give: how many."""
        found: dict[int, int] = {}
        for ids in searches:
            grouped = Sql(
                "SELECT slot.session, sum(hit.number) FROM (SELECT "
                f"id >> {SLOT_BITS} AS slot, count(*) AS number FROM ({ids.text}) GROUP BY 1) "
                "AS hit CROSS JOIN slot ON slot.id = hit.slot GROUP BY 1",
                ids.values,
            )
            if found:
                for session, number in self.rows(grouped):
                    found[session] = found.get(session, 0) + number
            else:
                found = dict(self.rows(grouped))
        return found

    def slots(
        self, sessions: Collection[int], tiers: Collection[IndexTier]
    ) -> dict[int, list[Slot]]:
        """The slots of each session in these tiers, in their order."""
        found: dict[int, list[Slot]] = {session: [] for session in sessions}
        held = Sql(
            "SELECT session, tier, id FROM slot "
            "WHERE session IN (SELECT value FROM json_each(?)) ORDER BY id",
            (json.dumps(list(sessions)),),
        )
        for session, tier, slot in self.rows(held):
            if tier in tiers:
                found[session].append((IndexTier(tier), slot))
        return found


def in_slots(ids: Sql, slots: Sequence[int]) -> Sql:
    """The same search, of the texts in some slots only. It is gone through as a whole."""
    return Sql(
        f"SELECT id FROM ({ids.text}) WHERE id >> {SLOT_BITS} IN (SELECT value FROM json_each(?))",
        (*ids.values, json.dumps(list(slots))),
    )


def span_of(slot: int) -> Span:
    """The ids of a slot."""
    return slot << SLOT_BITS, (slot << SLOT_BITS) + SLOT_SIZE - 1
