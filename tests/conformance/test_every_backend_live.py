"""Whatever the format: a message that its owner writes is told, indexed and found at once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from threading import Event

import pytest

from sessiontui.domain.events import StoreEvent
from sessiontui.domain.query_parser import parse_query
from sessiontui.services.library import Library, LibraryOptions, utc_now
from sessiontui.storage.locations import Locations
from tests.conformance.stores import SAMPLES


@pytest.mark.parametrize("format_name", sorted(set(SAMPLES) - {"memory"}))
async def test_an_appended_message_is_followed_and_found(format_name: str, tmp_path: Path) -> None:
    sample = SAMPLES[format_name](tmp_path)
    store = sample.backend.store_id
    spec = f"{format_name}:{sample.backend.root}"
    sample.backend.close()
    options = LibraryOptions(
        stores=(spec,), home=tmp_path, locations=Locations.below(tmp_path / "own")
    )
    library = Library.open(options)
    await asyncio.to_thread(library.sync)
    stop = Event()
    stream = library.events(stop)
    told: list[StoreEvent] = []

    async def follow() -> None:
        async for event in stream:
            told.append(event)
            if sample.keys[1] in event.keys:
                return

    following = asyncio.create_task(follow())
    await asyncio.sleep(0.3)
    await asyncio.to_thread(sample.append, sample.keys[1], "a gasket for the zanzibarium")
    await asyncio.wait_for(following, 10)
    found = library.rows(parse_query("zanzibarium", utc_now()), whole=True)
    assert [row.ref.key for row in found.rows] == [sample.keys[1]]
    assert {event.store for event in told} == {store}
    stop.set()
    await stream.aclose()
    library.close()
