"""The program's own themes, and the colours it derives from any theme.

Every colour that carries text is brought to a readable contrast with what lies behind it, so that
the themes that come with Textual work as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from textual.color import Color
from textual.design import DEFAULT_DARK_BACKGROUND, DEFAULT_LIGHT_BACKGROUND
from textual.filter import LineFilter, Monochrome, NoColor
from textual.theme import BUILTIN_THEMES, Theme

from sessiontui.ui.palette_colours import PaletteColours, nearest, nearest_tinted

DARK = Theme(
    name="sessiontui",
    primary="#8fb0ff",
    secondary="#7cc7c3",
    accent="#8fb0ff",
    warning="#e8b069",
    error="#f47c8c",
    success="#9ccf7a",
    foreground="#d3d8e3",
    background="#14161b",
    surface="#191c22",
    panel="#20242c",
    dark=True,
)

LIGHT = Theme(
    name="sessiontui-light",
    primary="#2f5bd0",
    secondary="#0f6f6b",
    accent="#2f5bd0",
    warning="#8a5a00",
    error="#b3263c",
    success="#3d6f1c",
    foreground="#23272f",
    background="#fafafa",
    surface="#f1f2f4",
    panel="#e6e8ec",
    dark=False,
)

SIXTEEN = replace(
    BUILTIN_THEMES["ansi-dark"],
    name="sessiontui-16",
    foreground="ansi_white",
    background="ansi_black",
    surface="ansi_black",
    panel="ansi_black",
)
"""For terminals of 16 colours: paints its background, so that it is read on light ones, too."""

THEMES = (DARK, LIGHT, SIXTEEN)

READABLE = 4.5
"""The least contrast of text (WCAG AA)."""
_STEPS = 20


def derived_variables(theme: Theme, *, palette: bool = False) -> dict[str, str]:
    """The variables that `styles.tcss` uses besides Textual's own.

    For themes of ANSI colours they are names of the terminal's own colours. With `palette` they
    are of those that a terminal of 256 colours has.
    """
    if theme.ansi:
        names = _ANSI_DARK if theme.dark else _ANSI_LIGHT
        behind_all = theme.background or _UNPAINTED
        return {name: behind_all if value == _UNPAINTED else value for name, value in names.items()}
    default = DEFAULT_DARK_BACKGROUND if theme.dark else DEFAULT_LIGHT_BACKGROUND
    background = Color.parse(theme.background or default)
    foreground = Color.parse(theme.foreground) if theme.foreground else background.inverse
    primary = Color.parse(theme.primary)
    secondary = Color.parse(theme.secondary or theme.primary)
    warning = Color.parse(theme.warning or theme.primary)
    error = Color.parse(theme.error or theme.secondary or theme.primary)
    success = Color.parse(theme.success or theme.secondary or theme.primary)
    shown, tinted = (nearest, nearest_tinted) if palette else (_as_it_is, _as_it_is)
    selected = shown(background.blend(primary, 0.22))
    bar = shown(background.blend(foreground, 0.09))
    match = tinted(background.blend(warning, 0.3))
    question = tinted(background.blend(error, 0.2))
    current = shown(warning)
    # Text must be readable on every background it may stand on.
    raised = (Color.parse(colour) for colour in (theme.surface, theme.panel) if colour)
    behind = (*map(shown, (background, *raised)), selected, bar)

    def readable(colour: Color, behind: tuple[Color, ...] = behind) -> Color:
        return readable_on(behind, colour, shown)

    colours = {
        "quiet": readable(background.blend(foreground, 0.62)),
        "loud": readable(foreground),
        "edge": background.blend(foreground, 0.28),
        "edge-focused": background.blend(primary, 0.75),
        "row-selected": selected,
        "row-blurred": background.blend(primary, 0.13),
        "bar-background": bar,
        "code-background": background.blend(foreground, 0.06),
        "accent-text": readable(primary),
        "place-text": readable(secondary),
        "running-text": readable(success),
        "stuck-text": readable(warning),
        "failed-text": readable(error),
        "tool-text": readable(background.blend(error, 0.5).blend(primary, 0.6)),
        "match-background": match,
        "match-text": readable(foreground, (match,)),
        "current-match-background": current,
        "current-match-text": readable(background, (current,)),
        "question-background": question,
        "question-text": readable(foreground, (question,)),
        "added-text": readable(success),
        "removed-text": readable(error),
    }
    return {name: shown(colour).hex for name, colour in colours.items()}


_UNPAINTED = "ansi_default"

_ANSI_DARK = {
    "quiet": "ansi_white",
    "loud": "ansi_bright_white",
    "edge": "ansi_bright_black",
    "edge-focused": "ansi_bright_blue",
    "row-selected": "ansi_blue",
    "row-blurred": _UNPAINTED,
    "bar-background": _UNPAINTED,
    "code-background": _UNPAINTED,
    "accent-text": "ansi_bright_cyan",
    "place-text": "ansi_bright_cyan",
    "running-text": "ansi_bright_green",
    "stuck-text": "ansi_bright_yellow",
    "failed-text": "ansi_bright_red",
    "tool-text": "ansi_bright_magenta",
    "match-background": "ansi_yellow",
    "match-text": "ansi_black",
    "current-match-background": "ansi_bright_yellow",
    "current-match-text": "ansi_black",
    "question-background": "ansi_red",
    "question-text": "ansi_bright_white",
    "added-text": "ansi_bright_green",
    "removed-text": "ansi_bright_red",
}
"""Nothing dim: what is dim on black cannot be read on blue, the one colour there is for a row."""

_ANSI_LIGHT = {
    **_ANSI_DARK,
    "quiet": "ansi_bright_black",
    "loud": "ansi_default",
    "edge": "ansi_white",
    "edge-focused": "ansi_blue",
    "row-selected": "ansi_bright_cyan",
    "accent-text": "ansi_blue",
    "place-text": "ansi_magenta",
    "running-text": "ansi_blue",
    "stuck-text": "ansi_red",
    "failed-text": "ansi_red",
    "tool-text": "ansi_magenta",
    "match-background": "ansi_bright_yellow",
    "current-match-background": "ansi_yellow",
    "added-text": "ansi_blue",
    "removed-text": "ansi_red",
}
"""Green and yellow letters cannot be read on white; the marks tell the states apart."""


def contrast(text: Color, behind: Color) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG)."""
    lighter, darker = sorted((_luminance(text), _luminance(behind)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(behind: tuple[Color, ...], colour: Color, shown: Callable[[Color], Color]) -> Color:
    """The colour, moved towards white or black as far as it takes to be read on all of `behind`.

    `shown` is what a terminal makes of a colour.
    """
    end = Color(255, 255, 255) if _luminance(behind[0]) < 0.18 else Color(0, 0, 0)
    for step in range(_STEPS + 1):
        candidate = shown(colour.blend(end, step / _STEPS))
        if min(contrast(candidate, back) for back in behind) >= READABLE:
            return candidate
    return end


def _as_it_is(colour: Color) -> Color:
    return colour


def _luminance(colour: Color) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.r) + 0.7152 * linear(colour.g) + 0.0722 * linear(colour.b)


def for_terminal(filters: Sequence[LineFilter], *, ansi: bool, palette: bool) -> list[LineFilter]:
    """What becomes of colours besides what Textual makes of them.

    With `NO_COLOR` a terminal's own colours (`ansi`) vanish: they have no greys. Where a terminal
    has a `palette` of 256, they are the nearest of those.
    """
    shown = [_NO_COLOUR if ansi and isinstance(each, Monochrome) else each for each in filters]
    return [*shown, _PALETTE_COLOURS] if palette else shown


_NO_COLOUR = NoColor()
_PALETTE_COLOURS = PaletteColours()
