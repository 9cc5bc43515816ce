"""The terminal program: wiring, the one reader of events, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.command import Provider
from textual.events import Event, Key
from textual.screen import Screen

from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.events import StoreEvent, StoreEventKind
from sessiontui.domain.printable import printable_line
from sessiontui.domain.search import IndexTier
from sessiontui.services.library import Library, utc_now
from sessiontui.ui.action_keys import binding_of, checked_keymap
from sessiontui.ui.actions import ACTION
from sessiontui.ui.error_display import show_error
from sessiontui.ui.messages import LibraryChanged, StoreHappened
from sessiontui.ui.palette import ActionCommands, SessionCommands
from sessiontui.ui.refresher import start_worker
from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.stylesheet import stylesheet_paths
from sessiontui.ui.themes import DARK, THEMES, derived_variables
from sessiontui.ui.widgets.welcome import Welcome
from sessiontui.ui.workbench import Workbench

_SHOW_INDEXED_SECONDS = 1.0
"""While the index is built, how often the list is painted anew."""

_LISTED_SECONDS = 2.0
"""How long the sync lets the first rows go before it."""


class SessionApp(App[None]):
    """Looks after the sessions of a library.

    `clock` gives the time, aware. `theme` is the name of a theme; unknown names give the program's
    own. `first_run` greets with what was found. `notice` is one sentence told at the start.
    `keymap` has keys by action id; raises `SettingsInvalid` for an unknown action.
    """

    TITLE = "sessiontui"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {
        ActionCommands,
        SessionCommands,
    }
    BINDINGS: ClassVar[list[BindingType]] = [binding_of(ACTION["palette"], "command_palette")]

    def __init__(
        self,
        library: Library,
        *,
        clock: Callable[[], datetime] = utc_now,
        theme: str | None = None,
        first_run: bool = False,
        notice: str | None = None,
        keymap: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(css_path=[*stylesheet_paths()])
        self.bench = Workbench(library, clock)
        self._first_run = first_run
        self._notice = notice
        self._told: set[tuple[str, str | None]] = set()
        self._painted_at = 0.0
        for own in THEMES:
            self.register_theme(own)
        self.theme = theme if theme in self.available_themes else DARK.name
        self.set_keymap(checked_keymap(keymap or {}))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The colours that the stylesheet uses besides Textual's, made from the theme."""
        return derived_variables(self.current_theme)

    def get_default_screen(self) -> Screen[None]:
        """The list."""
        return BrowseScreen(self.bench)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """None of Textual's own: the palette shows ACTIONS."""
        return ()

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
        if self._first_run:
            self.run_worker(self._greet(), group="welcome")
        if self._notice:
            self.notify(printable_line(self._notice), markup=False, timeout=10)

    async def _greet(self) -> None:
        welcome = Welcome()
        await self.screen.mount(welcome)
        stores = await self.bench.reads.run(self.bench.library.stores)
        if welcome.is_attached:
            welcome.show(stores)

    def on_unmount(self) -> None:
        """Leave at once."""
        self.bench.close()

    # -- what happens in the stores --------------------------------------------------------

    async def _keep_up(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.bench.listed.wait(), _LISTED_SECONDS)
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
        try:
            await bench.syncing.run(bench.library.sync, bench.stop, self._tell_from_thread, upto)
            if upto is IndexTier.TOOLS:
                await bench.syncing.run(bench.library.tidy_index, bench.stop)
        except SessionTuiError as error:
            show_error(self, error)
        self._show_progress(None)
        bench.changes.note_all()
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
            words = f"{event.store}: {event.problem or 'cannot be read'}"
            self.notify(printable_line(words), severity="warning", markup=False)
        self._announce()

    def _show_progress(self, event: StoreEvent | None) -> None:
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
