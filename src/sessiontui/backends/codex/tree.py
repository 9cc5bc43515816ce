"""The files of Codex's sessions: which there are, which of several counts, where they stand.

A rollout's name ends in the id of its thread. A thread that was taken back to an earlier point goes
on in a new rollout, whose name has that rollout's own id besides; the older one stays as the
beginning of the newer. Codex compresses old rollouts; where both forms lie side by side, the plain
one counts.
"""

from __future__ import annotations

import os
import re
import stat
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from sessiontui.domain.errors import StoreUnreadable
from sessiontui.domain.value import PlainValue
from sessiontui.storage.file_state import FileState, entry_state
from sessiontui.storage.system_errors import store_error

SESSIONS, ARCHIVED = "sessions", "archived_sessions"
COMPRESSED = ".zst"
_DEEPEST = 3
"""Folders below `sessions`: year, month and day."""
_TICK_NS = 50_000_000
"""A folder changed more recently than this may change again without a new time stamp."""
_MISSING, _UNSETTLED = -1, -2
_ID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_THREAD = re.compile(_ID)
_NAME = re.compile(rf"rollout-(.*?)-?({_ID})(?:_({_ID}))?\.jsonl(?:\.zst)?")
_LIKELY = re.compile(r"rollout-.*\.jsonl(?:\.zst)?")


class RolloutFile(PlainValue):
    """One rollout on disk; `kind` is None for a regular file, else says what it is.

    `key` is the id of the thread, `rollout` its own, which is mostly the same.
    """

    key: str
    rollout: str
    path: Path
    archived: bool
    state: FileState
    kind: str | None = None
    is_link: bool = False

    @property
    def compressed(self) -> bool:
        """Whether it has to be decompressed."""
        return self.path.name.endswith(COMPRESSED)

    @property
    def order(self) -> tuple[bool, str, bool, bool]:
        """The greatest one of a thread is the one that counts."""
        # Names begin with the time; a rollout put back into use has left the archive.
        name = self.path.name.removesuffix(COMPRESSED)
        return self.kind is None, name, not self.archived, not self.compressed


class Listing(PlainValue):
    """All rollouts: those that are sessions by key, all by their own id, and their folders."""

    sessions: Mapping[str, RolloutFile]
    rollouts: Mapping[str, RolloutFile]
    folders: tuple[Path, ...]
    nameless: int
    """How many files look like rollouts and name no session."""


