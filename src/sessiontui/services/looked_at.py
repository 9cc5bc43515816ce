"""What a person has looked at, and when the program was left: kept in our own data folder.

A session is new when it moved after the program was last left and was not looked at since. One
small JSON file, replaced as a whole under a lock, so that several programs add to it. It is a
convenience: what goes wrong with it costs at most the sign that something is new, is told once,
and never stops anything.
"""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from sessiontui.domain.errors import SessionTuiError, StoreTooNew, StoreUnreadable
from sessiontui.domain.printable import printable
from sessiontui.domain.session import SessionRef
from sessiontui.storage.atomic_file import write_file
from sessiontui.storage.file_lock import try_file_lock
from sessiontui.storage.locations import private_folder
from sessiontui.storage.system_errors import store_error

VERSION = 1
MOST_KEPT = 2_000
"""So many looks are remembered, the newest."""
LONGEST_FILE = 4_000_000
"""Bytes; a longer file is none of ours."""
LONGEST_KEY = 1_000
_WAIT_SECONDS = 0.5


class Looks(NamedTuple):
    """When the program was last left, and which sessions were looked at since; times in seconds."""

    left_at: float = math.inf
    looked: Mapping[SessionRef, float] = MappingProxyType({})

    def is_new(self, ref: SessionRef, moved_at: float | None) -> bool:
        """Whether a session that last moved at this time has something to look at."""
        if moved_at is None or moved_at <= self.left_at:
            return False
        return moved_at > self.looked.get(ref, -math.inf)


class LookedAt:
    """The looks of this run and of those beside it. Safe to use from several threads and processes.

    Nothing here raises. Times are seconds since the epoch.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._left_at: float | None = None
        self._looked: dict[SessionRef, float] = {}
        self._is_unsaved = False
        self._notices: list[str] = []
        self._told: set[str] = set()

    def looks(self, now: float) -> Looks:
        """What is known by now. The first time, the file is read; without one, nothing is new."""
        with self._lock:
            return Looks(self._since(now), MappingProxyType(dict(self._looked)))

    def note(self, refs: Iterable[SessionRef], now: float) -> None:
        """These sessions are looked at; it is written with `save`."""
        with self._lock:
            self._since(now)
            for ref in refs:
                self._looked.pop(ref, None)
                self._looked[ref] = now
                self._is_unsaved = True

    def save(self, now: float, *, leaving: bool = False) -> None:
        """Write down what is not yet written; when `leaving`, that the program is left now.

        Each writing says so, since a program may also end without a word.
        """
        with self._lock:
            since = self._since(now)
            if not self._is_unsaved and not leaving:
                return
            try:
                self._save(since, now)
            except OSError as error:
                self._tell(store_error(error, self.path).title)
            except SessionTuiError as error:
                self._tell(error.title)

    def take_notices(self) -> tuple[str, ...]:
        """What a person should be told, in sentences; each is given out once."""
        with self._lock:
            told, self._notices = tuple(self._notices), []
            return told

    # -- the file --------------------------------------------------------------------------

    def _since(self, now: float) -> float:
        if self._left_at is None:
            self._left_at = now
            try:
                held = self._read()
            except OSError as error:
                self._tell(store_error(error, self.path).title)
            except StoreUnreadable:
                pass  # It is written anew; nothing that cannot be found out again is lost.
            except StoreTooNew as error:
                self._tell(error.title)
            else:
                if held is not None:
                    self._left_at = min(held.left_at, now)
                    self._looked = {**held.looked, **self._looked}
        return self._left_at

    def _read(self) -> Looks | None:
        try:
            with self.path.open("rb") as file:
                content = file.read(LONGEST_FILE + 1)
        except FileNotFoundError:
            return None
        return _decoded(content)

    def _save(self, since: float, now: float) -> None:
        private_folder(self.path.parent)
        lock = self.path.with_name(self.path.name + ".lock")
        with try_file_lock(lock, _WAIT_SECONDS) as held:
            if not held:
                return  # The next look takes this one along.
            try:
                before = self._read()
            except StoreUnreadable:
                before = None
            if before is not None:
                now = max(now, before.left_at)
                for ref, at in before.looked.items():
                    self._looked[ref] = max(at, self._looked.get(ref, at))
            # Before that time nothing is new, looked at or not.
            newest = sorted(
                ((at, ref) for ref, at in self._looked.items() if at > since), reverse=True
            )
            self._looked = {ref: at for at, ref in reversed(newest[:MOST_KEPT])}
            write_file(self.path, _encoded(Looks(now, self._looked)))
            self._is_unsaved = False

    def _tell(self, sentence: str) -> None:
        if sentence not in self._told:
            self._told.add(sentence)
            self._notices.append(sentence)


class _File(BaseModel):
    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    version: int
    left_at: float
    looked: list[tuple[str, str, float]]


def _encoded(looks: Looks) -> bytes:
    looked = [(*ref, at) for ref, at in looks.looked.items() if _can_be_written(ref.key)]
    value = {"version": VERSION, "left_at": looks.left_at, "looked": looked}
    return json.dumps(value).encode("ascii")


def _can_be_written(key: str) -> bool:
    # Half a surrogate pair, as in a file name that is not text, cannot stand in JSON.
    return len(key) <= LONGEST_KEY and printable(key) == key


def _decoded(content: bytes) -> Looks:
    try:
        value: Any = json.loads(content) if len(content) <= LONGEST_FILE else None
        if isinstance(value, dict) and isinstance(value.get("version"), int | float):
            _refuse_newer(value["version"])
        held = _File.model_validate_json(content)
    except (ValueError, RecursionError) as error:
        raise StoreUnreadable("the note of what was looked at is damaged") from error
    return Looks(held.left_at, {SessionRef(store, key): at for store, key, at in held.looked})


def _refuse_newer(version: float) -> None:
    if version > VERSION:
        raise StoreTooNew(
            "the note of what was looked at was written by a newer version", "update sessiontui"
        )
