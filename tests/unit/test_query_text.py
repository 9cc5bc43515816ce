"""A query as text is the same query when it is read again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.errors import QueryInvalid
from sessiontui.domain.query import Filter, FilterField, Query, Term
from sessiontui.domain.query_parser import parse_query
from sessiontui.domain.query_text import query_text

NOW = datetime(2026, 3, 1, 12, 34, 56, tzinfo=UTC)
ZONE = timezone(timedelta(hours=-7))

words = st.sampled_from(
    ("kettle", '"the nut"', "a OR b", "-tea", '-"the oven"', "agent:scout", '-agent:"a b"',
     "format:codex,astrid", "title:x,y", '-title:"oven and"', "role:user,tool", "has:error",
     "is:stuck", "before:7d", "-after:today", "on:yesterday", "-on:2026-02-03", "after:2026-02",
     "dir:shop", "in:tools", "before:2026-02-03T04:05:06.5", "state:idle",
     "https://x.y/z", "a::b", "it's")
)  # fmt: skip


def read(text: str) -> Query:
    return parse_query(text, NOW, ZONE)


def plain(query: Query) -> Query:
    """The query without what only its typing tells: which word was the last one."""
    groups = tuple(tuple(t.replace(prefix=False) for t in group) for group in query.terms)
    return query.replace(terms=groups)


@given(st.lists(words, max_size=6))
def test_a_query_is_spelled_as_it_can_be_read_again(typed: list[str]) -> None:
    query = read(" ".join(typed))
    again = read(query_text(query, ZONE))
    assert plain(again) == plain(query)
    assert query_text(again, ZONE) == query_text(query, ZONE)


@given(st.text(max_size=30))
def test_what_was_read_can_be_written(typed: str) -> None:
    try:
        query = read(typed)
    except QueryInvalid:
        return
    read(query_text(query, ZONE))


@pytest.mark.parametrize(
    ("typed", "spelled"),
    [
        ("agent:scout kettle", "kettle agent:scout"),
        ("on:2026-02-03", "on:2026-02-03"),
        ("before:2026-02-03 -nut", "-nut before:2026-02-03"),
        ("after:2h", "after:2026-03-01T10:34:56Z"),
    ],
)
def test_words_come_first_and_days_stay_days(typed: str, spelled: str) -> None:
    assert query_text(read(typed), ZONE) == spelled


def test_what_the_language_has_no_name_for_is_left_out() -> None:
    repo = Filter(field=FilterField.REPO, values=("x",))
    assert query_text(Query(terms=((Term("a"),),), filters=(repo,))) == "a"
