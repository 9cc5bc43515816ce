"""An agent's session stands below the one thread of a bot that names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sessiontui.backends.claude_code import ClaudeCode
from sessiontui.backends.hermes_bot import HermesBot
from sessiontui.domain.backend import SessionBackend
from sessiontui.domain.message import Role
from sessiontui.domain.query import Query
from sessiontui.domain.search import IndexTier
from sessiontui.domain.session import Session, SessionPatch, SessionRef
from sessiontui.services.backend_registry import backend_class
from sessiontui.services.library import Library, LibraryOptions
from tests.building import text_message
from tests.formats.claude_code_stores import FIRST, SECOND, ClaudeFolder

THREAD, OTHER = "1773612345.000100", "1773612346.000200"


class Home:
    """A home with a bot's store and Claude Code's, and a library over both."""

    def __init__(self, folder: Path) -> None:
        self.claude = ClaudeFolder(folder / "kim")
        self.claude.write()
        self.claude.write(SECOND)
        bot = folder / "kim" / "bot" / "sessions.db"
        bot.parent.mkdir()
        self.bot: SessionBackend = HermesBot.create(bot)
        self.agent = ClaudeCode.open(self.claude.root)
        self.stores = (f"claude-code:{self.claude.root}", f"hermes-bot:{bot}")

    def open(self, stores: tuple[str, ...] | None = None) -> Library:
        return Library.open(LibraryOptions(stores=stores or self.stores))

    def thread(self, key: str, native_id: str) -> None:
        """A thread that names a session of the agent."""
        ref = SessionRef(self.bot.store_id, key)
        given = Session(ref=ref, format="hermes-bot", native_id=native_id, repo="shop",
                        workspace=Path("/home/kim/shop"), channel="C0A")  # fmt: skip
        self.bot.put(given, ())

    def parent(self, library: Library, key: str = FIRST) -> SessionRef | None:
        """Whom all ways of asking agree on as the parent of one of the agent's sessions."""
        ref = SessionRef(self.agent.store_id, key)
        library.sync(upto=IndexTier.TEXT)
        rows = {row.ref: row.parent for row in library.rows(Query(), whole=True).rows}
        held = {one.ref: one.parent for one in library.sessions(Query()).sessions}
        assert rows == held
        assert library.session(ref).parent == rows[ref]
        return rows[ref]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_a_session_stands_below_the_only_thread_that_names_it(home: Home) -> None:
    home.thread(THREAD, FIRST)
    home.thread(OTHER, "pending-" + OTHER)
    library = home.open()
    thread = SessionRef(home.bot.store_id, THREAD)
    assert home.parent(library) == thread
    assert home.parent(library, SECOND) is None
    rows = library.rows(Query(), whole=True).rows
    assert {row.parent for row in rows if row.ref.store == home.bot.store_id} == {None}
    library.close()


def test_whatever_comes_first_and_whatever_changes(home: Home) -> None:
    library = home.open()
    assert home.parent(library) is None
    home.thread(THREAD, FIRST)
    thread = SessionRef(home.bot.store_id, THREAD)
    assert home.parent(library) == thread
    home.thread(OTHER, FIRST)
    # Two threads name it: nobody can tell whose it is.
    assert home.parent(library) is None
    home.bot.patch(THREAD, SessionPatch(native_id=SECOND))
    assert home.parent(library) == SessionRef(home.bot.store_id, OTHER)
    assert home.parent(library, SECOND) == thread
    home.bot.delete(OTHER)
    assert home.parent(library) is None
    assert home.parent(library, SECOND) == thread
    library.close()


def test_what_the_store_itself_says_counts_more(home: Home) -> None:
    origin = SessionRef(home.agent.store_id, SECOND)
    forked = Session(ref=SessionRef(home.agent.store_id, FIRST), format="claude-code",
                     parent=origin, workspace=Path("/home/kim/shop"))  # fmt: skip
    home.agent.put(forked, [text_message(Role.USER, "go on")])
    home.thread(THREAD, FIRST)
    library = home.open()
    assert home.parent(library) == origin
    library.close()


def test_sessions_of_one_program_do_not_drive_each_other(tmp_path: Path) -> None:
    backend = backend_class("memory").create(tmp_path / "store")
    for key in ("copy", "session"):
        ref = SessionRef("", key)
        backend.put(Session(ref=ref, format="memory", native_id="session"), ())
    library = Library.open(LibraryOptions(stores=(f"memory:{tmp_path / 'store'}",)))
    library.sync()
    assert {row.parent for row in library.rows(Query(), whole=True).rows} == {None}
    library.close()
