"""What a sync reads when nothing changed: `python -m benchmarks.unchanged HOME`.

Prints JSON: how many transcripts it opened, how many bytes it read, and its seconds.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from sessiontui.domain.search import IndexTier
from sessiontui.services.library import Library, LibraryOptions
from sessiontui.storage.locations import Locations


def bytes_read() -> int:
    """What this process has read so far, where the system tells; else 0."""
    try:
        lines = Path("/proc/self/io").read_text("ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("rchar")), 0)


def main() -> None:
    """Sync an index that is up to date, and count."""
    home = Path(sys.argv[1])
    opened: list[str] = []

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and str(arguments[0]).endswith(".jsonl"):
            opened.append(os.fspath(arguments[0]))  # type: ignore[call-overload]

    library = Library.open(LibraryOptions(home=home, locations=Locations.of_user()))
    before = bytes_read()
    sys.addaudithook(hear)
    began = time.perf_counter()
    library.sync(upto=IndexTier.TEXT)
    took = time.perf_counter() - began
    library.close()
    print(json.dumps({"opened": len(opened), "bytes": bytes_read() - before, "seconds": took}))


if __name__ == "__main__":
    main()
