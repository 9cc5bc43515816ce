"""What a query text can be completed to at its cursor: the name of a filter, or a filter's value.

Everything follows from the table `FILTERS`. Pure; which values there are is said by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sessiontui.domain.folded_text import fold
from sessiontui.domain.printable import printable
from sessiontui.domain.query_parser import FILTERS, WHOLE_VALUE
from sessiontui.domain.value import PlainValue

SHORTEST_NAME = 2
"""So many letters have to be typed before they may become the name of a filter."""

_NAME = re.compile(r"([a-z_]{2,}):")
_LETTERS = re.compile(r"[a-z_]*")
_SPACE = re.compile(r"\s")
_TOKEN = re.compile(r"\S")


class Gap(PlainValue):
    """The part of a query text that can be completed: from `start` to `end`.

    `filter` is the filter whose value it is, None where the name of a filter is being typed;
    `typed` is what stands before the cursor, without a quotation mark. `listed` are the other
    values of the same filter, `whole` is where the filter begins and ends, or the word.
    """

    start: int
    end: int
    filter: str | None
    typed: str
    whole: tuple[int, int]
    listed: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of filters that begin so."""
        if self.filter is not None:
            return ()
        return tuple(name for name in FILTERS if name.startswith(self.typed))

    def values(self, known: Iterable[str]) -> tuple[str, ...]:
        """Those of the known values that what is typed may become, and that can be written here.

        First those that begin so, then those of which a part does; where a filter looks for a
        part of something, then those that hold it anywhere.
        """
        name = self.filter
        if name is None:
            return ()
        typed, listed = fold(self.typed), set(map(fold, self.listed))
        ranked: tuple[list[str], ...] = ([], [], [])
        for value in known:
            rank = _rank(fold(value), typed, anywhere=name in WHOLE_VALUE)
            if rank is not None and fold(value) not in listed and self._writes(value):
                ranked[rank].append(value)
        return tuple(value for values in ranked for value in values)

    def _writes(self, value: str) -> bool:
        written = spelled(self.filter or "", value)
        return written is not None and not (self.listed and written != value)

    def without(self, text: str) -> str:
        """The text without the whole filter, or the word."""
        return f"{text[: self.whole[0]]} {text[self.whole[1] :]}".strip()

    def filled(self, text: str, choice: str) -> tuple[str, int]:
        """The text with a name or value put here, and where the cursor stands after it."""
        put = f"{choice}:" if self.filter is None else spelled(self.filter, choice) or choice
        return text[: self.start] + put + text[self.end :], self.start + len(put)


def gap_at(text: str, cursor: int) -> Gap | None:
    """What can be completed at a place of a text; None in words, and where all is said."""
    position = 0
    while found := _TOKEN.search(text, position):
        start = found.start()
        if start > cursor:
            return None
        name_start = start + (text[start] == "-")
        name = _name_at(text, name_start)
        value_start = name_start if name is None else name_start + len(name) + 1
        end, closed = _value_end(text, value_start)
        if cursor <= end:
            if name is None:
                return _name_gap(text, name_start, cursor, (start, end))
            if cursor < value_start or (closed and cursor == end):
                return None
            return _value_gap(text, name, value_start, cursor, (start, end))
        position = end
    return None


def spelled(name: str, value: str) -> str | None:
    """A value as it is written after `name:`, in quotation marks where it needs them.

    None for a value that the language cannot express or a line cannot show.
    """
    if not value.strip() or printable(value) != value or "\n" in value or "\t" in value:
        return None
    bare = not (
        _SPACE.search(value)
        or value.startswith(('"', ":", "//"))
        or ("," in value and name not in WHOLE_VALUE)
    )
    if bare:
        return value
    return None if '"' in value else f'"{value}"'


def _name_at(text: str, start: int) -> str | None:
    found = _NAME.match(text, start)
    if found is None or found.group(1) not in FILTERS:
        return None
    return None if text.startswith((":", "//"), found.end()) else found.group(1)


def _value_end(text: str, start: int) -> tuple[int, bool]:
    """Where a value ends that begins here, and whether that is a closing quotation mark."""
    if text.startswith('"', start):
        end = text.find('"', start + 1)
        return (len(text), False) if end < 0 else (end + 1, True)
    space = _SPACE.search(text, start)
    return (space.start() if space else len(text)), False


def _name_gap(text: str, start: int, cursor: int, whole: tuple[int, int]) -> Gap | None:
    typed, end = text[start:cursor], whole[1]
    if cursor != end or len(typed) < SHORTEST_NAME or not _LETTERS.fullmatch(typed):
        return None
    return Gap(start, end, None, typed, whole)


def _value_gap(text: str, name: str, start: int, cursor: int, whole: tuple[int, int]) -> Gap:
    end = whole[1]
    if text.startswith('"', start):
        return Gap(start, end, name, text[start + 1 : cursor], whole)
    if name in WHOLE_VALUE:
        return Gap(start, end, name, text[start:cursor], whole)
    part = text.rfind(",", start, cursor) + 1 or start
    comma = text.find(",", cursor, end)
    part_end = end if comma < 0 else comma
    others = [*text[start:part].split(","), *text[part_end:end].split(",")]
    listed = tuple(other for other in others if other)
    return Gap(part, part_end, name, text[part:cursor], whole, listed)


def _rank(value: str, typed: str, *, anywhere: bool) -> int | None:
    at = value.find(typed)
    if at <= 0:
        return None if at < 0 else 0
    while at > 0:
        if not value[at - 1].isalnum():
            return 1
        at = value.find(typed, at + 1)
    return 2 if anywhere else None
