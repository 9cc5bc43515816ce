"""The versioned JSON of the command line: one function per kind."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from sessiontui.domain.backend import ResumeCommand
from sessiontui.domain.errors import AmbiguousRef, QueryInvalid, SessionTuiError
from sessiontui.domain.events import StoreEvent
from sessiontui.domain.index_status import IndexStatus, TierStatus
from sessiontui.domain.report import ActionReport, JournalEntry
from sessiontui.domain.search import HitPage, SearchHit, SessionHits
from sessiontui.domain.session import Session, SessionRef
from sessiontui.domain.store import StoreInfo
from sessiontui.domain.value import PlainValue
from sessiontui.domain.verdict import Verdict
from sessiontui.services.json_form import (
    SCHEMA,
    JsonObject,
    envelope,
    json_item,
    json_text,
    json_time,
    session_object,
    with_items,
)

if TYPE_CHECKING:
    from sessiontui.services.listed_sessions import ListedPage


class Problem(PlainValue):
    """Something that is missing from an answer, and why."""

    store: str | None
    ref: str | None
    title: str
    hint: str = ""

    @property
    def as_object(self) -> JsonObject:
        """Its JSON form."""
        return {"store": self.store, "ref": self.ref, "title": self.title, "hint": self.hint}


class Refusal(PlainValue):
    """A session, or what was given as its name, that was left as it is, and why."""

    ref: str
    reason: str
    code: int


def print_json(value: object) -> None:
    """Print one object: on one line for programs, indented for people."""
    indent = 2 if sys.stdout.isatty() else None
    click.echo(json_text(value, indent=indent, ascii_only=_needs_ascii()))


def _needs_ascii() -> bool:
    encoding: str = getattr(sys.stdout, "encoding", None) or "utf-8"
    return encoding.lower().replace("-", "") != "utf8"


def print_json_line(value: object) -> None:
    """Print one object on one line; it is out when this returns."""
    click.echo(json_text(value, ascii_only=_needs_ascii()))


def _problem_objects(problems: Iterable[Problem]) -> list[JsonObject]:
    return [problem.as_object for problem in problems]


def stores_envelope(infos: Sequence[StoreInfo], problems: Iterable[Problem] = ()) -> JsonObject:
    """Kind `stores`."""
    items = [_store_object(info) for info in infos]
    return envelope("stores", items, total=len(items), problems=_problem_objects(problems))


def _store_object(info: StoreInfo) -> JsonObject:
    return {
        "id": info.id,
        "format": info.format,
        "path": str(info.root),
        "available": info.available,
        "writable": info.writable,
        "sessions": info.session_count,
        "size_bytes": info.size_bytes,
        "format_version": info.format_version,
        "capabilities": sorted(item.value for item in info.capabilities.supported),
        "why_not": {
            item.value: reason for item, reason in sorted(info.capabilities.why_not.items())
        },
        "problem": info.problem,
    }


def print_sessions(
    listed: Callable[[Callable[[JsonObject], Any]], ListedPage[Any]],
    next_offset: Callable[[int, int], int | None],
    problems: Iterable[Problem],
) -> int:
    """Print kind `sessions` and say how many match.

    `listed` gives them in a form made of each one's object, `next_offset` where the next page
    begins, by how many are shown and how many match.
    """
    for_people = sys.stdout.isatty() or _needs_ascii()
    page = listed((lambda item: item) if for_people else json_item)
    whole = envelope(
        "sessions",
        page.items if for_people else [],
        total=page.total,
        next_offset=next_offset(len(page.items), page.total),
        problems=_problem_objects(problems),
    )
    if for_people:
        print_json(whole)
    else:
        click.echo(with_items(whole, page.items))
    return page.total


def sessions_envelope(
    judged: Iterable[tuple[Session, Verdict]],
    *,
    total: int | None,
    next_offset: int | None,
    problems: Iterable[Problem] = (),
    resume: Callable[[Session], ResumeCommand | None] = lambda _: None,
) -> JsonObject:
    """Kind `sessions`; `resume` tells how the owner of each continues it."""
    return envelope(
        "sessions",
        [session_object(session, verdict, resume(session)) for session, verdict in judged],
        total=total,
        next_offset=next_offset,
        problems=_problem_objects(problems),
    )


def hits_envelope(
    page: HitPage, *, next_offset: int | None, problems: Iterable[Problem] = ()
) -> JsonObject:
    """Kind `hits`; `corrected` is the query answered instead of the one given, or null."""
    return envelope(
        "hits",
        [_hits_object(item) for item in page.items],
        total=page.total,
        next_offset=next_offset,
        problems=_problem_objects(problems),
        extra={"corrected": page.corrected},
    )


def _hits_object(found: SessionHits) -> JsonObject:
    return {
        "ref": str(found.row.ref),
        "format": found.row.format,
        "title": found.row.title,
        "last_activity": json_time(found.row.last_activity),
        "workspace": found.row.workspace,
        "score": found.score,
        "hit_count": found.hit_count,
        "hit_count_exact": found.hit_count_exact,
        "hits": [_hit_object(hit) for hit in found.hits],
    }


def _hit_object(hit: SearchHit) -> JsonObject:
    return {
        "message_index": hit.message_index,
        "role": hit.role,
        "at": json_time(hit.at),
        "tier": hit.tier.value,
        "snippet": hit.snippet,
        "matches": [list(match) for match in hit.matches],
    }


def report_envelope(report: ActionReport, refused: Sequence[Refusal] = ()) -> JsonObject:
    """Kind `report`: one item, whose fields also stand on the object itself.

    `refused` are names that led to no session.
    """
    fields: JsonObject = {
        "action": report.action.value,
        "done": [str(ref) for ref in report.done],
        "skipped": [
            *({"ref": str(item.ref), "reason": item.reason} for item in report.skipped),
            *({"ref": item.ref, "reason": item.reason} for item in refused),
        ],
        "undo_id": report.undo_id,
        "freed_bytes": report.freed_bytes,
        "dry_run": report.dry_run,
        "removed_messages": report.removed_messages,
        "notes": list(report.notes),
    }
    return envelope("report", [fields], total=1, extra=fields)


def journal_envelope(entries: Sequence[JournalEntry]) -> JsonObject:
    """Kind `journal`."""
    items = [
        {
            "id": entry.id,
            "at": json_time(entry.at),
            "action": entry.action.value,
            "refs": [str(ref) for ref in entry.refs],
            "size_bytes": entry.size_bytes,
            "undoable": entry.undoable,
            "problem": entry.problem,
            "titles": list(entry.titles),
        }
        for entry in entries
    ]
    return envelope("journal", items, total=len(items))


def event_object(event: StoreEvent, at: datetime) -> JsonObject:
    """One line of `watch`."""
    return {
        "kind": event.kind.value,
        "store": event.store,
        "refs": sorted(str(SessionRef(event.store, key)) for key in event.keys),
        "at": json_time(at),
        "problem": event.problem,
        "done": event.done,
        "total": event.total,
    }


def index_envelope(status: IndexStatus, problems: Iterable[Problem] = ()) -> JsonObject:
    """Kind `index`: one item."""
    item = {
        "path": str(status.path),
        "size_bytes": status.size_bytes,
        "limit_bytes": status.limit_bytes,
        "generation": status.generation,
        "sessions": status.sessions,
        "text": _tier_object(status.text),
        "tools": _tier_object(status.tools),
        "problem": status.problem,
    }
    return envelope("index", [item], total=1, problems=_problem_objects(problems))


def _tier_object(tier: TierStatus) -> JsonObject:
    return {
        "complete": tier.complete,
        "off": tier.is_off,
        "items": tier.items,
        "pending_sessions": tier.pending_sessions,
        "size_bytes": tier.size_bytes,
    }


def list_envelope(kind: str, items: Iterable[Mapping[str, object]]) -> JsonObject:
    """The envelope of what has no paging: settings, places, exports, sample stores."""
    listed = [dict(item) for item in items]
    return envelope(kind, listed, total=len(listed))


def error_object(error: SessionTuiError, code: int) -> JsonObject:
    """Kind `error`."""
    value = _error(error.title, error.hint, code, None if error.ref is None else str(error.ref))
    if isinstance(error, AmbiguousRef):
        value["candidates"] = [str(ref) for ref in error.candidates]
    if isinstance(error, QueryInvalid):
        value["start"], value["end"] = error.start, error.end
    return value


def usage_error_object(title: str, hint: str, code: int) -> JsonObject:
    """Kind `error` for a command line that cannot be understood."""
    return _error(title, hint, code, None)


def refusal_object(refusal: Refusal) -> JsonObject:
    """Kind `error` for the one session that was asked for and left as it is."""
    return _error(refusal.reason, "", refusal.code, refusal.ref)


def _error(title: str, hint: str, code: int, ref: str | None) -> JsonObject:
    return {
        "schema": SCHEMA,
        "kind": "error",
        "code": int(code),
        "title": title,
        "hint": hint,
        "ref": ref,
    }
