"""One line around the best match in a text, with the places of the matches in it. Pure.

Words match as they do in the index: without case and accents, from the beginning of a word or of
a part of a `CamelCase` name; CJK text anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise

from sessiontui.domain.cjk import has_cjk
from sessiontui.domain.folded_text import COMBINING, fold, fold_query
from sessiontui.domain.printable import printable
from sessiontui.domain.query import Term
from sessiontui.domain.value import PlainValue
from sessiontui.services.index_pieces import PieceKind, pieces_of, sign_pieces_of
from sessiontui.services.index_words import name_parts

SNIPPET_WIDTH = 160
"""Characters of a snippet, about."""

_LEAD = 40
"""Characters before the first match."""
_FIRST_LOOK = 32_768
"""Most texts are shorter, and most matches stand in the beginning."""
_MOST_MATCHES = 120
_NEXT_TO = 2
"""Characters between two words that stand side by side."""

_WORD = re.compile(r"[^\W_]+")
_SPACES = re.compile(r"\s+")

Spans = tuple[tuple[int, int], ...]


class Snippet(PlainValue):
    """A safe line, and the offsets of matches in it."""

    text: str
    matches: Spans


class Sight(PlainValue):
    """The best place of a text: its matches there, and how well they match (0 to 1).

    `groups`: the numbers of all conditions that are met anywhere in the text, as far as was looked.
    """

    text: str
    matches: Spans
    quality: float
    groups: frozenset[int] = frozenset()

    def snippet(self, width: int = SNIPPET_WIDTH) -> Snippet:
        """The line around that place; the beginning of the text when nothing was found in it."""
        first = self.matches[0][0] if self.matches else 0
        start = 0 if first <= _LEAD else _word_start(self.text, first - _LEAD)
        return _line(self.text, start, start + width, self.matches)


class _Match(PlainValue):
    start: int
    end: int
    group: int
    whole: bool


class _Pattern(PlainValue):
    """A term as a regular expression; `anywhere`: also inside of words."""

    in_ascii: str
    in_any: str
    length: int
    is_prefix: bool = False
    anywhere: bool = False


class MatchFinder:
    """Finds the terms of a query in texts. Each group holds the alternatives of one condition.

    `weights`: how much each of the groups counts, by default all the same. A group without any
    word is never found, and nothing is expected of it.
    """

    def __init__(
        self, groups: Sequence[Sequence[Term]], weights: Sequence[float] | None = None
    ) -> None:
        patterns = [
            (pattern, number)
            for number, group in enumerate(groups)
            for term in group
            if (pattern := _pattern(term)) is not None
        ]
        # The longest alternative wins where several begin at one place.
        patterns.sort(key=lambda found: -found[0].length)
        self._group_of = [number for _, number in patterns]
        wanted = sorted(set(self._group_of))
        self._count = len(wanted)
        self._follows = dict(pairwise(wanted))
        self._first = wanted[0] if wanted else 0
        self._weights = tuple(weights or (1.0,) * len(groups))
        self._all = self._weight(wanted)
        self._best = 1.0999 * self._all
        self._patterns = [pattern for pattern, _ in patterns]
        self._in_ascii = _compiled(pattern.in_ascii for pattern in self._patterns)
        self._in_any = _compiled(pattern.in_any for pattern in self._patterns)

    def look(self, text: str, width: int = SNIPPET_WIDTH) -> Sight:
        """Find the part of a text, as wide as a snippet, that meets most conditions."""
        matches = self._matches(text[:_FIRST_LOOK])
        if len(text) > _FIRST_LOOK and len({match.group for match in matches}) < self._count:
            matches = self._matches(text)
        if not matches:
            return Sight(text, (), 0.0)
        first, last = self._best_window(matches, width - _LEAD)
        chosen = matches[first : last + 1]
        spans = tuple((match.start, match.end) for match in chosen)
        groups = frozenset(match.group for match in matches)
        return Sight(text, spans, self._quality(chosen), groups)

    @property
    def group_count(self) -> int:
        """How many of the conditions have any word in them."""
        return self._count

    def places(self, text: str) -> Iterator[tuple[int, int, int]]:
        """All matches in their order, not overlapping: start, end, the number of the condition."""
        for match in self._raw(text):
            yield match.start, match.end, match.group

    def _quality(self, matches: Sequence[_Match]) -> float:
        """How many conditions are met close together, as whole words, next to each other."""
        together = self._weight({match.group for match in matches}) / self._all
        whole = self._weight({match.group for match in matches if match.whole}) / self._all
        if self._count == 1:
            return 0.5 * together + 0.5 * whole
        near = [
            right.start - left.end <= _NEXT_TO
            for left, right in pairwise(matches)
            if left.group < right.group
        ]
        adjacent = min(1.0, sum(near) / (self._count - 1))
        return 0.5 * together + 0.2 * whole + 0.3 * adjacent

    def _weight(self, groups: Iterable[int]) -> float:
        return sum(self._weights[group] for group in groups)

    def _best_window(self, matches: Sequence[_Match], width: int) -> tuple[int, int]:
        """First and last match of the window that meets most conditions; the earliest of those."""
        if self._count == 1:
            # One word is met anywhere; a whole one is better.
            first = last = next((n for n, match in enumerate(matches) if match.whole), 0)
            while first and matches[last].end - matches[first - 1].start <= width:
                first -= 1
            return first, _last_within(matches, first, last, width)
        row = self._in_a_row(matches)
        if row is not None:
            return row, _last_within(matches, row, row + self._count - 1, width)
        best, chosen = -1.0, (0, 0)
        last = 0
        for first in range(len(matches)):
            last = _last_within(matches, first, max(first, last), width)
            window = matches[first : last + 1]
            value = self._weight({m.group for m in window})
            value += 0.1 * self._weight({m.group for m in window if m.whole})
            if value > best:
                best, chosen = value, (first, last)
            if value >= self._best or last + 1 == len(matches):
                # What follows is no better, or a part of this.
                break
        return chosen

    def _in_a_row(self, matches: Sequence[_Match]) -> int | None:
        """Where all conditions are met one after the other, as they were typed."""
        met, end = 0, 0
        expected = self._first
        for place, match in enumerate(matches):
            if match.group == expected and (not met or match.start - end <= _NEXT_TO):
                met += 1
            else:
                met = int(match.group == self._first)
            if met == self._count:
                return place - met + 1
            expected = self._follows[match.group] if met else self._first
            end = match.end
        return None

    def _matches(self, text: str) -> list[_Match]:
        # One word is as good wherever it stands; for several the place where they meet is sought.
        return list(islice(self._raw(text), 20 if self._count == 1 else _MOST_MATCHES))

    def _raw(self, text: str) -> Iterator[_Match]:
        if not self._group_of:
            return
        ascii_only = text.isascii()
        pattern = self._in_ascii if ascii_only else self._in_any
        folded = fold(text)
        length = len(folded)
        for match in pattern.finditer(folded):
            start, end = match.span()
            number = (match.lastindex or 1) - 1
            sought = self._patterns[number]
            # Most words stand between signs; only what does not is looked at closer.
            begins = start == 0 or not folded[start - 1].isalnum()
            ends = end == length or not folded[end].isalnum()
            if not (begins and ends):
                if sought.anywhere or (not ascii_only and has_cjk(text[start:end])):
                    begins = ends = True
                else:
                    begins = begins or _begins_word(text, start)
                    ends = ends or _ends_word(text, end)
            if begins and (ends or sought.is_prefix):
                yield _Match(start, end, self._group_of[number], ends)


def folded_words(text: str) -> list[str]:
    """The words of a text as the index spells them."""
    return _WORD.findall(fold_query(text))


def _pattern(term: Term) -> _Pattern | None:
    """How a term is looked for in a folded text; None when there is nothing to see of it."""
    pieces = pieces_of(term) or sign_pieces_of(term)
    for piece in pieces:
        if piece.kind is PieceKind.SIGNS:
            signs = re.escape(piece.phrases[0].text)
            return _Pattern(signs, signs, len(signs), anywhere=True)
    # `SessionStore` and `session_store` are one name: of their parts, with or without a sign.
    words = folded_words(" ".join(map(_parts, _WORD.findall(term.text))))
    if not words:
        return None
    in_ascii = r"[\W_]*".join(map(re.escape, words))
    in_any = r"[\W_]*".join("".join(re.escape(sign) + COMBINING for sign in word) for word in words)
    return _Pattern(in_ascii, in_any, sum(map(len, words)), is_prefix=term.prefix)


def _parts(word: str) -> str:
    return word if has_cjk(word) else name_parts(word) or word


def _compiled(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"({pattern})" for pattern in patterns) or "(?!)")


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


def _last_within(matches: Sequence[_Match], first: int, last: int, width: int) -> int:
    while last + 1 < len(matches) and matches[last + 1].end - matches[first].start <= width:
        last += 1
    return last


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
