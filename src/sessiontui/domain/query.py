"""Queries: what to look for, in which sessions, in which order.

`Query` is what the list, the search and the backends understand; the text a person types becomes
one in `query_parser`. A query without terms lists sessions, one with terms searches messages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path, PurePath

from sessiontui.domain.session import Session
from sessiontui.domain.value import PlainValue, Value
from sessiontui.domain.verdict import DEFAULT_THRESHOLD, TurnFacts, judge


class SortKey(StrEnum):
    """The orders of a list; all newest, longest or largest first but `title`."""

    ACTIVITY = "activity"
    CREATED = "created"
    TITLE = "title"
    MESSAGES = "messages"
    SIZE = "size"
    RELEVANCE = "relevance"


class FilterField(StrEnum):
    """What a filter looks at. `workspace` is the whole path, `dir` a part of it.

    `time` is the session's last activity. `role` restricts which messages are searched; without
    words it asks for a message of that role. `has` asks for tools, media or an error in it.
    """

    AGENT = "agent"
    FORMAT = "format"
    STORE = "store"
    WORKSPACE = "workspace"
    DIR = "dir"
    TITLE = "title"
    CHANNEL = "channel"
    REPO = "repo"
    NATIVE_ID = "native_id"
    STATE = "state"
    VERDICT = "is"
    ROLE = "role"
    HAS = "has"
    TIME = "time"


class Filter(Value):
    """One condition on a session: any of `values` (compared without case), or a span of time.

    `since` is inclusive, `until` exclusive; both only for `time`.
    """

    field: FilterField
    values: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    negated: bool = False


class Term(PlainValue):
    """One word or phrase. `prefix`: words that begin so match too (the last word typed)."""

    text: str
    phrase: bool = False
    prefix: bool = False


class Query(Value):
    """What to look for.

    `terms` is a conjunction of alternatives: every inner tuple must match by one of its terms.
    `in_tools` searches tool calls and results too.
    """

    terms: tuple[tuple[Term, ...], ...] = ()
    excluded: tuple[Term, ...] = ()
    filters: tuple[Filter, ...] = ()
    in_tools: bool = False
    sort: SortKey = SortKey.ACTIVITY
    reverse: bool = False
    limit: int | None = None
    offset: int = 0

    @property
    def searches_text(self) -> bool:
        """True when messages have to be searched."""
        return bool(self.terms or self.excluded)

    def narrowed(self, *filters: Filter) -> Query:
        """The same with more filters."""
        return self.replace(filters=(*self.filters, *filters))


def _fold(text: str) -> str:
    return text.casefold()


def _workspace_equals(session: Session, value: str) -> bool:
    # Component by component: a trailing slash does not matter, links and case do (astrid's rule).
    return session.workspace is not None and PurePath(value) == session.workspace


_EQUALS: dict[FilterField, Callable[[Session], str | None]] = {
    FilterField.AGENT: lambda session: session.agent,
    FilterField.FORMAT: lambda session: session.format,
    FilterField.STORE: lambda session: session.ref.store,
    FilterField.CHANNEL: lambda session: session.channel,
    FilterField.REPO: lambda session: session.repo,
    FilterField.NATIVE_ID: lambda session: session.native_id,
    FilterField.STATE: lambda session: session.state.value,
}


def session_matches(
    session: Session, condition: Filter, now: datetime, threshold: timedelta = DEFAULT_THRESHOLD
) -> bool:
    """Whether one filter holds for a session.

    `role` and `has` look at messages and are not decided here: they hold for every session.
    """
    match condition.field:
        case FilterField.ROLE | FilterField.HAS:
            return True
        case FilterField.TIME:
            at = session.last_activity
            held = (
                at is not None
                and (condition.since is None or at >= condition.since)
                and (condition.until is None or at < condition.until)
            )
        case FilterField.WORKSPACE:
            held = any(_workspace_equals(session, value) for value in condition.values)
        case FilterField.DIR:
            path = _fold(str(session.workspace or ""))
            held = bool(path) and any(_fold(value) in path for value in condition.values)
        case FilterField.TITLE:
            title = _fold(session.title or "")
            held = any(_fold(value) in title for value in condition.values)
        case FilterField.VERDICT:
            status = judge(TurnFacts.of(session), now, threshold).status
            held = any(_fold(value) == status for value in condition.values)
        case _:
            stored = _EQUALS[condition.field](session)
            held = stored is not None and _fold(stored) in map(_fold, condition.values)
    return held != condition.negated


_NEVER = datetime.min.replace(tzinfo=UTC)

_ORDERS: dict[SortKey, Callable[[Session], object]] = {
    SortKey.ACTIVITY: lambda session: session.last_activity or _NEVER,
    SortKey.RELEVANCE: lambda session: session.last_activity or _NEVER,
    SortKey.CREATED: lambda session: session.created_at or _NEVER,
    SortKey.TITLE: lambda session: session.display_title.casefold(),
    SortKey.MESSAGES: lambda session: session.message_count or 0,
    SortKey.SIZE: lambda session: session.size_bytes or 0,
}


def select_sessions(
    sessions: Iterable[Session],
    query: Query,
    now: datetime,
    threshold: timedelta = DEFAULT_THRESHOLD,
) -> Iterator[Session]:
    """The sessions a query asks for, in its order; its terms are not looked at.

    Ties are broken by reference, so that equal input gives equal output.
    """
    chosen = [
        session
        for session in sessions
        if all(session_matches(session, item, now, threshold) for item in query.filters)
    ]
    chosen.sort(key=lambda session: session.ref)
    downwards = query.sort is not SortKey.TITLE
    chosen.sort(key=_ORDERS[query.sort], reverse=downwards != query.reverse)  # type: ignore[arg-type]
    stop = None if query.limit is None else query.offset + query.limit
    yield from chosen[query.offset : stop]


def workspace_filter(path: Path) -> Filter:
    """The filter for one whole workspace path."""
    return Filter(field=FilterField.WORKSPACE, values=(str(path),))
