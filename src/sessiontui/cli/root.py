"""The program: its global options, its commands, and what it does without one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click

from sessiontui import __version__
from sessiontui.cli.importing import importing
from sessiontui.cli.invocation import GlobalOptions, Invocation
from sessiontui.cli.program import Program
from sessiontui.domain.exit_codes import ExitCode

_COMMANDS = {
    "stores": "reading",
    "list": "reading:list_sessions",
    "search": "reading",
    "show": "reading",
    "tail": "following",
    "watch": "following",
    "rename": "changing",
    "clear": "changing",
    "delete": "changing",
    "undo": "changing",
    "journal": "changing",
    "stuck": "changing",
    "resume": "resume_command",
    "export": "export_command",
    "stats": "stats_command",
    "index": "maintenance",
    "config": "maintenance",
    "demo": "maintenance",
}
"""The module of each command, and its name there where that is another one."""


def _specs_of_variable() -> tuple[str, ...]:
    """The stores of `SESSIONTUI_STORE`: one per line, since a path may hold anything else."""
    lines = os.environ.get("SESSIONTUI_STORE", "").splitlines()
    return tuple(line.strip() for line in lines if line.strip())


@click.group(
    cls=Program,
    places=_COMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--store",
    "specs",
    multiple=True,
    metavar="SPEC",
    default=_specs_of_variable,
    help="Open exactly this store, FORMAT:PATH or a path; may be given several times.",
)
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="SESSIONTUI_HOME",
    help="Look for stores below this folder instead of your home.",
)
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="SESSIONTUI_CONFIG",
    help="Settings file; see `sessiontui config`.",
)
@click.option(
    "--read-only", is_flag=True, envvar="SESSIONTUI_READ_ONLY", help="Refuse every change."
)
@click.option(
    "--demo",
    "use_demo",
    is_flag=True,
    help="Open sample stores of every format; nothing of yours is read.",
)
@click.option("--demo-if-empty", is_flag=True, help="As --demo, but only where no store is found.")
@click.version_option(__version__, prog_name="sessiontui", message="%(prog)s %(version)s")
@click.pass_context
def program(
    ctx: click.Context,
    specs: tuple[str, ...],
    home: Path | None,
    config_file: Path | None,
    read_only: bool,
    use_demo: bool,
    demo_if_empty: bool,
) -> int:
    """See, search and look after the sessions of your agents.

    Without a command the terminal UI opens. A session is named by its ref, STORE:KEY, or by the
    beginning of its key.
    """
    if use_demo and (specs or home):
        raise click.UsageError("--demo opens its own stores: leave --store and --home away")
    invocation = Invocation(
        GlobalOptions(
            stores=specs,
            home=home,
            config=None if config_file is None else config_file.expanduser().absolute(),
            read_only=read_only,
            demo=use_demo,
            demo_if_empty=demo_if_empty,
        )
    )
    ctx.obj = invocation
    ctx.call_on_close(invocation.close)
    if ctx.invoked_subcommand is None:
        with importing():
            from sessiontui.cli.launch import open_app  # noqa: PLC0415 - brings Textual along

        return open_app(invocation)
    return ExitCode.DONE


def command_lines() -> Iterator[tuple[str, str]]:
    """(command, its help in one line) of every command, those of groups spelt out."""
    for name in _COMMANDS:
        command = program.command_of(name)
        if isinstance(command, click.Group):
            for inner_name, inner in command.commands.items():
                yield f"{name} {inner_name}", inner.get_short_help_str(limit=200)
        else:
            yield name, command.get_short_help_str(limit=200)
