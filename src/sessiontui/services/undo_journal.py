"""The undo journal: what was there before each change, in our own data folder.

An entry is written completely, and is safe on the disk, before its change begins; afterwards it
is marked done. So whatever ends the program leaves either an untouched store or an entry that
takes the change back. One process at a time changes and undoes, under a lock.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from sessiontui.domain.backend import Snapshot
from sessiontui.domain.errors import StoreBusy, StoreUnreadable, UndoExpired
from sessiontui.domain.report import Action, JournalEntry
from sessiontui.domain.words import count_words, size_words
from sessiontui.services.journal_entry import (
    MANIFEST,
    JournalItem,
    Manifest,
    StoredSnapshot,
    Unusable,
    decode_manifest,
    encode_manifest,
    listed,
    new_id,
    payload_files,
    time_of_id,
    unusable,
)
from sessiontui.storage.atomic_file import remove_leftovers, sync_folder, write_file
from sessiontui.storage.file_lock import try_file_lock
from sessiontui.storage.locations import private_folder
from sessiontui.storage.system_errors import store_error

KEEP_FOR = timedelta(days=30)
KEEP_BYTES = 500_000_000
_WAIT_SECONDS = 10.0
_PAYLOAD = re.compile(r"\d+-\d+\.snapshot")


class UndoJournal:
    """The entries below one folder. Safe with several processes.

    What changes entries is to be called inside `locked`. Every method may raise `StoreUnreadable`
    when our own files cannot be read or written.
    """

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], datetime],
        *,
        keep_for: timedelta = KEEP_FOR,
        keep_bytes: int = KEEP_BYTES,
        wait_seconds: float = _WAIT_SECONDS,
    ) -> None:
        self.folder = folder
        self._clock = clock
        self._keep_for = keep_for
        self._keep_bytes = keep_bytes
        self._wait_seconds = wait_seconds

    @property
    def keep_for(self) -> timedelta:
        """How long an entry can be taken back, while there is room."""
        return self._keep_for

    # -- one at a time ---------------------------------------------------------------------

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only one who changes and undoes. Raises `StoreBusy` after a while."""
        with _translated(self.folder):
            private_folder(self.folder.parent)
            private_folder(self.folder)
        with self._try_lock(self._wait_seconds) as held:
            if not held:
                raise StoreBusy(
                    "another sessiontui is changing sessions", "try again when it has finished"
                )
            yield

    @contextmanager
    def locked_if_free(self) -> Iterator[bool]:
        """The lock if nobody holds it; yields whether. Makes nothing where no journal is."""
        if not self.folder.is_dir() or not os.access(self.folder, os.W_OK):
            yield False
            return
        with self._try_lock(0.0) as held:
            yield held

    @contextmanager
    def _try_lock(self, wait_seconds: float) -> Iterator[bool]:
        with ExitStack() as stack:
            with _translated(self.folder):
                held = stack.enter_context(try_file_lock(self.folder / "lock", wait_seconds))
            yield held

    # -- reading ---------------------------------------------------------------------------

    def entries(self) -> list[Manifest | Unusable]:
        """Every entry, newest first; damaged ones too."""
        return [entry for folder in self._folders() if (entry := self._read(folder)) is not None]

    def entry(self, entry_id: str) -> Manifest | Unusable | None:
        """The entry of an id."""
        return None if time_of_id(entry_id) is None else self._read(self.folder / entry_id)

    def is_undoable(self, entry: Manifest) -> bool:
        """Whether something of it can be taken back."""
        return self.listed(entry).undoable

    def listed(self, entry: Manifest | Unusable) -> JournalEntry:
        """The entry as it is shown."""
        return listed(entry, self.folder / entry.id, self._keep_for)

    def payload(self, entry: Manifest, item: JournalItem) -> bytes:
        """What the backend needs to restore a session. Raises `UndoExpired` for a damaged one."""
        stored = item.snapshot
        if entry.expired is not None or stored is None or not _PAYLOAD.fullmatch(stored.file):
            raise UndoExpired(
                entry.expired or "the entry holds no snapshot of the session", ref=item.ref
            )
        try:
            content = (self.folder / entry.id / stored.file).read_bytes()
        except OSError as error:
            raise UndoExpired("its snapshot cannot be read", ref=item.ref) from error
        if hashlib.sha256(content).hexdigest() != stored.sha256:
            raise UndoExpired("its snapshot is damaged", ref=item.ref)
        return content

    def _folders(self) -> list[Path]:
        """The folders of entries, newest first."""
        try:
            names = [name for name in os.listdir(self.folder) if time_of_id(name) is not None]  # noqa: PTH208  names only
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StoreUnreadable(
                f"the undo journal cannot be read: {error.strerror}", f"look at {self.folder}"
            ) from error
        return [self.folder / name for name in sorted(names, reverse=True)]

    def _read(self, folder: Path) -> Manifest | Unusable | None:
        try:
            return decode_manifest((folder / MANIFEST).read_bytes(), folder)
        except FileNotFoundError:
            # Being written this moment, or given up before its change began.
            return None
        except OSError:
            return unusable(folder, "its record cannot be read")

    # -- writing ---------------------------------------------------------------------------

    @contextmanager
    def draft(self, action: Action) -> Iterator[Draft]:
        """A new entry to be filled and committed; gone again when that does not happen."""
        with _translated(self.folder):
            draft = Draft(self._new_folder(action), action, self._clock())
        try:
            yield draft
        finally:
            if not draft.committed:
                self.remove(draft.id)

    def replace_snapshot(self, entry: Manifest, position: int, snapshot: Snapshot) -> Manifest:
        """Let one item hold a newer snapshot; as durable as a new entry when this returns."""
        folder = self.folder / entry.id
        item = entry.items[position]
        with _translated(self.folder):
            old = item.snapshot.file if item.snapshot else f"{position}-0.snapshot"
            name = f"{position}-{int(old.partition('-')[2].partition('.')[0]) + 1}.snapshot"
            stored = _write_payload(folder / name, snapshot)
            _sync_file(folder / name)
            items = list(entry.items)
            items[position] = item.replace(snapshot=stored)
            renewed = entry.with_items(items)
            self.save(renewed)
            if item.snapshot is not None:
                (folder / item.snapshot.file).unlink(missing_ok=True)
        return renewed

    def save(self, entry: Manifest) -> None:
        """Write an entry anew: it goes when empty, loses its payloads when of no more use."""
        if not entry.items:
            self.remove(entry.id)
            return
        folder = self.folder / entry.id
        with _translated(self.folder):
            write_file(folder / MANIFEST, encode_manifest(entry))
            kept = {
                item.snapshot.file
                for item in entry.items
                if item.snapshot and entry.expired is None and not entry.is_undone
            }
            for path, _ in payload_files(folder):
                if path.name not in kept and _PAYLOAD.fullmatch(path.name):
                    path.unlink(missing_ok=True)

    def remove(self, entry_id: str) -> None:
        """Remove an entry as a whole."""
        folder = self.folder / entry_id
        # Without its manifest a folder counts as never finished: it goes first.
        with suppress(OSError):
            (folder / MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)

    def clean_up(self) -> None:
        """Remove what was never finished, and expire what is too old or too much.

        The newest entry that can be taken back always stays.
        """
        for folder in self._folders():
            if not os.path.lexists(folder / MANIFEST):
                self.remove(folder.name)
            else:
                remove_leftovers(folder)
        now = self._clock()
        total, over, newest_seen = 0, False, False
        for entry in self.entries():
            size = sum(size for _, size in payload_files(self.folder / entry.id))
            usable = isinstance(entry, Manifest) and self.is_undoable(entry)
            untouchable = isinstance(entry, Unusable) and entry.too_new
            if untouchable or (usable and not newest_seen):
                newest_seen = newest_seen or usable
                total += size
                continue
            age = now - entry.at
            over = over or total + size > self._keep_bytes
            if isinstance(entry, Manifest) and usable and age > self._keep_for:
                self._expire(entry, f"it is older than {count_words(self._keep_for.days, 'day')}")
            elif isinstance(entry, Manifest) and usable and over:
                self._expire(entry, f"the journal keeps {size_words(self._keep_bytes)} at most")
            elif not usable and (age > 2 * self._keep_for or (over and size)):
                self.remove(entry.id)
            else:
                total += size

    def _expire(self, entry: Manifest, reason: str) -> None:
        self.save(entry.replace(expired=f"its snapshot was removed: {reason}"))

    def _new_folder(self, action: Action) -> Path:
        at = self._clock()
        folders = self._folders()
        newest = time_of_id(folders[0].name) if folders else None
        if newest is not None and at <= newest:
            # The clock went back, or two changes share a microsecond: ids keep the true order.
            at = newest + timedelta(microseconds=1)
        folder = self.folder / new_id(at, action)
        folder.mkdir(mode=0o700)
        return folder


