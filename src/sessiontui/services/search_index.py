"""The search index: a cache of sessions and their texts, searched in milliseconds.

Rows of the list, full-text search and filters are answered from one SQLite file. It holds nothing
that the stores do not hold, and can be removed at any time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from sessiontui.domain.query import Query
from sessiontui.domain.search import HitPage, IndexTier
from sessiontui.domain.session import RowPage, SessionRef
from sessiontui.domain.value import PlainValue
from sessiontui.services.index_asked import Asked
from sessiontui.services.index_database import IndexDatabase, SearchTicket
from sessiontui.services.index_patience import Clock
from sessiontui.services.index_purge import purge_step
from sessiontui.services.index_schema import PENDING_BITS, counter
from sessiontui.services.index_texts import drop_tools
from sessiontui.services.index_words import exact, from_exact
from sessiontui.services.index_writing import IndexChange

if TYPE_CHECKING:
    from sessiontui.services.index_answers import IndexAnswers
    from sessiontui.services.index_pass import SearchLimits


class StoreState(PlainValue):
    """What the index knows of one store.

    `pending_text` and `pending_tools` count sessions whose texts are not up to date.
    """

    stamp: str | None
    problem: str | None
    sessions: int
    pending_text: int
    pending_tools: int


class PendingText(PlainValue):
    """A session whose texts have to be read, and the cursors up to which they were.

    `session` None: the index does not hold it yet. `size_bytes` is its size in its store, as far
    as it is known.
    """

    session: int | None
    key: str
    fingerprint: str
    text_cursor: str | None
    tools_cursor: str | None
    size_bytes: int | None = None


class HeldTitle(PlainValue):
    """A title as the index has it; `created_at` is the session's, in seconds."""

    title: str | None
    is_local: bool
    created_at: float | None