class RolloutTree:
    """The folders of one root that hold rollouts. Safe to use from several threads."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = threading.Lock()
        self._last: Listing | None = None
        self._seen: dict[Path, int] = {}

    def listing(self) -> Listing:
        """Every rollout, with one stat each. Complete, or an exception.

        Raises `StoreMissing`, `StoreUnreadable`.
        """
        try:
            if not stat.S_ISDIR(self.root.stat().st_mode):
                raise StoreUnreadable(f"{self.root} is not a folder", "give Codex's own folder")
        except OSError as error:
            raise store_error(error, self.root) from error
        found: list[RolloutFile] = []
        folders: dict[Path, int] = {}
        nameless = 0
        for name in (SESSIONS, ARCHIVED):
            for entry in self._entries(self.root / name, folders, _DEEPEST):
                rollout = _rollout(entry, archived=name == ARCHIVED)
                if rollout is None:
                    nameless += _LIKELY.fullmatch(entry.name) is not None
                else:
                    found.append(rollout)
        found.sort(key=lambda rollout: rollout.order)
        listing = Listing(
            {rollout.key: rollout for rollout in found},
            {rollout.rollout: rollout for rollout in found},
            tuple(folders),
            nameless,
        )
        with self._lock:
            self._last, self._seen = listing, folders
        return listing

    def session(self, key: str) -> RolloutFile | None:
        """The rollout of one session as it is now, or None. Raises as `listing`."""
        return self._now(key, of_session=True)

    def rollout(self, rollout: str) -> RolloutFile | None:
        """A rollout by its own id, whether or not it is a session; else the same."""
        return self._now(rollout, of_session=False)

    def folders(self) -> tuple[Path, ...]:
        """The folders to watch; they cost one stat each where nothing changed in them."""
        last = self._current() or self.listing()
        return last.folders

    def may_hold(self, path: Path) -> bool:
        """Whether a path is one of the folders for rollouts, or in one and no file of its own."""
        tops = (self.root / SESSIONS, self.root / ARCHIVED)
        return not path.suffix and any(top in (path, *path.parents) for top in tops)

    def _now(self, name: str, *, of_session: bool) -> RolloutFile | None:
        with self._lock:
            last, seen = self._last, self._seen
        known = _of(last, name, of_session=of_session) if last is not None else None
        if known is not None and _changed_at(known.path.parent) == seen[known.path.parent]:
            again = _looked_at(known.path, archived=known.archived)
            if again is not None:
                return again
        elif known is None and self._current() is not None:
            return None
        return _of(self.listing(), name, of_session=of_session)

    def _current(self) -> Listing | None:
        """What was listed last, if no folder has changed since."""
        with self._lock:
            last, seen = self._last, self._seen
        if last is None or any(_changed_at(folder) != at for folder, at in seen.items()):
            return None
        return last

    def _entries(
        self, folder: Path, folders: dict[Path, int], depth: int
    ) -> Iterator[os.DirEntry[str]]:
        try:
            # Looked at first: what comes while it is read is seen as a change.
            changed = _changed_at(folder)
            with os.scandir(folder) as scanned:
                entries = list(scanned)
        except (FileNotFoundError, NotADirectoryError):
            # Not made yet, or removed just now with all that was in it.
            folders[folder] = _MISSING
            return
        except OSError as error:
            raise store_error(error, folder) from error
        folders[folder] = changed if time.time_ns() - changed > _TICK_NS else _UNSETTLED
        for entry in entries:
            if depth and not _LIKELY.fullmatch(entry.name) and _is_folder(entry):
                yield from self._entries(Path(entry.path), folders, depth - 1)
            else:
                yield entry


def _of(listing: Listing, name: str, *, of_session: bool) -> RolloutFile | None:
    return (listing.sessions if of_session else listing.rollouts).get(name)


def _changed_at(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return _MISSING


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def is_thread_id(text: str) -> bool:
    """Whether a text can be the key of a session."""
    return _THREAD.fullmatch(text) is not None


def key_of(path: Path) -> str | None:
    """The key of the session a path belongs to, by its name."""
    found = _NAME.fullmatch(path.name)
    return found[2].lower() if found else None


def _rollout(entry: os.DirEntry[str], *, archived: bool) -> RolloutFile | None:
    found = _NAME.fullmatch(entry.name)
    if found is None:
        return None
    return _listed(Path(entry.path), found, archived=archived, entry=entry)


def _looked_at(path: Path, *, archived: bool) -> RolloutFile | None:
    found = _NAME.fullmatch(path.name)
    return None if found is None else _listed(path, found, archived=archived)


def _listed(
    path: Path,
    name: re.Match[str],
    *,
    archived: bool,
    entry: os.DirEntry[str] | None = None,
) -> RolloutFile | None:
    """What an entry is; None when nothing is there any more."""
    try:
        found = entry_state(path, entry)
    except OSError as error:
        raise store_error(error, path) from error
    if found is None:
        return None
    thread = name[2].lower()
    rollout = (name[3] or thread).lower()
    return RolloutFile(thread, rollout, path, archived, *found)


def is_there(root: Path) -> bool:
    """Whether a folder has what Codex makes in its own, by the names alone."""
    return any((root / name).is_dir() for name in (SESSIONS, ARCHIVED)) or bool(
        state_databases((root,))
    )


def state_databases(folders: Iterable[Path]) -> list[tuple[int, Path]]:
    """The state databases in these folders with their generations, the one that counts last.

    Of several of the newest generation the one in the first folder counts.
    """
    found = []
    for place, folder in enumerate(folders):
        try:
            names = os.listdir(folder)  # noqa: PTH208
        except OSError:
            continue
        for name in names:
            number = name.removeprefix("state_").removesuffix(".sqlite")
            if name == f"state_{number}.sqlite" and number.isascii() and number.isdigit():
                found.append((int(number), -place, folder / name))
    return [(generation, path) for generation, _, path in sorted(found)]
