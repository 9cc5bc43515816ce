"""Numbers as bars, columns and shades of block characters: they tell without colour too."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple


class BarSigns(NamedTuple):
    """The signs of one kind of terminal, from the least that is something to a full cell."""

    across: str
    """For bars that grow to the right."""
    upwards: str
    """For columns that grow upwards."""
    shades: str
    """For cells, from nothing on."""


BLOCKS = BarSigns("╸━", "▁▂▃▄▅▆▇█", "·░▒▓█")
LETTERS = BarSigns("=", ".:#", ".-+*#")


def bar_signs(encoding: str | None) -> BarSigns:
    """Blocks, or letters where an encoding has no blocks."""
    try:
        "".join(BLOCKS).encode(encoding or "utf-8")
    except (LookupError, UnicodeEncodeError):
        return LETTERS
    return BLOCKS


def signs_of_terminal(variables: Mapping[str, str], encoding: str | None) -> BarSigns:
    """The signs that a terminal has: the Linux console has few, whatever its encoding."""
    if variables.get("TERM") in {"linux", "dumb", "vt100"}:
        return LETTERS
    return bar_signs(encoding)


def bar(value: float, most: float, width: int, signs: BarSigns = BLOCKS) -> str:
    """A bar that has `width` cells at `most`. What is something is never nothing."""
    parts = _parts(value, most, width, len(signs.across))
    full, rest = divmod(parts, len(signs.across))
    return signs.across[-1] * full + (signs.across[rest - 1] if rest else "")


def column(value: float, most: float, height: int, signs: BarSigns = BLOCKS) -> str:
    """A column of `height` cells at `most`, from the lowest cell up, filled up with spaces."""
    parts = _parts(value, most, height, len(signs.upwards))
    full, rest = divmod(parts, len(signs.upwards))
    cells = signs.upwards[-1] * full + (signs.upwards[rest - 1] if rest else "")
    return cells.ljust(height)


def shade(value: float, most: float, signs: BarSigns = BLOCKS) -> str:
    """One cell, the darker the nearer a value is to `most`; nothing has a sign of its own."""
    return signs.shades[_parts(value, most, 1, len(signs.shades) - 1)]


def root_share(value: float, most: float) -> float:
    """The root of a share: one very great value does not hide all others."""
    return math.sqrt(value / most) if value > 0 and most > 0 else 0.0


def _parts(value: float, most: float, cells: int, per_cell: int) -> int:
    if value <= 0 or most <= 0 or cells <= 0:
        return 0
    return max(1, round(min(1.0, value / most) * cells * per_cell))
