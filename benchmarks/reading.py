"""Reading one long session in the app, in a process of its own.

`python -m benchmarks.reading STORE FOLDER FILE` opens the only session of a store, whose transcript
is in FILE, walks through it, writes a line to it and waits until that is on the screen. Prints a
JSON object: seconds, and bytes of memory at most.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from benchmarks.terminal import SIZE
from sessiontui.services.library import Library, LibraryOptions
from sessiontui.storage.locations import Locations
from sessiontui.ui.app import SessionApp
from sessiontui.ui.screens.transcript import TranscriptScreen
from sessiontui.ui.widgets.session_list import SessionList
from sessiontui.ui.widgets.transcript_view import TranscriptView

STEPS = 150
_BATCHES = 3
_CHANGES = 5
_NEWS = "a line that was written just now, number "


async def until(is_true: Callable[[], object]) -> None:
    """Wait for something that nothing announces."""
    while not is_true():  # noqa: ASYNC110
        await asyncio.sleep(0.001)


async def painted(app: SessionApp) -> None:
    """Wait for the next frame."""
    done = asyncio.Event()
    app.screen.call_after_refresh(done.set)
    await done.wait()


def peak_bytes() -> int:
    """How much memory the process had at most."""
    status = Path("/proc/self/status")
    if status.exists():
        # What is asked of the system besides counts the process that started this one, too.
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


async def read(app: SessionApp, file: Path) -> dict[str, float]:
    """Open, walk, follow."""
    told: dict[str, float] = {}
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: app.screen.query(SessionList) and app.screen.query_one(SessionList).row)
        # What reading ahead costs is not counted twice: the preview is over.
        await until(lambda: _is_whole(app))
        told["memory before"] = peak_bytes()
        began = time.perf_counter()
        app.simulate_key("enter")
        await until(lambda: isinstance(app.screen, TranscriptScreen) and _view(app).cursor)
        await painted(app)
        told["opening"] = time.perf_counter() - began
        await until(lambda: _is_whole(app))
        told["messages"] = len(_view(app).messages)
        told["memory"] = peak_bytes()
        await pilot.press("g")
        told["step"] = min([await _walked(pilot) for _ in range(_BATCHES)])
        told["memory walked"] = peak_bytes()
        await pilot.press("G")
        await pilot.pause(0.5)
        told["change"] = min([await _changed(app, file, n) for n in range(_CHANGES)])
    return told


def _view(app: SessionApp) -> TranscriptView:
    return app.screen.query_one(TranscriptView)


def _is_whole(app: SessionApp) -> bool:
    messages = _view(app).messages
    return bool(messages) and messages[0].index == 0


async def _walked(pilot: Pilot[None]) -> float:
    """Processor seconds of a step to the next message."""
    before = time.process_time()
    await pilot.press(*["J"] * STEPS)
    return (time.process_time() - before) / STEPS


async def _changed(app: SessionApp, file: Path, number: int) -> float:
    """Seconds from a write to the new line on the screen."""
    view = _view(app)
    known = len(view.messages)
    record = {
        "type": "user",
        "uuid": f"00000000-0000-4000-8000-{number:012d}",
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
        "message": {"role": "user", "content": f"{_NEWS}{number}"},
    }
    began = time.perf_counter()
    with file.open("a", encoding="utf-8") as written:
        written.write(json.dumps(record) + "\n")
    await until(lambda: len(view.messages) > known)
    await painted(app)
    seconds = time.perf_counter() - began
    await asyncio.sleep(0.5)
    return seconds


def main(arguments: list[str]) -> None:
    """Read and tell."""
    store, folder, file = arguments
    options = LibraryOptions(stores=(store,), locations=Locations.below(Path(folder)))
    app = SessionApp(Library.open(options))
    print(json.dumps(asyncio.run(read(app, Path(file)))))


if __name__ == "__main__":
    main(sys.argv[1:])
