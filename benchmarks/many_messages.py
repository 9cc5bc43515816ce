"""A store with very many messages, to search in: a zeroclaw database, quickly filled."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.prose import Prose, new_focus, project_names
from benchmarks.vocabulary import CHINESE, TOPICS
from sessiontui.services.backend_registry import backend_class

MESSAGES_OF_A_SESSION = 50
RARE_WORD = "quokkasaurus"
"""Stands in five messages of every hundred thousand."""
CJK_RUN = "数据库连接超时"
"""Stands in one message of a thousand."""
_RARE_EVERY = 20_000
_CJK_EVERY = 1_000
_SENTENCES = 60_000
_MINUTES_BETWEEN = 45


def sentences(chance: random.Random) -> list[str]:
    """Sentences of all topics, to make messages of."""
    made: list[str] = []
    for topic in TOPICS:
        names = project_names(chance, topic)
        prose = Prose(chance, new_focus(chance, topic, names, "english"))
        while len(made) < _SENTENCES * (list(TOPICS).index(topic) + 1) // len(TOPICS):
            made.extend(f"{part}." for part in prose.text(4_000).split(". "))
    chance.shuffle(made)
    return made


def fill(path: Path, sessions: int, messages: int, *, seed: int = 7) -> None:
    """A zeroclaw database with so many sessions and messages, about eighty words each."""
    backend_class("zeroclaw-sqlite").create(path).close()
    chance = random.Random(seed)
    pool = sentences(chance)
    now = datetime.now(UTC)
    each = messages // sessions
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO session_metadata (session_key, created_at, last_activity, message_count,"
            " name, state, agent_alias) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (_session(chance, number, each, now) for number in range(sessions)),
        )
        connection.executemany(
            "INSERT INTO sessions (session_key, role, content, created_at) VALUES (?, ?, ?, ?)",
            _messages(chance, pool, sessions, each, now),
        )


def _key(number: int) -> str:
    return f"gw_{number:08d}"


def _session(
    chance: random.Random, number: int, messages: int, now: datetime
) -> tuple[object, ...]:
    at = (now - timedelta(minutes=_MINUTES_BETWEEN * number)).isoformat()
    topic = chance.choice(list(TOPICS))
    title = " ".join(chance.sample(TOPICS[topic].split(), 3)) if number % 3 else None
    return _key(number), at, at, messages, title, "idle", f"agent{number % 7}"


def _messages(
    chance: random.Random, pool: list[str], sessions: int, each: int, now: datetime
) -> Iterator[tuple[object, ...]]:
    place = 0
    # Oldest first, as a store that has grown.
    for number in reversed(range(sessions)):
        end = now - timedelta(minutes=_MINUTES_BETWEEN * number)
        begin = chance.randrange(len(pool) - 400)
        # The sentences of a session come from one part of the pool, and come back in it.
        near = pool[begin : begin + 400]
        for turn in range(each):
            text = " ".join(chance.choices(near, k=chance.choice((1, 2, 3, 5))))
            place += 1
            if place % _RARE_EVERY == _RARE_EVERY // 2:
                text = f"{text} {RARE_WORD}"
            if place % _CJK_EVERY == _CJK_EVERY // 2:
                text = f"{text} {chance.choice(CHINESE)}{CJK_RUN}{chance.choice(CHINESE)}"
            at = (end - timedelta(seconds=20 * (each - turn))).isoformat()
            yield _key(number), "assistant" if turn % 2 else "user", text, at
