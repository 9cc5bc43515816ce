"""The hits of sessions that were found: how many, and which are best to show."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any

from sessiontui.domain.search import IndexTier, SearchHit, Tier
from sessiontui.domain.value import PlainValue
from sessiontui.services.index_conditions import Conditions, Group, Span
from sessiontui.services.index_filters import Sql
from sessiontui.services.index_items import unpacked
from sessiontui.services.index_ranking import Evidence, evidence, speaker_weight
from sessiontui.services.index_reader import IndexReader, Slot, in_slots
from sessiontui.services.index_schema import ROLE_CODES, ROLE_NAMES, SLOT_BITS, TABLES
from sessiontui.services.index_slots import runs_of, span_of
from sessiontui.services.index_snippets import MatchFinder, Sight
from sessiontui.services.index_volumes import Volumes

_ONE_RUN = 300
"""Asking for the hits of one run of slots costs as much as reading so many of them."""

LOOKED_AT_IN_A_HURRY = 2
LOOKED_AT = 3
"""For each hit that is shown, so many compete: what people said first, then the newest."""
_ASKED = 4 * LOOKED_AT
"""For each hit that is shown, of so many of the newest it is asked who said them."""

_TIERS = {IndexTier.TEXT: Tier.TEXT, IndexTier.TOOLS: Tier.TOOLS}
_USER = ROLE_CODES["user"]

Ids = list[int]
Place = tuple[IndexTier, int]
"""A tier and the id of a text in it."""


class _SeenHit(PlainValue):
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


class _Hits(PlainValue):
    """How many texts of a session are hits, and the lists to choose from, newest first.

    That is one list where all words meet; otherwise one for each word.
    """

    number: int
    lists: list[list[Place]]


class TextHits(PlainValue):
    """The texts of a session that are hits.

    `hits` are some of them, best first; all conditions meet in each of them, if they do anywhere.
    """

    number: int
    hits: tuple[SearchHit, ...]
    evidence: Evidence


class HitReader:
    """Reads the hits of many sessions at once. `weights` are those of the groups.

    In a hurry, fewer of them are looked at.
    """

    def __init__(
        self,
        reader: IndexReader,
        conditions: Conditions,
        volumes: Volumes,
        finder: MatchFinder,
        weights: Sequence[float],
        *,
        hurried: bool = False,
    ) -> None:
        self._reader = reader
        self._conditions = conditions
        self._volumes = volumes
        self._finder = finder
        self._weights = weights
        self._looked_at = LOOKED_AT_IN_A_HURRY if hurried else LOOKED_AT

    def read(self, sessions: Sequence[int], shown: int) -> dict[int, TextHits]:
        """The hits of each session, so many of them to be shown: the best of the newest ones."""
        hits = self._hits(sessions)
        chosen = self._chosen(hits, shown)
        read = self._read_texts(place for places in chosen.values() for place in places)
        found: dict[int, TextHits] = {}
        for session, places in chosen.items():
            seen = [self._seen(tier, *read[tier, number]) for tier, number in places]
            evidence_of = evidence(((hit.sight, hit.role) for hit in seen), self._weights)
            seen.sort(key=lambda hit: -hit.quality)
            found[session] = TextHits(
                hits[session].number,
                tuple(hit.shown() for hit in seen[:shown]),
                evidence_of,
            )
        return found

    def _chosen(self, hits: dict[int, _Hits], shown: int) -> dict[int, list[Place]]:
        """The hits of each session that are looked at."""
        asked = {
            session: [places[: _ASKED * shown // len(held.lists)] for places in held.lists]
            for session, held in hits.items()
        }
        roles = self._roles(place for lists in asked.values() for held in lists for place in held)
        found: dict[int, list[Place]] = {}
        for session, lists in asked.items():
            share = max(1, self._looked_at * shown // len(lists))
            taken: dict[Place, None] = {}
            for places in lists:
                places.sort(key=lambda place: roles[place] != _USER)
                taken.update(dict.fromkeys(places[:share]))
            found[session] = sorted(taken, key=lambda place: (place[0], -place[1]))
        return found

    def _roles(self, wanted: Iterable[Place]) -> dict[Place, int]:
        found: dict[Place, int] = {}
        for tier, numbers in _by_tier(wanted).items():
            select = (
                f"SELECT id, role FROM {TABLES[tier].items} "
                "WHERE id IN (SELECT value FROM json_each(?))"
            )
            for number, role in self._reader.rows(Sql(select, (json.dumps(numbers),))):
                found[tier, number] = role
        return found

    def _hits(self, sessions: Sequence[int]) -> dict[int, _Hits]:
        """The texts of each session where all words meet; where there is none, those with any."""
        conditions = self._conditions
        groups = conditions.groups
        slots = self._reader.slots(sessions, conditions.tiers)
        together = self._found(slots, conditions.together, groups)
        hits = {session: _Hits(len(found), [found]) for session, found in together.items()}
        if len(groups) == 1:
            return hits
        left = {session: held for session, held in slots.items() if not together[session]}
        of_groups = [
            self._found(left, partial(_texts_of, conditions, group), (group,)) for group in groups
        ]
        for session in left:
            lists = [found[session] for found in of_groups]
            hits[session] = _Hits(len(set().union(*lists)), lists)
        return hits

    def _found(
        self,
        slots: Mapping[int, Sequence[Slot]],
        search: Callable[[IndexTier, Span | None], Sql],
        groups: Sequence[Group],
    ) -> dict[int, list[Place]]:
        """What a search for these conditions finds in each session, newest first."""
        owner = {slot: session for session, held in slots.items() for _, slot in held}
        found: dict[int, list[Place]] = {session: [] for session in slots}
        for tier in self._conditions.tiers:
            of_tier = [slot for held in slots.values() for t, slot in held if t is tier]
            if of_tier:
                ids = self._ids(of_tier, partial(search, tier), groups)
                ids.sort(reverse=True)
                for slot, run in groupby(ids, key=_slot_of):
                    found[owner[slot]].extend((tier, number) for number in run)
        return found

    def _ids(
        self,
        slots: Sequence[int],
        search: Callable[[Span | None], Sql],
        groups: Sequence[Group],
    ) -> Ids:
        if any(map(self._conditions.spreads, groups)):
            # Most of what is found has to be dropped.
            return self._ids_in(in_slots(search(None), slots), slots)
        if any(self._is_rare(group, len(slots)) for group in groups):
            return self._ids_in(search(None), slots)
        # How thick they lie is known after the first ones, and with it what is near.
        width = self._conditions.width(groups)
        newest, *others = self._reader.runs(slots, width)
        found = self._ids_in(search(newest), slots)
        left = [slot for slot in slots if span_of(slot)[1] < newest[0]]
        in_a_slot = len(found) / (len(slots) - len(left))
        near = width * int(_ONE_RUN / max(in_a_slot, 0.5))
        for run in runs_of(left, near) if others else ():
            found += self._ids_in(search(run), slots)
        return found

    def _is_rare(self, group: Group, slots: int) -> bool:
        volume = self._volumes.texts(group)
        return volume < _ONE_RUN * slots and not self._volumes.is_common(group)

    def _ids_in(self, ids: Sql, slots: Sequence[int]) -> Ids:
        wanted = frozenset(slots)
        return [number for number in self._reader.ids(ids) if _slot_of(number) in wanted]

    def _read_texts(self, wanted: Iterable[Place]) -> dict[Place, tuple[Any, ...]]:
        found: dict[Place, tuple[Any, ...]] = {}
        for tier, numbers in _by_tier(wanted).items():
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
        quality = sight.quality * speaker_weight(role)
        return _SeenHit(quality, sight, _TIERS[tier], place, role, at)


def _texts_of(conditions: Conditions, group: Group, tier: IndexTier, span: Span | None) -> Sql:
    return conditions.texts(tier, group, span)


def _slot_of(number: int) -> int:
    return number >> SLOT_BITS


def _by_tier(places: Iterable[Place]) -> dict[IndexTier, Ids]:
    found: dict[IndexTier, Ids] = {}
    for tier, number in places:
        found.setdefault(tier, []).append(number)
    return found
