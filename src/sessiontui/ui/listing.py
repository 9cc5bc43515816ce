"""Reads what the list shows: rows, laid out, with the counts around them. Blocks; for threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from sessiontui.domain.errors import QueryInvalid
from sessiontui.domain.printable import printable_line
from sessiontui.domain.query import Query
from sessiontui.domain.query_parser import parse_query
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.domain.store import StoreInfo
from sessiontui.domain.value import PlainValue
from sessiontui.domain.words import count_words
from sessiontui.services.library import Library
from sessiontui.ui.keymap import key_in_words
from sessiontui.ui.widgets.arrangement import NO_WISHES, Arrangement, Wishes, arrange
from sessiontui.ui.widgets.status_line import Counts

_NO_TIME = datetime.min.replace(tzinfo=UTC)


class Listing(PlainValue):
    """The answer to a query, ready to be shown."""

    query: Query
    arrangement: Arrangement
    total: int | None
    hits: int
    corrected: str | None
    counts: Counts | None
    """Counts over everything, when the query asked for everything."""
    complete: bool = True
    """False when these are the first rows and more may come."""
    wishes: Wishes = NO_WISHES
    """How the rows were to be laid out."""

    @property
    def answered(self) -> Query:
        """The query that the rows answer: where it was corrected, with the words found instead."""
        if self.corrected is None:
            return self.query
        try:
            meant = parse_query(self.corrected, _NO_TIME).terms
        except QueryInvalid:
            return self.query  # The words of a query are not always a query.
        # A word that was not corrected may be unfinished; what was put for one is not.
        unfinished = {term.text for group in self.query.terms for term in group if term.prefix}
        terms = tuple(
            tuple(term.replace(prefix=term.text in unfinished) for term in group) for group in meant
        )
        return self.query.replace(terms=terms)


def found_words(listing: Listing, seconds: float) -> str:
    """What a query found, for the border of the box; empty when everything is listed."""
    query = listing.query
    if not asks(query):
        return ""
    words: list[str] = []
    if listing.corrected:
        words.append(f"showing results for {printable_line(listing.corrected, 30)}")
    if listing.total is None or not listing.complete:
        words.append(f"{listing.arrangement.sessions:,}+ sessions")
    else:
        words.append(count_words(listing.total, "session"))
    if query.searches_text:
        hits = count_words(listing.hits, "hit")
        words.append(hits if listing.complete else f"{listing.hits:,}+ hits")
    if not listing.corrected:
        words.append(f"{1000 * seconds:.0f} ms")
    if not listing.complete:
        words.append("more coming")
    return " · ".join(words)


def asks(query: Query) -> bool:
    """Whether a query narrows the list at all."""
    return bool(query.searches_text or query.filters)


def read_listing(
    library: Library,
    query: Query,
    now: datetime,
    wishes: Wishes = NO_WISHES,
    *,
    whole: bool = False,
    before: Listing | None = None,
) -> Listing:
    """Ask for the rows and lay them out. `now` is aware, in the reader's time zone.

    Without `whole` they may be the first ones only. Those of `before`, an earlier answer to the
    same question, then stay after them until the whole answer is there.
    """
    page = library.rows(wishes.order.applied(query), whole=whole)
    rows, hits = page.rows, page.hits
    if not page.complete and before is not None:
        known = {row.ref for row in rows}
        rows = (*rows, *(row for row in before.arrangement.every_row if row.ref not in known))
        hits = max(hits, before.hits)
    if asks(query):
        wishes = wishes.replace(parent_titles=_absent_parents(library, rows))
    counts = None if asks(query) or not page.complete else Counts.of(rows)
    return Listing(
        query,
        arrange(wishes.order.sorted_rows(rows, query), query, now, wishes),
        page.total,
        hits,
        page.corrected,
        counts,
        page.complete,
        wishes,
    )


def _absent_parents(library: Library, rows: tuple[SessionRow, ...]) -> Mapping[SessionRef, str]:
    named = {row.parent for row in rows if row.parent is not None}
    return library.titles(named.difference(row.ref for row in rows)) if named else {}


class Surroundings(PlainValue):
    """What is known besides the rows: the stores, the counts over everything, the journal.

    `counts` is None where they were not asked for.
    """

    stores: tuple[StoreInfo, ...]
    counts: Counts | None
    can_undo: bool

    @property
    def available(self) -> int:
        """How many stores can be read."""
        return sum(1 for store in self.stores if store.available)


def read_surroundings(library: Library, *, with_counts: bool) -> Surroundings:
    """Ask for stores and journal, and for counts when the list does not show everything."""
    stores = library.stores()
    counts = Counts.of(library.rows(Query(), whole=True).rows) if with_counts else None
    can_undo = any(entry.undoable for entry in library.undo_entries())
    return Surroundings(stores, counts, can_undo)


class Notice(PlainValue):
    """What an empty list says."""

    title: str
    hints: tuple[str, ...]


def empty_notice(
    text: str,
    query: Query,
    stores: tuple[StoreInfo, ...] | None,
    sessions: int,
    *,
    indexing: bool,
    key_of: Callable[[str], str] = key_in_words,
) -> Notice:
    """Why there are no rows, and what would change that. `text` is what stands in the box.

    `key_of` gives the key of an action in words.
    """
    if stores is None:
        return Notice("looking for sessions", ())
    available = [store for store in stores if store.available]
    if not stores:
        return Notice(
            "no store was found",
            (
                "sessiontui --store FORMAT:PATH opens one that lies elsewhere.",
                "sessiontui --demo shows sample stores, and touches nothing of yours.",
            ),
        )
    if not available:
        problems = tuple(map(_problem_words, stores))
        shows = f"{key_of('stores')} shows the stores, and how to mend them."
        return Notice("no store can be read", (*problems, shows))
    if indexing and not sessions:
        return Notice("reading the stores", ("Sessions appear as they are read.",))
    if not text.strip():
        found = count_words(len(available), "store")
        return Notice(
            f"no sessions in {found}",
            (
                "As soon as an agent begins one, it appears here.",
                f"{key_of('stores')} shows the stores, and where they are.",
            ),
        )
    return Notice(f"nothing matches “{text.strip()}”", _widening(query, sessions, key_of("back")))


def _problem_words(store: StoreInfo) -> str:
    problem = store.problem or "not readable"
    return problem if str(store.root) in problem else f"{store.root}: {problem}"


def _widening(query: Query, sessions: int, back: str) -> tuple[str, ...]:
    if not query.searches_text:
        return (
            f"Looked at {count_words(sessions, 'session')}.",
            f"Take a filter away to see more; {back} clears the box.",
        )
    where = (
        "titles, conversations and tool output" if query.in_tools else "titles and conversations"
    )
    hints = [f"Searched {where} of {count_words(sessions, 'session')}."]
    if query.filters:
        hints.append("Take a filter away to search more of them.")
    if not query.in_tools:
        hints.append("in:tools searches what tools were asked and gave back, too.")
    if len(query.terms) > 1:
        hints.append("Fewer words match more; a OR b finds either.")
    return (*hints, f"{back} clears the box.")
