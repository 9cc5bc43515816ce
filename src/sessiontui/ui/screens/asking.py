"""The question before a dangerous change: the first press asks, the second one means it."""

from __future__ import annotations

from collections.abc import Callable

from sessiontui.domain.backend import Footprint
from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.report import Action
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.domain.value import PlainValue
from sessiontui.ui.change_words import question_words
from sessiontui.ui.refresher import start_worker
from sessiontui.ui.screens.action_screen import ActionScreen
from sessiontui.ui.workbench import Workbench


class Asked(PlainValue):
    """What waits for its second press; `seen` is the session's fingerprint as it was asked."""

    action: Action
    row: SessionRow
    children: int
    seen: str | None

    @property
    def ref(self) -> SessionRef:
        """The session concerned."""
        return self.row.ref


class Question:
    """One question at a time on one screen. `show` paints it; None takes it away."""

    def __init__(
        self, screen: ActionScreen[None], bench: Workbench, show: Callable[[str | None], None]
    ) -> None:
        self._screen = screen
        self._bench = bench
        self._show = show
        self.asked: Asked | None = None

    def is_about(self, action: Action, ref: SessionRef) -> bool:
        """Whether this very question waits."""
        asked = self.asked
        return asked is not None and (asked.action, asked.ref) == (action, ref)

    def ask(self, action: Action, row: SessionRow, seen: str | None, children: int = 0) -> None:
        """Ask, with what is known; what goes exactly is read and added.

        `seen` is the session's fingerprint as it is on the screen, if it is known; `children`
        counts the sessions it spawned.
        """
        self.asked = Asked(action, row, children, seen)
        self._paint(None)
        start_worker(self._screen, self._complete, "question", exclusive=True)

    def withdraw(self) -> None:
        """Take the question away; nothing is changed."""
        if self.asked is not None:
            self.asked = None
            self._show(None)
            self._screen.refresh_footer()

    def look_again(self) -> None:
        """Something was changed meanwhile: the question is about what is there from now on."""
        if self.asked is not None:
            self.asked = self.asked.replace(seen=None)

    def _paint(self, footprint: Footprint | None) -> None:
        asked = self.asked
        assert asked is not None
        key, back = self._screen.key_of(asked.action.value), self._screen.key_of("back")
        self._screen.refresh_footer()
        self._show(question_words(asked.action, asked.row, key, footprint, asked.children, back))

    async def _complete(self) -> None:
        # What goes, exactly; and how the session looked when it was asked about.
        asked, library, reads = self.asked, self._bench.library, self._bench.reads
        assert asked is not None
        try:
            footprint = await reads.run(library.footprint, asked.ref)
            session = await reads.run(library.session, asked.ref)
        except SessionTuiError:
            return  # The question stands as it is; the change itself will say what is wrong.
        if self.is_about(asked.action, asked.ref):
            seen = self.asked.seen if self.asked else None
            self.asked = asked.replace(seen=seen or session.fingerprint)
            self._paint(footprint)
