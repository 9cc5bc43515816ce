"""Statistics in words, and what the screen makes of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.query import Filter, FilterField, Query, Term
from sessiontui.domain.query_parser import parse_query
from sessiontui.domain.statistics import (
    Amounts,
    Group,
    GroupField,
    Measure,
    Statistics,
    Streaks,
    TimeSpan,
    Unit,
)
from sessiontui.domain.statistics_words import (
    amount_words,
    axis_word,
    group_name,
    hour_words,
    notes,
    period_words,
    streak_words,
)
from sessiontui.domain.words import short_count
from sessiontui.ui.statistics_view import (
    Card,
    SpanChoice,
    cards,
    cards_within,
    next_field,
    next_measure,
    query_of_group,
)

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NOTHING = Statistics(
    span=TimeSpan(),
    zone="UTC",
    amounts=Amounts(),
    begun=0,
    untimed=0,
    pending=0,
    texts=0,
    undated=0,
    first=None,
    last=None,
    streaks=Streaks(),
    groups=dict.fromkeys(GroupField, ()),
    periods=dict.fromkeys(Unit, ()),
    hours=((0,) * 24,) * 7,
    top={},
)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0"),
        (99_999, "99,999"),
        (100_000, "100k"),
        (999_499, "999k"),
        (999_500, "1.0M"),
        (12_345_678, "12.3M"),
        (999_600_000, "1.0B"),
        (10**15, "1,000T"),
    ],
)
def test_large_counts_are_short(count: int, words: str) -> None:
    assert short_count(count) == words


def test_periods_and_hours_are_named_as_people_do() -> None:
    day = date(2026, 11, 16)
    assert period_words(Unit.DAY, day) == "Mon 16 Nov 2026"
    assert period_words(Unit.WEEK, day) == "week of 16 Nov 2026"
    assert period_words(Unit.MONTH, date(2026, 11, 1)) == "Nov 2026"
    assert period_words(Unit.YEAR, date(2026, 1, 1)) == "2026"
    assert [axis_word(Unit.MONTH, date(2026, month, 1)) for month in (1, 2)] == ["2026", "Feb"]
    assert hour_words(6, 3) == "Sun 03:00"


def test_groups_and_amounts_in_words() -> None:
    home = Path("/home/me")
    assert group_name(GroupField.AGENT, None) == "no agent"
    assert group_name(GroupField.STATUS, "error") == "failed"
    assert group_name(GroupField.AGENT, "error") == "error"
    assert group_name(GroupField.WORKSPACE, "/home/me/src/x", home) == "~/src/x"
    assert group_name(GroupField.WORKSPACE, "/home/mean", home) == "/home/mean"
    assert amount_words(Measure.SIZE, 12_345) == "12 KB"
    assert amount_words(Measure.TIME, 7200.0) == "2h"
    assert amount_words(Measure.TOKENS, None) == ""


def test_streaks_and_notes_say_what_there_is() -> None:
    def words(current: int, longest: int) -> str:
        return streak_words(NOTHING.replace(streaks=Streaks(9, longest, None, current)))

    assert words(3, 3) == "3 in a row"
    assert words(2, 5) == "2 in a row, at most 5"
    assert words(0, 5) == "at most 5 in a row"
    assert streak_words(NOTHING) == ""
    assert notes(NOTHING) == []
    assert len(notes(NOTHING.replace(pending=1, undated=2, untimed=1))) == 3


def test_only_what_tells_something_is_gone_round() -> None:
    one = (Group("a", Amounts(3)),)
    none = (Group(None, Amounts(3)),)
    found = NOTHING.replace(
        amounts=Amounts(3, 5, None, 7),
        groups={**dict.fromkeys(GroupField, none), GroupField.AGENT: one, GroupField.STORE: one},
    )
    assert next_field(found, GroupField.AGENT) is GroupField.AGENT
    two = found.replace(groups={**found.groups, GroupField.MODEL: (*one, *none)})
    assert next_field(two, GroupField.AGENT) is GroupField.MODEL
    assert next_measure(found, Measure.SESSIONS) is Measure.MESSAGES
    assert next_measure(found, Measure.MESSAGES) is Measure.TOKENS
    assert next_measure(found, Measure.TOKENS) is Measure.SESSIONS
    assert next_measure(NOTHING, Measure.TOKENS) is Measure.SESSIONS


def test_totals_that_no_store_knows_are_left_out() -> None:
    assert [card.words for card in cards(NOTHING)] == ["sessions"]
    one = NOTHING.replace(amounts=Amounts(1, 1, 1, 1), span=TimeSpan(NOW), begun=1)
    assert [card.words for card in cards(one)] == [
        "session, 1 begun",
        "message, 0 with text",
        "token",
        "stored",
    ]


@given(width=st.integers(0, 200))
def test_totals_are_never_cut_inside_a_word(width: int) -> None:
    shown = [Card("1,204", "sessions, 12 begun"), Card("12.3M", "tokens"), Card("9", "days, now")]
    fitted = cards_within(shown, width)
    assert sum(cells for _, cells in fitted) <= max(width, 0)
    for card, cells in fitted:
        whole = next(each for each in shown if each.number == card.number)
        assert card.words in {whole.words, whole.words.partition(",")[0]}
        assert cells > len(card.words)


def test_spans_go_round_and_are_whole_days() -> None:
    choice, seen = SpanChoice.ALL, []
    for _ in range(4):
        seen.append(choice)
        choice = choice.next
    assert seen == list(SpanChoice)
    assert choice is SpanChoice.ALL
    assert SpanChoice.WEEK.span(NOW.astimezone()).since == datetime(2026, 11, 14, tzinfo=UTC)


NAMES = st.text(min_size=1, max_size=12) | st.sampled_from(
    ("scout", "two words", "a,b", 'quo"ted', "-x", "agent:y", " ")
)


@given(field=st.sampled_from(GroupField), name=st.none() | NAMES, days=st.sampled_from((0, 7)))
def test_what_lists_a_group_means_that_group_or_is_nothing(
    field: GroupField, name: str | None, days: int
) -> None:
    query = Query(
        terms=((Term("kettle"),),), filters=(Filter(field=FilterField.STORE, values=("s",)),)
    )
    span = SpanChoice.WEEK.span(NOW.astimezone()) if days else TimeSpan()
    text = query_of_group(query, span, field, name, NOW)
    if name is None or field is GroupField.MODEL:
        assert text is None
    if text is not None:
        understood = parse_query(text, NOW)
        assert understood.filters[0] == query.filters[0]
        assert understood.filters[1].values == (name,)
        assert [item.since for item in understood.filters[2:]] == ([span.since] if days else [])
        assert [term.text for group in understood.terms for term in group] == ["kettle"]
    elif name in {"scout", "two words", "a,b"} and field in {GroupField.AGENT, GroupField.FORMAT}:
        raise AssertionError(name)
