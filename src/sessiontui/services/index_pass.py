"""One pass over the index: the sessions that meet all conditions of a query.

Conditions of ordinary words are settled for the whole index at once. A word that stands in very
many texts is never read through: sessions are asked for it one by one, in the order wanted, until
enough are found. Of a beginning of words that is as common, the newest texts are looked at first.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from sessiontui.domain.query import Query, Term
from sessiontui.services.index_conditions import Conditions, Group
from sessiontui.services.index_filters import (
    Sql,
    Surroundings,
    session_condition,
    session_order,
)
from sessiontui.services.index_reader import IndexReader, Slot, in_slots, span_of

RANKED = 1_000
"""So many of the newest are ranked, and as many with all words in the title."""


class SearchLimits(NamedTuple):
    """Where reading everything ends and asking one by one begins.

    `hits`: a condition with more hits is not read through. `sessions`: so many are found before
    the search stops, where the query sets no limit. `fruitless`: after so many sessions asked in
    vain, reading through is cheaper after all. `newest`: so many of the newest texts are looked at
    first, and up to so many sessions count as few. `small`: below so many texts, beginnings of
    words are looked for however short they are.
    """

    hits: int = 20_000
    sessions: int = 100
    fruitless: int = 500
    newest: int = 5_000
    small: int = 20_000


@dataclass(frozen=True, slots=True)
class Matches:
    """The sessions that are found, in the order asked for; `complete` when there are no others.

    `conditions` are those that they meet, `common` the ones that were not read through. `titles`:
    sessions whose title meets all conditions. `together`: how many texts meet all of them,
    `texts`: how many meet each; both only as far as they were counted. `fewer`: others count as
    hits too, which these conditions leave out.
    """

    conditions: Conditions
    numbers: Sequence[int]
    complete: bool
    titles: Collection[int] = frozenset()
    together: Mapping[int, int] = field(default_factory=dict)
    texts: Sequence[Mapping[int, int]] = ()
    common: Collection[Group] = ()
    fewer: bool = False

    def hits_of(self, number: int) -> int:
        """The hits of a session as far as they were counted: all words in one text, or any."""
        return self.together.get(number) or sum(found.get(number, 0) for found in self.texts)


class SearchPass:
    """One pass. `best_first`: what is found will be ranked; it is looked for from the newest on."""

    def __init__(
        self,
        reader: IndexReader,
        conditions: Conditions,
        query: Query,
        around: Surroundings,
        limits: SearchLimits,
        *,
        best_first: bool,
    ) -> None:
        self._reader = reader
        self._conditions = conditions
        self._query = query
        self._around = around
        self._limits = limits
        self._best_first = best_first
        enough = limits.sessions if query.limit is None else query.offset + query.limit
        self.enough = max(enough, limits.sessions) if best_first else enough
        """So many sessions are enough, if there are more."""
        self._common = [
            group
            for group in conditions.groups
            if not conditions.spreads(group) and self._is_common(group)
        ]
        self._common_excluded = [
            term
            for term in conditions.excluded
            if not conditions.spreads((term,)) and self._is_common((term,))
        ]

    def _is_common(self, group: Group) -> bool:
        conditions = self._conditions
        texts = (conditions.texts(tier, group, any_role=True) for tier in conditions.tiers)
        return self._reader.more_than(self._limits.hits, texts)

    def run(self, *, newest_only: bool) -> Matches:
        """`newest_only`: of common beginnings of words only the newest texts are looked at."""
        conditions = self._conditions
        titles: dict[Group, set[int]] = {}
        counts: dict[Group, dict[int, int]] = {}
        among: set[int] | None = None
        partial = False
        # Beginnings of words come last, when few sessions may be left.
        for group in sorted(conditions.groups, key=conditions.spreads):
            # A title has no role.
            titles[group] = (
                self._reader.numbers(conditions.titles(group))
                if conditions.roles is None
                else set()
            )
            if group in self._common:
                continue
            counts[group], cut = self._counted(group, among, newest_only=newest_only)
            partial = partial or cut
            met = titles[group] | counts[group].keys()
            among = met if among is None else among & met
        whole = set.intersection(*titles.values()) if titles else set()
        ordered = self._guessed(among, whole) if self._common else self._ordered(among)
        removed = self._removed()
        left = (number for number in ordered if number not in removed)
        if self._common or self._common_excluded:
            numbers, complete = self._ask(left, titles)
        else:
            numbers = list(islice(left, max(self.enough, RANKED) if partial else None))
            complete = True
        together: Mapping[int, int] = {}
        if not partial and len(counts) == len(conditions.groups) > 0:
            one = counts[conditions.groups[0]]
            together = one if len(counts) == 1 else self._counted_together(numbers)
        return Matches(
            conditions,
            numbers,
            complete and not partial,
            whole,
            together,
            () if partial else tuple(counts.values()),
            self._common,
        )

    # -- texts -----------------------------------------------------------------------------

    def _counted(
        self, group: Group, among: set[int] | None, *, newest_only: bool
    ) -> tuple[dict[int, int], bool]:
        """For each session with texts that meet a condition how many, and whether it was cut."""
        searches = [self._conditions.texts(tier, group) for tier in self._conditions.tiers]
        if not self._conditions.spreads(group):
            return self._reader.by_session(searches), False
        if among is not None and len(among) <= self._limits.newest:
            return self._reader.by_session(self._within(searches, among)), False
        if not newest_only:
            return self._reader.by_session(searches), False
        most = self._limits.newest
        newest = [
            Sql(f"SELECT id FROM ({ids.text}) ORDER BY id DESC LIMIT ?", (*ids.values, most + 1))
            for ids in searches
        ]
        found = self._reader.by_session(newest)
        return found, sum(found.values()) > most

    def _counted_together(self, among: Collection[int]) -> dict[int, int]:
        searches = [self._conditions.together(tier) for tier in self._conditions.tiers]
        if len(among) <= self._limits.newest:
            searches = self._within(searches, among)
        return self._reader.by_session(searches)

    def _within(self, searches: Iterable[Sql], sessions: Collection[int]) -> list[Sql]:
        held = self._reader.slots(sessions, self._conditions.tiers)
        slots = [slot for slots in held.values() for _, slot in slots]
        return [in_slots(ids, slots) for ids in searches]

    def _removed(self) -> set[int]:
        """The sessions with an excluded word, but for common ones in texts."""
        removed: set[int] = set()
        for term in self._conditions.excluded:
            removed |= self._reader.numbers(self._conditions.titles((term,)))
            if term not in self._common_excluded:
                removed.update(self._texts_with(term))
        return removed

    def _texts_with(self, term: Term) -> dict[int, int]:
        conditions = self._conditions
        return self._reader.by_session(
            [conditions.texts(tier, (term,), any_role=True) for tier in conditions.tiers]
        )

    # -- sessions --------------------------------------------------------------------------

    def _ordered(self, among: Collection[int] | None) -> Iterator[int]:
        """The sessions that pass the filters, in the order of the query; read as they are used."""
        held = session_condition(self._query, self._around)
        few = among is not None and len(among) <= self._limits.newest
        if few:
            held = Sql(
                f"{held.text} AND id IN (SELECT value FROM json_each(?))",
                (*held.values, json.dumps(sorted(among or ()))),
            )
        order = session_order(self._query.sort, reverse=self._query.reverse)
        select = f"SELECT id FROM session WHERE {held.text} ORDER BY {order}"
        for (number,) in self._reader.rows(Sql(select, held.values)):
            if few or among is None or number in among:
                yield number

    def _guessed(self, among: set[int] | None, titled: set[int]) -> Iterator[int]:
        """The same; what will be ranked begins with the titles that meet all conditions."""
        if not self._best_first:
            yield from self._ordered(among)
            return
        yield from self._ordered(titled if among is None else titled & among)
        yield from (number for number in self._ordered(among) if number not in titled)

    # -- one by one ------------------------------------------------------------------------

    def _ask(
        self, ordered: Iterator[int], titles: Mapping[Group, set[int]]
    ) -> tuple[list[int], bool]:
        """Which sessions meet the common conditions too: enough of them; whether they are all."""
        found: list[int] = []
        in_vain = 0
        for number in ordered:
            if len(found) >= self.enough:
                return found, False
            if in_vain >= self._limits.fruitless:
                return found + self._read_through([number, *ordered], titles), True
            if self._meets_common(number, titles):
                found.append(number)
            else:
                in_vain += 1
        return found, True

    def _meets_common(self, session: int, titles: Mapping[Group, set[int]]) -> bool:
        slots = self._reader.slots((session,), self._conditions.tiers)[session]
        return all(
            session in titles[group] or self._stands_in(slots, group) for group in self._common
        ) and not any(
            self._stands_in(slots, (term,), any_role=True) for term in self._common_excluded
        )

    def _stands_in(self, slots: Iterable[Slot], group: Group, *, any_role: bool = False) -> bool:
        for tier, slot in slots:
            ids = self._conditions.texts(tier, group, span_of(slot), any_role=any_role)
            if self._reader.number(Sql(f"SELECT EXISTS (SELECT 1 FROM ({ids.text}))", ids.values)):
                return True
        return False

    def _read_through(self, ordered: Sequence[int], titles: Mapping[Group, set[int]]) -> list[int]:
        kept = set(ordered)
        for group in self._common:
            texts = [self._conditions.texts(tier, group) for tier in self._conditions.tiers]
            kept &= titles[group] | self._reader.by_session(texts).keys()
        for term in self._common_excluded:
            kept.difference_update(self._texts_with(term))
        return [number for number in ordered if number in kept]
