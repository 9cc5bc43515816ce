"""What is shown of a search: the order, the rows of one page, the hits in them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from sessiontui.domain.query import Query, SortKey
from sessiontui.domain.search import HitPage, SearchHit, SessionHits, Tier
from sessiontui.domain.session import RowPage, SessionRow, TitleSource
from sessiontui.services.index_hits import HitReader, TextHits
from sessiontui.services.index_pass import RANKED, Matches
from sessiontui.services.index_reader import IndexReader
from sessiontui.services.index_snippets import MatchFinder

MOST_ROWS = 1_000
"""Rows of a search that sets no limit; the page's total tells how many there are."""
MOST_SNIPPETS = 200
"""Of these, the first ones have their hits; the others only a count."""
FINELY_RANKED = 50
"""So many of the best are ranked by their texts too."""

_DAY = 86_400.0
_HALF_LIFE_DAYS = 30.0

RowsOf = Callable[[Sequence[int]], Sequence[SessionRow]]


class Results:
    """Makes pages of what a search has found.

    `rows_of` gives the rows of sessions, `shown` is how many hits of a session will be shown.
    """

    def __init__(
        self,
        reader: IndexReader,
        query: Query,
        matches: Matches,
        rows_of: RowsOf,
        now: float,
        shown: int,
    ) -> None:
        self._matches = matches
        self._rows_of = rows_of
        self._now = now
        self._shown = shown
        self._finder = MatchFinder(query.terms)
        self._reader = HitReader(reader, matches, self._finder)
        self._groups = len(matches.conditions.groups)
        self._words = self._groups > 0
        """False when nothing is looked for, only excluded."""
        self._rows: dict[int, SessionRow] = {}
        self._texts: dict[int, TextHits] = {}

    # -- pages -----------------------------------------------------------------------------

    def row_page(self, sort: SortKey, offset: int, limit: int | None) -> RowPage:
        """Rows with the best hit of each."""
        found = self._matches.numbers
        ordered = self._by_score() if sort is SortKey.RELEVANCE else found
        most = MOST_ROWS if limit is None and self._words else limit
        page = ordered[offset : None if most is None else offset + most]
        self._read_rows(page)
        if not self._words:
            return RowPage(tuple(self._rows[number] for number in page), self._total())
        self._read_texts(page if limit is not None else page[:MOST_SNIPPETS])
        rows = tuple(map(self._row, page))
        return RowPage(rows, self._total(), sum(map(self._count, found)))

    def hit_page(self, offset: int, limit: int | None) -> HitPage:
        """Sessions with their best hits, best first."""
        most = MOST_ROWS if limit is None else limit
        page = self._by_score()[offset : offset + most]
        self._read_rows(page)
        self._read_texts(page)
        items = [
            SessionHits(
                self._row(number),
                round(self._score(number), 4),
                self._count(number),
                not self._matches.fewer,
                self._hits(number)[: self._shown],
            )
            for number in page
        ]
        return HitPage(tuple(items), self._total())

    def _total(self) -> int | None:
        return len(self._matches.numbers) if self._matches.complete else None

    def _row(self, number: int) -> SessionRow:
        row = self._rows[number]
        if not self._words:
            return row
        count = self._count(number)
        if number not in self._texts:
            exact = count > 0 and (self._groups < 3 or number in self._matches.together)
            return row._replace(hit_count=max(1, count), hit_count_exact=exact)
        best = next(iter(self._hits(number)), None)
        if best is None:
            return row._replace(hit_count=max(1, count))
        return row._replace(
            hit_count=count,
            hit_count_exact=not self._matches.fewer,
            snippet=best.snippet,
            matches=best.matches,
            message_index=best.message_index,
        )

    # -- one session -----------------------------------------------------------------------

    def _read_rows(self, numbers: Iterable[int]) -> None:
        missing = [number for number in numbers if number not in self._rows]
        if missing:
            self._rows.update(zip(missing, self._rows_of(missing), strict=True))

    def _read_texts(self, numbers: Iterable[int]) -> None:
        missing = [number for number in numbers if number not in self._texts]
        if missing and self._words:
            self._texts.update(self._reader.read(missing, self._shown))

    def _count(self, number: int) -> int:
        known = self._texts.get(number)
        texts = self._matches.hits_of(number) if known is None else known.number
        return texts + self._title_counts(number, texts)

    def _title_counts(self, number: int, texts: int) -> bool:
        """Whether the title is a hit of its own; one made of the first prompt is not."""
        if number not in self._matches.titles:
            return False
        row = self._rows.get(number)
        return not texts or (row is not None and row.title_source != TitleSource.DERIVED)

    def _hits(self, number: int) -> tuple[SearchHit, ...]:
        texts = self._texts.get(number)
        hits = () if texts is None else texts.hits
        if self._title_counts(number, len(hits)):
            title = self._finder.look(self._rows[number].title).snippet()
            return (*hits, SearchHit(Tier.TITLE, None, None, None, title.text, title.matches))
        return hits

    # -- ranking ---------------------------------------------------------------------------

    def _by_score(self) -> Sequence[int]:
        """Best first; equal ones stay in their order, which is newest first.

        Of very many only the newest are ranked, and those with all words in the title.
        """
        found = self._matches.numbers
        if not self._words:
            return found
        newest = found[:RANKED]
        titled = [number for number in found[RANKED:] if number in self._matches.titles][:RANKED]
        candidates = [*newest, *titled]
        self._read_rows(candidates)
        ranked = sorted(candidates, key=lambda number: -self._score(number))
        self._read_texts(ranked[:FINELY_RANKED])
        finely = sorted(ranked[:FINELY_RANKED], key=lambda number: -self._score(number))
        if len(candidates) == len(found):
            return [*finely, *ranked[FINELY_RANKED:]]
        chosen = set(candidates)
        rest = (number for number in found if number not in chosen)
        return [*finely, *ranked[FINELY_RANKED:], *rest]

    def _score(self, number: int) -> float:
        """A given title counts most, then words that stand together, then number and recency.

        How well the best text matches counts as soon as it was read.
        """
        row = self._rows[number]
        texts = self._texts.get(number)
        titled = number in self._matches.titles
        title = 2.0 if row.title_source == TitleSource.DERIVED else 4.0
        if texts is None:
            together, quality = number in self._matches.together, 0.0
        else:
            together, quality = texts.together, texts.quality
            if titled:
                quality = max(quality, self._finder.look(row.title).quality)
        at = row.last_activity
        age = math.inf if at is None else max(0.0, self._now - at) / _DAY
        score: float = (
            title * titled
            + 2.0 * (together or titled)
            + 2.0 * quality
            + min(1.5, math.log2(1 + self._count(number)) / 4.0)
            + 2.0 * 0.5 ** (age / _HALF_LIFE_DAYS)
        )
        return score
