"""What helps to write a query: values that exist, a list of offers, and earlier queries."""

from __future__ import annotations

from functools import partial

from sessiontui.domain.errors import SearchInterrupted, SessionTuiError
from sessiontui.domain.query import FilterField
from sessiontui.services.index_values import FilterValue
from sessiontui.ui.refresher import start_worker
from sessiontui.ui.screens.action_screen import ActionScreen
from sessiontui.ui.widgets.offer_list import OfferList
from sessiontui.ui.widgets.search_bar import SearchBar
from sessiontui.ui.workbench import Workbench


class KnownValues:
    """The values that sessions have, read when they are first needed and again after changes."""

    def __init__(self, screen: ActionScreen[None], bench: Workbench) -> None:
        self._screen = screen
        self._bench = bench
        self._held: dict[FilterField, tuple[FilterValue, ...]] = {}
        self._read_at: dict[FilterField, int] = {}
        self._reading: set[FilterField] = set()
        self.bar: SearchBar | None = None
        """Told when there are others."""

    def of(self, field: FilterField) -> tuple[FilterValue, ...]:
        """What is known by now; what is not known, or old, is read."""
        stale = self._read_at.get(field) != self._bench.changes.generation
        if stale and field not in self._reading:
            self._reading.add(field)
            start_worker(self._screen, partial(self._read, field), "values")
        return self._held.get(field, ())

    async def _read(self, field: FilterField) -> None:
        generation = self._bench.changes.generation
        try:
            found = await self._bench.reads.run(self._bench.library.filter_values, field)
        except (SearchInterrupted, SessionTuiError):
            return  # Nothing is offered; the list itself says what is wrong.
        finally:
            self._reading.discard(field)
        self._read_at[field] = generation
        if found != self._held.get(field):
            self._held[field] = found
            if self.bar is not None:
                self.bar.look_again()


class QueryAids:
    """Shows the offers of the search box, and keeps the history of what was used in it."""

    def __init__(self, screen: ActionScreen[None], bench: Workbench) -> None:
        self._screen = screen
        self._bench = bench
        self.values = KnownValues(screen, bench)

    @property
    def _bar(self) -> SearchBar:
        return self._screen.query_one(SearchBar)

    def begin(self) -> None:
        """Get ready, once the box is there."""
        self.values.bar = self._bar
        self.read_history()

    # -- offers ----------------------------------------------------------------------------

    def show_offers(self) -> None:
        """Show the list of offers where they belong, or hide it."""
        bar, shown = self._bar, self._screen.query_one(OfferList)
        completer = bar.completer
        if completer.offers is None or not completer.is_open or not bar.has_focus:
            shown.hide()
        else:
            corner = bar.offers_column, bar.region.bottom
            shown.show(completer.offers, completer.chosen, self._screen.key_of("next_pane"), corner)
        self._screen.refresh_footer()

    # -- history ---------------------------------------------------------------------------

    def read_history(self) -> None:
        """Take what was used before, here or in another program that runs beside this one."""
        start_worker(self._screen, self._read_history, "history", exclusive=True)

    async def _read_history(self) -> None:
        self._take(await self._bench.reads.run(self._bench.library.past_queries))

    def note_used(self) -> None:
        """Remember the query in the box, if it is one."""
        text = self._bar.used
        if text is not None and text not in self._bar.recalled.entries[:1]:
            # Of the app, so that it is written whatever becomes of this screen.
            start_worker(self._screen.app, partial(self._note, text), "history")

    async def _note(self, text: str) -> None:
        library = self._bench.library
        await self._bench.reads.run(library.note_query, text)
        self._take(await self._bench.reads.run(library.past_queries))

    def _take(self, entries: tuple[str, ...]) -> None:
        self._bar.recalled.entries = entries
        self._screen.refresh_footer()
