"""The terminal program: wiring, the one reader of events, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from textual.events import Event, Key
from textual.filter import LineFilter
from textual.screen import Screen
from textual.timer import Timer

from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.events import StoreEvent, StoreEventKind
from sessiontui.domain.printable import printable_line
from sessiontui.domain.search import IndexTier
from sessiontui.services.library import Library, utc_now
from sessiontui.services.settings import LoadedSettings
from sessiontui.ui.error_display import show_error
from sessiontui.ui.greeting import Greeting
from sessiontui.ui.messages import LibraryChanged, StoreHappened
from sessiontui.ui.palette_colours import has_palette
from sessiontui.ui.refresher import start_worker
from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.settings_desk import SettingsDesk
from sessiontui.ui.stylesheet import SteadyStylesheet, stylesheet_paths
from sessiontui.ui.taking_out import TakingOutApp
from sessiontui.ui.themes import THEMES, derived_variables, for_terminal
from sessiontui.ui.workbench import Workbench

_SHOW_INDEXED_SECONDS = 1.0
"""While the index is built, how often the list is painted anew."""

_KEEP_SECONDS = 0.5
"""How long after a change of the view it is written down, with those that follow it."""


class SessionApp(TakingOutApp):
    """Looks after the sessions of a library.

    `clock` gives the time, aware. `settings` are those in force, the defaults without them. With
    `first_run` a person is greeted with what was found, once. `notice` is one sentence told at the
    start.
    """

    TITLE = "sessiontui"
    ENABLE_COMMAND_PALETTE = False
    """Textual's own; ours is a screen."""

    def __init__(
        self,
        library: Library,
        *,
        clock: Callable[[], datetime] = utc_now,
        settings: LoadedSettings | None = None,
        first_run: bool = False,
        notice: str | None = None,
    ) -> None:
        super().__init__(css_path=[*stylesheet_paths()])
        self.bench = Workbench(library, clock, settings or LoadedSettings.defaults())
        self.desk = SettingsDesk(self, self.bench, self._all_changed)
        self._first_run = first_run
        self._greeting = Greeting(self, self.bench)
        self._notice = notice
        self._told: set[tuple[str, str | None]] = set()
        self._painted_at = 0.0
        self._keeping: Timer | None = None
        for own in THEMES:
            self.register_theme(own)
        self.desk.apply()
        self.stylesheet = SteadyStylesheet(variables=self.get_css_variables())
        self.bench.view_state.changed = self._keep_view_soon

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The colours that the stylesheet uses besides Textual's, made from the theme."""
        return derived_variables(self.current_theme, palette=has_palette(self.console))

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Colours as the terminal has them, or none where nobody wants them."""
        filters, ansi = super().get_line_filters(), bool(self.native_ansi_color)
        return for_terminal(filters, ansi=ansi, palette=has_palette(self.console))

    def get_default_screen(self) -> Screen[None]:
        """The list."""
        return BrowseScreen(self.bench)

    async def on_event(self, event: Event) -> None:
        """Know the key that bindings are looked up for: an input keeps some for itself."""
        self.bench.pressed = event if isinstance(event, Key) else None
        try:
            await super().on_event(event)
        finally:
            self.bench.pressed = None

    def on_mount(self) -> None:
        """Bring the index up to date, and then keep it so."""
        start_worker(self, self._keep_up, "events")
        if self._first_run and self._greeting.is_due:
            start_worker(self, self._greeting.begin, "welcome")
        if self._notice:
            self.notify(printable_line(self._notice), markup=False, timeout=10)
        self.desk.tell()

    def on_unmount(self) -> None:
        """Leave at once."""
        self.bench.view_state.write()
        self.bench.close()

    # -- what is kept, and set -------------------------------------------------------------

    def _keep_view_soon(self) -> None:
        if self._keeping is None and self.is_running:
            self._keeping = self.set_timer(_KEEP_SECONDS, self._keep_view)

    def _keep_view(self) -> None:
        self._keeping = None
        start_worker(self, partial(self.bench.reads.run, self.bench.view_state.write), "view-state")

    def on_settings_wanted(self) -> None:
        """Open the settings file; what is changed there is taken over."""
        start_worker(self, self.desk.edit, "settings", exclusive=True)

    # -- what happens in the stores --------------------------------------------------------

    async def _keep_up(self) -> None:
        await self.bench.first_rows_first()
        # Rows and conversations first; then live, while tool output is taken in beside it.
        await self._sync(IndexTier.TEXT)
        start_worker(self, partial(self._sync, IndexTier.TOOLS), "events")
        try:
            async for event in self.bench.library.events(self.bench.stop):
                self._take(event)
        except SessionTuiError as error:
            show_error(self, error)

    async def _sync(self, upto: IndexTier) -> None:
        bench = self.bench
        sync = partial(bench.library.sync, bench.stop, self._tell_from_thread, upto)
        tidy = partial(bench.library.tidy_index, bench.stop)
        try:
            # Very many conversations that were just taken in are slow to search until tidied.
            for work in (tidy, sync, tidy) if upto is IndexTier.TOOLS else (sync,):
                await bench.syncing.run(work)
        except SessionTuiError as error:
            show_error(self, error)
        self._show_progress(None)
        self._all_changed()

    def _all_changed(self) -> None:
        self.bench.changes.note_all()
        self._announce()

    def _tell_from_thread(self, event: StoreEvent) -> None:
        if not self.bench.stop.is_set():
            self.post_message(StoreHappened(event))

    def on_store_happened(self, message: StoreHappened) -> None:
        """What the sync tells is taken like what the watcher tells."""
        self._take(message.event)

    def _take(self, event: StoreEvent) -> None:
        if event.kind is StoreEventKind.INDEXING:
            self._show_progress(event)
            now = self.bench.timer()
            if now - self._painted_at < _SHOW_INDEXED_SECONDS:
                return
            self._painted_at = now
            self.bench.changes.note_all()
        else:
            self.bench.changes.note(event)
        if event.kind is StoreEventKind.FAILED and (event.store, event.problem) not in self._told:
            self._told.add((event.store, event.problem))
            words = f"store {event.store}: {event.problem or 'it cannot be read'}"
            self.notify(printable_line(words), severity="warning", markup=False)
        self._announce()

    def _show_progress(self, event: StoreEvent | None) -> None:
        self._greeting.show_progress(event)
        for screen in self.screen_stack:
            if isinstance(screen, BrowseScreen):
                screen.show_progress(event)

    def _announce(self) -> None:
        for notice in self.bench.library.notices():
            self.notify(printable_line(notice), severity="warning", markup=False, timeout=10)
        self.post_message(LibraryChanged(self.bench.changes.generation))

    def on_library_changed(self, message: LibraryChanged) -> None:
        """What can be seen asks again; what lies below does when it is seen again."""
        for screen in reversed(self.screen_stack):
            screen.post_message(LibraryChanged(message.generation))
            if not screen.is_modal:
                break
