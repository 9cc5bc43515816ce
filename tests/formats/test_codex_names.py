"""What sessions of Codex are called, and which ones a change on disk concerns."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sessiontui.backends.codex import Codex
from sessiontui.backends.codex import names as thread_names
from sessiontui.domain.session import TitleSource
from sessiontui.records.codex_reader import RolloutReader
from sessiontui.storage import sqlite_store
from tests.formats.codex_stores import (
    FIRST,
    SECOND,
    THIRD,
    append,
    event,
    index_names,
    meta,
    new_lines,
    prompt,
    set_names,
    state_database,
    write,
)

OLD_NS = 1_700_000_000_000_000_000


def settle(root: Path) -> None:
    """Make everything look as if it had been written long ago."""
    for path in sorted(root.rglob("*"), reverse=True):
        os.utime(path, ns=(OLD_NS, OLD_NS))


def titles(store: Codex) -> dict[str, str | None]:
    return {session.ref.key: session.title for session in store.scan()}


# -- names -------------------------------------------------------------------------------------


def test_the_index_of_names_comes_before_the_database_and_that_before_the_rollout(
    tmp_path: Path,
) -> None:
    renamed = event("thread_name_updated", 8, thread_id=FIRST, thread_name="by event")
    write(tmp_path, [*new_lines(), renamed])
    store = Codex.open(tmp_path)
    assert titles(store) == {FIRST: "by event"}
    database = state_database(tmp_path / "state_5.sqlite", (FIRST, "by database"))
    assert titles(store) == {FIRST: "by database"}
    index_names(tmp_path, (FIRST, "by index"), (FIRST, "last"), (FIRST, " "), (SECOND, "nobody"))
    assert titles(store) == {FIRST: "last"}
    (session,) = store.scan()
    assert session.title_source is TitleSource.STORE
    (tmp_path / "session_index.jsonl").unlink()
    assert titles(store) == {FIRST: "by database"}
    set_names(database, (FIRST, None))
    assert titles(store) == {FIRST: "by event"}
    store.close()


def test_without_any_name_the_first_prompt_is_the_title(tmp_path: Path) -> None:
    write(tmp_path, [meta(), prompt("plant\n  beans and " + "peas " * 200)])
    (session,) = Codex.open(tmp_path).scan()
    assert session.title is not None
    assert session.title.startswith("plant beans and peas")
    assert len(session.title) <= 200
    assert session.title_source is TitleSource.DERIVED


def test_the_newest_generation_of_the_database_counts(tmp_path: Path) -> None:
    write(tmp_path, new_lines())
    state_database(tmp_path / "state_9.sqlite", (FIRST, "ninth"))
    state_database(tmp_path / "sqlite" / "state_10.sqlite", (FIRST, "tenth"))
    store = Codex.open(tmp_path)
    assert titles(store) == {FIRST: "tenth"}
    assert store.info().format_version == "state 10"
    state_database(tmp_path / "state_11.sqlite", with_names=False)
    assert titles(store) == {FIRST: "plant beans"}
    store.close()


def test_the_environment_may_put_the_database_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "root", new_lines())
    state_database(tmp_path / "elsewhere" / "state_5.sqlite", (FIRST, "far away"))
    monkeypatch.setenv("CODEX_HOME", str(tmp_path / "root"))
    monkeypatch.setenv("CODEX_SQLITE_HOME", str(tmp_path / "elsewhere"))
    store = Codex.open(tmp_path / "root")
    assert titles(store) == {FIRST: "far away"}
    store.use_home(tmp_path)
    assert titles(store) == {FIRST: "plant beans"}
    assert titles(Codex.open(tmp_path / "root" / ".." / "root")) == {FIRST: "far away"}
    store.close()


def test_a_broken_database_or_index_costs_the_names_alone(tmp_path: Path) -> None:
    write(tmp_path, new_lines())
    write(tmp_path, [meta(SECOND), prompt("prune roses")], SECOND)
    index_names(tmp_path, (SECOND, "Roses"))
    append(tmp_path / "session_index.jsonl", b"not json\n", b'{"id":7}\n', b'{"id":"half')
    (tmp_path / "state_5.sqlite").write_text("this is no database at all, it only looks like one")
    store = Codex.open(tmp_path)
    assert titles(store) == {FIRST: "plant beans", SECOND: "Roses"}
    info = store.info()
    assert info.available
    assert "names of sessions cannot be read" in str(info.problem)
    assert "2 lines of session_index.jsonl cannot be read" in str(info.problem)


def test_a_locked_database_costs_the_names_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_store, "BUSY_SECONDS", 0.01)
    write(tmp_path, new_lines())
    database = state_database(tmp_path / "state_5.sqlite", (FIRST, "by database"))
    store = Codex.open(tmp_path)
    with closing(sqlite3.connect(database)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        assert titles(store) == {FIRST: "plant beans"}
        assert "locked" in str(store.info().problem)
    monkeypatch.setattr(thread_names, "_RETRY_SECONDS", 0.0)
    later = Codex.open(tmp_path)
    assert titles(later) == {FIRST: "by database"}
    with closing(sqlite3.connect(database)) as other:
        other.execute("BEGIN EXCLUSIVE")
        other.execute("UPDATE threads SET name = 'new'")
        # What was known stays until it can be read again.
        assert titles(later) == {FIRST: "by database"}
        other.commit()
    assert titles(later) == {FIRST: "new"}
    assert later.info().problem is None
    later.close()
    store.close()


# -- what changes concern ----------------------------------------------------------------------


def test_a_new_name_changes_the_fingerprint_of_its_session_alone(tmp_path: Path) -> None:
    for key in (FIRST, SECOND, THIRD):
        write(tmp_path, [meta(key), prompt("plant beans")], key)
    database = state_database(tmp_path / "state_5.sqlite", (FIRST, "one"), (SECOND, "two"))
    index_names(tmp_path, (THIRD, "three"))
    store = Codex.open(tmp_path)

    def changed_by_index(*names: tuple[str, str]) -> set[str]:
        before, stamp = dict(store.fingerprints()), store.stamp()
        index_names(tmp_path, *names)
        assert store.stamp() != stamp
        return {key for key, now in store.fingerprints() if now != before[key]}

    assert changed_by_index((THIRD, "third")) == {THIRD}
    assert changed_by_index((THIRD, "third")) == set()
    before, stamp = dict(store.fingerprints()), store.stamp()
    set_names(database, (SECOND, "second"))
    assert store.stamp() != stamp
    assert {key for key, now in store.fingerprints() if now != before[key]} == {SECOND}
    assert titles(store) == {FIRST: "one", SECOND: "second", THIRD: "third"}
    for session in store.scan():
        assert dict(store.fingerprints())[session.ref.key] == session.fingerprint
    store.close()


def test_a_look_at_what_has_not_changed_reads_no_rollout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in (FIRST, SECOND):
        write(tmp_path, [meta(key), prompt("plant beans")], key)
    settle(tmp_path)
    store = Codex.open(tmp_path)
    before, stamp = dict(store.fingerprints()), store.stamp()
    read: list[object] = []
    monkeypatch.setattr(RolloutReader, "feed", lambda *args: read.append(args))
    monkeypatch.setattr(os, "pread", lambda *args: read.append(args))
    assert dict(store.fingerprints()) == before
    assert store.stamp() == stamp
    assert Codex.open(tmp_path).stamp() == stamp
    assert read == []


def concerned(store: Codex, *paths: Path) -> set[str]:
    """The sessions that changes of these paths concern, where that is known."""
    keys = store.changed_keys(paths)
    assert keys is not None
    return set(keys)


def test_changes_on_disk_are_told_by_session(tmp_path: Path) -> None:
    path = write(tmp_path, new_lines())
    other = write(tmp_path, [meta(SECOND), prompt("x")], SECOND, archived=True)
    database = state_database(tmp_path / "state_5.sqlite", (FIRST, "one"), (THIRD, "no rollout"))
    store = Codex.open(tmp_path)
    log = database.with_name(database.name + "-wal")
    assert store.changed_keys([log]) is None
    assert concerned(store, path) == {FIRST}
    assert concerned(store, path.with_name(path.name + ".zst"), other) == {FIRST, SECOND}
    assert concerned(store, path.parent) == {FIRST}
    assert concerned(store, tmp_path / "sessions") == {FIRST}
    assert concerned(store, tmp_path / "archived_sessions") == {SECOND}
    assert store.changed_keys([tmp_path]) is None
    assert store.changed_keys([tmp_path / "sessions" / "2031"]) is None
    assert concerned(store, tmp_path / "logs_2.sqlite", tmp_path / "history.jsonl") == set()
    assert concerned(store, log, database) == set()
    set_names(database, (FIRST, "uno"), (THIRD, "still none"))
    assert concerned(store, log) == {FIRST}
    index_names(tmp_path, (SECOND, "two"))
    assert concerned(store, tmp_path / "session_index.jsonl") == {SECOND}
    assert concerned(store, tmp_path / "session_index.jsonl") == set()
    store.close()


def test_every_folder_that_holds_rollouts_is_watched(tmp_path: Path) -> None:
    store = Codex.open(tmp_path)
    assert {tmp_path, tmp_path / "sqlite", tmp_path / "sessions"} <= set(store.watch_roots())
    path = write(tmp_path, new_lines())
    roots = set(store.watch_roots())
    assert {path.parent, path.parent.parent, path.parent.parent.parent} <= roots
    assert tmp_path / "archived_sessions" in roots
