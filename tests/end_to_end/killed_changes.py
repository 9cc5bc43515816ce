"""Runs one change again and again, killed at another point each time, and tells what was left.

A program of its own: it forks a child for every attempt, so that nothing of one reaches another,
and holds no database open itself. Prints one JSON object per line.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import psutil  # noqa: F401  so that no child has to import it

from sessiontui.domain.backend import Surroundings
from sessiontui.domain.errors import NothingToUndo
from sessiontui.domain.report import ActionReport
from sessiontui.domain.session import SessionPatch, SessionRef, SessionState
from sessiontui.domain.store import Capability
from sessiontui.domain.value import Value
from sessiontui.services.action_checks import ActionChecks, ActionOptions
from sessiontui.services.backend_registry import backend_class
from sessiontui.services.catalogue import Catalogue
from sessiontui.services.local_titles import LocalTitles
from sessiontui.services.session_actions import SessionActions
from sessiontui.services.undo_journal import UndoJournal
from sessiontui.storage import atomic_file
from sessiontui.storage.atomic_file import TEMPORARY_PREFIX
from tests.conformance.stores import SAMPLES

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
CHANGING_CALLS = ("mkdir", "rename", "replace", "link", "unlink", "rmdir", "write", "utime")
"""Calls that change what others see; to be killed before a sync or between two is the same."""
CHANGING_SQL = ("INSERT", "UPDATE", "DELETE", "REPLACE", "COMMIT")


class Bench(NamedTuple):
    """Everything below one folder, opened."""

    catalogue: Catalogue
    titles: LocalTitles
    actions: SessionActions


def open_bench(folder: Path, format_name: str) -> Bench:
    """The copied store of a format, with our own files beside it."""
    root = folder / Path((folder / "root").read_text())
    catalogue = Catalogue(Surroundings(home=folder), (f"{format_name}:{root}",))
    journal = UndoJournal(folder / "own" / "undo", lambda: NOW)
    titles = LocalTitles(folder / "own" / "local-titles.json")
    options = ActionOptions(named_stores=True)
    checks = ActionChecks(catalogue, options, lambda: NOW)
    actions = SessionActions(catalogue, journal, titles, options, checks)
    return Bench(catalogue, titles, actions)


def prepare(folder: Path, format_name: str) -> None:
    """A sample store: its second session is stuck, or failed, where the format has such a thing."""
    sample = SAMPLES[format_name](folder)
    backend, key = sample.backend, sample.keys[1]
    if Capability.SET_STATE in backend.capabilities:
        backend.patch(key, SessionPatch(state=SessionState.ERROR))
    (folder / "root").write_text(str(backend.root.relative_to(folder)))
    backend.close()


def act(bench: Bench, action: str) -> ActionReport:
    """The change under test; of several sessions where it can be."""
    (backend,) = bench.catalogue.backends
    refs = sorted(SessionRef(backend.store_id, key) for key, _ in backend.fingerprints())
    failed = [session.ref for session in backend.scan() if session.state is SessionState.ERROR]
    match action:
        case "delete":
            return bench.actions.delete(refs[:2], force=True)
        case "clear":
            return bench.actions.clear(refs[1:], force=True)
        case "rename":
            return bench.actions.rename(refs[1], "a new name", force=True)
        case "cure":
            return bench.actions.cure(failed)
        case _:
            return bench.actions.undo()


def written(value: Value, *without: str) -> dict[str, Any]:
    """A value as JSON has it, without some of its fields."""
    fields: dict[str, Any] = msgspec.to_builtins(value, enc_hook=str)
    return {name: field for name, field in fields.items() if name not in without}


def content(bench: Bench) -> dict[str, Any]:
    """What every session holds, without what only tells versions of it apart."""
    (backend,) = bench.catalogue.backends
    return {
        session.ref.key: {
            "session": written(bench.titles.overlay(session), "fingerprint", "size_bytes"),
            "messages": [written(message) for message in backend.messages(session.ref.key)],
        }
        for session in backend.scan()
    }


def raw_content(folder: Path) -> dict[str, Any]:
    """The bytes of the store's files, and the rows of its databases."""
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if not path.is_file() or name.startswith("own/"):
            continue
        if path.suffix == ".db":
            found[name] = rows_of(path)
        elif not name.endswith(("-wal", "-shm")):
            found[name] = path.read_bytes().decode("latin-1")
    return found


