"""The command export."""

from __future__ import annotations

from pathlib import Path

import click

from sessiontui.cli.invocation import Invocation, pass_invocation
from sessiontui.cli.json_output import Problem, list_envelope, print_json
from sessiontui.cli.option_types import reading_options
from sessiontui.cli.text_output import narrate
from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.exit_codes import ExitCode, exit_code_of
from sessiontui.domain.session import SessionRef
from sessiontui.domain.words import size_words
from sessiontui.services.exporting import (
    ExportForm,
    file_name,
    joined_exports,
    write_export,
)
from sessiontui.services.library import Library


@click.command()
@click.argument("refs", metavar="REF...", nargs=-1, required=True)
@click.option(
    "--as",
    "form",
    type=click.Choice([form.value for form in ExportForm]),
    help="Markdown to read, or JSON, the transcript as `show --json` has it. [default: md]",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    help="Write into this file, or one file per session into this folder, instead of to stdout.",
)
@click.option("--force", is_flag=True, help="Replace files that are there.")
@reading_options
@pass_invocation
def export(
    invocation: Invocation,
    refs: tuple[str, ...],
    form: str | None,
    output: Path | None,
    force: bool,
    no_sync: bool,
    as_json: bool,
) -> int:
    """Write transcripts as Markdown or JSON.

    Files are for their owner only. Several sessions in one JSON are an object of kind
    `transcripts`. --json alone asks for JSON; with --output it prints what was written where.
    """
    chosen = ExportForm(form or ("json" if as_json and output is None else "md"))
    if as_json and output is None and chosen is not ExportForm.JSON:
        raise click.UsageError("--json prints JSON: use --as json, or --output")
    library = invocation.synced(no_sync)
    found, failed = invocation.resolve_all(library, refs)
    for name, error in failed:
        invocation.note(Problem(None, name, error.title, error.hint))
    texts: list[tuple[SessionRef, str]] = []
    codes = [exit_code_of(error) for _, error in failed]
    for ref in found:
        try:
            texts.append((ref, library.export(ref, chosen)))
        except SessionTuiError as error:
            if len(refs) == 1:
                raise
            invocation.note(Problem(ref.store, str(ref), error.title, error.hint))
            codes.append(exit_code_of(error))
    if output is None:
        click.echo(joined_exports([text for _, text in texts], chosen), nl=False)
    else:
        written = _write(library, texts, chosen, output.expanduser(), force)
        if as_json:
            print_json(list_envelope("exports", written))
    return max(codes, default=ExitCode.DONE)


def _write(
    library: Library,
    texts: list[tuple[SessionRef, str]],
    form: ExportForm,
    output: Path,
    force: bool,
) -> list[dict[str, object]]:
    files: list[tuple[list[str], Path, str]] = []
    if output.is_dir():
        taken: set[str] = set()
        for ref, text in texts:
            name = file_name(library.session(ref), form, taken)
            taken.add(name)
            files.append(([str(ref)], output / name, text))
    else:
        refs = [str(ref) for ref, _ in texts]
        files.append((refs, output, joined_exports([text for _, text in texts], form)))
    written: list[dict[str, object]] = []
    for names, path, text in files:
        size = write_export(path, text, replace=force)
        narrate(f"wrote {path}, {size_words(size)}")
        written.append({"refs": names, "path": str(path), "as": form.value, "size_bytes": size})
    return written
