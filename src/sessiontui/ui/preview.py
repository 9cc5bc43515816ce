"""The transcript beside the list: it follows the cursor, and what is written to the session."""

from __future__ import annotations

import asyncio
from functools import partial

from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.query import Query
from sessiontui.domain.session import SessionRow
from sessiontui.ui.refresher import Refresher, start_worker
from sessiontui.ui.screens.session_screen import SessionScreen
from sessiontui.ui.session_facts import Facts, read_facts
from sessiontui.ui.transcript_feed import TranscriptFeed, Wanted
from sessiontui.ui.widgets.hit_walk import Hit
from sessiontui.ui.widgets.reading_pane import ReadingPane
from sessiontui.ui.workbench import Workbench

_SETTLE_SECONDS = 0.02
_HELD_SECONDS = 0.1
"""Steps that follow each other so soon come from a key that is held."""
_STAYED_SECONDS = 0.12


class Preview:
    """Feeds the reading pane of a screen."""

    def __init__(self, screen: SessionScreen, bench: Workbench, pane: ReadingPane) -> None:
        self._screen = screen
        self._bench = bench
        self._pane = pane
        self._feed = TranscriptFeed(bench, screen.transcript)
        self._growth = Refresher(screen, "growth", self._feed.grow)
        self._shown: Wanted | None = None
        self._row: SessionRow | None = None
        self._hits: int | None = None
        self._moved_at = 0.0

    def announce(self, row: SessionRow | None) -> None:
        """Name the session that will be shown: the first frame has its place for what follows."""
        if row is not None:
            self._pane.show_row(row, self._bench.local_now())

    def show(self, row: SessionRow, query: Query) -> None:
        """Show a session as a query found it; nothing is read twice."""
        self._pane.show_row(row, self._bench.local_now())
        wanted = Wanted.of(row, query)
        screen = self._screen
        if self._row is None or self._row.ref != row.ref:
            self._hits = None
        self._row = row
        is_shown = wanted.is_same(self._shown)
        if not screen.transcript_shown and not is_shown:
            # What was shown when there was room is another session's: it is read when there is.
            self._shown = None
            screen.workers.cancel_group(screen, "preview")
        if not screen.transcript_shown or is_shown:
            start_worker(screen, partial(self._read_facts, row), "facts", exclusive=True)
        else:
            self._shown = wanted
            screen.workers.cancel_group(screen, "facts")
            start_worker(screen, partial(self._read, row, wanted), "preview", exclusive=True)

    def show_nothing(self) -> None:
        """There is no session."""
        for group in ("facts", "preview"):
            self._screen.workers.cancel_group(self._screen, group)
        self._shown = self._row = None
        self._feed.close()
        self._pane.show_nothing(self._bench.local_now())

    def grow(self) -> None:
        """Add what was written since."""
        self._growth.ask()

    def say_hit(self, position: int, total: int) -> None:
        """Say which of how many hits is the current one, and whether the title is one."""
        before = self.matches_by_title_only
        self._hits = total
        if self.matches_by_title_only != before:
            self._screen.refresh_footer()  # Whether there is a next hit to go to.
        keys = self._screen.key_of("next_hit"), self._screen.key_of("previous_hit")
        self._pane.show_hit(Hit(position, total, self._is_titled), *keys)

    @property
    def matches_by_title_only(self) -> bool:
        """Whether there is no hit to go to, since only the title is one."""
        return self._hits == 0 and self._is_titled

    @property
    def _is_titled(self) -> bool:
        row, shown = self._row, self._shown
        if row is None or shown is None:
            return False
        return shown.sought.has_title(row, self._hits or 0)

    @property
    def is_empty(self) -> bool:
        """Whether no transcript was asked for, for want of a session or of room."""
        return self._shown is None

    async def _read(self, row: SessionRow, wanted: Wanted) -> None:
        await self._settled()
        facts, opening = await asyncio.gather(self._facts(row), self._feed.read(wanted))
        # Painted together: the lines of the facts decide how many are left for the transcript.
        with self._screen.app.batch_update():
            self._show_facts(row, facts)
            self._feed.show(opening)
        await self._feed.read_on()

    async def _read_facts(self, row: SessionRow) -> None:
        await self._settled()
        self._show_facts(row, await self._facts(row))

    async def _settled(self) -> None:
        """Wait until the cursor stays; while a key is held that is worth a longer wait."""
        now = self._bench.timer()
        held = now - self._moved_at < _HELD_SECONDS
        self._moved_at = now
        await asyncio.sleep(_STAYED_SECONDS if held else _SETTLE_SECONDS)

    async def _facts(self, row: SessionRow) -> Facts | None:
        try:
            return await self._bench.reads.run(read_facts, self._bench.library, row.ref)
        except SessionTuiError:
            return None  # The transcript below says what is wrong.

    def _show_facts(self, row: SessionRow, facts: Facts | None) -> None:
        if facts is not None:
            screen = self._screen
            screen.set_facts(facts)
            details = facts.details(row)
            self._pane.show_details(details, self._bench.local_now(), screen.key_of("cure"))
