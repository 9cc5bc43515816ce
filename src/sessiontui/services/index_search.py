"""Which sessions a query finds.

A session is found when each condition is met somewhere in it, by its title or one of its messages,
and no excluded word is.
"""

from __future__ import annotations

from dataclasses import replace

from sessiontui.domain.query import Query, SortKey
from sessiontui.domain.search import IndexTier
from sessiontui.services.index_candidates import Candidates
from sessiontui.services.index_conditions import Conditions
from sessiontui.services.index_filters import Sql, Surroundings
from sessiontui.services.index_first_look import FirstLook
from sessiontui.services.index_pass import Matches, SearchLimits, WholePass
from sessiontui.services.index_pieces import SHORTEST_PREFIX
from sessiontui.services.index_reader import IndexReader
from sessiontui.services.index_schema import TABLES


class IndexSearch:
    """One search. `best_first`: what is found will be ranked, and the newest come first.

    Without `whole` only the first rows are wanted, where the whole answer would take too long.
    """

    def __init__(
        self,
        reader: IndexReader,
        query: Query,
        around: Surroundings,
        limits: SearchLimits,
        *,
        best_first: bool,
        whole: bool,
    ) -> None:
        self._reader = reader
        self._query = newest_first(query) if best_first else query
        self._around = around
        self._limits = limits
        is_small = self._is_small()
        self.whole = whole or is_small
        self._conditions = Conditions(query, 1 if is_small else SHORTEST_PREFIX)

    def _is_small(self) -> bool:
        beyond = Sql(
            f"SELECT EXISTS (SELECT 1 FROM {TABLES[IndexTier.TEXT].items} LIMIT 1 OFFSET ?)",
            (self._limits.small,),
        )
        return not self._reader.number(beyond)

    def run(self) -> Matches:
        """The sessions that are found, in the order of the query (or newest first)."""
        given = self._conditions
        if given.hopeless:
            return Matches(given, (), complete=True)
        self._reader.prepare()
        wanted = Candidates(self._reader, self._query, self._around)
        if self.whole:
            return WholePass(self._reader, given, wanted).run()
        # Another order would have to be made of all sessions before there is a first one.
        is_ordered = self._query.sort is SortKey.ACTIVITY
        walked = self._query if is_ordered else newest_first(self._query)
        rows = self._limits.rows if self._query.limit is None else self._query.limit
        look = FirstLook(
            self._reader,
            given,
            Candidates(self._reader, walked, self._around),
            self._limits,
            min(rows, self._limits.rows),
        )
        found = look.run()
        return replace(found, numbers=list(wanted.ordered(found.numbers)))


def newest_first(query: Query) -> Query:
    """The same query in the order in which the best are looked for."""
    return query.replace(sort=SortKey.ACTIVITY, reverse=False)
