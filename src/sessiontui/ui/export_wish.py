"""What an export shall be, as the dialog asks for it. Pure."""

from __future__ import annotations

from sessiontui.domain.value import PlainValue
from sessiontui.domain.words import count_words
from sessiontui.services.exporting import ExportForm

FORM_WORDS = {
    ExportForm.HTML: "HTML page",
    ExportForm.MARKDOWN: "Markdown",
    ExportForm.JSON: "JSON",
}


class ExportWish(PlainValue):
    """Everything that can be chosen; `place` is a path as it was typed."""

    form: ExportForm = ExportForm.HTML
    redact: bool = True
    opens: bool = False
    place: str = ""
    replaces: bool = False


def wants_folder(count: int, place: str) -> bool:
    """Whether so many sessions become files in a folder: several, unless one file is named."""
    return count > 1 and _form_of(place) is None


def with_form(place: str, form: ExportForm) -> str:
    """A place with the ending of another form, where it ends as one does."""
    old = _form_of(place)
    return place if old is None else place.removesuffix(old.value) + form.value


def _form_of(place: str) -> ExportForm | None:
    return next((form for form in ExportForm if place.endswith(f".{form.value}")), None)


def outcome_hint(wish: ExportWish, count: int) -> str:
    """What comes of the choices, in one sentence."""
    if count == 1:
        return {
            ExportForm.HTML: "one page that needs nothing else, to read in a browser",
            ExportForm.MARKDOWN: "a document to read in any editor",
            ExportForm.JSON: "the whole transcript for programs, as `sessiontui show --json`",
        }[wish.form]
    if not wants_folder(count, wish.place):
        return f"one file that holds all {count_words(count, 'session')}"
    index = ", and index.html that leads to them" if wish.form is ExportForm.HTML else ""
    return f"a folder with {count_words(count, 'file')}{index}"


def secrets_hint(wish: ExportWish) -> str:
    """What is done about secrets."""
    if wish.redact:
        return "masks what looks like a secret, never all: read it before you share it"
    return "keys, tokens and passwords stay in it as they are"
