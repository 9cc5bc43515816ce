"""When a cold index becomes useful: `python -m benchmarks.first_rows HOME`.

Prints JSON: seconds from the start of the process until rows were there, until a session was found
by its text, and until the conversation tier was complete.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

_STARTED = time.perf_counter()
_BETWEEN_SECONDS = 0.01
_COMMON_WORD = "the"


def main() -> None:
    """Build the index in one thread, ask in another."""
    from sessiontui.domain.query import Query  # noqa: PLC0415  importing is part of a start
    from sessiontui.domain.query_parser import parse_query  # noqa: PLC0415
    from sessiontui.domain.search import IndexTier  # noqa: PLC0415
    from sessiontui.services.library import Library, LibraryOptions  # noqa: PLC0415
    from sessiontui.storage.locations import Locations  # noqa: PLC0415

    home = Path(sys.argv[1])
    library = Library.open(LibraryOptions(home=home, locations=Locations.below(home / ".first")))
    builder = threading.Thread(target=lambda: library.sync(upto=IndexTier.TEXT))
    builder.start()
    found: dict[str, float] = {}
    questions = {
        "rows": Query(limit=50),
        "searchable": parse_query(_COMMON_WORD, datetime.now(UTC)).replace(limit=1),
    }
    while questions:
        for name, query in tuple(questions.items()):
            if library.rows(query).rows:
                found[name] = time.perf_counter() - _STARTED
                del questions[name]
        if not builder.is_alive():
            break
        time.sleep(_BETWEEN_SECONDS)
    builder.join()
    found["complete"] = time.perf_counter() - _STARTED
    library.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
