"""Other processes write while we change, and we are killed in the middle: nothing is lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sessiontui.backends.zeroclaw_acp import ZeroclawAcp
from sessiontui.backends.zeroclaw_jsonl import ZeroclawJsonl
from sessiontui.backends.zeroclaw_sqlite import ZeroclawSqlite
from sessiontui.domain.backend import SessionBackend, SnapshotScope
from sessiontui.domain.errors import ChangedUnderneath, SessionBusy
from tests.formats.zeroclaw_stores import (
    Owner,
    acp_database,
    add_acp,
    add_chat,
    add_turn,
    chat_database,
    jsonl_file,
    message_line,
    run,
)

ROOT = Path(__file__).parents[2]

CHAT_WRITER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=5)
connection.execute("PRAGMA synchronous = NORMAL")
print("writing", flush=True)
number = 0
while True:
    connection.execute("INSERT INTO sessions (session_key, role, content, created_at) "
                       "VALUES ('live', 'user', ?, 't')", (f"line {number}",))
    connection.execute("INSERT INTO session_metadata (session_key, created_at, last_activity, "
                       "message_count) VALUES ('live', 't', 't', 1) ON CONFLICT DO UPDATE SET "
                       "message_count = message_count + 1")
    number += 1
    print(number, flush=True)
"""
JSONL_WRITER = """
import sys, time
print("writing", flush=True)
number = 0
while True:
    time.sleep(0.002)
    for key in ("live", "gone"):
        with open(f"{sys.argv[1]}/{key}.jsonl", "ab") as file:
            file.write(b'{"role":"user","content":"%s %d"}\\n' % (key.encode(), number))
    number += 1
    print(number, flush=True)
"""
CHANGER = """
import os, signal, sys
from pathlib import Path
from sessiontui.services.backend_registry import backend_class
from sessiontui.storage import sqlite_store

steps = 0
real_open = sqlite_store._open

def open_to_die(path, mode):
    connection = real_open(path, mode)
    left = steps

    def count():
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    if mode == "rw":
        connection.set_progress_handler(count, 10)
    return connection

sqlite_store._open = open_to_die
backend = backend_class(sys.argv[1])
print("ready", flush=True)
for line in sys.stdin:
    steps = int(line)
    child = os.fork()
    if child == 0:
        getattr(backend.open(Path(sys.argv[2])), sys.argv[3])("big")
        os._exit(0)
    print("killed" if os.WIFSIGNALED(os.waitpid(child, 0)[1]) else "done", flush=True)
"""


@contextmanager
def running(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A script in another process, which has begun; killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.communicate()


def written(process: subprocess.Popen[str]) -> int:
    """How many messages a writer says it has written at least; it is killed then."""
    assert process.stdout is not None
    last = [process.stdout.readline() for _ in range(10)][-1]
    process.send_signal(signal.SIGKILL)
    whole = [line for line in process.stdout.read().splitlines(keepends=True) if line[-1] == "\n"]
    return int([last, *whole][-1])


def test_a_writer_loses_nothing_while_other_sessions_are_deleted_and_restored(
    tmp_path: Path,
) -> None:
    database = chat_database(tmp_path / "sessions.db")
    for number in range(12):
        add_chat(database, f"old_{number}", "wisteria", "yes")
    store, owner = ZeroclawSqlite.open(database), Owner(database)
    with running(CHAT_WRITER, str(database)) as writer:
        for number in range(12):
            snapshot = store.snapshot(f"old_{number}", SnapshotScope.EVERYTHING)
            assert store.delete(f"old_{number}", snapshot.fingerprint)
            if number % 3 == 0:
                store.restore(snapshot)
            elif number % 3 == 1:
                assert not store.exists(f"old_{number}")
        least = written(writer)
    texts = [b.text for m in store.messages("live") for b in m.blocks if b.kind == "text"]
    assert texts == [f"line {number}" for number in range(len(texts))]
    assert len(texts) >= least > 0
    assert sorted(owner.search("wisteria")) == [f"old_{number}" for number in (0, 3, 6, 9)]
    assert owner.index_is_sound()
    store.close()


def test_no_line_is_lost_while_files_are_changed_under_a_writer(tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    jsonl_file(folder, "live", b"bad\n")
    jsonl_file(folder, "other", message_line("user", "hi"))
    store = ZeroclawJsonl.open(folder)
    kept: dict[str, list[str]] = {"live": [], "gone": []}
    done: list[str] = []

    def contents(key: str) -> list[str]:
        return [b.text for m in store.messages(key) for b in m.blocks if b.kind == "text"]

    with running(JSONL_WRITER, str(folder)) as writer:
        for key, change in (("live", store.compact), ("gone", store.delete)) * 3:
            for _ in range(200):
                with (folder / f"{key}.jsonl").open("ab") as file:
                    file.write(b"bad\n" if key == "live" else b"")
                snapshot = store.snapshot(key, SnapshotScope.EVERYTHING)
                try:
                    change(key, expect=snapshot.fingerprint)
                except (ChangedUnderneath, SessionBusy):
                    continue
                done.append(key)
                if key == "gone":
                    lines = snapshot.payload.partition(b"\n")[2].decode().splitlines()
                    kept[key] += [line.split('"')[-2] for line in lines]
                break
        least = written(writer)
    assert set(done) == {"live", "gone"}
    for key, earlier in kept.items():
        texts = earlier + contents(key)
        assert texts == [f"{key} {number}" for number in range(len(texts))]
        assert len(texts) >= least > 0


def fill_chat(path: Path) -> SessionBackend:
    chat_database(path)
    add_chat(path, "big", *["wisteria and a lot of other words " * 40] * 150)
    add_chat(path, "other", "quince")
    return ZeroclawSqlite.open(path)


def fill_acp(path: Path) -> SessionBackend:
    acp_database(path)
    big, other = add_acp(path, "big"), add_acp(path, "other")
    for number in range(25):
        add_turn(path, big, number, f"word{number}")
    add_turn(path, other, 0, "quince")
    return ZeroclawAcp.open(path)


STORES: dict[str, Callable[[Path], SessionBackend]] = {
    "zeroclaw-sqlite": fill_chat,
    "zeroclaw-acp": fill_acp,
}


@pytest.mark.parametrize("change", ["delete", "clear"])
@pytest.mark.parametrize("name", STORES)
def test_killed_at_any_point_a_change_is_done_or_was_never_begun(
    name: str, change: str, tmp_path: Path
) -> None:
    path = tmp_path / "store.db"
    store = STORES[name](path)
    whole = store.snapshot("big", SnapshotScope.EVERYTHING)
    other = list(store.messages("other"))
    killed, steps, untouched = 0, 1.0, True
    with running(CHANGER, name, str(path), change) as changer:
        assert changer.stdin is not None
        assert changer.stdout is not None
        while untouched:
            changer.stdin.write(f"{int(steps)}\n")
            changer.stdin.flush()
            outcome = changer.stdout.readline().strip()
            killed += outcome == "killed"
            steps *= 1.5
            session = store.get("big")
            untouched = session is not None and session.fingerprint == whole.fingerprint
            assert untouched <= (outcome == "killed")
            if not untouched:
                assert list(store.messages("big")) == []
                assert (session is None) == (change == "delete")
            assert list(store.messages("other")) == other
            if name == "zeroclaw-sqlite":
                assert Owner(path).index_is_sound()
                assert bool(Owner(path).search("wisteria")) == untouched
            assert run(path, "PRAGMA integrity_check") == [("ok",)]
    assert killed > 10
    store.restore(whole)
    assert store.snapshot("big", SnapshotScope.EVERYTHING).payload == whole.payload
    store.close()
