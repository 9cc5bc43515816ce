"""Carries out what the dialog asked for, behind whatever the person does meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sessiontui.domain.errors import ExportStopped, SessionTuiError
from sessiontui.domain.printable import printable_line
from sessiontui.domain.session import SessionRow
from sessiontui.domain.words import count_words, size_words
from sessiontui.services.export_places import in_home, open_file, opener
from sessiontui.services.export_run import INDEX_NAME, ExportRun, Written
from sessiontui.services.transcript import masked_words
from sessiontui.ui.change_words import title_words
from sessiontui.ui.error_display import show_error
from sessiontui.ui.export_course import ExportCourse
from sessiontui.ui.export_wish import ExportWish, wants_folder
from sessiontui.ui.refresher import start_worker
from sessiontui.ui.screens.export_dialog import ExportDialog
from sessiontui.ui.screens.export_progress import ExportProgressScreen
from sessiontui.ui.toast_words import sentences
from sessiontui.ui.workbench import Workbench

if TYPE_CHECKING:
    from textual.app import App

_AT_ONCE_SECONDS = 0.4
"""An export that has ended by then is not shown on its way."""


class ExportDesk:
    """Asks, writes and tells. One for the app: it remembers what was chosen last."""

    def __init__(self, app: App[None], bench: Workbench, variables: Mapping[str, str]) -> None:
        self._app = app
        self._bench = bench
        self._opener = opener(variables)
        self._last = ExportWish()

    def begin(self, rows: Sequence[SessionRow]) -> None:
        """Ask how some sessions shall be exported, and do it."""
        can_open = self._opener is not None
        dialog = ExportDialog(self._bench, rows, self._last, can_open=can_open)
        self._app.push_screen(dialog, partial(self._wished, rows))

    def _wished(self, rows: Sequence[SessionRow], wish: ExportWish | None) -> None:
        if wish is not None:
            self._last = wish
            start_worker(self._app, partial(self._export, rows, wish), "exports")

    async def _export(self, rows: Sequence[SessionRow], wish: ExportWish) -> None:
        counts = [row.message_count for row in rows]
        known = None if None in counts else sum(count or 0 for count in counts)
        # Each message is read, and masked after that.
        course = ExportCourse(known and known * (1 + wish.redact), self._bench.stop)
        refs = [row.ref for row in rows]
        strict = len(refs) == 1
        run = ExportRun(self._bench.library, refs, wish.form, wish.redact, strict, course.watch)
        writing = asyncio.ensure_future(self._bench.exports.run(_write, run, wish))
        progress: ExportProgressScreen | None = None
        try:
            await asyncio.wait({writing}, timeout=_AT_ONCE_SECONDS)
            if not writing.done():
                what = title_words(rows[0].title) if strict else count_words(len(rows), "session")
                progress = ExportProgressScreen(f"exporting {what}", course)
                self._app.push_screen(progress)
            written = await writing
        except ExportStopped as error:
            self._app.notify(error.hint, title=error.title, markup=False)
            return
        except SessionTuiError as error:
            show_error(self._app, error)
            return
        finally:
            course.is_over = True
            course.stop()
            if progress is not None and progress.is_mounted:
                progress.follow()
        self._tell(run, written)
        if wish.opens and self._opener is not None:
            page = next((w.path for w in written if w.path.name == INDEX_NAME), written[0].path)
            if not await self._bench.reads.run(open_file, self._opener, page):
                self._app.notify("no program here shows pages", severity="warning", markup=False)

    def _tell(self, run: ExportRun, written: Sequence[Written]) -> None:
        size = size_words(sum(each.size_bytes for each in written))
        place, files = written[0].path, ""
        if len(written) > 1 or len(run.refs) > len(written[0].refs):
            place, files = place.parent, f"{count_words(len(written), 'file')}, "
        wrote = printable_line(f"wrote {in_home(place)}, {files}{size}")
        masked = printable_line(masked_words(run.masked)) if run.redact else ""
        self._app.notify(sentences(wrote, masked), markup=False, timeout=10)
        for ref, error in run.failed:
            left_out = printable_line(f"{ref} was left out: {error.title}")
            self._app.notify(left_out, severity="warning", markup=False, timeout=10)


def _write(run: ExportRun, wish: ExportWish) -> list[Written]:
    path = Path(wish.place)
    if not wants_folder(len(run.refs), wish.place):
        return [run.into_file(path, replace=wish.replaces)]
    return run.into_new_folder(path)
