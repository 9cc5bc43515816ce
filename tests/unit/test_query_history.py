"""The history of queries: kept, bounded, shared, and never in anybody's way."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sessiontui.services import query_history
from sessiontui.services.query_history import LONGEST_QUERY, QueryHistory
from sessiontui.storage.file_lock import try_file_lock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "query-history.json"


def test_the_newest_query_comes_first_and_each_once(path: Path) -> None:
    history = QueryHistory(path, 200)
    for query in ("oslo", "is:stuck", "  oslo ", ""):
        history.note(query)
    assert history.entries() == ("oslo", "is:stuck")
    assert QueryHistory(path, 200).entries() == ("oslo", "is:stuck")
    assert history.take_notices() == ()


def test_only_its_owner_can_read_it(path: Path) -> None:
    QueryHistory(path, 200).note("secret")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_it_is_bounded(path: Path) -> None:
    history = QueryHistory(path, 3)
    for number in range(9):
        history.note(f"q{number}")
    history.note("x" * (LONGEST_QUERY + 1))
    assert history.entries() == ("q8", "q7", "q6")
    assert len(json.loads(path.read_text())["queries"]) == 3


def test_zero_keeps_and_shows_nothing_and_leaves_the_file_alone(path: Path) -> None:
    QueryHistory(path, 200).note("before")
    content = path.read_bytes()
    off = QueryHistory(path, 0)
    off.note("after")
    assert off.entries() == ()
    assert path.read_bytes() == content


def test_two_programs_do_not_lose_each_others_queries(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from sessiontui.services.query_history import QueryHistory\n"
        "history = QueryHistory(Path(sys.argv[1]), 200)\n"
        "for number in range(25): history.note(f'{sys.argv[2]}{number}')\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(path), name]) for name in ("a", "b")
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    expected = {f"{name}{number}" for name in ("a", "b") for number in range(25)}
    assert set(QueryHistory(path, 200).entries()) == expected


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"version": 1}', b'{"version": 1, "queries": [1]}', b"\xff\x00", b"null"],
)
def test_a_damaged_file_is_an_empty_history_and_is_kept_aside(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    history = QueryHistory(path, 200)
    assert history.entries() == ()
    assert history.take_notices() == ("the history of queries is damaged",)
    history.note("oslo")
    assert QueryHistory(path, 200).entries() == ("oslo",)
    aside = path.with_name(path.name + ".damaged")
    assert aside.read_bytes() == content
    assert any(str(aside) in notice for notice in history.take_notices())


def test_nothing_is_lost_when_it_is_damaged_again(path: Path) -> None:
    history = QueryHistory(path, 200)
    path.parent.mkdir(parents=True)
    for content in (b"one", b"two"):
        path.write_bytes(content)
        history.note("oslo")
    kept = sorted(file.read_bytes() for file in path.parent.glob("*.damaged*"))
    assert kept == [b"one", b"two"]


def test_a_newer_versions_file_stays_as_it_is(path: Path) -> None:
    content = b'{"version": 2, "queries": [{"text": "oslo"}]}'
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    history = QueryHistory(path, 200)
    history.note("mine")
    assert history.entries() == ("mine",)
    assert path.read_bytes() == content
    assert len(history.take_notices()) == 1


def test_what_cannot_be_written_is_still_there_in_this_run(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.mkdir()
    history = QueryHistory(path, 200)
    history.note("first")
    history.note("second")
    assert history.entries() == ("second", "first")
    assert len(history.take_notices()) == 1
    path.rmdir()
    history.note("third")
    assert QueryHistory(path, 200).entries() == ("third", "second", "first")


def test_a_busy_file_is_written_with_the_next_query(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_history, "_WAIT_SECONDS", 0.0)
    history = QueryHistory(path, 200)
    history.note("first")
    with try_file_lock(path.with_name(path.name + ".lock")) as held:
        assert held
        history.note("second")
        assert QueryHistory(path, 200).entries() == ("first",)
        assert history.entries() == ("second", "first")
    history.note("third")
    assert QueryHistory(path, 200).entries() == ("third", "second", "first")


def test_a_query_that_cannot_be_shown_is_never_brought_back(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"version": 1, "queries": ["good", "bad\x1b[2J", "two\nlines"]}))
    history = QueryHistory(path, 200)
    assert history.entries() == ("good",)
    history.note("odd\x07")
    assert history.entries() == ("good",)
