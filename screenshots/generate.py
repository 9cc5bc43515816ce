"""Makes the pictures of the README from the real app: `python -m screenshots.generate [--check]`.

Sample stores of a frozen moment are opened, keys are played, and the screen is exported. With
`--check` nothing is written; it fails when a picture is not what the app looks like now.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
# One place on every machine: store ids follow from real paths.
FOLDER = Path(tempfile.gettempdir()).resolve() / "sessiontui-pictures"

os.environ.update(TEXTUAL_ANIMATIONS="none", TZ="UTC", COLORTERM="truecolor", TERM="xterm-256color")
os.environ.pop("NO_COLOR", None)
time.tzset()

from textual.app import App  # noqa: E402 - reads the variables above
from textual.pilot import Pilot  # noqa: E402
from textual.widgets import Input  # noqa: E402

_STILL = 6
"""So many looks in a row at a screen in which nothing changes."""


class Scene(NamedTuple):
    """One picture: its name, the keys that lead to it, the size of the terminal, the theme."""

    name: str
    keys: tuple[str, ...]
    size: tuple[int, int] = (120, 36)
    theme: str = ""
    first_run: bool = False


def find(words: str) -> tuple[str, ...]:
    """The keys that search for words and go to the results."""
    return ("slash", *("space" if char == " " else char for char in words), "enter")


WIDE = (200, 60)
SMALL = (80, 24)
SCENES = (
    Scene("browse", ()),
    Scene("wide", (*"jjjjjjjjj", "l"), WIDE),
    Scene("small", find("shipping"), SMALL),
    Scene("light", find("borrow"), theme="sessiontui-light"),
    Scene("search", find("cart")),
    Scene("complete", ("slash", *"cart", "space", *"agent:")),
    Scene("mistake", ("slash", *"is:stuk"), SMALL),
    Scene("nothing", find("zeppelin is:stuck"), SMALL),
    Scene("grouped", ("b", "b")),
    Scene("marked", ("space", "space", "j", "space")),
    Scene("bulk", ("space", "space", "j", "space", "d")),
    Scene("transcript", (*find("borrow"), "enter")),
    Scene("tools", (*find("shipping"), "enter", "t")),
    Scene("outline", (*find("everything"), "enter"), (160, 45)),
    Scene("find", (*find("everything"), "enter", "slash", *"tiles")),
    Scene("answers", (*find("cart is empty"), "enter", "F")),
    Scene("stuck", find("is:stuck")),
    Scene("rename", (*find("lisbon"), "R")),
    Scene("delete", (*find("lisbon"), "d")),
    Scene("undo", (*find("lisbon"), "d", "d")),
    Scene("journal", (*find("lisbon"), "d", "d", "U")),
    Scene("kept", (*find("lisbon"), "d", "d", "U", "enter")),
    Scene("prompts", (*find("everything"), "enter", "o", *"tiles"), SMALL),
    Scene("copy", (*find("borrow"), "y")),
    Scene("export", (*find("borrow"), "e")),
    Scene("palette", ("ctrl+p", *"theme")),
    Scene("stores", ("S",)),
    Scene("statistics", (*find("-title:everything"), "number_sign")),
    Scene("help", ("question_mark",)),
    Scene("welcome", (), first_run=True),
)


async def picture_of(scene: Scene) -> str:
    """The screen of a scene as SVG."""
    from sessiontui.services.demo_stores import open_demo
    from sessiontui.services.library import Library
    from sessiontui.services.settings import LoadedSettings, Settings
    from sessiontui.ui.app import SessionApp

    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(mode=0o700)
    clock: Callable[[], datetime] = lambda: NOW  # noqa: E731
    library = Library.open(open_demo(FOLDER, NOW), clock)
    os.chdir(FOLDER / "home")  # where an export is offered to go
    library.sync()
    chosen = {"settings": Settings(theme=scene.theme)}
    settings = LoadedSettings.defaults().replace(**chosen)
    app = SessionApp(library, clock=clock, settings=settings, first_run=scene.first_run)
    app.bench.timer = lambda: 0.0
    try:
        async with app.run_test(size=scene.size, notifications=True) as pilot:
            await settled(app, pilot)
            for key in scene.keys:
                await pilot.press(key)
                if key == "enter":
                    await settled(app, pilot)
            return await settled(app, pilot)
    finally:
        library.close()
        os.chdir(HERE)
        shutil.rmtree(FOLDER, ignore_errors=True)


async def settled(app: App[None], pilot: Pilot[None]) -> str:
    """The screen as SVG, once it has stayed the same for a while."""
    seen: list[str] = []
    while len(seen) < _STILL or len(set(seen[-_STILL:])) > 1:
        await pilot.pause(0.1)
        for box in app.screen.query(Input):
            box.cursor_blink = False
        seen.append(app.export_screenshot(title="sessiontui"))
    return seen[-1]


def main(arguments: list[str]) -> int:
    """Write the pictures, or compare them."""
    check = "--check" in arguments
    wanted = [name for name in arguments if not name.startswith("-")]
    stale = []
    for scene in SCENES:
        if wanted and scene.name not in wanted:
            continue
        svg = asyncio.run(picture_of(scene))
        path = HERE / f"{scene.name}.svg"
        if path.exists() and path.read_text() == svg:
            continue
        if check:
            stale.append(path.name)
        else:
            path.write_text(svg)
            print(f"wrote {path.name}")
    if stale:
        print("not what the app looks like now: " + ", ".join(stale), file=sys.stderr)
        print("run `make screenshots` and look at them", file=sys.stderr)
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
