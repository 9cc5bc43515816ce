"""Sessions that another program drives, such as the one of an agent that answers in a thread.

A bot keeps a session for each thread and names in it, as its native id, the agent's session that
does the work; that one stands in the agent's own store under this very id. The thread is then what
a reader looks for, and the agent's session belongs below it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from sessiontui.domain.session import SessionRef
from sessiontui.services.index_words import exact, from_exact

Stored = str | bytes | None


class Drivers:
    """Finds, within one write transaction, the drivers of the sessions that it concerns."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._in_question: set[str | bytes] = set()

    def ask(self, native_ids: Iterable[Stored]) -> None:
        """Sessions of these native ids came, went, or changed."""
        self._in_question.update(one for one in native_ids if one is not None)

    def settle(self, generation: int) -> bool:
        """Write down what has changed; returns whether anything has.

        The driver is the only session of another program that names the id and is not known by it
        itself. Where several do, nobody can tell which it is.
        """
        asked, self._in_question = self._in_question, set()
        changed = False
        for native_id in asked:
            driven = self._connection.execute(
                "SELECT id, format, driver FROM session WHERE key = ?1 AND native_id = ?1",
                (native_id,),
            ).fetchall()
            for number, format_name, known in driven:
                driver = self._driver(native_id, format_name)
                if driver != known:
                    changed = True
                    self._connection.execute(
                        "UPDATE session SET driver = ?, changed = ? WHERE id = ?",
                        (driver, generation, number),
                    )
        return changed

    def _driver(self, native_id: str | bytes, format_name: str) -> Stored:
        found = self._connection.execute(
            "SELECT store, key FROM session "
            "WHERE native_id = ? AND native_id != key AND format != ? LIMIT 2",
            (native_id, format_name),
        ).fetchall()
        if len(found) != 1:
            return None
        ((store, key),) = found
        return exact(str(SessionRef(store, from_exact(key))))
