"""Where the words of a query stand in a text that is shown: where the search finds them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sessiontui.domain.query import Term
from sessiontui.services.index_snippets import MatchFinder

Spans = list[tuple[int, int]]
"""Start and end offsets, ascending, not overlapping."""

Groups = tuple[tuple[Term, ...], ...]
"""The terms of a query: of each group one has to match."""


class TermFinder:
    """Finds terms in texts; false when there is nothing to look for."""

    def __init__(self, groups: Sequence[Sequence[Term]] = ()) -> None:
        self._groups: Groups = tuple(map(tuple, groups))
        self._matcher = MatchFinder(self._groups)

    @classmethod
    def of_words(cls, words: Iterable[str]) -> TermFinder:
        """For words and phrases that stand for themselves, and for what begins so."""
        return cls([(Term(word, prefix=True),) for word in words])

    def __bool__(self) -> bool:
        return self._matcher.group_count > 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TermFinder) and self._groups == other._groups

    def __hash__(self) -> int:
        return hash(self._groups)

    @property
    def group_count(self) -> int:
        """How many conditions there are."""
        return self._matcher.group_count

    def spans(self, text: str) -> Spans:
        """All places where a term stands."""
        return [(start, end) for start, end, _ in self._matcher.places(text)]

    def found_in(self, text: str) -> bool:
        """Whether a term stands anywhere in the text."""
        return next(self._matcher.places(text), None) is not None

    def groups_in(self, text: str) -> frozenset[int]:
        """The numbers of the conditions that the text meets."""
        met: set[int] = set()
        for _, _, group in self._matcher.places(text):
            met.add(group)
            if len(met) == self.group_count:
                break
        return frozenset(met)
