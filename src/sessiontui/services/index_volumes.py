"""How much stands in the index for what is looked for, told before it is read."""

from __future__ import annotations

from collections.abc import Sequence

from sessiontui.services.index_conditions import Conditions, Group
from sessiontui.services.index_filters import Sql
from sessiontui.services.index_pieces import Phrase, Piece, PieceKind
from sessiontui.services.index_reader import IndexReader
from sessiontui.services.index_schema import TABLES, TITLES, TierTables

_TEXTS_ON_A_PAGE = 500
"""The texts of so many occurrences fit on a page, about."""
_MAIN_INDEX = "0"
"""What FTS5 puts before each word of a table's main index."""


class Volumes:
    """Tells with about how many texts a condition has to do; counting ends at `most`."""

    def __init__(
        self, reader: IndexReader, conditions: Conditions, most: int, most_titles: int | None = None
    ) -> None:
        self._reader = reader
        self._conditions = conditions
        self._most = most
        self._most_titles = most if most_titles is None else most_titles
        self._known: dict[tuple[str, str], int] = {}

    def texts(self, group: Group) -> int:
        """Texts that have to be gone through to find those that meet a condition."""
        return sum(
            self._of_pieces(TABLES[tier], self._conditions.pieces(term))
            for tier in self._conditions.tiers
            for term in group
        )

    def is_common(self, group: Group) -> bool:
        """Whether so many texts have to be gone through that they were not counted."""
        return self.texts(group) >= self._most

    def titles(self, group: Group) -> int:
        """The same of titles."""
        return sum(
            self._of_pieces(TITLES, self._conditions.pieces(term, in_titles=True)) for term in group
        )

    def _of_pieces(self, tables: TierTables, pieces: Sequence[Piece]) -> int:
        """Of words that have to stand in one text, the rarest tells what the search costs.

        A beginning of words costs all it stands for: that is gathered first.
        """
        volumes = [self._of_piece(tables, piece) for piece in pieces]
        gathered = (n for n, piece in zip(volumes, pieces, strict=True) if piece.spreads)
        return max(min(volumes), *gathered, 0)

    def _of_piece(self, tables: TierTables, piece: Piece) -> int:
        if piece.kind is PieceKind.SIGNS:
            return self._most
        table = tables.pairs if piece.kind is PieceKind.PAIRS else tables.words
        return min(self._most, sum(self._of_phrase(table, phrase) for phrase in piece.phrases))

    def _of_phrase(self, table: str, phrase: Phrase) -> int:
        if phrase.beginning is not None:
            return self.of_beginning(table, phrase.beginning)
        return min((self.of_word(table, word) for word in phrase.words), default=0)

    def of_beginning(self, table: str, beginning: str) -> int:
        """About how many texts words with this beginning stand in."""
        # A word that goes on over many pages is not seen in them where no other one follows.
        exact = self.of_word(table, beginning)
        pages = occurrences(self._reader, table, beginning)
        return max(exact, pages) if exact >= _TEXTS_ON_A_PAGE else pages

    def of_word(self, table: str, word: str) -> int:
        """Texts with exactly this word."""
        known = self._known.get((table, word))
        if known is None:
            ids = Sql(f"SELECT rowid FROM {table} WHERE {table} MATCH ?", (f'"{word}"',))
            most = self._most_titles if table == TITLES.words else self._most
            known = self._known[table, word] = self._reader.count(ids, most)
        return known


def occurrences(reader: IndexReader, table: str, beginning: str) -> int:
    """About how many texts words with this beginning stand in, each word counted for itself.

    Told by the pages of the index between the first and the last such word: asking FTS5 would mean
    to read them all. Nothing but time depends on this number.
    """
    least = f"{_MAIN_INDEX}{beginning}".encode()
    page = (
        f"(SELECT pgno >> 1 FROM {table}_idx WHERE segid = part.id AND term <= ? "
        "ORDER BY term DESC LIMIT 1)"
    )
    following = f"SELECT min(segid) FROM {table}_idx"
    pages = Sql(
        f"WITH RECURSIVE part(id) AS ({following} UNION ALL "
        f"SELECT ({following} WHERE segid > part.id) FROM part WHERE part.id IS NOT NULL) "
        f"SELECT coalesce(sum({page} - {page}), 0) FROM part WHERE part.id IS NOT NULL",
        (least + b"\xff", least),
    )
    return _TEXTS_ON_A_PAGE * reader.number(pages)
