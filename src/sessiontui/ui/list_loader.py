"""Asks for the rows of the list: after a keystroke, after a change, one question at a time.

An answer may come in two steps: the first rows at once, the whole answer when it is found.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, wait
from functools import partial
from typing import NamedTuple

from textual.widget import Widget

from sessiontui.domain.errors import SearchInterrupted, SessionTuiError
from sessiontui.domain.query import Query
from sessiontui.domain.session import SessionRef
from sessiontui.domain.value import PlainValue
from sessiontui.ui.error_display import show_error
from sessiontui.ui.list_order import Grouping, ListOrder
from sessiontui.ui.listing import Listing, asks, read_listing
from sessiontui.ui.looking import Looking
from sessiontui.ui.refresher import start_worker
from sessiontui.ui.widgets.arrangement import Wishes
from sessiontui.ui.widgets.session_groups import NEW
from sessiontui.ui.workbench import Workbench

DEBOUNCE_SECONDS = 0.015
"""How long a keystroke waits for the next one before it asks."""
WHOLE_AGAIN_SECONDS = 0.5
"""How long the whole answer waits, when only a change asked for it, for the next change."""
_FIRST_FRAME_SECONDS = 0.05
"""How long the first frame waits for its rows."""


class Placing(PlainValue):
    """Where the cursor goes in the answer: to a session, or to the top; else it stays.

    With `hold`, its row stays on its line of the screen too, whatever comes before it.
    """

    select: SessionRef | None = None
    to_top: bool = False
    hold: bool = False


class _Begun(NamedTuple):
    """A question that was asked before there was anything to show its answer in."""

    query: Query
    wishes: Wishes
    generation: int
    answer: Future[Listing]


Show = Callable[[Listing, float, Placing], None]
"""Takes the answer, how many seconds it took, and where the cursor goes."""

Wait = Callable[[], None]
"""Told that nothing was found at once and more may come: what is shown stays until then."""


class ListLoader:
    """The current query and order, and the one question that is under way.

    A new query cancels the question before it. A change in the stores does not: it asks once more
    when the answer is there, so that a busy store cannot keep the list from being painted.
    """

    def __init__(
        self, owner: Widget, bench: Workbench, looking: Looking, show: Show, wait: Wait
    ) -> None:
        self._owner = owner
        self._bench = bench
        self._looking = looking
        self._show = show
        self._wait = wait
        self._again = False
        self._begun: _Begun | None = None
        self._placing = Placing()
        self._before_search: SessionRef | None = None
        self._shown: Listing | None = None
        self._is_completing = False
        self.query = Query()
        self.order = ListOrder()
        self.grouping = Grouping.STATE
        self.generation = 0
        """The change log's generation that the rows shown include."""
        self.is_loading = False
        """Whether the first rows of an answer are waited for."""

    def begin(self) -> None:
        """Ask for the first rows now; the first `load` shows them."""
        bench, wishes = self._bench, self._wishes
        answer = bench.queries.begin(partial(self._listing, self.query, wishes))
        self._begun = _Begun(self.query, wishes, bench.changes.generation, answer)

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

    def load(self, *, debounce: bool = False, to_top: bool = False) -> None:
        """Ask for the rows of the current query; `to_top`: the cursor goes to the first."""
        if to_top:
            self._placing = Placing(to_top=True)
        if self.is_loading or self._is_completing:
            self._bench.library.interrupt()
        self.is_loading = True
        self._is_completing = False
        work = partial(self._load, self._first(), debounce=debounce)
        start_worker(self._owner, work, "search", exclusive=True)

    def reload(self) -> None:
        """Ask again because something changed."""
        if self.is_loading or self._is_completing:
            self._again = True
        else:
            self.load()

    async def _load(self, asked: Future[Listing] | None, *, debounce: bool) -> None:
        if debounce:
            await asyncio.sleep(DEBOUNCE_SECONDS)
        self._again = False
        bench = self._bench
        generation, begun = bench.changes.generation, bench.timer()
        query, wishes = self.query, self._wishes
        before = self._shown
        if before is not None and (asked or not _is_same(before, query, wishes)):
            before = None
        try:
            if asked is None:
                first = await self._read(query, wishes, before=before)
            else:
                first = await asyncio.wrap_future(asked)
            if first is self._shown:
                pass  # It was there in time for the first frame.
            elif first.complete or first.arrangement.rows:
                self._take(first, begun, generation)
            else:
                self._wait()
            if not first.complete:
                self._is_completing = True
                if before is not None and first.arrangement.rows:
                    await asyncio.sleep(WHOLE_AGAIN_SECONDS)
                whole = await self._read(query, wishes, whole=True, before=before)
                self._take(whole, begun, generation)
        except SearchInterrupted:
            # Whoever asks now has interrupted; this question was asked again in the meantime.
            self.load()
            return
        except SessionTuiError as error:
            self.is_loading = self._is_completing = False
            bench.listed.set()
            show_error(self._owner.app, error)
            return
        if self._again:
            self.load()

    async def _read(
        self,
        query: Query,
        wishes: Wishes,
        *,
        whole: bool = False,
        before: Listing | None = None,
    ) -> Listing:
        return await self._bench.queries.run(
            self._listing, query, wishes, whole=whole, before=before
        )

    def _listing(
        self,
        query: Query,
        wishes: Wishes,
        *,
        whole: bool = False,
        before: Listing | None = None,
    ) -> Listing:
        """Read the answer. Blocks; for a thread."""
        bench = self._bench
        kept = frozenset() if before is None else before.arrangement.group_refs(NEW)
        looks = self._looking.looks(bench.library.looks())
        asked = wishes.replace(looks=looks, kept_new=kept)
        now = bench.local_now()
        return read_listing(bench.library, query, now, asked, whole=whole, before=before)

    @property
    def _wishes(self) -> Wishes:
        return Wishes(self.order, self.grouping)

    def _first(self) -> Future[Listing] | None:
        """The answer to what `begin` asked, if that is what is asked now; shown if it is there.

        It is waited for a little: a first frame without rows costs more than they do.
        """
        begun, self._begun = self._begun, None
        bench = self._bench
        if begun is None or begun[:3] != (self.query, self._wishes, bench.changes.generation):
            return None
        answer = begun.answer
        wait((answer,), _FIRST_FRAME_SECONDS)
        if answer.done() and answer.exception() is None and answer.result().arrangement.rows:
            self._take(answer.result(), bench.timer(), begun.generation)
        return answer

    def _take(self, listing: Listing, begun: float, generation: int) -> None:
        self.is_loading = self._is_completing = False
        self.generation = generation
        self._shown = listing
        placing, self._placing = self._placing, Placing()
        if not listing.complete:
            # The whole answer moves nothing, but the session wanted may only be in that one.
            wanted = placing.select
            found = wanted is None or listing.arrangement.holds(wanted)
            self._placing = Placing(hold=True) if found else Placing(select=wanted)
        self._show(listing, self._bench.timer() - begun, placing)
        self._owner.call_after_refresh(self._bench.listed.set)


def _is_same(shown: Listing, query: Query, wishes: Wishes) -> bool:
    """Whether a question is the one that is answered on the screen."""
    before = shown.wishes
    return (shown.query, before.order, before.grouping) == (query, wishes.order, wishes.grouping)
