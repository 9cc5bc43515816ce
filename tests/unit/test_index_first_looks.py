"""Stores whose sessions are known whole only once their texts were read."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.events import StoreEvent, StoreEventKind
from sessiontui.domain.indexed_text import TextBatch, TextItem, texts_of
from sessiontui.domain.message import Role, ToolResultBlock
from sessiontui.domain.search import IndexTier
from sessiontui.domain.session import Session, SessionRow
from sessiontui.services.local_titles import LocalTitle
from tests.building import text_message
from tests.unit.indexing import CountedStore, Indexed, OpenStores


class LookedAtStore(CountedStore):
    """A store of which `scan` shows hardly anything, as with files that are too big to count."""

    texts_complete_sessions: ClassVar[bool] = True

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.scanned: list[str] = []
        self.items_given = 0
        self.asked_for_tools: list[bool] = []

    def scan(self, keys: Collection[str] | None = None) -> Iterator[Session]:
        for session in super().scan(keys):
            self.scanned.append(session.ref.key)
            yield session.replace(message_count=None, model=None)

    def get(self, key: str) -> Session | None:
        return next(iter(CountedStore.scan(self, (key,))), None)

    def text_since(self, key: str, cursor: str | None, *, tools: bool = True) -> TextBatch:
        self.calls["text_since"] += 1
        self.asked_for_tools.append(tools)
        if key in self.fail_texts:
            raise self.fail_texts[key]
        messages = list(self.messages(key))
        start = int(cursor or 0)
        items: list[TextItem] = list(texts_of(messages[start:]))
        if not tools:
            items = [
                item._replace(text="") if item.kind.value.startswith("tool") else item
                for item in items
            ]
        self.items_given += len(items)
        return TextBatch(items, str(len(messages)), cursor is None, self.get(key))


@pytest.fixture
def indexed(tmp_path: Path) -> Indexed:
    """Two sessions, indexed."""
    found = Indexed(tmp_path)
    found.store = LookedAtStore(tmp_path / "store")
    found.catalogue = OpenStores(found.store)
    found.sync = type(found.sync)(found.catalogue, found.index, found.titles)
    found.put("first", "boil the kettle", "wait", model="x-1")
    found.put("second", "clean the oven", age=timedelta(days=2))
    found.sync.run()
    return found


def store_of(indexed: Indexed) -> LookedAtStore:
    store = indexed.store
    assert isinstance(store, LookedAtStore)
    return store


def row(indexed: Indexed, key: str) -> SessionRow:
    return next(row for row in indexed.rows().rows if row.ref.key == key)


def test_what_the_texts_tell_is_in_the_rows(indexed: Indexed) -> None:
    first = row(indexed, "first")
    assert (first.message_count, first.model) == (2, "x-1")
    assert indexed.index.stamp(indexed.store.store_id) is not None


def test_rows_are_there_before_they_are_complete(tmp_path: Path, indexed: Indexed) -> None:
    indexed.index.database.rebuild()
    seen: list[int | None] = []

    def look(event: StoreEvent) -> None:
        if event.done == 0:
            seen.append(row(indexed, "first").message_count)

    indexed.sync.run(progress=look)
    assert seen[0] is None
    assert row(indexed, "first").message_count == 2


def test_a_known_session_is_read_from_where_its_text_ended_and_not_scanned(
    indexed: Indexed,
) -> None:
    store = store_of(indexed)
    store.append("first", text_message(Role.USER, "the gasket"))
    store.scanned.clear()
    store.items_given = 0
    events = indexed.sync.catch_up(store.store_id, frozenset({"first"}))
    assert [(event.kind, event.keys) for event in events] == [
        (StoreEventKind.CHANGED, frozenset({"first"}))
    ]
    assert store.scanned == []
    assert store.items_given == 1
    assert row(indexed, "first").message_count == 3
    assert indexed.found("gasket") == ["first"]
    state = indexed.index.store_state(store.store_id)
    assert (state.pending_text, state.pending_tools) == (0, 0)


def test_a_whole_run_reads_only_what_changed(indexed: Indexed) -> None:
    store = store_of(indexed)
    store.append("second", text_message(Role.ASSISTANT, "use a paste"))
    store.forget_calls()
    store.scanned.clear()
    indexed.sync.run()
    assert store.scanned == []
    assert store.calls["text_since"] == 1
    assert row(indexed, "second").message_count == 2
    store.forget_calls()
    indexed.sync.run()
    assert store.calls["fingerprints"] == store.calls["text_since"] == 0


def test_asking_for_rows_alone_gives_complete_ones(indexed: Indexed) -> None:
    store = store_of(indexed)
    store.append("first", text_message(Role.USER, "more"))
    indexed.put("third", "brand new")
    indexed.sync.run(upto=IndexTier.ROWS)
    assert row(indexed, "first").message_count == 3
    assert row(indexed, "third").message_count == 1


def test_a_session_that_went_leaves_the_index(indexed: Indexed) -> None:
    store = store_of(indexed)
    store.delete("second")
    events = indexed.sync.catch_up(store.store_id, frozenset({"second"}))
    assert [(event.kind, event.keys) for event in events] == [
        (StoreEventKind.VANISHED, frozenset({"second"}))
    ]
    assert indexed.found() == ["first"]


def test_a_session_that_cannot_be_read_keeps_its_row_and_is_tried_again(indexed: Indexed) -> None:
    store = store_of(indexed)
    store.append("first", text_message(Role.USER, "the gasket"))
    store.fail_texts["first"] = SessionTuiError("no permission")
    events = indexed.sync.catch_up(store.store_id)
    assert [event.kind for event in events] == [StoreEventKind.FAILED]
    assert row(indexed, "first").message_count == 2
    store.fail_texts.clear()
    indexed.sync.run()
    assert row(indexed, "first").message_count == 3


def test_a_local_title_is_laid_over_a_known_session(indexed: Indexed) -> None:
    store = store_of(indexed)
    session = store.get("first")
    assert session is not None
    held = LocalTitle(title="Tea at five", created_at=session.created_at)
    indexed.titles.held[session.ref] = held
    indexed.sync.run()
    assert row(indexed, "first").title == "Tea at five"
    assert row(indexed, "first").message_count == 2
    indexed.titles.held.clear()
    indexed.sync.run()
    assert row(indexed, "first").title != "Tea at five"


def test_a_cold_reading_leaves_tool_output_for_later_and_an_append_does_not(
    indexed: Indexed,
) -> None:
    store = store_of(indexed)
    indexed.put("tooled", "list files", ToolResultBlock(text="gasket.txt"))
    store.asked_for_tools.clear()
    indexed.sync.run(upto=IndexTier.TEXT)
    assert store.asked_for_tools == [False]
    assert indexed.found("gasket in:tools") == []
    assert indexed.found("has:tools") == ["tooled"]
    indexed.sync.run()
    assert store.asked_for_tools == [False, True]
    assert indexed.found("gasket in:tools") == ["tooled"]
    store.append("tooled", text_message(Role.USER, "thanks"))
    store.asked_for_tools.clear()
    indexed.sync.run()
    assert store.asked_for_tools == [True]


def test_where_nobody_looks_on_rows_come_with_their_texts(indexed: Indexed) -> None:
    store = store_of(indexed)
    indexed.index.database.rebuild()
    indexed.put("third", "descale it")
    store.scanned.clear()
    store.forget_calls()
    indexed.sync.run(rows_first=False)
    assert store.scanned == []
    assert store.calls["text_since"] == 3
    assert indexed.found("descale") == ["third"]
    assert {row.ref.key: row.message_count for row in indexed.rows().rows} == {
        "first": 2,
        "second": 1,
        "third": 1,
    }
    store.forget_calls()
    indexed.sync.run(rows_first=False)
    assert store.calls["text_since"] == 0
