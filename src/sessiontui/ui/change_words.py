"""What the screen says about a change: the question before it, and the outcome after it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from textual.notifications import SeverityLevel

from sessiontui.domain.backend import Footprint
from sessiontui.domain.change import ChangeProgress, ChangeStage
from sessiontui.domain.printable import printable_line
from sessiontui.domain.report import Action, ActionReport, JournalEntry
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.domain.value import PlainValue
from sessiontui.domain.words import count_words, size_words
from sessiontui.ui.toast_words import sentences, toast_text
from sessiontui.ui.widgets.column_plan import short_format

TITLE_LIMIT = 60
_REASONS_TOLD = 2


class ChangeVerb(PlainValue):
    """The forms of a change's verb, and that of its undo."""

    does: str
    doing: str
    done: str
    back: str


VERBS: Mapping[Action, ChangeVerb] = {
    Action.RENAME: ChangeVerb("renames", "renaming", "renamed", "take it back"),
    Action.CLEAR: ChangeVerb("clears", "clearing", "cleared", "bring them back"),
    Action.DELETE: ChangeVerb("deletes", "deleting", "deleted", "bring it back"),
    Action.CURE: ChangeVerb("cures", "curing", "cured", "take it back"),
    Action.UNDO: ChangeVerb("takes back", "taking back", "taken back", ""),
    Action.OTHER: ChangeVerb("changes", "changing", "changed", "take it back"),
}


def title_words(title: str) -> str:
    """A title as sentences hold it: one line, not too long."""
    return printable_line(title, TITLE_LIMIT)


# -- before ------------------------------------------------------------------------------------


def question_words(
    action: Action,
    row: SessionRow,
    key: str,
    footprint: Footprint | None = None,
    children: int = 0,
    back_key: str = "esc",
) -> str:
    """The question that the first press puts in the place of the row; it names what goes.

    `key` does it, `back_key` does not. `children` counts the sessions it spawned, which are
    sessions of their own and stay.
    """
    parts: list[str] = []
    if row.message_count is not None:
        parts.append(count_words(row.message_count, "message"))
    if action is Action.DELETE:
        size = row.size_bytes if footprint is None else footprint.size_bytes
        if size is not None:
            parts.append(size_words(size))
        if footprint is not None:
            parts += _belongings(footprint)
    parts.append(short_format(printable_line(row.format, 40)))
    kept = ", the session stays" if action is Action.CLEAR else ""
    if children and action is Action.DELETE:
        kept = f", {count_words(children, 'session')} it spawned {_verb(children)}"
    answers = f"{key} again {VERBS[action].does}, {back_key} keeps"
    return f"{action.value} {title_words(row.title)}: {', '.join(parts)}{kept}. {answers}"


def _verb(count: int) -> str:
    return "stays" if count == 1 else "stay"


def _belongings(footprint: Footprint) -> Iterable[str]:
    # Rows share the file of their database.
    if footprint.files > 1:
        yield count_words(footprint.files, "file")
    if any("sub-agents" in part.what for part in footprint.parts):
        yield "with its sub-agents"


# -- while it is made --------------------------------------------------------------------------


def progress_words(progress: ChangeProgress | None, doing: str) -> str:
    """How far a change is: `deleting 31 of 300`. `doing` is what its last stage does."""
    if progress is None:
        return "waiting for its turn"
    stages = {ChangeStage.CHECKING: "checking", ChangeStage.SAVING: "saving a copy"}
    words = stages.get(progress.stage, doing)
    if progress.total <= 1:
        return words
    return f"{words}  {min(progress.done + 1, progress.total):,} of {progress.total:,}"


# -- after it ----------------------------------------------------------------------------------


class Outcome(PlainValue):
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
    said: list[str] = []
    if report.done:
        said.append(_done_words(report, titles, undone, new_title))
        if report.undo_id is not None and report.action is not Action.UNDO:
            said.append(f"press {undo_key} to {VERBS[report.action].back}")
    for skipped in report.skipped[:_REASONS_TOLD]:
        name = title_words(titles.get(skipped.ref, skipped.ref.key))
        verb = "taken back" if report.action is Action.UNDO else _DONE[report.action]
        said.append(f"“{name}” was not {verb}: {printable_line(skipped.reason)}")
    if len(report.skipped) > _REASONS_TOLD:
        said.append(f"nor were {len(report.skipped) - _REASONS_TOLD:,} more")
    said += [printable_line(note) for note in report.notes]
    if report.cancelled:
        left = count_words(len(report.cancelled), "session")
        said.append(f"stopped, {left} left as before")
    elif not report.done and not report.skipped:
        said.append("nothing was changed")
    severity: SeverityLevel = "warning" if report.skipped else "information"
    return Outcome(sentences(*said), severity)


def bulk_outcome_words(
    report: ActionReport, undo_key: str, refused: int = 0, told: Collection[str] = ()
) -> Outcome:
    """The same for a change of many sessions: `Deleted 7 sessions, 2 skipped. Press u to undo.`.

    `refused` counts those that were known before not to be possible; `told` are notes that were
    read before.
    """
    done, skipped = len(report.done), len(report.skipped) + refused
    asked = done + len(report.skipped) + len(report.cancelled)
    verb = VERBS[report.action].done
    count = f"{done:,} of {count_words(asked, 'session')}"
    counts = [f"{verb} {count if report.cancelled else count_words(done, 'session')}"]
    if not done:
        counts = [f"nothing was {verb}"]
    if skipped:
        counts.append(f"{skipped:,} skipped")
    words = ", ".join(counts)
    if report.cancelled:
        words = f"stopped: {words}"
    if done and report.undo_id is not None:
        words = sentences(words, f"press {undo_key} to undo")
    reasons = Counter(printable_line(skipped.reason) for skipped in report.skipped)
    lines = [words]
    for reason, times in reasons.most_common(_REASONS_TOLD):
        lines.append(f"{times:,} × {reason}" if times > 1 else f"skipped: {reason}")
    lines += [printable_line(note) for note in report.notes if note not in told]
    return Outcome(toast_text("\n".join(lines)), "warning" if report.skipped else "information")


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
            return f"renamed to {title}" if title else f"“{name}” has its automatic title again"
        case Action.CURE:
            return f"set {name} to idle"
        case _:
            removed = report.removed_messages
            counted = "" if removed is None else f" ({count_words(removed, 'message')})"
            return f"{_DONE[report.action]} {name}{counted}"


def change_words(entry: JournalEntry) -> str:
    """A line of the journal: what was done to which session."""
    match len(entry.refs):
        case 0:
            name = "sessions that are not known any more"
        case 1:
            name = title_words(entry.titles[0] if entry.titles else entry.refs[0].key)
        case count:
            name = count_words(count, "session")
    done = "took back a change of" if entry.action is Action.UNDO else VERBS[entry.action].done
    return f"{done} {name}"


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
