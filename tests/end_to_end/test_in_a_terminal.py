"""The whole way through, in a real terminal, while another process writes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sessiontui.domain.backend import SessionBackend
from sessiontui.domain.message import Role
from sessiontui.domain.session import Session, SessionPatch, SessionRef, SessionState
from sessiontui.services.backend_registry import backend_class
from tests.building import text_message
from tests.end_to_end.terminal import Terminal

pytestmark = pytest.mark.tmux

SIZES = [(120, 36), (80, 24)]


class Desk:
    """A zeroclaw database, a folder of JSONL sessions, and the program open on both."""

    def __init__(self, folder: Path, size: tuple[int, int]) -> None:
        self.sessions = folder / "zeroclaw" / "sessions"
        self.database_file = folder / "data" / "sessions" / "sessions.db"
        self.database = backend_class("zeroclaw-sqlite").create(self.database_file)
        self.files = backend_class("zeroclaw-jsonl").create(self.sessions)
        now = datetime.now(UTC)
        for number in range(12):
            talk = [f"question {number} about kettle {turn}" for turn in range(6)]
            self._put(self.files, f"telegram_kettle_{number}", talk, now - timedelta(days=number))
        long = [f"line {turn} of the long one" for turn in range(80)]
        long[41] = "here the quokkacart turns left"
        self._put(self.database, "gw_long", long, now - timedelta(hours=3))
        self._put(self.database, "gw_stuck", ["run the long job"], now - timedelta(hours=2))
        self._mark_stuck("gw_stuck", now - timedelta(hours=2))
        variables = {
            "HOME": str(folder),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_DATA_HOME": str(folder / "own"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
        }
        stores = f"--store {self.sessions} --store {self.database_file}"
        command = f"{sys.executable} -m sessiontui {stores}"
        self.terminal = Terminal(command, size=size, folder=folder, variables=variables)

    def _put(self, backend: SessionBackend, key: str, talk: list[str], end: datetime) -> None:
        messages = [
            text_message(Role.USER if turn % 2 == 0 else Role.ASSISTANT, text, end)
            for turn, text in enumerate(talk)
        ]
        ref = SessionRef(backend.store_id, key)
        backend.put(
            Session(ref=ref, format=backend.format, created_at=end, last_activity=end), messages
        )
        if backend.format == "zeroclaw-jsonl":
            path = self.sessions / f"{key}.jsonl"
            os.utime(path, (end.timestamp(), end.timestamp()))

    def _mark_stuck(self, key: str, since: datetime) -> None:
        import sqlite3

        self.database.patch(key, SessionPatch(state=SessionState.RUNNING, turn_id="t1"))
        with sqlite3.connect(self.database_file) as connection:
            at = since.isoformat()
            connection.execute(
                "UPDATE session_metadata SET turn_started_at = ?, last_activity = ?"
                " WHERE session_key = ?",
                (at, at, key),
            )
        connection.close()

    def state(self, key: str) -> tuple[str | None, int, SessionState] | None:
        """Title, messages and state of a session in the database."""
        session = self.database.get(key)
        if session is None:
            return None
        return session.title, session.message_count or 0, session.state


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path, request.param)
    yield made
    made.terminal.close()
    made.database.close()


def test_the_whole_way_through(desk: Desk) -> None:
    terminal = desk.terminal
    terminal.wait_for("any key goes on")
    # Search a word from the middle of a transcript, and open it there.
    terminal.press("/")
    terminal.write("quokkacart")
    terminal.wait_until(
        lambda screen: "quokkacart turns left" in screen and "kettle" not in screen, "the hit only"
    )
    terminal.press("Enter")
    terminal.press("Enter")
    terminal.wait_until(
        lambda screen: "line 40 of the long one" in screen and "quokkacart" in screen,
        "the transcript at its hit",
    )
    terminal.press("Escape")
    # Rename.
    terminal.press("R")
    terminal.press("C-a", "C-k")
    terminal.write("Marsupial transport")
    terminal.press("Enter")
    renamed = ("Marsupial transport", 80, SessionState.IDLE)
    terminal.wait_until(lambda _: desk.state("gw_long") == renamed, "a renamed session")
    # Clear and undo.
    terminal.press("c", "c")
    terminal.wait_until(lambda _: (desk.state("gw_long") or ("", 1))[1] == 0, "a cleared session")
    terminal.wait_for("Cleared")
    terminal.press("u")
    terminal.wait_until(lambda _: (desk.state("gw_long") or ("", 0))[1] == 80, "all messages back")
    # Delete and undo.
    terminal.press("Escape", "Escape")
    terminal.wait_for("kettle")
    terminal.press("/")
    terminal.write("marsupial")
    terminal.wait_gone("kettle")
    terminal.press("Enter")
    terminal.press("d")
    terminal.wait_for("again deletes")
    assert desk.state("gw_long") is not None
    terminal.press("d")
    terminal.wait_until(lambda _: desk.state("gw_long") is None, "a deleted session")
    terminal.wait_for("Deleted")
    terminal.press("u")
    terminal.wait_until(
        lambda _: desk.state("gw_long") == ("Marsupial transport", 80, SessionState.IDLE),
        "the session back",
    )
    # Cure the stuck one.
    terminal.press("Escape", "Escape")
    terminal.press("/")
    terminal.write("is:stuck")
    terminal.wait_until(
        lambda screen: "▲" in screen and "run the long job" in screen and "kettle" not in screen,
        "the stuck session",
    )
    terminal.press("Enter")
    terminal.press("x")
    terminal.wait_until(
        lambda _: (desk.state("gw_stuck") or (0, 0, None))[2] is SessionState.IDLE, "a cured one"
    )
    terminal.press("Escape", "Escape", "q")
    terminal.wait_until(lambda _: terminal.has_ended(), "the end")


WRITER = """
import json, sys, time
from pathlib import Path
folder = Path(sys.argv[1])
line = json.dumps({"role": "assistant", "content": "freshly brewed " + sys.argv[2]})
with (folder / "telegram_kettle_5.jsonl").open("a") as file:
    file.write(line + "\\n")
