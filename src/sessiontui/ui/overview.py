"""What stands around the list: stores, counts, progress, and why there are no rows."""

from __future__ import annotations

from sessiontui.domain.errors import SearchInterrupted, SessionTuiError
from sessiontui.domain.events import StoreEvent
from sessiontui.domain.store import StoreInfo
from sessiontui.ui.error_display import show_error
from sessiontui.ui.list_loader import ListLoader
from sessiontui.ui.listing import Listing, Surroundings, asks, empty_notice, read_surroundings
from sessiontui.ui.refresher import Refresher
from sessiontui.ui.screens.action_screen import ActionScreen
from sessiontui.ui.widgets.search_bar import SearchBar
from sessiontui.ui.widgets.session_list import SessionList
from sessiontui.ui.widgets.status_line import Progress, StatusLine
from sessiontui.ui.workbench import Workbench

_REST_SECONDS = 1.0


class Overview:
    """Keeps the status line and the notice of an empty list true."""

    def __init__(self, screen: ActionScreen[None], bench: Workbench, loader: ListLoader) -> None:
        self._screen = screen
        self._bench = bench
        self._loader = loader
        self._refresher = Refresher(screen, "surroundings", self._read, _REST_SECONDS)
        self._surroundings: Surroundings | None = None
        self._is_listed = False
        self._progress: Progress | None = None

    @property
    def stores(self) -> tuple[StoreInfo, ...]:
        """The stores, as far as they are known."""
        return self._surroundings.stores if self._surroundings else ()

    def begin(self) -> None:
        """Show what is known, and ask for the rest."""
        self._status_line.progress = self._progress
        self._explain_emptiness()
        self.ask()

    def ask(self) -> None:
        """Ask again, because something changed."""
        self._refresher.ask()

    def take(self, listing: Listing) -> None:
        """Other rows are shown."""
        self._is_listed = True
        if listing.counts is not None:
            self._status_line.counts = listing.counts
        self._explain_emptiness()

    def show_progress(self, event: StoreEvent | None) -> None:
        """Show how far the index is; None when it is up to date."""
        self._progress = None if event is None else Progress.of(event)
        if self._screen.is_mounted:
            self._status_line.progress = self._progress
            self._explain_emptiness()

    @property
    def _status_line(self) -> StatusLine:
        return self._screen.query_one(StatusLine)

    def _explain_emptiness(self) -> None:
        surroundings, status_line = self._surroundings, self._status_line
        counts = status_line.counts
        notice = empty_notice(
            self._screen.query_one(SearchBar).value,
            self._loader.query,
            surroundings.stores if surroundings and self._is_listed else None,
            0 if counts is None else counts.sessions,
            indexing=status_line.progress is not None,
            key_of=self._bench.key_of,
        )
        self._screen.query_one(SessionList).show_notice(notice.title, *notice.hints)

    async def _read(self) -> None:
        bench = self._bench
        await bench.first_rows_first()
        try:
            found = await bench.reads.run(
                read_surroundings, bench.library, with_counts=asks(self._loader.query)
            )
        except SearchInterrupted:
            self.ask()
            return
        except SessionTuiError as error:
            show_error(self._screen.app, error)
            return
        self._surroundings = found
        bench.can_undo = found.can_undo
        self._status_line.stores = found.available
        if found.counts is not None:
            self._status_line.counts = found.counts
        self._explain_emptiness()
        self._screen.refresh_bindings()
