"""The whole app without a terminal: it follows its stores and is searched without pause.

Arguments: our own folder, then the stores. It prints `open` when its list is filled, searches until
its standard input gives a line, waits until that line's number of messages is found, and prints one
JSON object: how many searches it made, what went wrong, and what a few queries find.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from textual.pilot import Pilot

from sessiontui.domain.query_parser import parse_query
from sessiontui.domain.search import IndexTier
from sessiontui.services.library import Library, LibraryOptions
from sessiontui.storage.locations import Locations
from sessiontui.ui.app import SessionApp

QUERIES = ("", "message", '"message 7"', "mess", "museum OR kettle", "-harbour message", "titel")
SECONDS_TO_SETTLE = 30.0


def answers(library: Library) -> dict[str, object]:
    """What every query finds, whole."""
    found: dict[str, object] = {}
    for text in QUERIES:
        query = parse_query(text, datetime.now(UTC))
        page = library.hits(query, 5) if query.searches_text else None
        found[text] = (
            sorted([*map(str, (row.ref, row.message_count))] for row in library.rows(query).rows)
            if page is None
            else sorted(
                [str(item.row.ref), item.hit_count, [hit.message_index for hit in item.hits]]
                for item in page.items
            )
        )
    return found


async def used(pilot: Pilot[None], library: Library) -> dict[str, object]:
    """Search in the box until told to stop; then what is found."""
    app = pilot.app
    told: list[str] = []
    # Whatever reaches a person as a toast or a screen of its own went wrong here.
    app.notify = lambda message, **_: told.append(str(message))  # type: ignore[method-assign]
    print("open", flush=True)
    line = asyncio.create_task(asyncio.to_thread(sys.stdin.readline))
    searches = 0
    while not line.done():
        await pilot.press("/", *QUERIES[1 + searches % (len(QUERIES) - 1)])
        await pilot.pause(0.05)
        await pilot.press("enter", "j", "escape", "escape")
        searches += 1
    wanted = int(line.result())
    end = time.monotonic() + SECONDS_TO_SETTLE
    query = parse_query("message", datetime.now(UTC))
    count = -1
    while count != wanted and time.monotonic() < end:
        await asyncio.sleep(0.05)
        count = sum(item.hit_count for item in library.hits(query).items)
    screens = [type(screen).__name__ for screen in app.screen_stack]
    return {"searches": searches, "told": told, "screens": screens, "found": count}


async def main(own: str, stores: list[str]) -> None:
    """Run the app."""
    options = LibraryOptions(stores=tuple(stores), locations=Locations.below(Path(own)))
    library = Library.open(options)
    app = SessionApp(library)
    async with app.run_test(size=(120, 36)) as pilot:
        while not library.index_status().text.complete:
            await pilot.pause(0.05)
        result = await used(pilot, library)
    library.sync(upto=IndexTier.TOOLS)
    print(json.dumps({**result, "answers": answers(library)}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2:]))
