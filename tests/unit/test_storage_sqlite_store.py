"""Databases of other programs: read without a trace, changed in one short transaction."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sessiontui.domain.errors import (
    ChangedUnderneath,
    StoreBusy,
    StoreMissing,
    StoreReadOnly,
    StoreUnreadable,
)
from sessiontui.storage import sqlite_store
from sessiontui.storage.sqlite_store import SqliteStore, create_database

SCHEMA = """
CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE children (
    id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parents (id) ON DELETE CASCADE
);
INSERT INTO parents VALUES (1, 'one'), (2, 'two');
INSERT INTO children VALUES (10, 1), (11, 1), (20, 2);
"""


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The program that owns the database: its connection stays open, in WAL mode."""
    (tmp_path / "store").mkdir()
    path = tmp_path / "store" / "a b?#%.db"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as found:
        found.execute("PRAGMA journal_mode = WAL")
        found.executescript(SCHEMA)
        yield found


@pytest.fixture
def path(owner: sqlite3.Connection, tmp_path: Path) -> Path:
    return next(path for path in (tmp_path / "store").iterdir() if path.suffix == ".db")


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path)
    yield store
    store.close()


def names(store: SqliteStore) -> list[str]:
    return [name for (name,) in store.rows("SELECT name FROM parents ORDER BY id")]


def digest(*paths: Path) -> list[str]:
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]


