"""What is shown of a search: the order, the rows of one page, the hits in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sessiontui.domain.query import SortKey
from sessiontui.domain.search import HitPage, SearchHit, SessionHits, Tier
from sessiontui.domain.session import RowPage, SessionRow, TitleSource
from sessiontui.services.index_conditions import Group
from sessiontui.services.index_hits import HitReader, TextHits
from sessiontui.services.index_pass import RANKED, Matches
from sessiontui.services.index_ranking import (
    APART,
    TOGETHER,
    rarity,
    score,
    title_of,
    title_share,
)
from sessiontui.services.index_reader import IndexReader
from sessiontui.services.index_snippets import MatchFinder, Sight
from sessiontui.services.index_volumes import Volumes

MOST_ROWS = 1_000
"""Rows of a search that sets no limit; the page's total tells how many there are."""
MOST_SNIPPETS = 200
"""Of these, the first ones have their hits; the others only a count."""
FINELY_RANKED = 60
"""So many of the best are ranked by their texts too."""

_COUNTED = 5_000
"""A word in more texts than this is common; how common does not matter then."""

_LOT = 12
"""Of first rows, the texts of so many are read at once."""
_TIME_FOR_TEXTS = 2.0
"""When so many times the time for finding them has passed, no more are."""

RowsOf = Callable[[Sequence[int]], Sequence[SessionRow]]


class Results:
    """Makes pages of what a search has found.

    `rows_of` gives the rows of sessions, `shown` is how many hits of a session will be shown.
    """

    def __init__(
        self,
        reader: IndexReader,
        matches: Matches,
        rows_of: RowsOf,
        now: float,
        shown: int,
    ) -> None:
        self._matches = matches
        self._rows_of = rows_of
        self._now = now
        self._shown = shown
        conditions = matches.conditions
        volumes = Volumes(reader, conditions, _COUNTED)
        self._groups = len(conditions.groups)
        self._weights = _weights(conditions.groups, volumes)
        self._finder = MatchFinder(conditions.groups, self._weights)
        self._hurried = matches.fewer
        """Whether these are first rows, which are as many as there is time for."""
        self._patience = reader.patience
        self._reader = HitReader(
            reader, conditions, volumes, self._finder, self._weights, hurried=self._hurried
        )
        self._words = self._groups > 0
        """False when nothing is looked for, only excluded."""
        self._rows: dict[int, SessionRow] = {}
        self._texts: dict[int, TextHits] = {}
        self._scores: dict[int, float] = {}

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
        page = self._looked_at(page, MOST_SNIPPETS if limit is None else len(page))
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
                round(self._scores.get(number, 0.0), 4),
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

    def _looked_at(self, numbers: Sequence[int], first: int) -> Sequence[int]:
        """Read the texts of the first of these sessions; in a hurry, only those read are left."""
        if not self._hurried:
            self._read_texts(numbers[:first])
            return numbers
        for start in range(0, min(first, len(numbers)), _LOT):
            if start and self._patience.is_over(_TIME_FOR_TEXTS):
                break
            self._read_texts(numbers[start : min(first, start + _LOT)])
        return [number for number in numbers if number in self._texts]

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
            title = self._title(number).snippet()
            return (*hits, SearchHit(Tier.TITLE, None, None, None, title.text, title.matches))
        return hits

    # -- ranking ---------------------------------------------------------------------------

    def _by_score(self) -> Sequence[int]:
        """Best first; equal ones stay in their order, which is newest first.

        Of very many only the newest are ranked, and those with all words in the title; the best of
        these are ranked by their texts. None of this depends on the page that is wanted.
        """
        found = self._matches.numbers
        if not self._words:
            return found
        newest = found[:RANKED]
        titled = [number for number in found[RANKED:] if number in self._matches.titles][:RANKED]
        candidates = [*newest, *titled]
        self._read_rows(candidates)
        ranked = self._ranked(candidates)
        looked_at = self._looked_at(ranked[:FINELY_RANKED], FINELY_RANKED)
        best = self._ranked(looked_at)
        ranked[: len(best)] = best
        # A guess is no better than what was looked at.
        for number in ranked[len(best) :]:
            self._scores[number] = min(self._scores[number], self._scores[best[-1]])
        if len(candidates) == len(found):
            return ranked
        return [*ranked, *(number for number in found if number not in self._scores)]

    def _ranked(self, numbers: Iterable[int]) -> list[int]:
        scores = {number: self._score(number) for number in numbers}
        self._scores.update(scores)
        return sorted(scores, key=lambda number: -scores[number])

    def _title(self, number: int) -> Sight:
        return self._finder.look(self._rows[number].title)

    def _score(self, number: int) -> float:
        """What texts tell is known as soon as they were read; until then it is guessed."""
        row = self._rows[number]
        texts = self._texts.get(number)
        titled = number in self._matches.titles
        title = 0.0
        if texts is not None:
            found = texts.evidence
            title = title_share(self._title(number), self._weights, row.title_source)
        else:
            found = TOGETHER if number in self._matches.together else APART
            if titled:
                title = title_of(row.title_source)
        return score(row, title, found, self._count(number), self._now)


def _weights(groups: Sequence[Group], volumes: Volumes) -> tuple[float, ...]:
    """How much each word of a query counts: the rarer the more."""
    if len(groups) < 2:
        return (1.0,) * len(groups)
    return tuple(rarity(volumes.texts(group)) for group in groups)
