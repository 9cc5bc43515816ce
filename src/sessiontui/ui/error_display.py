"""How an error is told: a toast for information and warnings, a screen of its own for errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sessiontui.domain.errors import SessionTuiError, Severity
from sessiontui.domain.printable import printable, printable_line

if TYPE_CHECKING:
    from textual.app import App

_TOAST_LIMIT = 300


def show_error(app: App[Any], error: SessionTuiError) -> None:
    """Tell the user of an error. Call on the thread that paints."""
    if error.severity is Severity.ERROR:
        from sessiontui.ui.screens.error_details import ErrorDetails  # noqa: PLC0415  not for the first frame

        if not isinstance(app.screen, ErrorDetails):
            app.push_screen(ErrorDetails(error))
            return
        app.screen.add(error)
        return
    app.notify(
        printable_line(error.hint, _TOAST_LIMIT) or printable_line(error.title, _TOAST_LIMIT),
        title=sentence(error.title) if error.hint else "",
        severity="warning" if error.severity is Severity.WARNING else "information",
        markup=False,
    )


def sentence(text: str) -> str:
    """A title for a toast: safe, one line, not too long."""
    return printable_line(printable(text), _TOAST_LIMIT)
