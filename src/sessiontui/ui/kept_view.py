"""The view that the list had last, a query of filters alone: the next run opens with it."""

from __future__ import annotations

from sessiontui.domain.errors import QueryInvalid
from sessiontui.domain.printable import printable_line
from sessiontui.domain.query import Query
from sessiontui.domain.query_parser import parse_query
from sessiontui.services.view_state import LONGEST_VIEW
from sessiontui.ui.listing import Listing
from sessiontui.ui.workbench import Workbench


class KeptView:
    """What the list opens with, and what it is to open with next time.

    Words are searched for once; what is kept is only what narrows the list. A view in which there
    is nothing now gives way to all sessions, and comes back when there is something in it.
    """

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self._gives_way = False
        self.opening = self._read()
        """The text in the search box and what it means; both empty for all sessions."""
        self.is_open = bool(self.opening[0])
        """Whether the list still shows what it opened with."""

    def _read(self) -> tuple[str, Query]:
        text = self._bench.view_state.get("view")
        if text != printable_line(text):
            return "", Query()
        try:
            query = parse_query(text, self._bench.clock())
        except QueryInvalid:
            return "", Query()
        return (text, query) if _is_view(query) else ("", Query())

    def note(self, query: Query, text: str) -> None:
        """Another query is asked, which stands in the box as `text`."""
        self.is_open = False
        if self._gives_way:
            self._gives_way = False
        else:
            is_kept = _is_view(query) and len(text) <= LONGEST_VIEW
            self._bench.view_state.set("view", text.strip() if is_kept else "")

    def gives_way(self, listing: Listing) -> bool:
        """Whether an answer that nobody asked for in this run is empty: show all sessions then."""
        empty = listing.complete and not listing.arrangement.rows
        self._gives_way = self.is_open and empty
        return self._gives_way

    @property
    def words(self) -> str:
        """What to say of a list that nobody narrowed in this run; empty for every other."""
        return f"as you left it: {self._bench.key_of('back')} shows all" if self.is_open else ""


def _is_view(query: Query) -> bool:
    return bool(query.filters) and not query.searches_text
