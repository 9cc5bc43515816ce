"""The words of a query as SQL over the tables of the index. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from sessiontui.domain.query import Query, Term
from sessiontui.domain.search import IndexTier
from sessiontui.services.index_filters import Sql, allowed_roles, joined
from sessiontui.services.index_schema import (
    ROLE_NAMES,
    TABLES,
    TEXT_TIERS,
    TITLES,
    TierTables,
)
from sessiontui.services.index_words import SHORTEST_PREFIX, Piece, pieces_of

Group = tuple[Term, ...]
"""Alternatives: one of them has to match."""

Span = tuple[int, int]
"""Ids of texts, from the first to the last."""


class Conditions:
    """A query's words as SQL over the tables of the index."""

    def __init__(self, query: Query, shortest_prefix: int = SHORTEST_PREFIX) -> None:
        self._query = query
        self._shortest = shortest_prefix
        self.groups = tuple(
            kept for group in query.terms if (kept := tuple(t for t in group if pieces_of(t)))
        )
        """Conditions without any word in them (only punctuation) are left out."""
        self.excluded = tuple(term for term in query.excluded if pieces_of(term))
        self.hopeless = bool(query.terms) and not self.groups
        self.roles = allowed_roles(query) if query.terms else None
        self.tiers = TEXT_TIERS if query.in_tools else (IndexTier.TEXT,)

    def with_groups(self, groups: tuple[Group, ...]) -> Conditions:
        """The same with other words."""
        return Conditions(self._query.model_copy(update={"terms": groups}), self._shortest)

    def spreads(self, group: Group) -> bool:
        """Whether a condition stands for many words."""
        return any(piece.spreads for term in group for piece in pieces_of(term, self._shortest))

    def titles(self, group: Group) -> Sql:
        """The ids of sessions whose title meets a condition."""
        return _either(TITLES, [pieces_of(term, 1) for term in group], None, None)

    def texts(
        self,
        tier: IndexTier,
        group: Group,
        span: Span | None = None,
        *,
        any_role: bool = False,
    ) -> Sql:
        """The ids of texts that meet a condition, of all or between two ids (inclusive)."""
        alternatives = [pieces_of(term, self._shortest) for term in group]
        return _either(TABLES[tier], alternatives, span, None if any_role else self.roles)

    def together(self, tier: IndexTier, span: Span | None = None) -> Sql:
        """The ids of texts that meet all conditions."""
        expressions = [
            _one_expression([pieces_of(term, self._shortest) for term in group])
            for group in self.groups
        ]
        if all(expressions):
            whole = " AND ".join(f"({expression})" for expression in expressions)
            return _all_of(TABLES[tier], [Piece(False, whole, False)], span, self.roles)
        return joined([self.texts(tier, group, span) for group in self.groups], " INTERSECT ")


def whole_words(group: Group) -> Group:
    """The same words, not as beginnings of others."""
    return tuple(term._replace(prefix=False) for term in group)


def _one_expression(alternatives: Sequence[Sequence[Piece]]) -> str | None:
    """The alternatives as one FTS5 expression; None where they do not stand in one table."""
    if any(len(pieces) != 1 or pieces[0].in_pairs for pieces in alternatives):
        return None
    return " OR ".join(pieces[0].expression for pieces in alternatives)


def _either(
    tables: TierTables,
    alternatives: Sequence[Sequence[Piece]],
    span: Span | None,
    roles: int | None,
) -> Sql:
    expression = _one_expression(alternatives)
    if expression is not None:
        return _all_of(tables, [Piece(False, expression, False)], span, roles)
    searches = [_all_of(tables, pieces, span, roles) for pieces in alternatives]
    if len(searches) == 1:
        return searches[0]
    either = joined(searches, " UNION ")
    return Sql(f"SELECT id FROM ({either.text})", either.values)


def _all_of(
    tables: TierTables, pieces: Sequence[Piece], span: Span | None, roles: int | None
) -> Sql:
    parts: list[Sql] = []
    for piece in pieces:
        table = tables.pairs if piece.in_pairs else tables.words
        values: tuple[object, ...] = (piece.expression,)
        text = f"SELECT rowid AS id FROM {table} WHERE {table} MATCH ?"
        if span is not None:
            text += " AND rowid BETWEEN ? AND ?"
            values = (*values, *span)
        if roles is not None and not parts:
            codes = ", ".join(str(code) for code in ROLE_NAMES if roles >> code & 1) or "NULL"
            text += (
                f" AND EXISTS (SELECT 1 FROM {tables.items} AS item "
                f"WHERE item.id = {table}.rowid AND item.role IN ({codes}))"
            )
        parts.append(Sql(text, values))
    first, *rest = parts
    return joined([first, *(Sql(f"{p.text})", p.values) for p in rest)], " AND rowid IN (")
