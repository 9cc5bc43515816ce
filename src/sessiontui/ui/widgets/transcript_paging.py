"""A transcript most of which is not in memory: what comes into view is read without waiting for it.

A placeholder stands for a message until its page has been read in a thread. Pages are read one
after another, always the one that is wanted most by then: who leafs through ten of them while one
is read does not wait for the other nine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from textual.widget import Widget

from sessiontui.domain.message import Message
from sessiontui.services.message_pages import MessagePages
from sessiontui.ui.refresher import start_worker
from sessiontui.ui.widgets.message_flow import MessageFlow
from sessiontui.ui.widgets.rendered_transcript import RenderedTranscript
from sessiontui.ui.widgets.term_marks import TermFinder
from sessiontui.ui.widgets.transcript_rows import Place
from sessiontui.ui.widgets.transcript_scroller import TranscriptScroller

_SCREENS_AHEAD = 4
"""What stands on so many screens before and behind is read before anybody comes there."""


class PageReading:
    """Reads what `owner` needs, in a worker of it; `came` is called after each page."""

    def __init__(self, owner: Widget, came: Callable[[], None]) -> None:
        self._owner = owner
        self._came = came
        self._pages = MessagePages()
        self._seen: tuple[int, ...] = ()
        self._near: tuple[int, ...] = ()
        self._read_now: MessagePages | None = None

    def need(self, pages: MessagePages, seen: Iterable[int], near: Iterable[int]) -> None:
        """Have messages read, by their positions: those that are seen, then those near to them."""
        self._pages, self._seen, self._near = pages, tuple(seen), tuple(near)
        if pages.next_missing(self._seen, self._near) is not None and pages is not self._read_now:
            self._read_now = pages
            start_worker(self._owner, self._read, "pages", exclusive=True)

    async def _read(self) -> None:
        pages = self._pages
        try:
            while pages is self._pages:
                number = pages.next_missing(self._seen, self._near)
                if number is None:
                    return
                page = await asyncio.wrap_future(pages.begin(number))
                pages.take(number, page)
                if pages is self._pages:
                    self._came()
        finally:
            if self._read_now is pages:
                self._read_now = None


class Postponed(NamedTuple):
    """What is done when some messages are at hand, given by their positions."""

    needs: frozenset[int]
    do: Callable[[], None]


class TranscriptPaging(TranscriptScroller, can_focus=True, inherit_bindings=False):
    """A scrolling transcript that never waits for what it shows."""

    _postponed: Postponed | None = None
    _heading = 1
    """Where the reader went last: down (1) or up (-1)."""

    # -- what subclasses add ---------------------------------------------------------------

    @property
    def _held_place(self) -> Place:
        """What stays on its row when heights become known."""
        return self._place

    # -- asking ----------------------------------------------------------------------------

    @property
    def shown_indices(self) -> list[int]:
        """The indices of the messages in view."""
        transcript = self._transcript
        if transcript is None or not transcript.rows.total:
            return []
        shown = transcript.rows.shown(self._place, self._page)
        return [transcript.flow.index_at(position) for position in shown]

    def _at_hand(self, position: int) -> Message | None:
        transcript = self._transcript
        return None if transcript is None else transcript.flow.messages.at_hand(position)

    # -- reading ---------------------------------------------------------------------------

    @cached_property
    def _reading(self) -> PageReading:
        return PageReading(self, self._pages_came)

    def _new_transcript(
        self, messages: Iterable[Message] | MessageFlow, finder: TermFinder
    ) -> None:
        super()._new_transcript(messages, finder)
        self._postponed = None

    def _show_place(self, place: Place, direction: int = 0) -> None:
        if direction:
            self._heading = direction
            self._postponed = None
        super()._show_place(place, direction)
        self._need_pages()

    def _need_pages(self) -> None:
        transcript = self._transcript
        if transcript is None or not len(transcript):
            return
        shown = transcript.rows.shown(self._place, self._page)
        if not shown:
            return
        transcript.keep_shown(shown[0], shown[-1])
        postponed = () if self._postponed is None else self._postponed.needs
        seen = chain(postponed, *map(transcript.needs, shown))
        near = chain.from_iterable(map(transcript.needs, self._near(transcript, shown[-1] + 1)))
        self._reading.need(transcript.flow.messages, seen, near)

    def _near(self, transcript: RenderedTranscript, below: int) -> Iterable[int]:
        """The messages before and behind those in view, the likeliest to be wanted first."""
        rows, far = transcript.rows, _SCREENS_AHEAD * self._page
        down = rows.shown(Place(below, 0), far) if below < len(transcript) else []
        top = rows.row_of(self._place)
        above = rows.shown(rows.place_at(top - far), min(far, top))
        up = reversed(above)
        return chain(down, up) if self._heading > 0 else chain(up, down)

    def _pages_came(self) -> None:
        transcript = self._transcript
        if transcript is None:
            return
        if transcript.has_come:
            if self._shows_end:
                transcript.look_again()
                self._show_end()
            else:
                with self._holding(self._held_place):
                    transcript.look_again()
        self._do_postponed()

    def _postpone(self, needs: Iterable[int], do: Callable[[], None]) -> None:
        """Do something as soon as messages are at hand, unless the reader goes on before that."""
        self._postponed = Postponed(frozenset(needs), do)
        self._need_pages()
        self._do_postponed()

    def _do_postponed(self) -> None:
        transcript, postponed = self._transcript, self._postponed
        if transcript is not None and postponed is not None:
            at_hand = transcript.flow.messages.at_hand
            if all(at_hand(position) is not None for position in postponed.needs):
                self._postponed = None
                postponed.do()
