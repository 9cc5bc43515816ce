"""Rows of the list as they were last read from the index."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Sequence

from sessiontui.domain.session import SessionRow
from sessiontui.services.index_rows import LIST_COLUMNS, OpenTurn, listed_rows, status_now
from sessiontui.services.index_schema import counter
from sessiontui.storage.undisturbed import undisturbed

_MANY = 2_000
"""So many rows are faster found by reading all of them."""


class RowCache:
    """Keeps rows, so that a session that did not change is not built again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[int, SessionRow] = {}
        self._turns: dict[int, OpenTurn] = {}
        """Of the sessions whose status changes with time."""
        self._birth = 0
        self._generation = 0

    def rows(
        self, connection: sqlite3.Connection, numbers: Sequence[int], now: float, threshold: float
    ) -> list[SessionRow]:
        """The rows of sessions, in this order, as this connection sees them at this time."""
        with self._lock:
            self._forget_changed(connection)
            missing = [number for number in numbers if number not in self._rows]
            if missing:
                self._read(connection, missing)
            found = [self._rows[number] for number in numbers]
            turns = self._turns
            if turns:
                for place, number in enumerate(numbers):
                    if number in turns:
                        status = status_now(found[place], turns[number], now, threshold)
                        found[place] = found[place]._replace(status=status)
            return found

    def _forget_changed(self, connection: sqlite3.Connection) -> None:
        birth, generation = counter(connection, "birth"), counter(connection, "generation")
        if birth != self._birth or generation < self._generation:
            # Another index, or an older state of it that is still being read.
            self._rows.clear()
            self._turns.clear()
        elif generation > self._generation:
            changed = connection.execute(
                "SELECT id FROM session WHERE changed > ?", (self._generation,)
            )
            for (number,) in changed:
                self._rows.pop(number, None)
                self._turns.pop(number, None)
        self._birth, self._generation = birth, generation

    def _read(self, connection: sqlite3.Connection, missing: Sequence[int]) -> None:
        select = f"SELECT {LIST_COLUMNS} FROM session"
        if len(missing) < _MANY:
            chosen = f"{select} WHERE id IN (SELECT value FROM json_each(?))"
            listed_rows(connection.execute(chosen, (json.dumps(missing),)), self._rows, self._turns)
            return
        with undisturbed():
            listed_rows(connection.execute(select), self._rows, self._turns)
