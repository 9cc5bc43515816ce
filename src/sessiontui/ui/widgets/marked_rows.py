"""The sessions a person marked: kept by ref, whatever the list shows. Knows no widget.

A range is being drawn from an anchor to the cursor; its rows count as marked, and become so when
it ends.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sessiontui.domain.session import SessionRef, SessionRow


class MarkCount(NamedTuple):
    """How many sessions are marked, and how many of them are not in view in the list."""

    marked: int = 0
    unseen: int = 0

    @property
    def words(self) -> str:
        """`3 marked, 1 not shown`; empty when none is."""
        if not self.marked:
            return ""
        unseen = f", {self.unseen:,} not shown" if self.unseen else ""
        return f"{self.marked:,} marked{unseen}"


class MarkedRows:
    """Marks over the rows of a list, which are given with `place`."""

    def __init__(self) -> None:
        self._rows: Sequence[SessionRow] = ()
        self._marked: dict[SessionRef, SessionRow] = {}
        self._positions: list[int] = []
        self._anchor: int | None = None

    def __bool__(self) -> bool:
        return bool(self._marked) or self._anchor is not None

    @property
    def is_drawing(self) -> bool:
        """Whether a range is being drawn."""
        return self._anchor is not None

    def place(self, rows: Sequence[SessionRow]) -> None:
        """Other rows are shown: marks and the anchor stay with their sessions."""
        anchor = None if self._anchor is None else self._rows[self._anchor].ref
        self._rows, self._anchor, self._positions = rows, None, []
        if not self._marked and anchor is None:
            return
        for position, row in enumerate(rows):
            if row.ref in self._marked:
                self._marked[row.ref] = row
                self._positions.append(position)
            if row.ref == anchor:
                self._anchor = position

    def toggle(self, position: int) -> None:
        """Mark a row, or take its mark away."""
        row = self._rows[position]
        if self._marked.pop(row.ref, None) is None:
            self._marked[row.ref] = row
            insort(self._positions, position)
        else:
            self._positions.remove(position)

    def begin(self, position: int) -> None:
        """Draw a range from a row on."""
        self._anchor = position

    def end(self, cursor: int) -> None:
        """Mark the rows of the range."""
        self.mark(self._span(cursor))
        self._anchor = None

    def give_up(self) -> bool:
        """Take the range away, or else all marks; whether there was anything to take away."""
        if self._anchor is not None:
            self._anchor = None
            return True
        held = bool(self._marked)
        self.clear()
        return held

    def clear(self) -> None:
        """Take everything away."""
        self._marked.clear()
        self._positions = []
        self._anchor = None

    def forget(self, refs: Iterable[SessionRef]) -> None:
        """Take the marks of some sessions away."""
        for ref in refs:
            self._marked.pop(ref, None)
        self.place(self._rows)

    def mark(self, positions: Iterable[int]) -> None:
        """Mark rows."""
        rows = self._rows
        self._marked.update((rows[position].ref, rows[position]) for position in positions)
        self.place(rows)

    def invert(self) -> None:
        """Mark what is in view and not marked; what is marked in view no longer is."""
        held = set(self._positions)
        for position in self._positions:
            del self._marked[self._rows[position].ref]
        self.mark(position for position in range(len(self._rows)) if position not in held)

    def is_marked(self, position: int, cursor: int) -> bool:
        """Whether a row is marked, or in the range up to the cursor."""
        if position in self._span(cursor):
            return True
        return bool(self._marked) and self._rows[position].ref in self._marked

    def count(self, cursor: int) -> MarkCount:
        """How many are marked."""
        span, positions = self._span(cursor), self._positions
        inside = bisect_right(positions, span.stop - 1) - bisect_left(positions, span.start)
        added = len(span) - (inside if span else 0)
        unseen = len(self._marked) - len(positions)
        return MarkCount(len(self._marked) + added, unseen)

    def all(self, cursor: int) -> tuple[SessionRow, ...]:
        """The marked rows: those in view in their order, then the others as they were last seen."""
        if not self:
            return ()
        seen = sorted({*self._positions, *self._span(cursor)})
        refs = {self._rows[position].ref for position in seen}
        unseen = (row for ref, row in self._marked.items() if ref not in refs)
        return (*(self._rows[position] for position in seen), *unseen)

    def _span(self, cursor: int) -> range:
        if self._anchor is None or not self._rows:
            return range(0)
        first, last = sorted((self._anchor, min(cursor, len(self._rows) - 1)))
        return range(first, last + 1)
