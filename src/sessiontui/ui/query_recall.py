"""Bringing earlier queries back into the empty search box, one after the other. Pure."""

from __future__ import annotations


class QueryRecall:
    """A walk through earlier queries, newest first; it begins and ends at the empty box."""

    def __init__(self) -> None:
        self.entries: tuple[str, ...] = ()
        """The queries a new walk goes through."""
        self._walked: tuple[str, ...] = ()
        self._at: int | None = None

    def can_begin(self, text: str) -> bool:
        """Whether an older query could be brought back into the box as it is."""
        return not text and bool(self.entries)

    def step(self, direction: int, text: str) -> str | None:
        """The next older (1) or newer (-1) query, given what stands in the box now.

        None when that is no step of a walk: the box holds something of its own, or there is
        nothing to go back to.
        """
        if self._at is not None and text != self._walked[self._at]:
            self._at = None
        if self._at is None:
            if direction < 0 or not self.can_begin(text):
                return None
            self._walked, self._at = self.entries, 0
            return self._walked[0]
        reached = self._at + direction
        if reached < 0:
            self._at = None
            return ""
        self._at = min(reached, len(self._walked) - 1)
        return self._walked[self._at]
