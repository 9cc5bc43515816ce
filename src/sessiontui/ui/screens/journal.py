"""The undo journal: what was changed, newest first, what was there, and taking it back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from sessiontui.domain.change import JournalledSession
from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.printable import printable_line
from sessiontui.domain.report import JournalEntry
from sessiontui.domain.words import count_words, size_words
from sessiontui.ui.action_keys import bindings_of
from sessiontui.ui.actions import Action, Scope
from sessiontui.ui.change_words import change_words
from sessiontui.ui.error_display import show_error
from sessiontui.ui.journal_view import (
    Fact,
    Place,
    entry_facts,
    holds,
    lines_of,
    place_facts,
    session_facts,
    store_facts,
    title_facts,
    why_no_transcript,
)
from sessiontui.ui.marks import marks_for
from sessiontui.ui.messages import LibraryChanged
from sessiontui.ui.refresher import Refresher, start_worker
from sessiontui.ui.screens.action_screen import ActionScreen
from sessiontui.ui.screens.changing import ChangeDesk
from sessiontui.ui.screens.kept_transcript import KeptTranscriptScreen
from sessiontui.ui.steps import Step
from sessiontui.ui.widgets.key_footer import FooterKey, KeyFooter
from sessiontui.ui.widgets.line_input import LineInput
from sessiontui.ui.widgets.row_list import RowList
from sessiontui.ui.workbench import Workbench

_FACT_LIMIT = 400
_PAUSE_SECONDS = 1.0


class JournalScreen(ActionScreen[None]):
    """A list of changes that unfold into their sessions; changes are taken back at `desk`."""

    SCOPE = Scope.JOURNAL
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Scope.JOURNAL)
    AUTO_FOCUS = "RowList"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "journal--title",
        "journal--dim",
        "journal--key",
        "journal--text",
        "journal--problem",
    }

    listed = getters.query_one(RowList)
    filter_line = getters.query_one("#journal-filter-line", Horizontal)
    filter_box = getters.query_one("#journal-filter", LineInput)

    def __init__(self, bench: Workbench, desk: ChangeDesk) -> None:
        super().__init__(bench)
        self._desk = desk
        self._entries: tuple[JournalEntry, ...] | None = None
        self._contents: dict[str, tuple[JournalledSession, ...]] = {}
        self._unfolded: frozenset[str] = frozenset()
        self._reading = Refresher(self, "journal", self._read)
        self._changes = Refresher(self, "surroundings", self._read, _PAUSE_SECONDS)

    def compose(self) -> ComposeResult:
        yield Static("", id="journal-title", markup=False)
        with Horizontal(id="journal-filter-line"):
            yield Static("filter", id="journal-filter-name", markup=False)
            yield LineInput(compact=True, placeholder="words", id="journal-filter")
        yield Static("", id="journal-empty", markup=False)
        with Container(id="journal-panes"):
            yield RowList(marks_for().bar, id="journal-list")
            with VerticalScroll(id="journal-pane", can_focus=False):
                yield Static("", id="journal-details", markup=False)
        yield KeyFooter(id="key-footer")

    def on_mount(self) -> None:
        """Read the journal."""
        self.listed.border_title = Content("changes, newest first")
        self.app.clear_notifications()  # Their offers to undo would mean another change here.
        self.filter_line.display = self.query_one("#journal-empty").display = False
        self._say("reading the journal")
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._describe())
        self._reading.ask()

    # -- what is known ---------------------------------------------------------------------

    def on_library_changed(self, _message: LibraryChanged) -> None:
        """Another copy of the program may have changed something."""
        self._changes.ask()

    def _read_again(self) -> None:
        if self.is_attached:
            self._reading.ask()

    async def _read(self) -> None:
        library, reads = self.bench.library, self.bench.reads
        try:
            self._entries = await reads.run(library.undo_entries)
            for entry_id in {*self._unfolded, *self._contents}:
                self._contents[entry_id] = await reads.run(library.journalled, entry_id)
        except SessionTuiError as error:
            show_error(self.app, error)
            return
        self.bench.can_undo = any(entry.undoable for entry in self._entries)
        self._show()
        await self._look_at_selected()

    async def _look_at_selected(self) -> None:
        """What stands beside the list needs the sessions of the entry at the cursor."""
        entry = self._entry
        if entry is None or entry.id in self._contents:
            return
        try:
            found = await self.bench.reads.run(self.bench.library.journalled, entry.id)
        except SessionTuiError as error:
            show_error(self.app, error)
            return
        self._contents[entry.id] = found
        self._describe()
        self.refresh_footer()

    def _show(self) -> None:
        entries = self._shown
        now = self.bench.local_now()
        self.listed.show(tuple(lines_of(entries, self._unfolded, self._contents, now)))
        known = self._entries or ()
        self.query_one("#journal-panes").display = bool(entries)
        empty = self.query_one("#journal-empty", Static)
        empty.display = not entries
        empty.update(self._nothing_found() if known else self._nothing_yet())
        undoable = sum(1 for entry in known if entry.undoable)
        words = [f"{count_words(undoable, 'change')} to undo"] if known else []
        if size := sum(entry.size_bytes for entry in known):
            words.append(f"{size_words(size)} kept")
        if len(entries) != len(known):
            words.append(f"{len(entries):,} of {len(known):,} shown")
        self._say(" · ".join(words))
        self._describe()
        self.refresh_footer()

    @property
    def _shown(self) -> tuple[JournalEntry, ...]:
        words = self.filter_box.value.casefold().split()
        return tuple(entry for entry in self._entries or () if holds(entry, words))

    def _say(self, words: str) -> None:
        line = Content.assemble(("journal", ".journal--title"), (f"   {words}", ".journal--dim"))
        self.query_one("#journal-title", Static).update(line)

    def _nothing_yet(self) -> Content:
        days = self.bench.library.undo_kept_for.days
        return Content.assemble(
            ("Nothing was changed yet", ".journal--title"),
            "\n\nWhat you rename, clear, delete or cure will stand here, newest first.\n"
            f"What was there before is kept for {count_words(days, 'day')}: you can read it here, "
            "\nand take back any change, not only the last one.",
        )

    def _nothing_found(self) -> Content:
        return Content.assemble(
            ("No change holds these words", ".journal--title"),
            "\n\nTitles, stores and what was done are looked at. ",
            (self.key_of("back"), ".journal--key"),
            " shows all changes again.",
        )

    # -- what the cursor is on -------------------------------------------------------------

    @property
    def _place(self) -> Place | None:
        selected = self.listed.selected
        key = None if selected is None else selected.key
        return key if isinstance(key, Place) else None

    @property
    def _entry(self) -> JournalEntry | None:
        place = self._place
        found = (entry for entry in self._entries or () if place and entry.id == place.entry_id)
        return next(found, None)

    @property
    def _session(self) -> JournalledSession | None:
        """The session at the cursor, or the only one of the entry there."""
        place = self._place
        if place is None:
            return None
        sessions = self._contents.get(place.entry_id, ())
        if place.ref is None:
            return sessions[0] if len(sessions) == 1 else None
        return next((each for each in sessions if each.ref == place.ref), None)

    def _describe(self) -> None:
        entry, session, place = self._entry, self._session, self._place
        pane = self.query_one("#journal-pane")
        if entry is None or place is None:
            self.query_one("#journal-details", Static).update(Content(""))
            pane.border_title = None
            return
        now = self.bench.local_now()
        if session is None:
            pane.border_title = Content(change_words(entry))
            facts = [*entry_facts(entry, now), *store_facts(entry), *title_facts(entry)]
        else:
            pane.border_title = Content(printable_line(session.title, 60))
            alone = entry.replace(size_bytes=session.size_bytes, problem=None)
            about = entry_facts(entry if place.ref is None else alone, now)
            # That the only session was taken back is told once.
            told = (fact for fact in about if not (fact.is_warning and session.is_undone))
            facts = [*session_facts(session), *told, *place_facts(session)]
        self.query_one("#journal-details", Static).update(self._table(facts))

    def _table(self, facts: Iterable[Fact]) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        table.add_column(ratio=1, overflow="fold")
        for fact in facts:
            part = "problem" if fact.is_warning else "text"
            table.add_row(self._text(fact.name, "dim"), self._text(fact.value, part))
        return table

    def _text(self, text: str, part: str) -> Text:
        style = self.get_component_rich_style(f"journal--{part}", partial=True)
        return Text(printable_line(text, _FACT_LIMIT), style)

    # -- what can be done ------------------------------------------------------------------

    def refusal(self, action: Action) -> str | None:
        """What was taken back, or has expired, cannot be taken back."""
        if action.id not in {"undo_entry", "look_into", "filter_journal"}:
            return None
        if self._entries is None:
            return "the journal is being read"
        if not self._entries:
            return "nothing was changed yet"
        entry = self._entry
        if action.id == "filter_journal":
            return None
        if entry is None:
            return "no change is selected"
        if action.id == "undo_entry":
            session = self._session
            if not entry.undoable:
                return entry.problem or "it was taken back already"
            if session is not None and session.is_undone:
                return "it was taken back already"
        return None

    def footer_keys(self) -> Iterable[FooterKey]:
        """What can be done with what the cursor is on, and then the rest."""
        if self.focused is self.filter_box:
            yield FooterKey("leave_filter", "enter", "to the changes")
            yield FooterKey("back", self.key_of("back"), "shows all")
            return
        answers = list(self._answers())
        yield from answers
        known = {key.action for key in answers} | {"look_into", "undo_entry"}
        yield from (key for key in super().footer_keys() if key.action not in known)

    def _answers(self) -> Iterable[FooterKey]:
        entry, session, place = self._entry, self._session, self._place
        if entry is None or place is None:
            return
        if session is not None and session.has_messages and not session.is_undone:
            yield FooterKey("look_into", self.key_of("look_into"), "reads it")
        elif place.ref is None and len(entry.refs) > 1:
            folds = "folds" if entry.id in self._unfolded else "shows its sessions"
            yield FooterKey("look_into", self.key_of("look_into"), folds)
        if entry.undoable and not (session is not None and session.is_undone):
            alone = place.ref is not None and len(entry.refs) > 1
            words = "takes this one back" if alone else "takes it back"
            yield FooterKey("undo_entry", self.key_of("undo_entry"), words)

    # -- actions ---------------------------------------------------------------------------

    def step(self, step: Step) -> None:
        """Move in the list."""
        self.listed.step(step)

    @on(RowList.Highlighted)
    def _highlighted(self, message: RowList.Highlighted) -> None:
        message.stop()
        self._describe()
        self.refresh_footer()
        start_worker(self, self._look_at_selected, "contents", exclusive=True)

    @on(RowList.Opened)
    async def _opened(self, message: RowList.Opened) -> None:
        message.stop()
        await self.action_perform("look_into")

    async def action_look_into(self) -> None:
        """Unfold a change, or read one of its sessions as it was."""
        place, entry = self._place, self._entry
        if place is None or entry is None:
            return
        await self._look_at_selected()
        session = self._session
        if session is None:
            self._unfolded ^= {entry.id}
            self._show()
        elif not session.has_messages or session.is_undone:
            self.tell(why_no_transcript(session))
        else:
            self.app.push_screen(KeptTranscriptScreen(self.bench, entry, session))

    def action_undo_entry(self) -> None:
        """Take this change back, or what it did to one session."""
        place, entry = self._place, self._entry
        if place is not None and entry is not None:
            refs = None if place.ref is None else (place.ref,)
            self._desk.undo(entry, refs, then=self._read_again)

    def action_filter_journal(self) -> None:
        """To the box of words."""
        self.filter_line.display = True
        self.set_focus(self.filter_box)
        self.refresh_footer()

    @on(Input.Changed, "#journal-filter")
    def _filter_changed(self, message: Input.Changed) -> None:
        message.stop()
        if self._entries is not None:
            self._show()

    @on(Input.Submitted, "#journal-filter")
    def action_leave_filter(self) -> None:
        """From the box to what it has left."""
        self.set_focus(self.listed)

    def action_back(self) -> None:
        """Show all changes again, or go back to the list."""
        if self.filter_line.display:
            self.filter_box.value = ""
            self.filter_line.display = False
            self.set_focus(self.listed)
        else:
            self.dismiss(None)
