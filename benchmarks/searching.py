"""How long a keystroke waits for its first rows, and for all of them, with very many messages."""

from __future__ import annotations

import random
import shutil
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks.many_messages import CJK_RUN, MESSAGES_OF_A_SESSION, RARE_WORD, fill
from benchmarks.processes import run, scratch_environment
from benchmarks.tables import Table, megabytes, percentile, seconds
from benchmarks.vocabulary import COMMON, TOPICS, vocabulary
from sessiontui.domain.query import Query
from sessiontui.domain.query_parser import parse_query
from sessiontui.services.library import Library, LibraryOptions
from sessiontui.storage.locations import Locations

_SHOWN = 50
"""Rows that a screen asks for."""
_QUERIES = 10
_ROUNDS = 4


def query_classes(seed: int) -> dict[str, list[str]]:
    """Queries of every class, the same for the same seed."""
    chance = random.Random(f"{seed} queries")
    topics = [word for words in TOPICS.values() for word in words.split()]
    tail = [word for word in vocabulary().words[4_000:12_000] if len(word) > 7]

    def some(words: Iterable[str]) -> list[str]:
        return chance.sample(sorted(set(words)), _QUERIES)

    pairs = list(zip(some(topics), some(topics), strict=True))
    return {
        "rare word": [RARE_WORD, *some(tail)[1:]],
        "most common word": list(COMMON[:_QUERIES]),
        "one letter": some("abcdefghilmnoprstuvw"),
        "two letters": some(word[:2] for word in topics),
        "two common words": [" ".join(chance.sample(COMMON[:20], 2)) for _ in range(_QUERIES)],
        "two middling words": [" ".join(pair) for pair in pairs],
        "common and rare word": [
            f"{COMMON[place]} {word}" for place, word in enumerate(some(tail))
        ],
        "phrase": [f'"{first} {second}"' for first, second in pairs],
        "phrase of common words": [
            f'"{" ".join(chance.sample(COMMON[:20], 2))}"' for _ in range(_QUERIES)
        ],
        "filter only": [f"agent:agent{n}" for n in range(5)]
        + [f"title:{word}" for word in some(topics)[:5]],
        "word and filter": [f"agent:agent{n % 7} {word}" for n, word in enumerate(some(topics))],
        "excluded word": [f"{first} -{second}" for first, second in pairs],
        "one word or another": [f"{first} OR {second}" for first, second in pairs],
        "misspelled": [f"{word[:3]}{word[4]}{word[3]}{word[5:]}x" for word in some(tail)],
        "CJK": [CJK_RUN[:2], CJK_RUN, *(CJK_RUN[n : n + 1] for n in range(3)), CJK_RUN[2:5]],
        "beginning of a word": [word[:3] for word in some(topics)],
        "longer beginning": [word[:5] for word in some(tail)],
        "nothing found": [f"{word}qzx" for word in some(topics)],
    }


def search_table(folder: Path, messages: int, seed: int) -> Table:
    """First rows and complete answers of every class of queries, over so many messages."""
    home = folder / "many"
    home.mkdir()
    database = home / "sessions.db"
    fill(database, max(1, messages // MESSAGES_OF_A_SESSION), messages, seed=seed)
    store = f"zeroclaw-sqlite:{database}"
    command = [sys.executable, "-m", "sessiontui", "--store", store, "index", "rebuild"]
    built = run(command, scratch_environment(home))
    own = Locations(
        cache=home / ".cache" / "sessiontui", data=home / "data", config=home / "config"
    )
    library = Library.open(LibraryOptions(stores=(store,), locations=own))
    library.sync()
    # As the app does when it has nothing else to do.
    library.tidy_index()
    before = psutil.Process().memory_info().rss
    rows = [_row(library, name, texts) for name, texts in query_classes(seed).items()]
    grown = psutil.Process().memory_info().rss - before
    size = library.index_status().size_bytes
    library.close()
    shutil.rmtree(home)
    return Table(
        f"Searching {messages:,} messages",
        ("query", "first rows p50", "p95", "complete p50", "p95"),
        tuple(rows),
        (
            f"From a parsed query to the {_SHOWN} rows that a screen shows, with snippets.",
            f"Index of {megabytes(size)}, built in {seconds(built.seconds)}.",
            f"Memory: at most {megabytes(built.peak_bytes)} to build, {megabytes(grown)} to ask.",
        ),
    )


def _row(library: Library, name: str, texts: Iterable[str]) -> tuple[str, ...]:
    first: list[float] = []
    complete: list[float] = []
    for text in texts:
        query = parse_query(text, datetime.now(UTC)).replace(limit=_SHOWN)
        library.rows(query)
        for _ in range(_ROUNDS):
            until_first, until_complete = _answered(library, query)
            first.append(until_first)
            complete.append(until_complete)
    figures = (percentile(times, part) for times in (first, complete) for part in (0.5, 0.95))
    return name, *map(seconds, figures)


def _answered(library: Library, query: Query) -> tuple[float, float]:
    """Seconds until the first rows, and until the whole answer."""
    began = time.perf_counter()
    page = library.rows(query)
    first = time.perf_counter() - began
    if not page.complete:
        library.rows(query, whole=True)
    return first, time.perf_counter() - began
