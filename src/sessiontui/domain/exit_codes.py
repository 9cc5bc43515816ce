"""Exit codes of the outer contract, and which error means which.

The same numbers stand in reports, as the reason why a session was skipped.
"""

from __future__ import annotations

from enum import IntEnum

from sessiontui.domain import errors


class ExitCode(IntEnum):
    """What the program ends with."""

    DONE = 0
    NOTHING_FOUND = 1
    USAGE = 2
    STORE = 3
    REFUSED = 4
    UNSUPPORTED = 5


_CODES: tuple[tuple[type[errors.SessionTuiError], ExitCode], ...] = (
    (errors.SessionMissing, ExitCode.NOTHING_FOUND),
    (errors.BadKey, ExitCode.NOTHING_FOUND),
    (errors.NothingToUndo, ExitCode.NOTHING_FOUND),
    (errors.AmbiguousRef, ExitCode.USAGE),
    (errors.QueryInvalid, ExitCode.USAGE),
    (errors.SettingsInvalid, ExitCode.USAGE),
    (errors.SessionBusy, ExitCode.REFUSED),
    (errors.StoreBusy, ExitCode.REFUSED),
    (errors.StoreReadOnly, ExitCode.REFUSED),
    (errors.ChangedUnderneath, ExitCode.REFUSED),
    (errors.UndoRefused, ExitCode.REFUSED),
    (errors.UndoExpired, ExitCode.REFUSED),
    (errors.ResumeRefused, ExitCode.REFUSED),
    (errors.Unsupported, ExitCode.UNSUPPORTED),
)


def exit_code_of(error: errors.SessionTuiError) -> ExitCode:
    """The exit code of an error; what no other code is for concerns a store."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), ExitCode.STORE)
