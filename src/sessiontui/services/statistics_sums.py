"""Sums facts of sessions and times of texts up to statistics. Pure."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date

from sessiontui.domain.local_days import LocalDays, LocalHour, weekday_of
from sessiontui.domain.statistics import (
    HOURS,
    WEEKDAYS,
    Amounts,
    Group,
    GroupField,
    Measure,
    Period,
    Statistics,
    TimeSpan,
    TopSession,
    Unit,
    following,
    start_of,
    streaks_of,
    total,
)
from sessiontui.domain.value import PlainValue
from sessiontui.domain.verdict import changes_with_time, status_of
from sessiontui.services.index_rows import StoredText, newest
from sessiontui.services.index_statistics import QUARTER, Limits, SessionFacts, TextTimes
from sessiontui.services.index_words import from_exact

_SHORT_SPAN_DAYS = 400
"""A span up to this is shown whole; a longer one from its first session on."""


class Material(PlainValue):
    """What was read from the index: sessions, and when their texts were said."""

    facts: Sequence[SessionFacts]
    times: TextTimes
    corrected: str | None = None


class Clock(PlainValue):
    """What verdicts and days go by; `now` and `threshold` in seconds."""

    now: float
    threshold: float
    days: LocalDays


class Sums:
    """The sums over one material, for the sessions that were at work within the limits."""

    def __init__(self, material: Material, limits: Limits, clock: Clock) -> None:
        self._corrected = material.corrected
        self._limits = limits
        self._clock = clock
        self._hours = [[0] * HOURS for _ in WEEKDAYS]
        self._texts: Counter[int] = Counter()
        self._undated: Counter[int] = Counter()
        self._begun: Counter[int] = Counter()
        self._undated_nowhere = 0
        self._at_work: dict[int, set[int]] = defaultdict(set)
        """Days by session."""
        self._add_texts(material.times)
        self.facts = [fact for fact in material.facts if self._add(fact, material.times.undated)]
        """The sessions that are counted."""

    def statistics(
        self, span: TimeSpan, zone: str, top: Mapping[Measure, tuple[TopSession, ...]]
    ) -> Statistics:
        """The statistics; `zone` is the name of the time zone, `top` the greatest sessions."""
        today = self._clock.days.day_of(self._clock.now)
        worked = {day for days in self._at_work.values() for day in days}
        return Statistics(
            span=span,
            zone=zone,
            amounts=_amounts(self.facts),
            begun=self._begun.total(),
            untimed=sum(1 for fact in self.facts if fact.number not in self._at_work),
            pending=sum(1 for fact in self.facts if fact.is_pending),
            texts=self._texts.total() + self._undated.total() + self._undated_nowhere,
            undated=self._undated.total() + self._undated_nowhere,
            first=date.fromordinal(min(worked)) if worked else None,
            last=date.fromordinal(max(worked)) if worked else None,
            streaks=streaks_of(worked, today),
            groups={field: self._groups(field) for field in GroupField},
            periods=self._periods(worked, today),
            hours=tuple(map(tuple, self._hours)),
            top=top,
            corrected=self._corrected,
        )

    # -- taking in -------------------------------------------------------------------------

    def _add_texts(self, times: TextTimes) -> None:
        places: dict[int, LocalHour] = {}
        for session, quarter, count in zip(
            times.sessions, times.quarters, times.counts, strict=True
        ):
            place = places.get(quarter)
            if place is None:
                place = places[quarter] = self._clock.days.hour_of(quarter * QUARTER)
            self._hours[weekday_of(place.day)][place.hour] += count
            self._texts[place.day] += count
            self._at_work[session].add(place.day)

    def _add(self, fact: SessionFacts, undated: Mapping[int, int]) -> bool:
        """Count what a session itself tells; returns whether it belongs to the span."""
        begun = self._day(fact.created_at)
        last = self._day(fact.last_activity)
        if begun is not None:
            self._begun[begun] += 1
        at_work = {day for day in (begun, last) if day is not None}
        if at_work:
            self._at_work[fact.number] |= at_work
        texts = undated.get(fact.number, 0)
        if last is not None:
            self._undated[last] += texts
        elif self._is_all:
            self._undated_nowhere += texts
        return self._is_all or fact.number in self._at_work

    @property
    def _is_all(self) -> bool:
        return self._limits.since == -math.inf and self._limits.until == math.inf

    def _day(self, at: float | None) -> int | None:
        """The local day of a moment; None where it is none, or outside of the span."""
        if at is None or not self._limits.holds(at):
            return None
        return self._clock.days.day_of(at)

    # -- giving out ------------------------------------------------------------------------

    def _groups(self, field: GroupField) -> tuple[Group, ...]:
        named: dict[str | None, list[SessionFacts]] = defaultdict(list)
        spellings: dict[str | None, str | None] = {}
        name_of = self._namer(field)
        for fact in self.facts:
            name = name_of(fact) or None
            same = name.casefold() if name is not None and field in _FOLDED else name
            named[same].append(fact)
            known = spellings.setdefault(same, name)
            if known is not None and name is not None and name < known:
                spellings[same] = name
        groups = [Group(spellings[same], _amounts(facts)) for same, facts in named.items()]
        groups.sort(
            key=lambda group: (-group.amounts.sessions, group.name is None, group.name or "")
        )
        return tuple(groups)

    def _namer(self, field: GroupField) -> Callable[[SessionFacts], str | None]:
        match field:
            case GroupField.AGENT:
                return lambda fact: _text(fact.agent)
            case GroupField.WORKSPACE:
                return lambda fact: _text(fact.workspace)
            case GroupField.MODEL:
                return lambda fact: _text(fact.model)
            case GroupField.FORMAT:
                return lambda fact: fact.format
            case GroupField.STORE:
                return lambda fact: fact.store
            case GroupField.STATUS:
                return self._status_namer()

    def _status_namer(self) -> Callable[[SessionFacts], str]:
        settled: dict[tuple[str, int | None], str] = {}
        now, threshold = self._clock.now, self._clock.threshold

        def status(fact: SessionFacts) -> str:
            opened = None if fact.turn_open is None else bool(fact.turn_open)
            key = fact.state, fact.turn_open
            if key in settled:
                return settled[key]
            moved = newest(fact.last_activity, fact.moved_at)
            found = status_of(fact.state, opened, fact.turn_started_at, moved, now, threshold).value
            if not changes_with_time(fact.state, opened):
                settled[key] = found
            return found

        return status

    def _periods(self, worked: set[int], today: int) -> dict[Unit, tuple[Period, ...]]:
        bounds = self._bounds(worked, today)
        if bounds is None:
            return dict.fromkeys(Unit, ())
        return {unit: tuple(self._periods_of(unit, worked, *bounds)) for unit in Unit}

    def _periods_of(self, unit: Unit, worked: set[int], first: int, last: int) -> Iterator[Period]:
        starts = {day: start_of(unit, day) for day in worked}
        active: Counter[int] = Counter()
        for days in self._at_work.values():
            active.update({starts[day] for day in days})
        begun, texts, undated = (
            _by_start(unit, days) for days in (self._begun, self._texts, self._undated)
        )
        start = start_of(unit, first)
        while start <= last:
            yield Period(
                date.fromordinal(start),
                begun[start],
                active[start],
                texts[start] + undated[start],
                undated[start],
            )
            start = following(unit, start)

    def _bounds(self, worked: set[int], today: int) -> tuple[int, int] | None:
        """The first and the last day that is shown; None where there is nothing to show."""
        limits = self._limits
        first, last = min(worked, default=None), max([today, *worked])
        if limits.until <= self._clock.now:
            last = self._clock.days.day_of(max(limits.until - 1, limits.earliest))
        if limits.since >= limits.earliest and limits.since <= self._clock.now:
            begin = self._clock.days.day_of(limits.since)
            if first is None or last - begin <= _SHORT_SPAN_DAYS:
                first = min(begin, first or begin)
        return None if first is None else (first, max(first, last))


_FOLDED = frozenset({GroupField.AGENT, GroupField.WORKSPACE})
"""Values that filters compare without case: spellings of one value are one."""


def _text(value: StoredText) -> str | None:
    return from_exact(value) if isinstance(value, bytes) else value


def _amounts(facts: Collection[SessionFacts]) -> Amounts:
    return Amounts(
        len(facts),
        total([fact.message_count for fact in facts]),
        total([fact.size_bytes for fact in facts]),
        total([fact.tokens for fact in facts]),
    )


def _by_start(unit: Unit, days: Counter[int]) -> Counter[int]:
    summed: Counter[int] = Counter()
    for day, count in days.items():
        summed[start_of(unit, day)] += count
    return summed
