"""Walking from hit to hit, round and round. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from sessiontui.domain.value import PlainValue


class Hit(PlainValue):
    """The current hit: `position` of `total`, counted from 1, 0 before there is one.

    `titled`: the title of the session is a hit besides.
    """

    position: int = 0
    total: int = 0
    titled: bool = False

    @property
    def words(self) -> str:
        """`hit 1 of 3, and the title`; empty when there is none."""
        if not self.total:
            return "only the title matches" if self.titled else ""
        title = ", and the title" if self.titled else ""
        return f"hit {self.position:,} of {self.total:,}{title}"


class HitWalk:
    """The messages that hold hits, by position, and which of them is the current one."""

    def __init__(self, positions: Iterable[int] = ()) -> None:
        self._positions = sorted(set(positions))
        self._current: int | None = None

    def __len__(self) -> int:
        return len(self._positions)

    def __iter__(self) -> Iterator[int]:
        return iter(self._positions)

    @property
    def number(self) -> int:
        """The current hit, counted from 1; 0 before there is one."""
        return 0 if self._current is None else self._current + 1

    @property
    def position(self) -> int | None:
        """The position of the current hit's message."""
        return None if self._current is None else self._positions[self._current]

    @property
    def others(self) -> list[int]:
        """The positions of all other hits, ascending."""
        if self._current is None:
            return self._positions[:]
        return self._positions[: self._current] + self._positions[self._current + 1 :]

    def step(self, direction: int, start: int) -> int | None:
        """Go to the next (1) or previous (-1) hit and return its position; wraps.

        `start` is the position to begin from when there is no current hit yet.
        """
        if not self._positions:
            return None
        if self._current is not None:
            self._current = (self._current + direction) % len(self._positions)
        elif direction > 0:
            self._current = bisect_left(self._positions, start) % len(self._positions)
        else:
            self._current = (bisect_right(self._positions, start) - 1) % len(self._positions)
        return self._positions[self._current]

    def choose(self, position: int) -> bool:
        """Make the hit at a position the current one; False when there is none there."""
        found = bisect_left(self._positions, position)
        if found == len(self._positions) or self._positions[found] != position:
            return False
        self._current = found
        return True
