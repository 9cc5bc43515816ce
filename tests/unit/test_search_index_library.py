"""The library's reading half: rows, hits, references, sessions, and what happens to the stores."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing, closing
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from sessiontui.backends.memory import Memory
from sessiontui.domain.errors import AmbiguousRef, SessionMissing, StoreMissing
from sessiontui.domain.events import StoreEvent, StoreEventKind
from sessiontui.domain.message import Role, ToolResultBlock
from sessiontui.domain.query import Query
from sessiontui.domain.search import IndexTier
from sessiontui.domain.session import SessionRef, SessionState, TitleSource
from sessiontui.domain.verdict import VerdictStatus
from sessiontui.services.index_schema import FILE_NAME
from sessiontui.services.library import Library, LibraryOptions
from sessiontui.storage.locations import Locations
from tests.building import text_message
from tests.unit.indexing import NOW, put_session, spoil, typed


@pytest.fixture
def stores(tmp_path: Path) -> tuple[Memory, Memory]:
    """Two stores: one with two sessions, one with three."""
    left, right = Memory(tmp_path / "left"), Memory(tmp_path / "right")
    put_session(left, "gw_first", ["why is the kettle slow", "limescale"])
    put_session(left, "shared", ["hello"], age=timedelta(days=2))
    put_session(right, "gw_second", ["clean the oven"], age=timedelta(days=3))
    put_session(right, "shared", ["hello again"], age=timedelta(days=4))
    put_session(right, "odd: key", ["名前"], age=timedelta(days=5))
    return left, right


@pytest.fixture
def library(tmp_path: Path, stores: tuple[Memory, Memory]) -> Iterator[Library]:
    """A library over both, synced."""
    options = LibraryOptions(
        stores=tuple(f"memory:{store.root}" for store in stores),
        locations=Locations.below(tmp_path / "own"),
    )
    opened = Library.open(options, lambda: NOW)
    opened.sync()
    yield opened
    opened.close()


def test_rows_and_hits_come_from_all_open_stores(
    library: Library, stores: tuple[Memory, Memory]
) -> None:
    page = library.rows(Query())
    assert [row.ref.key for row in page.rows] == [
        "gw_first", "shared", "gw_second", "shared", "odd: key",
    ]  # fmt: skip
    found = library.rows(typed("hello"))
    assert {row.ref.store for row in found.rows} == {store.store_id for store in stores}
    hits = library.hits(typed("limescale"))
    assert [item.row.ref.key for item in hits.items] == ["gw_first"]
    assert hits.items[0].hits[0].snippet == "limescale"


def test_a_whole_reference_a_key_and_a_unique_beginning_name_a_session(
    library: Library, stores: tuple[Memory, Memory]
) -> None:
    left, right = stores
    first = SessionRef(left.store_id, "gw_first")
    assert library.resolve(str(first)) == first
    assert library.resolve("gw_first") == first
    assert library.resolve("gw_f") == first
    assert library.resolve(f"{left.store_id}:gw") == first
    assert library.resolve(f"{right.store_id}:shared") == SessionRef(right.store_id, "shared")
    assert library.resolve("odd: k") == SessionRef(right.store_id, "odd: key")
    assert library.resolve("odd: key") == SessionRef(right.store_id, "odd: key")


@pytest.mark.parametrize("text", ["shared", "gw_", "memory-"])
def test_what_fits_several_sessions_is_refused_with_the_candidates(
    library: Library, text: str
) -> None:
    with pytest.raises(AmbiguousRef) as raised:
        library.resolve(text)
    found = raised.value.candidates
    assert len(found) == len(set(found)) >= 2
    assert found == tuple(sorted(found))
    assert str(found[0]) in raised.value.hint


@pytest.mark.parametrize("text", ["nobody", "", ":", "nowhere:gw_first", "\udc80"])
def test_what_names_no_session_is_said_to_be_missing(library: Library, text: str) -> None:
    with pytest.raises(SessionMissing):
        library.resolve(text)


def test_a_session_is_found_that_the_index_has_not_seen_yet(
    library: Library, stores: tuple[Memory, Memory]
) -> None:
    put_session(stores[0], "brand-new", ["hi"])
    assert library.resolve("brand-n").key == "brand-new"
    assert library.resolve("brand-new").key == "brand-new"


def test_a_session_and_its_messages_are_read_from_the_store(
    library: Library, stores: tuple[Memory, Memory]
) -> None:
    ref = SessionRef(stores[0].store_id, "gw_first")
    stores[0].append(ref.key, text_message(Role.USER, "one more", NOW))
    session = library.session(ref)
    assert session.message_count == 3
    assert [message.index for message in library.messages(ref, -2)] == [1, 2]
    with pytest.raises(SessionMissing):
        library.session(SessionRef(ref.store, "nobody"))
    with pytest.raises(StoreMissing):
        library.session(SessionRef("nowhere", "gw_first"))


def test_a_local_title_is_on_the_session_and_in_the_rows(tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    folder.mkdir()
    (folder / "talk.jsonl").write_text('{"role":"user","content":"hello"}\n')
    options = LibraryOptions(
        stores=(f"zeroclaw-jsonl:{folder}",), locations=Locations.below(tmp_path / "own")
    )
    with closing(Library.open(options, lambda: NOW)) as library:
        library.sync()
        ref = library.resolve("talk")
        library.rename(ref, "Wobblegasket", force=True)
        session = library.session(ref)
        assert (session.title, session.title_source) == ("Wobblegasket", TitleSource.LOCAL)
        assert [row.ref for row in library.rows(typed("wobblegasket")).rows] == [ref]
        library.rename(ref, "", force=True)
        assert library.rows(typed("wobblegasket")).rows == ()
        assert library.rows(Query()).rows[0].title == "hello"


def test_a_rename_is_seen_at_once_in_rows_and_search(library: Library) -> None:
    ref = library.resolve("gw_first")
    library.rename(ref, "Wobblegasket")
    row = library.rows(typed("wobblegasket")).rows[0]
    assert (row.ref, row.title, row.title_source) == (ref, "Wobblegasket", TitleSource.STORE)
    assert library.session(ref).title == "Wobblegasket"


def test_a_delete_and_its_undo_are_seen_at_once(library: Library) -> None:
    ref = library.resolve("gw_first")
    library.delete((ref,), force=True)
    assert library.rows(typed("limescale")).rows == ()
    library.undo()
    assert [row.ref for row in library.rows(typed("limescale")).rows] == [ref]


def test_the_verdict_goes_by_the_clock(library: Library, stores: tuple[Memory, Memory]) -> None:
    put_session(
        stores[0], "run", ["go", "on"], None, timedelta(hours=1), {"state": SessionState.RUNNING}
    )
    library.sync()
    ref = SessionRef(stores[0].store_id, "run")
    verdict = library.verdict(library.session(ref))
    assert verdict.status is VerdictStatus.STUCK
    row = next(row for row in library.rows(Query()).rows if row.ref == ref)
    assert row.status == "stuck"
    assert [row.ref for row in library.rows(typed("is:stuck")).rows] == [ref]


def test_a_damaged_index_gives_the_rows_at_once_and_the_texts_after_a_sync(
    library: Library, tmp_path: Path
) -> None:
    library.close()
    spoil(tmp_path / "own" / "cache" / FILE_NAME, "session")
    assert library.rows(Query()).total == 5
    assert library.rows(typed("limescale")).total == 0
    assert len(library.notices()) == 1
    assert library.notices() == ()
    library.sync()
    assert library.rows(typed("limescale")).total == 1


def test_tool_output_need_not_be_waited_for(
    library: Library, stores: tuple[Memory, Memory]
) -> None:
    put_session(stores[0], "tools", ["go", ToolResultBlock(text="gasket " + "x" * 100_000)])
    library.sync(upto=IndexTier.TEXT)
    assert library.rows(typed("gasket in:tools")).total == 0
    library.sync()
    assert library.rows(typed("gasket in:tools")).total == 1


async def test_what_happened_is_told_once_the_index_knows_it(
    library: Library, stores: tuple[Memory, Memory]
) -> None:
    stores[0].append("shared", text_message(Role.USER, "gasket"))
    stop = Event()
    seen: list[StoreEvent] = []
    async with aclosing(library.events(stop)) as events:
        seen.append(await asyncio.wait_for(anext(events), 5))
        assert library.rows(typed("gasket")).total == 1
    stop.set()
    (event,) = seen
    assert event.kind is StoreEventKind.CHANGED
    assert (event.store, event.keys) == (stores[0].store_id, frozenset({"shared"}))
    assert event.generation > 0
