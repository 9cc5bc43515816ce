"""Commands that look: stores, list, search, show."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import click

from sessiontui.cli.invocation import Invocation, pass_invocation
from sessiontui.cli.json_output import (
    Problem,
    hits_envelope,
    print_json,
    print_sessions,
    stores_envelope,
)
from sessiontui.cli.option_types import (
    json_option,
    moment,
    reading_options,
    store_format,
    threshold_option,
)
from sessiontui.cli.text_output import (
    hits_lines,
    narrate,
    say,
    screen_width,
    session_lines,
    store_lines,
)
from sessiontui.cli.transcript_text import header_lines, message_lines
from sessiontui.domain.message import Message
from sessiontui.domain.query import Filter, FilterField, Query, SortKey, workspace_filter
from sessiontui.domain.query_parser import parse_query
from sessiontui.domain.search import IndexTier
from sessiontui.domain.session import SessionRef, SessionState
from sessiontui.domain.verdict import VerdictStatus
from sessiontui.services.json_form import transcript_envelope
from sessiontui.services.library import Library

_SORTS = [key.value for key in SortKey if key is not SortKey.RELEVANCE]
_SEARCH_LIMIT = 50

_limit_option = click.option("--limit", type=click.IntRange(min=0), help="At most so many.")
_offset_option = click.option(
    "--offset", type=click.IntRange(min=0), default=0, help="Leave out the first so many."
)


@click.command()
@json_option
@pass_invocation
def stores(invocation: Invocation, as_json: bool) -> int:
    """Stores that were found, how they are and what each can do."""
    infos = invocation.library().stores()
    for info in infos:
        if not info.available:
            invocation.note(Problem(info.id, None, info.problem or "the store cannot be read"))
    if as_json:
        print_json(stores_envelope(infos, invocation.problems))
    else:
        for info in infos:
            say("\n".join(store_lines(info)))
    if not infos:
        narrate("no store was found; name one with --store, or try --demo")
    return invocation.outcome(bool(infos))


@click.command("list")
@click.option(
    "--format",
    "formats",
    type=store_format,
    metavar="FORMAT",
    multiple=True,
    help="Of this format.",
)
@click.option("--store-id", "store_ids", multiple=True, help="In the store of this id.")
@click.option(
    "--state",
    "states",
    type=click.Choice([state.value for state in SessionState]),
    multiple=True,
    help="What the store says of it.",
)
@click.option(
    "--verdict",
    "verdicts",
    type=click.Choice([status.value for status in VerdictStatus]),
    multiple=True,
    help="What is the matter with it.",
)
@click.option("--workspace", type=click.Path(path_type=Path), help="That ran in this folder.")
@click.option("--agent", "agents", multiple=True, help="Of this agent.")
@click.option("--channel", "channels", multiple=True, help="From this channel.")
@click.option("--since", type=moment, metavar="TIME", help="Active since (7d, 2h, ISO 8601).")
@click.option("--until", type=moment, metavar="TIME", help="Last active before.")
@click.option("--sort", type=click.Choice(_SORTS), default="activity", show_default=True)
@click.option("--reverse", is_flag=True, help="Turn the order around.")
@_limit_option
@_offset_option
@threshold_option
@reading_options
@pass_invocation
def list_sessions(
    invocation: Invocation,
    formats: tuple[str, ...],
    store_ids: tuple[str, ...],
    states: tuple[str, ...],
    verdicts: tuple[str, ...],
    workspace: Path | None,
    agents: tuple[str, ...],
    channels: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    sort: str,
    reverse: bool,
    limit: int | None,
    offset: int,
    threshold: timedelta | None,
    no_sync: bool,
    as_json: bool,
) -> int:
    """Sessions, newest activity first."""
    library = invocation.synced(no_sync, stuck_after=threshold)
    named = (
        (FilterField.FORMAT, formats),
        (FilterField.STORE, store_ids),
        (FilterField.STATE, states),
        (FilterField.VERDICT, verdicts),
        (FilterField.AGENT, agents),
        (FilterField.CHANNEL, channels),
    )
    filters = [Filter(field=field, values=values) for field, values in named if values]
    if workspace is not None:
        filters.append(workspace_filter(workspace.expanduser().absolute()))
    if since is not None or until is not None:
        filters.append(Filter(field=FilterField.TIME, since=since, until=until))
    query = Query(
        filters=tuple(filters), sort=SortKey(sort), reverse=reverse, limit=limit, offset=offset
    )
    if as_json:
        total = print_sessions(
            lambda form: library.listed(query, form),
            lambda shown, total: next_offset(offset, shown, total, limit),
            invocation.problems,
        )
        found = bool(total)
    else:
        page = library.sessions(query)
        judged = [(session, library.verdict(session)) for session in page.sessions]
        if judged:
            say("\n".join(session_lines(judged, invocation.now, screen_width())))
        found = bool(judged or page.total)
    if not found:
        narrate("no session matches" if filters else "no session was found")
    return invocation.outcome(found)


def next_offset(offset: int, shown: int, total: int | None, limit: int | None) -> int | None:
    """Where the next page begins; None where there is none."""
    if total is not None:
        return offset + shown if offset + shown < total and shown else None
    return offset + shown if limit is not None and shown == limit and shown else None


@click.command()
@click.argument("query")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=_SEARCH_LIMIT,
    show_default=True,
    help="At most so many sessions.",
)
@_offset_option
@click.option(
    "--hits",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    help="At most so many hits of each session.",
)
@reading_options
@pass_invocation
def search(
    invocation: Invocation,
    query: str,
    limit: int,
    offset: int,
    hits: int,
    no_sync: bool,
    as_json: bool,
) -> int:
    """Sessions in which words are found, with the places, best first.

    QUERY is what the search box takes: words, "a phrase", a OR b, -word, and filters such as
    agent:scout, format:astrid, dir:shop, is:stuck, before:7d, has:error, in:tools.
    """
    parsed = parse_query(query, invocation.now)
    library = invocation.synced(no_sync, IndexTier.TOOLS if parsed.in_tools else IndexTier.TEXT)
    page = library.hits(parsed.replace(limit=limit, offset=offset), hits)
    if page.corrected is not None:
        narrate(f"nothing matches as written; these are for: {page.corrected}")
    if as_json:
        following = next_offset(offset, len(page.items), page.total, limit)
        print_json(hits_envelope(page, next_offset=following, problems=invocation.problems))
    else:
        for item in page.items:
            say("\n".join(hits_lines(item, invocation.now, screen_width())))
    found = bool(page.items or page.total)
    if not found:
        narrate("nothing matches")
    return invocation.outcome(found)


@click.command()
@click.argument("ref")
@click.option("--start", type=int, help="From this message; negative counts from the end.")
@click.option("--stop", type=int, help="Up to, not including, this message.")
@click.option("--tail", "last", type=click.IntRange(min=0), help="The last so many messages.")
@reading_options
@pass_invocation
def show(
    invocation: Invocation,
    ref: str,
    start: int | None,
    stop: int | None,
    last: int | None,
    no_sync: bool,
    as_json: bool,
) -> int:
    """The transcript of a session."""
    if last is not None and (start is not None or stop is not None):
        raise click.UsageError("--tail says where to begin and to end: leave --start and --stop")
    library = invocation.synced(no_sync)
    found = invocation.resolve(library, ref)
    session = library.session(found)
    verdict = library.verdict(session)
    if last is not None:
        # A slice from -0 would be everything.
        start, stop = (-last, None) if last else (0, 0)
    messages = library.messages(found, start or 0, stop)
    if as_json:
        items = list(messages)
        print_json(
            transcript_envelope(
                session,
                verdict,
                items,
                total=_known_total(items, start, stop),
                next_offset=_after(library, found, items, stop),
                problems=[problem.as_object for problem in invocation.problems],
                resume=library.resume_of(session),
            )
        )
    else:
        width = screen_width()
        say("\n".join(header_lines(session, verdict, width)))
        for message in messages:
            say("\n" + "\n".join(message_lines(message, width)))
    return invocation.outcome(found=True)


def _known_total(items: list[Message], start: int | None, stop: int | None) -> int | None:
    """How many messages there are, where the last one is among these."""
    if stop is not None:
        return None
    if items:
        return items[-1].index + 1
    return None if start else 0


def _after(library: Library, ref: SessionRef, items: list[Message], stop: int | None) -> int | None:
    """The index after these messages, where there is one more."""
    if stop is None or not items:
        return None
    following = items[-1].index + 1
    return following if any(True for _ in library.messages(ref, following, following + 1)) else None
