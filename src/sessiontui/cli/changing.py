"""Commands that change: rename, clear, delete, stuck --cure, undo; and the journal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import click

from sessiontui.cli.invocation import Invocation, pass_invocation
from sessiontui.cli.json_output import (
    Refusal,
    journal_envelope,
    print_json,
    refusal_object,
    report_envelope,
    sessions_envelope,
)
from sessiontui.cli.option_types import (
    change_options,
    confirmed,
    force_option,
    json_option,
    need_answerer,
    threshold_option,
)
from sessiontui.cli.text_output import (
    counted_titles,
    journal_lines,
    narrate,
    quoted,
    say,
    screen_width,
    stuck_lines,
)
from sessiontui.domain.backend import ClearOnly, ClearScope
from sessiontui.domain.errors import NothingToUndo, SessionTuiError, UndoRefused
from sessiontui.domain.exit_codes import ExitCode, exit_code_of
from sessiontui.domain.printable import printable_line
from sessiontui.domain.query import Filter, FilterField, Query
from sessiontui.domain.report import Action, ActionReport, JournalEntry
from sessiontui.domain.session import Session, SessionRef
from sessiontui.domain.verdict import Verdict, VerdictStatus
from sessiontui.domain.words import count_words, size_words
from sessiontui.services.library import Library

_DONE_WORDS = {
    Action.RENAME: ("renamed", "would rename"),
    Action.CLEAR: ("cleared", "would clear"),
    Action.DELETE: ("deleted", "would delete"),
    Action.CURE: ("cured", "would cure"),
    Action.UNDO: ("restored", "would restore"),
}
_SHOWN_PARTS = 12


@click.command()
@click.argument("ref")
@click.argument("name")
@force_option
@change_options
@pass_invocation
def rename(
    invocation: Invocation,
    ref: str,
    name: str,
    force: bool,
    dry_run: bool,
    yes: bool,
    no_sync: bool,
    as_json: bool,
) -> int:
    """Give a session a title; an empty one makes it automatic."""
    # A rename is never asked about: it loses nothing. `--yes` is taken so that scripts may give it.
    del yes
    library = invocation.synced(no_sync)
    report = library.rename(invocation.resolve(library, ref), name, force=force, dry_run=dry_run)
    return _told(report, as_json, asked=1)


@click.command()
@click.argument("ref")
@click.option(
    "--before", type=click.IntRange(min=0), metavar="INDEX", help="Only messages before this one."
)
@click.option(
    "--only", type=click.Choice([only.value for only in ClearOnly]), help="Only this content."
)
@force_option
@change_options
@pass_invocation
def clear(
    invocation: Invocation,
    ref: str,
    before: int | None,
    only: str | None,
    force: bool,
    dry_run: bool,
    yes: bool,
    no_sync: bool,
    as_json: bool,
) -> int:
    """Remove messages, keep the session; says first what it would free."""
    need_answerer(yes, dry_run)
    library = invocation.synced(no_sync)
    found = invocation.resolve(library, ref)
    session = library.session(found)
    scope = ClearScope(before=before, only=None if only is None else ClearOnly(only))
    plan = library.clear((found,), scope, force=force, dry_run=True)
    if dry_run or not plan.done:
        return _told(plan, as_json, asked=1)
    narrate(f"{quoted(session.display_title)}: {_freed_words(plan) or 'nothing'} would go")
    if not confirmed("Clear it?", yes):
        return _kept()
    report = library.clear((found,), scope, force=force, expect=session.fingerprint)
    return _told(report, as_json, asked=1)


@click.command()
@click.argument("refs", metavar="REF...", nargs=-1, required=True)
@force_option
@change_options
@pass_invocation
def delete(
    invocation: Invocation,
    refs: tuple[str, ...],
    force: bool,
    dry_run: bool,
    yes: bool,
    no_sync: bool,
    as_json: bool,
) -> int:
    """Remove sessions and everything that belongs to them."""
    need_answerer(yes, dry_run)
    library = invocation.synced(no_sync)
    found, failed = invocation.resolve_all(library, refs)
    refused = _refusals(failed)
    if not dry_run and not yes and found:
        plan = library.delete(found, force=force, dry_run=True)
        if not plan.done:
            refusals = plan.replace(dry_run=False)
            return _told(refusals, as_json, len(refs), refused)
        _tell_deletion(library, plan.done)
        if not confirmed(f"Delete {count_words(len(plan.done), 'session')}?", yes):
            return _kept()
    report = library.delete(found, force=force, dry_run=dry_run)
    return _told(report, as_json, len(refs), refused)


def _tell_deletion(library: Library, refs: Sequence[SessionRef]) -> None:
    titles = [library.session(ref).display_title for ref in refs]
    narrate(f"this goes: {counted_titles(titles)}")
    parts = [part for ref in refs for part in library.footprint(ref).parts]
    for part in parts[:_SHOWN_PARTS]:
        place = f" {printable_line(str(part.path))}" if part.path is not None else ""
        narrate(f"  {part.what}{place}, {size_words(part.size_bytes)}")
    if len(parts) > _SHOWN_PARTS:
        narrate(f"  and {len(parts) - _SHOWN_PARTS:,} more files and rows")


@click.command()
@click.option("--cure", is_flag=True, help="Set them to idle, or their format's nearest state.")
@threshold_option
@change_options
@pass_invocation
def stuck(
    invocation: Invocation,
    cure: bool,
    threshold: timedelta | None,
    dry_run: bool,
    yes: bool,
    no_sync: bool,
    as_json: bool,
) -> int:
    """Sessions that are stuck, with the evidence; --cure mends them."""
    if cure:
        need_answerer(yes, dry_run)
    library = invocation.synced(no_sync, stuck_after=threshold)
    only_stuck = Filter(field=FilterField.VERDICT, values=(VerdictStatus.STUCK.value,))
    page = library.sessions(Query(filters=(only_stuck,)))
    judged = [(session, library.verdict(session)) for session in page.sessions]
    if not judged:
        narrate("no session is stuck")
    if not cure:
        return _told_stuck(invocation, library, judged, as_json)
    if not judged:
        return _told(ActionReport(action=Action.CURE, dry_run=dry_run), as_json, asked=0)
    if not yes and not dry_run:
        for session, verdict in judged:
            narrate("\n".join(stuck_lines(session, verdict)))
        if not confirmed(f"Set {count_words(len(judged), 'session')} to idle?", yes):
            return _kept()
    refs = tuple(session.ref for session, _ in judged)
    return _told(library.cure(refs, dry_run=dry_run), as_json, asked=len(refs))


def _told_stuck(
    invocation: Invocation,
    library: Library,
    judged: Sequence[tuple[Session, Verdict]],
    as_json: bool,
) -> ExitCode:
    if as_json:
        print_json(
            sessions_envelope(
                judged,
                total=len(judged),
                next_offset=None,
                problems=invocation.problems,
                resume=library.resume_of,
            )
        )
    else:
        for session, verdict in judged:
            say("\n".join(stuck_lines(session, verdict)))
    return invocation.outcome(bool(judged))


@click.command()
@click.argument("entry_id", metavar="[ID]", required=False)
@change_options
@pass_invocation
def undo(
    invocation: Invocation,
    entry_id: str | None,
    dry_run: bool,
    yes: bool,
    no_sync: bool,
    as_json: bool,
) -> int:
    """Take back the last change, or the one named by its id."""
    need_answerer(yes, dry_run)
    library = invocation.synced(no_sync)
    entry = _undoable(library.undo_entries(), entry_id)
    titles = entry.titles or tuple(str(ref) for ref in entry.refs)
    if dry_run:
        report = ActionReport(action=Action.UNDO, done=entry.refs, dry_run=True)
        return _told(report, as_json, len(entry.refs))
    if not yes:
        narrate(f"the last {entry.action.value}: {counted_titles(titles)}")
    if not confirmed("Take it back?", yes):
        return _kept()
    return _told(library.undo(entry.id), as_json, len(entry.refs))


@click.command()
@json_option
@pass_invocation
def journal(invocation: Invocation, as_json: bool) -> int:
    """Changes that can be taken back, newest first."""
    entries = invocation.library().undo_entries()
    if as_json:
        print_json(journal_envelope(entries))
    elif entries:
        say("\n".join(journal_lines(entries, invocation.now, screen_width())))
    if not entries:
        narrate("nothing was changed yet")
    return invocation.outcome(bool(entries))


def _undoable(entries: Sequence[JournalEntry], entry_id: str | None) -> JournalEntry:
    """The named change, or the last one that can be taken back."""
    if entry_id is None:
        found = next((entry for entry in entries if entry.undoable), None)
    else:
        found = next((entry for entry in entries if entry.id == entry_id), None)
    if found is None:
        what = "nothing" if entry_id is None else f"no change {entry_id}"
        raise NothingToUndo(f"there is {what} to take back", "see `sessiontui journal`")
    if not found.undoable:
        raise UndoRefused(
            f"the {found.action.value} cannot be taken back: {found.problem or 'it is gone'}",
            "see `sessiontui journal`",
        )
    return found


def _refusals(failed: Sequence[tuple[str, SessionTuiError]]) -> list[Refusal]:
    return [Refusal(name, error.title, exit_code_of(error)) for name, error in failed]


def _kept() -> ExitCode:
    narrate("nothing was changed")
    return ExitCode.NOTHING_FOUND


def _freed_words(report: ActionReport) -> str:
    parts = []
    if report.removed_messages is not None:
        parts.append(count_words(report.removed_messages, "message"))
    if report.freed_bytes is not None:
        parts.append(size_words(report.freed_bytes))
    return ", ".join(parts)


def _told(report: ActionReport, as_json: bool, asked: int, refused: Sequence[Refusal] = ()) -> int:
    """Print what a change did; returns the exit code: the highest among the reasons."""
    reasons = [
        *(Refusal(str(item.ref), item.reason, item.code) for item in report.skipped),
        *refused,
    ]
    if as_json and asked == 1 and not report.done and len(reasons) == 1:
        print_json(refusal_object(reasons[0]))
    elif as_json:
        print_json(report_envelope(report, refused))
    elif report.done:
        say(_sentence(report))
    for reason in reasons:
        narrate(f"skipped {printable_line(reason.ref)}: {printable_line(reason.reason)}")
    for note in report.notes:
        narrate(f"note: {printable_line(note)}")
    if not report.done and not reasons:
        return ExitCode.NOTHING_FOUND
    return max((reason.code for reason in reasons), default=ExitCode.DONE)


def _sentence(report: ActionReport) -> str:
    done, would = _DONE_WORDS[report.action]
    words = would if report.dry_run else done
    what = (
        printable_line(str(report.done[0]))
        if len(report.done) == 1
        else count_words(len(report.done), "session")
    )
    named = report.undo_id is not None and report.action is not Action.UNDO
    details = [_freed_words(report), f"undo {report.undo_id}" if named else ""]
    told = ", ".join(detail for detail in details if detail)
    return f"{words} {what}" + (f" ({told})" if told else "")