class Draft:
    """An entry that is being written; its change must not begin before `commit` has returned."""

    def __init__(self, folder: Path, action: Action, at: datetime) -> None:
        self._folder = folder
        self._action = action
        self._at = at
        self._items: list[JournalItem] = []
        self.committed = False

    @property
    def id(self) -> str:
        """The id of the entry."""
        return self._folder.name

    def add(self, item: JournalItem, snapshot: Snapshot | None) -> None:
        """Take in one session. Raises `StoreUnreadable` where there is no room for it."""
        stored = None
        if snapshot is not None:
            with _translated(self._folder.parent):
                stored = _write_payload(self._folder / f"{len(self._items)}-0.snapshot", snapshot)
        self._items.append(item.replace(snapshot=stored))

    def commit(self) -> Manifest:
        """Make it durable; an entry without sessions is given up instead."""
        manifest = Manifest(id=self.id, at=self._at, action=self._action, items=tuple(self._items))
        if not self._items:
            return manifest
        with _translated(self._folder.parent):
            # All files first, then each to the disk: the system writes them out together.
            for item in self._items:
                if item.snapshot is not None:
                    _sync_file(self._folder / item.snapshot.file)
            write_file(self._folder / MANIFEST, encode_manifest(manifest))
            sync_folder(self._folder.parent)
        self.committed = True
        return manifest


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        cause = store_error(error, folder)
        raise StoreUnreadable(
            f"the undo journal cannot be used: {cause.title}", cause.hint
        ) from error


def _write_payload(path: Path, snapshot: Snapshot) -> StoredSnapshot:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(snapshot.payload)
    return StoredSnapshot(
        file=path.name,
        size_bytes=len(snapshot.payload),
        sha256=hashlib.sha256(snapshot.payload).hexdigest(),
        scope=snapshot.scope,
        taken_at=snapshot.taken_at,
        fingerprint=snapshot.fingerprint,
    )


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
