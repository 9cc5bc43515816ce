"""The processes of Claude Code: each notes in a file of its own which session it has open.

`sessions/<pid>.json` is there while a process runs. A process that was killed leaves it behind.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import MsgspecError, Struct
from msgspec.json import Decoder

from sessiontui.domain.verdict import Owner, OwnerStatus

REGISTRY = "sessions"
_ENDING = ".json"
_LONGEST = 1 << 16
_STATUSES = {status.value: status for status in OwnerStatus}


class _Noted(Struct, rename="camel"):
    pid: int | None = None
    session_id: str | None = None
    proc_start: str | int | None = None
    status: str | None = None
    updated_at: int | float | None = None
    status_updated_at: int | float | None = None
    pid_domain: Any = None


class _OlderNote(Struct):
    session_id: str | None = None


_NOTED = Decoder(_Noted)
_OLDER = Decoder(_OlderNote)


class ProcessRegistry:
    """The notes of all processes of one root."""

    def __init__(self, root: Path) -> None:
        self.path = root / REGISTRY
        self._sessions: dict[str, str] = {}

    def owners(self) -> dict[str, tuple[Owner, ...]]:
        """The processes by the session they note; what cannot be read says nothing."""
        found: dict[str, tuple[Owner, ...]] = {}
        sessions: dict[str, str] = {}
        for path in self._files():
            noted = _owner(path)
            if noted is not None:
                key, owner = noted
                sessions[path.name] = key
                found[key] = (*found.get(key, ()), owner)
        self._sessions = sessions
        return found

    def keys_of(self, path: Path) -> set[str]:
        """The sessions that a note concerns: the one in it, and the one that was in it before."""
        before = self._sessions
        self.owners()
        if path == self.path:
            return {*before.values(), *self._sessions.values()}
        held = (before.get(path.name), self._sessions.get(path.name))
        return {key for key in held if key is not None}

    def _files(self) -> list[Path]:
        try:
            with os.scandir(self.path) as entries:
                return [Path(e.path) for e in entries if e.name.endswith(_ENDING) and e.is_file()]
        except OSError:
            return []


def _owner(path: Path) -> tuple[str, Owner] | None:
    """The session and the process that a note names."""
    try:
        with path.open("rb") as file:
            data = file.read(_LONGEST)
        noted = _NOTED.decode(data)
        key = noted.session_id or _OLDER.decode(data).session_id
    except (OSError, MsgspecError, UnicodeDecodeError):
        # It may be half written at this moment.
        return None
    named = path.stem.rpartition("-")[2]
    pid = noted.pid if noted.pid is not None else int(named) if named.isdecimal() else None
    if key is None or pid is None or pid <= 0:
        return None
    started = None if noted.proc_start is None else str(noted.proc_start)
    moved = max(noted.updated_at or 0, noted.status_updated_at or 0)
    return key, Owner(
        pid=pid,
        started=started,
        status=_STATUSES.get(noted.status or ""),
        moved_at=_moment(moved),
        elsewhere=noted.pid_domain is not None,
    )


def _moment(milliseconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds > 0 else None
    except (OverflowError, ValueError, OSError):
        return None
