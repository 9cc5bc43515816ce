"""What the statistics screen shows of the numbers: spans of time, cards, bars. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from pathlib import Path

from sessiontui.domain.bar_signs import BLOCKS, LETTERS, BarSigns
from sessiontui.domain.errors import QueryInvalid
from sessiontui.domain.query import Filter, FilterField, Query
from sessiontui.domain.query_parser import parse_query
from sessiontui.domain.query_text import query_text
from sessiontui.domain.statistics import GroupField, Measure, Statistics, TimeSpan, last_days
from sessiontui.domain.statistics_words import amount_words, group_name, streak_words
from sessiontui.domain.value import PlainValue
from sessiontui.domain.words import short_count, size_words
from sessiontui.ui.marks import LETTERS as LETTER_MARKS
from sessiontui.ui.marks import marks_for
from sessiontui.ui.widgets.bar_chart import Bar
from sessiontui.ui.widgets.column_plan import place_of


class SpanChoice(Enum):
    """The spans of time to choose from, in the order of their key; the value is in words."""

    ALL = "all"
    YEAR = "a year"
    MONTH = "30 days"
    WEEK = "7 days"

    def span(self, now: datetime) -> TimeSpan:
        """The span up to now, in whole days; `now` in the reader's time zone."""
        return TimeSpan() if self is SpanChoice.ALL else last_days(now, _DAYS[self])

    @property
    def next(self) -> SpanChoice:
        """The next one, going round."""
        choices = list(SpanChoice)
        return choices[(choices.index(self) + 1) % len(choices)]


_DAYS = {SpanChoice.YEAR: 365, SpanChoice.MONTH: 30, SpanChoice.WEEK: 7}
_GROUP_MEASURES = (Measure.SESSIONS, Measure.MESSAGES, Measure.SIZE, Measure.TOKENS)
SESSION_TITLES = {
    Measure.SIZE: "largest sessions",
    Measure.MESSAGES: "most messages",
    Measure.TOKENS: "most tokens",
}


def next_field(found: Statistics, current: GroupField) -> GroupField:
    """The next grouping that tells something, going round."""
    fields = list(GroupField)
    at = fields.index(current) + 1
    return next((each for each in fields[at:] + fields[:at] if found.tells(each)), current)


def first_field(found: Statistics, wanted: GroupField) -> GroupField:
    """A grouping that tells something: the one that is wanted, or the next one."""
    return wanted if found.tells(wanted) else next_field(found, wanted)


def next_measure(found: Statistics, current: Measure) -> Measure:
    """The next measure of which anything is known, going round."""
    known = [each for each in _GROUP_MEASURES if found.amounts.of(each)]
    if current not in known:
        return Measure.SESSIONS
    return known[(known.index(current) + 1) % len(known)]


def session_measure(measure: Measure) -> Measure:
    """What sessions are compared by: where groups are counted, by size."""
    return Measure.SIZE if measure is Measure.SESSIONS else measure


def chart_signs() -> BarSigns:
    """The signs that charts are painted with: those that go with the marks of sessions."""
    return LETTERS if marks_for() is LETTER_MARKS else BLOCKS


_MORE = ", "
_CARD_GAP = 3
_SPREAD = 12


class Card(PlainValue):
    """One of the totals: a number, and what it counts."""

    number: str
    words: str


def cards(found: Statistics) -> tuple[Card, ...]:
    """The totals; those that no store knows are left out."""
    amounts, streaks = found.amounts, found.streaks
    begun = "" if found.span.is_all else f", {found.begun:,} begun"
    shown = [Card(short_count(amounts.sessions), f"{_noun(amounts.sessions, 'session')}{begun}")]
    if amounts.messages is not None:
        words = f"{_noun(amounts.messages, 'message')}, {short_count(found.texts)} with text"
        shown.append(Card(short_count(amounts.messages), words))
    if amounts.tokens is not None:
        shown.append(Card(short_count(amounts.tokens), _noun(amounts.tokens, "token")))
    if amounts.size_bytes is not None:
        shown.append(Card(size_words(amounts.size_bytes), "stored"))
    if streaks.days:
        words = f"{_noun(streaks.days, 'day')} at work, {streak_words(found)}"
        shown.append(Card(short_count(streaks.days), words))
    return tuple(shown)


def cards_within(shown: Sequence[Card], width: int) -> list[tuple[Card, int]]:
    """As many cards side by side as there is room for, each with its cells.

    What is said besides a noun goes first, longest words first; then the last cards.
    """
    held = list(shown)
    while held and sum(map(_cells, held)) > width:
        longest = max((card for card in held if _MORE in card.words), key=_cells, default=None)
        if longest is None:
            held.pop()
        else:
            short = longest.replace(words=longest.words.rpartition(_MORE)[0])
            held[held.index(longest)] = short
    spare = (width - sum(map(_cells, held))) // max(1, len(held))
    return [(card, _cells(card) + min(spare, _SPREAD)) for card in held]


def _cells(card: Card) -> int:
    return max(len(card.number), len(card.words)) + _CARD_GAP


def _noun(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"


def group_bars(found: Statistics, field: GroupField, measure: Measure) -> list[Bar]:
    """The groups, greatest first; the key of a bar is the name that is stored."""
    home = Path.home()
    bars = [
        Bar(
            group.name,
            group_name(field, group.name, home),
            amount or 0,
            amount_words(measure, amount),
        )
        for group in found.groups[field]
        for amount in [group.amounts.of(measure)]
    ]
    return sorted(bars, key=lambda each: -each.value)


def session_bars(found: Statistics, measure: Measure) -> list[Bar]:
    """The greatest sessions, greatest first; the key of a bar is the session's reference."""
    by = session_measure(measure)
    return [
        Bar(
            session.row.ref,
            session.row.title,
            session.of(by) or 0,
            amount_words(by, session.of(by)),
            place_of(session.row),
        )
        for session in found.top[by]
    ]


_FILTERS = {
    GroupField.AGENT: FilterField.AGENT,
    GroupField.WORKSPACE: FilterField.DIR,
    GroupField.FORMAT: FilterField.FORMAT,
    GroupField.STORE: FilterField.STORE,
    GroupField.STATUS: FilterField.VERDICT,
}


def query_of_group(
    query: Query, span: TimeSpan, field: GroupField, name: str | None, now: datetime
) -> str | None:
    """What to type to list the sessions of a group; None where that cannot be said."""
    if field not in _FILTERS or name is None:
        return None
    narrowed = query.narrowed(Filter(field=_FILTERS[field], values=(name,)))
    if span.since is not None:
        narrowed = narrowed.narrowed(Filter(field=FilterField.TIME, since=span.since))
    text = query_text(narrowed)
    try:
        understood = parse_query(text, now)
    except QueryInvalid:
        return None
    # Not every stored name can be written as a value.
    return text if understood.filters == narrowed.filters else None
