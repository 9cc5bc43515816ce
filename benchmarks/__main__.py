"""Measures everything and writes it down: `python -m benchmarks`, or a part with `--only`.

Figures are ratios to something measured in the same run: an empty Textual app, fast-resume where
it is installed (`pip install fast-resume`, or `--peer PATH`), reading the files and nothing else.
Seconds differ between machines, ratios hardly.
"""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.app_figures import app_table
from benchmarks.indexing import changes_table, indexing_table
from benchmarks.long_transcript import reading_table
from benchmarks.peer import Peer
from benchmarks.relevance import relevance_table
from benchmarks.searching import search_table
from benchmarks.tables import Table

PARTS = ("indexing", "search", "relevance", "app")
RESULTS = Path(__file__).parent / "results.md"
LARGE_MEGABYTES = 3_000


def parsed(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this part only")
    parser.add_argument("--megabytes", type=float, default=300, help="size of the history")
    parser.add_argument("--large", action="store_true", help="index 3 GB too")
    parser.add_argument("--messages", type=int, default=1_000_000, help="messages to search in")
    parser.add_argument("--sessions", type=int, default=10_000, help="sessions in the app's list")
    parser.add_argument("--transcript-megabytes", type=float, default=200)
    parser.add_argument("--labelled-megabytes", type=float, default=150)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peer", type=Path, help="the program fr of fast-resume")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where to write the tables")
    return parser.parse_args(arguments)


def tables(folder: Path, options: argparse.Namespace, peer: Peer | None) -> Iterator[Table]:
    """The tables of the parts asked for."""
    wanted = options.only or PARTS
    if "indexing" in wanted:
        sizes = [options.megabytes, *([LARGE_MEGABYTES] if options.large else [])]
        for size in sizes:
            rounds = options.rounds if size < LARGE_MEGABYTES else min(3, options.rounds)
            yield indexing_table(folder, size, peer, seed=options.seed, rounds=rounds)
        yield changes_table(folder, peer, seed=options.seed, rounds=options.rounds)
    if "search" in wanted:
        yield search_table(folder, options.messages, options.seed)
    if "relevance" in wanted:
        for seed in (options.seed, options.seed + 1):
            yield relevance_table(folder, options.labelled_megabytes, peer, seed)
    if "app" in wanted:
        yield app_table(folder, options.sessions)
        yield reading_table(folder, options.transcript_megabytes, options.seed)


def surroundings(peer: Peer | None) -> str:
    """What was measured with, in one sentence."""
    beside = "without fast-resume" if peer is None else f"beside {peer.version().strip()}"
    return (
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{os.cpu_count()} processors, {beside}."
    )


def main() -> int:
    """Measure, print, write."""
    options = parsed()
    peer = Peer.find(options.peer)
    measured: list[Table] = []
    said = surroundings(peer)
    with tempfile.TemporaryDirectory(prefix="sessiontui-bench-") as name:
        for table in tables(Path(name), options, peer):
            print(f"{table.text()}\n", flush=True)
            measured.append(table)
    before = ""
    if options.only and options.output.exists():
        before = options.output.read_text("utf-8")
    head = f"# Benchmarks\n\nWritten by `make bench`. {said}\n\n"
    options.output.write_text(with_tables(head, before, measured), encoding="utf-8")
    return 0


def with_tables(head: str, before: str, measured: Sequence[Table]) -> str:
    """What is written down: the tables measured now, the rest as it stood before."""
    begin = before.partition("\n## ")[0].rstrip()
    head = f"{begin}\n\n" if begin else head
    sections = {
        f"## {section}".partition("\n")[0]: f"## {section}".rstrip()
        for section in before.split("\n## ")[1:]
    }
    for table in measured:
        written = table.markdown().rstrip()
        sections[written.partition("\n")[0]] = written
    return head + "\n\n".join(sections.values()) + "\n"


if __name__ == "__main__":
    sys.exit(main())
