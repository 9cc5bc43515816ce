"""The command export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from sessiontui.cli.invocation import Invocation, pass_invocation
from sessiontui.cli.json_output import Problem, list_envelope, print_json
from sessiontui.cli.option_types import reading_options
from sessiontui.cli.text_output import narrate
from sessiontui.domain.exit_codes import ExitCode, exit_code_of
from sessiontui.domain.words import size_words
from sessiontui.services.export_run import ExportRun, Written
from sessiontui.services.exporting import ExportForm
from sessiontui.services.transcript import CAUTION, masked_words

_CHUNK = 1 << 16
"""Characters that are written at once."""


class _Export(click.Command):
    """Its help ends with what is masked, taken from the rules themselves."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Name the kinds of secrets."""
        # A hundred expressions take a while to compile.
        from sessiontui.services.redaction_kinds import kinds_in_words  # noqa: PLC0415

        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(f"--redact masks {kinds_in_words()}.")


@click.command(cls=_Export)
@click.argument("refs", metavar="REF...", nargs=-1, required=True)
@click.option(
    "--as",
    "form",
    type=click.Choice([form.value for form in ExportForm]),
    help="Markdown to read; a page of HTML that needs nothing else; or JSON, the transcript as"
    " `show --json` has it. [default: by the ending of --output, else md]",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    help="Write into this file, or one file per session into this folder, instead of to stdout.",
)
@click.option("--force", is_flag=True, help="Replace files that are there.")
@click.option(
    "--redact",
    is_flag=True,
    help="Mask keys, tokens, passwords and the like by their known forms, everywhere. Never all"
    " of them can be recognised: read what you share.",
)
@reading_options
@pass_invocation
def export(
    invocation: Invocation,
    refs: tuple[str, ...],
    form: str | None,
    output: Path | None,
    force: bool,
    redact: bool,
    no_sync: bool,
    as_json: bool,
) -> int:
    """Write transcripts as Markdown, a page of HTML, or JSON.

    Files are for their owner only. Several sessions in one JSON are an object of kind
    `transcripts`, on one page they have a section each; in a folder, index.html leads to their
    pages. --json alone asks for JSON; with --output it prints what was written where.
    """
    chosen = _chosen(form, output, as_json)
    if as_json and output is None and chosen is not ExportForm.JSON:
        raise click.UsageError("--json prints JSON: use --as json, or --output")
    library = invocation.synced(no_sync)
    found, failed = invocation.resolve_all(library, refs)
    for name, error in failed:
        invocation.note(Problem(None, name, error.title, error.hint))
    run = ExportRun(library, found, chosen, redact, strict=len(refs) == 1)
    if output is None:
        for chunk in _chunks(run.document()):
            click.echo(chunk, nl=False)
    else:
        written = _write(run, output.expanduser(), force)
        if as_json:
            print_json(list_envelope("exports", [_written_object(one, run) for one in written]))
    for ref, error in run.failed:
        invocation.note(Problem(ref.store, str(ref), error.title, error.hint))
    if redact and run.done:
        narrate(f"{masked_words(run.masked)}; {CAUTION}")
    reasons = (error for _, error in (*failed, *run.failed))
    return max(map(exit_code_of, reasons), default=ExitCode.DONE)


def _write(run: ExportRun, output: Path, force: bool) -> list[Written]:
    """Write one file, or one for each session into a folder; what was written where."""
    if not run.refs:
        return []
    if output.is_dir():
        written = run.into_folder(output, replace=force)
    else:
        written = [run.into_file(output, replace=force)]
    for one in written:
        narrate(f"wrote {one.path}, {size_words(one.size_bytes)}")
    return written


def _written_object(written: Written, run: ExportRun) -> dict[str, object]:
    return {
        "refs": list(map(str, written.refs)),
        "path": str(written.path),
        "as": run.form.value,
        "size_bytes": written.size_bytes,
        "redacted": written.masked,
    }


def _chosen(form: str | None, output: Path | None, as_json: bool) -> ExportForm:
    if form is not None:
        return ExportForm(form)
    if output is None:
        return ExportForm.JSON if as_json else ExportForm.MARKDOWN
    ending = output.suffix.lower().removeprefix(".")
    return next((known for known in ExportForm if known.value == ending), ExportForm.MARKDOWN)


def _chunks(pieces: Iterable[str]) -> Iterator[str]:
    """Pieces joined: each write is flushed, and a page has many small pieces."""
    held: list[str] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _CHUNK:
            yield "".join(held)
            held, size = [], 0
    yield "".join(held)
