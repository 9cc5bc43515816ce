"""Colours: readable in every theme, and declared in one place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from sessiontui.ui.stylesheet import stylesheet_paths
from sessiontui.ui.themes import DARK, READABLE, THEMES, contrast, derived_variables
from tests.ui.painted import painted, settle
from tests.ui.stories import ordinary_story

_OWN_BACKGROUND = {
    "match-text": "match-background",
    "current-match-text": "current-match-background",
    "question-text": "question-background",
}
_BACKGROUNDS = ("row-selected", "row-blurred", "bar-background", "code-background")


def _styles() -> str:
    return "".join(path.read_text() for path in stylesheet_paths())


_COLOURED = [theme for theme in (*THEMES, *BUILTIN_THEMES.values()) if not theme.ansi]


_SIXTEEN = [theme for theme in (*THEMES, *BUILTIN_THEMES.values()) if theme.ansi]


@pytest.mark.parametrize("theme", _COLOURED, ids=lambda theme: theme.name)
def test_text_is_readable_in_every_theme(theme: Theme) -> None:
    colours = {name: Color.parse(value) for name, value in derived_variables(theme).items()}
    raised = (theme.background, theme.surface, theme.panel)
    behind = [colours[name] for name in _BACKGROUNDS]
    behind += [Color.parse(colour) for colour in raised if colour]
    for text in _texts(colours):
        own = _OWN_BACKGROUND.get(text)
        for back in behind if own is None else [colours[own]]:
            assert contrast(colours[text], back) >= READABLE - 0.2, (text, back)


def _texts(names: Iterable[str]) -> list[str]:
    return [name for name in names if name in {"quiet", "loud"} or name.endswith("-text")]


def _colour(lowest: int, number: int) -> Color:
    red, green, blue = (lowest + 170 * (number >> bit & 1) for bit in range(3))
    return Color(red, green, blue)


_NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_CONSOLE = {
    prefix + name: _colour(lowest, number)
    for prefix, lowest in (("", 0), ("bright_", 85))
    for number, name in enumerate(_NAMES)
}
"""The sixteen colours of the Linux console; its yellow is brown."""
_CONSOLE["yellow"] = Color(170, 85, 0)


@pytest.mark.parametrize("theme", _SIXTEEN, ids=lambda theme: theme.name)
def test_text_is_readable_with_sixteen_colours(theme: Theme) -> None:
    default = _CONSOLE["black" if theme.dark else "bright_white"]
    inverse = _CONSOLE["white" if theme.dark else "black"]

    def colour(name: str, unpainted: Color) -> Color:
        value = derived_variables(theme)[name].removeprefix("ansi_")
        return unpainted if value == "default" else _CONSOLE[value]

    for text in _texts(derived_variables(theme)):
        own = _OWN_BACKGROUND.get(text)
        for back in _BACKGROUNDS if own is None else [own]:
            found = contrast(colour(text, inverse), colour(back, default))
            assert found >= 3, (text, back, found)


def test_the_programs_own_theme_is_calm_and_readable_as_it_is() -> None:
    background = Color.parse(DARK.background or "")
    for colour in (DARK.primary, DARK.secondary, DARK.warning, DARK.error, DARK.success):
        assert contrast(Color.parse(colour or ""), background) >= READABLE
    assert DARK.primary == DARK.accent


def test_the_stylesheet_names_no_colour_itself() -> None:
    text = re.sub(r"/\*.*?\*/", "", _styles(), flags=re.DOTALL)
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b\s*;", text)
    used = set(re.findall(r"\$([a-z][a-z0-9-]*)", text))
    textuals = {"background", "surface", "panel"}
    assert used <= textuals | set(derived_variables(DARK)), used


def test_every_derived_variable_is_used_and_every_theme_has_all() -> None:
    names = [set(derived_variables(theme)) for theme in (*THEMES, *BUILTIN_THEMES.values())]
    assert all(name == names[0] for name in names)
    text = _styles()
    assert not [name for name in names[0] if f"${name}" not in text]


@pytest.mark.parametrize("name", ["sessiontui-light", "ansi-dark", "sessiontui-16", "no-such"])
async def test_the_program_runs_in_other_themes(tmp_path: Path, name: str) -> None:
    app = ordinary_story(tmp_path).app(theme=name)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert "run the long job" in painted(app)
        expected = name if name in app.available_themes else DARK.name
        assert app.theme == expected
        app.theme = "nord"
        await pilot.pause()
        assert "run the long job" in painted(app)
