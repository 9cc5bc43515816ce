"""Plain text for people: tables that fit the terminal, with stored text made safe to paint."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import click
from rich.cells import cell_len, chop_cells

from sessiontui.domain.events import StoreEvent, StoreEventKind
from sessiontui.domain.index_status import IndexStatus, TierStatus
from sessiontui.domain.printable import printable_line
from sessiontui.domain.report import JournalEntry
from sessiontui.domain.search import SearchHit, SessionHits, Tier
from sessiontui.domain.session import Session, SessionRef
from sessiontui.domain.store import StoreInfo
from sessiontui.domain.value import PlainValue
from sessiontui.domain.verdict import STATUS_WORDS, Verdict, VerdictStatus
from sessiontui.domain.words import age_words, count_words, size_words

STATUS_COLOURS = {
    VerdictStatus.RUNNING: "green",
    VerdictStatus.WAITING: "yellow",
    VerdictStatus.STUCK: "magenta",
    VerdictStatus.ERROR: "red",
    VerdictStatus.INTERRUPTED: "yellow",
}
_TITLE_LIMIT = 200
_SHORTEST_KEY = 8
_GAP = "  "


def uses_colour() -> bool:
    """Whether stdout is a terminal of someone who likes colours."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def say(text: str = "") -> None:
    """Print data to stdout, without escape sequences where nobody wants them."""
    click.echo(text, color=uses_colour())


def narrate(text: str) -> None:
    """Print narration to stderr."""
    click.echo(text, err=True, color=sys.stderr.isatty() and not os.environ.get("NO_COLOR"))


