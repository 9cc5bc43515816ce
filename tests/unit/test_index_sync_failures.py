"""Bringing the index up to date when stores fail, runs are stopped, and others write too."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from sessiontui.domain.errors import SessionTuiError, StoreUnreadable
from sessiontui.domain.events import StoreEvent, StoreEventKind
from sessiontui.domain.message import Role
from sessiontui.services import index_sync_run
from sessiontui.storage.file_lock import try_file_lock
from tests.building import text_message
from tests.unit.indexing import (
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


def test_an_incomplete_pass_removes_nothing(indexed: Indexed) -> None:
    store = indexed.store
    store.append("first", text_message(Role.USER, "more"))
    store.fail_fingerprints = StoreUnreadable("the disk went away")
    told: list[StoreEvent] = []
    indexed.sync.run(progress=told.append)
    assert [(e.kind, e.problem) for e in told] == [(StoreEventKind.FAILED, "the disk went away")]
    assert set(indexed.found()) == {"first", "second", "third"}
    assert indexed.index.store_state(store.store_id).problem == "the disk went away"
    store.fail_fingerprints = None
    indexed.sync.run()
    assert indexed.found('"more"') == ["first"]
    assert indexed.index.store_state(store.store_id).problem is None


def test_a_scan_that_breaks_keeps_what_it_gave_and_is_done_again(indexed: Indexed) -> None:
    store = indexed.store
    for key in ("fourth", "fifth"):
        indexed.put(key, "gasket")
    store.fail_scan_after = 1
    events = indexed.sync.catch_up(store.store_id)
    assert StoreEventKind.FAILED in {event.kind for event in events}
    assert set(indexed.found()) >= {"first", "second", "third"}
    store.fail_scan_after = None
    indexed.sync.run()
    assert set(indexed.found("gasket")) == {"fourth", "fifth"}


def test_a_session_whose_text_cannot_be_read_does_not_keep_others_from_it(
    indexed: Indexed,
) -> None:
    store = indexed.store
    indexed.put("fourth", "one", "gasket", age=timedelta(days=9))
    indexed.put("fifth", "two", "gasket", age=timedelta(days=8))
    store.fail_texts["fourth"] = StoreUnreadable("no permission for fourth")
    told: list[StoreEvent] = []
    indexed.sync.run(progress=told.append)
    failed = [event for event in told if event.kind is StoreEventKind.FAILED]
    assert {event.problem for event in failed} == {"no permission for fourth"}
    assert indexed.found("gasket") == ["fifth"]
    assert "fourth" in indexed.found()
    assert indexed.index.store_state(store.store_id).stamp is None
    store.fail_texts.clear()
    indexed.sync.run()
    assert set(indexed.found("gasket")) == {"fourth", "fifth"}


def test_the_error_of_one_store_leaves_the_others_alone(indexed: Indexed, tmp_path: Path) -> None:
    other = CountedStore(tmp_path / "other")
    put_session(other, "there", ["gasket"])
    indexed.catalogue.open_stores[other.store_id] = other
    indexed.store.fail_stamp = StoreUnreadable("gone")
    told: list[StoreEvent] = []
    indexed.sync.run(progress=told.append)
    failed = [event for event in told if event.kind is StoreEventKind.FAILED]
    assert [event.store for event in failed] == [indexed.store.store_id]
    assert indexed.found("gasket") == ["there"]
    assert set(indexed.found()) == {"first", "second", "third", "there"}


def test_a_named_session_that_is_gone_is_removed_after_a_complete_pass(indexed: Indexed) -> None:
    store = indexed.store
    store.delete("second")
    store.fail_fingerprints = StoreUnreadable("the disk went away")
    events = indexed.sync.catch_up(store.store_id, frozenset({"second"}))
    assert {event.kind for event in events} == {StoreEventKind.FAILED}
    assert "second" in indexed.found()
    store.fail_fingerprints = None
    events = indexed.sync.catch_up(store.store_id, frozenset({"second"}))
    assert keys_by_kind(events) == {"vanished": {"second"}}
    assert "second" not in indexed.found()


def test_a_cancelled_run_keeps_what_is_committed_and_goes_on_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_sync_run, "COMMIT_SECONDS", 0.0)
    indexed = Indexed(tmp_path)
    for number in range(6):
        indexed.put(f"s{number}", "x", "kettle", age=timedelta(days=number + 1))
    cancel = threading.Event()
    told: list[int | None] = []

    def stop(event: StoreEvent) -> None:
        told.append(event.done)
        if event.done and 0 in told:  # in the middle of the texts
            cancel.set()

    monkeypatch.setattr(index_sync_run, "PROGRESS_SECONDS", 0.0)
    indexed.sync.run(cancel, stop)
    found = indexed.found("kettle")
    assert 0 < len(found) < 6
    assert indexed.index.store_state(indexed.store.store_id).stamp is None
    read = len(indexed.store.keys_read)
    indexed.sync.run()
    assert len(indexed.found("kettle")) == 6
    assert len(indexed.store.keys_read) <= 6 + 4  # up to four were read ahead and not written
    assert read <= 6
    cancel.set()
    indexed.store.forget_calls()
    indexed.sync.run(cancel)
    assert not indexed.store.calls


def test_text_that_was_indexed_meanwhile_is_not_added_twice(indexed: Indexed) -> None:
    store = indexed.store
    store.append("first", text_message(Role.USER, "the gasket"))
    read = store.text_since

    def slow(key: str, cursor: str | None, *, tools: bool = True) -> object:
        store.text_since = read  # type: ignore[method-assign]
        batch = read(key, cursor)
        # Another process catches up before this one writes what it has read.
        indexed.sync.catch_up(store.store_id, frozenset({key}))
        return batch

    store.text_since = slow  # type: ignore[method-assign,assignment]
    indexed.sync.run()
    assert indexed.hits("gasket").items[0].hit_count == 1


def test_another_holder_of_the_lock_does_not_stop_a_change_from_being_seen(
    indexed: Indexed,
) -> None:
    lock = indexed.index.database.path.with_suffix(".lock")
    indexed.store.append("first", text_message(Role.USER, "the gasket"))
    with try_file_lock(lock) as held:
        assert held
        events = indexed.sync.catch_up(indexed.store.store_id, frozenset({"first"}))
    assert keys_by_kind(events) == {"changed": {"first"}}
    assert indexed.found("gasket") == ["first"]


def test_errors_that_are_no_store_errors_are_not_swallowed(indexed: Indexed) -> None:
    indexed.put("fourth", "x")
    indexed.store.fail_texts["fourth"] = SessionTuiError("odd")
    assert "failed" in keys_by_kind(indexed.sync.catch_up(indexed.store.store_id))

    def broken(key: str, cursor: str | None, *, tools: bool = True) -> object:
        raise ZeroDivisionError

    indexed.store.text_since = broken  # type: ignore[method-assign,assignment]
    with pytest.raises(ZeroDivisionError):
        indexed.sync.run()


def test_a_store_that_changes_during_a_run_is_looked_at_again_by_that_run(
    indexed: Indexed,
) -> None:
    store = indexed.store
    store.append("first", text_message(Role.USER, "the gasket"))
    read = store.text_since
    found: list[StoreEvent] = []

    def meanwhile(key: str, cursor: str | None, *, tools: bool = True) -> object:
        store.text_since = read  # type: ignore[method-assign]
        store.append("second", text_message(Role.USER, "another gasket"))
        found.extend(indexed.sync.catch_up(store.store_id))
        return read(key, cursor)

    store.text_since = meanwhile  # type: ignore[method-assign,assignment]
    indexed.sync.run()
    assert found == []
    assert set(indexed.found("gasket")) == {"first", "second"}
    store.append("third", text_message(Role.USER, "more"))
    assert keys_by_kind(indexed.sync.catch_up(store.store_id)) == {"changed": {"third"}}


def test_a_lock_that_cannot_be_made_does_not_keep_a_sync_from_working(indexed: Indexed) -> None:
    lock = indexed.index.database.path.with_suffix(".lock")
    lock.unlink()
    lock.mkdir()
    indexed.store.append("first", text_message(Role.USER, "the gasket"))
    indexed.sync.run()
    assert indexed.found("gasket") == ["first"]
