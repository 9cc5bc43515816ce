"""Titles for sessions whose store cannot hold one; kept in our own data folder.

A title is bound to the time its session was created, so that a new session under an old key does
not inherit it. One small JSON file, replaced as a whole under a lock: safe with several processes,
and complete after a crash.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec

from sessiontui.domain.errors import StoreBusy, StoreTooNew, StoreUnreadable
from sessiontui.domain.session import Session, SessionRef, TitleSource
from sessiontui.storage.atomic_file import write_file
from sessiontui.storage.file_lock import try_file_lock
from sessiontui.storage.file_state import FileState, file_state, stamp_of
from sessiontui.storage.locations import private_folder
from sessiontui.storage.system_errors import store_error

VERSION = 1
_WAIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class LocalTitle:
    """A title and the creation time of the session it was given to (None: not known)."""

    title: str
    created_at: datetime | None = None

    def fits(self, session: Session) -> bool:
        """Whether it was given to this very session."""
        return self.created_at == session.created_at


class _Line(msgspec.Struct):
    store: str
    key: str
    title: str
    created_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class LocalTitles:
    """The local titles of all sessions. Safe to use from several threads and processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._read_at: FileState | None = None
        self._titles: Mapping[SessionRef, LocalTitle] = {}
        self._problem: str | None = None

    # -- reading ---------------------------------------------------------------------------

    def all(self) -> Mapping[SessionRef, LocalTitle]:
        """Every local title; costs one stat call while nothing changes.

        A damaged file gives none, and says so in `problem`.
        """
        with self._lock:
            return self._current()

    @property
    def problem(self) -> str | None:
        """Why the titles cannot be read, in one sentence; None when all is well."""
        with self._lock:
            self._current()
            return self._problem

    def stamp(self) -> str:
        """A text that changes with every change of a title, of whichever process."""
        try:
            return stamp_of((file_state(self.path),))
        except OSError:
            return "-"

    def record(self, ref: SessionRef) -> LocalTitle | None:
        """What is held for a reference, whether or not it fits the session there now."""
        return self.all().get(ref)

    def overlay(self, session: Session) -> Session:
        """The session with its local title, if it has one; else as it is."""
        held = self.record(session.ref)
        if held is None or not held.fits(session):
            return session
        return session.replace(title=held.title, title_source=TitleSource.LOCAL)

    # -- changing --------------------------------------------------------------------------

    def put(self, ref: SessionRef, record: LocalTitle | None) -> None:
        """Hold a title for a reference, or none; durable when this returns.

        Raises `StoreBusy`, `StoreTooNew`, `StoreUnreadable`; the titles are then as they were.
        """
        try:
            private_folder(self.path.parent)
            lock = self.path.with_name(self.path.name + ".lock")
            with try_file_lock(lock, _WAIT_SECONDS) as held, self._lock:
                if not held:
                    raise StoreBusy("the local titles are being changed", "try again in a moment")
                titles = self._for_change()
                if titles.get(ref) == record:
                    return
                if record is None:
                    titles.pop(ref, None)
                else:
                    titles[ref] = record
                write_file(self.path, _encoded(titles))
                self._read_at = None
        except OSError as error:
            raise store_error(error, self.path) from error

    def _for_change(self) -> dict[SessionRef, LocalTitle]:
        try:
            return dict(self._load()[1])
        except StoreUnreadable:
            # What cannot be read is not written over: it may be mended by hand.
            self.path.rename(self.path.with_name(self.path.name + ".damaged"))
            return {}

    def _current(self) -> Mapping[SessionRef, LocalTitle]:
        try:
            state = file_state(self.path)
            if state is None or state != self._read_at:
                self._read_at, self._titles = self._load()
                self._problem = None
        except OSError as error:
            self._read_at, self._titles = None, {}
            self._problem = store_error(error, self.path).title
        except (StoreUnreadable, StoreTooNew) as error:
            self._read_at, self._titles = None, {}
            self._problem = error.title
        return self._titles

    def _load(self) -> tuple[FileState | None, Mapping[SessionRef, LocalTitle]]:
        # The state is taken before reading: a change in between is seen the next time.
        state = file_state(self.path)
        return state, _decoded(self.path.read_bytes()) if state else {}


def _encoded(titles: Mapping[SessionRef, LocalTitle]) -> bytes:
    lines = [
        {"store": ref.store, "key": ref.key, **msgspec.to_builtins(held)}
        for ref, held in sorted(titles.items())
    ]
    # Escapes keep keys that are no valid Unicode.
    return json.dumps({"version": VERSION, "titles": lines}, indent=1).encode("ascii")


def _decoded(content: bytes) -> Mapping[SessionRef, LocalTitle]:
    try:
        value: Any = json.loads(content)
        version = value["version"]
        if isinstance(version, int) and version > VERSION:
            raise StoreTooNew(
                "the local titles were written by a newer version", "update sessiontui"
            )
        lines = msgspec.convert(value["titles"], list[_Line])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise StoreUnreadable("the file of local titles is damaged") from error
    return {
        SessionRef(line.store, line.key): LocalTitle(title=line.title, created_at=line.created_at)
        for line in lines
    }
