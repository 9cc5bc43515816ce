"""Bringing the index up to date: what is read, what is told, and what never happens."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from sessiontui.domain.backend import SessionBackend
from sessiontui.domain.events import StoreEvent
from sessiontui.domain.indexed_text import TextBatch
from sessiontui.domain.message import Role, TextBlock, ToolResultBlock
from sessiontui.domain.query import Query
from sessiontui.domain.search import IndexTier
from sessiontui.domain.session import SessionPatch, SessionRef
from sessiontui.services import index_sync_run
from sessiontui.services.index_schema import TABLES, TITLES
from sessiontui.services.local_titles import LocalTitle
from tests.building import text_message
from tests.unit.indexing import (
    NOW,
    CountedStore,
    Indexed,
    keys_by_kind,
    put_session,
    three_sessions,
)


@pytest.fixture
def indexed(tmp_path: Path) -> Indexed:
    """Three sessions, indexed; calls are counted from here."""
    return three_sessions(tmp_path)


def test_an_unchanged_store_costs_its_stamp_and_nothing_else(indexed: Indexed) -> None:
    generation = indexed.index.generation()
    indexed.sync.run()
    assert indexed.sync.catch_up(indexed.store.store_id) == []
    assert indexed.sync.catch_up(indexed.store.store_id, frozenset({"first"})) == []
    assert dict(indexed.store.calls) == {"stamp": 3}
    assert indexed.index.generation() == generation


def test_only_changed_sessions_are_read_and_only_what_is_new_in_them(indexed: Indexed) -> None:
    indexed.store.append("second", text_message(Role.USER, "the gasket"))
    indexed.sync.run()
    assert indexed.store.calls["fingerprints"] == 1
    assert indexed.store.calls["scan"] == 1
    assert indexed.store.keys_read == ["second"]
    assert indexed.found("gasket") == ["second"]
    assert indexed.rows("gasket").rows[0].message_index == 2
    assert indexed.hits("kettle").items[0].hit_count == 1


def test_a_changed_and_a_shortened_session_are_searched_as_they_are_now(indexed: Indexed) -> None:
    indexed.store.clear("first")
    indexed.put("second", "all new")
    indexed.sync.run()
    assert indexed.found("kettle") == ["third"]
    assert indexed.found('"all new"') == ["second"]
    row = next(row for row in indexed.rows().rows if row.ref.key == "first")
    assert row.message_count == 0


def test_a_deleted_session_goes_with_all_that_was_held_of_it(indexed: Indexed) -> None:
    indexed.put("fourth", "東京 SessionStore", ToolResultBlock(text="output of a tool 大阪"))
    indexed.sync.run()
    for key in ("first", "second", "third", "fourth"):
        indexed.store.delete(key)
    indexed.sync.run()
    assert indexed.rows().total == 0
    with closing(sqlite3.connect(indexed.index.database.path)) as connection:
        for tables in (*TABLES.values(), TITLES):
            for words in (tables.words, tables.pairs):
                left = f"left_of_{words}"
                connection.execute(
                    f"CREATE VIRTUAL TABLE temp.{left} USING fts5vocab(main, {words}, row)"
                )
                assert connection.execute(f"SELECT * FROM {left}").fetchall() == []
        for table in ("text_item", "text_words", "tools_item", "title_words", "slot", "session"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table


def test_deleted_text_is_nowhere_in_the_files(indexed: Indexed) -> None:
    indexed.put(
        "secret", "the wobblegasket 密碼本", ToolResultBlock(text="zanzibarium"), title="Fnordling"
    )
    for number in range(200):
        indexed.put(f"more{number}", "filling " * 50, age=timedelta(days=5))
    indexed.sync.run()
    folder = indexed.index.database.path.parent

    def stands_in_a_file(text: str) -> bool:
        return any(text.encode() in path.read_bytes() for path in folder.iterdir())

    indexed.index.database.checkpoint()
    # A word table holds each word without what it shares with the word before it.
    parts = ("obblegasket", "密碼", "nordling")
    assert all(map(stands_in_a_file, parts))
    assert indexed.found("zanzibarium in:tools") == ["secret"]
    indexed.store.delete("secret")
    for _ in range(20):
        indexed.sync.run()
    assert not any(map(stands_in_a_file, (*parts, "anzibarium")))
    assert indexed.rows("filling").total == 200


def test_the_rows_are_there_before_any_text_is_read(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path)
    indexed.put("first", "kettle")
    seen: list[tuple[int | None, int | None, int]] = []

    def look(event: StoreEvent) -> None:
        seen.append((event.done, event.total, len(indexed.found())))

    indexed.sync.run(progress=look)
    assert seen[0] == (0, 1, 1)
    assert indexed.store.calls["text_since"] == 1
    assert seen[-1] == (1, 1, 1)


def test_only_rows_can_be_asked_for(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path)
    indexed.put("first", "kettle", ToolResultBlock(text="x" * 100_000))
    indexed.sync.run(upto=IndexTier.ROWS)
    assert indexed.found() == ["first"]
    assert indexed.store.calls["text_since"] == 0
    indexed.sync.run(upto=IndexTier.TEXT)
    assert indexed.found("kettle") == ["first"]
    state = indexed.index.store_state(indexed.store.store_id)
    assert (state.pending_text, state.pending_tools) == (0, 1)
    indexed.sync.run()
    assert indexed.index.store_state(indexed.store.store_id).pending_tools == 0


def test_rows_alone_cost_no_pass_again_once_nothing_waits_to_be_read(indexed: Indexed) -> None:
    # A stamp that was taken right after a change is another one a moment later.
    indexed.store.append("second", text_message(Role.USER, "the gasket"))
    indexed.sync.run(upto=IndexTier.ROWS)
    indexed.sync.run(upto=IndexTier.ROWS)
    assert indexed.store.calls["fingerprints"] == 2
    assert indexed.found("gasket") == []
    indexed.sync.run(upto=IndexTier.TEXT)
    assert indexed.found("gasket") == ["second"]
    with indexed.index.changing() as change:
        change.set_store(indexed.store.store_id, "taken too soon to be trusted", None)
    indexed.store.calls.clear()
    indexed.sync.run(upto=IndexTier.ROWS)
    assert indexed.store.calls["fingerprints"] == 1
    indexed.sync.run(upto=IndexTier.ROWS)
    assert indexed.store.calls["fingerprints"] == 1


def test_little_tool_output_is_read_together_with_the_conversation(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path)
    indexed.put("first", "go", ToolResultBlock(text="gasket"))
    indexed.sync.run()
    assert indexed.store.keys_read == ["first"]
    assert indexed.found("gasket in:tools") == ["first"]


def test_oldest_sessions_are_indexed_first(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path)
    for key, age in (("new", 1), ("old", 9), ("middle", 5)):
        indexed.put(key, "x", age=timedelta(days=age))
    indexed.sync.run()
    assert indexed.store.keys_read == ["old", "middle", "new"]


def test_catching_up_tells_what_came_changed_and_went(indexed: Indexed) -> None:
    store = indexed.store
    before = indexed.index.generation()
    indexed.put("fourth", "gasket")
    store.append("second", text_message(Role.USER, "more"))
    store.delete("first")
    events = indexed.sync.catch_up(store.store_id)
    assert keys_by_kind(events) == {
        "appeared": {"fourth"},
        "changed": {"second"},
        "vanished": {"first"},
    }
    assert {event.generation for event in events} == {indexed.index.generation()}
    assert indexed.index.generation() > before
    assert indexed.sync.catch_up(store.store_id) == []


def test_catching_up_with_named_sessions_looks_at_no_other(indexed: Indexed) -> None:
    store = indexed.store
    store.append("second", text_message(Role.USER, "more"))
    store.append("third", text_message(Role.USER, "more"))
    events = indexed.sync.catch_up(store.store_id, frozenset({"second", "nobody"}))
    assert keys_by_kind(events) == {"changed": {"second"}}
    assert store.keys_read == ["second"]
    assert store.calls["fingerprints"] == 0
    events = indexed.sync.catch_up(store.store_id)
    assert keys_by_kind(events) == {"changed": {"third"}}


def test_catching_up_with_an_unknown_store_tells_nothing(indexed: Indexed) -> None:
    assert indexed.sync.catch_up("nowhere") == []


def test_a_rename_in_the_store_is_found_by_its_new_title(indexed: Indexed) -> None:
    indexed.store.patch("first", SessionPatch(title="Wobblegasket"))
    indexed.sync.run()
    assert indexed.found("wobblegasket") == ["first"]
    assert indexed.found("title:wobble") == ["first"]


def test_a_local_title_is_shown_found_and_taken_back(indexed: Indexed) -> None:
    store = indexed.store
    ref = SessionRef(store.store_id, "first")
    session = store.get("first")
    assert session is not None
    store.forget_calls()
    indexed.titles.held[ref] = LocalTitle(title="Wobblegasket", created_at=session.created_at)
    events = indexed.sync.catch_up(store.store_id, frozenset({"first"}))
    assert keys_by_kind(events) == {"changed": {"first"}}
    row = indexed.rows("wobblegasket").rows[0]
    assert (row.ref, row.title_source) == (ref, "local")
    indexed.sync.run()
    assert dict(store.calls) == {"stamp": 2, "scan": 1}
    del indexed.titles.held[ref]
    indexed.sync.run()
    assert indexed.found("wobblegasket") == []
    assert indexed.rows("title:about title:first").rows[0].title == "about first"


def test_a_local_title_of_an_earlier_session_under_the_same_key_costs_nothing(
    indexed: Indexed,
) -> None:
    ref = SessionRef(indexed.store.store_id, "first")
    indexed.titles.held[ref] = LocalTitle(title="Old", created_at=NOW - timedelta(days=900))
    indexed.sync.run()
    assert dict(indexed.store.calls) == {"stamp": 1}
    assert indexed.found("title:old") == []


def test_progress_is_told_at_most_ten_times_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_sync_run, "COMMIT_SECONDS", 0.0)
    indexed = Indexed(tmp_path)
    for number in range(50):
        indexed.put(f"s{number}", "kettle")
    times: list[float] = []
    clock = iter(number * 0.01 for number in range(100_000))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    told: list[StoreEvent] = []

    def note(event: StoreEvent) -> None:
        told.append(event)
        times.append(time.monotonic())

    indexed.sync.run(progress=note)
    monkeypatch.undo()
    done = [event.done for event in told]
    # First rows, then texts, each from its beginning.
    assert 0 in done
    assert done[-1] == 50
    assert len(done) > 4
    # The first and the last are told whenever they come.
    gaps = [later - earlier for earlier, later in pairwise(times)]
    between = [gap for gap, count in zip(gaps, done[1:], strict=True) if count not in (0, 50)]
    assert between
    assert all(gap >= 0.099 for gap in between)


def test_a_store_that_always_gives_everything_again_adds_only_what_is_new(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path)

    class Forgetful(CountedStore):
        def text_since(self, key: str, cursor: str | None, *, tools: bool = True) -> TextBatch:
            return SessionBackend.text_since(self, key, cursor)

    store = Forgetful(tmp_path / "forgetful")
    indexed.catalogue.open_stores = {store.store_id: store}
    put_session(store, "first", ["one kettle", "two kettles"])
    indexed.sync.run()
    with indexed.index.database.reading() as connection:
        before = connection.execute("SELECT id FROM text_item ORDER BY id").fetchall()
    store.append("first", text_message(Role.USER, "three kettles"))
    indexed.sync.run()
    with indexed.index.database.reading() as connection:
        after = connection.execute("SELECT id FROM text_item ORDER BY id").fetchall()
    assert after[: len(before)] == before
    assert len(after) == len(before) + 1
    generation = indexed.index.generation()
    indexed.sync.run()
    assert indexed.index.generation() == generation


def test_a_message_that_goes_on_is_one_hit(indexed: Indexed) -> None:
    store = indexed.store
    message = text_message(Role.ASSISTANT, "gasket")
    store.append("first", message)
    indexed.sync.run()
    longer = message.replace(
        blocks=(TextBlock(text="gasket"), TextBlock(text="and another gasket"))
    )
    store.update_last("first", longer)
    indexed.sync.run()
    assert indexed.hits("gasket").items[0].hit_count == 1
    assert indexed.found("another") == ["first"]


def test_a_sync_in_one_index_is_seen_by_another_object_over_the_same_file(
    indexed: Indexed, tmp_path: Path
) -> None:
    second = Indexed(tmp_path)
    second.catalogue = indexed.catalogue
    assert len(second.index.rows(Query(), indexed.store_ids, 0.0, 0.0).rows) == 3
    generation = second.index.generation()
    indexed.store.append("first", text_message(Role.USER, "gasket"))
    indexed.sync.run()
    assert second.index.generation() > generation
    page = second.index.rows(Query(), indexed.store_ids, 0.0, 0.0)
    assert next(row for row in page.rows if row.ref.key == "first").message_count == 3
