"""The first start: the welcome over the list, and what it says while the stores are read."""

from __future__ import annotations

from typing import Any

from textual.app import App

from sessiontui.domain.events import StoreEvent
from sessiontui.services.backend_registry import format_names
from sessiontui.services.library import Library
from sessiontui.ui.widgets.welcome import Finding, Found, Welcome
from sessiontui.ui.workbench import Workbench


class Greeting:
    """Shows the welcome once in the life of the program, and keeps it true."""

    def __init__(self, app: App[Any], bench: Workbench) -> None:
        self._app = app
        self._bench = bench
        self._read: dict[str, tuple[int, int | None]] = {}

    @property
    def is_due(self) -> bool:
        """Whether it was never seen."""
        return not self._bench.view_state.get("welcomed")

    async def begin(self) -> None:
        """Greet, and say what was found."""
        welcome = Welcome(self._bench.key_of)
        await self._app.screen.mount(welcome)
        self._bench.view_state.set("welcomed", True)
        found = await self._bench.reads.run(read_found, self._bench.library)
        if welcome.is_attached:
            welcome.found = found
            self._tell()

    def show_progress(self, event: StoreEvent | None) -> None:
        """Say how far reading is; None when all is read."""
        if event is not None:
            self._read[event.store] = event.done or 0, event.total
        else:
            self._read.clear()
        self._tell()

    def _tell(self) -> None:
        # At the end of the program no screen is there any more.
        for screen in self._app.screen_stack[:1]:
            for welcome in screen.query(Welcome):
                welcome.far = {store: far_words(*far) for store, far in self._read.items()}


def read_found(library: Library) -> Found:
    """What was found where, what is missing, and what is wrong. Blocks; for threads."""
    findings = []
    for store in library.stores():
        sound = store.available and store.problem is None
        findings.append(Finding(store, None if sound else library.remedy(store.id)))
    held = {finding.store.format for finding in findings}
    missing = tuple(name for name in format_names() if name not in held | {"memory"})
    return Found(tuple(findings), missing)


def far_words(done: int, total: int | None) -> str:
    """How far reading a store is: `42% read`, or the count where there is no total."""
    return f"{min(99, 100 * done // total)}% read" if total else f"{done:,} read"
