"""The query language: what is understood, and where what is not understood stands."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sessiontui.domain.errors import QueryInvalid
from sessiontui.domain.query import Filter, FilterField, Query, SortKey, Term
from sessiontui.domain.query_parser import FILTERS, SpanKind, parse_query, parse_spans
from sessiontui.domain.query_times import parse_period

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


def parsed(text: str) -> Query:
    return parse_query(text, NOW, UTC)


def wrong_part(text: str) -> str:
    with pytest.raises(QueryInvalid) as caught:
        parsed(text)
    assert caught.value.title
    assert caught.value.hint
    return text[caught.value.start : caught.value.end]


def test_words_are_joined_and_the_last_is_a_prefix() -> None:
    assert parsed("trip oslo").terms == ((Term("trip"),), (Term("oslo", prefix=True),))
    assert parsed("trip oslo").sort is SortKey.RELEVANCE


def test_the_last_word_is_a_prefix_also_before_a_filter() -> None:
    assert parsed("trip osl agent:scout").terms[-1] == (Term("osl", prefix=True),)


def test_a_phrase_is_kept_whole() -> None:
    assert parsed('"night train" fast').terms == (
        (Term("night train", phrase=True),),
        (Term("fast", prefix=True),),
    )


def test_alternatives_bind_to_their_neighbours_only() -> None:
    assert parsed('plan oslo OR "new york" OR rome train').terms == (
        (Term("plan"),),
        (Term("oslo"), Term("new york", phrase=True), Term("rome")),
        (Term("train", prefix=True),),
    )


def test_a_minus_excludes_words_and_phrases() -> None:
    query = parsed('oslo -winter -"night train"')
    assert query.excluded == (Term("winter"), Term("night train", phrase=True))
    assert query.terms == ((Term("oslo", prefix=True),),)


def test_a_word_with_a_hyphen_is_one_word() -> None:
    assert parsed("session-store").terms == ((Term("session-store", prefix=True),),)


def test_nothing_typed_lists_everything() -> None:
    assert parsed("  ") == Query()
    assert parsed("-") == Query()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("agent:scout", Filter(field=FilterField.AGENT, values=("scout",))),
        ("format:codex,astrid", Filter(field=FilterField.FORMAT, values=("codex", "astrid"))),
        ("-store:abc", Filter(field=FilterField.STORE, values=("abc",), negated=True)),
        ('dir:"my shop, old"', Filter(field=FilterField.DIR, values=("my shop, old",))),
        ("dir:C:\\x", Filter(field=FilterField.DIR, values=("C:\\x",))),
        ("dir:/home/x", Filter(field=FilterField.DIR, values=("/home/x",))),
        ("title:a,b", Filter(field=FilterField.TITLE, values=("a,b",))),
        ("is:Stuck", Filter(field=FilterField.VERDICT, values=("stuck",))),
        ("is:failed,error", Filter(field=FilterField.VERDICT, values=("error", "error"))),
        ("-has:tools", Filter(field=FilterField.HAS, values=("tools",), negated=True)),
        ("role:user,tool", Filter(field=FilterField.ROLE, values=("user", "tool"))),
        ("state:running", Filter(field=FilterField.STATE, values=("running",))),
    ],
)
def test_filters_narrow(text: str, expected: Filter) -> None:
    assert parsed(text).filters == (expected,)
    assert parsed(text).terms == ()


def test_tools_are_searched_when_asked() -> None:
    assert parsed("oslo in:tools").in_tools
    assert not parsed("oslo").in_tools
    assert not parsed("oslo -in:tools").in_tools


DAY = timedelta(days=1)
TODAY = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("after:7d", NOW - 7 * DAY, None),
        ("before:2h", None, NOW - timedelta(hours=2)),
        ("on:today", TODAY, TODAY + DAY),
        ("on:yesterday", TODAY - DAY, TODAY),
        ("before:yesterday", None, TODAY - DAY),
        ("after:2026-11-01", datetime(2026, 11, 1, tzinfo=UTC), None),
        ("on:2026-11", datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)),
        ("on:2026-12", datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        ("on:2026", datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        ("on:1d", TODAY - DAY, TODAY),
        (
            "after:2026-11-01T10:00+02:00",
            datetime(2026, 11, 1, 10, tzinfo=timezone(2 * timedelta(hours=1))),
            None,
        ),
        (
            "on:2026-11-01T23:59",
            datetime(2026, 11, 1, tzinfo=UTC),
            datetime(2026, 11, 2, tzinfo=UTC),
        ),
    ],
)
def test_times_narrow_by_last_activity(
    text: str, since: datetime | None, until: datetime | None
) -> None:
    (only,) = parsed(text).filters
    assert only == Filter(field=FilterField.TIME, since=since, until=until)


def test_days_are_local_days_also_when_the_clock_changes() -> None:
    zone = ZoneInfo("Europe/Berlin")
    period = parse_period("2026-10-25", NOW, zone)
    assert period is not None
    assert period.end.astimezone(UTC) - period.start.astimezone(UTC) == timedelta(hours=25)
    assert period.start.astimezone(UTC) == datetime(2026, 10, 24, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["https://example.invalid/x", "10:30", "std::vector", "C:\\temp", "localhost:8080", "error:"]
    + ["foo.py:12", "TypeError:x", "in::x"],
)
def test_other_colons_are_plain_text(text: str) -> None:
    assert parsed(text).terms == ((Term(text, prefix=True),),)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("agnet:scout", "agnet:scout"),
        ("oslo nosuch:thing", "nosuch:thing"),
        ("agent:", "agent:"),
        ('agent:""', 'agent:""'),
        ("x agent: y", "agent:"),
        ("is:nonsense", "nonsense"),
        ("before:soon", "soon"),
        ("on:2026-13-01", "2026-13-01"),
        ("after:99999999999w", "99999999999w"),
        ('say "no end', '"no end'),
        ("has:wheels", "wheels"),
        ("in:text", "text"),
        ("oslo OR", "OR"),
        ("OR oslo", "OR"),
        ("a OR OR b", "OR"),
        ("a OR -b", "OR"),
        ("a OR agent:b", "OR"),
        ("format:,", "format:,"),
    ],
)
def test_a_malformed_query_points_at_the_place(text: str, part: str) -> None:
    assert wrong_part(text) == part


def test_the_nearest_name_is_offered() -> None:
    with pytest.raises(QueryInvalid) as caught:
        parsed("agnet:scout")
    assert "agent:" in caught.value.hint


def test_quotation_marks_make_anything_plain_text() -> None:
    assert parsed('"nosuch:thing" "OR"').terms == (
        (Term("nosuch:thing", phrase=True),),
        (Term("OR", phrase=True),),
    )


@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from([*(f"{name}:" for name in FILTERS), "OR", "-", '"', " ", "a", "7d", ","])
    ).map("".join)
)
@example('agent:"x"y OR "')
def test_any_text_is_understood_or_refused_at_a_place_in_it(text: str) -> None:
    try:
        parsed(text)
    except QueryInvalid as error:
        place = error.start, error.end
    else:
        place = 0, 1
    assert 0 <= place[0] < place[1] <= max(1, len(text))
    spans = parse_spans(text, NOW, UTC)
    for before, after in itertools.pairwise(spans):
        assert before.end <= after.start
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


def test_parts_are_named_for_colouring() -> None:
    text = 'oslo OR rome -agent:scout "x y" before:soon'
    spans = {text[s.start : s.end]: s.kind for s in parse_spans(text, NOW, UTC)}
    assert spans == {
        "oslo": SpanKind.TERM,
        "OR": SpanKind.OPERATOR,
        "rome": SpanKind.TERM,
        "-agent:": SpanKind.FILTER_NAME,
        "scout": SpanKind.FILTER_VALUE,
        '"x y"': SpanKind.TERM,
        "before:": SpanKind.FILTER_NAME,
        "soon": SpanKind.ERROR,
    }
