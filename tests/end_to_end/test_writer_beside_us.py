"""Beside a program that writes all the time, our changes cost it not one line."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sessiontui.domain.backend import SessionBackend, Surroundings
from sessiontui.domain.message import Role
from sessiontui.domain.session import Session, SessionRef
from sessiontui.services.action_checks import ActionChecks, ActionOptions
from sessiontui.services.backend_registry import backend_class
from sessiontui.services.catalogue import Catalogue
from sessiontui.services.local_titles import LocalTitles
from sessiontui.services.session_actions import SessionActions
from sessiontui.services.undo_journal import UndoJournal
from tests.building import text_message
from tests.changing import texts

OTHERS = ("other_a", "other_b", "other_c")
WRITER = Path(__file__).with_name("busy_writer.py")


def utc_now() -> datetime:
    return datetime.now(UTC)


class Writer:
    """The writing process; `stop` returns how many messages it has written."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def stop(self) -> int:
        answer, _ = self._process.communicate(timeout=60)
        return int(answer)


@contextmanager
def writing(lines: Path | None, database: Path | None, key: str, pause: float) -> Iterator[Writer]:
    arguments = [str(lines or "-"), str(database or "-"), key, str(pause)]
    with subprocess.Popen(
        [sys.executable, str(WRITER), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "writing\n"
            yield Writer(process)
        finally:
            if process.poll() is None:
                process.kill()


def open_actions(folder: Path, spec: str) -> tuple[SessionBackend, SessionActions]:
    catalogue = Catalogue(Surroundings(home=folder), (spec,))
    journal = UndoJournal(folder / "own" / "undo", utc_now)
    titles = LocalTitles(folder / "own" / "local-titles.json")
    options = ActionOptions(named_stores=True)
    checks = ActionChecks(catalogue, options, utc_now)
    actions = SessionActions(catalogue, journal, titles, options, checks)
    return catalogue.backends[0], actions


def put(backend: SessionBackend, *keys: str) -> tuple[SessionRef, ...]:
    refs = []
    began = utc_now() - timedelta(days=2)
    for key in keys:
        ref = SessionRef(backend.store_id, key)
        session = Session(ref=ref, format=backend.format, created_at=began, last_activity=began)
        backend.put(session, [text_message(Role.USER, f"{key} {n}", began) for n in range(3)])
        refs.append(ref)
    return tuple(refs)


def change_and_take_back(actions: SessionActions, refs: tuple[SessionRef, ...]) -> None:
    """Clear one, delete two, and take both back."""
    cleared = actions.clear(refs[:1], force=True)
    assert cleared.done == refs[:1]
    deleted = actions.delete(refs[1:], force=True)
    assert set(deleted.done) == set(refs[1:])
    for report in (deleted, cleared):
        assert actions.undo(report.undo_id).skipped == ()


def clear_again_and_again(
    actions: SessionActions, ref: SessionRef, times: int
) -> Iterator[str | None]:
    """Clear the session that is being written, at different moments; ids of the journal."""
    for number in range(times):
        time.sleep(0.02 + 0.007 * (number % 4))
        yield actions.clear([ref], force=True).undo_id


def test_a_database_loses_no_message_while_others_are_changed(tmp_path: Path) -> None:
    path = tmp_path / "sessions" / "sessions.db"
    created = backend_class("zeroclaw-sqlite").create(path)
    refs = put(created, *OTHERS)
    created.close()
    backend, actions = open_actions(tmp_path, f"zeroclaw-sqlite:{path}")
    before = {key: texts(backend, key) for key in OTHERS}

    with writing(None, path, "gw_busy", 0.001) as writer:
        for _ in range(6):
            change_and_take_back(actions, refs)
        written = writer.stop()

    assert written > 20
    assert texts(backend, "gw_busy") == [f"message {number}" for number in range(written)]
    assert {key: texts(backend, key) for key in OTHERS} == before
    backend.close()
    with closing(sqlite3.connect(path)) as connection:
        counted = connection.execute(
            "SELECT message_count FROM session_metadata WHERE session_key = 'gw_busy'"
        ).fetchone()
        assert counted == (written,)
        connection.execute(
            "INSERT INTO sessions_fts (sessions_fts, rank) VALUES ('integrity-check', 1)"
        )
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_very_session_that_is_written_can_be_cleared_in_a_database(tmp_path: Path) -> None:
    path = tmp_path / "sessions" / "sessions.db"
    backend_class("zeroclaw-sqlite").create(path).close()
    backend, actions = open_actions(tmp_path, f"zeroclaw-sqlite:{path}")
    busy = SessionRef(backend.store_id, "gw_busy")

    with writing(None, path, "gw_busy", 0.003) as writer:
        cleared = list(clear_again_and_again(actions, busy, 10))
        written = writer.stop()

    taken = [entry_id for entry_id in cleared if entry_id is not None]
    assert taken
    for entry_id in reversed(taken):
        assert actions.undo(entry_id).skipped == ()
    assert texts(backend, "gw_busy") == [f"message {number}" for number in range(written)]


def test_a_folder_of_lines_loses_none_while_others_are_changed(tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    created = backend_class("zeroclaw-jsonl").create(folder)
    refs = put(created, *OTHERS)
    busy = folder / "busy.jsonl"
    busy.write_bytes(b"")
    backend, actions = open_actions(tmp_path, f"zeroclaw-jsonl:{folder}")
    before = {key: (folder / f"{key}.jsonl").read_bytes() for key in OTHERS}

    with writing(busy, None, "-", 0.001) as writer:
        for _ in range(3):
            change_and_take_back(actions, refs)
        written = writer.stop()

    assert written > 20
    assert texts(backend, "busy") == [f"message {number}" for number in range(written)]
    assert {key: (folder / f"{key}.jsonl").read_bytes() for key in OTHERS} == before


def test_the_very_file_that_is_written_can_be_cleared_without_losing_a_line(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "sessions"
    backend_class("zeroclaw-jsonl").create(folder)
    path = folder / "busy.jsonl"
    path.write_bytes(b"")
    backend, actions = open_actions(tmp_path, f"zeroclaw-jsonl:{folder}")
    busy = SessionRef(backend.store_id, "busy")

    with writing(path, None, "-", 0.004) as writer:
        cleared = list(clear_again_and_again(actions, busy, 8))
        written = writer.stop()

    taken = [entry_id for entry_id in cleared if entry_id is not None]
    assert taken
    for entry_id in reversed(taken):
        assert actions.undo(entry_id).skipped == ()
    found = texts(backend, "busy")
    # A line that was written in the very moment of a change may stand a few lines later.
    assert sorted(found) == sorted(f"message {number}" for number in range(written))
