"""Answers queries from one state of the index: rows of the list, hits of a search."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

from sessiontui.domain.query import Query, SortKey
from sessiontui.domain.query_text import query_text
from sessiontui.domain.search import HitPage
from sessiontui.domain.session import RowPage, SessionRow
from sessiontui.domain.value import PlainValue
from sessiontui.services.index_asked import Asked
from sessiontui.services.index_candidates import Candidates
from sessiontui.services.index_corrections import Corrector
from sessiontui.services.index_database import SearchTicket
from sessiontui.services.index_filters import Sql, session_condition
from sessiontui.services.index_pass import Matches, SearchLimits
from sessiontui.services.index_patience import Clock, OutOfTime, Patience
from sessiontui.services.index_reader import IndexReader
from sessiontui.services.index_results import Results
from sessiontui.services.index_row_cache import RowCache
from sessiontui.services.index_search import IndexSearch
from sessiontui.services.index_slots import SlotOwners

_CORRECTING = 1.5
_CORRECTED = 0.6
"""The shares of the time for looking for other words, and then for what is found with them."""


class _Found(PlainValue):
    """What was found for a query, by which reader; `corrected` where it was for another query."""

    reader: IndexReader
    matches: Matches
    is_whole: bool
    corrected: str | None = None


class IndexAnswers:
    """Keeps what one answer can take over from the one before. Safe to use from several threads."""

    def __init__(self, limits: SearchLimits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._rows = RowCache()
        self._owners = SlotOwners()

    def rows(
        self,
        connection: sqlite3.Connection,
        ticket: SearchTicket,
        asked: Asked,
        *,
        whole: bool,
    ) -> RowPage:
        """The rows of a query; only the first ones, if not the whole answer is wanted."""
        query = asked.query
        # What follows the first rows is known only when all are.
        whole = whole or query.offset > 0
        if not query.searches_text:
            return self._listed(connection, ticket, asked, whole=whole)
        best_first = query.sort is SortKey.RELEVANCE
        found = self._found(connection, ticket, asked, best_first=best_first, whole=whole)
        limit = query.limit
        if not found.is_whole:
            limit = self._limits.rows if limit is None else min(limit, self._limits.rows)
        page = self._results(found, asked, shown=1).row_page(query.sort, query.offset, limit)
        complete = found.is_whole or (
            found.matches.complete and len(page.rows) == _shown_of(found.matches, query.limit)
        )
        return page.replace(corrected=found.corrected, complete=complete)

    def hits(
        self,
        connection: sqlite3.Connection,
        ticket: SearchTicket,
        asked: Asked,
        hits_per_session: int,
    ) -> HitPage:
        """Sessions with their best hits, best first whatever the query's order."""
        found = self._found(connection, ticket, asked, best_first=True, whole=True)
        results = self._results(found, asked, shown=max(1, hits_per_session))
        page = results.hit_page(asked.query.offset, asked.query.limit)
        return page.replace(corrected=found.corrected)

    def _reader(
        self,
        connection: sqlite3.Connection,
        ticket: SearchTicket,
        *,
        whole: bool,
        share: float = 1.0,
    ) -> IndexReader:
        """A reader with all time for a whole answer, or a share of that for first rows."""
        patience = Patience(None if whole else share * self._limits.seconds, self._clock)
        return IndexReader(connection, ticket, self._owners, patience)

    def _found(
        self,
        connection: sqlite3.Connection,
        ticket: SearchTicket,
        asked: Asked,
        *,
        best_first: bool,
        whole: bool,
    ) -> _Found:
        """What is found; where that is nothing, what is found with other words."""

        def searched(wanted: Query, share: float) -> _Found:
            reader = self._reader(connection, ticket, whole=whole, share=share)
            search = IndexSearch(
                reader, wanted, asked.around, self._limits, best_first=best_first, whole=whole
            )
            return _Found(reader, search.run(), search.whole)

        query = asked.query
        found = searched(query, 1.0)
        if not query.terms or found.matches.numbers or not found.matches.complete:
            return found
        unknown = found.replace(matches=replace(found.matches, complete=False))
        reader = self._reader(connection, ticket, whole=found.is_whole, share=_CORRECTING)
        try:
            with reader.hurrying():
                meant = Corrector(reader, query).corrected()
        except OutOfTime:
            return unknown
        if meant is None:
            return found
        other = searched(meant, _CORRECTED)
        if other.matches.numbers:
            return other.replace(corrected=query_text(meant))
        return found if other.matches.complete else unknown

    def _results(self, found: _Found, asked: Asked, shown: int) -> Results:
        connection = found.reader.connection

        def rows_of(numbers: Sequence[int]) -> list[SessionRow]:
            return self._rows.rows(connection, numbers, asked.now, asked.threshold)

        return Results(found.reader, found.matches, rows_of, asked.now, shown)

    def _listed(
        self, connection: sqlite3.Connection, ticket: SearchTicket, asked: Asked, *, whole: bool
    ) -> RowPage:
        """The sessions of a query without words."""
        query = asked.query
        if not whole:
            (sessions,) = connection.execute("SELECT count(*) FROM session").fetchone()
            whole = sessions <= self._limits.few
        reader = self._reader(connection, ticket, whole=whole)
        candidates = Candidates(reader, query, asked.around)
        most = query.limit
        if not whole:
            most = self._limits.rows if most is None else min(most, self._limits.rows)
        with reader.hurrying():
            numbers, ended = _up_to(islice(candidates.ordered(), query.offset, None), most)
        if not ended and len(numbers) != most:
            likely = candidates.likely(self._limits.titles) or ()
            numbers = list(islice(candidates.ordered({*numbers, *likely}), most))
        total: int | None = None
        if query.offset == 0 and ended:
            total = len(numbers)
        elif whole:
            held = session_condition(query, asked.around)
            counted = f"SELECT count(*) FROM session WHERE {held.text}"
            total = reader.number(Sql(counted, held.values))
        rows = self._rows.rows(connection, numbers, asked.now, asked.threshold)
        return RowPage(tuple(rows), total, complete=ended or len(rows) == query.limit)


def _up_to(numbers: Iterable[int], most: int | None) -> tuple[list[int], bool]:
    """Numbers as far as there is time, and whether they are all."""
    found: list[int] = []
    try:
        for number in numbers:
            if len(found) == most:
                return found, False
            found.append(number)
    except OutOfTime:
        return found, False
    return found, True


def _shown_of(matches: Matches, limit: int | None) -> int:
    found = len(matches.numbers)
    return found if limit is None else min(found, limit)
