"""Filters and orders in SQL mean what the domain says they mean."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from sessiontui.domain.query import Filter, FilterField, Query, SortKey, select_sessions
from sessiontui.domain.session import Session, SessionRef, SessionState, TitleSource
from sessiontui.domain.verdict import TurnFacts, judge
from sessiontui.services.search_index import SearchIndex

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
THRESHOLD = timedelta(minutes=10)
STORES = ("alpha-1", "beta-2")

# Few values, so that filters hit; odd ones, so that comparing is put to the test.
WORDS = ("main", "Main", "MAIN", "straße", "STRASSE", "é", "e\u0301", "", "a b", "x%_", "\udc80")
PATHS = ("/home/dev/shop", "/home/dev/Shop", "/home/dev", "relative", "/", "/home/\udc80")
TIMES = tuple(
    NOW - timedelta(microseconds=number)
    for number in (0, 1, 600_000_000, 600_000_001, 86_400_000_000)
)

words = st.sampled_from(WORDS)
times = st.none() | st.sampled_from(TIMES)


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    """A session with a key that is not yet set."""
    return Session(
        ref=SessionRef(draw(st.sampled_from(STORES)), ""),
        format=draw(st.sampled_from(("zeroclaw-jsonl", "astrid", "Odd"))),
        title=draw(st.none() | words),
        title_source=draw(st.sampled_from(TitleSource)),
        created_at=draw(times),
        last_activity=draw(times),
        message_count=draw(st.none() | st.integers(0, 3)),
        state=draw(st.sampled_from(SessionState)),
        turn_started_at=draw(times),
        moved_at=draw(times),
        turn_open=draw(st.none() | st.booleans()),
        agent=draw(st.none() | words),
        workspace=draw(st.none() | st.sampled_from(PATHS).map(Path)),
        repo=draw(st.none() | words),
        channel=draw(st.none() | words),
        native_id=draw(st.none() | words),
        size_bytes=draw(st.none() | st.integers(0, 3)),
    )


@st.composite
def filters(draw: st.DrawFn) -> Filter:
    """A filter on what a session itself tells."""
    field = draw(
        st.sampled_from([f for f in FilterField if f not in (FilterField.ROLE, FilterField.HAS)])
    )
    negated = draw(st.booleans())
    if field is FilterField.TIME:
        return Filter(field=field, since=draw(times), until=draw(times), negated=negated)
    values = {
        FilterField.FORMAT: st.sampled_from(("astrid", "ODD", "none")),
        FilterField.STORE: st.sampled_from((*STORES, "BETA-2")),
        FilterField.WORKSPACE: st.sampled_from((*PATHS, "/home/dev/", "/home//dev")),
        FilterField.DIR: st.sampled_from(("shop", "DEV", "/", "", "\udc80")),
        FilterField.STATE: st.sampled_from(("idle", "RUNNING", "error", "odd")),
        FilterField.VERDICT: st.sampled_from(
            ("stuck", "Running", "interrupted", "idle", "unknown", "error", "gone")
        ),
    }.get(field, words)
    chosen = draw(st.lists(values, max_size=3))
    return Filter(field=field, values=tuple(chosen), negated=negated)


queries = st.builds(
    Query,
    filters=st.lists(filters(), max_size=3).map(tuple),
    sort=st.sampled_from(SortKey),
    reverse=st.booleans(),
    limit=st.none() | st.integers(0, 5),
    offset=st.integers(0, 3),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(sessions(), max_size=12), st.lists(queries, min_size=1, max_size=12))
def test_the_index_answers_as_the_domain_does(stored: list[Session], asked: list[Query]) -> None:
    numbered = [
        session.replace(ref=SessionRef(session.ref.store, f"k{number:02}"))
        for number, session in enumerate(stored)
    ]
    with tempfile.TemporaryDirectory() as folder:
        index = SearchIndex(Path(folder))
        with index.changing() as change:
            change.put_sessions([(session, "f") for session in numbered])
        for query in asked:
            page = index.rows(query, STORES, NOW.timestamp(), THRESHOLD.total_seconds())
            expected = list(select_sessions(numbered, query, NOW, THRESHOLD))
            assert [row.ref for row in page.rows] == [session.ref for session in expected], query
            everything = query.replace(limit=None, offset=0)
            assert page.total == len(list(select_sessions(numbered, everything, NOW, THRESHOLD)))
            for row, session in zip(page.rows, expected, strict=True):
                status = judge(TurnFacts.of(session), NOW, THRESHOLD).status
                assert row.status == status
                assert row.agent == session.agent
        index.close()
