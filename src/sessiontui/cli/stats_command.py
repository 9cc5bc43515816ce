"""The command stats."""

from __future__ import annotations

from datetime import datetime

import click

from sessiontui.cli.invocation import Invocation, pass_invocation
from sessiontui.cli.json_output import print_json
from sessiontui.cli.option_types import moment, reading_options
from sessiontui.cli.stats_json import stats_envelope
from sessiontui.cli.stats_text import stats_lines
from sessiontui.cli.text_output import narrate, say, screen_width
from sessiontui.domain.printable import printable_line
from sessiontui.domain.query_parser import parse_query
from sessiontui.domain.search import IndexTier
from sessiontui.domain.statistics import TimeSpan, Unit
from sessiontui.domain.statistics_words import notes


@click.command()
@click.argument("query", default="")
@click.option("--since", type=moment, metavar="T", help="At work since then: 7d, 2h, ISO 8601.")
@click.option("--until", type=moment, metavar="T", help="At work before then.")
@click.option(
    "--by",
    "unit",
    type=click.Choice([unit.value for unit in Unit]),
    help="The periods that are counted. [default: by the length of the time]",
)
@click.option(
    "--top",
    "most",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="Name so many of each kind; the others are summed.",
)
@reading_options
@pass_invocation
def stats(
    invocation: Invocation,
    query: str,
    since: datetime | None,
    until: datetime | None,
    unit: str | None,
    most: int,
    no_sync: bool,
    as_json: bool,
) -> int:
    """Numbers over all sessions, or over those that a QUERY finds.

    How many, how much, by agent, workspace, model, format, store and status, over time and by the
    hours of the week (local time). Amounts are those of whole sessions; what is counted by time
    are messages with text, each by its own time. A session is counted that was begun, was active
    or has a message between --since and --until.
    """
    if since is not None and until is not None and until <= since:
        raise click.BadParameter("--until must be later than --since")
    parsed = parse_query(query, invocation.now)
    library = invocation.synced(no_sync, IndexTier.TOOLS if parsed.in_tools else IndexTier.TEXT)
    found = library.statistics(parsed, TimeSpan(since, until), most=most)
    if found.corrected is not None:
        words = printable_line(found.corrected)
        narrate(f"nothing matches as written; these are for: {words}")
    chosen = None if unit is None else Unit(unit)
    if as_json:
        print_json(stats_envelope(found, query, chosen, most, invocation.problems))
    elif found.amounts.sessions:
        say("\n".join(stats_lines(found, chosen, most, screen_width())))
        for note in notes(found):
            narrate(note)
    if not found.amounts.sessions:
        asked = bool(query.strip()) or not found.span.is_all
        narrate("no session matches" if asked else "no session was found")
    return invocation.outcome(bool(found.amounts.sessions))
