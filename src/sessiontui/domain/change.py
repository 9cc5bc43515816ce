"""What is known of a change before it, while it is made, and after it in the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from sessiontui.domain.report import Action
from sessiontui.domain.session import SessionRef
from sessiontui.domain.value import PlainValue

_Each = TypeVar("_Each")

Expected = str | Mapping[SessionRef, str] | None
"""The fingerprint the user saw of one session, or those of several; None: do not check."""


class Prospect(PlainValue):
    """What a change would do to one session, or why it would not.

    `messages` and `size_bytes` are what would go, None where that is not known; `files` counts the
    files that would, where the session has its own. `refusal` is one sentence; None: it can be
    done. `fingerprint` is the session's as it was looked at, `note` what a person should know
    besides.
    """

    ref: SessionRef
    refusal: str | None = None
    messages: int | None = None
    size_bytes: int | None = None
    files: int = 0
    fingerprint: str | None = None
    note: str | None = None


class ChangeStage(StrEnum):
    """What is being done to each session in turn; nothing is changed before the last stage."""

    CHECKING = "checking"
    SAVING = "saving"
    CHANGING = "changing"


class ChangeProgress(PlainValue):
    """How far a change is: `done` sessions of `total` have passed the stage."""

    stage: ChangeStage
    done: int
    total: int


def _tell_nobody(progress: ChangeProgress) -> None:
    del progress


def _never() -> bool:
    return False


class ChangeWatch(PlainValue):
    """Told how far a change is, and asked between two sessions whether it shall end early.

    Both are called on the thread that makes the change.
    """

    tell: Callable[[ChangeProgress], None] = _tell_nobody
    is_cancelled: Callable[[], bool] = _never

    def over(self, stage: ChangeStage, each: Sequence[_Each]) -> Iterator[_Each]:
        """The items one by one, told about; they end early when the change is cancelled."""
        for number, item in enumerate(each):
            if self.is_cancelled():
                return
            self.tell(ChangeProgress(stage, number, len(each)))
            yield item


UNWATCHED = ChangeWatch()


class JournalledSession(PlainValue):
    """One session of a journal entry: what it was before the change.

    `is_undone`: it was taken back already. `message_count`, `session_state` and `title_after` are
    None where the entry does not tell; `title_after` is what a rename gave, empty for the
    automatic title. `size_bytes` is that of the snapshot. `has_messages`: its transcript is in it.
    """

    ref: SessionRef
    format: str
    root: str
    title: str
    action: Action
    is_undone: bool
    size_bytes: int = 0
    message_count: int | None = None
    session_state: str | None = None
    title_after: str | None = None
    has_messages: bool = False
