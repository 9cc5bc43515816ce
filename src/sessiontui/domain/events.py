"""What happens to stores while the program runs."""

from __future__ import annotations

from enum import StrEnum

from sessiontui.domain.value import Value


class StoreEventKind(StrEnum):
    """What happened."""

    APPEARED = "appeared"
    VANISHED = "vanished"
    CHANGED = "changed"
    INDEXING = "indexing"
    FAILED = "failed"


class StoreEvent(Value):
    """Something happened in a store; empty `keys` means anything in it may have changed.

    For `appeared` and `vanished` with keys, sessions came or went; without keys, the store did.
    `done` and `total` count sessions of an indexing run. `generation` is the index's, after it.
    """

    kind: StoreEventKind
    store: str
    keys: frozenset[str] = frozenset()
    done: int | None = None
    total: int | None = None
    problem: str | None = None
    generation: int = 0
