"""A screen with one session in view: its transcript can be walked, and it can be changed.

A change runs in the app's own worker, so that it is never cancelled half-way, and is told by a
toast that names the key that takes it back.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

from sessiontui.domain.backend import Footprint
from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.report import Action as Change
from sessiontui.domain.report import ActionReport, JournalEntry
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.domain.verdict import VerdictStatus
from sessiontui.ui.actions import Action
from sessiontui.ui.change_words import outcome_words, question_words, title_words
from sessiontui.ui.error_display import show_error
from sessiontui.ui.refresher import start_worker
from sessiontui.ui.screens.confirm import Confirm
from sessiontui.ui.screens.journal import JournalScreen
from sessiontui.ui.screens.transcript_walking import OF_TRANSCRIPT, TranscriptWalking
from sessiontui.ui.session_facts import Facts
from sessiontui.ui.widgets.key_footer import FooterKey
from sessiontui.ui.widgets.rename_input import RenameInput
from sessiontui.ui.workbench import Workbench

_DANGERS = {"delete": Change.DELETE, "clear": Change.CLEAR}
_NEEDS_SESSION = frozenset(
    {"open", "unfold", "rename", "delete", "clear", "cure", "copy_ref", "toggle_follow"}
)


class _Asked(NamedTuple):
    """A question that waits for its second press; `seen` is the session's fingerprint then."""

    action_id: str
    ref: SessionRef
    seen: str | None


