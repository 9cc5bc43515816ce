"""What is shown of a search: scores, the best hits of a session, the rows of one page."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

from sessiontui.domain.query import SortKey
from sessiontui.domain.search import HitPage, IndexTier, SearchHit, SessionHits, Tier
from sessiontui.domain.session import RowPage, SessionRow, TitleSource
from sessiontui.services.index_items import unpacked
from sessiontui.services.index_schema import ROLE_NAMES, TABLES
from sessiontui.services.index_search import IndexSearch, Match, Matches
from sessiontui.services.index_snippets import MatchFinder

FINELY_RANKED = 50
"""So many of the best are ranked by their texts too."""
MOST_SNIPPETS = 200
"""Rows beyond have no snippet where the query sets no limit."""
LOOKED_AT = 4
"""So many of a session's newest hits compete for the row."""

_DAY = 86_400.0
_HALF_LIFE_DAYS = 30.0
_TIERS = {IndexTier.TEXT: Tier.TEXT, IndexTier.TOOLS: Tier.TOOLS}
_ROLE_WEIGHT = {"user": 0.10, "assistant": 0.05}


class _Scored(NamedTuple):
    quality: float
    hit: SearchHit


class _Details(NamedTuple):
    """The hits of one session, best first, and how many there are."""

    number: int
    hits: tuple[SearchHit, ...]
    together: bool
    quality: float


