"""What the screen says about a change: the question before it, and the outcome after it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from textual.notifications import SeverityLevel

from sessiontui.domain.backend import Footprint
from sessiontui.domain.printable import printable_line
from sessiontui.domain.report import Action, ActionReport, JournalEntry
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.domain.words import count_words, size_words
from sessiontui.ui.widgets.session_row_renderer import short_format

TITLE_LIMIT = 60


def title_words(title: str) -> str:
    """A title as sentences hold it: one line, not too long."""
    return printable_line(title, TITLE_LIMIT)


def question_words(
    action: Action, row: SessionRow, key: str, footprint: Footprint | None = None
) -> str:
    """The question that the first press puts in the place of the row; it names what goes."""
    parts: list[str] = []
    if row.message_count is not None:
        parts.append(count_words(row.message_count, "message"))
    size = row.size_bytes if footprint is None else footprint.size_bytes
    if size is not None and action is Action.DELETE:
        parts.append(size_words(size))
    if footprint is not None and action is Action.DELETE:
        # Rows share the file of their database.
        files = len({part.path for part in footprint.parts if part.path is not None})
        if files > 1:
            parts.append(count_words(files, "file"))
    parts.append(short_format(printable_line(row.format, 40)))
    kept = ", the session stays" if action is Action.CLEAR else ""
    again = f"{key} again {action.value}s"
    return f"{action.value} {title_words(row.title)}: {', '.join(parts)}{kept}. {again}, esc keeps"


class Outcome(NamedTuple):
    """One toast."""

    text: str
    severity: SeverityLevel = "information"


_DONE = {
    Action.RENAME: "renamed",
    Action.CLEAR: "cleared",
    Action.DELETE: "deleted",
    Action.CURE: "set to idle",
    Action.UNDO: "brought back",
}
_BACK = {
    Action.RENAME: "takes it back",
    Action.CLEAR: "brings them back",
    Action.DELETE: "brings it back",
    Action.CURE: "takes it back",
}


def outcome_words(
    report: ActionReport,
    titles: Mapping[SessionRef, str],
    undo_key: str,
    *,
    undone: JournalEntry | None = None,
    new_title: str = "",
) -> Outcome:
    """What happened, and the key that takes it back; what was left alone, and why.

    `titles` are those of the sessions concerned, as they were seen before. `undone` is the journal
    entry that an undo took back, `new_title` what a rename gave.
    """
    sentences: list[str] = []
    if report.done:
        sentences.append(_done_words(report, titles, undone, new_title))
        if report.undo_id is not None and report.action in _BACK:
            sentences.append(f"{undo_key} {_BACK[report.action]}")
    for skipped in report.skipped:
        name = title_words(titles.get(skipped.ref, skipped.ref.key))
        verb = "taken back" if report.action is Action.UNDO else _DONE[report.action]
        sentences.append(f"{name} was not {verb}: {printable_line(skipped.reason)}")
    sentences += [printable_line(note) for note in report.notes]
    if not report.done and not report.skipped:
        sentences.append("nothing was changed")
    severity: SeverityLevel = "warning" if report.skipped else "information"
    return Outcome(". ".join(sentences), severity)


def _done_words(
    report: ActionReport,
    titles: Mapping[SessionRef, str],
    undone: JournalEntry | None,
    new_title: str,
) -> str:
    first = report.done[0]
    name = title_words(titles.get(first, first.key))
    if len(report.done) > 1:
        name = count_words(len(report.done), "session")
    match report.action:
        case Action.UNDO:
            return _undone_words(name, undone)
        case Action.RENAME:
            title = title_words(new_title)
            return f"renamed to {title}" if title else f"{name} has its automatic title again"
        case Action.CURE:
            return f"set {name} to idle"
        case _:
            removed = report.removed_messages
            counted = "" if removed is None else f" ({count_words(removed, 'message')})"
            return f"{_DONE[report.action]} {name}{counted}"


def change_words(entry: JournalEntry) -> str:
    """A line of the journal: what was done to which session."""
    name = title_words(entry.titles[0]) if entry.titles else title_words(entry.refs[0].key)
    if len(entry.refs) > 1:
        name = count_words(len(entry.refs), "session")
    return f"{_JOURNALLED[entry.action]} {name}"


_JOURNALLED = {**_DONE, Action.CURE: "cured", Action.UNDO: "took back a change of"}


def _undone_words(name: str, undone: JournalEntry | None) -> str:
    if undone is None:
        return f"took back the last change of {name}"
    if undone.titles and len(undone.refs) == 1:
        name = title_words(undone.titles[0])
    match undone.action:
        case Action.DELETE:
            return f"brought back {name}"
        case Action.CLEAR:
            return f"brought back the messages of {name}"
        case Action.RENAME:
            return f"took back the title of {name}"
        case Action.CURE:
            return f"took back the cure of {name}"
    return f"took back the undo of {name}"
