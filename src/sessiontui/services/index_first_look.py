"""The first rows of a search: what can be found before the next keystroke.

What few texts hold is read for the whole index. What many texts hold is asked of the sessions,
newest first, until there are enough or the time is over. What is found is right; it may not be all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from itertools import chain, islice
from typing import TypeVar

from sessiontui.domain.query import Term
from sessiontui.domain.value import PlainValue
from sessiontui.services.index_candidates import Candidates
from sessiontui.services.index_conditions import Conditions, Group
from sessiontui.services.index_counting import Counts, TextCounter
from sessiontui.services.index_endings import recent_endings
from sessiontui.services.index_filters import Sql
from sessiontui.services.index_pass import Matches, SearchLimits
from sessiontui.services.index_patience import OutOfTime
from sessiontui.services.index_reader import IndexReader
from sessiontui.services.index_schema import counter
from sessiontui.services.index_volumes import Volumes

T = TypeVar("T")

_TO_RANK = 2
"""So many times the wanted rows are looked for: the best of them are shown."""
_TITLED = 0.5
"""The share of them that is found by titles alone."""
_FEW_TEXTS = 2_000
"""A condition that so few texts meet is looked for together with the others, too."""
_GATHERING = 0.6
"""After this share of the time no more sessions are gathered to be asked."""
_AT_LEAST = 0.3
"""The share of the time that gathering the first of them is given, whatever has passed."""
_SETTLING = 0.5
"""After this share of the time, no other condition is read for the whole index."""
_COST_OF_ROLES = 5
"""So many times as long it takes to read texts when it has to be looked up who wrote them."""
_LOT = 16
_LARGEST_LOT = 4_096
_TIMES_LARGER = 4
"""How many sessions are asked at once: few at first, each time at most so many times more."""
_LOT_SECONDS = 0.001
"""How long asking one lot may take, going by the one before."""


class _Met(PlainValue):
    """The sessions that meet a condition; None for texts that have to be asked for."""

    titles: set[int]
    texts: Counts | None
    all_titles: bool

    @property
    def sessions(self) -> Collection[int] | None:
        """All of them, where all are known."""
        if self.texts is None or not self.all_titles:
            return None
        return self.titles | self.texts.keys()


class FirstLook:
    """One look: finds up to twice the wanted rows. `walked` are the sessions in a good order."""

    def __init__(
        self,
        reader: IndexReader,
        conditions: Conditions,
        walked: Candidates,
        limits: SearchLimits,
        wanted: int,
    ) -> None:
        self._reader = reader
        self._given = conditions
        self._conditions = conditions
        self._walked = walked
        self._limits = limits
        self._enough = _TO_RANK * wanted if conditions.groups else wanted
        # Whose text it is has to be looked up for each.
        share = 1 if conditions.roles is None else _COST_OF_ROLES
        self._most_texts = limits.texts // share
        self._volumes = Volumes(reader, conditions, limits.texts + 1, limits.titles + 1)
        self._met: dict[Group, _Met] = {}
        self._removed: set[int] = set()
        self._asked_excluded: list[Term] = []
        self._found: dict[int, None] = {}

    def run(self) -> Matches:
        """What is found in time, newest first."""
        complete = False
        try:
            self._settle()
            complete = self._walk()
        except OutOfTime:
            pass
        return self._matches(complete)

    # -- what can be known at once ---------------------------------------------------------

    def _settle(self) -> None:
        endings = recent_endings(self._reader, self._given, self._volumes, self._limits.texts)
        if endings:
            self._conditions = self._given.with_endings(endings)
        self._counter = TextCounter(self._reader, self._conditions)
        for term in self._given.excluded:
            self._settle_excluded(term)
        for group in sorted(self._given.groups, key=self._volumes.texts):
            self._met[group] = self._settled(group)

    def _settle_excluded(self, term: Term) -> None:
        given = TextCounter(self._reader, self._given)
        group = (term,)
        few = (
            self._volumes.texts(group) <= self._most_texts
            and self._volumes.titles(group) <= self._limits.titles
        )
        if few:
            self._removed.update(self._reader.ids(self._given.titles(group)))
            self._removed.update(given.everywhere(given.excluded_by(term)))
        elif self._given.spreads(group):
            # It would have to be read whole before anything can be shown.
            raise OutOfTime
        else:
            self._asked_excluded.append(term)

    def _settled(self, group: Group) -> _Met:
        titles, all_titles = self._titles(group)
        texts = None
        few = self._volumes.texts(group) <= self._most_texts
        if few and not self._conditions.is_shortened(group):
            texts = self._in_time(lambda: self._counter.everywhere(self._counter.meeting(group)))
        return _Met(titles, texts, all_titles)

    def _titles(self, group: Group) -> tuple[set[int], bool]:
        conditions, most = self._conditions, self._limits.titles
        if conditions.roles is not None:
            # A title has no role.
            return set(), True
        few = self._volumes.titles(group) <= most
        if few and not conditions.is_shortened(group, in_titles=True):
            found = self._in_time(lambda: self._reader.ids(conditions.titles(group)))
            return set(found or ()), found is not None
        last = counter(self._reader.connection, "session")
        newest = conditions.titles(group, (last - most, last))
        found = self._in_time(lambda: self._reader.ids(newest))
        return set(found or ()), False

    def _in_time(self, read: Callable[[], T]) -> T | None:
        """What is read, unless the time is over; for the rarest condition, whatever the time."""
        if not self._met:
            return read()
        if self._reader.patience.is_over(_SETTLING):
            return None
        try:
            with self._reader.hurrying():
                return read()
        except OutOfTime:
            return None

    # -- what has to be asked --------------------------------------------------------------

    def _walk(self) -> bool:
        """Find sessions; returns whether these are all."""
        asked = [group for group, met in self._met.items() if met.texts is None]
        among = self._among()
        if among is not None and not among:
            # Of one word all is known: there is nothing, whatever of the others is not known.
            return True
        self._find_titled()
        likely = self._walked.likely(self._limits.titles)
        if likely and among is not None:
            likely &= among
        sessions = chain(
            self._walked.ordered(likely, self._removed) if likely else (),
            self._walked.ordered(among, self._removed),
        )
        patience = self._reader.patience
        # Whatever the time: the newest few are always asked.
        hurrying: AbstractContextManager[None] = nullcontext()
        share = max(_GATHERING, patience.used() + _AT_LEAST)
        size = _LOT
        while len(self._found) < self._enough:
            lot, ended, late = self._gather(sessions, size, share)
            begun = patience.elapsed()
            with hurrying:
                self._found.update(dict.fromkeys(self._meeting(lot, asked)))
            if ended:
                return not late and not self._is_shortened()
            patience.check()
            took = patience.elapsed() - begun
            fitting = int(len(lot) * _LOT_SECONDS / took) if took > 0 else _LARGEST_LOT
            size = max(_LOT, min(_TIMES_LARGER * size, fitting, _LARGEST_LOT))
            hurrying, share = self._reader.hurrying(), _GATHERING
        return False

    def _is_shortened(self) -> bool:
        return not all(met.all_titles for met in self._met.values()) or any(
            map(self._conditions.is_shortened, self._met)
        )

    def _among(self) -> set[int] | None:
        known = [met.sessions for met in self._met.values()]
        settled = [set(sessions) for sessions in known if sessions is not None]
        return set.intersection(*settled) if settled else None

    def _find_titled(self) -> None:
        if not self._met:
            return
        titled = set.intersection(*(met.titles for met in self._met.values()))
        if not titled:
            return
        newest = self._walked.ordered(titled, self._removed)
        with suppress(OutOfTime), self._reader.hurrying(_GATHERING):
            lot = list(islice(newest, int(_TITLED * self._enough)))
            self._found.update(dict.fromkeys(self._allowed(lot)))

    def _gather(
        self, sessions: Iterator[int], size: int, share: float
    ) -> tuple[list[int], bool, bool]:
        """The next sessions; whether they are the last ones, and whether for lack of time."""
        lot: list[int] = []
        try:
            with self._reader.hurrying(share):
                for number in sessions:
                    if number not in self._found:
                        lot.append(number)
                        if len(lot) >= size:
                            return lot, False, False
        except OutOfTime:
            return lot, True, True
        return lot, True, False

    def _meeting(self, lot: Sequence[int], asked: Sequence[Group]) -> Sequence[int]:
        """Those of the sessions that meet all conditions."""
        for group, met in self._met.items():
            if group not in asked:
                texts: Mapping[int, int] = met.texts or {}
                lot = [number for number in lot if number in met.titles or number in texts]
        for group in asked:
            titles = self._met[group].titles
            unknown = [number for number in lot if number not in titles]
            if unknown:
                search = self._counter.meeting(group)
                found = self._counter.among(search, unknown)
                lot = [number for number in lot if number in titles or number in found]
        return self._allowed(lot)

    def _allowed(self, lot: Sequence[int]) -> Sequence[int]:
        """Those of the sessions that hold no excluded word."""
        for term in self._asked_excluded:
            if not lot:
                break
            given = TextCounter(self._reader, self._given)
            held = given.among(given.excluded_by(term), lot)
            lot = [number for number in lot if number not in held]
            titles = self._given.titles((term,))
            titled = self._reader.ids(
                Sql(
                    "SELECT wanted.value AS id FROM json_each(?) AS wanted WHERE EXISTS "
                    f"(SELECT 1 FROM ({titles.text}) WHERE id = wanted.value)",
                    (json.dumps(lot), *titles.values),
                )
            )
            lot = [number for number in lot if number not in titled]
        return lot

    # -- the answer ------------------------------------------------------------------------

    def _matches(self, complete: bool) -> Matches:
        counts = [met.texts for met in self._met.values() if met.texts is not None]
        titles = [met.titles for met in self._met.values()]
        return Matches(
            self._conditions,
            list(self._found),
            complete,
            titles=set.intersection(*titles) if titles else set(),
            together=self._together(counts),
            texts=counts,
            common=[group for group, met in self._met.items() if met.texts is None],
            fewer=not complete,
        )

    def _together(self, counts: Sequence[Counts]) -> Counts:
        groups = self._given.groups
        if len(counts) < len(groups) or not groups:
            return {}
        if len(groups) == 1:
            return counts[0]
        if min(map(self._volumes.texts, groups)) > _FEW_TEXTS:
            return {}
        return self._counter.everywhere(self._counter.meeting_all())