class Results:
    """Makes pages of what a search has found."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        search: IndexSearch,
        matches: Matches,
        rows: dict[int, SessionRow],
        now: float,
    ) -> None:
        """`rows` holds the row of every session found."""
        self._connection = connection
        self._search = search
        self._matches = matches
        self._rows = rows
        self._now = now
        self._finder = MatchFinder(search.conditions.groups)
        self._details: dict[int, _Details] = {}

    # -- pages -----------------------------------------------------------------------------

    def row_page(self, sort: SortKey, offset: int, limit: int | None) -> RowPage:
        """Rows with the best hit of each."""
        found = self._matches.found
        ordered = self._by_score(LOOKED_AT) if sort is SortKey.RELEVANCE else found
        page = ordered[offset : None if limit is None else offset + limit]
        shown = len(page) if limit is not None else MOST_SNIPPETS
        rows = [
            self._row(match, self._detail(match, LOOKED_AT) if position < shown else None)
            for position, match in enumerate(page)
        ]
        return RowPage(tuple(rows), self._total(), sum(self._count(match) for match in found))

    def hit_page(self, offset: int, limit: int | None, hits_per_session: int) -> HitPage:
        """Sessions with their best hits, best first."""
        looked_at = max(LOOKED_AT, 4 * hits_per_session)
        ordered = self._by_score(looked_at)
        items = []
        for match in ordered[offset : None if limit is None else offset + limit]:
            detail = self._detail(match, looked_at)
            score = self._score(match, detail)
            hits = detail.hits[:hits_per_session]
            row = self._row(match, detail)
            items.append(SessionHits(row, round(score, 4), detail.number, True, hits))
        return HitPage(tuple(items), self._total())

    def _total(self) -> int | None:
        return len(self._matches.found) if self._matches.complete else None

    def _row(self, match: Match, detail: _Details | None) -> SessionRow:
        row = self._rows[match.session]
        if not self._search.conditions.groups:
            return row
        if detail is None:
            count = self._count(match)
            return row._replace(hit_count=max(1, count), hit_count_exact=count > 0)
        best = detail.hits[0] if detail.hits else None
        if best is None:
            return row._replace(hit_count=max(1, detail.number))
        return row._replace(
            hit_count=detail.number,
            snippet=best.snippet,
            matches=best.matches,
            message_index=best.message_index,
        )

    def _count(self, match: Match) -> int:
        known = self._details.get(match.session)
        if known is not None:
            return known.number
        texts = match.together or match.texts or 0
        return texts + self._title_counts(match, texts)

    def _title_counts(self, match: Match, texts: int) -> bool:
        """Whether the title is a hit of its own; one made of the first prompt is not."""
        derived = self._rows[match.session].title_source == TitleSource.DERIVED
        return match.in_title and not (derived and texts)

    # -- ranking ---------------------------------------------------------------------------

    def _by_score(self, looked_at: int) -> list[Match]:
        """Best first; equal ones stay in their order, which is newest first."""
        ranked = sorted(self._matches.found, key=lambda match: -self._rough_score(match))
        finely = sorted(
            ranked[:FINELY_RANKED],
            key=lambda match: -self._score(match, self._detail(match, looked_at)),
        )
        return finely + ranked[FINELY_RANKED:]

    def _rough_score(self, match: Match) -> float:
        """The score as far as it is known without reading a text."""
        together = match.together > 0
        return self._weighed(match, together, match.together or match.texts or 0, 0.0)

    def _score(self, match: Match, detail: _Details) -> float:
        return self._weighed(match, detail.together, detail.number, detail.quality)

    def _weighed(self, match: Match, together: bool, number: int, quality: float) -> float:
        """A given title counts most, then words that stand together, then number and recency."""
        row = self._rows[match.session]
        at = row.last_activity
        title = 2.0 if row.title_source == TitleSource.DERIVED else 4.0
        age = math.inf if at is None else max(0.0, self._now - at) / _DAY
        score: float = (
            title * match.in_title
            + 2.0 * (together or match.in_title)
            + 2.0 * quality
            + min(1.5, math.log2(1 + number) / 4.0)
            + 2.0 * 0.5 ** (age / _HALF_LIFE_DAYS)
        )
        return score

    # -- the hits of one session -----------------------------------------------------------

    def _detail(self, match: Match, looked_at: int) -> _Details:
        known = self._details.get(match.session)
        if known is None:
            self._search.check()
            known = self._details[match.session] = self._read_detail(match, looked_at)
        return known

    def _read_detail(self, match: Match, looked_at: int) -> _Details:
        if not self._search.conditions.groups:
            # Nothing was looked for, only excluded.
            return _Details(0, (), False, 0.0)
        numbers, together = self._texts_of(match)
        scored = [
            self._scored(tier, values) for tier, values in self._newest_texts(numbers, looked_at)
        ]
        # Newest first among equals: that is how they were read.
        scored.sort(key=lambda item: -item.quality)
        hits = [item.hit for item in scored]
        texts = sum(map(len, numbers.values()))
        quality = scored[0].quality if scored else 0.0
        title_counts = self._title_counts(match, texts)
        if title_counts:
            title = self._finder.snippet(self._rows[match.session].title)
            quality = max(quality, title.quality)
            named = SearchHit(Tier.TITLE, None, None, None, title.text, title.matches)
            hits.append(named)
        return _Details(texts + title_counts, tuple(hits), together, quality)

    def _texts_of(self, match: Match) -> tuple[dict[IndexTier, list[int]], bool]:
        """The ids of the texts that are hits, newest first: where all words meet, else any."""
        conditions = self._search.conditions
        found: dict[IndexTier, list[int]] = {}
        for together in (True, False):
            for tier in conditions.tiers:
                spans = self._search.slots(match.session, tier)
                if together:
                    searches = [conditions.together(tier, span) for span in spans]
                else:
                    searches = [
                        conditions.texts(tier, group, span)
                        for span in spans
                        for group in conditions.groups
                    ]
                numbers = {
                    number
                    for ids in searches
                    for (number,) in self._connection.execute(ids.text, ids.values)
                }
                found[tier] = sorted(numbers, reverse=True)
            if any(found.values()):
                return found, together
        return found, False

    def _newest_texts(
        self, numbers: dict[IndexTier, list[int]], most: int
    ) -> list[tuple[IndexTier, tuple[Any, ...]]]:
        found: list[tuple[IndexTier, tuple[Any, ...]]] = []
        for tier, ids in numbers.items():
            chosen = ids[:most]
            if not chosen:
                continue
            tables = TABLES[tier]
            marks = ", ".join("?" * len(chosen))
            if tier is IndexTier.TOOLS:
                select = f"SELECT place, role, at, body FROM {tables.items} WHERE id IN ({marks})"
            else:
                select = (
                    f"SELECT i.place, i.role, i.at, w.text FROM {tables.items} AS i "
                    f"JOIN {tables.words} AS w ON w.rowid = i.id WHERE i.id IN ({marks})"
                )
            rows: Sequence[tuple[Any, ...]] = self._connection.execute(select, chosen).fetchall()
            found.extend((tier, row) for row in sorted(rows, key=lambda row: -row[0]))
        return found

    def _scored(self, tier: IndexTier, values: tuple[Any, ...]) -> _Scored:
        place, role_code, at, held = values
        text = unpacked(held) if tier is IndexTier.TOOLS else held
        role = ROLE_NAMES.get(role_code, "other")
        snippet = self._finder.snippet(text)
        hit = SearchHit(_TIERS[tier], place, role, at, snippet.text, snippet.matches)
        # What people said is what people look for.
        return _Scored(snippet.quality + _ROLE_WEIGHT.get(role, 0.0), hit)
