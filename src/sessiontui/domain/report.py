"""What a change did, and what can be taken back."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sessiontui.domain.session import SessionRef
from sessiontui.domain.value import Value


class Action(StrEnum):
    """A change a person can ask for."""

    RENAME = "rename"
    CLEAR = "clear"
    DELETE = "delete"
    CURE = "cure"
    UNDO = "undo"
    OTHER = "other"
    """Only in a journal that a newer version wrote: a change not known here."""


class Skipped(Value):
    """A session that was left as it is, and why.

    `code` is the exit code of the reason (see the contract): 1 unknown, 3 unreadable, 4 refused,
    5 unsupported.
    """

    ref: SessionRef
    reason: str
    code: int


class ActionReport(Value):
    """The outcome of one change over any number of sessions; partial failure is a value.

    With `dry_run`, `done` lists those that would be changed, and nothing was. `cancelled` are those
    that were not come to, because the change was ended early; they are as they were.
    """

    action: Action
    done: tuple[SessionRef, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    cancelled: tuple[SessionRef, ...] = ()
    undo_id: str | None = None
    freed_bytes: int | None = None
    removed_messages: int | None = None
    dry_run: bool = False
    notes: tuple[str, ...] = ()
    """What a person should know besides (a running daemon may post again, ...)."""


class JournalEntry(Value):
    """One line of the undo journal, newest first where they are listed.

    `undoable` is false once it was undone, has expired or is damaged; `problem` says which. What
    is undoable stays so until `kept_until`, or until the journal is full.
    """

    id: str
    at: datetime
    action: Action
    refs: tuple[SessionRef, ...]
    titles: tuple[str, ...] = ()
    size_bytes: int = 0
    undoable: bool = True
    problem: str | None = None
    kept_until: datetime | None = None
