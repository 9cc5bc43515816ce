"""The kinds of change, each as one object: what it needs, and how it is done to one session."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

from sessiontui.domain.backend import ClearScope, SessionBackend, SnapshotScope
from sessiontui.domain.errors import SessionBusy, SessionMissing
from sessiontui.domain.printable import printable_line
from sessiontui.domain.report import Action
from sessiontui.domain.session import Session, SessionPatch, SessionState
from sessiontui.domain.store import Capability, StoreInfo
from sessiontui.domain.value import PlainValue
from sessiontui.domain.verdict import Verdict, VerdictStatus
from sessiontui.services.action_checks import holds_no_titles
from sessiontui.services.clear_estimate import ClearEstimate, estimate_clear
from sessiontui.services.local_titles import LocalTitle


class Estimate(PlainValue):
    """What a change of one session would remove; None where that is not known."""

    messages: int | None = None
    size_bytes: int | None = None
    files: int = 0


class Change(ABC):
    """A change that was asked for, of any session. Errors are those of the backend."""

    action: ClassVar[Action]
    capability: ClassVar[Capability]
    scope: ClassVar[SnapshotScope]
    ends_local_title: ClassVar[bool] = False
    """After it, the title stands in the store, or there is no session any more."""

    @abstractmethod
    def apply(self, backend: SessionBackend, session: Session, expect: str) -> int | None:
        """Do it, if the session still has that fingerprint; how many messages went, if any do."""

    def require_fit(self, session: Session) -> None:  # noqa: B027  most fit every session
        """Raise where there is nothing to change."""

    def is_local(self, backend: SessionBackend, info: StoreInfo) -> bool:
        """Whether it changes a title that is kept with us, and nothing in the store."""
        return False

    def local_title(self, session: Session) -> LocalTitle | None:
        """The title to keep, where `is_local`."""
        return None

    @property
    def title_after(self) -> str | None:
        """The title it gives, empty for the automatic one; None where it gives none."""
        return None

    def estimate(self, backend: SessionBackend, session: Session) -> Estimate:
        """What it would remove."""
        return Estimate()

    def freed(self, before: Session, after: Session | None, estimate: Estimate) -> int | None:
        """How many bytes it has freed."""
        return estimate.size_bytes


class Renaming(Change):
    """Give a title, or with an empty one return to the automatic title."""

    action = Action.RENAME
    capability = Capability.RENAME
    scope = SnapshotScope.METADATA
    ends_local_title = True

    def __init__(self, title: str) -> None:
        self._title = printable_line(title) or None

    @property
    def title_after(self) -> str:
        return self._title or ""

    def apply(self, backend: SessionBackend, session: Session, expect: str) -> None:
        backend.patch(session.ref.key, SessionPatch(title=self._title), expect)

    def is_local(self, backend: SessionBackend, info: StoreInfo) -> bool:
        return holds_no_titles(backend, info)

    def local_title(self, session: Session) -> LocalTitle | None:
        if self._title is None:
            return None
        return LocalTitle(title=self._title, created_at=session.created_at)


class Clearing(Change):
    """Remove messages, keep the session."""

    action = Action.CLEAR
    capability = Capability.CLEAR
    scope = SnapshotScope.EVERYTHING

    def __init__(self, scope: ClearScope) -> None:
        self._cleared = scope

    def apply(self, backend: SessionBackend, session: Session, expect: str) -> int:
        return backend.clear(session.ref.key, self._cleared, expect)

    def estimate(self, backend: SessionBackend, session: Session) -> Estimate:
        if self._cleared.everything:
            return Estimate(session.message_count, session.size_bytes)
        found: ClearEstimate = estimate_clear(backend.messages(session.ref.key), self._cleared)
        return Estimate(found.messages, found.size_bytes)

    def freed(self, before: Session, after: Session | None, estimate: Estimate) -> int | None:
        if before.size_bytes is None or after is None or after.size_bytes is None:
            return None
        return max(0, before.size_bytes - after.size_bytes)


class Deleting(Change):
    """Remove a session and all that belongs to it."""

    action = Action.DELETE
    capability = Capability.DELETE
    scope = SnapshotScope.EVERYTHING
    ends_local_title = True

    def apply(self, backend: SessionBackend, session: Session, expect: str) -> int | None:
        if not backend.delete(session.ref.key, expect):
            raise SessionMissing("it was gone already", ref=session.ref)
        return session.message_count

    def estimate(self, backend: SessionBackend, session: Session) -> Estimate:
        footprint = backend.footprint(session.ref.key)
        return Estimate(session.message_count, footprint.size_bytes, footprint.files)


class Curing(Change):
    """Set a stuck or failed session to idle, in its store's own terms."""

    action = Action.CURE
    capability = Capability.SET_STATE
    scope = SnapshotScope.METADATA

    def __init__(self, verdict: Callable[[Session], Verdict]) -> None:
        self._verdict = verdict

    def apply(self, backend: SessionBackend, session: Session, expect: str) -> None:
        backend.patch(session.ref.key, SessionPatch(state=SessionState.IDLE), expect)

    def require_fit(self, session: Session) -> None:
        status = self._verdict(session).status
        if status not in (VerdictStatus.STUCK, VerdictStatus.ERROR):
            raise SessionBusy(f"it is not stuck but {status.value}", ref=session.ref)
