"""Opens the terminal UI. The only module of the command line that brings Textual along."""

from __future__ import annotations

import sys

import click

from sessiontui.cli.invocation import Invocation
from sessiontui.cli.text_output import narrate
from sessiontui.domain.exit_codes import ExitCode
from sessiontui.domain.printable import printable_line
from sessiontui.ui.app import SessionApp
from sessiontui.ui.rare_collection import collecting_rarely


def open_app(invocation: Invocation) -> int:
    """Run the app until the user leaves it; returns its exit code."""
    # Textual reads from stdin and paints on stderr.
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise click.UsageError("the terminal UI needs a terminal; `sessiontui list` needs none")
    library = invocation.library()
    app = SessionApp(
        library,
        settings=invocation.settings,
        first_run=not invocation.options.demo,
        notice=invocation.notice,
    )
    if invocation.options.stores:
        # Who names stores wants to see what is in them.
        app.bench.view_state.leave_out("view")
    with collecting_rarely():
        app.run()
    for problem in app.desk.problems:
        narrate(f"warning: {printable_line(problem.title)}: {printable_line(problem.hint)}")
    if app.desk.problems:
        narrate("  `sessiontui config check` tells this again, `config actions` what can be named")
    return app.return_code or ExitCode.DONE
