"""What a person has looked at, and when the program was left: kept in our own data folder.

A session is new when it moved after the program was last left and was not looked at since. Several
programs add to the one file.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

import msgspec

from sessiontui.domain.errors import StoreUnreadable
from sessiontui.domain.printable import printable
from sessiontui.domain.session import SessionRef
from sessiontui.domain.value import PlainValue
from sessiontui.services.own_json import Notices, OwnJson

VERSION = 1
MOST_KEPT = 2_000
"""So many looks are remembered, the newest."""
LONGEST_FILE = 4_000_000
"""Bytes; a longer file is none of ours."""
LONGEST_KEY = 1_000
_WAIT_SECONDS = 0.5


class Looks(PlainValue):
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
        self._file = OwnJson(
            path,
            "the note of what was looked at",
            longest=LONGEST_FILE,
            wait_seconds=_WAIT_SECONDS,
            version=VERSION,
        )
        self._lock = threading.Lock()
        self._left_at: float | None = None
        self._looked: dict[SessionRef, float] = {}
        self._is_unsaved = False
        self._notices = Notices()

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
            with self._notices.instead_of_errors(self.path):
                self._save(since, now)

    def take_notices(self) -> tuple[str, ...]:
        """What a person should be told, in sentences; each is given out once."""
        with self._lock:
            return self._notices.take()

    # -- the file --------------------------------------------------------------------------

    def _since(self, now: float) -> float:
        if self._left_at is None:
            self._left_at = now
            with self._notices.instead_of_errors(self.path):
                held = self._read()
                if held is not None:
                    self._left_at = min(held.left_at, now)
                    self._looked = {**held.looked, **self._looked}
        return self._left_at

    def _read(self) -> Looks | None:
        try:
            return self._file.read(_decoded)
        except StoreUnreadable:
            return None  # It is written anew; nothing that cannot be found out again is lost.

    def _save(self, since: float, now: float) -> None:
        with self._file.locked() as held:
            if not held:
                return  # The next look takes this one along.
            before = self._read()
            if before is not None:
                now = max(now, before.left_at)
                for ref, at in before.looked.items():
                    self._looked[ref] = max(at, self._looked.get(ref, at))
            # Before that time nothing is new, looked at or not.
            newest = sorted(
                ((at, ref) for ref, at in self._looked.items() if at > since), reverse=True
            )
            self._looked = {ref: at for at, ref in reversed(newest[:MOST_KEPT])}
            self._file.write(_encoded(Looks(now, self._looked)))
            self._is_unsaved = False


class _File(msgspec.Struct):
    version: int
    left_at: float
    looked: list[tuple[str, str, float]]


def _encoded(looks: Looks) -> dict[str, object]:
    looked = [(*ref, at) for ref, at in looks.looked.items() if _can_be_written(ref.key)]
    return {"version": VERSION, "left_at": looks.left_at, "looked": looked}


def _can_be_written(key: str) -> bool:
    # Half a surrogate pair, as in a file name that is not text, cannot stand in JSON.
    return len(key) <= LONGEST_KEY and printable(key) == key


def _decoded(value: object) -> Looks:
    held = msgspec.convert(value, _File)
    if not all(map(math.isfinite, (held.left_at, *(at for _, _, at in held.looked)))):
        raise ValueError("no time of a look")
    return Looks(held.left_at, {SessionRef(store, key): at for store, key, at in held.looked})
