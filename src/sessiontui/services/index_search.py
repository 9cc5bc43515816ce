"""Which sessions a query finds.

A session is found when each condition is met somewhere in it, by its title or one of its messages,
and no excluded word is. What is found quickly comes first: if that is enough, it is the answer.
"""

from __future__ import annotations

from dataclasses import replace

from sessiontui.domain.query import Query, SortKey
from sessiontui.domain.search import IndexTier
from sessiontui.services.index_conditions import Conditions, whole_words
from sessiontui.services.index_filters import Sql, Surroundings
from sessiontui.services.index_pass import Matches, SearchLimits, SearchPass
from sessiontui.services.index_reader import IndexReader
from sessiontui.services.index_schema import TABLES
from sessiontui.services.index_words import SHORTEST_PREFIX


class IndexSearch:
    """One search. `best_first`: what is found will be ranked, and the newest come first."""

    def __init__(
        self,
        reader: IndexReader,
        query: Query,
        around: Surroundings,
        limits: SearchLimits,
        *,
        best_first: bool,
    ) -> None:
        self._reader = reader
        self._query = newest_first(query) if best_first else query
        self._around = around
        self._limits = limits
        self._best_first = best_first
        self._conditions = Conditions(query, 1 if self._is_small() else SHORTEST_PREFIX)

    def _is_small(self) -> bool:
        texts = Sql(f"SELECT id FROM {TABLES[IndexTier.TEXT].items}")
        return not self._reader.more_than(self._limits.small, (texts,))

    def run(self) -> Matches:
        """The sessions that are found, in the order of the query (or newest first)."""
        given = self._conditions
        if given.hopeless:
            return Matches(given, (), complete=True)
        if self._best_first:
            narrower = self._of_whole_words()
            if narrower is not None:
                first = self._pass(narrower)
                found = first.run(newest_only=True)
                if len(found.numbers) >= first.enough:
                    return replace(found, complete=False, fewer=True)
        last = self._pass(given)
        if self._best_first:
            found = last.run(newest_only=True)
            if found.complete or len(found.numbers) >= last.enough:
                return found
        return last.run(newest_only=False)

    def _pass(self, conditions: Conditions) -> SearchPass:
        return SearchPass(
            self._reader,
            conditions,
            self._query,
            self._around,
            self._limits,
            best_first=self._best_first,
        )

    def _of_whole_words(self) -> Conditions | None:
        """The same conditions, with beginnings of words that are common words taken as words.

        Who types `the` gets sessions with that word at once, and those with `there` only when the
        others are not enough. None where there is no such word.
        """
        given = self._conditions
        groups = list(given.groups)
        for place, group in enumerate(groups):
            whole = whole_words(group)
            if given.spreads(group) and not given.spreads(whole):
                texts = (given.texts(tier, whole, any_role=True) for tier in given.tiers)
                if self._reader.more_than(self._limits.hits, texts):
                    groups[place] = whole
        return None if tuple(groups) == given.groups else given.with_groups(tuple(groups))


def newest_first(query: Query) -> Query:
    """The same query in the order in which the best are looked for."""
    return query.model_copy(update={"sort": SortKey.ACTIVITY, "reverse": False})
