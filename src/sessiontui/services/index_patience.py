"""How long the first rows of a search are looked for."""

from __future__ import annotations

import math
from collections.abc import Callable

Clock = Callable[[], float]
"""Gives seconds from some moment on."""


class OutOfTime(Exception):
    """The time for first rows is over; what was found until now is the answer."""


class Patience:
    """The time for one search. Without `seconds` it never ends: the whole answer is wanted."""

    def __init__(self, seconds: float | None, clock: Clock) -> None:
        self._clock = clock
        self._begun = clock()
        self._seconds = math.inf if seconds is None else seconds

    @property
    def ends(self) -> bool:
        """Whether the time is limited at all."""
        return self._seconds < math.inf

    def elapsed(self) -> float:
        """Seconds since the search began."""
        return self._clock() - self._begun

    def used(self) -> float:
        """The share of the time that has passed; may be more than 1."""
        return self.elapsed() / self._seconds if self._seconds else math.inf

    def is_over(self, share: float = 1.0) -> bool:
        """Whether this share of the time has passed."""
        return self.elapsed() >= share * self._seconds

    def check(self) -> None:
        """Raise `OutOfTime` when all of the time has passed."""
        if self.is_over():
            raise OutOfTime
