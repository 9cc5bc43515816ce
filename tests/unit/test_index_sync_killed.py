"""A process that is killed while it writes the index leaves one that goes on where it stopped."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sessiontui.domain.backend import Surroundings
from sessiontui.services.catalogue import Catalogue
from sessiontui.services.index_sync import IndexSync
from sessiontui.services.search_index import SearchIndex
from tests.unit.indexing import FixedTitles

SESSIONS = 8

# Every commit is one more chance to be killed: before it, in it, after it.
CHILD = """
import os, signal, sys
from pathlib import Path

from sessiontui.domain.backend import Surroundings
from sessiontui.services import index_sync_run
from sessiontui.services.catalogue import Catalogue
from sessiontui.services.index_sync import IndexSync
from sessiontui.services.index_texts import TextWriter
from sessiontui.services.index_writing import IndexChange
from sessiontui.services.search_index import SearchIndex

sys.path.insert(0, sys.argv[5])
from tests.unit.indexing import FixedTitles

store, cache, point, number = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
index_sync_run.COMMIT_SECONDS = 0.0
left = [number]


def die_at(kind, name):
    original = getattr(kind, name)

    def counted(*args, **kwargs):
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*args, **kwargs)

    setattr(kind, name, counted)


if point == "before a commit":
    die_at(IndexChange, "finish")
elif point == "while text is written":
    die_at(TextWriter, "_insert")
elif point == "while sessions are written":
    die_at(IndexChange, "_put_session")
elif point == "while the index is made":
    from sessiontui.services import index_database
    die_at(index_database, "create_schema")
catalogue = Catalogue(Surroundings(home=Path(cache)), (f"zeroclaw-jsonl:{store}",))
IndexSync(catalogue, SearchIndex(Path(cache)), FixedTitles()).run()
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A folder of sessions."""
    folder = tmp_path / "sessions"
    folder.mkdir()
    for number in range(SESSIONS):
        write(folder, number, [f"about number{number}", "kettle", "東京"])
    return folder


def write(folder: Path, number: int, texts: list[str]) -> None:
    at = datetime(2026, 1, 1 + number, tzinfo=UTC)
    lines = [
        json.dumps(
            {
                "role": "user" if turn % 2 == 0 else "assistant",
                "content": text,
                "timestamp": (at + timedelta(minutes=turn)).isoformat(),
            }
        )
        for turn, text in enumerate(texts)
    ]
    (folder / f"session{number}.jsonl").write_text("".join(line + "\n" for line in lines))


def kill(store: Path, cache: Path, point: str, number: int) -> int:
    root = str(Path(__file__).parents[2])
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(store), str(cache), point, str(number), root], check=False
    ).returncode


def synced(store: Path, cache: Path) -> SearchIndex:
    catalogue = Catalogue(Surroundings(home=cache), (f"zeroclaw-jsonl:{store}",))
    index = SearchIndex(cache)
    IndexSync(catalogue, index, FixedTitles()).run()
    index.close()
    return index


def contents(index: SearchIndex) -> dict[str, list[tuple[object, ...]]]:
    """Everything that can be found, without the numbers it has."""
    found: dict[str, list[tuple[object, ...]]] = {}
    with closing(sqlite3.connect(index.database.path)) as connection:
        found["sessions"] = connection.execute(
            "SELECT key, title, message_count, fingerprint, roles, has, pending, text_cursor, "
            "tools_cursor FROM session ORDER BY key"
        ).fetchall()
        found["texts"] = connection.execute(
            "SELECT s.key, i.place, i.role, i.at, w.text FROM text_item AS i "
            "JOIN text_words AS w ON w.rowid = i.id JOIN slot ON slot.id = i.id >> 12 "
            "JOIN session AS s ON s.id = slot.session ORDER BY s.key, i.place"
        ).fetchall()
        found["titles"] = connection.execute(
            "SELECT s.key, t.text FROM title_words AS t JOIN session AS s ON s.id = t.rowid "
            "ORDER BY s.key"
        ).fetchall()
        for table in ("text_words", "text_pairs", "title_words"):
            connection.execute(
                f"CREATE VIRTUAL TABLE temp.v_{table} USING fts5vocab(main, {table}, row)"
            )
            found[table] = connection.execute(f"SELECT * FROM v_{table} ORDER BY term").fetchall()
        found["stores"] = connection.execute("SELECT problem FROM store").fetchall()
    return found


@pytest.mark.parametrize(
    ("point", "numbers"),
    [
        ("while the index is made", (0,)),
        ("while sessions are written", (0, 5)),
        ("while text is written", (0, 1, 9)),
        ("before a commit", (0, 3, 11, 16)),
    ],
)
def test_a_killed_build_goes_on_to_what_a_clean_one_gives(
    store: Path, tmp_path: Path, point: str, numbers: tuple[int, ...]
) -> None:
    clean = contents(synced(store, tmp_path / "clean"))
    assert len(clean["texts"]) == 3 * SESSIONS
    for number in numbers:
        cache = tmp_path / f"killed{number}"
        assert kill(store, cache, point, number) == -9
        index = synced(store, cache)
        assert index.problem is None
        assert contents(index) == clean


def test_a_killed_update_goes_on_to_what_a_clean_build_gives(store: Path, tmp_path: Path) -> None:
    cache = tmp_path / "killed"
    synced(store, cache)
    write(store, 1, ["about number1", "kettle", "東京", "and one more"])
    write(store, 2, ["quite another"])
    (store / "session3.jsonl").unlink()
    write(store, 9, ["a new one"])
    for number in (0, 1, 2):
        assert kill(store, cache, "before a commit", number) == -9
    assert contents(synced(store, cache)) == contents(synced(store, tmp_path / "clean"))
