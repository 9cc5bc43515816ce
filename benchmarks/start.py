"""One start of an app in a process of its own, up to its first useful frame.

`python -m benchmarks.start empty`, or `python -m benchmarks.start STORE CACHE` with the folder of
the index. Prints a JSON object: the processor seconds spent until then, in parts.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SIZE = (120, 36)


async def until(app: Any, is_ready: Callable[[], bool]) -> None:
    """Run an app until its first useful frame is painted."""
    async with app.run_test(size=SIZE):
        while not is_ready():  # noqa: ASYNC110  nothing announces a painted frame
            await asyncio.sleep(0.001)
        painted = asyncio.Event()
        app.screen.call_after_refresh(painted.set)
        await painted.wait()
        told["painted"] = time.process_time()


told: dict[str, float] = {"begun": time.process_time()}


def main(arguments: list[str]) -> None:
    """Start what was asked for."""
    if arguments == ["empty"]:
        from textual.app import App  # noqa: PLC0415  importing is part of a start

        told["imported"] = time.process_time()
        app: App[None] = App()
        asyncio.run(until(app, lambda: app.is_running))
        print(json.dumps(told))
        return
    from sessiontui.cli.importing import importing  # noqa: PLC0415

    with importing():
        from sessiontui.services.library import Library, LibraryOptions  # noqa: PLC0415
        from sessiontui.storage.locations import Locations  # noqa: PLC0415

    told["library imported"] = time.process_time()
    with importing():
        from sessiontui.ui.app import SessionApp  # noqa: PLC0415
        from sessiontui.ui.rare_collection import collecting_rarely  # noqa: PLC0415
        from sessiontui.ui.widgets.session_list import SessionList  # noqa: PLC0415

    told["imported"] = time.process_time()
    store, cache = arguments
    locations = Locations(cache=Path(cache), data=Path(cache), config=Path(cache))
    options = LibraryOptions(stores=(store,), locations=locations)
    session_app = SessionApp(Library.open(options))
    told["opened"] = time.process_time()

    def has_rows() -> bool:
        found = session_app.screen.query(SessionList)
        return bool(found) and bool(found.first().rows)

    with collecting_rarely():
        asyncio.run(until(session_app, has_rows))
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1:])
