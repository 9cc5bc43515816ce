"""Transcripts as documents and files: Markdown and a page of HTML for people, JSON for programs."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from itertools import chain, count
from pathlib import Path

from sessiontui.domain.errors import ChangedUnderneath, StoreReadOnly
from sessiontui.domain.printable import printable_line
from sessiontui.domain.session import Session
from sessiontui.services.export_times import local_time
from sessiontui.services.json_form import JsonObject, envelope, json_text, transcript_envelope
from sessiontui.services.markdown_export import transcript_markdown
from sessiontui.services.transcript import CAUTION, Transcript, masked_words
from sessiontui.storage.streamed_file import stream_file

_NAME_LIMIT = 60
_ITEM = "item"


class ExportForm(StrEnum):
    """What an export is written as; the values are the endings of file names."""

    MARKDOWN = "md"
    JSON = "json"
    HTML = "html"


def document(
    transcripts: Iterable[Transcript], form: ExportForm, *, several: bool = False
) -> Iterator[str]:
    """A document of one transcript, or with `several` of as many as come, in pieces.

    Only one transcript is held at a time. Several in one JSON are an object of kind
    `transcripts`; in Markdown a rule stands between them, on a page each has a section.
    """
    match form:
        case ExportForm.MARKDOWN:
            return _markdown(transcripts)
        case ExportForm.JSON:
            return _json_of_several(transcripts) if several else map(_json, transcripts)
        case ExportForm.HTML:
            # Lexers and the parser of Markdown take a while to import.
            from sessiontui.services.html_export import html_page  # noqa: PLC0415

            return html_page(transcripts, several=several)


def exported(transcript: Transcript, form: ExportForm) -> str:
    """One transcript as a whole document."""
    return "".join(document([transcript], form))


def _markdown(transcripts: Iterable[Transcript]) -> Iterator[str]:
    rule = ""
    for transcript in transcripts:
        if rule:
            yield rule
        yield from transcript_markdown(transcript)
        rule = "\n---\n\n"
        del transcript  # before the next one is read


def _json(transcript: Transcript) -> str:
    return json_text(_json_object(transcript), indent=2) + "\n"


def _json_object(transcript: Transcript) -> JsonObject:
    session, messages = transcript.session, transcript.messages
    problems = []
    if transcript.masked is not None:
        title = masked_words(transcript.masked)
        ref = session.ref
        problems.append({"store": ref.store, "ref": str(ref), "title": title, "hint": CAUTION})
    return transcript_envelope(
        session,
        transcript.verdict,
        messages,
        total=len(messages),
        problems=problems,
        resume=transcript.resume,
    )


def _json_of_several(transcripts: Iterable[Transcript]) -> Iterator[str]:
    """An object around objects that are written one by one."""
    number = 0
    for transcript in transcripts:
        number += 1
        separator = _frame(0)[0] if number == 1 else ",\n    "
        item = json_text(_json_object(transcript), indent=2).replace("\n", "\n    ")
        yield separator + item
        del transcript, item  # before the next one is read
    if number:
        yield _frame(number)[1]
    else:
        yield json_text(envelope("transcripts", [], total=0), indent=2) + "\n"


def _frame(total: int) -> tuple[str, str]:
    """What stands before and after the items of several transcripts."""
    whole = json_text(envelope("transcripts", [_ITEM], total=total), indent=2)
    before, _, after = whole.partition(f'"{_ITEM}"')
    return before, after + "\n"


def file_stem(title: str, at: datetime | None) -> str:
    """The name of a file without its ending: a day and a title in plain characters."""
    words = re.sub(r"[^\w.-]+", "-", printable_line(title)).strip("-.")
    parts = [local_time(at).strftime("%Y-%m-%d") if at else "", words[:_NAME_LIMIT].rstrip("-.")]
    return "-".join(part for part in parts if part) or "session"


def file_name(session: Session, form: ExportForm, taken: Container[str] = ()) -> str:
    """A file name for one session's export: its day and its title in plain characters.

    Where that name is `taken`, a number follows.
    """
    stem = file_stem(session.display_title, session.last_activity or session.created_at)
    numbered = (f"{stem}-{number}.{form.value}" for number in count(2))
    names = chain((f"{stem}.{form.value}",), numbered)
    return next(name for name in names if name not in taken)


def write_export(path: Path, pieces: Iterable[str], *, replace: bool = False) -> int:
    """Write a document for its owner only; returns its size in bytes.

    Raises `StoreReadOnly` where there is a file already and `replace` is not given, else what the
    system's error means.
    """
    encoded = (piece.encode("utf-8", "replace") for piece in pieces)
    try:
        return stream_file(path, encoded, replace=replace)
    except ChangedUnderneath as error:
        raise StoreReadOnly(f"{path} is there already", "use --force to replace it") from error
