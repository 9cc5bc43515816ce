"""What the journal screen shows of changes and their sessions. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sessiontui.domain.change import JournalledSession
from sessiontui.domain.report import Action, JournalEntry
from sessiontui.domain.session import SessionRef
from sessiontui.domain.verdict import STATUS_WORDS
from sessiontui.domain.words import age_words, count_words, size_words
from sessiontui.ui.change_words import VERBS, change_words
from sessiontui.ui.widgets.details_panel import time_words
from sessiontui.ui.widgets.row_list import ListRow, Tone

_INDENT = 2
_MOST_TITLES = 4
_SHORT_REASONS = (("was taken back", "taken back"), ("snapshot was removed", "expired"))

Contents = Mapping[str, tuple[JournalledSession, ...]]
"""The sessions of entries that were looked into, by the entry's id."""


class Place(NamedTuple):
    """What a line is about: a change, or one session of it."""

    entry_id: str
    ref: SessionRef | None = None


def lines_of(
    entries: Sequence[JournalEntry], unfolded: frozenset[str], contents: Contents, now: datetime
) -> Iterator[ListRow]:
    """The lines of the journal; the sessions of unfolded entries below them, when they are read."""
    for entry in entries:
        yield _entry_line(entry, now)
        if entry.id in unfolded:
            yield from (_session_line(entry, each) for each in contents.get(entry.id, ()))


def _entry_line(entry: JournalEntry, now: datetime) -> ListRow:
    until = entry.kept_until
    return ListRow(
        Place(entry.id),
        age_words((now - entry.at).total_seconds()),
        change_words(entry),
        (
            "" if until is None else f"until {_day(until, now)}",
            size_words(entry.size_bytes) if entry.size_bytes else "",
        ),
        note=_short_problem(entry),
        tone=Tone.STRONG if entry.undoable else Tone.QUIET,
    )


def _short_problem(entry: JournalEntry) -> str:
    if entry.undoable or entry.problem is None:
        return (entry.problem or "").replace(" were taken back", " back")
    return next((short for long, short in _SHORT_REASONS if long in entry.problem), entry.problem)


def _session_line(entry: JournalEntry, session: JournalledSession) -> ListRow:
    count = session.message_count
    return ListRow(
        Place(entry.id, session.ref),
        "",
        session.title,
        (
            "" if count is None else count_words(count, "message"),
            size_words(session.size_bytes) if session.size_bytes else "",
        ),
        note="taken back" if session.is_undone and entry.undoable else "",
        tone=Tone.QUIET if session.is_undone or not entry.undoable else Tone.PLAIN,
        indent=_INDENT,
    )


def _day(at: datetime, now: datetime) -> str:
    local = at.astimezone(now.tzinfo)
    return f"{local.day} {local:%b}" if local.year == now.year else f"{local.day} {local:%b %Y}"


def holds(entry: JournalEntry, words: Sequence[str]) -> bool:
    """Whether an entry is about something that holds all of the words, which are casefolded."""
    stores = {ref.store for ref in entry.refs}
    text = " ".join((change_words(entry), *entry.titles, *stores)).casefold()
    return all(word in text for word in words)


class Fact(NamedTuple):
    """One line beside the list: what it is called, and what it is; a warning stands out."""

    name: str
    value: str
    is_warning: bool = False


def entry_facts(entry: JournalEntry, now: datetime) -> Iterator[Fact]:
    """What is known of a change."""
    yield Fact("when", time_words(entry.at, now))
    if entry.size_bytes:
        yield Fact("copy", f"{size_words(entry.size_bytes)} of what was there before")
    if entry.kept_until is not None:
        yield Fact("kept", f"until {_day(entry.kept_until, now)}, while the journal has room")
    if entry.problem:
        yield Fact("", entry.problem, is_warning=True)


def store_facts(entry: JournalEntry) -> Iterator[Fact]:
    """The stores that a change concerns."""
    stores = sorted({ref.store for ref in entry.refs})
    if stores:
        yield Fact("store" if len(stores) == 1 else "stores", ", ".join(stores))


def title_facts(entry: JournalEntry) -> Iterator[Fact]:
    """The sessions that a change concerns, as far as there is room for them."""
    known = [title for title in entry.titles if title][:_MOST_TITLES]
    for number, title in enumerate(known):
        yield Fact("" if number else "sessions", title)
    more = len(entry.refs) - len(known)
    if known and more:
        yield Fact("", f"and {more:,} more")


def session_facts(session: JournalledSession) -> Iterator[Fact]:
    """What a session was before the change, and what the change made of it."""
    if session.action is Action.RENAME:
        yield Fact("was", session.title)
    elif session.message_count is not None:
        yield Fact("held", count_words(session.message_count, "message"))
    state = session.session_state
    if state not in (None, "unknown", "idle"):
        yield Fact("its store said", STATUS_WORDS.get(state, state))
    if became := _became(session):
        yield Fact("became", became)
    if session.is_undone:
        yield Fact("", "this was taken back", is_warning=True)


def place_facts(session: JournalledSession) -> Iterator[Fact]:
    """Where a session belongs."""
    yield Fact("store", f"{session.format}  {session.root}")
    yield Fact("session", str(session.ref))


def _became(session: JournalledSession) -> str | None:
    match session.action:
        case Action.RENAME if session.title_after is not None:
            return session.title_after or "its automatic title"
        case Action.CURE:
            return "idle"
        case Action.CLEAR:
            return "a session without these messages"
    return None


def why_no_transcript(session: JournalledSession) -> str:
    """Why a session cannot be read as it was."""
    if session.is_undone:
        return "it was taken back: the session is in its store as it was"
    if session.action in (Action.RENAME, Action.CURE):
        return f"no message went when it was {VERBS[session.action].done}"
    return "its copy is not kept any more"