class TestReading:
    def test_what_is_only_in_the_log_is_read(
        self, store: SqliteStore, owner: sqlite3.Connection
    ) -> None:
        owner.execute("INSERT INTO parents VALUES (3, 'three')")
        assert store.write_ahead_log.stat().st_size > 0
        assert names(store) == ["one", "two", "three"]

    def test_reading_changes_no_byte_of_database_and_log(self, store: SqliteStore) -> None:
        files = (store.path, store.write_ahead_log)
        before = digest(*files)
        names(store)
        store.tables()
        store.columns("parents")
        with store.reading() as run:
            run("SELECT count(*) FROM children", ())
        store.close()
        assert digest(*files) == before

    def test_nothing_can_be_written_through_the_reading_connection(
        self, store: SqliteStore
    ) -> None:
        with pytest.raises(StoreReadOnly):
            store.rows("DELETE FROM parents")
        with pytest.raises(StoreReadOnly), store.reading() as run:
            run("DELETE FROM parents", ())
        assert names(store) == ["one", "two"]

    def test_tables_and_columns_are_named(self, store: SqliteStore) -> None:
        assert store.tables() >= {"parents", "children"}
        assert store.columns("parents") == ("id", "name")
        assert store.columns("none") == ()

    def test_text_that_is_not_utf_8_is_read_with_marks_or_raw(
        self, store: SqliteStore, owner: sqlite3.Connection
    ) -> None:
        owner.execute("UPDATE parents SET name = CAST(? AS TEXT) WHERE id = 1", (b"a\xff\x00b",))
        assert names(store)[0] == "a\ufffd\x00b"
        assert store.rows("SELECT name FROM parents", raw=True)[0] == (b"a\xff\x00b",)
        assert names(store)[0] == "a\ufffd\x00b"

    def test_several_queries_see_one_state(
        self, store: SqliteStore, owner: sqlite3.Connection
    ) -> None:
        with store.reading() as run:
            before = run("SELECT count(*) FROM parents", ())
            owner.execute("INSERT INTO parents VALUES (3, 'three')")
            assert run("SELECT count(*) FROM parents", ()) == before == [(2,)]
        assert len(names(store)) == 3

    def test_the_owner_can_empty_its_log_while_we_are_open(
        self, store: SqliteStore, owner: sqlite3.Connection
    ) -> None:
        names(store)
        owner.execute("INSERT INTO parents VALUES (3, 'three')")
        assert owner.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        assert len(names(store)) == 3

    def test_the_data_version_tells_of_commits(
        self, store: SqliteStore, owner: sqlite3.Connection
    ) -> None:
        before = store.data_version()
        assert store.data_version() == before
        owner.execute("INSERT INTO parents VALUES (3, 'three')")
        assert store.data_version() != before

    def test_threads_share_the_connection(self, store: SqliteStore) -> None:
        seen: list[list[str]] = []
        threads = [threading.Thread(target=lambda: seen.append(names(store))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert seen == [["one", "two"]] * 8

    def test_a_running_query_can_be_ended(self, store: SqliteStore) -> None:
        names(store)
        endless = (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        )
        stop = threading.Event()

        def interrupt() -> None:
            while not stop.wait(0.01):
                store.interrupt()

        thread = threading.Thread(target=interrupt)
        thread.start()
        try:
            with pytest.raises(StoreUnreadable):
                store.rows(endless)
        finally:
            stop.set()
            thread.join()
        assert names(store) == ["one", "two"]


class TestOpening:
    def test_a_database_that_is_not_there_is_missing_and_not_made(self, tmp_path: Path) -> None:
        store = SqliteStore(tmp_path / "none.db")
        with pytest.raises(StoreMissing):
            store.rows("SELECT 1")
        with pytest.raises(StoreMissing), store.write():
            pass
        assert store.stamp() == "- -"
        assert store.size_bytes() == 0
        assert not (tmp_path / "none.db").exists()

    @pytest.mark.parametrize("content", [b"x" * 5000, b"SQLite format 3\x00" + b"\xff" * 5000])
    def test_what_is_no_database_is_an_error_with_a_hint(
        self, tmp_path: Path, content: bytes
    ) -> None:
        path = tmp_path / "odd.db"
        path.write_bytes(content)
        store = SqliteStore(path)
        with pytest.raises(StoreUnreadable) as caught:
            store.rows("SELECT 1")
        assert caught.value.hint
        with pytest.raises(StoreUnreadable), store.write():
            pass
        assert path.read_bytes() == content

    def test_a_folder_is_no_database(self, tmp_path: Path) -> None:
        with pytest.raises(StoreUnreadable, match="is a folder"):
            SqliteStore(tmp_path).rows("SELECT 1")

    def test_an_exchanged_file_is_opened_anew(self, store: SqliteStore, path: Path) -> None:
        assert names(store) == ["one", "two"]
        other = path.with_name("other.db")
        with closing(sqlite3.connect(other)) as connection:
            connection.executescript(
                "CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT);"
                "INSERT INTO parents VALUES (1, 'new');"
            )
        for found in (path, store.write_ahead_log, path.with_name(path.name + "-shm")):
            found.unlink()
        other.rename(path)
        assert names(store) == ["new"]

    def test_a_removed_file_is_missing_and_let_go(self, store: SqliteStore, path: Path) -> None:
        names(store)
        path.unlink()
        with pytest.raises(StoreMissing):
            names(store)

    def test_an_unused_connection_is_closed_and_opened_again(self, store: SqliteStore) -> None:
        assert not store.close_if_idle(0.0)
        names(store)
        assert not store.close_if_idle(60.0)
        assert store.close_if_idle(0.0)
        assert names(store) == ["one", "two"]

    def test_where_no_side_file_can_be_made_a_copy_is_read_with_its_log(
        self,
        store: SqliteStore,
        owner: sqlite3.Connection,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        original = sqlite_store._open
        opened: list[Path] = []

        def refusing(path: Path, mode: str) -> sqlite3.Connection:
            if path == store.path:
                error = sqlite3.OperationalError("unable to open database file")
                error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
                raise error
            opened.append(path)
            return original(path, mode)

        monkeypatch.setattr(sqlite_store, "_open", refusing)
        assert names(store) == ["one", "two"]
        assert names(store) == ["one", "two"]
        copies = len(opened)
        owner.execute("INSERT INTO parents VALUES (3, 'three')")
        assert names(store) == ["one", "two", "three"]
        assert len(opened) > copies
        store.close()
        assert not any(path.exists() for path in opened)


class TestStamp:
    def test_it_moves_with_commits_and_not_with_reading(
        self, store: SqliteStore, owner: sqlite3.Connection
    ) -> None:
        def settled() -> str:
            for path in (store.path, store.write_ahead_log):
                os.utime(path, (1_600_000_000, 1_600_000_000))
            return store.stamp()

        before = settled()
        names(store)
        store.close()
        names(store)
        assert store.stamp() == before
        owner.execute("INSERT INTO parents VALUES (3, 'three')")
        assert store.stamp() != before
        assert settled() != before

    def test_an_empty_log_counts_as_none(self, tmp_path: Path) -> None:
        path = tmp_path / "a.db"
        path.write_bytes(b"x")
        os.utime(path, (1_600_000_000, 1_600_000_000))
        store = SqliteStore(path)
        before = store.stamp()
        store.write_ahead_log.write_bytes(b"")
        assert store.stamp() == before
        store.write_ahead_log.write_bytes(b"x")
        assert store.stamp() != before
        assert store.size_bytes() == 2


class TestWriting:
    def test_a_change_is_there_for_everybody_at_the_end(
        self, store: SqliteStore, owner: sqlite3.Connection
    ) -> None:
        with store.write() as connection:
            connection.execute("UPDATE parents SET name = 'new' WHERE id = 1")
            assert owner.execute("SELECT name FROM parents WHERE id = 1").fetchone() == ("one",)
        assert owner.execute("SELECT name FROM parents WHERE id = 1").fetchone() == ("new",)
        assert names(store) == ["new", "two"]

    @pytest.mark.parametrize(
        "error", [ValueError("ours"), ChangedUnderneath("changed"), KeyboardInterrupt()]
    )
    def test_any_error_takes_everything_back(
        self, store: SqliteStore, error: BaseException
    ) -> None:
        def change() -> None:
            with store.write() as connection:
                connection.execute("DELETE FROM parents")
                raise error

        with pytest.raises(type(error)):
            change()
        assert names(store) == ["one", "two"]
        with store.write() as connection:
            connection.execute("DELETE FROM parents WHERE id = 2")
        assert names(store) == ["one"]

    def test_an_error_of_the_database_is_told_in_our_words(self, store: SqliteStore) -> None:
        def change() -> None:
            with store.write() as connection:
                connection.execute("DELETE FROM parents")
                connection.execute("DELETE FROM none")

        with pytest.raises(StoreUnreadable, match="no such table"):
            change()
        assert names(store) == ["one", "two"]

    def test_foreign_keys_are_enforced(self, store: SqliteStore, owner: sqlite3.Connection) -> None:
        with store.write() as connection:
            connection.execute("DELETE FROM parents WHERE id = 1")
        assert owner.execute("SELECT id FROM children").fetchall() == [(20,)]

    def test_text_comes_back_as_the_bytes_it_is(
        self, store: SqliteStore, owner: sqlite3.Connection
    ) -> None:
        owner.execute("UPDATE parents SET name = CAST(? AS TEXT) WHERE id = 1", (b"a\xff",))
        with store.write() as connection:
            (name,) = connection.execute("SELECT name FROM parents WHERE id = 1").fetchone()
            assert name == b"a\xff"
            connection.execute("UPDATE parents SET name = CAST(? AS TEXT) WHERE id = 2", (name,))
        raw = owner.execute("SELECT typeof(name), hex(name) FROM parents WHERE id = 2").fetchone()
        assert raw == ("text", "61FF")

    def test_a_busy_owner_is_waited_for_and_then_told(
        self, store: SqliteStore, owner: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sqlite_store, "BUSY_SECONDS", 0.05)
        owner.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy), store.write():
            pytest.fail("the lock is held by another")
        assert names(store) == ["one", "two"]
        owner.execute("COMMIT")
        with store.write() as connection:
            connection.execute("DELETE FROM parents")

    def test_the_owners_writes_wait_for_ours(
        self, store: SqliteStore, owner: sqlite3.Connection
    ) -> None:
        begun = threading.Event()

        def insert() -> None:
            begun.set()
            owner.execute("INSERT INTO parents VALUES (3, 'three')")

        thread = threading.Thread(target=insert)
        with store.write() as connection:
            thread.start()
            begun.wait()
            connection.execute("DELETE FROM parents WHERE id = 1")
        thread.join()
        assert names(store) == ["two", "three"]

    def test_the_journal_mode_stays_what_it_was(
        self, store: SqliteStore, owner: sqlite3.Connection, tmp_path: Path
    ) -> None:
        with store.write() as connection:
            connection.execute("DELETE FROM parents WHERE id = 1")
        assert owner.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        other = tmp_path / "plain.db"
        create_database(other, SCHEMA)
        with SqliteStore(other).write() as connection:
            connection.execute("DELETE FROM parents WHERE id = 1")
        assert [path.name for path in tmp_path.glob("plain*")] == ["plain.db"]


class TestCreating:
    def test_a_new_database_is_private(self, tmp_path: Path) -> None:
        path = tmp_path / "new" / "a.db"
        create_database(path, SCHEMA)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert names(SqliteStore(path)) == ["one", "two"]

    def test_nothing_that_is_there_is_touched(self, tmp_path: Path) -> None:
        path = tmp_path / "a.db"
        path.write_bytes(b"mine")
        with pytest.raises(ChangedUnderneath):
            create_database(path, SCHEMA)
        assert path.read_bytes() == b"mine"
