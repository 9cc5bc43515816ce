"""A cache that is bounded by the weight of what it keeps, not by its number. Pure."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

_Kept = TypeVar("_Kept")


class WeighedCache(Generic[_Kept]):
    """Values by number; those used least lately go when all together are too heavy.

    The value kept last stays whatever it weighs, and so do those that are spared.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[int, tuple[_Kept, int]] = OrderedDict()
        self._weight = 0
        self.spared = range(0)
        """Numbers of values that never go: what is on the screen would only be made again."""

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: int) -> _Kept | None:
        """What is kept under a number; None when it is not there."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def keep(self, key: int, value: _Kept, weight: int) -> None:
        """Keep a value under a number, in place of the one before."""
        self.discard(key)
        self._kept[key] = value, weight
        self._weight += weight
        if self._weight > self._most:
            self._let_go(key)

    def _let_go(self, newest: int) -> None:
        for key in [key for key in self._kept if key != newest and key not in self.spared]:
            self.discard(key)
            if self._weight <= self._most:
                return

    def discard(self, key: int) -> None:
        """Let go of what is kept under a number."""
        found = self._kept.pop(key, None)
        if found is not None:
            self._weight -= found[1]

    def clear(self) -> None:
        """Let go of everything."""
        self._kept.clear()
        self._weight = 0
