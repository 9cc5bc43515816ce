"""A screen with one session in view: its transcript can be walked, and it can be changed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable
from functools import partial
from typing import TYPE_CHECKING

from sessiontui.domain.report import Action as Change
from sessiontui.domain.report import ActionReport
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.domain.verdict import VerdictStatus
from sessiontui.ui.actions import Action
from sessiontui.ui.actions.taking_out import OF_SESSION
from sessiontui.ui.change_words import VERBS, title_words
from sessiontui.ui.screens.asking import Question
from sessiontui.ui.screens.changing import ChangeDesk, ChangeRequest, Do
from sessiontui.ui.screens.taking_out import TakingOut
from sessiontui.ui.screens.transcript_walking import OF_PANES, OF_TRANSCRIPT
from sessiontui.ui.session_facts import Facts
from sessiontui.ui.widgets.key_footer import FooterKey
from sessiontui.ui.widgets.rename_input import RenameInput
from sessiontui.ui.workbench import Workbench

if TYPE_CHECKING:
    from sessiontui.ui.screens.bulk_change import Meant

_OF_MARKED = {"delete": Change.DELETE, "clear": Change.CLEAR, "cure": Change.CURE}
"""The actions that concern the marked sessions, where there are any."""
_NEEDS_SESSION = frozenset(
    {"open", "unfold", "rename", "delete", "clear", "cure", "mark", "mark_range"}
    | {"toggle_follow", *OF_SESSION}
)


class SessionScreen(TakingOut):
    """Base of the list with its preview, and of the full transcript."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._desk = ChangeDesk(self, bench, self._finish)
        self._question = Question(self, bench, self.show_question)
        self._facts: Facts | None = None
        self._renaming: SessionRow | None = None

    # -- to be overridden ------------------------------------------------------------------

    @property
    @abstractmethod
    def target(self) -> SessionRow | None:
        """The session that actions concern."""

    @property
    def marked(self) -> tuple[SessionRow, ...]:
        """The sessions marked for a change of many, in the order of the list."""
        return ()

    def unmark(self, refs: Collection[SessionRef]) -> None:
        """Take marks away."""

    @property
    def spawned(self) -> int:
        """How many sessions the one in view has spawned, as far as is known."""
        return 0

    @abstractmethod
    def show_question(self, text: str | None) -> None:
        """Put a question where the session stands; None takes it away."""

    @abstractmethod
    def place_rename(self, box: RenameInput) -> None:
        """Move the input to where the title stands."""

    @abstractmethod
    def after_rename_input(self) -> None:
        """Give the focus back."""

    @abstractmethod
    def after_change(self, report: ActionReport, select: SessionRef | None) -> None:
        """Show what became of the sessions; `select` is the one to put the cursor on."""

    @property
    def transcript_shown(self) -> bool:
        """Whether a transcript is on this screen now."""
        return True

    # -- what can be done ------------------------------------------------------------------

    def refusal(self, action: Action) -> str | None:
        """Refuse what the session's store cannot do, and what needs a session."""
        if action.id in _OF_MARKED and self.marked:
            return None
        if action.id in OF_TRANSCRIPT | OF_PANES and not self.transcript_shown:
            return f"no transcript is shown at this size. Press {self.key_of('open')} to open it"
        row = self.target
        if action.id in _NEEDS_SESSION | OF_TRANSCRIPT and row is None:
            return "no session is selected"
        if row is None:
            return None
        if action.id == "cure" and row.status != VerdictStatus.STUCK:
            return f"{title_words(row.title)} is not stuck"
        if action.capability is not None:
            facts = self._facts_of(row.ref)
            return None if facts is None else facts.refusals.get(action.capability)
        return None

    def set_facts(self, facts: Facts) -> None:
        """Remember what was found out of the session in view."""
        self._facts = facts
        self.refresh_footer()

    def _facts_of(self, ref: SessionRef) -> Facts | None:
        facts = self._facts
        return facts if facts is not None and facts.session.ref == ref else None

    def footer_keys(self) -> Iterable[FooterKey]:
        """While a question waits, or a title is edited, only the answers count."""
        if self._renaming is not None:
            yield FooterKey("submit_rename", "enter", "renames")
            yield FooterKey("give_up_rename", "esc", "keeps it")
            return
        asked = self._question.asked
        if asked is not None:
            action_id = asked.action.value
            yield FooterKey(action_id, self.key_of(action_id), f"again {VERBS[asked.action].does}")
            yield FooterKey("back", self.key_of("back"), "keeps it")
            return
        marked = self.marked
        curable = sum(row.status == VerdictStatus.STUCK for row in marked)
        for key in super().footer_keys():
            if key.action in _OF_MARKED and marked:
                count = curable if key.action == "cure" else len(marked)
                if count:
                    yield key.replace(title=f"{key.title} {count:,}")
            elif key.action != "undo" or self.bench.can_undo:
                # A change may just be under way: undo works, but is only shown when it will do.
                yield key

    def before(self, action: Action) -> None:
        """Any other action takes a question away; `back` does nothing else then."""
        asked = self._question.asked
        if asked is not None and action.id not in {asked.action.value, "back"}:
            self.withdraw_question()

    # -- danger: ask first -----------------------------------------------------------------

    def action_delete(self) -> None:
        """Ask; the second press deletes."""
        self._ask_or_do(Change.DELETE)

    def action_clear(self) -> None:
        """Ask; the second press clears."""
        self._ask_or_do(Change.CLEAR)

    def _ask_or_do(self, change: Change) -> None:
        row = self.target
        if self.marked:
            self._ask_about_many(change)
        elif row is not None and self._question.is_about(change, row.ref):
            seen = self._question.asked.seen if self._question.asked else None
            self.withdraw_question()
            self._start(ChangeRequest(change, (row,), self._doing(change, (row.ref,), seen)))
        elif row is not None:
            facts = self._facts_of(row.ref)
            fingerprint = facts.session.fingerprint if facts else None
            self._question.ask(change, row, fingerprint, self.spawned)

    def _doing(
        self, change: Change, refs: tuple[SessionRef, ...], seen: str | dict[SessionRef, str] | None
    ) -> Do:
        library = self.bench.library
        if change is Change.CURE:
            return lambda force, watch: library.cure(refs, expect=seen, watch=watch)
        do = library.delete if change is Change.DELETE else library.clear
        return lambda force, watch: do(refs, force=force, expect=seen, watch=watch)

    @property
    def is_asking(self) -> bool:
        """Whether a question waits for its second press."""
        return self._question.asked is not None

    def withdraw_question(self) -> None:
        """Take the question away; nothing is changed."""
        self._question.withdraw()

    def _ask_about_many(self, change: Change) -> None:
        target = self.target
        stood = None if target is None else target.ref

        def answered(meant: Meant | None) -> None:
            if meant is None:
                return
            refs = tuple(row.ref for row in meant.rows)
            do = self._doing(change, refs, meant.expected)
            self._start(
                ChangeRequest(
                    change,
                    meant.rows,
                    do,
                    is_bulk=True,
                    refused=meant.refused,
                    notes=meant.notes,
                    stood=stood,
                )
            )

        from sessiontui.ui.screens.bulk_change import BulkChangeScreen  # noqa: PLC0415  not for the first frame

        asking = BulkChangeScreen(self.bench, change, self.marked, self.key_of("undo"))
        self.app.push_screen(asking, answered)

    # -- rename ----------------------------------------------------------------------------

    def action_rename(self) -> None:
        """Edit the title in its place."""
        row = self.target
        if row is None:
            return
        self._renaming = row
        box = self.query_one(RenameInput)
        self.place_rename(box)
        box.begin(row.title)

    def on_resize(self) -> None:
        """Keep the input where the title stands."""
        if self._renaming is not None:
            self.call_after_refresh(self.place_rename, self.query_one(RenameInput))

    async def action_submit_rename(self) -> None:
        """Take the new title; a click on the footer comes here."""
        await self.query_one(RenameInput).action_submit()

    def action_give_up_rename(self) -> None:
        """Keep the title; a click on the footer comes here."""
        self.query_one(RenameInput).action_give_up()

    def on_rename_input_done(self, message: RenameInput.Done) -> None:
        """Rename, unless it was given up or nothing was changed."""
        message.stop()
        row, self._renaming = self._renaming, None
        self.after_rename_input()
        self.refresh_footer()
        if row is None or message.title is None:
            return
        rename = partial(self.bench.library.rename, row.ref, message.title)
        self._start(
            ChangeRequest(
                Change.RENAME,
                (row,),
                lambda force, watch: rename(force=force, watch=watch),
                new_title=message.title,
            )
        )

    # -- cure, undo, journal ---------------------------------------------------------------

    def action_cure(self) -> None:
        """Set a stuck session to idle."""
        row = self.target
        if self.marked:
            self._ask_about_many(Change.CURE)
        elif row is not None:
            self._start(
                ChangeRequest(Change.CURE, (row,), self._doing(Change.CURE, (row.ref,), None))
            )

    def action_undo(self) -> None:
        """Take back the last change."""
        self._desk.undo()

    def action_journal(self) -> None:
        """Show the journal."""
        from sessiontui.ui.screens.journal import JournalScreen  # noqa: PLC0415  not for the first frame

        self.app.push_screen(JournalScreen(self.bench, self._desk))

    # -- what became of it -----------------------------------------------------------------

    def _start(self, request: ChangeRequest) -> None:
        self._facts = None
        self._desk.start(request)

    def _finish(self, report: ActionReport, select: SessionRef | None) -> None:
        # What was known is from before: a question that waits by now is about what is there now.
        self._facts = None
        self._question.look_again()
        if self.is_attached:
            self.unmark(report.done)
            self.after_change(report, select)