def rows_of(path: Path) -> dict[str, list[str]]:
    """Every row of every table but those of the full-text index, which orders itself."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {
            name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"')))
            for (name,) in tables.fetchall()
            if "_fts" not in name
        }
    finally:
        connection.close()


class Countdown:
    """Kills this process just before its call of that number that changes something."""

    def __init__(self, calls: int) -> None:
        self._left = calls

    def step(self) -> None:
        """Count one call."""
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def arm(self) -> None:
        """Watch the calls of this process."""
        for name in CHANGING_CALLS:
            setattr(os, name, self._counted(getattr(os, name)))
        countdown = self

        class Dying(sqlite3.Connection):
            """A connection whose changing statements count."""

            def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
                if sql.lstrip().upper().startswith(CHANGING_SQL):
                    countdown.step()
                return super().execute(sql, *parameters)

            def commit(self) -> None:
                countdown.step()
                super().commit()

            def close(self) -> None:
                countdown.step()
                super().close()

        connect = sqlite3.connect

        def counted_connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
            if "mode=rw" in str(arguments[0]):
                options["factory"] = Dying
            connection: sqlite3.Connection = connect(*arguments, **options)
            return connection

        sqlite3.connect = counted_connect  # type: ignore[assignment]

    def _counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            self.step()
            return call(*arguments, **options)

        return counted


def in_child(work: Callable[[], object]) -> tuple[bool, Any]:
    """Run something in a child of its own: whether it ended by itself, and what it returned."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            answer = json.dumps(work()).encode()
        except BaseException as error:  # noqa: BLE001  told to the parent, which ends with it
            answer = json.dumps({"error": f"{type(error).__name__}: {error}"}).encode()
        with os.fdopen(writing, "wb") as file:
            file.write(answer)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        answer = file.read()
    _, status = os.waitpid(child, 0)
    ended = os.WIFEXITED(status)
    if not ended and os.WTERMSIG(status) != signal.SIGKILL:
        raise RuntimeError(f"a child died of signal {os.WTERMSIG(status)}")
    value = json.loads(answer) if answer else None
    if isinstance(value, dict) and "error" in value:
        raise RuntimeError(value["error"])
    return ended, value


def killed(folder: Path, format_name: str, action: str, calls: int) -> object:
    """Make the change, and die before the call of that number."""
    bench = open_bench(folder, format_name)
    if action == "undo":
        act(bench, "delete")
    Countdown(calls).arm()
    report = act(bench, action)
    return {"done": len(report.done), "skipped": [skipped.reason for skipped in report.skipped]}


def looked_at(folder: Path, format_name: str) -> object:
    """What is there, and what is there after everything was taken back."""
    bench = open_bench(folder, format_name)
    left = content(bench)
    undoable = sum(entry.undoable for entry in bench.actions.undo_entries())
    skipped: list[str] = []
    for _ in range(undoable):
        skipped += [item.reason for item in bench.actions.undo().skipped]
    exhausted = False
    try:
        bench.actions.undo()
    except NothingToUndo:
        exhausted = True
    after = content(bench)
    unfinished = [
        entry.name
        for entry in (folder / "own" / "undo").glob("2*")
        if not (entry / "manifest.json").exists()
    ]
    bench.catalogue.close()
    return {
        "left": left,
        "undoable": undoable,
        "skipped": skipped,
        "exhausted": exhausted,
        "after": after,
        "raw": raw_content(folder),
        "unfinished": unfinished,
        "leftovers": [
            str(path.relative_to(folder)) for path in folder.rglob(TEMPORARY_PREFIX + "*")
        ],
    }


def beginning(folder: Path, format_name: str) -> object:
    """What is there before any change."""
    bench = open_bench(folder, format_name)
    found = content(bench)
    bench.catalogue.close()
    return {"content": found, "raw": raw_content(folder)}


def attempted(pristine: Path, folder: Path, format_name: str, action: str, calls: int) -> bool:
    """One attempt on a fresh copy of the store; prints what it left, returns whether it ended."""
    shutil.copytree(pristine, folder, symlinks=True)
    ended, report = in_child(lambda: killed(folder, format_name, action, calls))
    _, found = in_child(lambda: looked_at(folder, format_name))
    told = {"action": action, "calls": calls, "ended": ended, "report": report, "found": found}
    print(json.dumps(told))
    shutil.rmtree(folder)
    return ended


def main(folder: Path, format_name: str, *actions: str) -> None:
    """Kill each change at every point, and print what was left each time."""
    # What is imported here need not be imported by every child.
    backend_class(format_name)
    # What a killed child left is cleared away at once, as it else is after a while.
    atomic_file.LEFTOVER_SECONDS = -1.0
    # In this test nobody writes late.
    atomic_file._LATE_SECONDS = ()  # type: ignore[assignment]
    pristine, place = folder / "pristine", folder / "place"
    pristine.mkdir()
    in_child(lambda: prepare(pristine, format_name))
    shutil.copytree(pristine, place, symlinks=True)
    print(json.dumps({"first": in_child(lambda: beginning(place, format_name))[1]}))
    shutil.rmtree(place)
    for action in actions:
        calls = 1
        while not attempted(pristine, place, format_name, action, calls):
            calls += 1


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
