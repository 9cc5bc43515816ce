"""What one more line in a session costs, whatever the session's size."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.conversations import Conversation, Program
from benchmarks.histories import conversations, today, write
from benchmarks.peer import Peer
from benchmarks.record_values import stamp
from benchmarks.tables import kilobytes, ratio, seconds
from benchmarks.unchanged import bytes_read
from sessiontui.domain.backend import Surroundings
from sessiontui.services.catalogue import Catalogue
from sessiontui.services.index_sync import IndexSync
from sessiontui.services.local_titles import LocalTitles
from sessiontui.services.search_index import SearchIndex
from sessiontui.storage.locations import Locations

SIZES = (1, 100)
"""Megabytes of the sessions that a line is appended to."""
_APPENDS = 9


class _Cost(NamedTuple):
    seconds: float
    bytes: float
    peer_seconds: float | None


def append_rows(folder: Path, peer: Peer | None, seed: int) -> list[tuple[str, ...]]:
    """The rows of the table; the peer's cost is that of its refresh, less an unchanged one."""
    rows: list[tuple[str, ...]] = []
    for size in SIZES:
        cost = _append_cost(folder / f"append-{size}", size, peer, seed)
        what = f"one line appended to a session of {size} MB"
        of_peer = cost.peer_seconds
        rows.append(
            (
                what,
                seconds(cost.seconds),
                "" if of_peer is None else seconds(of_peer),
                ratio(cost.seconds, of_peer),
            )
        )
        rows.append(("... bytes read for it", kilobytes(cost.bytes), "", ""))
    return rows


def _append_cost(home: Path, size: float, peer: Peer | None, seed: int) -> _Cost:
    (written,) = write(home, [_one_session(size, seed)], seed)
    locations = Locations.below(home / ".own")
    catalogue = Catalogue(Surroundings(home=home, home_is_named=True))
    index = SearchIndex(locations.cache)
    sync = IndexSync(catalogue, index, LocalTitles(locations.local_titles))
    sync.run()
    (backend,) = (held for held in catalogue.backends if held.format == Program.CLAUDE_CODE)
    keys = frozenset(session.ref.key for session in backend.scan())
    times: list[float] = []
    read: list[int] = []
    for number in range(_APPENDS):
        _append(written.path, f"one line more, number {number}")
        before = bytes_read()
        began = time.perf_counter()
        sync.catch_up(backend.store_id, keys)
        times.append(time.perf_counter() - began)
        read.append(bytes_read() - before)
    index.close()
    catalogue.close()
    of_peer = None if peer is None else _peer_cost(peer, home, written.path)
    shutil.rmtree(home)
    return _Cost(statistics.median(times), statistics.median(read), of_peer)


def _peer_cost(peer: Peer, home: Path, path: Path) -> float:
    """The peer's refresh after an append, less its refresh when nothing changed."""
    peer.rebuild(home)
    changed: list[float] = []
    unchanged: list[float] = []
    for number in range(_APPENDS):
        _append(path, f"one more for the other, number {number}")
        changed.append(peer.refresh(home).seconds)
        unchanged.append(peer.refresh(home).seconds)
    return max(0.0, _middle(changed) - _middle(unchanged))


def _middle(values: Sequence[float]) -> float:
    return statistics.median(values)


def _one_session(size: float, seed: int) -> Conversation:
    """A Claude Code session of so many megabytes."""
    for talk in conversations(4.0, seed, today()):
        if talk.program is Program.CLAUDE_CODE:
            return talk._replace(size=int(size * 1_000_000), began=today() - 40 * 86_400.0)
    raise AssertionError("a history has sessions of both programs")


def _append(path: Path, text: str) -> None:
    """What a person says next, as the program would write it."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 100_000))
        records = [json.loads(line) for line in file.read().splitlines()[1:]]
    last = next(record for record in reversed(records) if "uuid" in record)
    now = time.time()
    own = f"{os.urandom(16).hex()}"
    record = {
        "parentUuid": last["uuid"],
        "isSidechain": False,
        "promptId": last["uuid"],
        "type": "user",
        "message": {"role": "user", "content": text},
        "uuid": f"{own[:8]}-{own[8:12]}-4{own[13:16]}-a{own[17:20]}-{own[20:]}",
        "timestamp": stamp(now),
        "origin": {"kind": "human"},
        "promptSource": "typed",
        "userType": "external",
        "entrypoint": "cli",
        "cwd": last["cwd"],
        "sessionId": last["sessionId"],
        "version": last["version"],
        "gitBranch": last["gitBranch"],
    }
    with path.open("ab") as file:
        file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
