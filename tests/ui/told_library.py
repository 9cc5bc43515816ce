"""The library of the ui's tests: the real one, but a test says when something happened."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from threading import Event

from sessiontui.domain.events import StoreEvent, StoreEventKind
from sessiontui.domain.query import Query
from sessiontui.domain.session import RowPage
from sessiontui.services.library import Library


class ToldLibrary(Library):
    """Notes what it is asked for; events come from the test instead of a watched folder."""

    asked: list[Query]
    asked_whole: list[Query]
    happened: asyncio.Queue[StoreEvent]
    first_rows: slice | None = None
    """Which rows of a search come in the first of two steps; None: all in one."""
    may_complete: Event
    """Set while whole answers may be given."""
    _listened_to = False

    @property
    def is_quiet(self) -> bool:
        """Whether the reader of events has taken everything that was told, and waits for more."""
        return self._listened_to and self.happened.empty()

    def rows(self, query: Query, *, whole: bool = False) -> RowPage:
        """As the library does, or in two steps."""
        self.asked.append(query)
        in_steps = self.first_rows is not None and bool(query.terms)
        page = super().rows(query, whole=whole or in_steps)
        if not in_steps:
            return page
        if whole:
            self.asked_whole.append(query)
            self.may_complete.wait(10)
            return page
        first = page.rows[self.first_rows or slice(0)]
        hits = sum(row.hit_count for row in first)
        return page.replace(rows=first, total=None, hits=hits, complete=False)

    def tell(
        self,
        store: str,
        *keys: str,
        kind: StoreEventKind = StoreEventKind.CHANGED,
        problem: str | None = None,
    ) -> None:
        """Something happened in a store: the index takes it in, the reader of events is told."""
        if kind is not StoreEventKind.FAILED:
            super().sync()
        event = StoreEvent(kind=kind, store=store, keys=frozenset(keys), problem=problem)
        self.happened.put_nowait(event)

    async def events(self, stop: Event) -> AsyncGenerator[StoreEvent, None]:
        """What the test tells."""
        while not stop.is_set():
            self._listened_to = True
            event = await self.happened.get()
            self._listened_to = False
            yield event
