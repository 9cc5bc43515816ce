"""Very long sessions are read for the index in parts, and are the same in it as read at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from benchmarks.conversations import Program
from benchmarks.histories import conversations, write

from sessiontui.backends.claude_code import ClaudeCode
from sessiontui.backends.codex import Codex
from sessiontui.domain import indexed_text
from sessiontui.domain.backend import SessionBackend
from sessiontui.domain.errors import StoreUnreadable
from sessiontui.domain.indexed_text import TextBatch
from sessiontui.services.index_items import unpacked
from sessiontui.services.index_schema import FILE_NAME
from sessiontui.services.index_texts import ReadText
from sessiontui.services.library import Library, LibraryOptions
from sessiontui.services.search_index import PendingText
from sessiontui.services.text_reading import TextReading
from sessiontui.storage.locations import Locations

MEGABYTES = 5
WHOLE, FEW = indexed_text.LONGEST_BATCH, 200_000
"""Characters: several batches for a session of that size."""


@pytest.fixture(scope="module", params=[Program.CLAUDE_CODE, Program.CODEX])
def backend(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[SessionBackend]:
    """A store with one long session."""
    home = tmp_path_factory.mktemp("long")
    talk = next(conversations(MEGABYTES, 1, 1_790_000_000.0, sessions=1))
    write(home, [talk._replace(program=request.param)], 1)
    of_claude = request.param is Program.CLAUDE_CODE
    opened: SessionBackend
    opened = ClaudeCode.open(home / ".claude") if of_claude else Codex.open(home / ".codex")
    yield opened
    opened.close()


def batches(backend: SessionBackend, *, tools: bool) -> Iterator[TextBatch]:
    """What is read of the session, one batch after the other."""
    (session,) = backend.scan()
    batch = backend.text_since(session.ref.key, None, tools=tools)
    yield batch
    while batch.more:
        batch = backend.text_since(session.ref.key, batch.cursor, tools=tools)
        yield batch


def test_parts_follow_one_another_and_the_last_one_tells_of_the_session(
    backend: SessionBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    (whole,) = batches(backend, tools=True)
    assert whole.session is not None
    monkeypatch.setattr(indexed_text, "LONGEST_BATCH", FEW)
    parts = list(batches(backend, tools=True))
    assert len(parts) > 2
    assert [item for part in parts for item in part.items] == whole.items
    assert [part.restart for part in parts] == [True, *[False] * (len(parts) - 1)]
    assert [part.session for part in parts] == [*[None] * (len(parts) - 1), whole.session]
    # The conversation alone is little enough.
    assert len(list(batches(backend, tools=False))) == 1


def held(cache: Path) -> list[tuple[Any, ...]]:
    """What an index holds, whatever its numbers are."""
    with closing(sqlite3.connect(cache / FILE_NAME)) as connection:
        rows = connection.execute(
            "SELECT i.place, i.role, i.at, w.text FROM text_item AS i "
            "JOIN text_words AS w ON w.rowid = i.id ORDER BY i.id"
        ).fetchall()
        tools = connection.execute("SELECT place, role, at, body FROM tools_item ORDER BY id")
        rows += [(*told, unpacked(body)) for *told, body in tools]
        session = connection.execute(
            "SELECT title, message_count, pending, roles, has FROM session"
        )
        return [*rows, *session]


def test_an_index_of_parts_is_that_of_the_whole(
    backend: SessionBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = f"{backend.format}:{backend.root}"
    read, failed = TextReading.read, []
    found: list[list[tuple[Any, ...]]] = []

    def fails_in_the_middle(reading: TextReading, text: PendingText) -> ReadText:
        if text.tools_cursor is not None:
            monkeypatch.setattr(TextReading, "read", read)
            failed.append(text)
            raise StoreUnreadable("a disk was pulled out")
        return read(reading, text)

    for name, longest in (("whole", WHOLE), ("parts", FEW), ("torn", FEW)):
        monkeypatch.setattr(indexed_text, "LONGEST_BATCH", longest)
        places = Locations.below(tmp_path / name)
        library = Library.open(LibraryOptions(stores=(store,), locations=places))
        if name == "torn":
            monkeypatch.setattr(TextReading, "read", fails_in_the_middle)
        # Where it failed, the second round of it goes on.
        library.sync()
        library.close()
        found.append(held(places.cache))
    assert len(failed) == 1
    assert found[0] == found[1] == found[2]
    assert found[0][-1][2] == 0
