"""`list --json` goes from the rows of the index to text at once: the same text as by the models."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessiontui.cli.json_output import sessions_envelope
from sessiontui.domain.message import Role
from sessiontui.domain.query import Filter, FilterField, Query, SortKey
from sessiontui.domain.session import Session, SessionRef, SessionState, TitleSource
from sessiontui.services.backend_registry import backend_class
from sessiontui.services.demo_stores import open_demo
from sessiontui.services.json_form import (
    JsonObject,
    envelope,
    json_item,
    json_text,
    json_time,
    session_object,
    with_items,
)
from sessiontui.services.library import Library, LibraryOptions
from sessiontui.services.listed_sessions import ListedPage
from sessiontui.storage.locations import Locations
from tests.building import text_message
from tests.cli.running import SampleStore

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
EXACT = st.one_of(st.text(), st.text(st.characters(categories=["Cs", "Cc", "Cf", "Lu"])))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | EXACT,
    lambda inner: st.lists(inner) | st.dictionaries(EXACT, inner),
    max_leaves=12,
)
QUERIES = [
    Query(sort=SortKey.ACTIVITY),
    *(Query(sort=sort, reverse=True) for sort in SortKey if sort is not SortKey.RELEVANCE),
    Query(sort=SortKey.TITLE, limit=4),
    Query(sort=SortKey.TITLE, limit=4, offset=3),
    Query(sort=SortKey.SIZE, limit=0),
    Query(sort=SortKey.ACTIVITY, offset=1_000),
    Query(filters=(Filter(field=FilterField.VERDICT, values=("stuck", "running", "waiting")),)),
    Query(filters=(Filter(field=FilterField.FORMAT, values=("codex",), negated=True),)),
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Stores of every format with sessions in every state."""
    library = Library.open(open_demo(tmp_path_factory.mktemp("demo"), NOW), lambda: NOW)
    library.sync()
    return library


def as_they_are(item: JsonObject) -> JsonObject:
    return item


def by_models(library: Library, query: Query) -> ListedPage[JsonObject]:
    """The answer by way of whole sessions."""
    page = library.sessions(query)
    assert page.total is not None
    objects = [
        session_object(session, library.verdict(session), library.resume_of(session))
        for session in page.sessions
    ]
    return ListedPage(objects, page.total)


@pytest.mark.parametrize("query", QUERIES)
def test_the_objects_are_those_of_whole_sessions(demo: Library, query: Query) -> None:
    assert demo.listed(query, as_they_are) == by_models(demo, query)


def test_every_verdict_of_the_samples_is_among_them(demo: Library) -> None:
    found = demo.listed(Query(), as_they_are).items
    assert {"running", "stuck", "idle", "error"} <= {item["verdict"]["status"] for item in found}
    assert any(item["resume"] for item in found)
    assert any(item["parent"] for item in found)
    assert {item["format"] for item in found} >= {"claude-code", "codex", "astrid"}


def test_odd_sessions_are_the_same_too(tmp_path: Path) -> None:
    backend = backend_class("memory").create(tmp_path / "store")
    texts = ("plain", "a\x00\x7f\x9b\u202e\u2028", "日本語", "é" * 90)
    for number, text in enumerate(texts):
        for state in SessionState:
            session = Session(
                ref=SessionRef(backend.store_id, f"{text} {state}"),
                format="memory",
                title=text,
                title_source=TitleSource.STORE,
                created_at=NOW - timedelta(days=9_000 * number, microseconds=number),
                last_activity=NOW - timedelta(minutes=7 * number),
                state=state,
                turn_id=text,
                turn_started_at=NOW - timedelta(hours=number) if number else None,
                agent=text,
                workspace=Path("/home") / text.replace("\x00", ""),
                channel=text,
                sender=text,
                tokens=10 ** (6 * number),
                turns=number,
                problem=text,
                parent=SessionRef(backend.store_id, text),
            )
            backend.put(session, [text_message(Role.USER, "hello", NOW)])
    options = LibraryOptions(
        stores=(f"memory:{tmp_path / 'store'}",), locations=Locations.below(tmp_path / "own")
    )
    library = Library.open(options, lambda: NOW)
    library.sync()
    expected = by_models(library, Query())
    assert len(expected.items) == len(texts) * len(SessionState)
    assert library.listed(Query(), as_they_are) == expected
    texts_of = library.listed(Query(), json_item).items
    assert texts_of == [json_text(item) for item in expected.items]
    library.close()


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(EXACT, VALUES))
def test_an_item_is_spelt_as_any_other_json_is(value: JsonObject) -> None:
    assert json_item(value) == json_text(value)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.dictionaries(EXACT, VALUES), max_size=3))
def test_items_stand_in_their_envelope(items: list[JsonObject]) -> None:
    problems = [{"title": '"items": []'}]
    whole = envelope("sessions", items, total=None, next_offset=3, problems=problems)
    without = envelope("sessions", [], total=None, next_offset=3, problems=problems)
    assert with_items(without, map(json_item, items)) == json_text(whole)


@given(st.floats(-6e10, 2e11, allow_nan=False))
def test_seconds_are_told_as_times_are(seconds: float) -> None:
    assert json_time(seconds) == json_time(datetime.fromtimestamp(seconds, UTC))


def test_the_command_prints_what_the_models_make(store: SampleStore) -> None:
    done = store.run("list", "--json", "--limit", "3")
    value = done.json("sessions")
    library = Library.open(LibraryOptions(stores=(f"memory:{store.backend.root}",)))
    page = library.sessions(Query(limit=3))
    judged = [(session, library.verdict(session)) for session in page.sessions]
    expected = sessions_envelope(judged, total=page.total, next_offset=3, resume=library.resume_of)
    assert done.stdout == json_text(expected) + "\n"
    assert value == json.loads(done.stdout)
    library.close()
