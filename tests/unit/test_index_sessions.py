"""Whole sessions and the state of the index, as the command line shows them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sessiontui.domain.message import Message, Role, ToolResultBlock
from sessiontui.domain.query import Query
from sessiontui.domain.search import IndexTier
from sessiontui.domain.session import Session, SessionRef, SessionState, TitleSource
from sessiontui.services.backend_registry import backend_class
from sessiontui.services.index_details import details_of, details_text
from sessiontui.services.library import Library, LibraryOptions
from tests.building import text_message

AT = datetime(2026, 3, 1, 8, 0, 5, 123457, tzinfo=UTC)


def full_session(key: str) -> Session:
    """A session in which no field is empty."""
    return Session(
        ref=SessionRef("memory-1", key),
        format="memory",
        title="a title, 東京",
        title_source=TitleSource.STORE,
        created_at=AT,
        last_activity=AT + timedelta(microseconds=1),
        state=SessionState.RUNNING,
        turn_id="t1",
        turn_started_at=AT - timedelta(days=9000),
        agent="scout",
        model="small",
        workspace=Path("/home/x y"),
        repo="shop",
        branch="main",
        channel="telegram.home",
        room="7",
        sender="kim",
        thread="1",
        native_id="n",
        parent=SessionRef("memory-1", "the: parent"),
        turns=3,
        tokens=12,
        problem="one line is damaged",
    )


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """A library over one store in memory with a full session and a bare one."""
    backend = backend_class("memory").create(tmp_path / "store")
    backend.put(full_session("full"), [text_message(Role.USER, "hello", AT)])
    bare = Session(ref=SessionRef("", "bare"), format="memory")
    output = ToolResultBlock(text="output " * 20_000)
    backend.put(bare, [Message(index=0, role=Role.TOOL, blocks=(output,))])
    return Library.open(LibraryOptions(stores=(f"memory:{tmp_path / 'store'}",)))


def test_the_index_gives_back_every_field_of_a_session(library: Library) -> None:
    library.sync(upto=IndexTier.ROWS)
    page = library.sessions(Query())
    assert [session.ref.key for session in page.sessions] == ["full", "bare"]
    assert page.total == 2
    for held in page.sessions:
        assert held == library.session(held.ref)
    library.close()


@pytest.mark.parametrize("key", ["the: parent", "東京", ""])
def test_rows_name_the_branch_and_the_parent(tmp_path: Path, key: str) -> None:
    backend = backend_class("memory").create(tmp_path / "store")
    parent = SessionRef("memory-1", key)
    backend.put(full_session("full").replace(parent=parent, branch=f"b {key}"), ())
    backend.put(Session(ref=SessionRef("", "bare"), format="memory"), ())
    library = Library.open(LibraryOptions(stores=(f"memory:{tmp_path / 'store'}",)))
    library.sync(upto=IndexTier.ROWS)
    rows = {row.ref.key: row for row in library.rows(Query(), whole=True).rows}
    assert (rows["full"].parent, rows["full"].branch) == (parent, f"b {key}")
    assert (rows["bare"].parent, rows["bare"].branch) == (None, None)
    assert (rows["full"].hit_count, rows["full"].snippet, rows["full"].matches) == (0, None, ())
    library.close()


def test_a_page_of_sessions_knows_the_total(library: Library) -> None:
    library.sync(upto=IndexTier.ROWS)
    page = library.sessions(Query(limit=1, offset=1))
    assert ([session.ref.key for session in page.sessions], page.total) == (["bare"], 2)
    library.close()


@pytest.mark.parametrize("key", ["full", "half \ud83d"])
def test_details_survive_as_text(key: str) -> None:
    session = full_session(key).replace(sender=key)
    details = details_of(details_text(session))
    assert details["sender"] == key
    assert (details["turns"], details["tokens"]) == (3, 12)


def test_empty_details_take_no_room() -> None:
    bare = Session(ref=SessionRef("m", "bare"), format="memory")
    assert details_text(bare) is None
    assert details_of(None) == {}


def test_the_status_says_what_is_there_and_what_is_missing(library: Library) -> None:
    library.sync(upto=IndexTier.TEXT)
    status = library.index_status()
    assert status.sessions == 2
    assert status.path.is_file()
    assert status.size_bytes > 0
    assert (status.text.complete, status.text.items) == (True, 1)
    assert (status.tools.complete, status.tools.pending_sessions) == (False, 1)
    library.rebuild_index()
    rebuilt = library.index_status()
    assert rebuilt.tools.complete
    assert rebuilt.tools.items == 1
    # Some builds of SQLite cannot tell sizes.
    assert rebuilt.tools.size_bytes is None or rebuilt.tools.size_bytes > 0
    assert rebuilt.problem is None
    library.close()
