"""Finds a text as it was typed, anywhere: case, accents and line breaks do not count."""

from __future__ import annotations

import re

from sessiontui.domain.folded_text import COMBINING, fold, fold_query
from sessiontui.ui.widgets.term_marks import Spans, TermFinder


class LiteralFinder(TermFinder):
    """Like the finder of a query, but for one text that may stand inside of words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._words = tuple(fold_query(text).split())
        plain = [re.escape(word) for word in self._words]
        self._plain = re.compile(r"\s+".join(plain))
        # Letters that have no accented form of their own may be followed by their accents.
        accented = ["".join(re.escape(c) + COMBINING for c in word) for word in self._words]
        self._accented = re.compile(r"\s+".join(accented))

    def __bool__(self) -> bool:
        return bool(self._words)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LiteralFinder) and self._words == other._words

    def __hash__(self) -> int:
        return hash(self._words)

    @property
    def group_count(self) -> int:
        """One, where there is anything to find."""
        return int(bool(self))

    def spans(self, text: str) -> Spans:
        """All places where it stands."""
        return [match.span() for match in self._pattern(text).finditer(fold(text))] if self else []

    def found_in(self, text: str) -> bool:
        """Whether it stands anywhere in the text."""
        return bool(self) and self._pattern(text).search(fold(text)) is not None

    def groups_in(self, text: str) -> frozenset[int]:
        """The number of its only condition, where the text meets it."""
        return frozenset({0}) if self.found_in(text) else frozenset()

    def _pattern(self, text: str) -> re.Pattern[str]:
        return self._plain if text.isascii() else self._accented
