"""Stores in memory with sessions to look after, for the tests of the ui."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import NamedTuple

from sessiontui.backends.memory import Memory
from sessiontui.domain.message import Message, Role, ToolCallBlock, ToolResultBlock
from sessiontui.domain.session import Session, SessionRef, SessionState, TitleSource
from sessiontui.services.library import LibraryOptions
from sessiontui.services.settings import LoadedSettings, Settings
from sessiontui.storage.locations import Locations
from sessiontui.ui.app import SessionApp
from tests.building import text_message
from tests.ui.told_library import ToldLibrary

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
_numbers = itertools.count()


class Story(NamedTuple):
    """A store in memory and the library over it."""

    store: Memory
    library: ToldLibrary

    def ref(self, key: str) -> SessionRef:
        """The reference of one of its sessions."""
        return SessionRef(self.store.store_id, key)

    def app(
        self,
        *,
        theme: str = "",
        keymap: Mapping[str, str] | None = None,
        first_run: bool = False,
        notice: str | None = None,
    ) -> SessionApp:
        """The program over the library and a ready index, with its clock stopped."""
        self.library.sync()
        settings = LoadedSettings.defaults()
        chosen = Settings(theme=theme, keymap=keymap or {})
        return SessionApp(
            self.library,
            clock=lambda: NOW,
            settings=settings.replace(settings=chosen),
            first_run=first_run,
            notice=notice,
        )

    def add(
        self,
        key: str,
        title: str | None,
        messages: list[Message] | None = None,
        age: timedelta = timedelta(hours=2),
        **fields: object,
    ) -> SessionRef:
        """Put a session into the store."""
        ref = self.ref(key)
        session = Session(
            ref=ref,
            format="memory",
            title=title,
            title_source=TitleSource.STORE if title else TitleSource.DERIVED,
            created_at=NOW - age - timedelta(hours=1),
            last_activity=NOW - age,
            state=SessionState.IDLE,
        )
        said = messages if messages is not None else talk(title or key)
        self.store.put(session.replace(**fields), said)
        return ref

    def tell(self, *keys: str) -> None:
        """The watcher says that some sessions changed."""
        self.library.tell(self.store.store_id, *keys)


def talk(topic: str, turns: int = 2, at: datetime = NOW) -> list[Message]:
    """A conversation about something."""
    said: list[Message] = []
    for turn in range(turns):
        said += [
            text_message(Role.USER, f"question {turn} about {topic}", at),
            text_message(Role.ASSISTANT, f"answer {turn} about {topic}", at),
        ]
    return said


def tool_turn(at: datetime = NOW) -> list[Message]:
    """A turn in which a tool is used."""
    call = ToolCallBlock(call_id="1", name="shell", arguments={"command": "ls -la"})
    result = ToolResultBlock(call_id="1", text="total 3\nplan.md\nnotes.md", is_error=False)
    return [
        Message(index=0, role=Role.ASSISTANT, blocks=(call,), created_at=at),
        Message(index=0, role=Role.TOOL, blocks=(result,), created_at=at),
    ]


def empty_story(folder: Path) -> Story:
    """A store without sessions, at a place of its own."""
    root = folder / f"store-{next(_numbers)}"
    store = Memory.create(root)
    options = LibraryOptions(stores=(f"memory:{root}",), locations=Locations.below(folder / "own"))
    library = ToldLibrary.open(options, lambda: NOW)
    assert isinstance(library, ToldLibrary)
    library.asked = []
    library.asked_whole = []
    library.may_complete = Event()
    library.may_complete.set()
    library.happened = asyncio.Queue()
    return Story(store, library)


def ordinary_story(folder: Path) -> Story:
    """A store as one finds it: something stuck, something running, older things."""
    story = empty_story(folder)
    hours, days = timedelta(hours=1), timedelta(days=1)
    plan = [
        text_message(Role.USER, "plan a trip to Oslo with periwinkle hats", NOW - 7 * hours),
        *tool_turn(NOW - 7 * hours),
        text_message(Role.ASSISTANT, "Here is the plan:\n\n1. Museum\n2. Harbour", NOW - 6 * hours),
    ]
    story.add("trip", "trip plan", plan, agent="scout", channel="telegram")
    story.add(
        "job",
        "run the long job",
        [text_message(Role.USER, "book the night train to Oslo and wait for it")],
        5 * hours,
        agent="scout",
        state=SessionState.RUNNING,
        turn_started_at=NOW - 5 * hours,
    )
    story.add(
        "live",
        "fix the wobblegasket",
        talk("the Oslo timezone"),
        timedelta(minutes=1),
        workspace=Path("/home/me/src/app"),
        state=SessionState.RUNNING,
        turn_started_at=NOW - timedelta(minutes=2),
    )
    story.add("boom", "boom", None, 6 * hours, agent="scout", state=SessionState.ERROR)
    story.add("old", "review the parser", None, days, workspace=Path("/home/me/src/cx"))
    story.add("older", None, talk("quokkas"), 9 * days, agent="demo")
    return story