class SearchIndex:
    """The index of all stores. Safe to use from several threads and processes.

    Questions are answered for the stores whose ids are given: one index serves runs that open
    different stores. Every method may raise `IndexBroken` (a new, empty index is then there) and
    `StoreBusy`.
    """

    def __init__(
        self,
        folder: Path,
        limits: SearchLimits | None = None,
        clock: Clock = time.perf_counter,
    ) -> None:
        self._database = IndexDatabase(folder)
        self._limits = limits
        self._clock = clock
        self._kept: IndexAnswers | None = None
        self._searching: set[SearchTicket] = set()
        self._lock = threading.Lock()

    @property
    def database(self) -> IndexDatabase:
        """The file below; for those who bring the index up to date."""
        return self._database

    @property
    def problem(self) -> str | None:
        """Why the index is kept in memory only, in one sentence; None when all is well."""
        return self._database.problem

    def close(self) -> None:
        """Close all connections; the next use opens them again."""
        self._database.close()

    # -- asking ----------------------------------------------------------------------------

    def rows(
        self,
        query: Query,
        stores: Sequence[str],
        now: float,
        threshold: float,
        *,
        whole: bool = True,
    ) -> RowPage:
        """The rows of a query; `now` and `threshold` (for verdicts) in seconds.

        Without `whole`, the first rows are enough: what is found within a keystroke's time, the
        newest sessions and those with the words in their titles. `RowPage.complete` tells whether
        asking for the whole answer can bring more. Of more than a thousand sessions found, the
        newest thousand and a thousand titles are ranked; the others follow, newest first.

        Raises `SearchInterrupted` when `interrupt` was called meanwhile.
        """
        asked = Asked(query, stores, now, threshold)
        with self._search(query) as ticket, self._database.reading(ticket) as connection:
            return self._answers().rows(connection, ticket, asked, whole=whole)

    def hits(
        self,
        query: Query,
        stores: Sequence[str],
        now: float,
        threshold: float,
        hits_per_session: int,
    ) -> HitPage:
        """Sessions with their best hits, best first whatever the query's order; all of them."""
        asked = Asked(query, stores, now, threshold)
        with self._search(query) as ticket, self._database.reading(ticket) as connection:
            return self._answers().hits(connection, ticket, asked, hits_per_session)

    def _answers(self) -> IndexAnswers:
        # All that searching needs takes a while to import, and listing does without.
        from sessiontui.services.index_answers import IndexAnswers  # noqa: PLC0415
        from sessiontui.services.index_pass import SearchLimits  # noqa: PLC0415

        with self._lock:
            if self._kept is None:
                self._kept = IndexAnswers(self._limits or SearchLimits(), self._clock)
            return self._kept

    def interrupt(self) -> None:
        """End the searches that are running now; those that begin later are not touched."""
        with self._lock:
            running = tuple(self._searching)
        for ticket in running:
            ticket.interrupt()

    @contextmanager
    def _search(self, query: Query) -> Iterator[SearchTicket]:
        ticket = SearchTicket()
        if query.searches_text:
            with self._lock:
                self._searching.add(ticket)
        try:
            yield ticket
        finally:
            with self._lock:
                self._searching.discard(ticket)

    def refs_of_key(self, key: str, stores: Sequence[str]) -> tuple[SessionRef, ...]:
        """The sessions of exactly this key, sorted."""
        return self._refs("key = ?", (exact(key),), stores)

    def refs_beginning(self, start: str, stores: Sequence[str]) -> tuple[SessionRef, ...]:
        """The sessions whose key begins so, sorted."""
        stored = exact(start)
        if isinstance(stored, bytes):
            return self._refs("substr(key, 1, ?) = ?", (len(stored), stored), stores)
        return self._refs("key >= ? AND key < ?", (stored, f"{stored}\U0010ffff"), stores)

    def _refs(
        self, condition: str, values: tuple[object, ...], stores: Sequence[str]
    ) -> tuple[SessionRef, ...]:
        marks = ", ".join("?" * len(stores))
        with self._database.reading() as connection:
            found = connection.execute(
                f"SELECT store, key FROM session WHERE {condition} AND store IN ({marks})",
                (*values, *stores),
            ).fetchall()
        return tuple(sorted(SessionRef(store, from_exact(key)) for store, key in found))

    # -- for bringing it up to date --------------------------------------------------------

    def generation(self) -> int:
        """A number that grows with every change that can be seen, of whichever process."""
        with self._database.reading() as connection:
            return counter(connection, "generation")

    @contextmanager
    def changing(self) -> Iterator[IndexChange]:
        """One write transaction."""
        with self._database.writing() as connection:
            change = IndexChange(connection)
            yield change
            change.finish()

    def store_state(self, store: str) -> StoreState:
        """What is known of a store; all empty for an unknown one."""
        with self._database.reading() as connection:
            noted = connection.execute(
                "SELECT stamp, problem FROM store WHERE id = ?", (store,)
            ).fetchone()
            counted = connection.execute(
                "SELECT count(*) FROM session WHERE store = ?", (store,)
            ).fetchone()
            pending = connection.execute(
                "SELECT coalesce(sum(pending & 1), 0), coalesce(sum(pending >> 1 & 1), 0) "
                "FROM session WHERE store = ? AND pending != 0",
                (store,),
            ).fetchone()
        return StoreState(*(noted or (None, None)), *counted, *pending)

    def pending(
        self, store: str, tier: IndexTier, keys: Collection[str] | None = None
    ) -> list[PendingText]:
        """The sessions (of these keys) whose texts are not up to date, oldest activity first."""
        with self._database.reading() as connection:
            found = connection.execute(
                "SELECT id, key, fingerprint, text_cursor, tools_cursor, size_bytes FROM session "
                "WHERE store = ? AND pending != 0 AND (pending & ?) != 0 "
                "ORDER BY last_activity, key",
                (store, PENDING_BITS[tier]),
            ).fetchall()
        texts = [PendingText(number, from_exact(key), *rest) for number, key, *rest in found]
        return texts if keys is None else [text for text in texts if text.key in keys]

    def held_texts(self, store: str, keys: Collection[str]) -> list[PendingText]:
        """How far the texts of sessions were read, whether they are up to date or not.

        Of unknown ones nothing was; they have no number.
        """
        select = (
            "SELECT id, key, fingerprint, text_cursor, tools_cursor FROM session "
            "WHERE store = ? AND key = ?"
        )
        with self._database.reading() as connection:
            found = (connection.execute(select, (store, exact(key))).fetchone() for key in keys)
            return [
                PendingText(None, key, "", None, None)
                if held is None
                else PendingText(held[0], key, *held[2:])
                for key, held in zip(keys, found, strict=True)
            ]

    def titles_in_question(self, store: str, keys: Collection[str]) -> dict[str, HeldTitle]:
        """The titles of the sessions that have a local one, or whose keys are given."""
        select = (
            "SELECT key, title, title_source = 'local', created_at FROM session WHERE store = ? AND"
        )
        with self._database.reading() as connection:
            found = [
                *connection.execute(f"{select} title_source = 'local'", (store,)),
                *(
                    row
                    for key in keys
                    for row in connection.execute(f"{select} key = ?", (store, exact(key)))
                ),
            ]
        return {
            from_exact(key): HeldTitle(title, bool(is_local), created_at)
            for key, title, is_local, created_at in found
        }

    def size_bytes(self) -> int:
        """How much room the index takes, as far as it is in use."""
        with self._database.reading() as connection:
            pages, free, size = (
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "freelist_count", "page_size")
            )
        return int((pages - free) * size)

    def drop_tools(self) -> bool:
        """Remove all tool output; returns whether there was any."""
        with self._database.writing() as connection:
            dropped = drop_tools(connection)
        if dropped:
            self._database.shrink()
        return dropped

    def purge(self, seconds: float, cancel: Event | None = None, *, idle: bool = False) -> None:
        """Go on to clear the words of deleted texts out of the index, for about so long.

        When there is time (`idle`), what was added in bulk is made faster to search as well.
        """
        end = time.monotonic() + seconds
        with self._database.reading() as connection:
            if not counter(connection, "purge"):
                return
        merged = False
        while time.monotonic() < end and not (cancel is not None and cancel.is_set()):
            with self._database.writing() as connection:
                if not purge_step(connection, idle=idle):
                    break
            merged = True
        else:
            return
        if merged:
            self._database.checkpoint()

    def fingerprints(self, store: str) -> dict[str, str]:
        """The fingerprint of every session that is held of a store."""
        with self._database.reading() as connection:
            found = connection.execute(
                "SELECT key, fingerprint FROM session WHERE store = ?", (store,)
            )
            return {from_exact(key): fingerprint for key, fingerprint in found}

    def known(self, store: str, keys: Iterable[str]) -> frozenset[str]:
        """Those of the keys that the index holds."""
        with self._database.reading() as connection:
            return frozenset(
                key
                for key in keys
                if connection.execute(
                    "SELECT 1 FROM session WHERE store = ? AND key = ?", (store, exact(key))
                ).fetchone()
            )

    def stamp(self, store: str) -> str | None:
        """The stamp of a store when everything in it was indexed; None when not all is."""
        with self._database.reading() as connection:
            noted = connection.execute(
                "SELECT stamp FROM store WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM session "
                "WHERE store = ?1 AND pending != 0 AND (pending & ?2) != 0)",
                (store, PENDING_BITS[IndexTier.TEXT]),
            ).fetchone()
        return None if noted is None else noted[0]
