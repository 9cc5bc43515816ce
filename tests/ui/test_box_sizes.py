"""Boxes and columns where the screen is small, and where it is large."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot

from tests.ui.painted import line_with, painted, settle, type_into_palette
from tests.ui.stories import ordinary_story
from tests.ui.test_bulk_changes import mark

_SIZES = [(80, 24), (200, 60)]


async def _press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await settle(pilot)


def _box(app: App[None], name: str) -> tuple[int, int]:
    """The size of a box, which lies within the screen and in its middle."""
    box, screen = app.screen.query_one(name).region, app.screen.region
    assert screen.contains_region(box), name
    assert abs(box.x - (screen.right - box.right)) <= 1, name
    return box.width, box.height


@pytest.mark.parametrize("size", _SIZES)
async def test_boxes_fit_the_screen_and_are_not_stretched_over_a_large_one(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await _press(pilot, "e")
        assert _box(app, "#export-box")[0] == min(size[0], 110)
        await _press(pilot, "escape", "question_mark")
        assert _box(app, ".picker-box")[0] == min(size[0], 90)
        assert not app.screen.query_one(".picker-note").display, "nothing to note, no line for it"
        await _press(pilot, "escape")
        await type_into_palette(pilot, "delete")
        assert _box(app, ".picker-box")[0] == min(size[0], 90)
        note = app.screen.query_one(".picker-note")
        assert note.display
        assert note.styles.border_top[0] == "solid", "a note is no line of the list"


@pytest.mark.parametrize("size", _SIZES)
async def test_figures_stand_where_the_eye_finds_them(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await mark(pilot, "trip", "old", "older")
        await _press(pilot, "d")
        places = [line_with(app, title).index(" messages") for title in ("trip", "parser")]
        assert places[0] == places[1] <= 110
        assert "trip plan" in painted(app)
