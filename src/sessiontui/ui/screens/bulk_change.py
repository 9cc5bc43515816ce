"""Many marked sessions at once: what goes, what cannot and why, and the key that means it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.printable import printable_line
from sessiontui.domain.report import Action as Change
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.domain.value import PlainValue
from sessiontui.domain.words import count_words
from sessiontui.ui.action_keys import bindings_of
from sessiontui.ui.actions import Action, Scope
from sessiontui.ui.bulk_plan import BulkPlan
from sessiontui.ui.change_words import VERBS
from sessiontui.ui.error_display import show_error
from sessiontui.ui.marks import marks_for
from sessiontui.ui.messages import LibraryChanged
from sessiontui.ui.refresher import Refresher
from sessiontui.ui.screens.action_screen import ActionScreen
from sessiontui.ui.steps import Step
from sessiontui.ui.widgets.key_footer import FooterKey, KeyFooter
from sessiontui.ui.widgets.row_list import RowList
from sessiontui.ui.workbench import Workbench

_READ_AT_ONCE = 24
_MOST_READS = 16
_SAME_KEY = {Change.DELETE: "delete", Change.CLEAR: "clear", Change.CURE: "cure"}


class Meant(PlainValue):
    """What was decided: the sessions to change, how they looked, how many cannot be changed.

    `notes` are those that were read here.
    """

    rows: tuple[SessionRow, ...]
    expected: dict[SessionRef, str]
    refused: int
    notes: tuple[str, ...]


class BulkChangeScreen(ActionScreen[Meant | None]):
    """Asks about a change of many sessions; gives what is meant, or None."""

    SCOPE = Scope.MARKED
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Scope.MARKED)
    AUTO_FOCUS = "RowList"
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "bulk-change--question",
        "bulk-change--keeps",
        "bulk-change--dim",
    }

    listed = getters.query_one(RowList)

    def __init__(
        self, bench: Workbench, action: Change, rows: tuple[SessionRow, ...], undo_key: str
    ) -> None:
        super().__init__(bench)
        self._undo_key = undo_key
        self._has_moved = False
        self._plan = BulkPlan(action, rows, {})
        self._generation = bench.changes.generation
        self._reading = Refresher(self, "prospects", self._read)
        self._unread = [row.ref for row in rows]

    def compose(self) -> ComposeResult:
        yield Static("", id="bulk-change-title", markup=False)
        yield RowList(marks_for().bar, id="bulk-change-list")
        yield Static("", id="bulk-change-totals", markup=False)
        yield KeyFooter(id="key-footer")

    def on_mount(self) -> None:
        """Show what is known at once; the rest is read behind it."""
        self.listed.border_title = Content("marked sessions")
        self.app.clear_notifications()  # They would lie over what is said below the list.
        self._show()
        self._reading.ask()

    # -- what is known ---------------------------------------------------------------------

    async def _read(self) -> None:
        library, action = self.bench.library, self._plan.action
        # However many there are, the list is laid out anew a few times only.
        at_once = max(_READ_AT_ONCE, len(self._unread) // _MOST_READS)
        while self._unread:
            part = tuple(self._unread[:at_once])
            del self._unread[:at_once]
            try:
                found = await self.bench.reads.run(library.prospects, action, part)
            except SessionTuiError as error:
                show_error(self.app, error)
                return
            self._plan = self._plan.with_prospects(found)
            self._show()

    def on_library_changed(self, message: LibraryChanged) -> None:
        """Look again at what has changed since it was looked at."""
        since, self._generation = self._generation, message.generation
        changed = [row.ref for row in self._plan.rows if self.bench.changes.touched(row.ref, since)]
        self._unread += [ref for ref in changed if ref not in self._unread]
        if changed:
            self._reading.ask()

    def _show(self) -> None:
        plan, lines = self._plan, self._plan.lines()
        # A session that turns out not to be possible moves down; the cursor need not go with it.
        top = lines[0].key if lines and not self._has_moved else None
        self.listed.show(lines, select=top)
        question = Content.assemble(
            (plan.question, ".bulk-change--question"), (f"   {plan.keeps}", ".bulk-change--keeps")
        )
        self.query_one("#bulk-change-title", Static).update(question)
        self._explain()
        self.refresh_footer()

    def _explain(self) -> None:
        """Below the list: the totals, and what concerns the session at the cursor, or all."""
        plan, row = self._plan, self._row
        refusal = None if row is None else plan.refusal(row)
        days = self.bench.library.undo_kept_for.days
        undo = f"one {self._undo_key} takes all of it back, for {count_words(days, 'day')}"
        more = [undo if refusal is None else f"cannot: {refusal}", *plan.notes]
        text = Content.assemble(
            plan.totals, *(("\n" + printable_line(line), ".bulk-change--dim") for line in more)
        )
        self.query_one("#bulk-change-totals", Static).update(text)

    # -- what can be done ------------------------------------------------------------------

    def is_relevant(self, action: Action) -> bool:
        """Of the dangerous keys only the one that led here is there."""
        return action.id not in _SAME_KEY.values() or action.id == _SAME_KEY[self._plan.action]

    def refusal(self, action: Action) -> str | None:
        """Nothing chosen is nothing to do; what cannot be done cannot be put back."""
        plan = self._plan
        if action.id in {"confirm_change", _SAME_KEY[plan.action]} and not plan.chosen:
            return f"none of them is to be {VERBS[plan.action].done}"
        if action.id == "take_off":
            row = self._row
            return "no session is selected" if row is None else plan.refusal(row)
        return None

    def footer_keys(self) -> Iterable[FooterKey]:
        """The answers."""
        action_id, count = _SAME_KEY[self._plan.action], len(self._plan.chosen)
        if count:
            does = VERBS[self._plan.action].does
            yield FooterKey(action_id, self.key_of(action_id), f"{does} {count:,}")
        row = self._row
        if row is not None and self._plan.refusal(row) is None:
            back = row.ref in self._plan.taken_off
            title = "puts it back" if back else "takes it off"
            yield FooterKey("take_off", self.key_of("take_off"), title)
        yield FooterKey("back", self.key_of("back"), "keeps all")
        yield FooterKey("help", self.key_of("help"), "help")

    @property
    def _row(self) -> SessionRow | None:
        selected = self.listed.selected
        if selected is None:
            return None
        return next((row for row in self._plan.rows if row.ref == selected.key), None)

    # -- actions ---------------------------------------------------------------------------

    def step(self, step: Step) -> None:
        """Move in the list."""
        self._has_moved = True
        self.listed.step(step)

    @on(RowList.Highlighted)
    def _highlighted(self, message: RowList.Highlighted) -> None:
        message.stop()
        self._explain()
        self.refresh_footer()

    @on(RowList.Opened)
    async def _opened(self, message: RowList.Opened) -> None:
        message.stop()
        await self.action_perform("take_off")

    def action_take_off(self) -> None:
        """Leave a session as it is, or take it in again."""
        row = self._row
        if row is not None:
            self._has_moved = True
            self._plan = self._plan.toggled(row.ref)
            self._show()
            if row.ref in self._plan.taken_off:
                self.step(Step.DOWN)

    def action_confirm_change(self) -> None:
        """Mean it."""
        plan = self._plan
        self.dismiss(Meant(plan.chosen, plan.expected, len(plan.refused), plan.notes))

    def action_delete(self) -> None:
        """The second press."""
        self.action_confirm_change()

    def action_clear(self) -> None:
        """The second press."""
        self.action_confirm_change()

    def action_cure(self) -> None:
        """The second press."""
        self.action_confirm_change()

    def action_back(self) -> None:
        """Go back; nothing is changed, the marks stay."""
        self.dismiss(None)
