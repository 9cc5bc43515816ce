"""Tables of figures, for a terminal and for a document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Table(NamedTuple):
    """Rows of words under a title. An empty word: not measured here."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def text(self) -> str:
        """The table in columns; the first is flush left, numbers are flush right."""
        lines = [self.columns, *self.rows]
        widths = [max(len(line[place]) for line in lines) for place in range(len(self.columns))]
        shown = [
            "  ".join(
                word.rjust(width) if place else word.ljust(width)
                for place, (word, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        ]
        return "\n".join([self.title, "", *shown, "", *self.notes])

    def markdown(self) -> str:
        """The same as Markdown."""
        marks = ["---", *["---:"] * (len(self.columns) - 1)]
        lines = [f"| {' | '.join(line)} |" for line in (self.columns, marks, *self.rows)]
        notes = [f"{note}  " for note in self.notes]
        return "\n".join([f"## {self.title}", "", *lines, "", *notes])


def seconds(value: float) -> str:
    """A time that is read easily: `1.24 s`, `38 ms`, `0.41 ms`."""
    if value >= 1:
        return f"{value:.2f} s"
    return f"{1000 * value:.0f} ms" if value >= 0.01 else f"{1000 * value:.2f} ms"


def ratio(value: float | None, other: float | None) -> str:
    """How many times the other; empty when either is missing."""
    if value is None or not other:
        return ""
    times = value / other
    return f"{times:.2f}" if times >= 0.1 else f"{times:.3f}"


def megabytes(value: float) -> str:
    """Bytes in millions."""
    return f"{value / 1e6:,.0f} MB" if value >= 10e6 else f"{value / 1e6:.1f} MB"


def kilobytes(value: float) -> str:
    """Bytes in thousands."""
    return f"{value / 1000:,.0f} kB"


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which so large a part of the values is (0 to 1)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
