"""What the person looks at: noted after a second, so that passing by does not count."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual.timer import Timer

from sessiontui.domain.session import SessionRef
from sessiontui.services.looked_at import Looks
from sessiontui.ui.refresher import start_worker
from sessiontui.ui.screens.action_screen import ActionScreen
from sessiontui.ui.workbench import Workbench

LOOK_SECONDS = 1.0
"""So long a session is shown before it counts as looked at."""


class Looking:
    """Notes the sessions of a screen that are looked at, and tells when one is.

    A folded family is looked at as a whole: its row stands for all of them.
    """

    def __init__(
        self,
        screen: ActionScreen[None],
        bench: Workbench,
        tell: Callable[[tuple[SessionRef, ...]], None],
    ) -> None:
        self._screen = screen
        self._bench = bench
        self._tell = tell
        self._timer: Timer | None = None
        self._waiting: tuple[SessionRef, ...] = ()
        self._current: tuple[SessionRef, ...] = ()

    def begin(self, refs: tuple[SessionRef, ...]) -> None:
        """These sessions are shown now, or none; what stood there before is no longer."""
        if refs == self._waiting and self._timer is not None:
            return  # What moves all the time is looked at too.
        self._stop()
        self._waiting = refs
        if refs[:1] != self._current[:1]:
            self._current = ()
        if refs:
            self._timer = self._screen.set_timer(LOOK_SECONDS, self._settled)

    def note(self, refs: tuple[SessionRef, ...]) -> None:
        """These sessions are being read."""
        self._stop()
        self._waiting = self._current = refs
        self._tell(refs)
        # Of the app, so that it is written whatever becomes of this screen.
        start_worker(self._screen.app, partial(self._write, refs), "looks")

    def looks(self, known: Looks) -> Looks:
        """What is known, and that what is being looked at is nothing new. For any thread."""
        current = self._current
        if not current:
            return known
        looked = {**known.looked, **dict.fromkeys(current, float("inf"))}
        return known.replace(looked=looked)

    def leave(self) -> None:
        """The program ends: what moves from now on is new the next time."""
        self._stop()
        self._bench.library.note_left()

    def _settled(self) -> None:
        self._timer = None
        if self._screen.is_current and self._screen.app.app_focus:
            self.note(self._waiting)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    async def _write(self, refs: tuple[SessionRef, ...]) -> None:
        await self._bench.reads.run(self._bench.library.note_looked, refs)
