"""Colours on a terminal of 256: the nearest to the eye, not the nearest numbers.

Left to rounding, the soft blue behind a chosen row becomes a loud teal, and a dark red purple.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache
from typing import NamedTuple

from rich.color import Color as TerminalColour
from rich.color import ColorType
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

_FIRST = 16
"""Those before are the terminal's own: nobody knows what they look like."""
_STEPS = (0, 95, 135, 175, 215, 255)
_GREYS = range(8, 248, 10)
_WEIGHT_OF_LIGHTNESS = 0.5
"""A colour that is a little lighter is a lesser evil than another hue."""
_LEAST_CHROMA = 0.03
_WEIGHT_OF_HUE = 0.2
_MOST_KNOWN = 4096


class Seen(NamedTuple):
    """A colour as it is seen (Oklab): lightness 0 to 1, and two axes of hue."""

    lightness: float
    red: float
    yellow: float

    @property
    def chroma(self) -> float:
        """How far it is from grey."""
        return math.hypot(self.red, self.yellow)

    @property
    def hue(self) -> float:
        """The direction it has from grey, in radians."""
        return math.atan2(self.yellow, self.red)


def has_palette(console: Console) -> bool:
    """Whether a terminal has 256 colours, not more and not fewer."""
    return console.color_system == "256"


def nearest(colour: Color) -> Color:
    """What a terminal of 256 colours shows for a colour."""
    return _palette()[_nearest(colour.rgb)][0]


def nearest_tinted(colour: Color) -> Color:
    """The same, but never a grey: for backgrounds that mean something by their hue."""
    wanted = _seen(colour.rgb)

    def distance(candidate: Seen) -> float:
        turn = abs(candidate.hue - wanted.hue) % math.tau
        lighter = abs(candidate.lightness - wanted.lightness)
        return lighter + _WEIGHT_OF_HUE * min(turn, math.tau - turn)

    tinted = (each for each in _palette() if each[1].chroma >= _LEAST_CHROMA)
    return min(tinted, key=lambda each: distance(each[1]))[0]


class PaletteColours(LineFilter):
    """Paints with the 256 colours of a terminal that has no more."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments in colours of the palette."""
        return [
            segment if segment.style is None else Segment(segment.text, _style(segment.style))
            for segment in segments
        ]


@lru_cache(_MOST_KNOWN)
def _style(style: Style) -> Style:
    return style + Style(color=_of_palette(style.color), bgcolor=_of_palette(style.bgcolor))


def _of_palette(colour: TerminalColour | None) -> TerminalColour | None:
    if colour is None or colour.type is not ColorType.TRUECOLOR:
        return colour
    return TerminalColour.from_ansi(_FIRST + _nearest(colour.get_truecolor()))


@cache
def _palette() -> tuple[tuple[Color, Seen], ...]:
    cube = [(red, green, blue) for red in _STEPS for green in _STEPS for blue in _STEPS]
    return tuple((Color(*rgb), _seen(rgb)) for rgb in (*cube, *((grey,) * 3 for grey in _GREYS)))


@lru_cache(_MOST_KNOWN)
def _nearest(rgb: tuple[int, int, int]) -> int:
    wanted = _seen(rgb)

    def distance(number: int) -> float:
        _, seen = palette[number]
        return (
            (_WEIGHT_OF_LIGHTNESS * (seen.lightness - wanted.lightness)) ** 2
            + (seen.red - wanted.red) ** 2
            + (seen.yellow - wanted.yellow) ** 2
        )

    palette = _palette()
    return min(range(len(palette)), key=distance)


def _seen(rgb: tuple[int, int, int]) -> Seen:
    red, green, blue = map(_linear, rgb)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return Seen(
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _linear(part: int) -> float:
    share = part / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
