"""An export under way: between the thread that writes it and the screen that shows its way."""

from __future__ import annotations

from threading import Event

from sessiontui.domain.errors import ExportStopped
from sessiontui.services.export_run import ExportProgress


class ExportCourse:
    """Written by one thread and read by another.

    `messages` is how many there are in all sessions, as far as is known. `ending`: the program
    ends, and exports with it.
    """

    def __init__(self, messages: int | None, ending: Event) -> None:
        self._messages = messages
        self._ending = ending
        self._stopped = Event()
        self._latest: ExportProgress | None = None
        self._seen = 0
        self.is_over = False
        """Whether the export has ended, in whatever way."""

    def watch(self, progress: ExportProgress) -> None:
        """Take how far it is. Raises `ExportStopped` when it is no longer wanted."""
        if self._latest is None or progress.messages != self._latest.messages:
            self._seen += 1
        self._latest = progress
        if self._stopped.is_set() or self._ending.is_set():
            raise ExportStopped("the export was stopped", "nothing was written")

    def stop(self) -> None:
        """End the export at its next message."""
        self._stopped.set()

    @property
    def words(self) -> str:
        """How far it is."""
        if self._stopped.is_set():
            return "stopping"
        return "waiting for another export" if self._latest is None else self._latest.words

    @property
    def total(self) -> int | None:
        """What there is to be done, in messages; None while nobody knows."""
        return self._messages or None

    @property
    def done(self) -> int:
        """What was done, in messages."""
        return min(self._seen, self._messages or 0)
