"""Whether the processes that stores name are alive: they may be gone, or their number another's."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from sessiontui.domain.backend import SessionBackend
from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.session import Session
from sessiontui.domain.value import PlainValue
from sessiontui.domain.verdict import Owner, Presence, TurnFacts

_RECENT_SECONDS = 0.5
_PROCESSES = Path("/proc")
_PROCESSES_SELF = _PROCESSES / "self"
_START = 19
"""The place of field 22 among the fields behind the program's name."""
_ENDED = (b"Z", b"X", b"x")


class Sighting(PlainValue):
    """A process that has a number now; `started` None where the system does not tell."""

    started: str | None


class _Known(PlainValue):
    asked_at: float
    owners: Mapping[str, tuple[Owner, ...]]


def sighted(pid: int) -> Sighting | None:
    """The process of a number, or None when there is none."""
    try:
        stored = (_PROCESSES / str(pid) / "stat").read_bytes()
    except (FileNotFoundError, ProcessLookupError, NotADirectoryError):
        # Other systems than Linux have no such files.
        return None if _PROCESSES_SELF.exists() else _sighted_elsewhere(pid)
    except OSError:
        return Sighting(None)
    # The name stands in brackets and may hold anything, brackets too.
    fields = stored.rpartition(b")")[2].split()
    if len(fields) <= _START:
        return Sighting(None)
    return None if fields[0] in _ENDED else Sighting(fields[_START].decode("ascii", "replace"))


def _sighted_elsewhere(pid: int) -> Sighting | None:
    import psutil  # noqa: PLC0415  10 ms, and not needed on Linux

    return Sighting(None) if psutil.pid_exists(pid) else None


def presence_of(
    owners: Iterable[Owner], sight: Callable[[int], Sighting | None] = sighted
) -> Presence | None:
    """What has become of the processes that a store names for a session; None where it names none.

    One is alive only where its number and its start are those the store names.
    """
    unsure = False
    named = False
    for owner in sorted(owners, key=lambda owner: owner.pid):
        named = True
        seen = sight(owner.pid)
        if seen is not None and seen.started is not None and seen.started == owner.started:
            return Presence(alive=True, owner=owner)
        told = seen is None or (seen.started is not None and owner.started is not None)
        unsure = unsure or owner.elsewhere or not told
    if not named:
        return None
    return Presence(alive=None if unsure else False)


class Liveness:
    """Facts about turns with what their processes show. Safe to use from several threads."""

    def __init__(self, sight: Callable[[int], Sighting | None] = sighted) -> None:
        self._sight = sight
        self._lock = threading.Lock()
        self._known: dict[str, _Known] = {}

    def facts(
        self, backend: SessionBackend, session: Session, *, fresh: bool
    ) -> tuple[TurnFacts, Presence | None]:
        """What a session and its store say, and what looking at processes shows.

        Unless `fresh`, what the store says of processes may be half a second old: whoever asks for
        many sessions asks it once.
        """
        owners = self._owners(backend, fresh=fresh).get(session.ref.key, ())
        return TurnFacts.of(session, owners), presence_of(owners, self._sight)

    def _owners(self, backend: SessionBackend, *, fresh: bool) -> Mapping[str, tuple[Owner, ...]]:
        now = time.monotonic()
        with self._lock:
            known = self._known.get(backend.store_id)
        if known is not None and not fresh and now - known.asked_at < _RECENT_SECONDS:
            return known.owners
        try:
            owners = backend.owners()
        except SessionTuiError:
            # What cannot be asked proves nothing.
            owners = {}
        with self._lock:
            self._known[backend.store_id] = _Known(now, owners)
        return owners
