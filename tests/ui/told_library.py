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
    happened: asyncio.Queue[StoreEvent]

    def rows(self, query: Query) -> RowPage:
        """As the library does."""
        self.asked.append(query)
        return super().rows(query)

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
            yield await self.happened.get()
