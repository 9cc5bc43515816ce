"""How well a search puts first what a person means: labelled queries over a generated history."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from benchmarks.histories import Written, today, write_history
from benchmarks.labelled import PLAIN, Case, Kind, planted, session_id
from benchmarks.peer import Peer
from benchmarks.queries import CASES, LATER
from benchmarks.tables import Table
from sessiontui.domain.query_parser import parse_query
from sessiontui.services.library import Library, LibraryOptions
from sessiontui.storage.locations import Locations

LOOKED_AT = 10
"""So many of the first results count."""

Search = Callable[[str, str], Sequence[str]]
"""Ids of sessions, best first, for a query in our words and the same in the peer's."""


class Quality(NamedTuple):
    """How good answers are: the mean of 1/rank, and how often the session is among the first."""

    queries: int
    reciprocal_rank: float
    recall: float

    @classmethod
    def of(cls, ranks: Iterable[int | None]) -> Quality:
        """Of the ranks at which the sessions stand; None: not among the first."""
        held = list(ranks)
        number = max(1, len(held))
        return cls(
            len(held),
            sum(1 / rank for rank in held if rank is not None) / number,
            sum(rank is not None for rank in held) / number,
        )


class Answer(NamedTuple):
    """One query, and the rank (from 1) of the session that is meant in the results."""

    case: Case
    rank: int | None


def rank_of(meant: str, found: Sequence[str]) -> int | None:
    """The place of a session in the first results, from 1."""
    first = list(found[:LOOKED_AT])
    return first.index(meant) + 1 if meant in first else None


def answers(search: Search, seed: int, cases: Sequence[Case] = CASES) -> list[Answer]:
    """Ask every labelled query."""
    return [
        Answer(case, rank_of(session_id(number, 0, seed), search(case.query, case.peer_query)))
        for number, case in enumerate(cases)
    ]


def by_kind(given: Sequence[Answer]) -> dict[Kind, Quality]:
    """The quality for each kind of query, in the order of the kinds."""
    return {
        kind: Quality.of(answer.rank for answer in given if answer.case.kind is kind)
        for kind in Kind
    }


def of_plain(given: Sequence[Answer], *, plain: bool) -> Quality:
    """The quality over the queries that the peer can express, or over the others."""
    return Quality.of(a.rank for a in given if (a.case.kind in PLAIN) == plain)


def write_labelled(
    home: Path, megabytes: float, seed: int, cases: tuple[Case, ...] = CASES
) -> list[Written]:
    """A history with the sessions of all labelled queries in it."""
    until = today()
    return write_history(home, megabytes, seed, until, planted(cases, seed, until))


def open_library(home: Path) -> Library:
    """Our program over a home folder, with its own files inside."""
    return Library.open(
        LibraryOptions(home=home, read_only=True, locations=Locations.below(home / ".own"))
    )


def our_search(library: Library) -> Search:
    """Our whole answers, from the index as it is."""

    def search(query: str, _: str) -> list[str]:
        wanted = parse_query(query, datetime.now(UTC)).replace(limit=LOOKED_AT)
        return [row.ref.key.rpartition("/")[2] for row in library.rows(wanted, whole=True).rows]

    return search


def peer_search(peer: Peer, home: Path) -> Search:
    """The peer's answers, from its index as it is."""
    return lambda _, query: peer.search(home, query, LOOKED_AT)


def relevance_table(
    folder: Path,
    megabytes: float,
    peer: Peer | None,
    seed: int,
    cases: tuple[Case, ...] = CASES,
) -> Table:
    """Ours and the peer's quality over one history, by kind of query."""
    home = folder / f"labelled-{seed}"
    write_labelled(home, megabytes, seed, cases)
    library = open_library(home)
    library.sync()
    ours = answers(our_search(library), seed, cases)
    library.close()
    of_peer: list[Answer] | None = None
    if peer is not None:
        peer.rebuild(home)
        of_peer = answers(peer_search(peer, home), seed, cases)
    shutil.rmtree(home)
    rows = [
        _row(str(kind), quality, None if of_peer is None else by_kind(of_peer)[kind])
        for kind, quality in by_kind(ours).items()
    ]
    for what, plain in (("all that fast-resume can express", True), ("all others", False)):
        rows.append(
            _row(
                what,
                of_plain(ours, plain=plain),
                None if of_peer is None else of_plain(of_peer, plain=plain),
            )
        )
    later = Quality.of(answer.rank for answer in ours if answer.case in LATER)
    later_of_peer = of_peer and Quality.of(a.rank for a in of_peer if a.case in LATER)
    rows.append(_row("those on which nothing was tuned", later, later_of_peer or None))
    return Table(
        f"Relevance: {len(cases)} labelled queries over {megabytes:.0f} MB, seed {seed}",
        ("kind of query", "queries", "MRR", "recall@10", "fast-resume MRR", "recall@10"),
        tuple(rows),
        _NOTES,
    )


_NOTES = (
    (
        "Which session is meant was decided by what a person would say, before anything was asked. "
        "MRR: the mean of one over the rank of that session; recall@10: how often it is among the "
        "first ten."
    ),
    (
        "The first kinds are plain words and filters, which fast-resume can express; of the others "
        "it is asked the words alone."
    ),
)


def _row(what: str, ours: Quality, peer: Quality | None) -> tuple[str, ...]:
    of_peer = ("", "") if peer is None else (f"{peer.reciprocal_rank:.3f}", f"{peer.recall:.2f}")
    return what, str(ours.queries), f"{ours.reciprocal_rank:.3f}", f"{ours.recall:.2f}", *of_peer
