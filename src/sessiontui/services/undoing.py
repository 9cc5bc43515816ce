"""Taking changes back, and finding out how far a change got that was cut off."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from sessiontui.domain.backend import SessionBackend
from sessiontui.domain.change import UNWATCHED, ChangeStage, ChangeWatch, JournalledSession
from sessiontui.domain.errors import (
    AmbiguousRef,
    NothingToUndo,
    SessionTuiError,
    SettingsInvalid,
    StoreMissing,
    StoreUnreadable,
    UndoExpired,
)
from sessiontui.domain.report import Action, ActionReport, JournalEntry, Skipped
from sessiontui.domain.session import SessionRef
from sessiontui.domain.value import PlainValue
from sessiontui.services.action_checks import ActionOptions, skipped_because
from sessiontui.services.backend_registry import backend_class
from sessiontui.services.catalogue import Catalogue
from sessiontui.services.journal_entry import (
    ItemState,
    JournalItem,
    Manifest,
    Unusable,
    journalled,
)
from sessiontui.services.local_titles import LocalTitles
from sessiontui.services.snapshot_reading import KeptMessages
from sessiontui.services.undo_journal import UndoJournal
from sessiontui.storage.atomic_file import remove_leftovers


class _Choice(PlainValue):
    entry: Manifest
    notes: tuple[str, ...] = ()


class Undoing:
    """Restores sessions from the journal. To be called inside the journal's lock."""

    def __init__(
        self,
        catalogue: Catalogue,
        journal: UndoJournal,
        titles: LocalTitles,
        options: ActionOptions,
    ) -> None:
        self._catalogue = catalogue
        self._journal = journal
        self._titles = titles
        self._options = options

    def undo(
        self,
        entry_id: str | None,
        refs: Collection[SessionRef] | None = None,
        watch: ChangeWatch = UNWATCHED,
    ) -> ActionReport:
        """Take back the newest entry that can be, or a named one (an id or a unique prefix).

        With `refs` only those of its sessions. Partial failure is a value: what could not be
        restored stays in the entry. Raises `NothingToUndo`, `UndoExpired`, `UndoRefused`,
        `AmbiguousRef`.
        """
        choice = self._newest() if entry_id is None else self._named(entry_id)
        entry = choice.entry
        items = list(entry.items)
        wanted = [
            position
            for position in reversed(range(len(items)))
            if items[position].state is not ItemState.UNDONE
            and (refs is None or items[position].ref in refs)
        ]
        if not wanted:
            raise NothingToUndo("it was taken back already", "see `sessiontui journal`")
        done: list[SessionRef] = []
        skipped: list[Skipped] = []
        for position in watch.over(ChangeStage.CHANGING, wanted):
            item = items[position]
            try:
                self._take_back(entry, item)
            except SessionTuiError as error:
                skipped.append(skipped_because(item.ref, error))
            else:
                items[position] = item.replace(state=ItemState.UNDONE)
                done.append(item.ref)
        notes = list(choice.notes)
        try:
            self._journal.save(entry.with_items(items))
        except StoreUnreadable as error:
            # Undoing twice is the same as once, so nothing is lost by this.
            notes.append(f"the journal could not be brought up to date: {error.title}")
        return ActionReport(
            action=Action.UNDO,
            done=tuple(done),
            skipped=tuple(skipped),
            cancelled=tuple(items[at].ref for at in wanted[len(done) + len(skipped) :]),
            undo_id=entry.id,
            notes=tuple(notes),
        )

    def recover(self) -> None:
        """Bring the journal up to date with what was cut off: a killed program, a full disk.

        What never happened leaves its entry; what did counts as done. Where a store cannot be
        asked, nothing is decided.
        """
        self._journal.clean_up()
        remove_leftovers(self._titles.path.parent)
        for entry in self._journal.entries():
            if isinstance(entry, Manifest) and any(
                item.state is ItemState.PREPARED for item in entry.items
            ):
                for item in entry.items:
                    self._sweep(item)
                settled = [kept for item in entry.items if (kept := self._settled(entry, item))]
                if tuple(settled) != entry.items:
                    self._journal.save(entry.with_items(settled))

    def listed(self) -> tuple[JournalEntry, ...]:
        """The entries about stores the user is looking at, newest first; damaged ones too."""
        return tuple(
            self._journal.listed(entry)
            for entry in self._journal.entries()
            if isinstance(entry, Unusable) or self._concerns_view(entry)
        )

    def journalled(self, entry_id: str) -> tuple[JournalledSession, ...]:
        """The sessions of an entry as they were before it; none where its record is unusable."""
        entry = self._journal.entry(entry_id)
        return journalled(entry) if isinstance(entry, Manifest) else ()

    def open_kept(self, entry_id: str, ref: SessionRef) -> KeptMessages:
        """The transcript of a session as it was before an entry. Raises as `KeptMessages` does.

        Raises `NothingToUndo` and `UndoExpired` where it is not kept any more.
        """
        entry = self._named(entry_id).entry
        item = next((item for item in entry.items if item.ref == ref), None)
        if item is None:
            raise NothingToUndo(f"{entry.id} is not about {ref}")
        snapshot = item.restorable(self._journal.payload(entry, item))
        return KeptMessages(snapshot, Path(item.root).name, self._options.home)

    def is_untouched(self, entry: Manifest, item: JournalItem) -> bool | None:
        """Whether the session is as it was before the change; None when that cannot be told."""
        if item.title_changed and self._titles.record(item.ref) != item.local_title:
            return False
        if item.snapshot is None:
            return True
        try:
            with self._store_of(item) as backend:
                session = backend.get(item.key)
                if session is None or session.fingerprint != item.snapshot.fingerprint:
                    return False
                # A change that was cut off may have left the fingerprint and taken a side file.
                now = backend.snapshot(item.key, item.snapshot.scope)
        except SessionTuiError:
            return None
        try:
            return now.payload == self._journal.payload(entry, item)
        except UndoExpired:
            return None

    def _settled(self, entry: Manifest, item: JournalItem) -> JournalItem | None:
        if item.state is not ItemState.PREPARED or not self._in_view(item):
            return item
        untouched = self.is_untouched(entry, item)
        if untouched is None:
            return item
        return None if untouched else item.replace(state=ItemState.DONE)

    def _sweep(self, item: JournalItem) -> None:
        """Remove what a killed change of the session may have left beside it."""
        if not self._in_view(item):
            return
        root = Path(item.root)
        folders = {root if root.is_dir() else root.parent}
        # Without the session there are no other folders to look into.
        with suppress(SessionTuiError), self._store_of(item) as backend:
            parts = backend.footprint(item.key).parts
            folders |= {part.path.parent for part in parts if part.path is not None}
        for folder in folders:
            remove_leftovers(folder)

    def _take_back(self, entry: Manifest, item: JournalItem) -> None:
        # An undo that was cut off is repeated: it may have left something too.
        self._sweep(item)
        if item.snapshot is not None:
            snapshot = item.restorable(self._journal.payload(entry, item))
            with self._store_of(item) as backend:
                before = backend.get(item.key)
                backend.restore(snapshot)
                after = backend.get(item.key)
            held = self._titles.record(item.ref)
            if before and after and held and held.fits(before) and not held.fits(after):
                # The creation time stands in a message that is back now.
                moved = replace(held, created_at=after.created_at)
                self._titles.put(item.ref, moved)
        if item.title_changed:
            self._titles.put(item.ref, item.local_title)

    # -- stores ----------------------------------------------------------------------------

    @contextmanager
    def _store_of(self, item: JournalItem) -> Iterator[SessionBackend]:
        found = self._in_catalogue(item)
        if found is not None:
            yield found
            return
        # A store may no longer be found because its last session was deleted.
        opened = self._opened(item)
        try:
            yield opened
        finally:
            opened.close()

    def _in_catalogue(self, item: JournalItem) -> SessionBackend | None:
        try:
            return self._catalogue.backend(item.store)
        except StoreMissing:
            return None

    def _opened(self, item: JournalItem) -> SessionBackend:
        missing = StoreMissing(
            f"the store of {item.key} at {item.root} is not there", "put it back, or export"
        )
        try:
            backend = backend_class(item.format).open(Path(item.root))
        except SettingsInvalid as error:
            raise missing from error
        if backend.store_id != item.store:
            backend.close()
            raise missing
        return backend

    def _concerns_view(self, entry: Manifest) -> bool:
        return any(self._in_view(item) for item in entry.items)

    def _in_view(self, item: JournalItem) -> bool:
        """Whether the session is among the stores the user is looking at."""
        if self._in_catalogue(item) is not None:
            return True
        if self._options.named_stores:
            return False
        home = self._options.home
        return home is None or Path(item.root).is_relative_to(home.resolve())

    # -- choosing an entry -----------------------------------------------------------------

    def _newest(self) -> _Choice:
        notes: list[str] = []
        elsewhere: str | None = None
        for entry in self._journal.entries():
            if isinstance(entry, Unusable):
                notes.append(f"the newer change {entry.id} cannot be taken back: {entry.problem}")
            elif entry.is_undone or not entry.items:
                continue
            elif not self._concerns_view(entry):
                elsewhere = elsewhere or entry.id
            elif self._journal.is_undoable(entry):
                return _Choice(entry, tuple(notes))
            else:
                problem = self._journal.listed(entry).problem
                notes.append(f"the newer change {entry.id} cannot be taken back: {problem}")
        if notes:
            raise UndoExpired(notes[0], "see `sessiontui journal`")
        if elsewhere is not None:
            raise NothingToUndo(
                "nothing was changed in these stores", f"`undo {elsewhere}` is about another one"
            )
        raise NothingToUndo("there is nothing to take back")

    def _named(self, text: str) -> _Choice:
        entries = self._journal.entries()
        found = [entry for entry in entries if entry.id == text] or [
            entry for entry in entries if text and entry.id.startswith(text)
        ]
        if not found:
            raise NothingToUndo(f"the journal has no entry {text}", "see `sessiontui journal`")
        if len(found) > 1:
            ids = ", ".join(entry.id for entry in found[:5])
            raise AmbiguousRef(f"{len(found)} entries begin with {text}", f"name one: {ids}", ())
        entry = found[0]
        if isinstance(entry, Unusable):
            raise entry.error()
        if entry.is_undone:
            raise NothingToUndo(f"{entry.id} was taken back already", "see `sessiontui journal`")
        if not self._journal.is_undoable(entry):
            problem = self._journal.listed(entry).problem
            raise UndoExpired(f"{entry.id} cannot be taken back: {problem}")
        return _Choice(entry)
