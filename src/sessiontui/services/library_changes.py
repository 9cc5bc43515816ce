"""The half of the library that changes sessions: delegation, and the index told at once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

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
from sessiontui.services.index_sync import IndexSync

if TYPE_CHECKING:
    from sessiontui.services.session_actions import SessionActions
    from sessiontui.services.snapshot_reading import KeptMessages


class LibraryChanges:
    """Everything that changes a session, and taking it back.

    Changes of several sessions, also of different stores, are one entry of the journal. A session
    whose fingerprint is not the one in `expect` is left alone.
    """

    def __init__(
        self, actions: Callable[[], SessionActions], journal: Path, sync: IndexSync
    ) -> None:
        """`actions` are made when they are first needed; `journal` is its folder."""
        self._make_actions = actions
        self._journal_folder = journal
        self._sync = sync

    @cached_property
    def _actions(self) -> SessionActions:
        return self._make_actions()

    def rename(
        self,
        ref: SessionRef,
        title: str,
        *,
        force: bool = False,
        dry_run: bool = False,
        watch: ChangeWatch = UNWATCHED,
    ) -> ActionReport:
        """Set the title; an empty one returns to the automatic title."""
        report = self._actions.rename(ref, title, force=force, dry_run=dry_run, watch=watch)
        return self._taken_in(report)

    def clear(
        self,
        refs: tuple[SessionRef, ...],
        scope: ClearScope | None = None,
        *,
        force: bool = False,
        dry_run: bool = False,
        expect: Expected = None,
        watch: ChangeWatch = UNWATCHED,
    ) -> ActionReport:
        """Remove messages, keep the sessions."""
        report = self._actions.clear(
            refs, scope, force=force, dry_run=dry_run, expect=expect, watch=watch
        )
        return self._taken_in(report)

    def delete(
        self,
        refs: tuple[SessionRef, ...],
        *,
        force: bool = False,
        dry_run: bool = False,
        expect: Expected = None,
        watch: ChangeWatch = UNWATCHED,
    ) -> ActionReport:
        """Remove sessions and all that belongs to them."""
        report = self._actions.delete(
            refs, force=force, dry_run=dry_run, expect=expect, watch=watch
        )
        return self._taken_in(report)

    def cure(
        self,
        refs: tuple[SessionRef, ...],
        *,
        force: bool = False,
        dry_run: bool = False,
        expect: Expected = None,
        watch: ChangeWatch = UNWATCHED,
    ) -> ActionReport:
        """Set stuck sessions to idle in their stores' own terms."""
        report = self._actions.cure(refs, force=force, dry_run=dry_run, expect=expect, watch=watch)
        return self._taken_in(report)

    def prospects(self, action: Action, refs: tuple[SessionRef, ...]) -> tuple[Prospect, ...]:
        """What a clear, delete or cure would do to each session, or why it would not."""
        return self._actions.prospects(action, refs)

    def undo(
        self,
        entry_id: str | None = None,
        refs: Collection[SessionRef] | None = None,
        *,
        watch: ChangeWatch = UNWATCHED,
    ) -> ActionReport:
        """Take back the last change, or a named one; with `refs` only of those sessions.

        Raises `NothingToUndo`, `UndoExpired`, `UndoRefused`.
        """
        return self._taken_in(self._actions.undo(entry_id, refs, watch=watch))

    @property
    def undo_kept_for(self) -> timedelta:
        """How long a change can be taken back, while the journal has room."""
        return self._actions.undo_kept_for

    def undo_entries(self) -> tuple[JournalEntry, ...]:
        """What can be taken back, newest first."""
        return self._actions.undo_entries() if self._journal_folder.is_dir() else ()

    def journalled(self, entry_id: str) -> tuple[JournalledSession, ...]:
        """The sessions of an entry of the journal as they were before it."""
        return self._actions.journalled(entry_id)

    def open_kept(self, entry_id: str, ref: SessionRef) -> KeptMessages:
        """The transcript that taking an entry back would bring back; to be closed after reading.

        Raises `NothingToUndo` and `UndoExpired` where it is not kept any more.
        """
        return self._actions.open_kept(entry_id, ref)

    def _taken_in(self, report: ActionReport) -> ActionReport:
        # Whoever changed something sees it at once, watched or not.
        for store in {ref.store for ref in report.done} if not report.dry_run else ():
            keys = frozenset(ref.key for ref in report.done if ref.store == store)
            self._sync.catch_up(store, keys)
        return report
