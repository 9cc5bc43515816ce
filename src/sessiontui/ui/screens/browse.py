"""The main screen: search box, list, and the transcript of the selected session beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.content import Content
from textual.geometry import Region

from sessiontui.domain.errors import SearchInterrupted, SessionTuiError
from sessiontui.domain.events import StoreEvent
from sessiontui.domain.report import ActionReport
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.domain.store import StoreInfo
from sessiontui.ui.action_keys import bindings_of
from sessiontui.ui.actions import Action, Scope
from sessiontui.ui.error_display import show_error
from sessiontui.ui.list_loader import ListLoader, Placing
from sessiontui.ui.listing import (
    Listing,
    Surroundings,
    asks,
    empty_notice,
    found_words,
    read_surroundings,
)
from sessiontui.ui.marks import marks_for
from sessiontui.ui.messages import LibraryChanged
from sessiontui.ui.refresher import Refresher, start_worker
from sessiontui.ui.screens.session_screen import SessionScreen
from sessiontui.ui.screens.stores import StoresScreen
from sessiontui.ui.screens.transcript import TranscriptScreen
from sessiontui.ui.session_facts import read_facts
from sessiontui.ui.steps import Step, scroll
from sessiontui.ui.transcript_feed import TranscriptFeed, Wanted
from sessiontui.ui.widgets.key_footer import FooterKey, KeyFooter
from sessiontui.ui.widgets.reading_pane import ReadingPane
from sessiontui.ui.widgets.rename_input import RenameInput
from sessiontui.ui.widgets.search_bar import SearchBar
from sessiontui.ui.widgets.session_list import SessionList
from sessiontui.ui.widgets.status_line import Progress, StatusLine
from sessiontui.ui.widgets.transcript_view import TranscriptView
from sessiontui.ui.workbench import Workbench

_PREVIEW_SECONDS = 0.02
_TICK_SECONDS = 20.0
_SURROUNDINGS_SECONDS = 1.0


class BrowseScreen(SessionScreen):
    """Everything at a glance; letters act, `/` searches."""

    SCOPE = Scope.BROWSE
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Scope.BROWSE)
    AUTO_FOCUS = "SessionList"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (35, "-tall")]  # noqa: RUF012

    sessions = getters.query_one(SessionList)
    search = getters.query_one(SearchBar)
    pane = getters.query_one(ReadingPane)
    status_line = getters.query_one(StatusLine)

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._marks = marks_for()
        self._loader = ListLoader(self, bench, self._show)
        self._surroundings_refresher = Refresher(
            self, "surroundings", self._read_surroundings, _SURROUNDINGS_SECONDS
        )
        self._listing: Listing | None = None
        self._surroundings: Surroundings | None = None
        self._open_when_loaded = False
        self._previewed: Wanted | None = None
        self._progress: Progress | None = None

    def compose(self) -> ComposeResult:
        yield StatusLine(self._marks, id="status-line")
        yield SearchBar(self.bench.clock, id="search-bar")
        with Container(id="panes"):
            with Container(id="list-pane"):
                yield SessionList(self._marks, id="session-list")
                yield RenameInput()
            yield ReadingPane(self._marks, id="reading-pane")
        yield KeyFooter(id="key-footer")

    def on_mount(self) -> None:
        """Paint from the index at once; the rest comes by itself."""
        self._feed = TranscriptFeed(self.bench, self.transcript)
        self._growth = Refresher(self, "growth", self._feed.grow)
        self.status_line.progress = self._progress
        self._title_list()
        self._explain_emptiness()
        self._loader.load()
        self._surroundings_refresher.ask()
        self.set_interval(_TICK_SECONDS, self._tick)

    # -- parts -----------------------------------------------------------------------------

    @property
    def transcript_shown(self) -> bool:
        """Whether there is room for the transcript."""
        return bool(self.pane.display)

    @property
    def target(self) -> SessionRow | None:
        """The selected session."""
        return self.sessions.row

    # -- the list: a keystroke, a change ---------------------------------------------------

    @on(SearchBar.Asked)
    def _asked_anew(self, message: SearchBar.Asked) -> None:
        message.stop()
        row = self.sessions.row
        self._loader.ask(message.query, row.ref if row else None)

    def _show(self, listing: Listing, seconds: float, placing: Placing) -> None:
        self._listing = listing
        if listing.counts is not None:
            self.status_line.counts = listing.counts
        self.search.say_found(found_words(listing, seconds))
        self.sessions.show(
            listing.arrangement,
            searching=listing.query.searches_text,
            now=self.bench.clock().timestamp(),
            select=placing.select,
            to_top=placing.to_top,
        )
        self._title_list()
        self._explain_emptiness()
        self.refresh_bindings()
        if self._open_when_loaded:
            self._open_when_loaded = False
            self.action_open()

    def _title_list(self) -> None:
        sessions = self.sessions
        sessions.border_title = Content(f"sessions  {self._loader.order.words(self._loader.query)}")
        place = f"{sessions.cursor + 1:,} of {len(sessions.rows):,}"
        sessions.border_subtitle = Content(place) if sessions.rows else None

    def _explain_emptiness(self) -> None:
        surroundings = self._surroundings
        notice = empty_notice(
            self.search.value,
            self._loader.query,
            surroundings.stores if surroundings and self._listing else None,
            self.status_line.counts.sessions,
            indexing=self.status_line.progress is not None,
        )
        self.sessions.show_notice(notice.title, *notice.hints)

    def on_library_changed(self, message: LibraryChanged) -> None:
        """Something changed in the stores: ask again, and read what was written."""
        if message.generation > self._loader.generation:
            self._loader.reload()
            self._surroundings_refresher.ask()
            self._growth.ask()

    def on_screen_resume(self) -> None:
        """Catch up with what happened while another screen was on top."""
        if self._listing is not None:
            self.post_message(LibraryChanged(self.bench.changes.generation))

    def show_progress(self, event: StoreEvent | None) -> None:
        """Show how far the index is; None when it is up to date."""
        self._progress = None if event is None else Progress.of(event)
        if self.is_mounted:
            self.status_line.progress = self._progress
            self._explain_emptiness()

    def _tick(self) -> None:
        # Time alone makes rows older, and turns running into stuck.
        self.sessions.tick(self.bench.clock().timestamp())
        self._loader.reload()

    async def _read_surroundings(self) -> None:
        try:
            found = await self.bench.reads.run(
                read_surroundings, self.bench.library, with_counts=asks(self._loader.query)
            )
        except SearchInterrupted:
            self._surroundings_refresher.ask()
            return
        except SessionTuiError as error:
            show_error(self.app, error)
            return
        self._surroundings = found
        self.bench.can_undo = found.can_undo
        self.status_line.stores = found.available
        if found.counts is not None:
            self.status_line.counts = found.counts
        self._explain_emptiness()
        self.refresh_bindings()

    # -- the preview -----------------------------------------------------------------------

    @on(SessionList.Highlighted)
    def _highlighted(self, message: SessionList.Highlighted) -> None:
        message.stop()
        if self.sessions.question is None:
            self.withdraw_question()
        self._title_list()
        if message.row is None:
            self.workers.cancel_group(self, "facts")
            self.workers.cancel_group(self, "preview")
            self._previewed = None
            self._feed.close()
            self.pane.show_nothing(self.bench.local_now())
            return
        self.pane.show_row(message.row, self.bench.local_now())
        self._read(message.row)

    def _read(self, row: SessionRow) -> None:
        wanted = Wanted.of(row, self._loader.query)
        if not self.transcript_shown or wanted.is_same(self._previewed):
            start_worker(self, partial(self._read_facts, row), "facts", exclusive=True)
        else:
            self._previewed = wanted
            self.workers.cancel_group(self, "facts")
            start_worker(self, partial(self._preview, row, wanted), "preview", exclusive=True)

    async def _preview(self, row: SessionRow, wanted: Wanted) -> None:
        # Facts first, and laid out: their lines decide how many are left for the transcript.
        await self._read_facts(row)
        laid_out = asyncio.Event()
        self.call_after_refresh(laid_out.set)
        await laid_out.wait()
        await self._feed.open(wanted)

    async def _read_facts(self, row: SessionRow) -> None:
        await asyncio.sleep(_PREVIEW_SECONDS)
        try:
            facts = await self.bench.reads.run(read_facts, self.bench.library, row.ref)
        except SessionTuiError:
            return  # The transcript below says what is wrong.
        self.set_facts(facts)
        self.pane.show_details(facts.details(row), self.bench.local_now(), self.key_of("cure"))

    @on(TranscriptView.HitChanged)
    def _hit_changed(self, message: TranscriptView.HitChanged) -> None:
        message.stop()
        keys = self.key_of("next_hit"), self.key_of("previous_hit")
        self.pane.show_hit(message.position, message.total, *keys)

    def on_resize(self) -> None:
        """Read the transcript when there is room for it again."""
        if self.sessions.row is not None and self.transcript_shown and self._previewed is None:
            self._read(self.sessions.row)

    # -- questions, rename, changes --------------------------------------------------------

    def show_question(self, text: str | None) -> None:
        self.sessions.ask(text)
        if text is not None:
            self.set_focus(self.sessions)

    def place_rename(self, box: RenameInput) -> None:
        row = self.sessions.cursor_region
        inside = self.sessions.scrollable_content_region.offset
        corner = inside - self.query_one("#list-pane").content_region.offset
        box.place(Region(corner.x + 3, corner.y + row.y, max(8, row.width - 4), 1))

    def after_rename_input(self) -> None:
        self.set_focus(self.sessions)

    def after_change(self, report: ActionReport, select: SessionRef | None) -> None:
        self._loader.load_and_select(select)
        self._growth.ask()
        self._surroundings_refresher.ask()

    # -- actions ---------------------------------------------------------------------------

    def is_relevant(self, action: Action) -> bool:
        """`esc` is there while there is a step back, `/` outside the search box."""
        if action.id == "search":
            return self.focused is not self.search
        if action.id == "back":
            elsewhere = self.is_asking or self.focused is not self.sessions
            return elsewhere or bool(self.search.value) or self.is_greeting
        return True

    def refusal(self, action: Action) -> str | None:
        """Hits are only there while text is searched; `enter` leaves the search box anyway."""
        if action.id == "open" and self.focused is self.search:
            return None
        if action.id in {"next_hit", "previous_hit"} and not self._loader.query.searches_text:
            return "no text is searched; / searches"
        return super().refusal(action)

    def footer_keys(self) -> Iterable[FooterKey]:
        """In the search box, what its own key does comes first."""
        typing = self.focused is self.search
        if typing:
            yield FooterKey("leave_search", "enter", "to the results")
        yield from (key for key in super().footer_keys() if not (typing and key.action == "open"))

    def step(self, step: Step) -> None:
        """Move in the list, or scroll the transcript when that has the focus."""
        if self.focused is self.transcript:
            scroll(self.transcript, step)
        else:
            self.sessions.step(step)

    def action_search(self) -> None:
        """To the search box."""
        self.set_focus(self.search)

    def action_leave_search(self) -> None:
        """From the search box to its results."""
        self.set_focus(self.sessions)

    def action_back(self) -> None:
        """One step back."""
        if self.is_asking:
            self.withdraw_question()
        elif self.focused is not self.sessions:
            self.set_focus(self.sessions)
        else:
            self.search.value = ""

    @on(SessionList.Opened)
    def action_open(self) -> None:
        """Read the selected session in full; results under way are waited for."""
        if self.focused is self.search:
            self.action_leave_search()
        elif self._loader.is_loading:
            self._open_when_loaded = True
        elif (row := self.sessions.row) is not None:
            wanted = Wanted.of(row, self._loader.query)
            self.app.push_screen(TranscriptScreen(self.bench, row, wanted))

    def action_sort(self) -> None:
        """The next order."""
        self._loader.order = self._loader.order.next(self._loader.query)
        self._loader.load()

    def action_reverse(self) -> None:
        """The same order from its other end."""
        self._loader.order = self._loader.order._replace(reverse=not self._loader.order.reverse)
        self._loader.load()

    @property
    def stores(self) -> tuple[StoreInfo, ...]:
        """The stores, as far as they are known."""
        return self._surroundings.stores if self._surroundings else ()

    def go_to(self, ref: SessionRef) -> None:
        """Bring this screen to the front, with the cursor on a session."""
        self._to_front()
        self.sessions.select(ref)

    def go_to_store(self, store: str) -> None:
        """Bring this screen to the front, with the sessions of one store."""
        self._to_front()
        self.filter_by(f"store:{store}")

    def _to_front(self) -> None:
        while self.app.screen is not self and len(self.app.screen_stack) > 1:
            self.app.pop_screen()
        self.set_focus(self.sessions)

    def filter_by(self, text: str) -> None:
        """Put a filter into the search box."""
        self.search.value = text
        self.set_focus(self.sessions)

    @on(StatusLine.StatusPicked)
    def _status_picked(self, message: StatusLine.StatusPicked) -> None:
        message.stop()
        self.filter_by(f"is:{message.status}")

    def action_only_stuck(self) -> None:
        """Filter by the verdict stuck."""
        self.filter_by("is:stuck")

    def action_only_running(self) -> None:
        """Filter by the verdict running."""
        self.filter_by("is:running")

    def action_stores(self) -> None:
        """Show the stores; the one chosen there becomes the filter."""

        def chosen(store: str | None) -> None:
            if store is not None:
                self.go_to_store(store)

        self.app.push_screen(StoresScreen(self.bench), chosen)

    def action_next_pane(self) -> None:
        """Between search box, list and transcript."""
        self.focus_next()
