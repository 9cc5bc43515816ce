"""How a change is made: check, snapshot, do, write down, report.

One change is one entry of the undo journal, over any number of sessions. All snapshots are on the
disk before the first session is touched. What cannot be done to one session is a value in the
report and stops no other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from sessiontui.domain.backend import SessionBackend
from sessiontui.domain.change import UNWATCHED, ChangeStage, ChangeWatch, Prospect
from sessiontui.domain.errors import (
    BadKey,
    ChangedUnderneath,
    SessionBusy,
    SessionMissing,
    SessionTuiError,
    StoreBusy,
    StoreUnreadable,
    Unsupported,
)
from sessiontui.domain.report import Action, ActionReport, Skipped
from sessiontui.domain.session import Session, SessionRef
from sessiontui.domain.store import StoreInfo
from sessiontui.domain.value import PlainValue
from sessiontui.services.action_checks import ActionChecks, require_unchanged, skipped_because
from sessiontui.services.catalogue import Catalogue
from sessiontui.services.changes import Change, Estimate
from sessiontui.services.journal_entry import ItemState, JournalItem, Manifest
from sessiontui.services.local_titles import LocalTitles
from sessiontui.services.undo_journal import UndoJournal
from sessiontui.services.undoing import Undoing

_ATTEMPTS = 20
"""How often a forced change is begun again when a writer was faster."""

_NOTHING_DONE = (BadKey, ChangedUnderneath, SessionBusy, SessionMissing, StoreBusy, Unsupported)
"""Errors after which a session is as it was before."""


class Planned(PlainValue):
    """A session that passed all checks. `local`: only its title with us is to be changed."""

    backend: SessionBackend
    session: Session
    local: bool


@dataclass
class _Tally:
    """What a change has come to so far."""

    action: Action
    asked: tuple[SessionRef, ...]
    done: list[SessionRef] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    freed_bytes: int | None = None
    removed_messages: int | None = None

    def add(self, ref: SessionRef, removed: int | None, freed: int | None) -> None:
        self.done.append(ref)
        if removed is not None:
            self.removed_messages = (self.removed_messages or 0) + removed
        if freed is not None:
            self.freed_bytes = (self.freed_bytes or 0) + freed

    def skip(self, ref: SessionRef, error: SessionTuiError) -> None:
        self.skipped.append(skipped_because(ref, error))

    def note(self, text: str | None) -> None:
        if text and text not in self.notes:
            self.notes.append(text)

    def report(self, undo_id: str | None = None, *, dry_run: bool = False) -> ActionReport:
        reached = {*self.done, *(skipped.ref for skipped in self.skipped)}
        return ActionReport(
            action=self.action,
            done=tuple(self.done),
            skipped=tuple(self.skipped),
            cancelled=tuple(ref for ref in self.asked if ref not in reached),
            undo_id=undo_id,
            freed_bytes=self.freed_bytes,
            removed_messages=self.removed_messages,
            dry_run=dry_run,
            notes=tuple(self.notes),
        )


class ChangeRunner:
    """Makes changes of any kind. `force`: also of live sessions and on shared file systems."""

    def __init__(
        self,
        catalogue: Catalogue,
        journal: UndoJournal,
        titles: LocalTitles,
        checks: ActionChecks,
        undoing: Undoing,
    ) -> None:
        self._catalogue = catalogue
        self._journal = journal
        self._titles = titles
        self._checks = checks
        self._undoing = undoing

    def prospects(self, change: Change, refs: tuple[SessionRef, ...]) -> Iterator[Prospect]:
        """What `run` would do to each session, or why it would not; nothing is changed."""
        infos: dict[str, StoreInfo] = {}
        for ref in refs:
            try:
                planned = self._checked(change, ref, infos, force=False, expect={})
            except SessionTuiError as error:
                yield Prospect(ref, refusal=error.title)
            else:
                estimate = _estimate(change, planned)
                yield Prospect(
                    ref,
                    messages=estimate.messages,
                    size_bytes=estimate.size_bytes,
                    files=estimate.files,
                    fingerprint=planned.session.fingerprint,
                    note=_note(change, planned),
                )

    def rehearse(
        self,
        change: Change,
        refs: tuple[SessionRef, ...],
        *,
        force: bool,
        expect: Mapping[SessionRef, str],
    ) -> ActionReport:
        """What `run` would do; nothing is changed."""
        tally = _Tally(change.action, tuple(dict.fromkeys(refs)))
        for planned in self._plan(change, tally, UNWATCHED, force=force, expect=expect):
            estimate = _estimate(change, planned)
            tally.add(planned.session.ref, estimate.messages, estimate.size_bytes)
            tally.note(_note(change, planned))
        return tally.report(dry_run=True)

    def run(
        self,
        change: Change,
        refs: tuple[SessionRef, ...],
        *,
        force: bool,
        expect: Mapping[SessionRef, str],
        watch: ChangeWatch = UNWATCHED,
    ) -> ActionReport:
        """Make the change. Raises `StoreBusy`, and `StoreUnreadable` for a journal without room.

        A session with another fingerprint than in `expect`, the one the user saw, is left alone. A
        forced change without it is begun again when a writer changed the session meanwhile.

        Cancelled before all snapshots are taken, it changes nothing; after that, the sessions that
        were not come to stay as they are, and leave the entry.
        """
        tally = _Tally(change.action, tuple(dict.fromkeys(refs)))
        with self._journal.locked():
            self._undoing.recover()
            ready = self._plan(change, tally, watch, force=force, expect=expect)
            begun = self._prepare(change, ready, tally, watch, force=force)
            if begun is None:
                return tally.report()
            prepared, entry = begun
            insists = force and not expect
            making = _Making(
                change, entry, self._journal, self._titles, self._checks, insists=insists
            )
            kept: list[JournalItem] = []
            positions = range(len(prepared))
            for position in watch.over(ChangeStage.CHANGING, positions):
                item = self._make(making, position, prepared[position], tally)
                if item is not None:
                    kept.append(item)
            settled = making.entry.with_items(kept)
            try:
                self._journal.save(settled)
            except StoreUnreadable as error:
                # The change is made and can be taken back: when next read, it counts as done.
                tally.note(f"the journal could not be brought up to date: {error.title}")
            return tally.report(settled.id if kept else None)

    # -- before ----------------------------------------------------------------------------

    def _plan(
        self,
        change: Change,
        tally: _Tally,
        watch: ChangeWatch,
        *,
        force: bool,
        expect: Mapping[SessionRef, str],
    ) -> list[Planned]:
        infos: dict[str, StoreInfo] = {}
        ready: list[Planned] = []
        for ref in watch.over(ChangeStage.CHECKING, tally.asked):
            try:
                ready.append(self._checked(change, ref, infos, force=force, expect=expect))
            except SessionTuiError as error:
                tally.skip(ref, error)
        return ready

    def _checked(
        self,
        change: Change,
        ref: SessionRef,
        infos: dict[str, StoreInfo],
        *,
        force: bool,
        expect: Mapping[SessionRef, str],
    ) -> Planned:
        """A session that passes all checks; raises what speaks against its change."""
        backend = self._catalogue.backend_of(ref)
        if ref.store not in infos:
            infos[ref.store] = backend.info()
        local = change.is_local(backend, infos[ref.store])
        if local:
            self._checks.require_writing()
        else:
            self._checks.require_change(backend, infos[ref.store], change.capability, force=force)
        session = self._checks.fresh_session(backend, ref)
        if not local and not force:
            self._checks.require_at_rest(backend, session, change.capability)
        change.require_fit(session)
        require_unchanged(session, expect.get(ref))
        return Planned(backend, session, local)

    def _prepare(
        self,
        change: Change,
        ready: list[Planned],
        tally: _Tally,
        watch: ChangeWatch,
        *,
        force: bool,
    ) -> tuple[list[Planned], Manifest] | None:
        """The entry of the journal, complete on the disk, and the sessions that are in it.

        None where nothing is to be changed, or nothing any more.
        """
        prepared: list[Planned] = []
        with self._journal.draft(change.action) as draft:
            for planned in watch.over(ChangeStage.SAVING, ready):
                session = planned.session
                snapshot = None
                try:
                    if not planned.local:
                        snapshot = planned.backend.snapshot(session.ref.key, change.scope)
                    if snapshot is not None and not force:
                        # What was found at rest must be what is saved and changed.
                        require_unchanged(session, snapshot.fingerprint)
                except SessionTuiError as error:
                    tally.skip(session.ref, error)
                else:
                    draft.add(self._item(change, planned), snapshot)
                    prepared.append(planned)
            if watch.is_cancelled() or not prepared:
                return None
            return prepared, draft.commit()

    def _item(self, change: Change, planned: Planned) -> JournalItem:
        session = planned.session
        held = self._titles.record(session.ref)
        title_changed = planned.local or (change.ends_local_title and held is not None)
        return JournalItem(
            store=session.ref.store,
            key=session.ref.key,
            format=session.format,
            root=str(planned.backend.root),
            title=self._titles.overlay(session).display_title,
            title_changed=title_changed,
            local_title=held if title_changed else None,
            message_count=session.message_count,
            session_state=session.state.value,
            title_after=change.title_after,
        )

    # -- doing -----------------------------------------------------------------------------

    def _make(
        self, making: _Making, position: int, planned: Planned, tally: _Tally
    ) -> JournalItem | None:
        """Change one session; what the journal is to keep of it, None when nothing changed."""
        change, ref = making.change, planned.session.ref
        estimate = _estimate(change, planned)
        try:
            removed = making.apply(position, planned)
        except SessionTuiError as error:
            tally.skip(ref, error)
            item = making.entry.items[position]
            if isinstance(error, _NOTHING_DONE) or self._undoing.is_untouched(making.entry, item):
                return None
            # How far it got is not known: it stays prepared, and can be taken back.
            return item
        after = None
        try:
            after = planned.backend.get(ref.key)
            making.settle_title(planned, after)
        except SessionTuiError as error:
            tally.note(f"the change is made, but then: {error.title}")
        tally.add(ref, removed, change.freed(planned.session, after, estimate))
        tally.note(_note(change, planned))
        item = making.entry.items[position]
        if self._undoing.is_untouched(making.entry, item):
            return None
        return item.replace(state=ItemState.DONE)


class _Making:
    """A change under way, and its journal entry as it stands on the disk."""

    def __init__(
        self,
        change: Change,
        entry: Manifest,
        journal: UndoJournal,
        titles: LocalTitles,
        checks: ActionChecks,
        *,
        insists: bool,
    ) -> None:
        self.change = change
        self.entry = entry
        self._journal = journal
        self._titles = titles
        self._checks = checks
        self._insists = insists

    def apply(self, position: int, planned: Planned) -> int | None:
        """Do it to one session, beginning again for a faster writer if the change was forced."""
        backend, session = planned.backend, planned.session
        if planned.local:
            self._titles.put(session.ref, self.change.local_title(session))
            return None
        attempts = _ATTEMPTS if self._insists else 1
        while True:
            snapshot = self.entry.items[position].snapshot
            expect = snapshot.fingerprint if snapshot else session.fingerprint
            try:
                return self.change.apply(backend, session, expect)
            except ChangedUnderneath:
                attempts -= 1
                if not attempts:
                    raise
            session = self._checks.fresh_session(backend, session.ref)
            renewed = backend.snapshot(session.ref.key, self.change.scope)
            self.entry = self._journal.replace_snapshot(self.entry, position, renewed)

    def settle_title(self, planned: Planned, after: Session | None) -> None:
        """Let the local title of a changed session follow it."""
        session = planned.session
        held = None if planned.local else self._titles.record(session.ref)
        if held is None:
            return
        if self.change.ends_local_title:
            self._titles.put(session.ref, None)
        elif after is not None and held.fits(session) and not held.fits(after):
            # The creation time stood in a message that is gone.
            moved = replace(held, created_at=after.created_at)
            self._titles.put(session.ref, moved)


def _estimate(change: Change, planned: Planned) -> Estimate:
    if planned.local:
        return Estimate()
    try:
        return change.estimate(planned.backend, planned.session)
    except SessionTuiError:
        return Estimate()


def _note(change: Change, planned: Planned) -> str | None:
    return None if planned.local else planned.backend.change_notes.get(change.capability)
