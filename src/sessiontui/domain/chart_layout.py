"""Where the columns of a chart stand, and the words below them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

_WIDEST = 14
_GAP_FROM = 3
"""Columns as wide as this stand apart."""


class Place(NamedTuple):
    """The first cell of a column, and how many it has."""

    x: int
    width: int


def places_of(count: int, width: int) -> tuple[Place, ...]:
    """So many columns side by side in a width; of too many, only as many as fit."""
    count = min(count, width)
    if count <= 0:
        return ()
    each = min(width / count, _WIDEST)
    if each >= _GAP_FROM:
        cells = int(each)
        return tuple(Place(number * cells, cells - 1) for number in range(count))
    if each >= 2:
        return tuple(Place(2 * number, 1) for number in range(count))
    if each < 1.5:
        return tuple(Place(number, 1) for number in range(count))
    edges = [round(number * each) for number in range(count + 1)]
    return tuple(Place(edge, end - edge) for edge, end in pairwise(edges))


def axis_line(words: Sequence[str], places: Sequence[Place], width: int, gap: int = 2) -> str:
    """The words of columns on one line, each at its column, as many as there is room for."""
    line = ""
    for word, place in zip(words, places, strict=True):
        begins = len(line) + gap if line else 0
        if place.x >= begins and place.x + len(word) <= width:
            line = line.ljust(place.x) + word
    return line
