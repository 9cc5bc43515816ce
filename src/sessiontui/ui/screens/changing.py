"""Makes changes for a screen: one after the other, never cancelled half-way, told by a toast.

A change runs in the app's own worker, so that it outlives the screen it was asked on. One that
takes longer than a moment shows how far it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any

from textual.app import App

from sessiontui.domain.change import ChangeWatch
from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.report import Action, ActionReport, JournalEntry
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.domain.value import PlainValue
from sessiontui.domain.verdict import Verdict
from sessiontui.ui.change_course import ChangeCourse
from sessiontui.ui.change_words import (
    VERBS,
    Outcome,
    bulk_outcome_words,
    change_words,
    outcome_words,
    title_words,
)
from sessiontui.ui.error_display import show_error
from sessiontui.ui.refresher import start_worker
from sessiontui.ui.screens.action_screen import ActionScreen
from sessiontui.ui.workbench import Workbench

PATIENCE_SECONDS = 0.2
"""How long a change may take before anything is shown of it."""

Do = Callable[[bool, ChangeWatch], ActionReport]
"""Makes a change; the first argument says whether a live session is changed all the same."""

Finished = Callable[[ActionReport, SessionRef | None], None]
"""Told what became of the sessions, and the one to put the cursor on."""


class ChangeRequest(PlainValue):
    """A change that was asked for, and how the sessions looked then.

    `is_bulk`: it was looked at as one of many, and is told so; `refused` counts those of the many
    that were known not to be possible, `notes` what was read before. `stood` is the session the
    cursor was on.
    """

    action: Action
    rows: tuple[SessionRow, ...]
    do: Do
    new_title: str = ""
    is_bulk: bool = False
    refused: int = 0
    notes: tuple[str, ...] = ()
    stood: SessionRef | None = None


class ChangeDesk:
    """Takes requests from one screen. `finished` is called on the thread that paints."""

    def __init__(self, screen: ActionScreen[None], bench: Workbench, finished: Finished) -> None:
        self._screen = screen
        self._bench = bench
        self._finished = finished
        self._stood: dict[str, SessionRef] = {}

    def start(self, request: ChangeRequest) -> None:
        """Make a change when those before it are made."""
        start_worker(self._app, partial(self._change, request), "actions")

    def undo(
        self,
        entry: JournalEntry | None = None,
        refs: Collection[SessionRef] | None = None,
        then: Callable[[], None] | None = None,
    ) -> None:
        """Take a change back, or the last one; `refs`: only what it did to those sessions.

        `then` is called when that has ended, well or not.
        """
        start_worker(self._app, partial(self._undo, entry, refs, then), "actions")

    @property
    def _app(self) -> App[Any]:
        return self._screen.app

    # -- a change --------------------------------------------------------------------------

    async def _change(self, request: ChangeRequest) -> None:
        verb = VERBS[request.action]
        title = f"{verb.doing} {_names(request.rows)}"
        try:
            report = await self._make(title, verb.doing, partial(request.do, False))
            if report.skipped and (live := await self._live(request)) is not None:
                if not await self._insists(request, live):
                    self._screen.tell(f"nothing was {verb.done}")
                    self._finished(report, None)
                    return
                report = await self._make(title, verb.doing, partial(request.do, True))
        except SessionTuiError as error:
            show_error(self._app, error)
            return
        if report.undo_id is not None and request.stood is not None:
            self._stood[report.undo_id] = request.stood
        undo_key = self._screen.key_of("undo")
        if request.is_bulk:
            self._tell(report, bulk_outcome_words(report, undo_key, request.refused, request.notes))
        else:
            titles = {row.ref: row.title for row in request.rows}
            new_title = request.new_title
            self._tell(report, outcome_words(report, titles, undo_key, new_title=new_title))
        self._finished(report, None)

    async def _live(self, request: ChangeRequest) -> Verdict | None:
        """The verdict on the one session that insisting may change; every other refusal stands."""
        if request.action is Action.CURE or request.is_bulk:
            return None
        library, row = self._bench.library, request.rows[0]
        try:
            verdict = await self._bench.reads.run(lambda: library.verdict(library.session(row.ref)))
        except SessionTuiError:
            return None  # It has gone meanwhile, as the report says.
        return verdict if verdict.is_live else None

    async def _insists(self, request: ChangeRequest, verdict: Verdict) -> bool:
        from sessiontui.ui.screens.confirm import Confirm  # noqa: PLC0415  not for the first frame

        return await self._app.push_screen_wait(
            Confirm(
                f"{title_words(request.rows[0].title)} is {verdict.status.value}",
                (*verdict.evidence, "", "what its agent is writing just now may be lost"),
                f"{request.action.value} it all the same",
            )
        )

    async def _make(
        self, title: str, doing: str, do: Callable[[ChangeWatch], ActionReport]
    ) -> ActionReport:
        """Make a change in its thread; one that takes longer shows how far it is."""
        course = ChangeCourse(self._bench.stop)
        made = asyncio.ensure_future(self._bench.actions.run(do, course.watch))
        await asyncio.wait({made}, timeout=PATIENCE_SECONDS)
        if made.done():
            return made.result()
        from sessiontui.ui.screens.change_progress import (  # noqa: PLC0415  not for the first frame
            ChangeProgressScreen,
        )

        progress = ChangeProgressScreen(title, doing, course)
        await self._app.push_screen(progress)
        try:
            return await made
        finally:
            if (leaving := progress.leave()) is not None:
                await leaving

    # -- taking back -----------------------------------------------------------------------

    async def _undo(
        self,
        chosen: JournalEntry | None,
        refs: Collection[SessionRef] | None,
        then: Callable[[], None] | None,
    ) -> None:
        try:
            await self._take_back(chosen, refs)
        except SessionTuiError as error:
            show_error(self._app, error)
        if then is not None:
            then()

    async def _take_back(
        self, chosen: JournalEntry | None, refs: Collection[SessionRef] | None
    ) -> None:
        library = self._bench.library
        known = () if chosen else await self._bench.actions.run(library.undo_entries)
        entry_id = chosen.id if chosen else None
        newest = chosen or next((each for each in known if each.undoable), None)
        report = await self._make(
            f"taking back: {change_words(newest)}" if newest else "taking back the last change",
            VERBS[Action.UNDO].doing,
            lambda watch: library.undo(entry_id, refs, watch=watch),
        )
        # Another copy of the program may have changed something in between.
        entry = chosen or next((each for each in known if each.id == report.undo_id), None)
        titles = dict(zip(entry.refs, entry.titles, strict=False)) if entry else {}
        undo_key = self._screen.key_of("undo")
        self._tell(report, outcome_words(report, titles, undo_key, undone=entry))
        # What was taken back as a whole puts the cursor back too; one of many shows that one.
        stood = self._stood.get(report.undo_id or "") if refs is None else None
        first = next((ref for ref in titles if ref in report.done), None)
        self._finished(report, stood or first or next(iter(report.done), None))

    # -- telling ---------------------------------------------------------------------------

    def _tell(self, report: ActionReport, outcome: Outcome) -> None:
        if report.undo_id is not None:
            self._bench.can_undo = True
        self._bench.changes.note_sessions(report.done)
        self._app.clear_notifications()  # An older offer to undo would mean the wrong change now.
        self._app.notify(outcome.text, severity=outcome.severity, markup=False)


def _names(rows: Sequence[SessionRow]) -> str:
    return title_words(rows[0].title) if len(rows) == 1 else f"{len(rows):,} sessions"


def nearest_left(
    rows: Sequence[SessionRow], cursor: int, gone: Collection[SessionRef]
) -> SessionRef | None:
    """Where the cursor goes when its session is among those gone: the next one, else one before.

    None when its session stays, or nothing does.
    """
    if cursor >= len(rows) or rows[cursor].ref not in gone:
        return None
    ahead = [*rows[cursor:], *reversed(rows[:cursor])]
    return next((row.ref for row in ahead if row.ref not in gone), None)
