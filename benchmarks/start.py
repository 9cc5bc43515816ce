"""One start of an app in a process of its own, ended at its first useful frame.

`python -m benchmarks.start empty`, or `python -m benchmarks.start STORE FOLDER`.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

SIZE = (120, 36)


async def until(app: Any, is_ready: Callable[[], bool]) -> None:
    """Run an app until its first useful frame."""
    async with app.run_test(size=SIZE) as pilot:
        while not is_ready():  # noqa: ASYNC110  nothing announces a painted frame
            await asyncio.sleep(0.001)
        await pilot.pause()


def main(arguments: list[str]) -> None:
    """Start what was asked for."""
    if arguments == ["empty"]:
        from textual.app import App  # noqa: PLC0415  importing is part of a start

        app: App[None] = App()
        asyncio.run(until(app, lambda: app.is_running))
        return
    from sessiontui.services.library import Library, LibraryOptions  # noqa: PLC0415
    from sessiontui.storage.locations import Locations  # noqa: PLC0415
    from sessiontui.ui.app import SessionApp  # noqa: PLC0415
    from sessiontui.ui.widgets.session_list import SessionList  # noqa: PLC0415

    store, folder = arguments
    options = LibraryOptions(stores=(store,), locations=Locations.below(Path(folder)))
    session_app = SessionApp(Library.open(options))

    def has_rows() -> bool:
        found = session_app.screen.query(SessionList)
        return bool(found) and bool(found.first().rows)

    asyncio.run(until(session_app, has_rows))


if __name__ == "__main__":
    main(sys.argv[1:])
