"""What stands on the screen, as text: the one place that looks into Textual's compositor."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.pilot import Pilot

from sessiontui.ui.screens.confirm import Confirm


def painted(app: App[Any]) -> str:
    """The lines of the screen as painted, trailing spaces removed."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


def line_with(app: App[Any], words: str) -> str:
    """The first painted line that holds some words. Fails when there is none."""
    text = painted(app)
    for line in text.splitlines():
        if words in line:
            return line
    raise AssertionError(f"{words!r} is not on the screen:\n{text}")


async def settle(pilot: Pilot[None]) -> None:
    """Wait until nothing is being read or changed any more."""
    app = pilot.app
    for _ in range(200):
        await pilot.pause(0.02)
        # The events never end, the surroundings rest a second, a question waits for its answer.
        resting = {"events", "surroundings"}
        if isinstance(app.screen, Confirm):
            resting.add("actions")
        if all(worker.is_finished or worker.group in resting for worker in app.workers):
            await pilot.pause()
            return
    raise AssertionError("the program never came to rest")
