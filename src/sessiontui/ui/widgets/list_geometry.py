"""Which line of the list shows what. Pure; costs nothing per row."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from sessiontui.domain.value import PlainValue
from sessiontui.ui.widgets.session_groups import Group


class Line(PlainValue):
    """What stands on one line of the list: a group's heading, or a part of a row.

    `row` is None for a heading; `part` counts a row's lines from 0.
    """

    group: Group | None
    row: int | None
    part: int = 0


class ListGeometry:
    """For rows of one height, in groups or not."""

    def __init__(self, count: int, groups: Sequence[Group] = (), row_height: int = 1) -> None:
        self._groups = groups
        self._count = count
        self._row_height = row_height
        self._heading_lines = [
            group.start * row_height + index for index, group in enumerate(groups)
        ]
        self._group_starts = [group.start for group in groups]

    @property
    def height(self) -> int:
        """The number of lines."""
        return self._count * self._row_height + len(self._groups)

    @property
    def row_height(self) -> int:
        """The number of lines of one row."""
        return self._row_height

    def line(self, y: int) -> Line | None:
        """What stands on a line; None below the end."""
        if not 0 <= y < self.height:
            return None
        if not self._groups:
            row, part = divmod(y, self._row_height)
            return Line(None, row, part)
        number = bisect_right(self._heading_lines, y) - 1
        group = self._groups[number]
        inside = y - self._heading_lines[number] - 1
        if inside < 0:
            return Line(group, None)
        row, part = divmod(inside, self._row_height)
        return Line(group, group.start + row, part)

    def first_line(self, row: int) -> int:
        """The line on which a row begins."""
        headings = bisect_right(self._group_starts, row)
        return row * self._row_height + headings

    def begins_group(self, row: int) -> bool:
        """Whether a heading stands right above a row."""
        return row in self._group_starts
