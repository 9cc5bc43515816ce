"""The command resume."""

from __future__ import annotations

from pathlib import Path

import click

from sessiontui.cli.invocation import Invocation, pass_invocation
from sessiontui.cli.json_output import list_envelope, print_json
from sessiontui.cli.option_types import reading_options
from sessiontui.cli.text_output import narrate, say
from sessiontui.domain.errors import ResumeRefused, SessionBusy
from sessiontui.domain.exit_codes import ExitCode
from sessiontui.domain.printable import printable_line
from sessiontui.services.resuming import Against, ResumePlan, become_agent


@click.command()
@click.argument("ref", metavar="REF")
@click.option("--print", "only_print", is_flag=True, help="Print the command, run nothing.")
@click.option(
    "--in",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Start it in this folder instead of the session's own.",
)
@click.option("--force", is_flag=True, help="Also when the session is live, or stuck.")
@reading_options
@pass_invocation
def resume(
    invocation: Invocation,
    ref: str,
    only_print: bool,
    folder: Path | None,
    force: bool,
    no_sync: bool,
    as_json: bool,
) -> int:
    """Go on with a session in the program it belongs to, in its folder.

    The program takes the place of this one. --print tells the command instead, with --json as a
    list of words.
    """
    if as_json and not only_print:
        raise click.UsageError("--json prints the command: it needs --print")
    library = invocation.synced(no_sync)
    named = None if folder is None else folder.expanduser().absolute()
    plan = library.resume_plan(invocation.resolve(library, ref), named)
    if only_print:
        _print(plan, as_json)
        return ExitCode.DONE
    _require_possible(plan, force)
    place = "" if plan.folder is None else f" in {plan.folder}"
    narrate(printable_line(f"{plan.command}{place}"))
    invocation.close()
    return become_agent(plan)


def _print(plan: ResumePlan, as_json: bool) -> None:
    if as_json:
        against = [{"title": title, "hint": hint} for _, title, hint in plan.obstacles]
        folder = None if plan.folder is None else str(plan.folder)
        item = {
            "ref": str(plan.ref),
            "resume": list(plan.arguments),
            "resume_dir": folder,
            "against": against,
        }
        print_json(list_envelope("resume", [item]))
        return
    say(plan.command)
    if plan.folder is not None:
        narrate(printable_line(f"to be run in {plan.folder}"))
    for obstacle in plan.obstacles:
        narrate(printable_line(f"note: {obstacle.title}"))


def _require_possible(plan: ResumePlan, force: bool) -> None:
    for obstacle in plan.obstacles:
        match obstacle.kind:
            case Against.AT_WORK if not force:
                hint = f"{obstacle.hint}, or insist with --force"
                raise SessionBusy(obstacle.title, hint, plan.ref)
            case Against.NO_PROGRAM:
                hint = f"{obstacle.hint}; --print tells the command"
                raise ResumeRefused(obstacle.title, hint, plan.ref)
            case Against.NO_FOLDER:
                hint = f"{obstacle.hint}; or name another with --in"
                raise ResumeRefused(obstacle.title, hint, plan.ref)
            case Against.AT_WORK | Against.ELSEWHERE:
                narrate(printable_line(f"note: {obstacle.title}"))
