"""Places in a transcript and the rows they stand on.

Heights are estimates until a message is about to be shown; then they become exact. Every movement
is measured from a place (message, line) and not from a row, so that a correction above never moves
what is being read. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from sessiontui.ui.widgets.height_index import HeightIndex


class Place(NamedTuple):
    """A line of the message at a position."""

    position: int
    line: int


class TranscriptRows:
    """Heights of messages, measured on demand by `measure`.

    It gives rows, and whether they are exact: what has to be read first is asked for again.
    """

    def __init__(
        self, estimates: Iterable[int], measure: Callable[[int], tuple[int, bool]]
    ) -> None:
        self._index = HeightIndex(estimates)
        self._exact = bytearray(len(self._index))
        self._measure = measure

    @property
    def total(self) -> int:
        """Rows of everything, partly estimated."""
        return self._index.total

    def append(self, estimates: Iterable[int]) -> None:
        """Add messages at the end."""
        for estimate in estimates:
            self._index.append(estimate)
            self._exact.append(0)

    def exact(self, position: int) -> int:
        """The height of a message, measured now if it was not and can be."""
        if not self._exact[position]:
            rows, is_exact = self._measure(position)
            self._index.set(position, rows)
            self._exact[position] = is_exact
        return self._index.height(position)

    def height(self, position: int) -> int:
        """The height of a message, as far as it is known."""
        return self._index.height(position)

    def forget(self, position: int) -> None:
        """A message has changed: its height is an estimate again."""
        self._exact[position] = 0

    def row_of(self, place: Place) -> int:
        """The row a place stands on, as far as heights are known."""
        return self._index.top(place.position) + place.line

    def place_at(self, row: int) -> Place:
        """What stands on a row; rows outside give the first and the last line."""
        return Place(*self._index.at_row(row))

    def shown(self, place: Place, rows: int) -> list[int]:
        """The messages that stand on so many rows from a place on, as far as heights are known."""
        row = self.row_of(place)
        end = min(row + rows, self.total)
        found = []
        while row < end:
            position, line = self._index.at_row(row)
            found.append(position)
            row += self._index.height(position) - line
        return found

    def moved(self, place: Place, rows: int) -> Place:
        """The place so many rows below (or above, when negative), measured on the way.

        Stops at the first and at the last line.
        """
        position, line = place
        if rows < 0:
            left = -rows
            while left > line:
                left -= line
                position -= 1
                if position < 0:
                    return self.place_at(0)
                line = self.exact(position)
            return Place(position, line - left)
        left = line + rows
        while left >= self.exact(position):
            left -= self.exact(position)
            position += 1
            if position == len(self._exact):
                return self.last
        return Place(position, left)

    @property
    def last(self) -> Place:
        """The last line of all."""
        position = len(self._exact) - 1
        while position and not self.exact(position):
            position -= 1
        return Place(position, max(0, self.exact(position) - 1))

    def settled(self, place: Place, rows: int) -> Place:
        """The place at the top of a view of so many rows, with everything in view measured.

        It is the given one, or higher when there is not enough below it to fill the view.
        """
        position = place.position
        line = max(0, min(place.line, self.exact(position) - 1))
        filled = self.exact(position) - line
        while filled < rows:
            position += 1
            if position == len(self._exact):
                return self.moved(self.last, 1 - rows)
            filled += self.exact(position)
        return Place(place.position, line)
