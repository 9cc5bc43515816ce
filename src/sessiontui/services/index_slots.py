"""Which session the slots of ids belong to."""

from __future__ import annotations

import json
import sqlite3
import threading
from array import array
from collections.abc import Collection, Iterator, Sequence

from sessiontui.services.index_conditions import Span
from sessiontui.services.index_schema import SLOT_BITS, SLOT_SIZE, counter


class SlotOwners:
    """Keeps the session of each slot: eight bytes a slot, of which most sessions have one or two.

    A slot never changes its session, and its number is never given to another one, so that only
    new slots have to be read.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._birth = 0
        self._owners = array("q")

    def of(self, connection: sqlite3.Connection) -> Sequence[int]:
        """The session by slot, 0 for a slot that is gone."""
        with self._lock:
            birth, newest = counter(connection, "birth"), counter(connection, "slot")
            if birth != self._birth:
                self._birth, self._owners = birth, array("q")
            owners = self._owners
            if newest >= len(owners):
                known = len(owners)
                owners.extend(array("q", bytes(owners.itemsize * (newest + 1 - known))))
                slots, sessions = connection.execute(
                    "SELECT json_group_array(id), json_group_array(session) FROM slot "
                    "WHERE id >= ?",
                    (known,),
                ).fetchone()
                for slot, session in zip(json.loads(slots), json.loads(sessions), strict=True):
                    owners[slot] = session
            return owners


def span_of(slot: int) -> Span:
    """The ids of a slot."""
    return slot << SLOT_BITS, (slot << SLOT_BITS) + SLOT_SIZE - 1


def runs_of(slots: Collection[int], near: int) -> Iterator[Span]:
    """The ids of slots as few spans, newest first; slots as near as this are in one of them."""
    run: list[int] = []
    for slot in sorted(slots, reverse=True):
        if run and run[-1] - slot > near:
            yield span_of(run[-1])[0], span_of(run[0])[1]
            run = []
        run.append(slot)
    if run:
        yield span_of(run[-1])[0], span_of(run[0])[1]
