"""Feeds a transcript view: what is wanted first at once, the rest after it, growth as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.message import Message
from sessiontui.domain.printable import printable_line
from sessiontui.domain.query import Query
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.ui.transcript_reading import (
    Growth,
    Hits,
    Sought,
    read_all,
    read_growth,
    read_window,
)
from sessiontui.ui.widgets.transcript_view import TranscriptView
from sessiontui.ui.workbench import Workbench

_SETTLE_SECONDS = 0.15
"""How long the reader has to stay with a session before the rest of a long one is read."""


class Wanted(NamedTuple):
    """What to show: a session, what is looked for in it, and the message to begin at.

    `at` None begins at the end. `agent` names an assistant that has no name of its own.
    """

    ref: SessionRef
    sought: Sought = Sought()
    at: int | None = None
    agent: str | None = None

    def is_same(self, other: Wanted | None) -> bool:
        """Whether the other asks for the same; where its best hit is by now does not matter."""
        return other is not None and self[:2] == other[:2]

    @classmethod
    def of(cls, row: SessionRow, query: Query) -> Wanted:
        """A session as a query found it."""
        return cls(row.ref, Sought.of(query), row.message_index, row.agent)


class TranscriptFeed:
    """One view and what it shows. Its methods are called from the screen's exclusive workers."""

    def __init__(self, bench: Workbench, view: TranscriptView) -> None:
        self._bench = bench
        self._view = view
        self.wanted: Wanted | None = None
        self._messages: tuple[Message, ...] = ()
        self._hits = Hits(Sought())
        self._complete = False
        self._generation = 0

    def close(self) -> None:
        """Show nothing."""
        self.wanted = None
        self._messages = ()
        self._complete = False

    async def open(self, wanted: Wanted) -> None:
        """Show a session: the part that is wanted first, then all of it."""
        self.wanted = wanted
        self._complete = False
        self._generation = self._bench.changes.generation
        library = self._bench.library
        try:
            reading = await self._bench.reads.run(read_window, library, wanted.ref, wanted.at)
            hits = await self._find(wanted, reading.messages)
            self._show(reading.messages, hits, at=wanted.at, end=wanted.at is None)
            if not reading.complete:
                await asyncio.sleep(_SETTLE_SECONDS)
                whole = await self._bench.reads.run_cancellable(
                    lambda cancelled: read_all(library, wanted.ref, cancelled)
                )
                if whole is None:
                    return
                await self._read_anew(wanted, whole.messages)
            self._complete = True
            await self.grow()
        except SessionTuiError as error:
            self._tell(error)

    async def grow(self) -> None:
        """Add what was written since, when the session was named by a change."""
        wanted = self.wanted
        changes = self._bench.changes
        while wanted is not None and self._complete and wanted == self.wanted:
            if not changes.touched(wanted.ref, self._generation):
                return
            generation = changes.generation
            read = partial(read_growth, self._bench.library, wanted.ref, self._messages)
            try:
                growth = await self._bench.reads.run(read)
            except SessionTuiError as error:
                self._tell(error)
                return
            if wanted != self.wanted:
                return
            self._generation = generation
            await self._take(wanted, growth)

    async def _take(self, wanted: Wanted, growth: Growth) -> None:
        if growth.restart:
            await self._read_anew(wanted, growth.messages)
        elif growth.messages:
            hits = await self._find(wanted, growth.messages, further=True)
            if wanted == self.wanted:
                self._messages += growth.messages
                self._view.extend(growth.messages, hits=hits)

    async def _read_anew(self, wanted: Wanted, messages: tuple[Message, ...]) -> None:
        # The same session, read further or changed: the reader's place in it stays.
        hits = await self._find(wanted, messages)
        if wanted != self.wanted:
            return
        if messages and self._messages:
            self._messages = messages
            self._view.reload(messages, hits=hits)
        else:
            self._show(messages, hits, at=None, end=True)

    async def _find(
        self, wanted: Wanted, messages: Sequence[Message], *, further: bool = False
    ) -> tuple[int, ...]:
        """The hits in the messages; with `further`, in those looked at before as well."""
        hits = self._hits if further else Hits(wanted.sought)
        self._hits = hits
        if wanted.sought.groups:
            await self._bench.reads.run_cancellable(
                lambda cancelled: hits.look(messages, cancelled)
            )
        return hits.indices

    def _show(
        self, messages: tuple[Message, ...], hits: tuple[int, ...], *, at: int | None, end: bool
    ) -> None:
        wanted = self.wanted
        assert wanted is not None
        self._messages = messages
        if messages:
            finder, agent = wanted.sought.finder, wanted.agent
            self._view.show(messages, at=at, finder=finder, hits=hits, end=end, agent=agent)
        else:
            self._view.show_notice("no messages", "this session holds none, or they were cleared")

    def _tell(self, error: SessionTuiError) -> None:
        self._messages = ()
        self._view.show_notice(printable_line(error.title), printable_line(error.hint))
