"""Which sessions a query finds.

A session is found when each condition is met somewhere in it, by its title or one of its messages,
and no excluded word is. For ordinary words that is settled for the whole index at once, by slots.
A word that stands in very many messages is never read through: sessions are asked for it one by
one, in the order wanted, until enough are found.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sessiontui.domain.query import Query, SortKey, Term
from sessiontui.domain.search import IndexTier
from sessiontui.services.index_database import SearchTicket
from sessiontui.services.index_filters import (
    Sql,
    Surroundings,
    allowed_roles,
    joined,
    session_condition,
    session_order,
)
from sessiontui.services.index_schema import (
    ROLE_NAMES,
    SLOT_BITS,
    SLOT_SIZE,
    TABLES,
    TEXT_TIERS,
    TITLES,
    TierTables,
)
from sessiontui.services.index_words import SHORTEST_PREFIX, Piece, pieces_of

Group = tuple[Term, ...]
"""Alternatives: one of them has to match."""


class SearchLimits(NamedTuple):
    """Where reading everything ends and asking one by one begins.

    `hits`: a condition with more hits is not read through. `sessions`: so many are found before
    the search stops, where the query sets no limit. `fruitless`: after so many sessions asked in
    vain, reading through is cheaper after all. `small`: below so many texts, beginnings of words
    are looked for however short they are.
    """

    hits: int = 60_000
    sessions: int = 200
    fruitless: int = 2_000
    small: int = 20_000


class Match(NamedTuple):
    """A session that was found: how many texts match one condition, and all of them together.

    `texts` is None where it was not counted.
    """

    session: int
    in_title: bool
    texts: int | None
    together: int


class Matches(NamedTuple):
    """Sessions in the order asked for; `complete` when there are no others."""

    found: list[Match]
    complete: bool


class Conditions:
    """A query's words as SQL over the tables of the index."""

    def __init__(self, query: Query, shortest_prefix: int = SHORTEST_PREFIX) -> None:
        self._shortest = shortest_prefix
        self.groups = tuple(
            kept for group in query.terms if (kept := tuple(t for t in group if pieces_of(t)))
        )
        """Conditions without any word in them (only punctuation) are left out."""
        self.excluded = tuple(term for term in query.excluded if pieces_of(term))
        self.hopeless = bool(query.terms) and not self.groups
        self.roles = allowed_roles(query) if query.terms else None
        self.tiers = TEXT_TIERS if query.in_tools else (IndexTier.TEXT,)

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
        span: tuple[int, int] | None = None,
        *,
        any_role: bool = False,
    ) -> Sql:
        """The ids of texts that meet a condition, of all or between two ids (inclusive)."""
        alternatives = [pieces_of(term, self._shortest) for term in group]
        return _either(TABLES[tier], alternatives, span, None if any_role else self.roles)

    def together(self, tier: IndexTier, span: tuple[int, int] | None = None) -> Sql:
        """The ids of texts that meet all conditions."""
        expressions = [
            _one_expression([pieces_of(term, self._shortest) for term in group])
            for group in self.groups
        ]
        if all(expressions):
            whole = " AND ".join(f"({expression})" for expression in expressions)
            return _all_of(TABLES[tier], [Piece(False, whole, False)], span, self.roles)
        return joined([self.texts(tier, group, span) for group in self.groups], " INTERSECT ")


def _one_expression(alternatives: Sequence[Sequence[Piece]]) -> str | None:
    """The alternatives as one FTS5 expression; None where they do not stand in one table."""
    if any(len(pieces) != 1 or pieces[0].in_pairs for pieces in alternatives):
        return None
    return " OR ".join(pieces[0].expression for pieces in alternatives)


