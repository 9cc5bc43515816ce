"""The sessions that pass the filters of a query, in the order in which they are wanted."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator

from sessiontui.domain.query import Query, Term
from sessiontui.services.index_conditions import Conditions
from sessiontui.services.index_filters import (
    Sql,
    Surroundings,
    session_condition,
    session_order,
    titles_asked_for,
)
from sessiontui.services.index_reader import IndexReader
from sessiontui.services.index_volumes import Volumes

_FEW = 1_000
"""Up to so many sessions are looked up one by one."""


class Candidates:
    """Reads sessions as they are used."""

    def __init__(self, reader: IndexReader, query: Query, around: Surroundings) -> None:
        self._reader = reader
        self._query = query
        self._held = session_condition(query, around)
        self._order = session_order(query.sort, reverse=query.reverse)

    def ordered(
        self, among: Collection[int] | None = None, removed: Collection[int] = ()
    ) -> Iterator[int]:
        """All that pass, or those of them that are `among` these; without the removed ones."""
        held = self._held
        few = among is not None and len(among) <= _FEW
        if few:
            held = Sql(
                f"{held.text} AND id IN (SELECT value FROM json_each(?))",
                (*held.values, json.dumps(sorted(among or ()))),
            )
        select = f"SELECT id FROM session WHERE {held.text} ORDER BY {self._order}"
        for (number,) in self._reader.rows(Sql(select, held.values)):
            if number not in removed and (few or among is None or number in among):
                yield number

    def likely(self, most: int) -> set[int] | None:
        """Some of those that pass, where filters ask for parts of titles; None where none does.

        Told by the words of titles: to look for parts of words, all titles have to be read. Where
        very many titles have such words, there is no need to be told.
        """
        found: set[int] | None = None
        for values in titles_asked_for(self._query):
            wanted = Query(terms=(tuple(Term(value, prefix=True) for value in values),))
            conditions = Conditions(wanted)
            if not conditions.groups:
                continue
            (group,) = conditions.groups
            if Volumes(self._reader, conditions, most + 1).titles(group) > most:
                continue
            titled = set(self._reader.ids(conditions.titles(group)))
            found = titled if found is None else found & titled
        return found
