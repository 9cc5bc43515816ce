"""Reads one state of the index for one search."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sessiontui.domain.search import IndexTier
from sessiontui.services.index_conditions import Span
from sessiontui.services.index_connection import error_code
from sessiontui.services.index_database import SearchTicket
from sessiontui.services.index_filters import Sql
from sessiontui.services.index_patience import OutOfTime, Patience
from sessiontui.services.index_schema import SLOT_BITS, TABLES
from sessiontui.services.index_slots import SlotOwners, runs_of

Slot = tuple[IndexTier, int]

_STEPS = 20_000
"""So many steps of SQLite's machine are made between two looks at the clock: about a millisecond,
since looking needs the interpreter, for which another thread may have to be waited."""
_ONE_RUN = 300
"""Asking for the hits of a run of slots costs as much as reading so many of them."""
_SLOTS_LOOKED_AT = 5
_MANY_PHRASES = 5
_DEARER = 4
"""Of so many phrases, some are neither rare nor common: each of those is found by reading on from
its beginning, which is so many times as dear."""


class IndexReader:
    """Asks a connection; every question raises `SearchInterrupted` when the search was ended."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        ticket: SearchTicket,
        owners: SlotOwners,
        patience: Patience,
    ) -> None:
        self.connection = connection
        self.ticket = ticket
        self.patience = patience
        self._slot_owners = owners
        self._owners: Sequence[int] = ()
        self._hurried = False
        self._near = 1

    def prepare(self) -> None:
        """Read what searches share, before the first of them is in a hurry."""
        self._owners = self._slot_owners.of(self.connection)
        self._near = max(1, int(_ONE_RUN / self._texts_in_a_slot()))

    def _texts_in_a_slot(self) -> float:
        """About how many texts the newest slots hold."""
        counted = (
            f"SELECT count(*) FROM (SELECT 1 FROM {TABLES[IndexTier.TEXT].items} WHERE id BETWEEN "
            f"slot.id << {SLOT_BITS} AND (slot.id + 1 << {SLOT_BITS}) - 1 LIMIT {_ONE_RUN})"
        )
        newest = f"SELECT id FROM slot WHERE tier = {IndexTier.TEXT:d} ORDER BY id DESC LIMIT ?"
        mean = f"SELECT avg(({counted})) FROM ({newest}) AS slot"
        ((number,),) = self.rows(Sql(mean, (_SLOTS_LOOKED_AT,)))
        return max(1.0, float(number or 0))

    @contextmanager
    def hurrying(self, share: float = 1.0) -> Iterator[None]:
        """Raise `OutOfTime` from questions asked now once this share of the time is over."""
        connection, patience = self.connection, self.patience
        if not patience.ends:
            yield
            return
        connection.set_progress_handler(lambda: patience.is_over(share), _STEPS)
        self._hurried = True
        try:
            yield
        finally:
            self._hurried = False
            connection.set_progress_handler(None, 0)

    def rows(self, sql: Sql) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, to be used one by one: a list of very many costs more to keep."""
        self.ticket.check()
        try:
            yield from self.connection.execute(sql.text, sql.values)
        except sqlite3.OperationalError as error:
            if error_code(error) == sqlite3.SQLITE_INTERRUPT:
                self.ticket.check()
                if self._hurried:
                    raise OutOfTime from error
            raise

    def number(self, sql: Sql) -> int:
        """The one number that a query gives."""
        (number,) = next(self.rows(sql))
        return int(number)

    def ids(self, sql: Sql) -> list[int]:
        """The ids that a search gives, read as one text: a row for each takes four times as long,
        and waits for the interpreter each time."""
        (gathered,) = next(
            self.rows(Sql(f"SELECT json_group_array(id) FROM ({sql.text})", sql.values))
        )
        found: list[int] = json.loads(gathered)
        return found

    def count(self, ids: Sql, most: int) -> int:
        """How many rows a search gives; counting ends at `most`."""
        limited = f"SELECT count(*) FROM (SELECT 1 FROM ({ids.text}) LIMIT ?)"
        return self.number(Sql(limited, (*ids.values, most)))

    # -- sessions --------------------------------------------------------------------------

    def by_session(self, searches: Iterable[Sql]) -> Counter[int]:
        """For each session with texts among the ids that searches give: how many."""
        found: Counter[int] = Counter()
        for ids in searches:
            self.ticket.check()
            found.update(self._sessions_of(self.ids(ids)))
        return found

    def runs(self, slots: Collection[int], width: int) -> Iterator[Span]:
        """The ids of slots in as few spans as it is worth, newest first.

        What lies between near slots is read and dropped, which costs less than asking anew; the
        more phrases are looked for (`width`), the dearer is asking.
        """
        return runs_of(slots, self._near * (1 if width < _MANY_PHRASES else _DEARER * width))

    def by_session_in(
        self, slots: Collection[int], ids_in: Callable[[Span], Sql], width: int
    ) -> Counter[int]:
        """The same, in some slots. `ids_in` gives the search within a span of ids.

        In slots that lie between these, others are counted too.
        """
        found: Counter[int] = Counter()
        for run in self.runs(slots, width):
            if self._hurried:
                self.patience.check()
            found.update(self._sessions_of(self.ids(ids_in(run))))
        return found

    def _sessions_of(self, texts: Iterable[int]) -> list[int]:
        owners = self._owners
        return [owners[text >> SLOT_BITS] for text in texts]

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
