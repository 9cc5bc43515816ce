"""The command export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
from sessiontui.services.exporting import ExportForm, document, file_name, write_export
from sessiontui.services.library import Library
from sessiontui.services.transcript import CAUTION, Transcript, masked_words

_CHUNK = 1 << 16
"""Characters that are written at once."""


@click.command()
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
    `transcripts`, on one page they have a section each. --json alone asks for JSON; with --output
    it prints what was written where.
    """
    chosen = _chosen(form, output, as_json)
    if as_json and output is None and chosen is not ExportForm.JSON:
        raise click.UsageError("--json prints JSON: use --as json, or --output")
    library = invocation.synced(no_sync)
    found, failed = invocation.resolve_all(library, refs)
    for name, error in failed:
        invocation.note(Problem(None, name, error.title, error.hint))
    run = _Export(invocation, library, tuple(found), redact, strict=len(refs) == 1)
    run.codes += (exit_code_of(error) for _, error in failed)
    if output is None:
        for chunk in _chunks(document(run.transcripts(), chosen, several=len(found) > 1)):
            click.echo(chunk, nl=False)
    else:
        written = run.write(chosen, output.expanduser(), force)
        if as_json:
            print_json(list_envelope("exports", written))
    run.tell()
    return max(run.codes, default=ExitCode.DONE)


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


@dataclass
class _Export:
    """One run: sessions are read one after another, and each is let go before the next."""

    invocation: Invocation
    library: Library
    refs: Sequence[SessionRef]
    redact: bool
    strict: bool
    """Whether what cannot be read ends the run, instead of being named and left out."""
    codes: list[ExitCode] = field(default_factory=list)
    done: list[SessionRef] = field(default_factory=list)
    masked: Counter[str] = field(default_factory=Counter)

    def transcripts(self) -> Iterator[Transcript]:
        """The sessions that can be read."""
        for ref in self.refs:
            if (transcript := self._transcript(ref)) is not None:
                yield transcript
            del transcript  # before the next one is read

    def _transcript(self, ref: SessionRef) -> Transcript | None:
        try:
            transcript = self.library.transcript(ref, redact=self.redact)
        except SessionTuiError as error:
            if self.strict:
                raise
            self.invocation.note(Problem(ref.store, str(ref), error.title, error.hint))
            self.codes.append(exit_code_of(error))
            return None
        self.done.append(ref)
        self.masked.update(transcript.masked or {})
        return transcript

    def write(self, form: ExportForm, output: Path, force: bool) -> list[dict[str, object]]:
        """Write one file, or one for each session into a folder; what was written where."""
        if not self.refs:
            return []
        if not output.is_dir():
            pieces = document(self.transcripts(), form, several=len(self.refs) > 1)
            size = write_export(output, pieces, replace=force)
            return [self._written(self.done, output, form, size, self.masked)]
        taken: set[str] = set()
        written = []
        for transcript in self.transcripts():
            name = file_name(transcript.session, form, taken)
            taken.add(name)
            path = output / name
            size = write_export(path, document([transcript], form), replace=force)
            written.append(self._written(self.done[-1:], path, form, size, transcript.masked))
            del transcript  # before the next one is read
        return written

    def _written(
        self,
        refs: Sequence[SessionRef],
        path: Path,
        form: ExportForm,
        size: int,
        masked: Mapping[str, int] | None,
    ) -> dict[str, object]:
        narrate(f"wrote {path}, {size_words(size)}")
        return {
            "refs": list(map(str, refs)),
            "path": str(path),
            "as": form.value,
            "size_bytes": size,
            "redacted": dict(masked or {}) if self.redact else None,
        }

    def tell(self) -> None:
        """Say what was masked, and what that is worth."""
        if self.redact and self.done:
            narrate(f"{masked_words(self.masked)}; {CAUTION}")
