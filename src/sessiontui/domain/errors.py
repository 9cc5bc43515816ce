"""What can go wrong, in words a person can act on.

Every error has a title (what happened) and a hint (what to do). Front ends map them to a toast,
a details screen or an exit code; nothing else about an error is ever shown.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sessiontui.domain.session import SessionRef
    from sessiontui.domain.store import Capability


class Severity(StrEnum):
    """How loudly an error is told."""

    INFORMATION = "information"
    WARNING = "warning"
    ERROR = "error"


class SessionTuiError(Exception):
    """Base of everything the program reports.

    `title` is one sentence without a full stop, `hint` says what to do about it (may be empty),
    `ref` is the session concerned, if there is one.
    """

    severity = Severity.ERROR

    def __init__(self, title: str, hint: str = "", ref: SessionRef | None = None) -> None:
        super().__init__(title)
        self.title = title
        self.hint = hint
        self.ref = ref


class StoreMissing(SessionTuiError):
    """The store's file or folder is not there."""


class StoreUnreadable(SessionTuiError):
    """The store is there and cannot be read or written: permissions, damage, foreign content."""


class StoreBusy(SessionTuiError):
    """Another program holds a lock for longer than we wait."""

    severity = Severity.WARNING


class StoreTooNew(SessionTuiError):
    """The store was written by a version whose layout is not known here."""


class StoreReadOnly(SessionTuiError):
    """Changes are switched off, or the store does not allow them."""

    severity = Severity.WARNING


class SessionMissing(SessionTuiError):
    """No such session, or no longer."""

    severity = Severity.WARNING


class AmbiguousRef(SessionTuiError):
    """A shortened reference fits several sessions; `candidates` are their full references."""

    severity = Severity.WARNING

    def __init__(self, title: str, hint: str, candidates: tuple[SessionRef, ...]) -> None:
        super().__init__(title, hint)
        self.candidates = candidates


class SessionBusy(SessionTuiError):
    """The session is live; changing it could hurt a running agent."""

    severity = Severity.WARNING


class ChangedUnderneath(SessionTuiError):
    """The stored session is no longer the one the user saw."""

    severity = Severity.WARNING


class BadKey(SessionTuiError):
    """The key cannot name a session of this format."""


class Unsupported(SessionTuiError):
    """The format cannot do this; the title says why."""

    severity = Severity.INFORMATION

    def __init__(self, capability: Capability, why_not: str, ref: SessionRef | None = None) -> None:
        super().__init__(why_not, "", ref)
        self.capability = capability


class ResumeRefused(SessionTuiError):
    """The session cannot be handed over to its agent as things stand here and now."""

    severity = Severity.WARNING


class ExportStopped(SessionTuiError):
    """A person ended an export before it was written."""

    severity = Severity.INFORMATION


class NothingToUndo(SessionTuiError):
    """The journal holds nothing (of that name) that can be taken back."""

    severity = Severity.INFORMATION


class UndoRefused(SessionTuiError):
    """The snapshot is there, but putting it back now would overwrite or confuse something."""

    severity = Severity.WARNING


class UndoExpired(SessionTuiError):
    """The snapshot was removed by age or size, or is damaged."""

    severity = Severity.WARNING


class IndexBroken(SessionTuiError):
    """The search index cannot be used; it is a cache and can be rebuilt."""

    severity = Severity.WARNING


class SearchInterrupted(SessionTuiError):
    """A search was ended because its answer is no longer wanted."""

    severity = Severity.INFORMATION


class SettingsInvalid(SessionTuiError):
    """The settings file holds something that cannot be understood."""


class QueryInvalid(SessionTuiError):
    """A query cannot be understood.

    `start` and `end` are the offsets of the offending part in the query text.
    """

    severity = Severity.INFORMATION

    def __init__(self, title: str, hint: str, start: int, end: int) -> None:
        super().__init__(title, hint)
        self.start = start
        self.end = end
