"""A long session is asked for at the price of what is new in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sessiontui.domain.errors import SessionMissing
from sessiontui.domain.session import SessionRef
from sessiontui.services.backend_registry import backend_class
from sessiontui.services.library import Library, LibraryOptions
from tests.formats.claude_code_lines import answer, prompt
from tests.formats.claude_code_stores import FIRST, ClaudeFolder, append

LONG = [prompt(1, None, "why is the kettle slow"), answer(2, 1, "limescale " * 40_000)]


@pytest.fixture
def claude(tmp_path: Path) -> ClaudeFolder:
    """A store with one long session."""
    (tmp_path / "home").mkdir()
    folder = ClaudeFolder(tmp_path / "home")
    folder.write(records=LONG)
    return folder


def opened(claude: ClaudeFolder) -> tuple[Library, SessionRef]:
    """A library that has read nothing itself yet."""
    library = Library.open(LibraryOptions(stores=(f"claude-code:{claude.root}",)))
    store = backend_class("claude-code").open(claude.root).store_id
    return library, SessionRef(store, FIRST)


def test_what_was_indexed_is_not_read_again(
    claude: ClaudeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, ref = opened(claude)
    library.sync()
    library.close()
    append(claude.projects / "-home-kim-shop" / f"{FIRST}.jsonl", prompt(3, 2, "and now?"))
    read = 0
    readv = os.readv

    def counted(descriptor: int, buffers: list[memoryview]) -> int:
        nonlocal read
        count = readv(descriptor, buffers)
        read += count
        return count

    monkeypatch.setattr(os, "readv", counted)
    library, ref = opened(claude)
    session = library.session(ref)
    assert session.message_count == 3
    assert 0 < read < 5_000
    assert session == claude.open().get(FIRST)
    assert read > 100_000
    library.close()


def test_a_session_that_was_not_indexed_is_read(claude: ClaudeFolder) -> None:
    library, ref = opened(claude)
    assert library.session(ref) == claude.open().get(FIRST)
    library.close()


def test_a_session_that_is_gone_is_missing(claude: ClaudeFolder) -> None:
    library, ref = opened(claude)
    library.sync()
    (claude.projects / "-home-kim-shop" / f"{FIRST}.jsonl").unlink()
    with pytest.raises(SessionMissing):
        library.session(ref)
    library.close()