path = folder / ("telegram_new_" + sys.argv[2] + ".jsonl")
path.write_text(json.dumps({"role": "user", "content": "a brand new " + sys.argv[2]}) + "\\n")
print(time.time())
"""


def selected_line(painted: str) -> str:
    """The text of the row with the selection bar."""
    plain = re.sub(r"\x1b\[[0-9;:]*m", "", painted)
    return next((line.strip() for line in plain.splitlines() if "▌" in line or "▎" in line), "")


def test_what_another_process_writes_appears_without_moving_the_cursor(desk: Desk) -> None:
    terminal = desk.terminal
    terminal.wait_for("any key goes on")
    terminal.press("Escape")
    terminal.wait_for("kettle 0")
    terminal.press("Escape", "j", "j", "j", "j")
    time.sleep(0.5)
    before = selected_line(terminal.painted())
    assert before
    done = subprocess.run(
        [sys.executable, "-c", WRITER, str(desk.sessions), "samovar"],
        capture_output=True,
        text=True,
        check=True,
    )
    written = float(done.stdout)
    screen = terminal.wait_for("a brand new samovar", seconds=5)
    seen = time.time()
    assert seen - written < 2.0, "half a second on a machine that does nothing else"
    assert "▌" in screen or "▎" in screen
    after = selected_line(terminal.painted())
    assert after.split("  ")[0] == before.split("  ")[0]


def test_an_open_transcript_follows_its_writer(desk: Desk) -> None:
    terminal = desk.terminal
    terminal.wait_for("any key goes on")
    terminal.press("Escape")
    terminal.wait_for("kettle 0")
    terminal.press("/")
    terminal.write('"question 5"')
    terminal.wait_gone("question 7")
    terminal.press("Enter", "Enter")
    terminal.wait_for("question 5 about kettle 4")
    terminal.press("G")
    with (desk.sessions / "telegram_kettle_5.jsonl").open("a") as file:
        file.write(json.dumps({"role": "assistant", "content": "freshly brewed"}) + "\n")
    terminal.wait_for("freshly brewed", seconds=5)


def test_quitting_is_quick_and_leaves_the_terminal_as_it_was(desk: Desk) -> None:
    terminal = desk.terminal
    terminal.wait_for("any key goes on")
    terminal.press("Escape")
    terminal.wait_for("kettle 0")
    terminal.press("q")
    terminal.wait_until(lambda _: terminal.has_ended(), "the end", seconds=5)
    assert "Traceback" not in terminal.screen()
