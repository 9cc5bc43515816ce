"""What stands on the screen is what would be painted now: no line is left as it was."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from textual.pilot import Pilot

from sessiontui.ui.widgets.painted_lines import PaintedLines
from tests.ui.painted import settle
from tests.ui.stories import ordinary_story, talk

_KEYS = (
    *("j", "k", "j", "k", "G", "g", "J", "K", "J", "n", "N", "right_curly_bracket", "space", "v"),
    *("s", "b", "l", "h", "t", "T", "F", "o", "z", "tab", "enter", "escape", "escape", "d", "R"),
    *("slash", "a", "backspace", "question_mark", "u", "y"),
)
_NO_BARS = str.maketrans(dict.fromkeys("━─▁▂▃▄▅▆▇█", " "))
_SIZES = ((120, 36), (80, 24), (200, 50))


def words_on(pilot: Pilot[None]) -> list[str]:
    """What can be read on the screen; bars are painted whenever they move."""
    strips = pilot.app.screen._compositor.render_strips()
    return [strip.text.translate(_NO_BARS) for strip in strips]


@pytest.mark.parametrize("seed", range(3))
async def test_no_line_is_left_as_it_was(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    story = ordinary_story(tmp_path)
    for number in range(30):
        story.add(f"more{number}", f"about topic {number}", talk(f"topic {number}", turns=5))
    app = story.app()
    async with app.run_test(size=_SIZES[seed % 3]) as pilot:
        await settle(pilot)
        pressed = []
        for step in range(45):
            if step % 15 == 14:
                await pilot.resize_terminal(*chance.choice(_SIZES))
                pressed.append("(resized)")
            else:
                pressed.append(chance.choice(_KEYS))
                await pilot.press(pressed[-1])
            await settle(pilot)
            lists = [each for each in app.screen.query() if isinstance(each, PaintedLines)]
            for each in lists:
                now = {y: each.line_at(y) for y in each._painted if y < each.size.height}
                assert {y: each._painted[y] for y in now} == now, pressed
            stood = words_on(pilot)
            for each in lists:
                each.notify_style_update()
                each.refresh()
            await settle(pilot)
            assert words_on(pilot) == stood, pressed
