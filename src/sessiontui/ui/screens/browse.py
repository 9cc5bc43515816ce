"""The main screen: search box, list, and the transcript of the selected session beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.geometry import Region

from sessiontui.domain.events import StoreEvent
from sessiontui.domain.printable import printable_line
from sessiontui.domain.query import Query
from sessiontui.domain.report import Action as Change
from sessiontui.domain.report import ActionReport
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.domain.store import StoreInfo
from sessiontui.domain.verdict import STATUS_WORDS
from sessiontui.ui.action_keys import bindings_of, key_words
from sessiontui.ui.actions import Action, Scope
from sessiontui.ui.list_loader import Placing
from sessiontui.ui.listing import Listing
from sessiontui.ui.marks import marks_for
from sessiontui.ui.messages import LibraryChanged
from sessiontui.ui.overview import Overview
from sessiontui.ui.preview import Preview
from sessiontui.ui.query_aids import QueryAids
from sessiontui.ui.screens.changing import nearest_left
from sessiontui.ui.screens.list_screen import ListScreen
from sessiontui.ui.steps import Step, scroll
from sessiontui.ui.transcript_feed import Wanted
from sessiontui.ui.widgets.key_footer import FooterKey, KeyFooter
from sessiontui.ui.widgets.offer_list import OfferList
from sessiontui.ui.widgets.reading_pane import ReadingPane
from sessiontui.ui.widgets.rename_input import RenameInput
from sessiontui.ui.widgets.search_bar import SearchBar
from sessiontui.ui.widgets.session_list import SessionList
from sessiontui.ui.widgets.session_row_renderer import tree_cells
from sessiontui.ui.widgets.split_panes import SplitPanes
from sessiontui.ui.widgets.status_line import StatusLine
from sessiontui.ui.widgets.term_marks import TermFinder
from sessiontui.ui.widgets.transcript_view import TranscriptView
from sessiontui.ui.workbench import Workbench

_TICK_SECONDS = 20.0
_OLDER = {Step.UP: 1, Step.DOWN: -1}


class BrowseScreen(ListScreen):
    """Everything at a glance; letters act, `/` searches."""

    SCOPE = Scope.BROWSE
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Scope.BROWSE)
    AUTO_FOCUS = "SessionList"
    OUTLINE_FROM = 180
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (35, "-tall")]  # noqa: RUF012

    search = getters.query_one(SearchBar)
    pane = getters.query_one(ReadingPane)

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._marks = marks_for()
        self._overview = Overview(self, bench, self._loader)
        self._aids = QueryAids(self, bench)
        self._listing: Listing | None = None
        self._open_when_loaded = False
        self._sought: SessionRef | None = None
        # The rows are read while Textual makes the screen: the first frame shows them.
        self._loader.begin()

    def compose(self) -> ComposeResult:
        yield StatusLine(self._marks, id="status-line")
        yield SearchBar(self.bench.clock, self._aids.values.of, self._kept.opening, id="search-bar")
        with SplitPanes(self.bench.view_state.get("list_share"), id="panes"):
            with Container(id="list-pane"):
                yield SessionList(self._marks, id="session-list")
                yield RenameInput()
            yield ReadingPane(self._marks, id="reading-pane")
        yield OfferList()
        yield KeyFooter(id="key-footer")

    def on_mount(self) -> None:
        """Paint from the index at once; the rest comes by itself."""
        self._preview = Preview(self, self.bench, self.pane)
        self._loader.load()
        self._preview.announce(self.sessions.row)
        self._overview.begin()
        self._aids.begin()
        self.set_interval(_TICK_SECONDS, self._tick)

    # -- parts -----------------------------------------------------------------------------

    @property
    def transcript_shown(self) -> bool:
        """Whether there is room for the transcript."""
        return bool(self.pane.display)

    @property
    def is_writing_query(self) -> bool:
        """Whether the search box has the focus."""
        return self.focused is self.search

    @property
    def target(self) -> SessionRow | None:
        """The selected session."""
        return self.sessions.row

    # -- the list: a keystroke, a change ---------------------------------------------------

    @on(SearchBar.Asked)
    def _asked_anew(self, message: SearchBar.Asked) -> None:
        message.stop()
        row = self.sessions.row
        sought, self._sought = self._sought or (row.ref if row else None), None
        self._kept.note(message.query, self.search.value)
        self._loader.ask(message.query, sought)

    @property
    def listed_query(self) -> Query:
        """The query of the list, as it was asked for."""
        return self._loader.query

    @property
    def _answered(self) -> Query:
        """The query that the rows on the screen answer."""
        return Query() if self._listing is None else self._listing.answered

    def _show(self, listing: Listing, seconds: float, placing: Placing) -> None:
        self._listing = listing
        self._overview.take(listing)
        words = self.found_words(listing, seconds)
        self.search.say_found(words, corrected=listing.corrected is not None)
        self.sessions.show(
            listing.arrangement,
            searching=listing.query.searches_text,
            now=self.bench.clock().timestamp(),
            finder=TermFinder(listing.answered.terms),
            select=placing.select,
            to_top=placing.to_top,
            hold=placing.hold,
        )
        self.title_list()
        self.refresh_bindings()
        if self._open_when_loaded:
            self._open_when_loaded = False
            self.action_open()

    def _wait(self) -> None:
        self.search.say_found("searching")

    def on_library_changed(self, message: LibraryChanged) -> None:
        """Something changed in the stores: ask again, and read what was written."""
        if message.generation > self._loader.generation:
            self._loader.reload()
            self._overview.ask()
            self._preview.grow()

    def on_screen_resume(self) -> None:
        """Catch up with what happened while another screen was on top."""
        if self._listing is not None:
            self.post_message(LibraryChanged(self.bench.changes.generation))

    def show_progress(self, event: StoreEvent | None) -> None:
        """Show how far the index is; None when it is up to date."""
        self._overview.show_progress(event)

    def _tick(self) -> None:
        # Time alone makes rows older, and turns running into stuck.
        self.sessions.tick(self.bench.clock().timestamp())
        self._loader.reload()

    # -- the preview -----------------------------------------------------------------------

    @on(SessionList.Highlighted)
    def _highlighted(self, message: SessionList.Highlighted) -> None:
        message.stop()
        if self.sessions.question is None:
            self.withdraw_question()
        self.title_list()
        if message.row is None:
            self._looking.begin(())
            self._preview.show_nothing()
        else:
            self._looking.begin(self.sessions.family if self.transcript_shown else ())
            self._preview.show(message.row, self._answered)

    @on(TranscriptView.HitChanged)
    def _hit_changed(self, message: TranscriptView.HitChanged) -> None:
        message.stop()
        self._preview.say_hit(message.position, message.total)

    def on_resize(self) -> None:
        """Read the transcript when there is room for it again."""
        if self.sessions.row is not None and self.transcript_shown and self._preview.is_empty:
            self._preview.show(self.sessions.row, self._answered)

    # -- writing a query -------------------------------------------------------------------

    @on(SearchBar.OffersChanged)
    def _offers_changed(self, message: SearchBar.OffersChanged) -> None:
        message.stop()
        self._aids.show_offers()

    @on(OfferList.Picked)
    def _offer_picked(self, message: OfferList.Picked) -> None:
        message.stop()
        self.search.take_offer(message.number)

    @on(SearchBar.Left)
    def _search_left(self, message: SearchBar.Left) -> None:
        message.stop()
        # Not for a look at the help or at another window.
        went = self.is_current and self.app.app_focus
        if went and self.sessions.rows and not self._loader.is_loading:
            self._aids.note_used()

    @on(events.DescendantFocus)
    def _focus_moved(self) -> None:
        if self.is_writing_query:
            self._aids.read_history()

    # -- questions, rename, changes --------------------------------------------------------

    def show_question(self, text: str | None) -> None:
        self.sessions.ask(text)
        if text is not None:
            self.set_focus(self.sessions)

    def place_rename(self, box: RenameInput) -> None:
        row = self.sessions.cursor_region
        inside = self.sessions.scrollable_content_region.offset
        corner = inside - self.query_one("#list-pane").content_region.offset
        target = self.sessions.row
        indent = 3 + (tree_cells(self.sessions.arrangement.kin(target)) if target else 0)
        box.place(Region(corner.x + indent, corner.y + row.y, max(8, row.width - indent - 1), 1))

    def after_rename_input(self) -> None:
        self.set_focus(self.sessions)

    def after_change(self, report: ActionReport, select: SessionRef | None) -> None:
        gone = report.done if report.action is Change.DELETE else ()
        sessions = self.sessions
        select = select or nearest_left(sessions.rows, sessions.cursor, gone)
        self._loader.load_and_select(select)
        self._preview.grow()
        self._overview.ask()

    # -- actions ---------------------------------------------------------------------------

    def is_relevant(self, action: Action) -> bool:
        """`esc` is there while there is a step back, `/` outside the search box."""
        if action.id == "search":
            return not self.is_writing_query
        if action.id == "back":
            elsewhere = self.is_asking or self.focused is not self.sessions
            there = bool(self.search.value or self.sessions.marked or self.selections)
            return elsewhere or there or self.is_greeting
        return super().is_relevant(action)

    def refusal(self, action: Action) -> str | None:
        """Hits are only there while text is searched; `enter` leaves the search box anyway."""
        if action.id == "open" and self.is_writing_query:
            return None
        if action.id in {"next_hit", "previous_hit"}:
            if not self._loader.query.searches_text:
                return f"no text is searched. Press {self.key_of('search')} to search"
            if self._preview.matches_by_title_only:
                return "only the title matches"
        return super().refusal(action)

    def footer_keys(self) -> Iterable[FooterKey]:
        """In the search box, what its own keys do comes first."""
        typing = self.is_writing_query
        if typing:
            if words := printable_line(self.search.completer.next_words, 24):
                yield FooterKey("complete", self.key_of("next_pane"), words)
            yield FooterKey("leave_search", "enter", "to the results")
            if self.search.recalled.can_begin(self.search.value):
                yield FooterKey("recall", key_words("up"), "last query")
        yield from (key for key in super().footer_keys() if not (typing and key.action == "open"))

    def step(self, step: Step) -> None:
        """Move in the list or through earlier queries, or scroll what has the focus."""
        if self.focused is self.transcript:
            scroll(self.transcript, step)
        elif self.focused is self.outline:
            self.outline.step(step)
        elif not self.is_writing_query or not self._recalls(step):
            self.sessions.step(step)

    def _recalls(self, step: Step) -> bool:
        return step in _OLDER and self.search.recall(_OLDER[step])

    def action_search(self) -> None:
        """To the search box."""
        self.set_focus(self.search)

    def action_leave_search(self) -> None:
        """From the search box to its results."""
        self._aids.note_used()
        self.set_focus(self.sessions)

    def action_complete(self) -> None:
        """Take what is offered; a click on the footer comes here."""
        self.search.complete()

    def action_recall(self) -> None:
        """The last query; a click on the footer comes here."""
        self.search.recall(1)

    def action_back(self) -> None:
        """One step back."""
        if self.is_asking:
            self.withdraw_question()
        elif self.search.close_offers():
            return
        elif self.focused is not self.sessions:
            self.set_focus(self.sessions)
        elif not self.take_marks_away():
            self.search.value = ""

    @on(SessionList.Opened)
    def action_open(self) -> None:
        """Read the selected session in full; results under way are waited for."""
        if self.is_writing_query:
            self.action_leave_search()
        elif self.focused is self.outline:
            self.outline.choose()
        elif self._loader.is_loading:
            self._open_when_loaded = True
        elif (row := self.sessions.row) is not None:
            self._aids.note_used()
            self._looking.note(self.sessions.family)
            from sessiontui.ui.screens.transcript import TranscriptScreen  # noqa: PLC0415  not for the first frame

            wanted = Wanted.of(row, self._answered)
            self.app.push_screen(TranscriptScreen(self.bench, row, wanted))

    @property
    def stores(self) -> tuple[StoreInfo, ...]:
        """The stores, as far as they are known."""
        return self._overview.stores

    def go_to(self, ref: SessionRef) -> None:
        """Bring this screen to the front, with the cursor on a session."""
        self._to_front()
        if not self.sessions.select(ref):
            self._sought, self.search.value = ref, ""

    def go_to_query(self, text: str) -> None:
        """Bring this screen to the front, with the sessions of a query."""
        self._to_front()
        self.filter_by(text)

    def begin_query(self, text: str) -> None:
        """Bring this screen to the front, with a query in the box to be written on."""
        self._to_front()
        self.set_focus(self.search)
        self.search.value = text
        self.search.cursor_position = len(text)

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
        self.filter_by(f"is:{STATUS_WORDS[message.status]}")

    def action_stores(self) -> None:
        """Show the stores; the one chosen there becomes the filter."""
        from sessiontui.ui.screens.stores import StoresScreen  # noqa: PLC0415  not for the first frame

        def chosen(store: str | None) -> None:
            if store is not None:
                self.go_to_query(f"store:{store}")

        self.app.push_screen(StoresScreen(self.bench), chosen)

    def action_next_pane(self) -> None:
        """Complete a query, or go on between search box, list and transcript."""
        if not (self.is_writing_query and self.search.complete()):
            self.focus_next()

    def action_previous_pane(self) -> None:
        """The completion before, or the pane before."""
        if not (self.is_writing_query and self.search.complete(-1)):
            self.focus_previous()
