"""Statistics of the sessions of a query, from the search index."""

from __future__ import annotations

import heapq
import math
import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from sessiontui.domain.local_days import LocalDays
from sessiontui.domain.query import FilterField, Query, SortKey
from sessiontui.domain.statistics import Measure, Statistics, TimeSpan, TopSession
from sessiontui.services.index_filters import Surroundings, session_condition
from sessiontui.services.index_schema import counter
from sessiontui.services.index_statistics import (
    Limits,
    SessionFacts,
    read_facts,
    read_facts_of,
    read_rows,
    read_text_times,
)
from sessiontui.services.search_index import SearchIndex
from sessiontui.services.statistics_sums import Clock, Material, Sums

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
"""Earlier times are mistakes of a store: zero, or a clock that was never set."""
_DAY = 86_400.0
_KEPT = 4
"""Materials that are remembered: a screen goes to and fro between some spans of time."""


class _Key(NamedTuple):
    """What a material was read for; another generation of the index is another material."""

    birth: int
    generation: int
    query: Query
    stores: tuple[str, ...]
    limits: Limits


class StatisticsReader:
    """Counts sessions. Safe to use from several threads.

    What was read is kept as long as the index does not change.
    """

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, Material] = OrderedDict()

    def statistics(
        self,
        query: Query,
        span: TimeSpan | None,
        stores: Sequence[str],
        now: float,
        threshold: float,
        *,
        zone: tzinfo | None = None,
        most: int = 10,
    ) -> Statistics:
        """The numbers over a query's sessions that were at work in a span of time (None: all).

        With words, the sessions are those that are found. `now` and `threshold` (for verdicts) in
        seconds; days and hours are those of `zone`, by default the system's. `most` is how many of
        the greatest sessions are named. Raises as `SearchIndex.rows` does.
        """
        wanted = query.replace(sort=SortKey.ACTIVITY, reverse=False, limit=None, offset=0)
        span = span or TimeSpan()
        limits = _limits(span, now)
        around = Surroundings(tuple(stores), now, threshold)
        material = self._material(wanted, limits, around)
        clock = Clock(now, threshold, LocalDays(zone))
        sums = Sums(material, limits, clock)
        chosen = {measure: _greatest(sums.facts, measure, most) for measure in _VALUES}
        numbers = [fact.number for facts in chosen.values() for fact in facts]
        with self._index.database.reading() as connection:
            rows = read_rows(connection, numbers, now, threshold)
        top = {
            measure: tuple(
                TopSession(rows[fact.number], fact.tokens) for fact in facts if fact.number in rows
            )
            for measure, facts in chosen.items()
        }
        name = datetime.fromtimestamp(now, UTC).astimezone(zone).tzname() or ""
        return sums.statistics(span, name, top)

    def _material(self, query: Query, limits: Limits, around: Surroundings) -> Material:
        refs = corrected = None
        if query.searches_text:
            page = self._index.rows(query, around.stores, around.now, around.threshold, whole=True)
            refs, corrected = [row.ref for row in page.rows], page.corrected
        with self._index.database.reading() as connection:
            birth, generation = counter(connection, "birth"), counter(connection, "generation")
            key = _Key(birth, generation, query, around.stores, limits)
            lasting = not any(item.field is FilterField.VERDICT for item in query.filters)
            with self._lock:
                if lasting and key in self._kept:
                    self._kept.move_to_end(key)
                    return self._kept[key]
            if refs is None:
                facts = read_facts(connection, session_condition(query, around))
            else:
                facts = read_facts_of(connection, refs)
            times = read_text_times(connection, [fact.number for fact in facts], limits)
        material = Material(facts, times, corrected)
        if lasting:
            with self._lock:
                self._kept[key] = material
                for old in [key for key in self._kept if key[:2] != (birth, generation)]:
                    del self._kept[old]
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return material


def _limits(span: TimeSpan, now: float) -> Limits:
    # A clock may be wrong by a day, and the limit must not move with every second.
    latest = (now // _DAY + 2) * _DAY
    since = -math.inf if span.since is None else span.since.timestamp()
    until = math.inf if span.until is None else span.until.timestamp()
    return Limits(since, until, _EARLIEST, latest)


def _time(fact: SessionFacts) -> float | None:
    if fact.created_at is None or fact.last_activity is None:
        return None
    return fact.last_activity - fact.created_at


_VALUES = {
    Measure.SIZE: lambda fact: fact.size_bytes,
    Measure.MESSAGES: lambda fact: fact.message_count,
    Measure.TOKENS: lambda fact: fact.tokens,
    Measure.TIME: _time,
}


def _greatest(facts: Sequence[SessionFacts], measure: Measure, most: int) -> list[SessionFacts]:
    """The greatest first, of equal ones in the order of their references; none without any."""
    value = _VALUES[measure]
    return heapq.nlargest(
        most, (fact for fact in facts if (value(fact) or 0) > 0), key=lambda fact: value(fact) or 0
    )
