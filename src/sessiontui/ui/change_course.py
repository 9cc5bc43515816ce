"""A change under way, between the thread that makes it and the screen that shows how far it is."""

from __future__ import annotations

from threading import Event

from sessiontui.domain.change import ChangeProgress, ChangeWatch


class ChangeCourse:
    """Written by one thread and read by another. `stop`: the program ends, and changes with it."""

    def __init__(self, stop: Event) -> None:
        self._stop = stop
        self._cancelled = Event()
        self.latest: ChangeProgress | None = None
        """How far it is, as far as is known; replaced as a whole."""

    @property
    def watch(self) -> ChangeWatch:
        """What the change is to be given."""
        return ChangeWatch(self._take, self._is_cancelled)

    @property
    def is_cancelled(self) -> bool:
        """Whether it was asked to end early."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Let the change end after the session it is at."""
        self._cancelled.set()

    def _take(self, progress: ChangeProgress) -> None:
        self.latest = progress

    def _is_cancelled(self) -> bool:
        return self._cancelled.is_set() or self._stop.is_set()
