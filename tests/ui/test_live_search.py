"""What another process writes to a real store is found at once by the query on the screen."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from sessiontui.domain.message import Role
from sessiontui.domain.session import Session, SessionRef
from sessiontui.services.backend_registry import backend_class
from sessiontui.services.library import Library, LibraryOptions
from sessiontui.storage.locations import Locations
from sessiontui.ui.app import SessionApp
from sessiontui.ui.widgets.session_list import SessionList
from tests.building import text_message
from tests.ui.painted import painted, settle

LONGEST_SECONDS = 2.0
"""It takes a tenth of a second on a machine that does nothing else."""

APPEND_LINE = """
import json, sys, time
with open(sys.argv[1], "a") as file:
    file.write(json.dumps({"role": "assistant", "content": sys.argv[2]}) + "\\n")
print(time.time())
"""
INSERT_ROW = """
import sqlite3, sys, time
from datetime import UTC, datetime
now = datetime.now(UTC).isoformat()
connection = sqlite3.connect(sys.argv[1])
with connection:
    connection.execute(
        "INSERT INTO sessions (session_key, role, content, created_at) VALUES (?, ?, ?, ?)",
        ("gw_25", "assistant", sys.argv[2], now),
    )
    connection.execute(
        "UPDATE session_metadata SET last_activity = ? WHERE session_key = 'gw_25'", (now,)
    )
print(time.time())
connection.close()
"""


def put_talks(format_name: str, place: Path) -> None:
    """Thirty sessions, one of which was about a samovar."""
    backend = backend_class(format_name).create(place)
    now = datetime.now(UTC)
    for number in range(30):
        at = now - timedelta(days=1, hours=number)
        said = [text_message(Role.USER, f"question {number} about tea", at)]
        if number < 20:
            said.append(text_message(Role.ASSISTANT, "it comes from a samovar", at))
        ref = SessionRef(backend.store_id, f"gw_{number}")
        session = Session(ref=ref, format=format_name, created_at=at, last_activity=at)
        backend.put(session, said)
        if format_name == "zeroclaw-jsonl":
            os.utime(place / f"gw_{number}.jsonl", (at.timestamp(), at.timestamp()))
    backend.close()


async def seen(pilot: Pilot[None], holds: Callable[[], bool]) -> float:
    """When something was seen, in seconds since the epoch."""
    for _ in range(2_000):
        if holds():
            return time.time()
        await asyncio.sleep(0.005)
    raise AssertionError(f"never seen:\n{painted(pilot.app)}")


@pytest.mark.parametrize("format_name", ["zeroclaw-jsonl", "zeroclaw-sqlite"])
async def test_a_message_that_matches_is_on_the_screen_at_once(
    tmp_path: Path, format_name: str
) -> None:
    place = tmp_path / "store" / ("sessions.db" if format_name == "zeroclaw-sqlite" else "s")
    place.parent.mkdir()
    put_talks(format_name, place)
    options = LibraryOptions(
        stores=(f"{format_name}:{place}",), locations=Locations.below(tmp_path / "own")
    )
    library = Library.open(options)
    app = SessionApp(library)
    async with app.run_test(size=(120, 30)) as pilot:
        sessions = app.screen.query_one(SessionList)
        await seen(pilot, lambda: len(sessions.rows) == 30)
        await pilot.press("slash", *"samovar", "enter")
        await seen(pilot, lambda: len(sessions.rows) == 20)
        await pilot.press(*["down"] * 5)
        await settle(pilot)
        assert sessions.row is not None
        at_cursor = sessions.row.ref
        target = place if format_name == "zeroclaw-sqlite" else place / "gw_25.jsonl"
        program = INSERT_ROW if format_name == "zeroclaw-sqlite" else APPEND_LINE
        words = "a samovar has just begun to sing"
        written = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-c", program, str(target), words],
            capture_output=True,
            text=True,
            check=True,
        )
        at = await seen(pilot, lambda: "begun to sing" in painted(app))
        assert at - float(written.stdout) < LONGEST_SECONDS
        assert sessions.row is not None
        assert sessions.row.ref == at_cursor
        assert sessions.rows[0].ref.key == "gw_25"
        selected = [line for line in painted(app).splitlines() if line.startswith("│▌")]
        assert "question 5 about tea" in selected[0]
    library.close()
