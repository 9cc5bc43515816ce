"""Local titles: bound to one session, safe with several processes, never written over."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sessiontui.domain.errors import StoreBusy, StoreTooNew, StoreUnreadable
from sessiontui.domain.session import Session, SessionRef, TitleSource
from sessiontui.services import local_titles
from sessiontui.services.local_titles import LocalTitle, LocalTitles
from sessiontui.storage.file_lock import try_file_lock

BORN = datetime(2026, 5, 1, 9, 30, 0, 123456, tzinfo=UTC)
REF = SessionRef("untitled-aaaaaa", "k:ü\udcff")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "local-titles.json"


def session(created: datetime | None = BORN, ref: SessionRef = REF) -> Session:
    return Session(ref=ref, format="untitled", title="first words", created_at=created)


def ours(created: datetime | None = BORN) -> LocalTitle:
    return LocalTitle(title="ours", created_at=created)


def test_a_title_is_laid_over_its_session_and_marked_local(path: Path) -> None:
    LocalTitles(path).put(REF, ours())
    found = LocalTitles(path).overlay(session())
    assert (found.title, found.title_source) == ("ours", TitleSource.LOCAL)
    other = session(ref=SessionRef(REF.store, "other"))
    assert LocalTitles(path).overlay(other) is other


@pytest.mark.parametrize("created", [None, BORN + timedelta(microseconds=1)])
def test_a_new_session_under_an_old_key_does_not_inherit_it(
    path: Path, created: datetime | None
) -> None:
    titles = LocalTitles(path)
    titles.put(REF, ours())
    assert titles.overlay(session(created)).title == "first words"


def test_a_session_without_a_creation_time_can_have_one(path: Path) -> None:
    titles = LocalTitles(path)
    titles.put(REF, ours(None))
    assert titles.overlay(session(None)).title == "ours"
    assert titles.overlay(session(BORN)).title == "first words"


def test_removing_a_title_returns_to_the_old_one(path: Path) -> None:
    titles = LocalTitles(path)
    titles.put(REF, ours())
    titles.put(REF, None)
    assert titles.overlay(session()).title == "first words"
    assert titles.all() == {}


def test_nothing_is_made_before_there_is_a_title(path: Path) -> None:
    titles = LocalTitles(path)
    assert titles.overlay(session()).title == "first words"
    assert titles.problem is None
    assert not path.parent.exists()


def test_only_the_owner_can_read_them(path: Path) -> None:
    before = os.umask(0)
    try:
        LocalTitles(path).put(REF, ours())
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(found.stat().st_mode) for found in path.parent.iterdir()} == {0o600}


def test_another_process_sees_a_change_and_the_stamp_moves(path: Path) -> None:
    mine, theirs = LocalTitles(path), LocalTitles(path)
    assert mine.all() == {}
    before = mine.stamp()
    theirs.put(REF, ours())
    assert mine.record(REF) == ours()
    assert mine.stamp() != before


def test_unchanged_titles_are_read_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    titles = LocalTitles(path)
    titles.put(REF, ours())
    read: list[bytes] = []
    original = local_titles._decoded

    def counted(content: bytes) -> object:
        read.append(content)
        return original(content)

    monkeypatch.setattr(local_titles, "_decoded", counted)
    for _ in range(50):
        titles.overlay(session())
    assert len(read) == 1


def test_the_same_title_again_writes_nothing(path: Path) -> None:
    titles = LocalTitles(path)
    titles.put(REF, ours())
    before = path.stat()
    titles.put(REF, ours())
    assert path.stat().st_ino == before.st_ino


def test_threads_lose_no_title(path: Path) -> None:
    titles = LocalTitles(path)
    refs = [SessionRef("s-aaaaaa", str(number)) for number in range(24)]
    threads = [threading.Thread(target=titles.put, args=(ref, ours())) for ref in refs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(LocalTitles(path).all()) == set(refs)


def test_processes_lose_no_title(path: Path) -> None:
    script = (
        "import pathlib, sys\n"
        "from sessiontui.domain.session import SessionRef\n"
        "from sessiontui.services.local_titles import LocalTitle, LocalTitles\n"
        "titles = LocalTitles(pathlib.Path(sys.argv[1]))\n"
        "for number in range(15):\n"
        "    titles.put(SessionRef(sys.argv[2], str(number)), LocalTitle(title='t'))\n"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", script, str(path), name]) for name in ("a", "b")
    ]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    assert len(LocalTitles(path).all()) == 30


def test_a_lock_that_is_held_for_too_long_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_titles, "_WAIT_SECONDS", 0.0)
    titles = LocalTitles(path)
    titles.put(REF, ours())
    with try_file_lock(path.with_name(path.name + ".lock")) as held:
        assert held
        with pytest.raises(StoreBusy):
            titles.put(REF, None)
    assert titles.record(REF) == ours()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff",
        b"[]",
        b'{"version": 1}',
        b'{"version": 1, "titles": [{"store": "s"}]}',
        b'{"version": 1, "titles": [{"store": "s", "key": 5, "title": "t"}]}',
        (
            b'{"version": 1, "titles": [{"store": "s", "key": "k", "title": "t", '
            b'"created_at": "2026-05-01T09:30:00"}]}'
        ),
        b'{"version": null, "titles": 7}',
        b"[" * 5000,
    ],
)
def test_a_damaged_file_gives_no_titles_says_so_and_is_kept(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    titles = LocalTitles(path)
    assert titles.all() == {}
    assert titles.problem == "the file of local titles is damaged"
    titles.put(REF, ours())
    assert titles.record(REF) == ours()
    assert titles.problem is None
    assert path.with_name(path.name + ".damaged").read_bytes() == content


def test_a_file_of_a_newer_version_is_not_touched(path: Path) -> None:
    path.parent.mkdir()
    content = json.dumps({"version": 2, "titles": {"new": "form"}}).encode()
    path.write_bytes(content)
    titles = LocalTitles(path)
    assert titles.overlay(session()).title == "first words"
    assert titles.problem == "the local titles were written by a newer version"
    with pytest.raises(StoreTooNew):
        titles.put(REF, ours())
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_an_error_with_a_hint(path: Path) -> None:
    path.parent.write_text("a file")
    titles = LocalTitles(path)
    with pytest.raises(StoreUnreadable):
        titles.put(REF, ours())


def test_a_file_that_cannot_be_read_is_a_problem_not_a_crash(path: Path) -> None:
    path.mkdir(parents=True)
    titles = LocalTitles(path)
    assert titles.all() == {}
    assert titles.problem is not None
    with pytest.raises(StoreUnreadable):
        titles.put(REF, ours())
    assert path.is_dir()