class SessionScreen(TranscriptWalking):
    """Base of the list with its preview, and of the full transcript."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._asked: _Asked | None = None
        self._facts: Facts | None = None
        self._renaming: SessionRow | None = None

    # -- to be overridden ------------------------------------------------------------------

    @property
    @abstractmethod
    def target(self) -> SessionRow | None:
        """The session that actions concern."""

    @abstractmethod
    def show_question(self, text: str | None) -> None:
        """Put a question where the session stands; None takes it away."""

    @abstractmethod
    def place_rename(self, box: RenameInput) -> None:
        """Move the input to where the title stands."""

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
        if action.id in OF_TRANSCRIPT and not self.transcript_shown:
            return "no transcript is shown at this size; enter opens it"
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
        if self._asked is None:
            # A change may just be under way: the key works, but is only shown when it will do.
            can_undo = self.bench.can_undo
            yield from (key for key in super().footer_keys() if key.action != "undo" or can_undo)
            return
        action_id = self._asked.action_id
        yield FooterKey(action_id, self.key_of(action_id), f"again {action_id}s")
        yield FooterKey("back", self.key_of("back"), "keeps it")

    def before(self, action: Action) -> None:
        """Any other action takes a question away; `back` does nothing else then."""
        if self._asked is not None and action.id not in {self._asked.action_id, "back"}:
            self.withdraw_question()

    # -- danger: ask first -----------------------------------------------------------------

    def action_delete(self) -> None:
        """Ask; the second press deletes."""
        self._ask_or_do("delete")

    def action_clear(self) -> None:
        """Ask; the second press clears."""
        self._ask_or_do("clear")

    def _ask_or_do(self, action_id: str) -> None:
        row = self.target
        if row is None:
            return
        asked = self._asked
        if asked is not None and asked[:2] == (action_id, row.ref):
            self.withdraw_question()
            library = self.bench.library
            change = library.delete if action_id == "delete" else library.clear
            do = partial(change, (row.ref,), expect=asked.seen)
            self._start(row, _DANGERS[action_id], lambda force: do(force=force))
            return
        facts = self._facts_of(row.ref)
        self._asked = _Asked(action_id, row.ref, facts.session.fingerprint if facts else None)
        self._ask(action_id, row, None)
        work = partial(self._complete_question, action_id, row)
        start_worker(self, work, "question", exclusive=True)

    def _ask(self, action_id: str, row: SessionRow, footprint: Footprint | None) -> None:
        key = self.key_of(action_id)
        self.refresh_footer()
        self.show_question(question_words(_DANGERS[action_id], row, key, footprint))

    async def _complete_question(self, action_id: str, row: SessionRow) -> None:
        # What goes, exactly; and how the session looked when it was asked about.
        library, reads = self.bench.library, self.bench.reads
        try:
            footprint = await reads.run(library.footprint, row.ref)
            session = await reads.run(library.session, row.ref)
        except SessionTuiError:
            return  # The question stands as it is; the change itself will say what is wrong.
        asked = self._asked
        if asked is not None and asked[:2] == (action_id, row.ref):
            self._asked = asked._replace(seen=asked.seen or session.fingerprint)
            self._ask(action_id, row, footprint)

    @property
    def is_asking(self) -> bool:
        """Whether a question waits for its second press."""
        return self._asked is not None

    def withdraw_question(self) -> None:
        """Take the question away; nothing is changed."""
        if self._asked is not None:
            self._asked = None
            self.show_question(None)
            self.refresh_footer()

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
        self._start(row, Change.RENAME, lambda force: rename(force=force), message.title)

    @abstractmethod
    def after_rename_input(self) -> None:
        """Give the focus back."""

    # -- cure, undo, copy ------------------------------------------------------------------

    def action_cure(self) -> None:
        """Set a stuck session to idle."""
        row = self.target
        if row is not None:
            cure = self.bench.library.cure
            self._start(row, Change.CURE, lambda _force: cure((row.ref,)))

    def action_undo(self) -> None:
        """Take back the last change."""
        start_worker(self.app, partial(self._undo, None), "actions")

    def action_journal(self) -> None:
        """Show the journal; what is chosen there is taken back."""

        def chosen(entry: JournalEntry | None) -> None:
            if entry is not None:
                start_worker(self.app, partial(self._undo, entry), "actions")

        self.app.push_screen(JournalScreen(self.bench), chosen)

    def action_copy_ref(self) -> None:
        """Copy the reference."""
        row = self.target
        if row is not None:
            self.app.copy_to_clipboard(str(row.ref))
            self.tell(f"copied {row.ref}")

    # -- doing -----------------------------------------------------------------------------

    def _start(
        self,
        row: SessionRow,
        change: Change,
        do: Callable[[bool], ActionReport],
        new_title: str = "",
    ) -> None:
        self._facts = None
        start_worker(self.app, partial(self._change, row, change, do, new_title), "actions")

    async def _change(
        self,
        row: SessionRow,
        change: Change,
        do: Callable[[bool], ActionReport],
        new_title: str,
    ) -> None:
        try:
            report = await self.bench.actions.run(do, False)
            if report.skipped and await self._wants_force(row, change, report):
                report = await self.bench.actions.run(do, True)
        except SessionTuiError as error:
            show_error(self.app, error)
            return
        self._tell_outcome(report, {row.ref: row.title}, new_title=new_title)
        self._finish(report, None)

    async def _wants_force(self, row: SessionRow, change: Change, report: ActionReport) -> bool:
        # Only a live session may be changed by insisting; every other refusal stands.
        if change is Change.CURE:
            return False
        library = self.bench.library
        verdict = await self.bench.reads.run(lambda: library.verdict(library.session(row.ref)))
        if not verdict.is_live:
            return False
        return await self.app.push_screen_wait(
            Confirm(
                f"{title_words(row.title)} is {verdict.status.value}",
                (*verdict.evidence, *(skipped.reason for skipped in report.skipped)),
                change.value,
            )
        )

    async def _undo(self, chosen: JournalEntry | None) -> None:
        library, actions = self.bench.library, self.bench.actions
        try:
            known = await actions.run(library.undo_entries)
            report = await actions.run(library.undo, chosen.id if chosen else None)
        except SessionTuiError as error:
            show_error(self.app, error)
            return
        undoable = (item for item in known if item.undoable and set(item.refs) & set(report.done))
        entry = chosen or next(undoable, None)
        titles: dict[SessionRef, str] = {}
        if entry is not None:
            titles = dict(zip(entry.refs, entry.titles, strict=False))
        self._tell_outcome(report, titles, undone=entry)
        self._finish(report, report.done[0] if report.done else None)

    def _finish(self, report: ActionReport, select: SessionRef | None) -> None:
        self.bench.changes.note_sessions(report.done)
        # What was known is from before: a question that waits by now is about what is there now.
        self._facts = None
        if self._asked is not None:
            self._asked = self._asked._replace(seen=None)
        if self.is_attached:
            self.after_change(report, select)

    def _tell_outcome(
        self,
        report: ActionReport,
        titles: dict[SessionRef, str],
        *,
        undone: JournalEntry | None = None,
        new_title: str = "",
    ) -> None:
        if report.undo_id is not None:
            self.bench.can_undo = True
        outcome = outcome_words(
            report, titles, self.key_of("undo"), undone=undone, new_title=new_title
        )
        self.app.clear_notifications()  # An older offer to undo would mean the wrong change now.
        self.app.notify(outcome.text, severity=outcome.severity, markup=False)
