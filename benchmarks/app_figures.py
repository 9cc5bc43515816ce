"""How much slower than an empty Textual app: start, first rows, a step down in the list."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from textual.app import App
from textual.pilot import Pilot

from benchmarks.start import SIZE
from benchmarks.tables import Table, ratio, seconds
from sessiontui.domain.query_parser import parse_query
from sessiontui.services.backend_registry import backend_class
from sessiontui.services.library import Library, LibraryOptions
from sessiontui.storage.locations import Locations
from sessiontui.ui.app import SessionApp

_ROUNDS = 5
_STEPS = 100
_QUERIES = ("", "title:kettle", "agent:agent3", "museum", "museum harb", '"oslo bread"')

_VOCABULARY = """
kettle harbour museum parser invoice basket train window garden tomato index cache deploy
login shipping review branch merge coffee winter lisbon oslo balcony bread starter oven
"""
_WORDS = tuple(_VOCABULARY.split())


class EmptyApp(App[None]):
    """The floor: what Textual itself costs."""


def _fill(path: Path, sessions: int) -> None:
    """A zeroclaw database with so many sessions of two messages each."""
    backend_class("zeroclaw-sqlite").create(path).close()
    chance = random.Random(7)
    now = datetime.now(UTC)
    metadata: list[tuple[object, ...]] = []
    messages: list[tuple[object, ...]] = []
    for number in range(sessions):
        key = f"gw_{number:08d}"
        at = (now - timedelta(minutes=7 * number)).isoformat()
        named = " ".join(chance.sample(_WORDS, 3)) if number % 3 else None
        metadata.append((key, at, at, 2, named, "idle", f"agent{number % 7}"))
        messages.extend(
            (key, role, " ".join(chance.choices(_WORDS, k=12)), at)
            for role in ("user", "assistant")
        )
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO session_metadata (session_key, created_at, last_activity, message_count,"
            " name, state, agent_alias) VALUES (?, ?, ?, ?, ?, ?, ?)",
            metadata,
        )
        connection.executemany(
            "INSERT INTO sessions (session_key, role, content, created_at) VALUES (?, ?, ?, ?)",
            messages,
        )


def _started(*arguments: str) -> float:
    """Seconds from starting a process to its app's first useful frame, and its end."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "benchmarks.start", *arguments], check=True)
    return time.perf_counter() - began


async def _cpu_of(app: App[None], act: Callable[[Pilot[None]], Awaitable[None]]) -> float:
    """Processor seconds of a step in a running app."""
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(1.0)
        before = time.process_time()
        await act(pilot)
        return time.process_time() - before


async def _press_many(pilot: Pilot[None]) -> None:
    await pilot.press(*["down"] * _STEPS)


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def app_table(folder: Path, sessions: int) -> Table:
    """All figures, with a zeroclaw database of so many sessions of two messages."""
    database = folder / "sessions.db"
    _fill(database, sessions)
    options = LibraryOptions(
        stores=(f"zeroclaw-sqlite:{database}",), locations=Locations.below(folder / "own")
    )
    library = Library.open(options)
    cold = _timed(library.sync)
    unchanged = _timed(library.sync)
    empty_start = statistics.median(_started("empty") for _ in range(_ROUNDS))
    start = statistics.median(
        _started(*options.stores, str(folder / "own")) for _ in range(_ROUNDS)
    )
    empty_keys = statistics.median(asyncio.run(_cpu_of(EmptyApp(), _press_many)) for _ in range(3))
    keys = statistics.median(
        asyncio.run(_cpu_of(SessionApp(Library.open(options)), _press_many)) for _ in range(3)
    )
    rows = [
        (
            "process start to first rows",
            seconds(start),
            seconds(empty_start),
            ratio(start, empty_start),
        ),
        (
            "a step down in the list (processor time)",
            seconds(keys / _STEPS),
            seconds(empty_keys / _STEPS),
            ratio(keys, empty_keys),
        ),
        ("cold index of everything", seconds(cold), "", ""),
        ("a sync in which nothing changed", seconds(unchanged), "", ""),
    ]
    for text in _QUERIES:
        query = parse_query(text, datetime.now(UTC))
        library.rows(query)
        times = [_timed(lambda query=query: library.rows(query)) for _ in range(_ROUNDS)]  # type: ignore[misc]
        rows.append((f"rows for {text!r}", seconds(statistics.median(times)), "", ""))
    library.close()
    return Table(
        f"The app with {sessions:,} sessions",
        ("what", "sessiontui", "empty Textual app", "ratio"),
        tuple(rows),
    )
