"""The undo journal: what was changed, newest first, and what can still be taken back."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.printable import printable_line
from sessiontui.domain.report import JournalEntry
from sessiontui.domain.words import age_words, count_words, size_words
from sessiontui.ui.action_keys import bindings_of
from sessiontui.ui.actions import Action, Scope
from sessiontui.ui.change_words import change_words
from sessiontui.ui.error_display import show_error
from sessiontui.ui.refresher import start_worker
from sessiontui.ui.screens.action_screen import ActionScreen
from sessiontui.ui.steps import Step, step_options
from sessiontui.ui.widgets.key_footer import KeyFooter
from sessiontui.ui.workbench import Workbench

_EMPTY = "Nothing was changed yet. What you change is listed here."


class JournalScreen(ActionScreen[JournalEntry | None]):
    """A list of changes; gives the one that shall be taken back."""

    SCOPE = Scope.JOURNAL
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Scope.JOURNAL)
    AUTO_FOCUS = "OptionList"
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "journal--title",
        "journal--dim",
        "journal--done",
        "journal--problem",
    }

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._entries: tuple[JournalEntry, ...] = ()

    def compose(self) -> ComposeResult:
        yield Static("", id="journal-title", markup=False)
        yield OptionList(id="journal-list", markup=False)
        yield Static(_EMPTY, id="journal-empty", markup=False)
        yield KeyFooter(id="key-footer")

    def on_mount(self) -> None:
        """Read the journal."""
        self.query_one("#journal-list").border_title = Content("changes, newest first")
        self.query_one("#journal-empty").display = False
        self._say("reading the journal")
        start_worker(self, self._read, "journal", exclusive=True)

    async def _read(self) -> None:
        try:
            entries = await self.bench.reads.run(self.bench.library.undo_entries)
        except SessionTuiError as error:
            show_error(self.app, error)
            return
        self._entries = entries
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(self._prompt(entry)) for entry in entries])
        options.display = bool(entries)
        if entries:
            options.highlighted = 0
        self._say(count_words(sum(1 for entry in entries if entry.undoable), "change") + " to undo")
        self.query_one("#journal-empty").display = not entries
        self.refresh_bindings()

    def _say(self, words: str) -> None:
        line = Content.assemble(("sessiontui", ".journal--title"), (f"   {words}", ".journal--dim"))
        self.query_one("#journal-title", Static).update(line)

    def _prompt(self, entry: JournalEntry) -> Content:
        age = age_words((self.bench.clock() - entry.at).total_seconds())
        size = f"  {size_words(entry.size_bytes)}" if entry.size_bytes else ""
        stores = ", ".join(sorted({ref.store for ref in entry.refs}))
        facts = f"\n       {printable_line(stores, 80)}{size}"
        problem = "" if entry.undoable else f"  {printable_line(entry.problem or 'taken back', 80)}"
        return Content.assemble(
            (f" {age:>4}  ", ".journal--dim"),
            (change_words(entry), ".journal--title" if entry.undoable else ".journal--done"),
            (problem, ".journal--problem"),
            (facts, ".journal--dim"),
        )

    @property
    def _entry(self) -> JournalEntry | None:
        index = self.query_one(OptionList).highlighted
        return self._entries[index] if index is not None and index < len(self._entries) else None

    # -- actions ---------------------------------------------------------------------------

    def refusal(self, action: Action) -> str | None:
        """What was taken back, or has expired, cannot be taken back."""
        if action.id != "undo_entry":
            return None
        if self._entry is None:
            return "nothing was changed yet"
        if not self._entry.undoable:
            return self._entry.problem or "it was taken back already"
        return None

    def step(self, step: Step) -> None:
        """Move in the list."""
        step_options(self.query_one(OptionList), step)

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, message: OptionList.OptionHighlighted) -> None:
        message.stop()
        self.refresh_footer()

    @on(OptionList.OptionSelected)
    async def _selected(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        await self.action_perform("undo_entry")

    def action_undo_entry(self) -> None:
        """Go back, and take this change back."""
        self.dismiss(self._entry)

    def action_back(self) -> None:
        """Go back; nothing is taken back."""
        self.dismiss(None)
