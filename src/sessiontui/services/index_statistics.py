"""What the search index tells for statistics: facts of sessions, and when their texts were said."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sessiontui.domain.search import IndexTier
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.domain.value import PlainValue
from sessiontui.services.index_filters import Sql
from sessiontui.services.index_rows import (
    LIST_COLUMNS,
    OpenTurn,
    StoredText,
    listed_rows,
    status_now,
)
from sessiontui.services.index_schema import SLOT_BITS, SLOT_SIZE, TABLES, Pending
from sessiontui.services.index_words import exact

QUARTER = 900
"""Seconds in which texts are counted together: every time zone keeps whole quarters of an hour."""
_AT_ONCE = 500


class SessionFacts(NamedTuple):
    """What statistics ask of one session; times in seconds since the epoch."""

    number: int
    store: str
    format: str
    agent: StoredText
    model: StoredText
    workspace: StoredText
    state: str
    turn_open: int | None
    turn_started_at: float | None
    last_activity: float | None
    moved_at: float | None
    created_at: float | None
    message_count: int | None
    size_bytes: int | None
    tokens: int | None
    is_pending: int
    """Whether its texts are still to be read."""


_TOKENS = "CASE WHEN details LIKE '%\"tokens\"%' THEN json_extract(details, '$.tokens') END"
# A store may claim anything, even less than nothing.
_FACTS = (
    "id, store, format, agent, model, workspace, state, turn_open, turn_started_at, "
    "last_activity, moved_at, created_at, max(0, message_count), max(0, size_bytes), "
    f"max(0, CAST({_TOKENS} AS INTEGER)), pending & {int(Pending.TEXT)} != 0"
)


class TextTimes(PlainValue):
    """Texts by session and quarter of an hour, as three columns, ordered by both.

    `undated` counts by session those without a time, or with one that cannot be.
    """

    sessions: array[int]
    quarters: array[int]
    counts: array[int]
    undated: dict[int, int]


class Limits(NamedTuple):
    """The times that are counted: from `since` on, before `until`, in seconds since the epoch.

    What is not within `earliest` and `latest` is no time at all, but a mistake of its store.
    """

    since: float
    until: float
    earliest: float
    latest: float

    def holds(self, at: float) -> bool:
        """Whether a moment is counted."""
        return max(self.since, self.earliest) <= at < min(self.until, self.latest)


def read_facts(connection: sqlite3.Connection, held: Sql) -> list[SessionFacts]:
    """The facts of the sessions that meet a condition, ordered by their references."""
    found = connection.execute(
        f"SELECT {_FACTS} FROM session WHERE {held.text} ORDER BY store, key", held.values
    )
    return list(map(SessionFacts._make, found))


def read_facts_of(connection: sqlite3.Connection, refs: Iterable[SessionRef]) -> list[SessionFacts]:
    """The facts of these sessions that are there, ordered by their references."""
    keys: dict[str, list[StoredText]] = {}
    for ref in sorted(refs):
        keys.setdefault(ref.store, []).append(exact(ref.key))
    facts: list[SessionFacts] = []
    for store, held in keys.items():
        for start in range(0, len(held), _AT_ONCE):
            some = held[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            facts += read_facts(connection, Sql(f"store = ? AND key IN ({marks})", (store, *some)))
    return facts


def read_text_times(
    connection: sqlite3.Connection, sessions: Sequence[int], limits: Limits
) -> TextTimes:
    """When the texts of sessions were said. One statement; texts lie in the order it needs."""
    (known,) = connection.execute("SELECT count(*) FROM session").fetchone()
    chosen = ""
    if len(sessions) < known:
        chosen = "AND slot.session IN (SELECT value FROM json_each(:sessions))"
    cursor = connection.execute(
        f"""
        SELECT slot.session AS session,
            CASE WHEN at >= :earliest AND at < :latest
                THEN CAST(at / {QUARTER} AS INTEGER) END AS quarter,
            count(DISTINCT place)
        FROM slot CROSS JOIN {TABLES[IndexTier.TEXT].items} AS item
            ON item.id BETWEEN slot.id << {SLOT_BITS} AND (slot.id << {SLOT_BITS}) + {SLOT_SIZE - 1}
        WHERE slot.tier = {int(IndexTier.TEXT)} {chosen}
            AND (at IS NULL OR at < :earliest OR at >= :latest OR (at >= :since AND at < :until))
        GROUP BY session, quarter
        """,
        {**limits._asdict(), "sessions": json.dumps(list(sessions))},
    )
    times = TextTimes(array("q"), array("q"), array("q"), {})
    for session, quarter, count in cursor:
        if quarter is None:
            times.undated[session] = count
        else:
            times.sessions.append(session)
            times.quarters.append(quarter)
            times.counts.append(count)
    return times


def read_rows(
    connection: sqlite3.Connection, numbers: Iterable[int], now: float, threshold: float
) -> dict[int, SessionRow]:
    """The rows of sessions by number; those that are gone are left out."""
    rows: dict[int, SessionRow] = {}
    turns: dict[int, OpenTurn] = {}
    found = connection.execute(
        f"SELECT {LIST_COLUMNS} FROM session WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(set(numbers))),),
    )
    listed_rows(found, rows, turns)
    for number, turn in turns.items():
        rows[number] = rows[number]._replace(status=status_now(rows[number], turn, now, threshold))
    return rows
