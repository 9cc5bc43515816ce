"""The hits of sessions that were found: how many, and which are best to show."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sessiontui.domain.search import IndexTier, SearchHit, Tier
from sessiontui.services.index_conditions import Group
from sessiontui.services.index_filters import Sql
from sessiontui.services.index_items import unpacked
from sessiontui.services.index_pass import Matches
from sessiontui.services.index_reader import IndexReader, in_slots, span_of
from sessiontui.services.index_schema import ROLE_NAMES, SLOT_BITS, TABLES
from sessiontui.services.index_snippets import MatchFinder, Sight

_FEW_SLOTS = 20
"""Up to so many are asked one by one; of more, what is found everywhere is sorted out."""

LOOKED_AT = 4
"""For each hit that is shown, so many of the newest ones compete."""

_TIERS = {IndexTier.TEXT: Tier.TEXT, IndexTier.TOOLS: Tier.TOOLS}
_ROLE_WEIGHT = {"user": 0.10, "assistant": 0.05}

Ids = list[int]


class _SeenHit(NamedTuple):
    quality: float
    sight: Sight
    tier: Tier
    place: int
    role: str
    at: float | None

    def shown(self) -> SearchHit:
        """The hit with its snippet, which takes longer to make than to look."""
        snippet = self.sight.snippet()
        return SearchHit(self.tier, self.place, self.role, self.at, snippet.text, snippet.matches)


class TextHits(NamedTuple):
    """The texts of a session that are hits.

    `together`: all conditions meet in each of them; otherwise each meets one. `hits` are some of
    them, best first, `quality` (0 to about 1) is the best one's.
    """

    number: int
    together: bool
    hits: tuple[SearchHit, ...]
    quality: float


class HitReader:
    """Reads the hits of many sessions at once."""

    def __init__(self, reader: IndexReader, matches: Matches, finder: MatchFinder) -> None:
        self._reader = reader
        self._conditions = matches.conditions
        self._common = matches.common
        self._finder = finder

    def read(self, sessions: Sequence[int], shown: int) -> dict[int, TextHits]:
        """The hits of each session, so many of them to be shown: the best of the newest ones."""
        looked_at = LOOKED_AT * shown
        texts = self._texts(sessions)
        chosen = {
            session: [(tier, number) for tier, ids in of_tier.items() for number in ids[:looked_at]]
            for session, (of_tier, _) in texts.items()
        }
        read = self._read_texts(pair for pairs in chosen.values() for pair in pairs)
        found: dict[int, TextHits] = {}
        for session, (of_tier, together) in texts.items():
            seen = [self._seen(tier, *read[tier, number]) for tier, number in chosen[session]]
            # Newest first among equals.
            seen.sort(key=lambda hit: -hit.quality)
            found[session] = TextHits(
                sum(map(len, of_tier.values())),
                together,
                tuple(hit.shown() for hit in seen[:shown]),
                seen[0].quality if seen else 0.0,
            )
        return found

    def _texts(self, sessions: Sequence[int]) -> dict[int, tuple[dict[IndexTier, Ids], bool]]:
        """The ids of each session's hits, newest first: where all words meet, else where any do."""
        conditions = self._conditions
        slots = self._reader.slots(sessions, conditions.tiers)
        owner = {slot: session for session, held in slots.items() for _, slot in held}
        met: dict[int, dict[IndexTier, list[Ids]]] = {session: {} for session in sessions}
        for tier in conditions.tiers:
            of_tier = [slot for held in slots.values() for t, slot in held if t is tier]
            for place, group in enumerate(conditions.groups):
                for number in self._ids(tier, group, of_tier):
                    held = met[owner[number >> SLOT_BITS]]
                    held.setdefault(tier, [[] for _ in conditions.groups])[place].append(number)
        return {session: _where_all_meet(groups) for session, groups in met.items()}

    def _ids(self, tier: IndexTier, group: Group, slots: Sequence[int]) -> Ids:
        conditions = self._conditions
        one_by_one = group in self._common or (
            len(slots) <= _FEW_SLOTS and not conditions.spreads(group)
        )
        if one_by_one:
            searches = [conditions.texts(tier, group, span_of(slot)) for slot in slots]
        else:
            everywhere = conditions.texts(tier, group)
            searches = [in_slots(everywhere, slots)]
        return [number for ids in searches for (number,) in self._reader.rows(ids)]

    def _read_texts(
        self, wanted: Iterable[tuple[IndexTier, int]]
    ) -> dict[tuple[IndexTier, int], tuple[Any, ...]]:
        found: dict[tuple[IndexTier, int], tuple[Any, ...]] = {}
        by_tier: dict[IndexTier, Ids] = {}
        for tier, number in wanted:
            by_tier.setdefault(tier, []).append(number)
        for tier, numbers in by_tier.items():
            tables = TABLES[tier]
            chosen = "(SELECT value FROM json_each(?))"
            if tier is IndexTier.TOOLS:
                select = (
                    f"SELECT id, place, role, at, body FROM {tables.items} WHERE id IN {chosen}"
                )
            else:
                select = (
                    f"SELECT i.id, i.place, i.role, i.at, w.text FROM {tables.items} AS i "
                    f"JOIN {tables.words} AS w ON w.rowid = i.id WHERE i.id IN {chosen}"
                )
            for number, *values in self._reader.rows(Sql(select, (json.dumps(numbers),))):
                found[tier, number] = tuple(values)
        return found

    def _seen(
        self, tier: IndexTier, place: int, role_code: int, at: float | None, held: Any
    ) -> _SeenHit:
        text = unpacked(held) if tier is IndexTier.TOOLS else held
        role = ROLE_NAMES.get(role_code, "other")
        sight = self._finder.look(text)
        # What people said is what people look for.
        quality = sight.quality + _ROLE_WEIGHT.get(role, 0.0)
        return _SeenHit(quality, sight, _TIERS[tier], place, role, at)


def _where_all_meet(groups: dict[IndexTier, list[Ids]]) -> tuple[dict[IndexTier, Ids], bool]:
    together = {
        tier: sorted(set(met[0]).intersection(*met[1:]), reverse=True)
        for tier, met in groups.items()
    }
    if any(together.values()):
        return together, True
    return {tier: sorted(set().union(*met), reverse=True) for tier, met in groups.items()}, False
