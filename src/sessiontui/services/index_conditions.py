"""The words of a query as SQL over the tables of the index. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sessiontui.domain.query import Query, Term
from sessiontui.domain.search import IndexTier
from sessiontui.services.index_filters import Sql, allowed_roles, joined
from sessiontui.services.index_pieces import (
    SHORTEST_PREFIX,
    Endings,
    Piece,
    PieceKind,
    is_pictorial,
    pieces_of,
    sign_pieces_of,
)
from sessiontui.services.index_schema import (
    ROLE_NAMES,
    TABLES,
    TEXT_TIERS,
    TITLES,
    TierTables,
)

Group = tuple[Term, ...]
"""Alternatives: one of them has to match."""

Span = tuple[int, int]
"""Ids of texts, from the first to the last."""

UNPACKED = "unpacked_text"
"""The SQL function that gives the text of tool output."""


class Conditions:
    """A query's words as SQL over the tables of the index.

    With `endings`, beginnings of words stand for some words only instead of for all.
    """

    def __init__(
        self,
        query: Query,
        shortest_prefix: int = SHORTEST_PREFIX,
        endings: Endings | None = None,
    ) -> None:
        self._query = query
        self._shortest = shortest_prefix
        self._endings = endings
        has_words = any(pieces_of(term) for group in query.terms for term in group)
        self.groups = tuple(
            kept
            for group in query.terms
            if (kept := tuple(term for term in group if _counts(term, has_words)))
        )
        """Signs count when nothing else was typed; beside words only pictures do."""
        self.excluded = tuple(term for term in query.excluded if _counts(term, beside_words=True))
        self.hopeless = bool(query.terms) and not self.groups
        self.roles = allowed_roles(query) if query.terms else None
        self.tiers = TEXT_TIERS if query.in_tools else (IndexTier.TEXT,)

    def with_endings(self, endings: Endings) -> Conditions:
        """The same, with fewer words for beginnings of words."""
        return Conditions(self._query, self._shortest, endings)

    def is_shortened(self, group: Group, *, in_titles: bool = False) -> bool:
        """Whether a condition stands for fewer words than it should."""
        endings = self._endings or {}
        return any(word in endings for _, word in self.beginnings(group, in_titles=in_titles))

    def pieces(self, term: Term, *, in_titles: bool = False) -> tuple[Piece, ...]:
        """What has to stand in a text, or in a title, for a term to match."""
        return pieces_of(term, 1 if in_titles else self._shortest) or sign_pieces_of(term)

    def beginnings(
        self, group: Group, *, in_titles: bool = False
    ) -> Iterator[tuple[PieceKind, str]]:
        """The beginnings of words in a condition that stand for many words."""
        for term in group:
            for piece in self.pieces(term, in_titles=in_titles):
                for phrase in piece.phrases:
                    if phrase.beginning is not None:
                        yield piece.kind, phrase.beginning

    def spreads(self, group: Group) -> bool:
        """Whether a condition stands for all words with some beginning."""
        endings = self._endings or {}
        return any(word not in endings for _, word in self.beginnings(group))

    def width(self, groups: Iterable[Group]) -> int:
        """How many phrases are looked for."""
        return sum(
            sum(1 for _ in phrase.expressions(self._endings))
            for group in groups
            for term in group
            for piece in self.pieces(term)
            for phrase in piece.phrases
        )

    def titles(self, group: Group, span: Span | None = None) -> Sql:
        """The ids of sessions whose title meets a condition."""
        alternatives = [self.pieces(term, in_titles=True) for term in group]
        return _Search(TITLES, span, None, self._endings).either(alternatives)

    def texts(
        self,
        tier: IndexTier,
        group: Group,
        span: Span | None = None,
        *,
        any_role: bool = False,
    ) -> Sql:
        """The ids of texts that meet a condition, of all or between two ids (inclusive)."""
        alternatives = [self.pieces(term) for term in group]
        return self._search(tier, span, any_role=any_role).either(alternatives)

    def together(self, tier: IndexTier, span: Span | None = None) -> Sql:
        """The ids of texts that meet all conditions."""
        search = self._search(tier, span, any_role=False)
        groups = [[self.pieces(term) for term in group] for group in self.groups]
        expressions = [search.one_expression(group) for group in groups]
        if all(expressions):
            return search.matching(" AND ".join(f"({expression})" for expression in expressions))
        return joined([search.either(group) for group in groups], " INTERSECT ")

    def _search(self, tier: IndexTier, span: Span | None, *, any_role: bool) -> _Search:
        return _Search(TABLES[tier], span, None if any_role else self.roles, self._endings)


def _counts(term: Term, beside_words: bool) -> bool:
    if pieces_of(term):
        return True
    return bool(sign_pieces_of(term)) and (is_pictorial(term) or not beside_words)


class _Search:
    """Looks for pieces in one tier, in some span of ids, in texts of some roles."""

    def __init__(
        self, tables: TierTables, span: Span | None, roles: int | None, endings: Endings | None
    ) -> None:
        self._tables = tables
        self._span = span
        self._roles = roles
        self._endings = endings

    def either(self, alternatives: Sequence[Sequence[Piece]]) -> Sql:
        """The ids of texts in which all pieces of one of the alternatives stand."""
        expression = self.one_expression(alternatives)
        if expression is not None:
            return self.matching(expression)
        searches = [self._all_of(pieces) for pieces in alternatives]
        if len(searches) == 1:
            return searches[0]
        either = joined(searches, " UNION ")
        return Sql(f"SELECT id FROM ({either.text})", either.values)

    def one_expression(self, alternatives: Sequence[Sequence[Piece]]) -> str | None:
        """The alternatives as one FTS5 expression; None where they are not all just words."""
        if any(len(pieces) != 1 for pieces in alternatives):
            return None
        found = [pieces[0] for pieces in alternatives]
        if any(piece.kind is not PieceKind.WORDS for piece in found):
            return None
        return " OR ".join(piece.expression(self._endings) for piece in found)

    def matching(self, expression: str) -> Sql:
        """The ids of texts whose words match."""
        return self._main(self._matched(self._tables.words, expression), self._tables.words)

    def _all_of(self, pieces: Sequence[Piece]) -> Sql:
        # What is looked for letter by letter is looked for where the rest is met.
        first, *others = sorted(pieces, key=lambda piece: piece.kind is PieceKind.SIGNS)
        table = self._table_of(first)
        parts = [self._main(self._standing(first), table)]
        for piece in others:
            if piece.kind is PieceKind.SIGNS:
                parts.append(self._holding(piece, table))
            else:
                # Unary plus: sorted out of what was found, not asked one by one.
                inner = self._standing(piece)
                parts.append(Sql(f"+{table}.rowid IN ({inner.text})", inner.values))
        return joined(parts, " AND ")

    def _table_of(self, piece: Piece) -> str:
        if piece.kind is PieceKind.PAIRS:
            return self._tables.pairs
        if piece.kind is PieceKind.SIGNS and self._tables is TABLES[IndexTier.TOOLS]:
            return self._tables.items
        return self._tables.words

    def _standing(self, piece: Piece) -> Sql:
        """The ids of the texts in which a piece stands, of whatever role."""
        table = self._table_of(piece)
        if piece.kind is not PieceKind.SIGNS:
            return self._matched(table, piece.expression(self._endings))
        text = f"{UNPACKED}(body)" if table == self._tables.items else "text"
        return self._spanned(
            Sql(
                f"SELECT rowid AS id FROM {table} WHERE instr(lower({text}), ?) > 0",
                (piece.phrases[0].text,),
            ),
            table,
        )

    def _matched(self, table: str, expression: str) -> Sql:
        found = Sql(f"SELECT rowid AS id FROM {table} WHERE {table} MATCH ?", (expression,))
        return self._spanned(found, table)

    def _spanned(self, ids: Sql, table: str) -> Sql:
        if self._span is None:
            return ids
        return Sql(f"{ids.text} AND {table}.rowid BETWEEN ? AND ?", (*ids.values, *self._span))

    def _holding(self, piece: Piece, table: str) -> Sql:
        """That a text found in `table` holds signs."""
        tables = self._tables
        if tables is TABLES[IndexTier.TOOLS]:
            text = f"SELECT {UNPACKED}(body) FROM {tables.items} WHERE id = {table}.rowid"
        else:
            text = f"SELECT held.text FROM {tables.words} AS held WHERE held.rowid = {table}.rowid"
        return Sql(f"instr(lower(({text})), ?) > 0", (piece.phrases[0].text,))

    def _main(self, ids: Sql, table: str) -> Sql:
        """The same, of texts of the wanted roles only."""
        if self._roles is None:
            return ids
        codes = ", ".join(str(code) for code in ROLE_NAMES if self._roles >> code & 1) or "NULL"
        return Sql(
            f"{ids.text} AND EXISTS (SELECT 1 FROM {self._tables.items} AS item "
            f"WHERE item.id = {table}.rowid AND item.role IN ({codes}))",
            ids.values,
        )
