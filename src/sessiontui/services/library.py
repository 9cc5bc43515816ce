"""The one object both front ends hold: nothing but delegation.

Everything here is synchronous and safe to call from threads, except `events`.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from pydantic import BaseModel, ConfigDict

from sessiontui.domain.backend import (
    ClearScope,
    Footprint,
    ResumeCommand,
    Surroundings,
)
from sessiontui.domain.events import StoreEvent
from sessiontui.domain.message import Message
from sessiontui.domain.query import Query
from sessiontui.domain.report import ActionReport, JournalEntry
from sessiontui.domain.search import HitPage
from sessiontui.domain.session import RowPage, Session, SessionRef
from sessiontui.domain.store import Capability, StoreInfo
from sessiontui.domain.verdict import Verdict
from sessiontui.services.catalogue import Catalogue
from sessiontui.storage.locations import Locations


class LibraryOptions(BaseModel):
    """What a library is opened with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stores: tuple[str, ...] = ()
    home: Path | None = None
    """Discover below this folder and ignore the programs' environment variables."""
    read_only: bool = False
    stuck_after: timedelta = timedelta(minutes=10)
    locations: Locations | None = None
    """Our own folders; the user's by default."""

    @property
    def surroundings(self) -> Surroundings:
        """Where to discover stores."""
        if self.home is not None:
            return Surroundings(home=self.home.expanduser().absolute())
        return Surroundings(home=Path.home(), variables=dict(os.environ), current_folder=Path.cwd())


def utc_now() -> datetime:
    """The current time, aware, in UTC."""
    return datetime.now(UTC)


class Library:
    """All stores together: list, search, read, change, undo, follow."""

    def __init__(
        self,
        catalogue: Catalogue,
        options: LibraryOptions,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._catalogue = catalogue
        self._options = options
        self._clock = clock

    @classmethod
    def open(cls, options: LibraryOptions, clock: Callable[[], datetime] = utc_now) -> Library:
        """Open the stores and our own files. Raises `SettingsInvalid` for a bad `--store`."""
        return cls(Catalogue(options.surroundings, options.stores), options, clock)

    def close(self) -> None:
        """Let go of all files and connections."""
        self._catalogue.close()

    # -- reading ---------------------------------------------------------------------------

    def stores(self) -> tuple[StoreInfo, ...]:
        """Every open store, freshly asked."""
        return self._catalogue.stores()

    def rows(self, query: Query) -> RowPage:
        """The rows of the list: all sessions, or those with hits, best first while searching."""
        raise NotImplementedError

    def hits(self, query: Query, hits_per_session: int = 3) -> HitPage:
        """Sessions with their best hits, best first."""
        raise NotImplementedError

    def session(self, ref: SessionRef) -> Session:
        """One session as its store has it now. Raises `SessionMissing`."""
        raise NotImplementedError

    def verdict(self, session: Session) -> Verdict:
        """What is the matter with it, now."""
        raise NotImplementedError

    def resolve(self, text: str) -> SessionRef:
        """A ref, a key or a unique prefix. Raises `AmbiguousRef`, `SessionMissing`."""
        raise NotImplementedError

    def messages(
        self, ref: SessionRef, start: int = 0, stop: int | None = None
    ) -> Iterator[Message]:
        """The transcript; negative indices count from the end."""
        raise NotImplementedError

    def footprint(self, ref: SessionRef) -> Footprint:
        """What a delete would take."""
        raise NotImplementedError

    def why_not(self, ref: SessionRef, capability: Capability) -> str | None:
        """Why a session cannot be changed so, or None when it can. Never raises."""
        raise NotImplementedError

    def resume_command(self, ref: SessionRef) -> ResumeCommand | None:
        """How its owner continues it."""
        raise NotImplementedError

    # -- changing --------------------------------------------------------------------------

    def rename(
        self, ref: SessionRef, title: str, *, force: bool = False, dry_run: bool = False
    ) -> ActionReport:
        """Set the title; an empty one returns to the automatic title."""
        raise NotImplementedError

    def clear(
        self,
        refs: tuple[SessionRef, ...],
        scope: ClearScope | None = None,
        *,
        force: bool = False,
        dry_run: bool = False,
        expect: str | None = None,
    ) -> ActionReport:
        """Remove messages, keep the sessions."""
        raise NotImplementedError

    def delete(
        self, refs: tuple[SessionRef, ...], *, force: bool = False, dry_run: bool = False
    ) -> ActionReport:
        """Remove sessions and all that belongs to them."""
        raise NotImplementedError

    def cure(self, refs: tuple[SessionRef, ...], *, dry_run: bool = False) -> ActionReport:
        """Set stuck sessions to idle in their stores' own terms."""
        raise NotImplementedError

    def undo(self, entry_id: str | None = None) -> ActionReport:
        """Take back the last change, or a named one. Raises `NothingToUndo`, `UndoRefused`."""
        raise NotImplementedError

    def undo_entries(self) -> tuple[JournalEntry, ...]:
        """What can be taken back, newest first."""
        raise NotImplementedError

    # -- keeping up ------------------------------------------------------------------------

    def sync(
        self,
        cancel: Event | None = None,
        progress: Callable[[StoreEvent], None] | None = None,
    ) -> None:
        """Bring the index up to date with every store; an unchanged one costs a stat per file."""
        raise NotImplementedError

    def events(self, stop: Event) -> AsyncGenerator[StoreEvent, None]:
        """What happens to the stores, as it happens; the index is up to date before each event."""
        raise NotImplementedError
