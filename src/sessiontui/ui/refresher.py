"""Does a piece of work again whenever it is asked to: never twice at once, never too often."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from textual.app import ScreenStackError
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.worker import Worker


def start_worker(
    owner: DOMNode,
    work: Callable[[], Coroutine[Any, Any, None]],
    group: str,
    *,
    exclusive: bool = False,
) -> None:
    """Run async work that belongs to a screen or to the app, and ends with it.

    It is given as a function, not begun: a worker that is replaced at once never begins it.
    """

    async def whole() -> None:
        try:
            await work()
        except (NoMatches, ScreenStackError):
            # The program ends just now, and the place for the answer has gone before it came.
            if owner.app.is_running:
                raise

    worker: Worker[None] = owner.run_worker(whole, group=group, exclusive=exclusive)
    worker.name = group


class Refresher:
    """Runs `work` in a worker of `owner`, at most once in `pause` seconds.

    What is asked for while it runs is done after it, once.
    """

    def __init__(
        self,
        owner: DOMNode,
        group: str,
        work: Callable[[], Coroutine[Any, Any, None]],
        pause: float = 0.0,
    ) -> None:
        self._owner = owner
        self._group = group
        self._work = work
        self._pause = pause
        self._wanted = False
        self._running = False

    def ask(self) -> None:
        """Do the work now, or once more after what is being done."""
        self._wanted = True
        if not self._running:
            self._running = True
            start_worker(self._owner, self._run, self._group)

    async def _run(self) -> None:
        try:
            while self._wanted:
                self._wanted = False
                await self._work()
                await asyncio.sleep(self._pause)
        finally:
            self._running = False