def screen_width() -> int | None:
    """The columns of the terminal; None where output goes elsewhere and nothing need be cut."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def fitted(text: str, width: int) -> str:
    """Text cut to a width in cells, with an ellipsis."""
    if cell_len(text) <= width:
        return text
    return (chop_cells(text, max(1, width - 1))[0] + "…") if width > 1 else "…"[:width]


class Column(PlainValue):
    """One column of a table.

    `flexible` columns are cut before any other goes. `rank` orders which column goes first where
    there is no room: the highest; rank 0 stays.
    """

    name: str
    cells: Sequence[str]
    right: bool = False
    flexible: bool = False
    rank: int = 0
    colours: Sequence[str | None] = ()


_NARROWEST = 30
"""Cells that flexible columns keep while another column can go."""


def table(columns: Sequence[Column], width: int | None) -> list[str]:
    """The lines of a table under its names, at most `width` cells wide where one is given."""
    kept = [column for column in columns if any(column.cells)]
    widths = [max(cell_len(cell) for cell in (column.name, *column.cells)) for column in kept]
    if width is not None:
        kept, widths = _fitting(kept, widths, width)
    lines = [_line([column.name for column in kept], kept, widths, None)]
    count = len(kept[0].cells) if kept else 0
    lines.extend(
        _line([column.cells[row] for column in kept], kept, widths, row) for row in range(count)
    )
    return lines


def _fitting(
    columns: list[Column], widths: list[int], width: int
) -> tuple[list[Column], list[int]]:
    columns, widths = list(columns), list(widths)
    while True:
        over = sum(widths) + len(_GAP) * (len(widths) - 1) - width
        if over <= 0:
            return columns, widths
        flexible = [index for index, column in enumerate(columns) if column.flexible]
        room = sum(max(0, widths[index] - _NARROWEST) for index in flexible)
        droppable = max(range(len(columns)), key=lambda index: columns[index].rank)
        if room < over and columns[droppable].rank > 0:
            del columns[droppable], widths[droppable]
            continue
        for _ in range(over):
            # The widest gives way, so that all of them stay recognisable.
            widest = max(flexible, key=lambda index: widths[index], default=None)
            if widest is not None and widths[widest] > 1:
                widths[widest] -= 1
        return columns, widths


def _line(
    cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int], row: int | None
) -> str:
    parts: list[str] = []
    for cell, column, width in zip(cells, columns, widths, strict=True):
        shown = fitted(cell, width)
        pad = " " * (width - cell_len(shown))
        colour = column.colours[row] if row is not None and column.colours else None
        painted = click.style(shown, fg=colour) if colour else shown
        parts.append(pad + painted if column.right else painted + pad)
    line = _GAP.join(parts).rstrip()
    return click.style(line, bold=True) if row is None else line


def short_keys(refs: Sequence[SessionRef]) -> list[str]:
    """For each session the beginning of its key that no other of these has; commands take it."""
    keys = sorted({ref.key for ref in refs})
    needed: dict[str, int] = {}
    for position, key in enumerate(keys):
        neighbours = keys[max(0, position - 1) : position] + keys[position + 1 : position + 2]
        needed[key] = max((_common(key, other) + 1 for other in neighbours), default=0)
    return [ref.key[: max(_SHORTEST_KEY, needed[ref.key])] for ref in refs]


def _common(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def session_lines(
    judged: Sequence[tuple[Session, Verdict]], now: datetime, width: int | None
) -> list[str]:
    """The table of `list`. Elsewhere than on a terminal it has whole refs and cuts nothing."""
    sessions = [session for session, _ in judged]
    refs = [session.ref for session in sessions]
    names = [str(ref) for ref in refs] if width is None else short_keys(refs)
    statuses = [verdict.status for _, verdict in judged]
    return table(
        (
            Column(
                "status",
                [STATUS_WORDS[status] for status in statuses],
                colours=[STATUS_COLOURS.get(status) for status in statuses],
            ),
            Column("age", [_age(session.last_activity, now) for session in sessions], right=True),
            Column(
                "messages",
                [_count(session.message_count) for session in sessions],
                right=True,
                rank=2,
            ),
            Column(
                "title",
                [_title(session, width is not None) for session in sessions],
                flexible=True,
            ),
            Column("where", [_place(session) for session in sessions], rank=3),
            Column("format", [session.format for session in sessions], rank=1),
            Column("ref", [printable_line(name) for name in names], flexible=width is not None),
        ),
        width,
    )


def _title(session: Session, on_screen: bool) -> str:
    """The title; on a terminal, one that belongs to another session is marked."""
    below = "↳ " if on_screen and session.parent is not None else ""
    return below + printable_line(session.display_title, _TITLE_LIMIT)


def _age(at: datetime | None, now: datetime) -> str:
    return "" if at is None else age_words((now - at).total_seconds())


def _count(count: int | None) -> str:
    return "" if count is None else f"{count:,}"


def _place(session: Session) -> str:
    """Where a session belongs, the most telling word: folder, channel or agent."""
    if session.workspace is not None:
        return printable_line(session.workspace.name or str(session.workspace), 24)
    return printable_line(session.channel or session.agent or "", 24)


def stuck_lines(session: Session, verdict: Verdict) -> list[str]:
    """One stuck session with its evidence."""
    title = click.style(printable_line(session.display_title, _TITLE_LIMIT), bold=True)
    return [
        f"{title}  {printable_line(str(session.ref))}",
        *(f"  {printable_line(item)}" for item in verdict.evidence),
    ]


def store_lines(info: StoreInfo) -> list[str]:
    """One store: what and where it is, how it is, what it cannot do."""
    facts = [info.format]
    if info.format_version:
        facts.append(f"version {printable_line(info.format_version)}")
    if info.session_count is not None:
        facts.append(count_words(info.session_count, "session"))
    if info.size_bytes is not None:
        facts.append(size_words(info.size_bytes))
    if not info.available:
        facts.append("cannot be read")
    elif not info.writable:
        facts.append("read-only")
    lines = [
        f"{click.style(info.id, bold=True)}  {', '.join(facts)}",
        f"  {printable_line(str(info.root))}",
    ]
    if info.problem:
        lines.append(f"  {click.style('problem', fg='red')}: {printable_line(info.problem)}")
    able = ", ".join(sorted(item.value for item in info.capabilities.supported))
    lines.append(f"  can {able or 'nothing'}")
    reasons: dict[str, list[str]] = {}
    for item, reason in sorted(info.capabilities.why_not.items()):
        reasons.setdefault(reason, []).append(item.value)
    lines.extend(
        f"  cannot {', '.join(items)}: {printable_line(reason)}"
        for reason, items in reasons.items()
    )
    return lines


def hits_lines(found: SessionHits, now: datetime, width: int | None) -> list[str]:
    """One session of a search with its hits; each keeps to its line where there is a width."""
    row = found.row
    age = "" if row.last_activity is None else age_words(now.timestamp() - row.last_activity)
    more = "" if found.hit_count_exact else " or more"
    count = count_words(found.hit_count, "hit") if found.hit_count else ""
    facts = ", ".join(part for part in (f"{count}{more}", age) if part)
    title, name = printable_line(row.title, _TITLE_LIMIT), printable_line(str(row.ref))
    if width is not None:
        name = printable_line(short_keys([row.ref])[0])
        title = fitted(title, max(1, width - cell_len(f"{_GAP}{name}{_GAP}{facts}")))
    lines = [f"{click.style(title, bold=True)}{_GAP}{name}{_GAP}{facts}"]
    lines += [_hit_line(hit, width) for hit in found.hits if hit.tier is not Tier.TITLE]
    return lines


def _hit_line(hit: SearchHit, width: int | None) -> str:
    place = "" if hit.message_index is None else f"#{hit.message_index} "
    line = f"{_GAP}{place}{hit.role or ''}: "
    # Between two marks `printable_line` keeps the blanks that part a match from its neighbours.
    pieces = [(printable_line(f"|{text}|")[1:-1], matches) for text, matches in _pieces(hit)]
    if width is not None:
        pieces = _cut(pieces, max(1, width - cell_len(line)))
    painted = (click.style(text, fg="yellow", bold=True) if is_match else text
               for text, is_match in pieces)  # fmt: skip
    return f"{line}{''.join(painted).strip()}"


def _cut(pieces: list[tuple[str, bool]], room: int) -> list[tuple[str, bool]]:
    """The pieces of a snippet (no match comes first) cut to some cells, the first match kept."""
    (lead, _), *others = pieces
    over = sum(cell_len(text) for text, _ in pieces) - room
    begin = 0
    while others and over > 0 and cell_len(lead[begin:]) > room // 3:
        over -= cell_len(lead[begin])
        begin += 1
    kept = []
    for text, is_match in (("…" + lead[begin + 1 :] if begin else lead, False), *others):
        shown = fitted(text, room) if room > 0 else ""
        kept.append((shown, is_match))
        room -= cell_len(shown)
    return kept


def _pieces(hit: SearchHit) -> Iterator[tuple[str, bool]]:
    """The snippet cut at its matches: (text, whether it is a match)."""
    end = 0
    for start, stop in hit.matches:
        yield hit.snippet[end:start], False
        yield hit.snippet[start:stop], True
        end = stop
    yield hit.snippet[end:], False


def journal_lines(entries: Sequence[JournalEntry], now: datetime, width: int | None) -> list[str]:
    """The table of `journal`."""
    return table(
        (
            Column("id", [entry.id for entry in entries]),
            Column("age", [_age(entry.at, now) for entry in entries], right=True),
            Column("action", [entry.action.value for entry in entries]),
            Column("what", [_what(entry) for entry in entries], flexible=True),
            Column("size", [size_words(entry.size_bytes) for entry in entries], right=True, rank=1),
            Column(
                "undo",
                ["yes" if e.undoable else f"no: {e.problem or 'gone'}" for e in entries],
                flexible=True,
            ),
        ),
        width,
    )


def _what(entry: JournalEntry) -> str:
    names = entry.titles or tuple(str(ref) for ref in entry.refs)
    first = printable_line(names[0], 80) if names else ""
    return first if len(entry.refs) <= 1 else f"{first} and {len(entry.refs) - 1:,} more"


def index_lines(status: IndexStatus) -> list[str]:
    """Where the index is, how big, how complete."""
    lines = [
        printable_line(str(status.path)),
        f"{count_words(status.sessions, 'session')}, {size_words(status.size_bytes)}",
        f"conversations: {_tier_words(status.text)}",
        f"tool output: {_tier_words(status.tools)}",
        f"limit for tool output: {size_words(status.limit_bytes)}",
    ]
    if status.problem:
        lines.append(f"problem: {printable_line(status.problem)}")
    return lines


def _tier_words(tier: TierStatus) -> str:
    if tier.is_off:
        return "off (setting search_tool_output)"
    words = [count_words(tier.items, "text")]
    if tier.size_bytes is not None:
        words.append(size_words(tier.size_bytes))
    waiting = f"{count_words(tier.pending_sessions, 'session')} to read"
    words.append("complete" if tier.complete else waiting)
    return ", ".join(words)


def event_line(event: StoreEvent, at: datetime) -> str:
    """One line of `watch`."""
    words = [at.astimezone().strftime("%H:%M:%S"), event.kind.value]
    if event.kind is StoreEventKind.INDEXING:
        words.append(event.store)
        if event.total:
            words.append(f"{event.done or 0:,} of {event.total:,}")
    elif event.keys:
        words.extend(sorted(printable_line(str(SessionRef(event.store, k))) for k in event.keys))
    else:
        words.append(event.store)
    if event.problem:
        words.append(printable_line(event.problem))
    return " ".join(words)


def quoted(title: str) -> str:
    """A stored title inside a sentence."""
    return f"“{printable_line(title, 80)}”"


def counted_titles(titles: Iterable[str]) -> str:
    """The first titles of several, and how many more there are."""
    listed = list(titles)
    shown = ", ".join(quoted(title) for title in listed[:3])
    return shown if len(listed) <= 3 else f"{shown} and {len(listed) - 3:,} more"
