"""Neighbours of misspelled words, taken from the words that are in the index.

A neighbour is one mistake away, wherever it was made, or, of longer words, two mistakes behind a
beginning that is right. All words with that beginning are looked through, and each spelling with
one mistake before its end is looked up: that is a few hundred words of very many.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sessiontui.domain.cjk import has_cjk
from sessiontui.domain.query import Query, Term
from sessiontui.domain.search import IndexTier
from sessiontui.services.index_filters import Sql
from sessiontui.services.index_pieces import words_in
from sessiontui.services.index_reader import IndexReader
from sessiontui.services.index_schema import TABLES, TITLES, TierTables
from sessiontui.services.index_volumes import occurrences

_SHORTEST = 4
"""Shorter words have neighbours everywhere."""
_TWO_MISTAKES_FROM = 6
_BEGINNING = 4
"""So many first letters are taken as right, when words with them are looked through."""
_MOST_OCCURRENCES = 100_000
"""Words that occur more often in all take too long to look through; a longer beginning is taken."""
_MOST_TEXTS = 10_000
"""How often a word stands in texts does not matter beyond this."""
_LOOKED_UP = 64
_FIRST_SIGN = "0"
_LAST_SIGN = "\U0010ffff"
_ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў",
    "αβγδεζηθικλμνξοπρσςτυφχψω",
)


class _Neighbour(NamedTuple):
    """Ordered so that the least is the best."""

    distance: int
    minus_texts: int
    word: str


class Corrector:
    """Finds the query that was probably meant, for one that finds nothing."""

    def __init__(self, reader: IndexReader, query: Query) -> None:
        self._reader = reader
        self._query = query
        self._texts = [TABLES[IndexTier.TEXT]]
        if query.in_tools:
            self._texts.append(TABLES[IndexTier.TOOLS])

    def corrected(self) -> Query | None:
        """The same query with every unknown word replaced by its nearest; None without any."""
        terms = tuple(tuple(map(self._term, group)) for group in self._query.terms)
        if terms == self._query.terms:
            return None
        return self._query.replace(terms=terms)

    def _term(self, term: Term) -> Term:
        if has_cjk(term.text):
            return term
        words = words_in(term.text)
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
        tables = [TITLES, *self._texts]
        if prefix and any(occurrences(self._reader, held.words, word) for held in tables):
            return True
        phrase = f'"{word}"*' if prefix else f'"{word}"'
        return any(self._reader.count(_matching(held, phrase), 1) for held in tables)

    def _nearest(self, word: str) -> str | None:
        if len(word) < _SHORTEST or any(map(str.isdigit, word)):
            return None
        most = 2 if len(word) >= _TWO_MISTAKES_FROM else 1
        for tables in (self._texts, [TITLES]):
            beginning = self._beginning(word, tables)
            found = min(
                (
                    *self._among_words(word, most, beginning, tables),
                    *self._among_spellings(word, len(beginning), tables),
                ),
                default=None,
            )
            if found is not None:
                return found.word
        return None

    def _beginning(self, word: str, tables: Sequence[TierTables]) -> str:
        """The shortest beginning whose words can be looked through; the word where none can."""
        for length in range(min(_BEGINNING, len(word) - 1), len(word)):
            occurring = sum(occurrences(self._reader, held.words, word[:length]) for held in tables)
            if occurring <= _MOST_OCCURRENCES:
                return word[:length]
        return word

    def _among_words(
        self, word: str, most: int, beginning: str, tables: Sequence[TierTables]
    ) -> Iterator[_Neighbour]:
        """Neighbours among the words that go on after the beginning."""
        letters = set(word)
        lengths = (len(word) - most, len(word) + most)
        for held in tables:
            longer = Sql(
                f"SELECT term, doc FROM {held.vocabulary} "
                "WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ?",
                (beginning + _FIRST_SIGN, beginning + _LAST_SIGN, *lengths),
            )
            for candidate, texts in self._reader.rows(longer):
                if len(letters.difference(candidate)) <= most:
                    distance = edit_distance(word, candidate, most)
                    if distance <= most:
                        yield _Neighbour(distance, -min(texts, _MOST_TEXTS), candidate)

    def _among_spellings(
        self, word: str, right_from: int, tables: Sequence[TierTables]
    ) -> Iterator[_Neighbour]:
        """Neighbours with a mistake before this place, and the beginning itself."""
        spellings = [*dict.fromkeys(_spellings(word, right_from))]
        for held in tables:
            for start in range(0, len(spellings), _LOOKED_UP):
                lot = [f'"{spelling}"' for spelling in spellings[start : start + _LOOKED_UP]]
                known = Sql(
                    "SELECT spelled.value FROM json_each(?) AS spelled WHERE EXISTS "
                    f"(SELECT 1 FROM {held.words} WHERE {held.words} MATCH spelled.value)",
                    (json.dumps(lot),),
                )
                for (phrase,) in self._reader.rows(known):
                    texts = self._reader.count(_matching(held, phrase), _MOST_TEXTS)
                    spelling = phrase.strip('"')
                    distance = edit_distance(word, spelling, 1)
                    if distance == 1:
                        yield _Neighbour(distance, -texts, spelling)


def _matching(tables: TierTables, phrase: str) -> Sql:
    return Sql(f"SELECT rowid FROM {tables.words} WHERE {tables.words} MATCH ?", (phrase,))


def _spellings(word: str, before: int) -> Iterator[str]:
    """What a word may have been before a mistake in its first letters."""
    alphabet = _alphabet_of(word)
    if before + 1 == len(word):
        yield word[:before]
    for place in range(min(before + 1, len(word))):
        start, rest = word[:place], word[place:]
        yield start + rest[1:]
        if len(rest) > 1:
            yield start + rest[1] + rest[0] + rest[2:]
        for letter in alphabet:
            yield start + letter + rest
            yield start + letter + rest[1:]


def _alphabet_of(word: str) -> Iterable[str]:
    for alphabet in _ALPHABETS:
        if any(letter in alphabet for letter in word):
            return alphabet
    return sorted(set(word))


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
