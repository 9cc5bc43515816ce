"""The whole answer to a search: all sessions that meet its conditions.

Words are settled one after the other for the whole index, the rarest first. As soon as only few
sessions are left, the others are asked of those alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sessiontui.domain.value import PlainValue
from sessiontui.services.index_candidates import Candidates
from sessiontui.services.index_conditions import Conditions, Group
from sessiontui.services.index_counting import Counts, Search, TextCounter
from sessiontui.services.index_reader import IndexReader
from sessiontui.services.index_volumes import Volumes

RANKED = 1_000
"""So many of the newest are ranked, and as many with all words in the title."""

_ONE_SESSION = 400
"""Asking for the hits of one session costs as much as reading so many of them."""
_MOST_COUNTED = 100_000
"""What more texts have is not counted before it is read."""


class SearchLimits(PlainValue):
    """What a search does for its first rows, and where reading everything is too much for them.

    `rows`: so many are wanted. `seconds`: so long sessions are looked for; making rows of them
    takes about as long again. `texts`: a condition met in more texts is asked of the sessions one
    after the other. `titles`: the same for titles; only those of the newest sessions count then.
    `small`: an index of fewer texts is always read whole, and beginnings of words are looked for
    in it however short they are. `few`: up to so many sessions are listed at once.
    """

    rows: int = 60
    seconds: float = 0.005
    texts: int = 10_000
    titles: int = 5_000
    small: int = 20_000
    few: int = 1_000


@dataclass(frozen=True, slots=True)
class Matches:
    """The sessions that are found, in the order asked for; `complete` when there are no others.

    `conditions` are those that they meet, `common` the ones that very many texts meet. `titles`:
    sessions whose title meets all conditions. `together`: how many texts meet all of them, `texts`:
    how many meet each; both only as far as they were counted. `fewer`: there may be more hits than
    are counted.
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


class WholePass:
    """Finds all sessions that meet the conditions."""

    def __init__(self, reader: IndexReader, conditions: Conditions, candidates: Candidates) -> None:
        self._reader = reader
        self._conditions = conditions
        self._candidates = candidates
        self._volumes = Volumes(reader, conditions, _MOST_COUNTED)
        self._counter = TextCounter(reader, conditions)

    def run(self) -> Matches:
        """All that there is."""
        conditions, volumes = self._conditions, self._volumes
        titles: dict[Group, set[int]] = {}
        counts: dict[Group, Counts] = {}
        among: set[int] | None = None
        for group in sorted(conditions.groups, key=volumes.texts):
            # A title has no role.
            found = conditions.roles is None
            titles[group] = set(self._reader.ids(conditions.titles(group))) if found else set()
            counts[group] = self._counted(group, self._counter.meeting(group), among)
            met = titles[group] | counts[group].keys()
            among = met if among is None else among & met
        numbers = list(self._candidates.ordered(among, self._removed(among)))
        return Matches(
            conditions,
            numbers,
            complete=True,
            titles=set.intersection(*titles.values()) if titles else set(),
            together=self._together(numbers, counts),
            texts=tuple(counts.values()),
            common=[group for group in conditions.groups if volumes.texts(group) >= _MOST_COUNTED],
        )

    def _counted(self, group: Group, search: Search, among: Collection[int] | None) -> Counts:
        """The hits of all sessions, or at least of those that are still looked for."""
        if among is not None and not self._conditions.spreads(group):
            volume = self._volumes.texts(group)
            if len(among) * _ONE_SESSION < (4 * volume if volume >= _MOST_COUNTED else volume):
                return self._counter.among(search, among)
        return self._counter.everywhere(search)

    def _removed(self, among: Collection[int] | None) -> set[int]:
        """The sessions with an excluded word, of those still looked for."""
        removed: set[int] = set()
        for term in self._conditions.excluded:
            removed.update(self._reader.ids(self._conditions.titles((term,))))
            left = None if among is None else set(among) - removed
            removed.update(self._counted((term,), self._counter.excluded_by(term), left))
        return removed

    def _together(
        self, numbers: Collection[int], counts: Mapping[Group, Counts]
    ) -> Mapping[int, int]:
        """How many texts meet all conditions."""
        groups = self._conditions.groups
        if len(groups) < 2:
            return counts[groups[0]] if groups else {}
        least = min(map(self._volumes.texts, groups))
        spread = any(map(self._conditions.spreads, groups))
        if not spread and len(numbers) * _ONE_SESSION < least:
            return self._counter.among(self._counter.meeting_all(), numbers)
        return self._counter.everywhere(self._counter.meeting_all())
