"""One line around the best match in a text, with the places of the matches in it. Pure.

Words match as they do in the index: without case and accents, from the beginning of a word or of
a part of a `CamelCase` name; CJK text anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from sessiontui.domain.folded_text import COMBINING, fold, fold_query
from sessiontui.domain.printable import printable
from sessiontui.domain.query import Term
from sessiontui.services.index_words import has_cjk

SNIPPET_WIDTH = 160
"""Characters of a snippet, about."""

_LEAD = 40
"""Characters before the first match."""
_FIRST_LOOK = 32_768
"""Most texts are shorter, and most matches stand in the beginning."""
_MOST_MATCHES = 400

_WORD = re.compile(r"[^\W_]+")
_SPACES = re.compile(r"\s+")

Spans = tuple[tuple[int, int], ...]


class Snippet(NamedTuple):
    """A safe line, and the offsets of matches in it."""

    text: str
    matches: Spans


class Sight(NamedTuple):
    """The best place of a text: its matches there, and how well they match (0 to 1)."""

    text: str
    matches: Spans
    quality: float

    def snippet(self, width: int = SNIPPET_WIDTH) -> Snippet:
        """The line around that place; the beginning of the text when nothing was found in it."""
        first = self.matches[0][0] if self.matches else 0
        start = 0 if first <= _LEAD else _word_start(self.text, first - _LEAD)
        return _line(self.text, start, start + width, self.matches)


class _Match(NamedTuple):
    start: int
    end: int
    group: int
    whole: bool


class MatchFinder:
    """Finds the terms of a query in texts. Each group holds the alternatives of one condition."""

    def __init__(self, groups: Sequence[Sequence[Term]]) -> None:
        patterns: list[tuple[list[str], int, bool]] = []
        for number, group in enumerate(groups):
            for term in group:
                words = folded_words(term.text)
                if words:
                    patterns.append((words, number, not term.prefix))
        # The longest alternative wins where several begin at one place.
        patterns.sort(key=lambda pattern: -sum(map(len, pattern[0])))
        self._group_of = [number for _, number, _ in patterns]
        self._count = len(set(self._group_of))
        self._exact = [exact for _, _, exact in patterns]
        self._in_ascii = _compiled([words for words, _, _ in patterns], "")
        self._in_any = _compiled([words for words, _, _ in patterns], COMBINING)

    def look(self, text: str, width: int = SNIPPET_WIDTH) -> Sight:
        """Find the part of a text, as wide as a snippet, that meets most conditions."""
        matches = self._matches(text[:_FIRST_LOOK])
        if len(text) > _FIRST_LOOK and len({match.group for match in matches}) < self._count:
            matches = self._matches(text)
        if not matches:
            return Sight(text, (), 0.0)
        first, last = _best_window(matches, width - _LEAD)
        chosen = matches[first : last + 1]
        spans = tuple((match.start, match.end) for match in chosen)
        return Sight(text, spans, self._quality(chosen))

    def _quality(self, matches: Sequence[_Match]) -> float:
        """How many conditions are met close together, as whole words, next to each other."""
        groups = {match.group for match in matches}
        together = len(groups) / self._count
        whole = len({match.group for match in matches if match.whole}) / self._count
        near = [
            right.start - left.end <= 2
            for left, right in pairwise(matches)
            if left.group < right.group
        ]
        adjacent = min(1.0, sum(near) / (self._count - 1)) if self._count > 1 else whole
        return 0.5 * together + 0.2 * whole + 0.3 * adjacent

    def _matches(self, text: str) -> list[_Match]:
        # One word is as good wherever it stands; for several the place where they meet is sought.
        return list(islice(self._raw(text), 20 if self._count == 1 else _MOST_MATCHES))

    def _raw(self, text: str) -> Iterator[_Match]:
        if not self._group_of:
            return
        pattern = self._in_ascii if text.isascii() else self._in_any
        folded = fold(text)
        for match in pattern.finditer(folded):
            start, end = match.span()
            number = (match.lastindex or 1) - 1
            if has_cjk(text[start:end]):
                yield _Match(start, end, self._group_of[number], True)
                continue
            if not _begins_word(text, start):
                continue
            whole = _ends_word(text, end)
            if whole or not self._exact[number]:
                yield _Match(start, end, self._group_of[number], whole)


def folded_words(text: str) -> list[str]:
    """The words of a text as the index spells them."""
    return _WORD.findall(fold_query(text))


def _compiled(terms: Sequence[Sequence[str]], after: str) -> re.Pattern[str]:
    def pattern(words: Sequence[str]) -> str:
        spelled = ("".join(re.escape(sign) + after for sign in word) for word in words)
        return "(" + r"[\W_]*".join(spelled) + ")"

    return re.compile("|".join(pattern(words) for words in terms) or "(?!)")


def _begins_word(text: str, at: int) -> bool:
    if at == 0 or not text[at - 1].isalnum():
        return True
    before, here = text[at - 1], text[at]
    if here.isupper():
        # `Store` in `SessionStore`, `Server` in `HTTPServer`.
        return not before.isupper() or (at + 1 < len(text) and text[at + 1].islower())
    return has_cjk(before)


def _ends_word(text: str, at: int) -> bool:
    if at >= len(text) or not text[at].isalnum():
        return True
    return text[at].isupper() or has_cjk(text[at])


def _best_window(matches: Sequence[_Match], width: int) -> tuple[int, int]:
    """The first and last match of the window that meets most conditions; the earliest of those."""
    best, chosen = -1.0, (0, 0)
    last = 0
    for first, match in enumerate(matches):
        last = max(last, first)
        while last + 1 < len(matches) and matches[last + 1].end - match.start <= width:
            last += 1
        window = matches[first : last + 1]
        value = len({m.group for m in window}) + 0.1 * len({m.group for m in window if m.whole})
        if value > best:
            best, chosen = value, (first, last)
    return chosen


def _word_start(text: str, at: int) -> int:
    space = _SPACES.search(text, at, at + _LEAD // 2)
    return space.end() if space else at


def _line(text: str, start: int, end: int, spans: Spans) -> Snippet:
    """The part of a text from `start` to `end` as one safe line, and where the spans are in it."""
    if spans:
        end = max(end, spans[0][1])
    pieces: list[str] = ["…"] if start > 0 else []
    length = len(pieces)
    matches: list[tuple[int, int]] = []
    at = start

    def add(piece: str) -> tuple[int, int]:
        nonlocal length
        line = _SPACES.sub(" ", printable(piece))
        if line.startswith(" ") and (not pieces or pieces[-1].endswith((" ", "…"))):
            line = line[1:]
        begun = length
        if line:
            pieces.append(line)
            length += len(line)
        return begun, length

    for span_start, span_end in spans:
        if span_start < at or span_end > end:
            continue
        add(text[at:span_start])
        span = add(text[span_start:span_end])
        if span[0] < span[1]:
            matches.append(span)
        at = span_end
    add(text[at:end])
    line = "".join(pieces)
    if end < len(text):
        line = line.rstrip() + "…"
    return Snippet(line.rstrip(), tuple(matches))
