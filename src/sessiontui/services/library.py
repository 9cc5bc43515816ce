"""The one object both front ends hold: nothing but delegation.

Everything here is synchronous and safe to call from threads, except `events`.
"""

from __future__ import annotations

import os
from collections.abc import (
    AsyncGenerator,
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, TypeVar

from sessiontui.domain.backend import Footprint, ResumeCommand, Surroundings
from sessiontui.domain.ending import Ending
from sessiontui.domain.errors import IndexBroken, SessionMissing, SessionTuiError
from sessiontui.domain.events import StoreEvent
from sessiontui.domain.index_status import IndexStatus
from sessiontui.domain.message import Message
from sessiontui.domain.query import FilterField, Query
from sessiontui.domain.search import HitPage, IndexTier
from sessiontui.domain.session import RowPage, Session, SessionRef
from sessiontui.domain.store import Capability, StoreInfo
from sessiontui.domain.value import Value
from sessiontui.domain.verdict import Verdict
from sessiontui.services.action_checks import ActionChecks, ActionOptions
from sessiontui.services.catalogue import Catalogue
from sessiontui.services.index_report import index_status
from sessiontui.services.index_sessions import SessionPage, held_sessions, with_driver
from sessiontui.services.index_sync import IndexLimits, IndexSync
from sessiontui.services.index_titles import held_titles
from sessiontui.services.index_values import FilterValue, filter_values
from sessiontui.services.library_changes import LibraryChanges
from sessiontui.services.local_titles import LocalTitles
from sessiontui.services.looked_at import LookedAt, Looks
from sessiontui.services.query_history import QueryHistory
from sessiontui.services.resolving import RefResolver
from sessiontui.services.search_index import SearchIndex
from sessiontui.services.session_now import session_now
from sessiontui.services.transcript import Transcript, counted, without_secrets
from sessiontui.services.view_state import ViewStateFile
from sessiontui.storage.locations import Locations

if TYPE_CHECKING:
    from sessiontui.domain.statistics import Statistics, TimeSpan
    from sessiontui.services.json_form import JsonObject
    from sessiontui.services.listed_sessions import ListedPage
    from sessiontui.services.resuming import ResumePlan
    from sessiontui.services.session_actions import SessionActions
    from sessiontui.services.statistics import StatisticsReader

Answer = TypeVar("Answer")

_TIDY_SECONDS = 60.0


class LibraryOptions(Value):
    """What a library is opened with."""

    stores: tuple[str, ...] = ()
    """Open exactly these and discover nothing else."""
    more_stores: tuple[str, ...] = ()
    """Open these too, besides what discovery finds."""
    home: Path | None = None
    """Discover below this folder and ignore the programs' environment variables."""
    read_only: bool = False
    stuck_after: timedelta = timedelta(minutes=10)
    undo_days: int = 30
    undo_megabytes: int = 500
    search_tool_output: bool = True
    """Whether tool output is indexed too."""
    index_megabytes: int = 2_000
    """Tool output is indexed only as long as the index is smaller."""
    query_history: int = 200
    """How many queries are remembered; 0: none."""
    locations: Locations | None = None
    """Our own folders; the user's by default."""

    @property
    def surroundings(self) -> Surroundings:
        """Where to discover stores."""
        if self.home is not None:
            home = self.home.expanduser().absolute()
            return Surroundings(home=home, home_is_named=True)
        return Surroundings(home=Path.home(), variables=dict(os.environ), current_folder=Path.cwd())


def utc_now() -> datetime:
    """The current time, aware, in UTC."""
    return datetime.now(UTC)


class Library(LibraryChanges):
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
        locations = options.locations or Locations.of_user()
        self._titles = LocalTitles(locations.local_titles)
        self._history = QueryHistory(locations.query_history, options.query_history)
        self._looked_at = LookedAt(locations.looked_at)
        self.view_state = ViewStateFile(locations.view_state)
        """How the screens were left, for whoever paints them."""
        acting = ActionOptions(
            read_only=options.read_only,
            stuck_after=options.stuck_after,
            named_stores=bool(options.stores),
            home=options.home and options.home.expanduser(),
        )
        self._checks = ActionChecks(catalogue, acting, clock)
        self._index = SearchIndex(locations.cache)
        self._limits = IndexLimits(options.search_tool_output, options.index_megabytes * 1_000_000)
        super().__init__(
            lambda: self._actions_over(locations.journal, acting),
            locations.journal,
            IndexSync(catalogue, self._index, self._titles, self._limits),
        )
        self._resolver = RefResolver(catalogue, self._index)
        self._statistics: StatisticsReader | None = None

    def _actions_over(self, folder: Path, acting: ActionOptions) -> SessionActions:
        # Who only reads does not wait for the code of changes and of their journal.
        from sessiontui.services.session_actions import SessionActions  # noqa: PLC0415
        from sessiontui.services.undo_journal import UndoJournal  # noqa: PLC0415

        journal = UndoJournal(
            folder,
            self._clock,
            keep_for=timedelta(days=self._options.undo_days),
            keep_bytes=self._options.undo_megabytes * 1_000_000,
        )
        return SessionActions(self._catalogue, journal, self._titles, acting, self._checks)

    @classmethod
    def open(cls, options: LibraryOptions, clock: Callable[[], datetime] = utc_now) -> Library:
        """Open the stores and our own files. Raises `SettingsInvalid` for a bad `--store`."""
        catalogue = Catalogue(options.surroundings, options.stores, options.more_stores)
        return cls(catalogue, options, clock)

    def close(self) -> None:
        """Let go of all files and connections."""
        self._index.close()
        self._catalogue.close()

    # -- reading ---------------------------------------------------------------------------

    def stores(self) -> tuple[StoreInfo, ...]:
        """Every open store, freshly asked."""
        return self._catalogue.stores()

    def remedy(self, store: str) -> str | None:
        """What a person can do about a store that cannot be read; None where that is not known."""
        return self._catalogue.remedy(store)

    def rows(self, query: Query, *, whole: bool = False) -> RowPage:
        """The rows of the list: all sessions, or those with hits, best first while searching.

        Without `whole` they may be the first rows only, found within a keystroke's time:
        `RowPage.complete` tells. Answers from the index as it is. Raises `SearchInterrupted` when
        `interrupt` was called.
        """
        return self._asked(
            lambda stores, now: self._index.rows(query, stores, now, self._stuck, whole=whole)
        )

    def hits(self, query: Query, hits_per_session: int = 3) -> HitPage:
        """Sessions with their best hits, best first. Raises as `rows` does."""
        return self._asked(
            lambda stores, now: self._index.hits(query, stores, now, self._stuck, hits_per_session)
        )

    def titles(self, refs: Collection[SessionRef]) -> Mapping[SessionRef, str]:
        """The titles of sessions as the index has them; those it does not have are left out."""
        return self._asked(lambda _stores, _now: held_titles(self._index, refs))

    def filter_values(self, field: FilterField) -> tuple[FilterValue, ...]:
        """The values that sessions of the open stores have for a filter, most common first."""
        return self._asked(lambda stores, _: filter_values(self._index.database, field, stores))

    def past_queries(self) -> tuple[str, ...]:
        """The queries that were used, in this run and before, newest first. Never raises."""
        return self._history.entries()

    def note_query(self, text: str) -> None:
        """Remember a query that was used. Never raises."""
        self._history.note(text)

    def looks(self) -> Looks:
        """What was looked at since the program was last left. Never raises."""
        return self._looked_at.looks(self._clock().timestamp())

    def note_looked(self, refs: Iterable[SessionRef]) -> None:
        """A person looks at sessions. Never raises."""
        now = self._clock().timestamp()
        self._looked_at.note(refs, now)
        self._looked_at.save(now)

    def note_left(self) -> None:
        """The person leaves: what moves from now on is new the next time. Never raises."""
        self._looked_at.save(self._clock().timestamp(), leaving=True)

    def interrupt(self) -> None:
        """End the searches that are running now; those that begin later are not touched."""
        self._index.interrupt()

    @property
    def _stuck(self) -> float:
        return self._checks.stuck_after.total_seconds()

    def set_stuck_after(self, duration: timedelta) -> None:
        """From now on, sessions count as stuck after another time."""
        self._checks.stuck_after = duration

    def _asked(self, ask: Callable[[Sequence[str], float], Answer]) -> Answer:
        stores = tuple(backend.store_id for backend in self._catalogue.backends)
        now = self._clock().timestamp()
        try:
            return ask(stores, now)
        except IndexBroken:
            # A new index is there, and empty: the rows at least come back at once.
            self._sync.run(upto=IndexTier.ROWS)
            return ask(stores, now)

    def session(self, ref: SessionRef) -> Session:
        """One session as its store has it now. Raises `SessionMissing`."""
        found = session_now(self._catalogue.backend_of(ref), self._index, ref.key)
        if found is None:
            raise SessionMissing(f"no session {ref}", "refresh the list", ref)
        return with_driver(self._index, self._titles.overlay(found))

    def verdict(self, session: Session) -> Verdict:
        """What is the matter with it, now."""
        return self._checks.verdict(session, fresh=False)

    def resolve(self, text: str) -> SessionRef:
        """A ref, a key or a unique prefix. Raises `AmbiguousRef`, `SessionMissing`."""
        return self._resolver.resolve(text)

    def messages(
        self, ref: SessionRef, start: int = 0, stop: int | None = None
    ) -> Iterator[Message]:
        """The transcript; negative indices count from the end."""
        return self._catalogue.backend_of(ref).messages(ref.key, start, stop)

    def ending(self, ref: SessionRef, count: int) -> Ending:
        """The last messages, as soon as they can be had."""
        return self._catalogue.backend_of(ref).ending(ref.key, count)

    def footprint(self, ref: SessionRef) -> Footprint:
        """What a delete would take."""
        return self._catalogue.backend_of(ref).footprint(ref.key)

    def refusals(
        self, ref: SessionRef, capabilities: Collection[Capability]
    ) -> dict[Capability, str]:
        """In which of these ways a session cannot be changed, and why. Never raises."""
        return self._checks.refusals(ref, capabilities)

    def resume_command(self, ref: SessionRef) -> ResumeCommand | None:
        """How its owner continues it."""
        return self._catalogue.backend_of(ref).resume_command(ref.key)

    def resume_of(self, session: Session) -> ResumeCommand | None:
        """How the owner of a session that was read before continues it; None where that fails."""
        try:
            return self._catalogue.backend_of(session.ref).resume_of(session)
        except SessionTuiError:
            return None

    def resume_plan(self, ref: SessionRef, folder: Path | None = None) -> ResumePlan:
        """How a session is handed over to its agent here and now. Raises `Unsupported`."""
        from sessiontui.services.resuming import resume_plan  # noqa: PLC0415 - rarely needed

        session = self.session(ref)
        backend = self._catalogue.backend_of(ref)
        return resume_plan(backend, session, self.verdict(session), folder)

    def sessions(self, query: Query) -> SessionPage:
        """The sessions of a query's rows, whole, as the index has them."""
        page = self.rows(query, whole=True)
        return SessionPage(held_sessions(self._index, [row.ref for row in page.rows]), page.total)

    def listed(self, query: Query, form: Callable[[JsonObject], Answer]) -> ListedPage[Answer]:
        """The sessions of a query without words, each in a form made of its JSON object.

        The same sessions and the same objects as by `sessions` and `verdict`, but much sooner.
        """
        from sessiontui.services.listed_sessions import (  # noqa: PLC0415
            SessionObjects,
            listed_page,
        )

        made = SessionObjects(self._catalogue.backend, self.verdict).object_of
        return self._asked(
            lambda stores, now: listed_page(
                self._index, query, stores, now, self._stuck, lambda row: form(made(row))
            )
        )

    def statistics(
        self, query: Query, span: TimeSpan | None = None, *, most: int = 10
    ) -> Statistics:
        """Numbers over a query's sessions that were at work in a span of time, by local days.

        `most` is how many of the greatest sessions are named. Raises as `rows` does.
        """
        from sessiontui.services.statistics import StatisticsReader  # noqa: PLC0415  4 ms

        self._statistics = reader = self._statistics or StatisticsReader(self._index)
        return self._asked(
            lambda stores, now: reader.statistics(query, span, stores, now, self._stuck, most=most)
        )

    def transcript(
        self, ref: SessionRef, *, redact: bool = False, each: Callable[[], None] | None = None
    ) -> Transcript:
        """A session with all its messages; `redact` masks the secrets that are recognised.

        `each` is called for every message that was read or masked; what it raises ends the work.
        """
        session = self.session(ref)
        verdict, resume = self.verdict(session), self.resume_of(session)
        messages = list(counted(self.messages(ref), each))
        whole = Transcript(session, verdict, messages, resume)
        return without_secrets(whole, each) if redact else whole

    # -- keeping up ------------------------------------------------------------------------

    def sync(
        self,
        cancel: Event | None = None,
        progress: Callable[[StoreEvent], None] | None = None,
        upto: IndexTier = IndexTier.TOOLS,
        *,
        rows_first: bool = True,
    ) -> None:
        """Bring the index up to date with every store; an unchanged one costs a stat per file.

        `upto` is the last tier that is waited for: rows, conversations, or tool output. With
        `rows_first` new sessions are listed before their texts are read, which takes a bit longer.
        """
        self._sync.run(cancel, progress, upto, rows_first=rows_first)

    def tidy_index(self, cancel: Event | None = None) -> None:
        """Make the index quicker to search, when there is nothing else to do."""
        self._index.purge(_TIDY_SECONDS, cancel, idle=True)

    def notices(self) -> tuple[str, ...]:
        """What a person should be told of our own files, in sentences; each is given out once."""
        own_files = (self._index.database, self._history, self._looked_at)
        return tuple(notice for file in own_files for notice in file.take_notices())

    def index_status(self, *, sizes: bool = False) -> IndexStatus:
        """How big and how complete the index is; `sizes` of its parts take longer."""
        stores = [backend.store_id for backend in self._catalogue.backends]
        return index_status(self._index, stores, self._limits, sizes=sizes)

    def rebuild_index(
        self,
        cancel: Event | None = None,
        progress: Callable[[StoreEvent], None] | None = None,
        upto: IndexTier = IndexTier.TOOLS,
        *,
        rows_first: bool = True,
    ) -> None:
        """Throw the index away and make it anew, up to a tier."""
        self._index.database.rebuild()
        self._sync.run(cancel, progress, upto, rows_first=rows_first)

    def events(self, stop: Event) -> AsyncGenerator[StoreEvent, None]:
        """What happens to the stores, as it happens; the index is up to date before each event."""

        def catch_up(store: str, keys: frozenset[str] | None) -> list[StoreEvent]:
            return self._sync.catch_up(store, keys, stop)

        from sessiontui.services.store_watcher import StoreWatcher  # noqa: PLC0415  30 ms

        return StoreWatcher(self._catalogue, catch_up, self._index.generation).events(stop)
