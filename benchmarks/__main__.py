"""How much slower than an empty Textual app: `python -m benchmarks [--sessions N]`.

A zeroclaw database with many sessions is made in a temporary folder and indexed; then the real app
is started, scrolled and searched under a headless terminal. Every figure is a ratio to the same
step of an empty Textual app in the same run: seconds differ between machines, ratios hardly.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from textual.app import App
from textual.pilot import Pilot

from benchmarks.start import SIZE
from sessiontui.domain.query_parser import parse_query
from sessiontui.services.backend_registry import backend_class
from sessiontui.services.library import Library, LibraryOptions
from sessiontui.storage.locations import Locations
from sessiontui.ui.app import SessionApp

ROUNDS = 5
VOCABULARY = """
kettle harbour museum parser invoice basket train window garden tomato index cache deploy
login shipping review branch merge coffee winter lisbon oslo balcony bread starter oven
"""
WORDS = tuple(VOCABULARY.split())


class Figure(NamedTuple):
    """One line of the table; `floor` is the empty app's time for the same, in seconds."""

    what: str
    seconds: float
    floor: float | None

    def line(self) -> str:
        ratio = f"{self.seconds / self.floor:8.2f}" if self.floor else " " * 8
        floor = f"{1000 * self.floor:10.1f}" if self.floor else " " * 10
        return f"{self.what:<46} {1000 * self.seconds:10.1f} {floor} {ratio}"


class EmptyApp(App[None]):
    """The floor: what Textual itself costs."""


def fill(path: Path, sessions: int) -> None:
    """A zeroclaw database with so many sessions of two messages each."""
    backend_class("zeroclaw-sqlite").create(path).close()
    chance = random.Random(7)
    now = datetime.now(UTC)
    metadata: list[tuple[object, ...]] = []
    messages: list[tuple[object, ...]] = []
    for number in range(sessions):
        key = f"gw_{number:08d}"
        at = (now - timedelta(minutes=7 * number)).isoformat()
        named = " ".join(chance.sample(WORDS, 3)) if number % 3 else None
        metadata.append((key, at, at, 2, named, "idle", f"agent{number % 7}"))
        messages.extend(
            (key, role, " ".join(chance.choices(WORDS, k=12)), at) for role in ("user", "assistant")
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


def started(*arguments: str) -> float:
    """Seconds from starting a process to its app's first useful frame, and its end."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "benchmarks.start", *arguments], check=True)
    return time.perf_counter() - began


async def cpu_of(app: App[None], act: Callable[[Pilot[None]], Awaitable[None]]) -> float:
    """Processor seconds of a step in a running app."""
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(1.0)
        before = time.process_time()
        await act(pilot)
        return time.process_time() - before


async def press_many(pilot: Pilot[None]) -> None:
    """A hundred steps down."""
    await pilot.press(*["down"] * 100)


def median(values: list[float]) -> float:
    return statistics.median(values)


def measure(folder: Path, sessions: int) -> list[Figure]:
    """All figures."""
    database = folder / "sessions.db"
    fill(database, sessions)
    options = LibraryOptions(
        stores=(f"zeroclaw-sqlite:{database}",), locations=Locations.below(folder / "own")
    )
    library = Library.open(options)
    began = time.perf_counter()
    library.sync()
    cold = time.perf_counter() - began
    began = time.perf_counter()
    library.sync()
    unchanged = time.perf_counter() - began

    empty_start = median([started("empty") for _ in range(ROUNDS)])
    start = median([started(*options.stores, str(folder / "own")) for _ in range(ROUNDS)])
    empty_keys = median([asyncio.run(cpu_of(EmptyApp(), press_many)) for _ in range(3)])
    keys = median(
        [asyncio.run(cpu_of(SessionApp(Library.open(options)), press_many)) for _ in range(3)]
    )
    figures = [
        Figure(f"process start to first rows, {sessions:,} sessions", start, empty_start),
        Figure("a step down in the list (processor time)", keys / 100, empty_keys / 100),
        Figure("cold index of everything", cold, None),
        Figure("a sync in which nothing changed", unchanged, None),
    ]
    for text in ("", "title:kettle", "agent:agent3", "museum", "museum harb", '"oslo bread"'):
        query = parse_query(text, datetime.now(UTC))
        library.rows(query)
        times = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            library.rows(query)
            times.append(time.perf_counter() - began)
        figures.append(Figure(f"rows for {text!r}", median(times), None))
    library.close()
    return figures


def main() -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--sessions", type=int, default=100_000)
    sessions = parser.parse_args().sessions
    with tempfile.TemporaryDirectory(prefix="sessiontui-bench-") as name:
        figures = measure(Path(name), sessions)
    print(f"{'what':<46} {'ms':>10} {'floor ms':>10} {'ratio':>8}")
    for figure in figures:
        print(figure.line())
    return 0


if __name__ == "__main__":
    sys.exit(main())
