"""Reads a store of hermes-bot, of either kind, and the transcripts its rows point to."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Collection, Iterator
from pathlib import Path

from sessiontui.backends.hermes_bot.database import is_bot_table, read_all
from sessiontui.backends.hermes_bot.legacy_json import looks_legacy, read_legacy
from sessiontui.backends.hermes_bot.rows import BotRow, Linked, fingerprint_of, session_of
from sessiontui.backends.hermes_bot.transcripts import Found, TranscriptFinder, home_above
from sessiontui.domain.errors import SessionTuiError, StoreMissing, StoreUnreadable
from sessiontui.domain.session import Session
from sessiontui.domain.value import PlainValue
from sessiontui.records.claude_code_files import TranscriptShelf
from sessiontui.storage.file_state import FileState, file_state, is_regular_file, stamp_of
from sessiontui.storage.sqlite_store import SqliteStore
from sessiontui.storage.system_errors import store_error

Links = dict[str, Found | None]
"""The transcript of each row, by key."""


class _Known(PlainValue):
    stamp: str
    rows: tuple[BotRow, ...]
    by_key: dict[str, BotRow]


class BotReader:
    """One store, `sessions.db` or the older `sessions.json`. Safe to use from several threads.

    Transcripts are looked for below `home`; without one, below the nearest home above the store,
    or else below the user's.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.database = SqliteStore(root)
        self.shelf = TranscriptShelf()
        self.home: Path | None = None
        self._lock = threading.RLock()
        self._known: _Known | None = None
        self._finder: TranscriptFinder | None = None
        self._kind: tuple[tuple[int, int], bool] | None = None

    def close(self) -> None:
        """Let go of files and connections."""
        self.database.close()
        self.shelf.clear()

    # -- where things are ------------------------------------------------------------------

    @property
    def own_home(self) -> Path | None:
        """The home this store plainly belongs to: the one given, or one above it."""
        return self.home or home_above(self.root)

    @property
    def finder(self) -> TranscriptFinder:
        """Looks for transcripts below the home of this store."""
        home = self.own_home or Path.home()
        with self._lock:
            if self._finder is None or self._finder.home != home:
                self._finder = TranscriptFinder(home)
            return self._finder

    @property
    def is_legacy(self) -> bool:
        """Whether this is the JSON file of 0.1.0, judged by what is in it.

        A file that a database connection may hold open is never opened in any other way.
        """
        state = self._state()
        if state is None:
            return self.root.suffix == ".json"
        identity = (state.device, state.inode)
        with self._lock:
            if self._kind is None or self._kind[0] != identity:
                self._kind = identity, self._judged_legacy()
            return self._kind[1]

    def _judged_legacy(self) -> bool:
        if not is_regular_file(self.root):
            return False
        if self.root.suffix == ".json":
            try:
                self.database.tables()
            except StoreUnreadable:
                return True
            finally:
                self.database.close()
            return self.root.stat().st_size == 0
        try:
            self.database.tables()
        except StoreUnreadable:
            return looks_legacy(self.root)
        return False

    def is_known_layout(self) -> bool:
        """Whether the content is hermes-bot's. Raises `StoreUnreadable` where it cannot be read."""
        if self.is_legacy:
            return looks_legacy(self.root)
        return is_bot_table(self.database.columns("sessions"))

    def _state(self) -> FileState | None:
        try:
            return file_state(self.root)
        except OSError as error:
            raise store_error(error, self.root) from error

    # -- rows ------------------------------------------------------------------------------

    def base_stamp(self) -> str:
        """Changes when the store's own file does."""
        return stamp_of((self._state(),)) if self.is_legacy else self.database.stamp()

    def rows(self) -> tuple[BotRow, ...]:
        """Every row. Raises `StoreMissing`, `StoreUnreadable`, `StoreBusy`."""
        return self._read().rows

    def row(self, key: str) -> BotRow | None:
        """One row."""
        return self._read().by_key.get(key)

    def _read(self) -> _Known:
        stamp = self.base_stamp()
        with self._lock:
            if self._known is None or self._known.stamp != stamp:
                found = read_legacy(self.root)[0] if self.is_legacy else read_all(self.database)
                self._known = _Known(stamp, tuple(found), {row.key: row for row in found})
            return self._known

    # -- transcripts -----------------------------------------------------------------------

    def links(self, rows: Collection[BotRow]) -> Links:
        """The transcripts of rows."""
        wanted = {row.key: _wanted(row) for row in rows if not row.is_pending}
        found = self.finder.find_all(wanted.values())
        return {row.key: found.get(wanted[row.key]) if row.key in wanted else None for row in rows}

    def link(self, row: BotRow) -> Found | None:
        """The transcript of one row."""
        return self.links((row,))[row.key]

    def transcript_folders(self) -> dict[Path, set[str]]:
        """The folders in which a change concerns rows, and the keys of those rows."""
        rows = self.rows()
        links = self.links(rows)
        folders: dict[Path, set[str]] = {}
        for row in rows:
            if row.is_pending:
                continue
            found = links[row.key]
            places = (found.path.parent,) if found else self.finder.folders(_wanted(row)[1])[:2]
            for place in places:
                folders.setdefault(place, set()).add(row.key)
        return folders

    # -- sessions --------------------------------------------------------------------------

    def stamp(self) -> str:
        """Changes when the store or one of its transcripts does."""
        base = self.base_stamp()
        try:
            links = self.links(self.rows())
        except SessionTuiError:
            # A store that cannot be read is described by its own file alone.
            return base
        states = stamp_of(found.state if found else None for found in links.values())
        return f"{base} {hashlib.sha256(states.encode()).hexdigest()[:16]}"

    def fingerprints(self) -> Iterator[tuple[str, str]]:
        """(key, fingerprint) of every session."""
        rows = self.rows()
        links = self.links(rows)
        for row in rows:
            yield row.key, fingerprint_of(row, _state_of(links[row.key]))

    def sessions(self, store_id: str, keys: Collection[str] | None) -> Iterator[Session]:
        """Every session, or those of `keys`."""
        rows = [row for row in self.rows() if keys is None or row.key in keys]
        links = self.links(rows)
        for row in rows:
            yield session_of(row, store_id, self._linked(links[row.key]))

    def _linked(self, found: Found | None) -> Linked:
        if found is None:
            return Linked()
        state = found.state
        try:
            overview = self.shelf.overview(found.path)
        except StoreMissing:
            return Linked()
        except SessionTuiError as error:
            problem = f"its transcript cannot be read: {error.title}"
            return Linked(found.path, state.fingerprint, state.size, None, problem)
        return Linked(found.path, state.fingerprint, state.size, overview)


def _wanted(row: BotRow) -> tuple[str, str]:
    return row.session_id, row.text("repo_path") or ""


def _state_of(found: Found | None) -> str:
    return found.state.fingerprint if found else "-"


_judged: dict[tuple[str, int, int], tuple[FileState, bool]] = {}
_judging = threading.Lock()


def is_store(path: Path) -> bool:
    """Whether a file is a store of hermes-bot, judged by its content.

    Whoever looks for stores asks again and again, and opening a database stirs the files beside it:
    a file is looked into once, and another time only if it was none and has changed since.
    """
    try:
        state = file_state(path)
    except OSError:
        return False
    if state is None or not is_regular_file(path):
        return False
    identity = (str(path), state.device, state.inode)
    with _judging:
        known = _judged.get(identity)
    if known is not None and (known[1] or known[0] == state):
        return known[1]
    reader = BotReader(Path(os.path.realpath(path)))
    try:
        judged = reader.is_known_layout()
    except SessionTuiError:
        judged = False
    finally:
        reader.close()
    with _judging:
        _judged[identity] = state, judged
    return judged
