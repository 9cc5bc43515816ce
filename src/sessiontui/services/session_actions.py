"""Everything that changes a session, and taking it back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta

from sessiontui.domain.backend import ClearScope
from sessiontui.domain.change import (
    UNWATCHED,
    ChangeWatch,
    Expected,
    JournalledSession,
    Prospect,
)
from sessiontui.domain.report import Action, ActionReport, JournalEntry
from sessiontui.domain.session import SessionRef
from sessiontui.services.action_checks import ActionChecks, ActionOptions
from sessiontui.services.catalogue import Catalogue
from sessiontui.services.change_runner import ChangeRunner
from sessiontui.services.changes import Change, Clearing, Curing, Deleting, Renaming
from sessiontui.services.local_titles import LocalTitles
from sessiontui.services.snapshot_reading import KeptMessages
from sessiontui.services.undo_journal import UndoJournal
from sessiontui.services.undoing import Undoing


class SessionActions:
    """Renames, clears, deletes and cures sessions, and takes that back. Safe from threads.

    A change of a session whose fingerprint is not the one in `expect` is refused.

    What could not be done to a session stands in the report, with the reason. Raised are only
    errors that concern a change as a whole: `StoreBusy` while another process changes something,
    `StoreUnreadable` when the journal cannot be written; nothing is changed then.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        journal: UndoJournal,
        titles: LocalTitles,
        options: ActionOptions,
        checks: ActionChecks,
    ) -> None:
        self._journal = journal
        self.checks = checks
        self._undoing = Undoing(catalogue, journal, titles, options)
        self._runner = ChangeRunner(catalogue, journal, titles, self.checks, self._undoing)
        self._options = options

    def rename(
        self,
        ref: SessionRef,
        title: str,
        *,
        force: bool = False,
        dry_run: bool = False,
        watch: ChangeWatch = UNWATCHED,
    ) -> ActionReport:
        """Set the title; an empty one returns to the automatic title.

        Where the store holds no titles, it is kept with us.
        """
        return self._change(Renaming(title), (ref,), force, dry_run, watch=watch)

    def clear(
        self,
        refs: Iterable[SessionRef],
        scope: ClearScope | None = None,
        *,
        force: bool = False,
        dry_run: bool = False,
        expect: Expected = None,
        watch: ChangeWatch = UNWATCHED,
    ) -> ActionReport:
        """Remove messages, keep the sessions."""
        change = Clearing(scope or ClearScope())
        return self._change(change, refs, force, dry_run, expect, watch)

    def delete(
        self,
        refs: Iterable[SessionRef],
        *,
        force: bool = False,
        dry_run: bool = False,
        expect: Expected = None,
        watch: ChangeWatch = UNWATCHED,
    ) -> ActionReport:
        """Remove sessions and all that belongs to them."""
        return self._change(Deleting(), refs, force, dry_run, expect, watch)

    def cure(
        self,
        refs: Iterable[SessionRef],
        *,
        force: bool = False,
        dry_run: bool = False,
        expect: Expected = None,
        watch: ChangeWatch = UNWATCHED,
    ) -> ActionReport:
        """Set stuck and failed sessions to idle in their stores' own terms."""
        return self._change(Curing(self.checks.verdict), refs, force, dry_run, expect, watch)

    def prospects(self, action: Action, refs: Iterable[SessionRef]) -> tuple[Prospect, ...]:
        """What a clear, delete or cure would do to each session, or why it would not."""
        changes = {
            Action.CLEAR: Clearing(ClearScope()),
            Action.DELETE: Deleting(),
            Action.CURE: Curing(self.checks.verdict),
        }
        return tuple(self._runner.prospects(changes[action], tuple(refs)))

    def undo(
        self,
        entry_id: str | None = None,
        refs: Collection[SessionRef] | None = None,
        *,
        watch: ChangeWatch = UNWATCHED,
    ) -> ActionReport:
        """Take back the newest change, or the one of an id or of the unique beginning of one.

        With `refs` only what was done to those sessions. What could not be restored stays in the
        journal. Raises `NothingToUndo`, `UndoExpired`, `UndoRefused`, `AmbiguousRef`, and
        `StoreReadOnly` when changes are switched off.
        """
        self.checks.require_writing()
        with self._journal.locked():
            self._undoing.recover()
            return self._undoing.undo(entry_id, refs, watch)

    @property
    def undo_kept_for(self) -> timedelta:
        """How long a change can be taken back, while the journal has room."""
        return self._journal.keep_for

    def undo_entries(self) -> tuple[JournalEntry, ...]:
        """The journal, newest first; with named stores only what concerns these."""
        if not self._options.read_only:
            with self._journal.locked_if_free() as held:
                # Another process that holds the lock is in the middle of a change.
                if held:
                    self._undoing.recover()
        return self._undoing.listed()

    def journalled(self, entry_id: str) -> tuple[JournalledSession, ...]:
        """The sessions of an entry as they were before it."""
        return self._undoing.journalled(entry_id)

    def open_kept(self, entry_id: str, ref: SessionRef) -> KeptMessages:
        """The transcript of a session as it was before an entry; see `Undoing.open_kept`."""
        return self._undoing.open_kept(entry_id, ref)

    def _change(
        self,
        change: Change,
        refs: Iterable[SessionRef],
        force: bool,
        dry_run: bool,
        expect: Expected = None,
        watch: ChangeWatch = UNWATCHED,
    ) -> ActionReport:
        chosen = tuple(refs)
        seen = dict.fromkeys(chosen, expect) if isinstance(expect, str) else dict(expect or {})
        if dry_run:
            return self._runner.rehearse(change, chosen, force=force, expect=seen)
        if self._options.read_only:
            # Every session is refused, with its reason; not even our own folders are made.
            refused = self._runner.rehearse(change, chosen, force=force, expect=seen)
            return refused.replace(dry_run=False)
        return self._runner.run(change, chosen, force=force, expect=seen, watch=watch)
