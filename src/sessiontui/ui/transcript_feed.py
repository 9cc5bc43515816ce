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
    Known,
    Reading,
    Sought,
    read_all,
    read_growth,
    read_window,
    shift_of,
)
from sessiontui.ui.widgets.message_flow import MessageFlow
from sessiontui.ui.widgets.transcript_view import TranscriptView
from sessiontui.ui.workbench import Workbench

_SETTLE_SECONDS = 0.15
"""How long the reader has to stay with a session before the rest of a long one is read."""
_NOTHING = Known(0, None)


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


class Opening(NamedTuple):
    """The part of a session that was read first, with its hits; or why it cannot be read."""

    wanted: Wanted
    reading: Reading | None = None
    hits: tuple[int, ...] = ()
    error: SessionTuiError | None = None


class TranscriptFeed:
    """One view and what it shows. Its methods are called from the screen's exclusive workers."""

    def __init__(self, bench: Workbench, view: TranscriptView) -> None:
        self._bench = bench
        self._view = view
        self.wanted: Wanted | None = None
        self._known = _NOTHING
        self._ending: tuple[Message, ...] = ()
        self._hits = Hits(Sought())
        self._complete = False
        self._is_part = False
        self._generation = 0

    def close(self) -> None:
        """Show nothing."""
        self.wanted = None
        self._known, self._ending = _NOTHING, ()
        self._complete = self._is_part = False

    async def open(self, wanted: Wanted) -> None:
        """Show a session: the part that is wanted first, then all of it."""
        self.show(await self.read(wanted))
        await self.read_on()

    async def read(self, wanted: Wanted) -> Opening:
        """Read the part that is wanted first; nothing is shown yet."""
        self.wanted = wanted
        self._complete = self._is_part = False
        self._generation = self._bench.changes.generation
        library = self._bench.library
        try:
            reading = await self._bench.reads.run(read_window, library, wanted.ref, wanted.at)
            return Opening(wanted, reading, await self._find(wanted, reading.messages))
        except SessionTuiError as error:
            return Opening(wanted, error=error)

    def show(self, opening: Opening) -> None:
        """Show what was read, unless something else is wanted by now."""
        wanted, reading, hits, error = opening
        if wanted != self.wanted:
            return
        if error is not None:
            self._tell(error)
        elif reading is not None:
            self._show(reading.messages, hits, at=wanted.at, end=wanted.at is None)
            self._ending = () if reading.counted else reading.messages
            self._complete = reading.complete
            self._is_part = not reading.complete

    async def read_on(self) -> None:
        """Read the rest of what is shown, if there is more, and what was written since."""
        wanted = self.wanted
        if wanted is not None and self._is_part:
            await asyncio.sleep(_SETTLE_SECONDS)
            try:
                await self._read_anew(wanted)
            except SessionTuiError as error:
                self._tell(error)
                return
        await self.grow()

    async def grow(self) -> None:
        """Add what was written since, when the session was named by a change."""
        wanted = self.wanted
        changes = self._bench.changes
        while wanted is not None and self._complete and wanted == self.wanted:
            if not changes.touched(wanted.ref, self._generation):
                return
            generation = changes.generation
            read = partial(read_growth, self._bench.library, wanted.ref, self._known)
            try:
                growth = await self._bench.reads.run(read)
                if wanted != self.wanted:
                    return
                self._generation = generation
                await self._take(wanted, growth)
            except SessionTuiError as error:
                self._tell(error)
                return

    async def _take(self, wanted: Wanted, growth: Growth) -> None:
        if growth.restart:
            await self._read_anew(wanted)
        elif growth.messages:
            hits = await self._find(wanted, growth.messages, further=True)
            if wanted == self.wanted:
                total = self._known.total + len(growth.messages) - growth.continues
                self._known = Known(total, growth.messages[-1])
                self._view.extend(growth.messages, hits=hits)

    async def _read_anew(self, wanted: Wanted) -> None:
        """Read the same session further, or again: the reader's place in it stays."""
        library, zone = self._bench.library, self._view.zone
        whole = await self._bench.reads.run_cancellable(
            lambda cancelled: read_all(
                library, wanted.ref, wanted.sought, zone, cancelled, self._bench.reads.begin
            )
        )
        if whole is None or wanted != self.wanted:
            return
        messages, shift = whole.flow.messages, 0
        if self._ending:
            shift = await self._bench.reads.run(shift_of, self._ending, messages)
        await self._bring(whole.flow, shift)
        if wanted != self.wanted:
            return
        self._complete, self._is_part = True, False
        self._hits = whole.hits
        if not len(whole.flow) or self._known.last is None:
            self._show(whole.flow, whole.hits.indices, at=None, end=True)
            return
        self._known = Known.of(messages)
        if self._ending:
            self._view.renumber(shift)
            self._ending = ()
        self._view.reload(whole.flow, hits=whole.hits.indices)

    async def _bring(self, flow: MessageFlow, shift: int) -> None:
        """Have at hand what is on the screen: it need not go and come back for another reading."""
        pages = flow.messages

        def seen() -> set[int]:
            found = (flow.position_of(index + shift) for index in self._view.shown_indices)
            return {each for place in found if place is not None for each in flow.needs(place)}

        while (number := pages.next_missing(seen())) is not None:
            pages.take(number, await self._bench.reads.run(pages.read, number))

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
        self,
        messages: tuple[Message, ...] | MessageFlow,
        hits: tuple[int, ...],
        *,
        at: int | None,
        end: bool,
    ) -> None:
        wanted = self.wanted
        assert wanted is not None
        held = messages.messages if isinstance(messages, MessageFlow) else messages
        self._known, self._ending = Known.of(held), ()
        if held:
            finder, agent = wanted.sought.finder, wanted.agent
            self._view.show(messages, at=at, finder=finder, hits=hits, end=end, agent=agent)
        else:
            self._view.show_notice("no messages", "this session holds none, or they were cleared")

    def _tell(self, error: SessionTuiError) -> None:
        self._known, self._ending = _NOTHING, ()
        self._view.show_notice(printable_line(error.title), printable_line(error.hint))
