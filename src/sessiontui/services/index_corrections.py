"""Neighbours of misspelled words, taken from the words that are in the index."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from sessiontui.domain.query import Query, Term
from sessiontui.domain.search import IndexTier
from sessiontui.services.index_database import SearchTicket
from sessiontui.services.index_schema import TABLES, TITLES
from sessiontui.services.index_snippets import folded_words
from sessiontui.services.index_words import has_cjk

_SHORTEST = 4
"""Shorter words have neighbours everywhere."""
_TWO_MISTAKES_FROM = 6
_MOST_OTHER_WORDS = 8_000
"""Words with another first letter that are looked at, when none with the same one is near."""
_LAST = "\U0010ffff"


class _Neighbour(NamedTuple):
    """Ordered so that the least is the best."""

    distance: int
    minus_texts: int
    word: str


class Corrector:
    """Finds the query that was probably meant, for one that finds nothing."""

    def __init__(self, connection: sqlite3.Connection, query: Query, ticket: SearchTicket) -> None:
        self._connection = connection
        self._query = query
        self._ticket = ticket
        tables = [TITLES, TABLES[IndexTier.TEXT]]
        if query.in_tools:
            tables.append(TABLES[IndexTier.TOOLS])
        self._vocabularies = [held.vocabulary for held in tables]

    def corrected(self) -> Query | None:
        """The same query with every unknown word replaced by its nearest; None without any."""
        terms = tuple(tuple(map(self._term, group)) for group in self._query.terms)
        if terms == self._query.terms:
            return None
        return self._query.model_copy(update={"terms": terms})

    def _term(self, term: Term) -> Term:
        if has_cjk(term.text):
            return term
        words = folded_words(term.text)
        replaced = [
            word
            if self._is_known(word, prefix=term.prefix and place == len(words))
            else self._nearest(word) or word
            for place, word in enumerate(words, 1)
        ]
        if replaced == words:
            return term
        # What was typed may have been unfinished; what is answered instead is not.
        return Term(" ".join(replaced), term.phrase or len(words) > 1, False)

    def _is_known(self, word: str, *, prefix: bool) -> bool:
        end = word + _LAST if prefix else word
        return any(
            self._connection.execute(
                f"SELECT 1 FROM {table} WHERE term >= ? AND term <= ? LIMIT 1", (word, end)
            ).fetchone()
            for table in self._vocabularies
        )

    def _nearest(self, word: str) -> str | None:
        if len(word) < _SHORTEST or any(map(str.isdigit, word)):
            return None
        most = 2 if len(word) >= _TWO_MISTAKES_FROM else 1
        first = word[0]
        found = self._near(word, most, self._words(word, most, first, first + _LAST))
        if found is None:
            others = self._words(word, most, "", first)
            found = self._near(word, most, _at_most(others, _MOST_OTHER_WORDS // 2))
            after = self._words(word, most, first + _LAST, _LAST)
            later = self._near(word, most, _at_most(after, _MOST_OTHER_WORDS // 2))
            found = min((near for near in (found, later) if near is not None), default=None)
        return None if found is None else found.word

    def _near(
        self, word: str, most: int, candidates: Iterator[tuple[str, int]]
    ) -> _Neighbour | None:
        letters = set(word)
        best: _Neighbour | None = None
        for candidate, texts in candidates:
            if len(letters.difference(candidate)) > most:
                continue
            limit = most if best is None else best.distance
            distance = edit_distance(word, candidate, limit)
            if distance > limit:
                continue
            neighbour = _Neighbour(distance, -texts, candidate)
            if best is None or neighbour < best:
                best = neighbour
        return best

    def _words(self, word: str, most: int, start: str, end: str) -> Iterator[tuple[str, int]]:
        for table in self._vocabularies:
            self._ticket.check()
            yield from self._connection.execute(
                f"SELECT term, doc FROM {table} "
                "WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ?",
                (start, end, len(word) - most, len(word) + most),
            )


def _at_most(words: Iterator[tuple[str, int]], most: int) -> Iterator[tuple[str, int]]:
    for _, word in zip(range(most), words, strict=False):
        yield word


def edit_distance(left: str, right: str, limit: int) -> int:
    """Letters added, dropped, replaced or swapped with their neighbour; over `limit`: any more."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]


def words_of(query: Query) -> str:
    """The words of a query as they are typed; its filters are not among them."""
    conditions = [" OR ".join(map(_typed, group)) for group in query.terms]
    return " ".join([*conditions, *(f"-{_typed(term)}" for term in query.excluded)])


def _typed(term: Term) -> str:
    quoted = term.phrase or any(map(str.isspace, term.text))
    return f'"{term.text}"' if quoted else term.text
