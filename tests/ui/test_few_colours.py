"""Terminals with 256 colours, with 16, and without any: everything still tells what it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color as TerminalColour
from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme
from textual.widgets import Input, OptionList

from sessiontui.ui.palette_colours import PaletteColours, nearest, nearest_tinted
from sessiontui.ui.themes import DARK, READABLE, SIXTEEN, THEMES, contrast, derived_variables
from sessiontui.ui.widgets.offer_list import OfferList
from tests.ui.painted import painted_styles, search, settle
from tests.ui.stories import ordinary_story

_COLOURED = [theme for theme in (*THEMES, *BUILTIN_THEMES.values()) if not theme.ansi]
_OWN_BACKGROUND = {
    "match-text": "match-background",
    "current-match-text": "current-match-background",
    "question-text": "question-background",
}
_rgb = st.tuples(*[st.integers(0, 255)] * 3)


# -- 256 ---------------------------------------------------------------------------------------


@given(_rgb)
def test_a_colour_of_the_palette_stays_what_it_is(rgb: tuple[int, int, int]) -> None:
    for found in (nearest(Color(*rgb)), nearest_tinted(Color(*rgb))):
        assert nearest(found) == found
        style = Style(color=TerminalColour.from_rgb(*found.rgb))
        [painted] = PaletteColours().apply([Segment("a", style)], Color(0, 0, 0))
        assert painted.style is not None
        assert painted.style.color is not None
        assert painted.style.color.get_truecolor() == found.rgb


def test_a_soft_blue_becomes_grey_and_a_question_stays_red() -> None:
    colours = derived_variables(DARK, palette=True)
    for name in ("row-selected", "row-blurred", "bar-background"):
        red, green, blue = Color.parse(colours[name]).rgb
        assert red == green == blue, name
    red, green, blue = Color.parse(colours["question-background"]).rgb
    assert red > max(green, blue)


@pytest.mark.parametrize("theme", _COLOURED, ids=lambda theme: theme.name)
def test_text_is_readable_with_256_colours(theme: Theme) -> None:
    colours = {
        name: Color.parse(value) for name, value in derived_variables(theme, palette=True).items()
    }
    assert all(nearest(colour) == colour for colour in colours.values())
    raised = (theme.background, theme.surface, theme.panel)
    behind = [colours["row-selected"], colours["bar-background"]]
    behind += [nearest(Color.parse(colour)) for colour in raised if colour]
    for name, colour in colours.items():
        if name in {"quiet", "loud"} or name.endswith("-text"):
            own = _OWN_BACKGROUND.get(name)
            for back in behind if own is None else [colours[own]]:
                assert contrast(colour, back) >= READABLE - 0.2, (name, back)


def test_only_colours_that_the_terminal_would_not_have_are_changed() -> None:
    style = Style(color=TerminalColour.from_rgb(47, 55, 77), bgcolor="red", bold=True)
    [painted, plain] = PaletteColours().apply([Segment("a", style), Segment("b")], Color(0, 0, 0))
    assert painted.style is not None
    assert painted.style.color == TerminalColour.from_ansi(237)
    assert painted.style.bgcolor == style.bgcolor
    assert painted.style.bold
    assert plain == Segment("b")


async def test_on_a_terminal_of_256_colours_nothing_else_is_painted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLORTERM")
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("question_mark")
        await settle(pilot)
        assert app.console.color_system == "256"
        assert app.theme == DARK.name
        colours = [
            colour
            for style in painted_styles(app)
            for colour in (style.color, style.bgcolor)
            if colour is not None
        ]
        assert colours
        assert {colour.type for colour in colours} <= {ColorType.EIGHT_BIT, ColorType.DEFAULT}


# -- 16, and none ------------------------------------------------------------------------------


def _chosen(app: App[None]) -> set[bool | None]:
    """Whether the chosen line of a list is underlined."""
    options = app.screen.query_one(OptionList)
    at = options.highlighted
    assert at is not None
    line = options.render_line(at - round(options.scroll_y))
    return {segment.style.underline for segment in line if segment.style is not None}


async def test_with_sixteen_colours_nothing_is_dim_and_boxes_have_edges(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLORTERM")
    monkeypatch.setenv("TERM", "xterm")
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert app.theme == SIXTEEN.name
        assert not [style for style in painted_styles(app) if style.dim]
        await search(pilot, "agent:")
        assert app.screen.query_one(OfferList).styles.border_top[0] == "round"
        await pilot.press("escape", "escape", "enter")
        await settle(pilot)
        assert not [style for style in painted_styles(app) if style.dim]
        await pilot.press("ctrl+p")
        await settle(pilot)
        assert not [style for style in painted_styles(app) if style.dim]
        # What lies below is not blanked out.
        assert app.screen.styles.background.a == 0
        assert _chosen(app) <= {None, False}


async def test_without_any_colour_the_chosen_line_of_a_list_is_underlined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLORTERM")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for key in ("ctrl+p", "question_mark", "S", "y"):
            await pilot.press(key)
            await settle(pilot)
            assert True in _chosen(app), key
            await pilot.press("escape")
            await settle(pilot)
        await search(pilot, "trip")
        assert [style for style in painted_styles(app) if style.underline], "the match"


async def test_another_theme_repaints_what_stands_beside_the_lists(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("R", *" again", "enter")
        await settle(pilot)
        for key in ("S", "U"):
            app.theme = DARK.name
            await pilot.press(key)
            await settle(pilot)
            before = TerminalColour.parse(derived_variables(DARK)["loud"].lower())
            assert before in {style.color for style in painted_styles(app)}, key
            # As when it is chosen in the palette, over the screen.
            await pilot.press("ctrl+p")
            await settle(pilot)
            app.screen.query_one(Input).value = "theme sessiontui-light"
            await settle(pilot)
            await pilot.press("enter")
            await settle(pilot)
            assert app.theme == "sessiontui-light"
            assert before not in {style.color for style in painted_styles(app)}, key
            await pilot.press("escape")
            await settle(pilot)
