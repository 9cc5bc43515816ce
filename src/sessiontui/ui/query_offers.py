"""What is offered to complete a query, and taking one offer after the other. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from sessiontui.domain.query import FilterField
from sessiontui.domain.query_completion import Gap, gap_at, spelled
from sessiontui.domain.query_parser import FILTERS
from sessiontui.domain.value import PlainValue
from sessiontui.domain.words import count_words
from sessiontui.services.index_values import FilterValue

ValuesOf = Callable[[FilterField], Sequence[FilterValue]]
"""The values that sessions have for a field, as far as they are known."""


class Offer(NamedTuple):
    """A filter's name or a value, and what is said beside it."""

    choice: str
    note: str


class Offers(PlainValue):
    """What may stand in a gap of the query; at least one."""

    gap: Gap
    items: tuple[Offer, ...]

    @property
    def are_values(self) -> bool:
        """Whether they are values and not names of filters."""
        return self.gap.filter is not None


def offers_at(text: str, cursor: int, values_of: ValuesOf) -> Offers | None:
    """The offers for a place in a query; None where there are none, or all is said already."""
    gap = gap_at(text, cursor)
    if gap is None:
        return None
    items = tuple(_names(gap) if gap.filter is None else _values(gap, gap.filter, values_of))
    written = text[gap.start : gap.end]
    if gap.filter and any(spelled(gap.filter, item.choice) == written for item in items):
        return None
    return Offers(gap, items) if items else None


def _names(gap: Gap) -> Iterable[Offer]:
    return (Offer(name, FILTERS[name].help) for name in gap.names)


def _values(gap: Gap, name: str, values_of: ValuesOf) -> Iterable[Offer]:
    declared = FILTERS[name]
    fixed = declared.values or declared.examples
    if fixed or declared.field is None:
        return (Offer(str(value), "") for value in gap.values(map(str, fixed)))
    counts = {found.value: found.sessions for found in values_of(declared.field)}
    return (Offer(value, count_words(counts[value], "session")) for value in gap.values(counts))


class _Round(PlainValue):
    """Taking one offer after the other: the text before it began, and what was made of it."""

    text: str
    offers: Offers
    chosen: int
    made: tuple[str, int]
    again: bool


class QueryCompleter:
    """Follows a text and its cursor, and knows what would complete it.

    Values are offered in a list that is open as soon as there are any; names of filters only when
    one after the other is looked through, since they may be meant as words.
    """

    def __init__(self, values_of: ValuesOf) -> None:
        self._values_of = values_of
        self._text = ""
        self._closed_for: str | None = None
        self._round: _Round | None = None
        self._offers: Offers | None = None
        self.gap: Gap | None = None
        """What is being typed, where it can be completed."""

    def look(self, text: str, cursor: int) -> None:
        """Take what stands in the box now."""
        self._text = text
        if text != self._closed_for:
            self._closed_for = None
        if self._round is not None and self._round.made == (text, cursor):
            return
        self._round = None
        self.gap = gap_at(text, cursor)
        self._offers = offers_at(text, cursor, self._values_of)

    @property
    def offers(self) -> Offers | None:
        """What there is to take; while one after the other is taken, all of them."""
        if self.is_closed:
            return None
        return self._round.offers if self._round is not None else self._offers

    @property
    def chosen(self) -> int | None:
        """The number of the offer that was taken last."""
        return None if self._round is None else self._round.chosen

    @property
    def next_words(self) -> str:
        """What is taken next; empty when nothing."""
        offers = self.offers
        if offers is None:
            return ""
        number = 0 if self.chosen is None else (self.chosen + 1) % len(offers.items)
        choice = offers.items[number].choice
        return choice if offers.are_values else f"{choice}:"

    @property
    def is_open(self) -> bool:
        """Whether the list of offers is to be seen."""
        if self.is_closed:
            return False
        if self._round is not None:
            return self._round.again
        return self._offers is not None and self._offers.are_values

    @property
    def is_closed(self) -> bool:
        """Whether the list was put away, until the text changes."""
        return self._closed_for is not None

    @property
    def ending(self) -> str:
        """What the first offer would add at the end of the text; empty where it changes it."""
        offers = self._offers
        if offers is None or self._round is not None or self.is_closed:
            return ""
        made, _ = offers.gap.filled(self._text, offers.items[0].choice)
        at_end = offers.gap.end == len(self._text)
        return made[len(self._text) :] if at_end and made.startswith(self._text) else ""

    def close(self) -> bool:
        """Put the list of offers away; False when it was not open."""
        if not self.is_open:
            return False
        self._round = None
        self._closed_for = self._text
        return True

    def step(self, direction: int) -> tuple[str, int] | None:
        """Take the next (1) or previous (-1) offer: the text with it, and its cursor.

        None when there is nothing to take. Going back is only possible after going on.
        """
        before = self._round
        if before is not None:
            offers, text = before.offers, before.text
            chosen = (before.chosen + direction) % len(offers.items)
        elif direction > 0 and (found := self.offers) is not None:
            offers, text, chosen = found, self._text, 0
        else:
            return None
        made = offers.gap.filled(text, offers.items[chosen].choice)
        several = len(offers.items) > 1
        self._round = _Round(text, offers, chosen, made, before is not None) if several else None
        return made

    def take(self, number: int) -> tuple[str, int] | None:
        """Take one offer for good, as a click does."""
        offers, text = self.offers, self._round.text if self._round is not None else self._text
        self._round = None
        if offers is None or not 0 <= number < len(offers.items):
            return None
        return offers.gap.filled(text, offers.items[number].choice)
