"""The app with many sessions, beside an empty Textual app: start, list, steps, queries."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from textual.app import App
from textual.pilot import Pilot

from benchmarks.empty_app import EmptyApp
from benchmarks.own_runs import environment, least
from benchmarks.tables import Table, kilobytes, ratio, seconds
from benchmarks.terminal import SIZE, Terminal
from sessiontui.domain.query_parser import parse_query
from sessiontui.services.backend_registry import backend_class
from sessiontui.services.library import Library, LibraryOptions
from sessiontui.storage.locations import APP_NAME, Locations
from sessiontui.ui.app import SessionApp

_NOTE = (
    "The floor is an empty Textual app, or `sqlite3` reading the same rows. A start is timed in a "
    "terminal, from the call of the program to the first row that is written; lists and steps are "
    "in seconds of the processor. All are the least of several runs."
)
_FIRST_ROW = b"agent0"
_FIRST_FRAME = b"\x1b[48;2;"
"""The first background: an empty app paints nothing else."""
_ROUNDS = 7
_STEPS = 100
_QUERIES = ("", "title:kettle", "agent:agent3", "museum", "museum harb", '"oslo bread"')

_VOCABULARY = """
kettle harbour museum parser invoice basket train window garden tomato index cache deploy
login shipping review branch merge coffee winter lisbon oslo balcony bread starter oven
"""
_WORDS = tuple(_VOCABULARY.split())


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


async def _cpu_of(app: App[None], act: Callable[[Pilot[None]], Awaitable[None]]) -> float:
    """Processor seconds of a step in a running app."""
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(1.0)
        before = time.process_time()
        await act(pilot)
        return (time.process_time() - before) / _STEPS


async def _press_one_by_one(pilot: Pilot[None]) -> None:
    await pilot.press(*["down"] * _STEPS)


async def _hold(pilot: Pilot[None]) -> None:
    """As a keyboard repeats a key that is held down: thirty times a second."""
    for _ in range(_STEPS):
        pilot.app.simulate_key("down")
        await asyncio.sleep(1 / 30)


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _least_of(
    make: Callable[[], App[None]], act: Callable[[Pilot[None]], Awaitable[None]]
) -> float:
    return min(asyncio.run(_cpu_of(make(), act)) for _ in range(3))


def app_table(folder: Path, sessions: int) -> Table:
    """All figures, with a zeroclaw database of so many sessions of two messages."""
    database = folder / "sessions.db"
    _fill(database, sessions)
    store = f"zeroclaw-sqlite:{database}"
    cache = Path(environment(folder)["XDG_CACHE_HOME"]) / APP_NAME
    locations = Locations(cache=cache, data=folder / "data", config=folder / "config")
    options = LibraryOptions(stores=(store,), locations=locations)
    library = Library.open(options)
    cold = _timed(library.sync)
    unchanged = min(_timed(library.sync) for _ in range(_ROUNDS))
    library.close()
    (index,) = cache.glob("*.db")
    floor, listed = least(
        [
            ("-m", "benchmarks.row_floor", str(index)),
            ("-m", "sessiontui", "--store", store, "list", "--json"),
        ],
        folder,
        _ROUNDS,
    )
    rows = [
        *_start_rows(folder, store),
        _compared("list --json, beside sqlite3 alone", listed.cpu_seconds, floor.cpu_seconds),
        *(
            _compared(
                f"a step down in the list, {words}",
                _least_of(lambda: SessionApp(Library.open(options)), act),
                _least_of(EmptyApp, act),
            )
            for words, act in (("one by one", _press_one_by_one), ("held", _hold))
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
        ("what", "sessiontui", "floor", "ratio"),
        tuple(rows),
        (_NOTE,),
    )


def _compared(what: str, cost: float, floor: float) -> tuple[str, str, str, str]:
    return what, seconds(cost), seconds(floor), ratio(cost, floor)


def _start_rows(folder: Path, store: str) -> Iterator[tuple[str, str, str, str]]:
    """What a start takes, and where the time goes."""
    variables = environment(folder)
    own = (sys.executable, "-m", "sessiontui", "--store", store)
    bare = (sys.executable, "-m", "benchmarks.empty_app")
    with Terminal(own, variables) as first:
        first.rest()  # A person is greeted once.
    starts = [
        (_started(own, variables, _FIRST_ROW), _started(bare, variables, _FIRST_FRAME))
        for _ in range(_ROUNDS + 1)
    ]
    ours, empty = map(min, zip(*starts[1:], strict=True))
    yield _compared("start to first rows painted", ours.seen, empty.seen)
    yield _compared("… until the terminal is asked for", ours.begun, empty.begun)
    yield _compared("… from then on", ours.seen - ours.begun, empty.seen - empty.begun)
    with Terminal(own, variables) as terminal:
        yield "… written until all is shown", kilobytes(terminal.rest()), "", ""
        yield "written for a step down in the list", kilobytes(terminal.press(b"j")), "", ""


class _Start(NamedTuple):
    """When what was looked for was written, and when anything was, in seconds from the start."""

    seen: float
    begun: float


def _started(command: Sequence[str], variables: Mapping[str, str], sign: bytes) -> _Start:
    with Terminal(command, variables) as terminal:
        begun = terminal.until(b"\x1b")
        return _Start(terminal.until(sign), begun)
