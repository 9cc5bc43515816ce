"""Opens the terminal UI. The only module of the command line that brings Textual along."""

from __future__ import annotations

import sys

import click

from sessiontui.cli.invocation import Invocation
from sessiontui.domain.exit_codes import ExitCode
from sessiontui.ui.app import SessionApp


def open_app(invocation: Invocation) -> int:
    """Run the app until the user leaves it; returns its exit code."""
    # Textual reads from stdin and paints on stderr.
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise click.UsageError("the terminal UI needs a terminal; `sessiontui list` needs none")
    first_run = invocation.is_first_run
    library = invocation.library()
    settings = invocation.settings.settings
    app = SessionApp(
        library,
        theme=settings.theme or None,
        first_run=first_run and not invocation.options.demo,
        notice=invocation.notice,
        keymap=settings.keymap,
    )
    app.run()
    return app.return_code or ExitCode.DONE
