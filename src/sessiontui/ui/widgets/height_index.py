"""Which row belongs to which message: a Fenwick tree over message heights.

Setting a height and finding a row both cost O(log n), so that a transcript of any length scrolls
without adding up its heights. Pure; heights are rows, never negative, and may be 0.
"""

from __future__ import annotations

from collections.abc import Iterable


class HeightIndex:
    """Heights of messages by position, with their running sums."""

    def __init__(self, heights: Iterable[int] = ()) -> None:
        self._heights = list(heights)
        # Node k (1-based) holds the sum of the k & -k heights that end at position k - 1.
        tree = [0, *self._heights]
        for node in range(1, len(tree)):
            parent = node + (node & -node)
            if parent < len(tree):
                tree[parent] += tree[node]
        self._tree = tree
        self._total = sum(self._heights)
        self._top_step = _highest_power(len(self._heights))

    def __len__(self) -> int:
        return len(self._heights)

    @property
    def total(self) -> int:
        """Rows of all messages together."""
        return self._total

    def height(self, position: int) -> int:
        """Rows of one message. Raises `IndexError`."""
        return self._heights[position]

    def top(self, position: int) -> int:
        """The first row of a message: the rows of all before it. `len(self)` gives the total."""
        if not 0 <= position <= len(self._heights):
            raise IndexError(position)
        tree = self._tree
        rows = 0
        while position:
            rows += tree[position]
            position &= position - 1
        return rows

    def set(self, position: int, height: int) -> int:
        """Change one height; returns by how much the total grew."""
        grown = height - self._heights[position]
        if grown:
            self._heights[position] = height
            self._total += grown
            node = position + 1
            while node < len(self._tree):
                self._tree[node] += grown
                node += node & -node
        return grown

    def append(self, height: int) -> None:
        """Add a message at the end."""
        self._heights.append(height)
        self._total += height
        node = len(self._heights)
        rows = height
        child = node - 1
        while child > node - (node & -node):
            rows += self._tree[child]
            child &= child - 1
        self._tree.append(rows)
        self._top_step = _highest_power(node)

    def at_row(self, row: int) -> tuple[int, int]:
        """The message that shows a row, and the row's line in it.

        Rows outside give the first and the last line there is. Messages of height 0 are never
        given. Raises `IndexError` when there are no rows.
        """
        if not self._total:
            raise IndexError(row)
        left = min(max(row, 0), self._total - 1)
        tree = self._tree
        node = 0
        step = self._top_step
        while step:
            following = node + step
            if following < len(tree) and tree[following] <= left:
                node = following
                left -= tree[following]
            step >>= 1
        return node, left


def _highest_power(count: int) -> int:
    return 1 << (count.bit_length() - 1) if count else 0
