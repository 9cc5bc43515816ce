"""Whether a session may be changed: the questions asked before anything is touched."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from pathlib import Path

from sessiontui.domain.backend import SessionBackend
from sessiontui.domain.errors import (
    ChangedUnderneath,
    SessionBusy,
    SessionMissing,
    SessionTuiError,
    StoreMissing,
    StoreReadOnly,
    StoreUnreadable,
    Unsupported,
)
from sessiontui.domain.exit_codes import exit_code_of
from sessiontui.domain.report import Skipped
from sessiontui.domain.session import Session, SessionRef
from sessiontui.domain.store import CHANGES, Capability, StoreInfo
from sessiontui.domain.value import PlainValue, Value
from sessiontui.domain.verdict import DEFAULT_THRESHOLD, LIVE, TurnFacts, Verdict, judge
from sessiontui.services.catalogue import Catalogue
from sessiontui.services.liveness import Liveness
from sessiontui.storage.mounts import shared_file_system

_INFO_SECONDS = 5.0


class ActionOptions(Value):
    """How changes are made.

    With `named_stores` the user named the stores, with `home` the folder they are below: an undo
    that names no entry then stays among these.
    """

    read_only: bool = False
    stuck_after: timedelta = DEFAULT_THRESHOLD
    named_stores: bool = False
    home: Path | None = None


class _Known(PlainValue):
    stamp: str
    asked_at: float
    info: StoreInfo


class ActionChecks:
    """Refuses what must not be changed, with the reason as an error. Safe from several threads."""

    def __init__(
        self, catalogue: Catalogue, options: ActionOptions, clock: Callable[[], datetime]
    ) -> None:
        self._catalogue = catalogue
        self._options = options
        self.stuck_after = options.stuck_after
        """How long nothing may move in an open turn; may be changed while the program runs."""
        self._clock = clock
        self._lock = threading.Lock()
        self._liveness = Liveness()
        self._shared: dict[str, str | None] = {}
        self._infos: dict[str, _Known] = {}

    def verdict(self, session: Session, *, fresh: bool = True) -> Verdict:
        """What is the matter with a session, now; `fresh` as in `Liveness.facts`."""
        try:
            backend = self._catalogue.backend_of(session.ref)
        except StoreMissing:
            facts, presence = TurnFacts.of(session), None
        else:
            facts, presence = self._liveness.facts(backend, session, fresh=fresh)
        return judge(facts, self._clock(), self.stuck_after, presence)

    def why_not(self, ref: SessionRef, capability: Capability) -> str | None:
        """Why such a change of a session would be refused, or None; asks its store rarely."""
        return self.refusals(ref, (capability,)).get(capability)

    def refusals(
        self, ref: SessionRef, capabilities: Collection[Capability]
    ) -> dict[Capability, str]:
        """Those of the changes that would be refused, and why; its store is asked once for all."""
        try:
            backend = self._catalogue.backend_of(ref)
            info = self._recent_info(backend)
        except SessionTuiError as error:
            return dict.fromkeys(capabilities, error.title)
        found: dict[Capability, str] = {}
        for capability in capabilities:
            try:
                self._require_possible(backend, info, capability)
            except SessionTuiError as error:
                found[capability] = error.title
        return found

    def _require_possible(
        self, backend: SessionBackend, info: StoreInfo, capability: Capability
    ) -> None:
        if capability is Capability.RENAME and holds_no_titles(backend, info):
            self.require_writing()
            return
        require_capability(backend, info, capability)
        if capability in CHANGES:
            self.require_writing()
            self._require_own_file_system(backend, force=False)

    def require_change(
        self, backend: SessionBackend, info: StoreInfo, capability: Capability, *, force: bool
    ) -> None:
        """Raise what speaks against such changes of a store."""
        require_capability(backend, info, capability)
        self.require_writing()
        self._require_own_file_system(backend, force=force)

    def fresh_session(self, backend: SessionBackend, ref: SessionRef) -> Session:
        """The session as its store has it now. Raises `SessionMissing`."""
        session = backend.get(ref.key)
        if session is None:
            raise SessionMissing("it is not in its store", ref=ref)
        return session

    def require_at_rest(
        self, backend: SessionBackend, session: Session, capability: Capability
    ) -> None:
        """Raise `SessionBusy` when a running owner could be hurt, or would overwrite the change."""
        if (
            capability is Capability.RENAME
            and capability not in backend.capabilities.overwritten_when_live
        ):
            return
        verdict = self.verdict(session)
        if verdict.is_live:
            because = f": {', '.join(verdict.evidence)}" if verdict.evidence else ""
            in_turn = verdict.status in LIVE
            raise SessionBusy(
                f"the session is {verdict.status.value}{because}",
                f"{'wait until its turn has ended' if in_turn else 'close it there'}, or force it",
                session.ref,
            )

    def require_writing(self) -> None:
        """Raise `StoreReadOnly` when changes are switched off."""
        if self._options.read_only:
            raise StoreReadOnly("changes are switched off", "start without --read-only")

    def _require_own_file_system(self, backend: SessionBackend, *, force: bool) -> None:
        if force:
            return
        with self._lock:
            if backend.store_id not in self._shared:
                self._shared[backend.store_id] = shared_file_system(backend.root)
            kind = self._shared[backend.store_id]
        if kind is not None:
            raise StoreReadOnly(
                f"its file system ({kind}) is shared, and locks there do not reach the owner",
                "change it on the machine that writes it, or force it",
            )

    def _recent_info(self, backend: SessionBackend) -> StoreInfo:
        # Asked for every key that might be pressed; a store's answer costs a query or a listing.
        stamp, now = backend.stamp(), time.monotonic()
        with self._lock:
            known = self._infos.get(backend.store_id)
        if known and known.stamp == stamp and now - known.asked_at < _INFO_SECONDS:
            return known.info
        info = backend.info()
        with self._lock:
            self._infos[backend.store_id] = _Known(stamp, now, info)
        return info


def holds_no_titles(backend: SessionBackend, info: StoreInfo) -> bool:
    """Whether a title for a session of this store has to be kept with us.

    True for formats that cannot rename, and for stores whose layout is too old for it; a store
    that merely cannot be written refuses the change instead.
    """
    if Capability.RENAME in info.capabilities:
        return False
    return Capability.RENAME not in backend.capabilities or info.writable


def require_capability(backend: SessionBackend, info: StoreInfo, capability: Capability) -> None:
    """Raise why a store cannot be changed so.

    `StoreUnreadable` for a broken store, `StoreReadOnly` where only the permission is missing,
    `Unsupported` for all else.
    """
    if not info.available:
        raise StoreUnreadable(
            info.problem or f"{info.root} cannot be read", "see `sessiontui doctor`"
        )
    if capability in info.capabilities:
        return
    reason = info.capabilities.reason(capability)
    if not info.writable and capability in backend.capabilities:
        raise StoreReadOnly(reason, "change its permissions, or run as its owner")
    raise Unsupported(capability, reason)


def require_unchanged(session: Session, expect: str | None) -> None:
    """Raise `ChangedUnderneath` when the session is no longer the one the user saw."""
    if expect is not None and session.fingerprint != expect:
        raise ChangedUnderneath(
            "the session has changed since it was shown", "look at it again", session.ref
        )


def skipped_because(ref: SessionRef, error: SessionTuiError) -> Skipped:
    """A session that was left as it is, with the reason an error gives."""
    hint = f". {error.hint[:1].upper()}{error.hint[1:]}" if error.hint else ""
    reason = f"{error.title}{hint}"
    return Skipped(ref=ref, reason=reason, code=exit_code_of(error))