def _either(
    tables: TierTables,
    alternatives: Sequence[Sequence[Piece]],
    span: tuple[int, int] | None,
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
    tables: TierTables, pieces: Sequence[Piece], span: tuple[int, int] | None, roles: int | None
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


class IndexSearch:
    """One search over one state of the index."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        query: Query,
        around: Surroundings,
        ticket: SearchTicket,
        limits: SearchLimits,
        *,
        best_first: bool,
    ) -> None:
        """`best_first`: the order is by time, and what is found will be ranked."""
        self._connection = connection
        self._query = query
        self._around = around
        self._ticket = ticket
        self._limits = limits
        self._best_first = best_first
        self.conditions = Conditions(query, 1 if self._is_small() else SHORTEST_PREFIX)

    def _is_small(self) -> bool:
        (count,) = self._rows(
            Sql(
                f"SELECT count(*) FROM (SELECT 1 FROM {TABLES[IndexTier.TEXT].items} LIMIT ?)",
                (self._limits.small,),
            )
        )[0]
        return bool(count < self._limits.small)

    def check(self) -> None:
        """Raise `SearchInterrupted` when the search was ended."""
        self._ticket.check()

    def _rows(self, sql: Sql) -> list[tuple[int, ...]]:
        self.check()
        return self._connection.execute(sql.text, sql.values).fetchall()

    # -- whole conditions ------------------------------------------------------------------

    def run(self) -> Matches:
        """The sessions that are found, in the order of the query (relevance: newest first)."""
        conditions = self.conditions
        if conditions.hopeless:
            return Matches([], complete=True)
        with_titles = conditions.roles is None
        titles = [
            {number for (number,) in self._rows(conditions.titles(group))} if with_titles else set()
            for group in conditions.groups
        ]
        counts: list[dict[int, int]] = []
        asked: list[Group] = []
        among: set[int] | None = None
        for group, in_title in zip(conditions.groups, titles, strict=True):
            if self._is_common(group):
                asked.append(group)
                continue
            found = self._counted(group)
            counts.append(found)
            met = in_title | found.keys()
            among = met if among is None else among & met
        excluded = [term for term in conditions.excluded if self._is_common((term,))]
        removed = {
            session
            for term in conditions.excluded
            for session in self._sessions_with(term, titles_only=term in excluded)
        }
        ordered = [number for number in self._ordered(among) if number not in removed]
        whole_title = set.intersection(*titles) if titles else set()
        titles_of = dict(zip(conditions.groups, titles, strict=True))
        if asked or excluded:
            if self._best_first:
                ordered.sort(key=lambda number: number not in whole_title)
            numbers, complete = self._ask(ordered, asked, titles_of, excluded)
        else:
            numbers, complete = ordered, True
        if not conditions.groups:
            return Matches([Match(n, False, 0, 0) for n in numbers], complete)
        if asked:
            return Matches([Match(n, n in whole_title, None, 0) for n in numbers], complete)
        together = counts[0] if len(counts) == 1 else self._counted_together()
        return Matches(
            [Match(n, n in whole_title, _sum(counts, n), together.get(n, 0)) for n in numbers],
            complete,
        )

    def _is_common(self, group: Group) -> bool:
        if self.conditions.spreads(group):
            return False
        limit = self._limits.hits
        for tier in self.conditions.tiers:
            ids = self.conditions.texts(tier, group, any_role=True)
            counted = self._rows(
                Sql(
                    f"SELECT count(*) FROM (SELECT 1 FROM ({ids.text}) LIMIT ?)",
                    (*ids.values, limit + 1),
                )
            )
            if counted[0][0] > limit:
                return True
        return False

    def _counted(self, group: Group) -> dict[int, int]:
        """For each session with texts that meet a condition: how many do."""
        return self._by_session(
            [self.conditions.texts(tier, group) for tier in self.conditions.tiers]
        )

    def _counted_together(self) -> dict[int, int]:
        return self._by_session([self.conditions.together(t) for t in self.conditions.tiers])

    def _by_session(self, searches: Iterable[Sql]) -> dict[int, int]:
        found: dict[int, int] = {}
        for ids in searches:
            grouped = Sql(
                "SELECT slot.session, sum(hit.number) FROM (SELECT "
                f"id >> {SLOT_BITS} AS slot, count(*) AS number FROM ({ids.text}) GROUP BY 1) "
                "AS hit CROSS JOIN slot ON slot.id = hit.slot GROUP BY 1",
                ids.values,
            )
            for session, number in self._rows(grouped):
                found[session] = found.get(session, 0) + number
        return found

    def _sessions_with(self, term: Term, *, titles_only: bool = False) -> Iterator[int]:
        yield from (number for (number,) in self._rows(self.conditions.titles((term,))))
        if not titles_only:
            for tier in self.conditions.tiers:
                ids = self.conditions.texts(tier, (term,), any_role=True)
                yield from self._by_session([ids])

    # -- sessions --------------------------------------------------------------------------

    def _ordered(self, among: set[int] | None) -> list[int]:
        """The sessions that pass the filters, in the order of the query."""
        held = session_condition(self._query, self._around)
        if among is not None:
            held = Sql(
                f"{held.text} AND id IN (SELECT value FROM json_each(?))",
                (*held.values, json.dumps(sorted(among))),
            )
        order = session_order(self._query.sort, reverse=self._query.reverse)
        rows = self._rows(
            Sql(f"SELECT id FROM session WHERE {held.text} ORDER BY {order}", held.values)
        )
        return [number for (number,) in rows]

    def slots(self, session: int, tier: IndexTier) -> list[tuple[int, int]]:
        """The ranges of ids of a session's texts, newest first."""
        rows = self._rows(
            Sql(
                "SELECT id FROM slot WHERE session = ? AND tier = ? ORDER BY id DESC",
                (session, tier),
            )
        )
        return [(slot << SLOT_BITS, (slot << SLOT_BITS) + SLOT_SIZE - 1) for (slot,) in rows]

    # -- one by one ------------------------------------------------------------------------

    def _ask(
        self,
        ordered: Sequence[int],
        asked: Sequence[Group],
        titles: dict[Group, set[int]],
        excluded: Sequence[Term],
    ) -> tuple[list[int], bool]:
        """Which sessions meet the common conditions too: enough of them; whether they are all."""
        query = self._query
        enough = self._limits.sessions if query.limit is None else query.offset + query.limit
        if self._best_first:
            enough = max(enough, self._limits.sessions)
        found: list[int] = []
        for position, number in enumerate(ordered):
            if len(found) >= enough:
                return found, False
            if position - len(found) >= self._limits.fruitless:
                rest = self._read_through(ordered[position:], asked, titles, excluded)
                return found + rest, True
            if all(
                number in titles[group] or self._meets(number, group) for group in asked
            ) and not any(self._meets(number, (term,), any_role=True) for term in excluded):
                found.append(number)
        return found, True

    def _meets(self, session: int, group: Group, *, any_role: bool = False) -> bool:
        for tier in self.conditions.tiers:
            for span in self.slots(session, tier):
                ids = self.conditions.texts(tier, group, span, any_role=any_role)
                if self._rows(Sql(f"SELECT 1 FROM ({ids.text}) LIMIT 1", ids.values)):
                    return True
        return False

    def _read_through(
        self,
        ordered: Sequence[int],
        asked: Sequence[Group],
        titles: dict[Group, set[int]],
        excluded: Sequence[Term],
    ) -> list[int]:
        kept = set(ordered)
        for group in asked:
            kept &= titles[group] | self._counted(group).keys()
        for term in excluded:
            kept.difference_update(self._sessions_with(term))
        return [number for number in ordered if number in kept]


def _sum(counts: Iterable[dict[int, int]], number: int) -> int:
    return sum(found.get(number, 0) for found in counts)


def newest_first(query: Query) -> Query:
    """The same query in the order in which the best are looked for."""
    return query.model_copy(update={"sort": SortKey.ACTIVITY, "reverse": False})
