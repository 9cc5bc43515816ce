"""Asks for the rows of the list: after a keystroke, after a change, one question at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from textual.widget import Widget

from sessiontui.domain.errors import SearchInterrupted, SessionTuiError
from sessiontui.domain.query import Query
from sessiontui.domain.session import SessionRef
from sessiontui.ui.error_display import show_error
from sessiontui.ui.listing import Listing, ListOrder, asks, read_listing
from sessiontui.ui.refresher import start_worker
from sessiontui.ui.workbench import Workbench

DEBOUNCE_SECONDS = 0.05
"""How long a keystroke waits for the next one before it asks."""


class Placing(NamedTuple):
    """Where the cursor goes in the answer: to a session, or to the top; else it stays."""

    select: SessionRef | None = None
    to_top: bool = False


Show = Callable[[Listing, float, Placing], None]
"""Takes the answer, how many seconds it took, and where the cursor goes."""


class ListLoader:
    """The current query and order, and the one question that is under way.

    A new query cancels the question before it. A change in the stores does not: it asks once more
    when the answer is there, so that a busy store cannot keep the list from being painted.
    """

    def __init__(self, owner: Widget, bench: Workbench, show: Show) -> None:
        self._owner = owner
        self._bench = bench
        self._show = show
        self._again = False
        self._placing = Placing()
        self._before_search: SessionRef | None = None
        self.query = Query()
        self.order = ListOrder()
        self.generation = 0
        """The change log's generation that the rows shown include."""
        self.is_loading = False

    def ask(self, query: Query, selected: SessionRef | None) -> None:
        """Ask for another query, after a moment in which it may change again.

        What is found is shown from its best row on. When nothing is asked for any more, the cursor
        stays with the session it was on, or returns to the one before the search.
        """
        if not asks(self.query):
            self._before_search = selected
        if asks(query):
            self._placing = Placing(to_top=True)
        else:
            self._placing = Placing(select=selected or self._before_search)
        self.query = query
        self.load(debounce=True)

    def load_and_select(self, ref: SessionRef | None) -> None:
        """Ask again, and put the cursor on a session."""
        self._placing = Placing(select=ref)
        self.load()

    def load(self, *, debounce: bool = False) -> None:
        """Ask for the rows of the current query."""
        if self.is_loading:
            self._bench.library.interrupt()
        self.is_loading = True
        work = partial(self._load, debounce=debounce)
        start_worker(self._owner, work, "search", exclusive=True)

    def reload(self) -> None:
        """Ask again because something changed."""
        if self.is_loading:
            self._again = True
        else:
            self.load()

    async def _load(self, *, debounce: bool) -> None:
        if debounce:
            await asyncio.sleep(DEBOUNCE_SECONDS)
        self._again = False
        bench = self._bench
        generation, begun = bench.changes.generation, bench.timer()
        query = self.order.applied(self.query)
        try:
            listing = await bench.queries.run(read_listing, bench.library, query, bench.local_now())
        except SearchInterrupted:
            # Whoever asks now has interrupted; this question was asked again in the meantime.
            self.load()
            return
        except SessionTuiError as error:
            self.is_loading = False
            bench.listed.set()
            show_error(self._owner.app, error)
            return
        self.is_loading = False
        self.generation = generation
        placing, self._placing = self._placing, Placing()
        self._show(listing, bench.timer() - begun, placing)
        bench.listed.set()
        if self._again:
            self.load()
