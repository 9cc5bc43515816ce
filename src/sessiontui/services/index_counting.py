"""How many texts of each session meet something: everywhere, or in some sessions only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import partial

from sessiontui.domain.query import Term
from sessiontui.domain.search import IndexTier
from sessiontui.domain.value import PlainValue
from sessiontui.services.index_conditions import Conditions, Group, Span
from sessiontui.services.index_filters import Sql
from sessiontui.services.index_reader import IndexReader

Counts = dict[int, int]
"""Texts by session."""


class Search(PlainValue):
    """What is looked for: `ids` gives it as SQL, in one tier, everywhere or in a span of ids.

    `width`: so many phrases are looked for.
    """

    ids: Callable[[IndexTier, Span | None], Sql]
    width: int


class TextCounter:
    """Counts texts. Conditions are asked anew for every span, words are looked up once."""

    def __init__(self, reader: IndexReader, conditions: Conditions) -> None:
        self._reader = reader
        self._tiers = conditions.tiers
        self._conditions = conditions

    def meeting(self, group: Group) -> Search:
        """Texts that meet a condition."""
        return self._search((group,), partial(self._texts, group=group, any_role=False))

    def meeting_all(self) -> Search:
        """Texts that meet all conditions."""
        return self._search(self._conditions.groups, self._conditions.together)

    def excluded_by(self, term: Term) -> Search:
        """Texts with an excluded word, whoever wrote them."""
        group = (term,)
        return self._search((group,), partial(self._texts, group=group, any_role=True))

    def _search(
        self, groups: Iterable[Group], ids: Callable[[IndexTier, Span | None], Sql]
    ) -> Search:
        return Search(ids, self._conditions.width(groups))

    def _texts(self, tier: IndexTier, span: Span | None, *, group: Group, any_role: bool) -> Sql:
        return self._conditions.texts(tier, group, span, any_role=any_role)

    def everywhere(self, search: Search) -> Counts:
        """All texts that a search finds."""
        return self._reader.by_session(search.ids(tier, None) for tier in self._tiers)

    def among(self, search: Search, sessions: Collection[int]) -> Counts:
        """Those of some sessions."""
        slots = self._reader.slots(sessions, self._tiers)
        found: Counts = {}
        for tier in self._tiers:
            in_tier = [slot for held in slots.values() for of, slot in held if of is tier]
            ids_in = partial(search.ids, tier)
            counted = self._reader.by_session_in(in_tier, ids_in, search.width)
            for session, number in counted.items():
                if session in slots:
                    found[session] = found.get(session, 0) + number
        return found
