"""Every error ends the program with the code the outer contract gives it."""

from __future__ import annotations

import pytest

from sessiontui.domain import errors
from sessiontui.domain.exit_codes import ExitCode, exit_code_of
from sessiontui.domain.store import Capability

EXPECTED = {
    errors.SessionMissing: 1,
    errors.BadKey: 1,
    errors.NothingToUndo: 1,
    errors.AmbiguousRef: 2,
    errors.QueryInvalid: 2,
    errors.SettingsInvalid: 2,
    errors.StoreMissing: 3,
    errors.StoreUnreadable: 3,
    errors.StoreTooNew: 3,
    errors.IndexBroken: 3,
    errors.SessionBusy: 4,
    errors.StoreBusy: 4,
    errors.StoreReadOnly: 4,
    errors.ChangedUnderneath: 4,
    errors.UndoRefused: 4,
    errors.UndoExpired: 4,
    errors.ResumeRefused: 4,
    errors.Unsupported: 5,
}
MORE_ARGUMENTS: dict[type[errors.SessionTuiError], tuple[object, ...]] = {
    errors.AmbiguousRef: ("hint", ()),
    errors.QueryInvalid: ("hint", 0, 1),
    errors.Unsupported: ("why not",),
}


@pytest.mark.parametrize(("kind", "code"), EXPECTED.items())
def test_each_error_has_the_code_of_the_contract(
    kind: type[errors.SessionTuiError], code: int
) -> None:
    first = Capability.DELETE if kind is errors.Unsupported else "title"
    error = kind(first, *MORE_ARGUMENTS.get(kind, ()))  # type: ignore[arg-type]
    assert exit_code_of(error) is ExitCode(code)


def test_an_error_that_is_not_listed_concerns_a_store() -> None:
    class Novel(errors.SessionTuiError):
        """Something a plug-in reports."""

    assert exit_code_of(Novel("title")) is ExitCode.STORE
