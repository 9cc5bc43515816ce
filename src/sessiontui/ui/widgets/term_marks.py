"""Where the words of a query stand in a text.

Case and accents fold as they do in the search; a word matches at the beginning of a word, a CJK
term anywhere. White space in a phrase matches any white space, so that line ends do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sessiontui.domain.folded_text import COMBINING, fold, fold_query

_NO_WORD_BEFORE = r"(?<![^\W_])"
_CJK = re.compile("[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff]")

Spans = list[tuple[int, int]]
"""Start and end offsets, ascending, not overlapping."""


class TermFinder:
    """Finds terms in texts; false when there is nothing to look for."""

    def __init__(self, terms: Iterable[str] = ()) -> None:
        words = sorted({words for term in terms if (words := _words(term))}, key=_by_length)
        self._terms = tuple(words)
        # Text that is plain ASCII cannot hold combining marks; the shorter pattern is faster.
        self._in_ascii = _compiled(words, "")
        self._in_any = _compiled(words, COMBINING)

    def __bool__(self) -> bool:
        return bool(self._terms)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TermFinder) and self._terms == other._terms

    def __hash__(self) -> int:
        return hash(self._terms)

    def spans(self, text: str) -> Spans:
        """All places where a term stands."""
        if not self._terms:
            return []
        pattern = self._in_ascii if text.isascii() else self._in_any
        return [match.span() for match in pattern.finditer(fold(text))]

    def found_in(self, text: str) -> bool:
        """Whether a term stands anywhere in the text."""
        if not self._terms:
            return False
        pattern = self._in_ascii if text.isascii() else self._in_any
        return pattern.search(fold(text)) is not None


def _words(term: str) -> tuple[str, ...]:
    return tuple(fold_query(term.strip().strip('"')).split())


def _by_length(words: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    # The longest alternative wins where several begin at one place.
    return -sum(map(len, words)), words


def _compiled(terms: list[tuple[str, ...]], after: str) -> re.Pattern[str]:
    return re.compile("|".join(_pattern(words, after) for words in terms) or "(?!)")


def _pattern(words: tuple[str, ...], after: str) -> str:
    first = words[0][0]
    bounded = first.isalnum() and not _CJK.match(first)
    body = r"\s+".join(
        "".join(re.escape(character) + after for character in word) for word in words
    )
    return (_NO_WORD_BEFORE if bounded else "") + body
