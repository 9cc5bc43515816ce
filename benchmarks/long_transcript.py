"""One session of 200 MB: opening it at its end, walking it, following it."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.conversations import Program
from benchmarks.histories import conversations, today, write
from benchmarks.own_runs import environment, told
from benchmarks.processes import run
from benchmarks.tables import Table, megabytes, seconds
from sessiontui.services.library import Library, LibraryOptions
from sessiontui.storage.locations import Locations

_ROUNDS = 3


def reading_table(folder: Path, size: float, seed: int) -> Table:
    """The figures of a Claude Code session of so many megabytes."""
    home, own = folder / "long", folder / "long-own"
    talk = next(conversations(size, seed, today(), sessions=1))
    (written,) = write(home, [talk._replace(program=Program.CLAUDE_CODE)], seed)
    store = f"claude-code:{home / '.claude'}"
    library = Library.open(LibraryOptions(stores=(store,), locations=Locations.below(own)))
    library.sync()
    library.close()
    words = (sys.executable, "-m", "benchmarks.reading", store, str(own), str(written.path))
    runs = [told(run(words, environment(folder))) for _ in range(_ROUNDS)]
    best = {name: min(found[name] for found in runs) for name in runs[0]}
    return Table(
        f"A transcript of {megabytes(written.size)} with {int(best['messages']):,} messages",
        ("what", "sessiontui", "budget"),
        (
            ("from the key to its end on the screen", seconds(best["opening"]), "200 ms"),
            ("a step with J held down (processor time)", seconds(best["step"]), "16 ms"),
            ("from a change on disk to the line on the screen", seconds(best["change"]), "250 ms"),
            ("memory of the whole program at most", megabytes(best["memory walked"]), ""),
        ),
        (f"The least of {_ROUNDS} runs.",),
    )
