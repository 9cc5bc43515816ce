"""Stores, clocks and a workbench for tests of changes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar, NamedTuple

from sessiontui.backends.memory import Memory
from sessiontui.domain.backend import ClearScope, SessionBackend, Surroundings
from sessiontui.domain.errors import StoreUnreadable
from sessiontui.domain.message import Message, Role
from sessiontui.domain.report import ActionReport, JournalEntry
from sessiontui.domain.session import Session, SessionPatch, SessionRef, SessionState
from sessiontui.domain.store import CHANGES, Capabilities, Capability, StoreInfo
from sessiontui.services import backend_registry
from sessiontui.services.action_checks import ActionChecks, ActionOptions
from sessiontui.services.catalogue import Catalogue
from sessiontui.services.local_titles import LocalTitles
from sessiontui.services.session_actions import SessionActions
from sessiontui.services.undo_journal import UndoJournal
from tests.building import text_message

START = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, duration: timedelta) -> None:
        """Let time pass; also backwards."""
        self.now += duration


class Untitled(Memory):
    """A store whose format holds no titles and no state."""

    format: ClassVar[str] = "untitled"
    capabilities: ClassVar[Capabilities] = Memory.capabilities.without(
        frozenset({Capability.RENAME, Capability.SET_STATE}), "this format has no place for it"
    )
    change_notes: ClassVar[Mapping[Capability, str]] = {
        Capability.DELETE: "its program may write it again"
    }
    _shared: ClassVar[dict[Path, dict[str, object]]] = {}  # type: ignore[assignment]


class Overwritten(Memory):
    """A store whose running owner would write its old title again."""

    format: ClassVar[str] = "overwritten"
    capabilities: ClassVar[Capabilities] = Memory.capabilities.replace(
        overwritten_when_live=frozenset({Capability.RENAME})
    )
    _shared: ClassVar[dict[Path, dict[str, object]]] = {}  # type: ignore[assignment]


class Contrary(Memory):
    """A store that can be told to misbehave; the settings are those of the class."""

    format: ClassVar[str] = "contrary"
    writable: ClassVar[bool] = True
    available: ClassVar[bool] = True
    fails: ClassVar[frozenset[str]] = frozenset()
    """Keys whose change raises after it was made."""
    before_change: ClassVar[Callable[[Contrary, str], None] | None] = None
    """Called when a change is about to begin, after its snapshot."""
    _shared: ClassVar[dict[Path, dict[str, object]]] = {}  # type: ignore[assignment]

    def info(self) -> StoreInfo:
        narrowed = self.capabilities
        if not self.writable:
            narrowed = narrowed.without(CHANGES, "the store cannot be written")
        return (
            super()
            .info()
            .replace(
                writable=self.writable,
                available=self.available,
                problem=None if self.available else "it is in pieces",
                capabilities=narrowed,
            )
        )

    def _about_to_change(self, key: str) -> None:
        meddle = type(self).before_change
        if meddle is not None:
            meddle(self, key)

    def delete(self, key: str, expect: str | None = None) -> bool:
        self._about_to_change(key)
        found = super().delete(key, expect)
        self._fail(key)
        return found

    def clear(self, key: str, scope: ClearScope | None = None, expect: str | None = None) -> int:
        self._about_to_change(key)
        count = super().clear(key, scope, expect)
        self._fail(key)
        return count

    def patch(self, key: str, changes: SessionPatch, expect: str | None = None) -> None:
        self._about_to_change(key)
        super().patch(key, changes, expect)
        self._fail(key)

    def _fail(self, key: str) -> None:
        if key in self.fails:
            raise StoreUnreadable("the disk went away", "bring it back")


_FORMATS = {"untitled": Untitled, "overwritten": Overwritten, "contrary": Contrary}


@contextmanager
def known_formats() -> Iterator[None]:
    """Make the formats of this module known, and forget what their stores held."""
    found = dict(backend_registry._found())
    for name, backend in _FORMATS.items():
        found[name] = f"{backend.__module__}:{backend.__name__}"
    original = backend_registry._found
    backend_registry._found = lambda: found  # type: ignore[assignment]
    backend_registry.backend_class.cache_clear()
    try:
        yield
    finally:
        backend_registry._found = original
        backend_registry.backend_class.cache_clear()
        for backend in (Memory, *_FORMATS.values()):
            backend._shared.clear()
        Contrary.writable = Contrary.available = True
        Contrary.fails, Contrary.before_change = frozenset(), None


class Bench(NamedTuple):
    """Open stores in memory, and everything that changes them."""

    catalogue: Catalogue
    journal: UndoJournal
    titles: LocalTitles
    actions: SessionActions
    clock: Clock

    def store(self, number: int = 0) -> SessionBackend:
        """The open store of that number."""
        return self.catalogue.backends[number]

    def content(self) -> dict[str, tuple[Session, tuple[Message, ...]]]:
        """Every session with its local title and its messages, by reference."""
        return {
            str(session.ref): (
                self.titles.overlay(session),
                tuple(backend.messages(session.ref.key)),
            )
            for backend in self.catalogue.backends
            for session in backend.scan()
        }


def open_bench(
    folder: Path,
    *specs: str,
    clock: Clock | None = None,
    read_only: bool = False,
    named: bool = True,
    home: Path | None = None,
    wait_seconds: float = 0.0,
    keep_bytes: int = 500_000_000,
) -> Bench:
    """A workbench over stores such as `memory:a`, its own files below `folder`."""
    clock = clock or Clock()
    rooted = tuple(spec.replace(":", f":{folder}/stores/", 1) for spec in specs or ("memory:a",))
    catalogue = Catalogue(Surroundings(home=folder), rooted)
    journal = UndoJournal(
        folder / "data" / "undo", clock, wait_seconds=wait_seconds, keep_bytes=keep_bytes
    )
    titles = LocalTitles(folder / "data" / "local-titles.json")
    options = ActionOptions(read_only=read_only, named_stores=named, home=home)
    checks = ActionChecks(catalogue, options, clock)
    actions = SessionActions(catalogue, journal, titles, options, checks)
    return Bench(catalogue, journal, titles, actions, clock)


def put_session(
    backend: SessionBackend,
    key: str,
    *texts: str,
    state: SessionState = SessionState.IDLE,
    began: datetime | None = None,
    created: datetime | None = START - timedelta(days=3),
    title: str | None = None,
) -> SessionRef:
    """A session whose messages alternate between a person and the agent; its reference."""
    ref = SessionRef(backend.store_id, key)
    session = Session(
        ref=ref,
        format=backend.format,
        created_at=created,
        last_activity=began or START - timedelta(days=1),
        state=state,
        turn_started_at=began,
        turn_id="turn-1" if began else None,
    )
    roles = (Role.USER, Role.ASSISTANT)
    messages = [text_message(roles[i % 2], text) for i, text in enumerate(texts)]
    backend.put(session, messages)
    if title is not None:
        backend.patch(key, SessionPatch(title=title))
    return ref


def delete_one(bench: Bench, key: str, text: str = "hello") -> str:
    """Put a session and delete it again; the id of the journal entry."""
    report = bench.actions.delete([put_session(bench.store(), key, text)])
    assert report.undo_id is not None
    return report.undo_id


def only_entry(bench: Bench) -> JournalEntry:
    """The one entry of the journal."""
    (entry,) = bench.actions.undo_entries()
    return entry


def payloads(bench: Bench, entry_id: str) -> list[Path]:
    """The payload files of an entry."""
    return sorted((bench.journal.folder / entry_id).glob("*.snapshot"))


def rewrite_manifest(bench: Bench, entry_id: str, **changes: object) -> bytes:
    """Change fields of a manifest on the disk; its new bytes."""
    manifest = bench.journal.folder / entry_id / "manifest.json"
    value = json.loads(manifest.read_bytes()) | changes
    manifest.write_text(json.dumps(value))
    return manifest.read_bytes()


def reasons(report: ActionReport) -> dict[str, tuple[str, int]]:
    """Why sessions were skipped, and the exit codes, by key."""
    return {skipped.ref.key: (skipped.reason, skipped.code) for skipped in report.skipped}


def texts(backend: SessionBackend, key: str) -> list[str]:
    """The texts of a session's messages."""
    return [
        block.text
        for message in backend.messages(key)
        for block in message.blocks
        if block.kind == "text"
    ]
