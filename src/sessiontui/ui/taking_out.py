"""The app's side of taking sessions out: how copies and exports leave the program."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from textual.app import App
from textual.notifications import SeverityLevel

from sessiontui.domain.printable import bare_text, printable_line
from sessiontui.domain.words import size_words
from sessiontui.ui.refresher import start_worker
from sessiontui.ui.toast_words import capitalised, sentences, toast_text
from sessiontui.ui.workbench import Workbench

if TYPE_CHECKING:
    from sessiontui.services.clipboard import Clipboard
    from sessiontui.ui.exporting import ExportDesk


class TakingOutApp(App[None]):
    """An app whose copies arrive, Textual's own (out of an input) too, and that writes exports.

    No text that is copied holds a control character but tabs and newlines: it is going to be
    pasted into other programs.
    """

    bench: Workbench
    clipboard_ways: Clipboard | None = None
    """The ways to the clipboard; by default those of the environment, and none without a terminal.
    """
    _hinted = False
    _export_desk: ExportDesk | None = None

    @property
    def exporting(self) -> ExportDesk:
        """Where exports are asked for and written."""
        from sessiontui.ui.exporting import ExportDesk  # noqa: PLC0415  not for the first frame

        if self._export_desk is None:
            self._export_desk = ExportDesk(self, self.bench, os.environ)
        return self._export_desk

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Show a toast, in sentences."""
        super().notify(
            toast_text(message),
            title=capitalised(title),
            severity=severity,
            timeout=timeout,
            markup=markup,
        )

    def copy_to_clipboard(self, text: str) -> None:
        """Copy a text, and say nothing."""
        self.copy(text, "")

    def copy(self, text: str, what: str) -> None:
        """Copy a text, and say that `what` was copied."""
        text = bare_text(text)
        # Textual's inputs paste from here.
        self._clipboard = text
        start_worker(self, partial(self._deliver, text, what), "copying")

    async def _deliver(self, text: str, what: str) -> None:
        from sessiontui.services.clipboard import Clipboard  # noqa: PLC0415  not for the first frame

        ways = self.clipboard_ways
        if ways is None:
            ways = Clipboard({}, lambda _: None) if self.is_headless else Clipboard(os.environ)
        delivery = await self.bench.reads.run(ways.deliver, text)
        if not delivery.taken:
            sequence = ways.sequence(text)
            if sequence is None or self._driver is None:
                self._refuse(text)
                return
            self._driver.write(sequence)
        if what:
            # Terminals do not say whether they took it: what may be wrong is told once.
            hint = "" if self._hinted else delivery.hint
            self._hinted = self._hinted or bool(hint)
            self.notify(sentences(printable_line(f"copied {what}"), hint), markup=False)

    def _refuse(self, text: str) -> None:
        size = size_words(len(text.encode()))
        self.notify(
            sentences(f"{size} is more than terminals copy", "an export writes it into a file"),
            title="not copied",
            severity="warning",
            markup=False,
        )
