"""The file of the index: who may read it, what happens when it is damaged or cannot be kept."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from sessiontui.domain.errors import IndexBroken, StoreBusy
from sessiontui.services import index_connection
from sessiontui.services.index_schema import FILE_NAME, SCHEMA_VERSION
from sessiontui.services.search_index import SearchIndex
from tests.unit.indexing import Indexed, spoil


@pytest.fixture
def indexed(tmp_path: Path) -> Indexed:
    """Two sessions, indexed."""
    indexed = Indexed(tmp_path)
    indexed.put("first", "kettle")
    indexed.put("second", "oven")
    indexed.sync.run()
    return indexed


def test_the_file_and_its_folder_are_for_their_owner_only(indexed: Indexed) -> None:
    path = indexed.index.database.path
    assert path.name == FILE_NAME
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_nothing_is_made_before_it_is_needed(tmp_path: Path) -> None:
    index = SearchIndex(tmp_path / "cache")
    index.close()
    assert not (tmp_path / "cache").exists()
    assert index.problem is None


def test_a_damaged_file_is_made_anew_and_that_is_told_once(indexed: Indexed) -> None:
    path = indexed.index.database.path
    indexed.index.close()
    path.write_bytes(b"this is no database, whatever its name says" * 1000)
    assert indexed.rows().total == 0
    (notice,) = indexed.index.database.take_notices()
    assert "made anew" in notice
    assert indexed.index.database.take_notices() == ()
    indexed.sync.run()
    assert indexed.found("kettle") == ["first"]
    assert indexed.index.problem is None


def test_damage_that_is_met_while_searching_is_mended_by_the_next_sync(indexed: Indexed) -> None:
    path = indexed.index.database.path
    indexed.index.database.checkpoint()
    indexed.index.close()
    spoil(path, "slot")
    with pytest.raises(IndexBroken):
        indexed.rows("kettle")
    assert indexed.index.database.take_notices()
    indexed.sync.run()
    assert indexed.found("kettle") == ["first"]


def test_a_sync_that_meets_damage_begins_anew(indexed: Indexed) -> None:
    path = indexed.index.database.path
    indexed.index.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE session")
        connection.commit()
    indexed.sync.run()
    assert set(indexed.found()) == {"first", "second"}
    assert indexed.found("kettle") == ["first"]


def test_an_index_of_another_layout_or_half_made_is_replaced(indexed: Indexed) -> None:
    path = indexed.index.database.path
    for version in (SCHEMA_VERSION + 1, 0):
        indexed.index.close()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA user_version = {version}")
        assert indexed.rows().total == 0
        indexed.sync.run()
        assert indexed.rows().total == 2


def test_a_file_removed_while_the_program_runs_is_made_anew(indexed: Indexed) -> None:
    shutil.rmtree(indexed.index.database.path.parent)
    assert indexed.rows().total == 0
    indexed.sync.run()
    assert indexed.found("kettle") == ["first"]


def test_a_folder_that_cannot_be_made_keeps_the_index_in_memory(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    indexed = Indexed(tmp_path)
    indexed.put("first", "kettle", "tea")
    indexed.sync.run()
    assert indexed.found("kettle") == ["first"]
    assert indexed.found() == ["first"]
    assert indexed.index.problem is not None
    assert str(tmp_path / "cache") in indexed.index.problem
    assert indexed.index.database.take_notices() == (indexed.index.problem,)
    indexed.store.forget_calls()
    indexed.sync.run()
    assert dict(indexed.store.calls) == {"stamp": 1}
    assert indexed.index.generation() > 0
    indexed.index.close()
    assert indexed.found("tea") == ["first"]


def test_a_full_disk_keeps_the_index_in_memory(
    indexed: Indexed, monkeypatch: pytest.MonkeyPatch
) -> None:
    with indexed.index.database.writing() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        # What SQLite does when the limit is reached is what it does when the disk is full.
        connection.execute(f"PRAGMA max_page_count = {pages}")
    for number in range(50):
        indexed.put(f"more{number}", "gasket " * 500)
    indexed.sync.run()
    assert indexed.index.problem is not None
    assert "full" in indexed.index.problem
    assert indexed.rows("gasket ").total == 50
    assert indexed.found("kettle") == ["first"]


def test_a_lock_held_for_too_long_is_told_as_such(
    indexed: Indexed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_connection, "BUSY_SECONDS", 0.05)
    indexed.index.close()
    with closing(sqlite3.connect(indexed.index.database.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy), indexed.index.changing():
            pass
        assert set(indexed.found()) == {"first", "second"}


def test_readers_see_a_finished_state_while_others_write(indexed: Indexed) -> None:
    seen: list[int | None] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.append(indexed.rows().total)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(10):
        for part in range(5):
            indexed.put(f"more{number}-{part}", "gasket")
        indexed.sync.run()
    done.set()
    for reader in readers:
        reader.join()
    assert set(seen) <= {2 + 5 * number for number in range(11)}
    assert indexed.rows("gasket ").total == 50


def test_an_index_made_anew_shows_no_row_of_the_old_one(indexed: Indexed) -> None:
    indexed.found()
    indexed.index.database.rebuild()
    indexed.put("another", "gasket", title="Another")
    indexed.store.delete("first")
    indexed.sync.run()
    assert {row.ref.key: row.title for row in indexed.rows().rows} == {
        "another": "Another",
        "second": "oven",
    }


def test_two_processes_may_make_the_index_at_once(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from sessiontui.services.search_index import SearchIndex\n"
        "index = SearchIndex(Path(sys.argv[1]))\n"
        "for _ in range(20):\n"
        "    with index.changing() as change:\n"
        "        change.set_store(sys.argv[2], 'stamp', None)\n"
        "print(index.problem)\n"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "cache"), name],
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    assert [process.communicate()[0].strip() for process in running] == ["None", "None"]
    index = SearchIndex(tmp_path / "cache")
    assert index.store_state("one").stamp == index.store_state("two").stamp == "stamp"


def test_an_existing_index_is_used_without_importing_what_makes_one(indexed: Indexed) -> None:
    indexed.index.close()
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from sessiontui.domain.query import Query\n"
        "from sessiontui.services.search_index import SearchIndex\n"
        "index = SearchIndex(Path(sys.argv[1]))\n"
        "print(index.rows(Query(), [sys.argv[2]], 0.0, 0.0).total, 'sqlite_utils' in sys.modules)\n"
    )
    folder = indexed.index.database.path.parent
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder), indexed.store.store_id],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ},
    )
    assert done.stdout.split() == ["2", "False"]
