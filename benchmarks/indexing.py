"""What an index costs: built anew, unchanged, and after one line more; beside the peer."""

from __future__ import annotations

import json
import shutil
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.appending import append_rows
from benchmarks.histories import Written, conversations, today, write, write_history
from benchmarks.peer import Peer
from benchmarks.processes import Spent, run, scratch_environment
from benchmarks.tables import Table, megabytes, ratio, seconds

_MANY_SESSIONS = 10_000
_MANY_MEGABYTES = 80
COLUMNS = ("what", "sessiontui", "fast-resume", "ratio")


class _Pair(NamedTuple):
    ours: Spent
    peer: Spent | None


def indexing_table(
    folder: Path, size: float, peer: Peer | None, *, seed: int, rounds: int
) -> Table:
    """Everything about indexing a history of so many megabytes."""
    home = folder / f"history-{size:.0f}"
    written = write_history(home, size, seed)
    rows = [
        *_cold(home, peer, rounds),
        *_useful(home, rounds),
        *_full(home, sum(one.size for one in written)),
        *_unchanged(home, peer, rounds),
    ]
    shutil.rmtree(home)
    return Table(f"Indexing {_described(written)}", COLUMNS, tuple(rows), _NOTES)


def changes_table(folder: Path, peer: Peer | None, *, seed: int, rounds: int) -> Table:
    """What it costs to see that nothing changed, or one line."""
    home = folder / "many-sessions"
    write(home, conversations(_MANY_MEGABYTES, seed, today(), _MANY_SESSIONS), seed)
    _rebuild(home, "text")
    if peer is not None:
        peer.rebuild(home)
    rows = [*_unchanged(home, peer, rounds), *append_rows(folder, peer, seed)]
    shutil.rmtree(home)
    return Table(
        f"Changes among {_MANY_SESSIONS:,} sessions, and in large ones",
        COLUMNS,
        tuple(rows),
        ("An appended line: our work for that session; what a refresh of fast-resume takes more.",),
    )


_NOTES = (
    (
        "Whole processes, medians of alternating rounds after a warm-up; the files are in the page "
        "cache. The floor only reads the files and splits them into lines."
    ),
    (
        "Ours has an entry for every message, and tool output as well in the full index; "
        "fast-resume has one entry for a session and no tool output."
    ),
)


def _described(written: Sequence[Written]) -> str:
    total = megabytes(sum(one.size for one in written))
    largest = megabytes(max(one.size for one in written))
    return f"{total} in {len(written):,} sessions, the largest of {largest}"


def _rebuild(home: Path, tier: str) -> Spent:
    """Our index, made anew by a process of its own."""
    shutil.rmtree(home / ".cache" / "sessiontui", ignore_errors=True)
    command = [sys.executable, "-m", "sessiontui", "--home", str(home), "index", "rebuild"]
    return run([*command, "--tier", tier], scratch_environment(home))


def _script(name: str, home: Path) -> Spent:
    """One of our measuring scripts, in a process of its own."""
    environment = scratch_environment(home) | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    return run([sys.executable, "-m", f"benchmarks.{name}", home], environment)


def _alternated(
    ours: Callable[[], Spent], peer: Callable[[], Spent] | None, rounds: int
) -> list[_Pair]:
    """Both in turn, so that what else the machine does meets both; the first round is dropped."""
    return [_Pair(ours(), None if peer is None else peer()) for _ in range(rounds + 1)][1:]


def _median(pairs: Sequence[_Pair], of: Callable[[Spent], float]) -> tuple[float, float | None]:
    ours = statistics.median(of(pair.ours) for pair in pairs)
    held = [of(pair.peer) for pair in pairs if pair.peer is not None]
    return ours, statistics.median(held) if held else None


def _times(what: str, pairs: Sequence[_Pair], of: Callable[[Spent], float]) -> tuple[str, ...]:
    ours, peer = _median(pairs, of)
    return what, seconds(ours), "" if peer is None else seconds(peer), ratio(ours, peer)


def _cold(home: Path, peer: Peer | None, rounds: int) -> list[tuple[str, ...]]:
    pairs = _alternated(
        lambda: _rebuild(home, "text"), peer and (lambda: peer.rebuild(home)), rounds
    )
    floor = statistics.median(_script("floor", home).seconds for _ in range(rounds))
    ours, of_peer = _median(pairs, lambda spent: spent.peak_bytes)
    return [
        _times("cold index of conversation text", pairs, lambda spent: spent.seconds),
        _times("... processor time", pairs, lambda spent: spent.cpu_seconds),
        (
            "... peak memory",
            megabytes(ours),
            "" if of_peer is None else megabytes(of_peer),
            ratio(ours, of_peer),
        ),
        ("floor: read and split into lines", seconds(floor), "", ""),
    ]


def _useful(home: Path, rounds: int) -> list[tuple[str, ...]]:
    measured: list[dict[str, float]] = []
    for _ in range(rounds):
        shutil.rmtree(home / ".first", ignore_errors=True)
        measured.append(json.loads(_script("first_rows", home).output))
    shutil.rmtree(home / ".first", ignore_errors=True)
    return [
        (what, seconds(statistics.median(found[name] for found in measured)), "", "")
        for what, name in (
            ("first rows while the index is built", "rows"),
            ("first session found by its text", "searchable"),
        )
    ]


def _full(home: Path, read: int) -> list[tuple[str, ...]]:
    text = _rebuild(home, "text")
    text_bytes = _our_bytes(home)
    full = _rebuild(home, "all")
    full_bytes = _our_bytes(home)
    peer_bytes = Peer.index_bytes(home)
    return [
        ("full index, tool output too", seconds(full.seconds), "", ""),
        ("... peak memory", megabytes(full.peak_bytes), "", ""),
        ("... of this, after the conversation", seconds(full.seconds - text.seconds), "", ""),
        (
            "index of conversation text, per MB of history",
            f"{1000 * text_bytes / read:.0f} kB",
            f"{1000 * peer_bytes / read:.0f} kB" if peer_bytes else "",
            ratio(text_bytes, peer_bytes or None),
        ),
        ("full index, per MB of history", f"{1000 * full_bytes / read:.0f} kB", "", ""),
    ]


def _our_bytes(home: Path) -> int:
    folder = home / ".cache" / "sessiontui"
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _unchanged(home: Path, peer: Peer | None, rounds: int) -> list[tuple[str, ...]]:
    def ours() -> Spent:
        command = [sys.executable, "-m", "sessiontui", "--home", str(home), "list", "--limit", "1"]
        return run(command, scratch_environment(home))

    pairs = _alternated(ours, peer and (lambda: peer.refresh(home)), rounds)
    return [
        _times("list one session, nothing changed", pairs, lambda spent: spent.seconds),
        *_sync_alone(home),
    ]


def _sync_alone(home: Path) -> list[tuple[str, ...]]:
    counted = json.loads(_script("unchanged", home).output)
    return [
        ("... the sync alone", seconds(counted["seconds"]), "", ""),
        ("... transcripts opened in it", str(counted["opened"]), "", ""),
    ]
