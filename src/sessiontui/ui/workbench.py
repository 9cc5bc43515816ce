"""What the screens share: the library, the clock, threads to work in, and what has changed.

Blocking calls never run on the thread that paints. Queries, reads, actions and the sync have
threads of their own, so that a long one never holds up another kind.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from functools import partial
from threading import Event
from time import perf_counter
from typing import ParamSpec, TypeVar

from textual.events import Key

from sessiontui.domain.events import StoreEvent
from sessiontui.domain.session import SessionRef
from sessiontui.services.library import Library
from sessiontui.services.settings import LoadedSettings
from sessiontui.ui.keymap import key_in_words
from sessiontui.ui.view_state import ViewMemory

_LISTED_SECONDS = 2.0
"""How long the first rows may take before other work begins."""

_Given = ParamSpec("_Given")
_Answer = TypeVar("_Answer")

Cancelled = Callable[[], bool]
"""Says whether the answer is still wanted; long work asks it now and then."""


class Lane:
    """Threads for one kind of work."""

    def __init__(self, name: str, threads: int, stop: Event) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=f"sessiontui-{name}")
        self._stop = stop

    async def run(
        self, work: Callable[_Given, _Answer], *args: _Given.args, **kwargs: _Given.kwargs
    ) -> _Answer:
        """Do the work in a thread. When the caller is cancelled, work not yet begun never is.

        At the end of the program callers are cancelled.
        """
        if self._stop.is_set():
            raise asyncio.CancelledError
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(work, *args, **kwargs))

    def begin(self, work: Callable[[], _Answer]) -> Future[_Answer]:
        """Do the work in a thread, from now on; whoever wants the answer waits for it.

        At the end of the program nothing is begun any more.
        """
        if self._stop.is_set():
            never: Future[_Answer] = Future()
            never.cancel()
            return never
        return self._threads.submit(work)

    async def run_cancellable(self, work: Callable[[Cancelled], _Answer]) -> _Answer:
        """The same for long work, which is told when its answer is no longer wanted."""
        unwanted = Event()
        try:
            return await self.run(work, lambda: unwanted.is_set() or self._stop.is_set())
        except asyncio.CancelledError:
            unwanted.set()
            raise

    def close(self) -> None:
        """Take no more work and wait for none."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class ChangeLog:
    """Which sessions changed, and since when: what a screen asks when it is told of a change."""

    def __init__(self) -> None:
        self.generation = 0
        self._sessions: dict[SessionRef, int] = {}
        self._stores: dict[str, int] = {}

    def note(self, event: StoreEvent) -> None:
        """Remember what an event named."""
        self.generation += 1
        for key in event.keys:
            self._sessions[SessionRef(event.store, key)] = self.generation
        if not event.keys:
            self._stores[event.store] = self.generation

    def note_sessions(self, refs: Iterable[SessionRef]) -> None:
        """Remember that we ourselves changed some sessions."""
        self.generation += 1
        self._sessions.update(dict.fromkeys(refs, self.generation))

    def note_all(self) -> None:
        """Remember that anything may have changed."""
        self.generation += 1
        self._stores[""] = self.generation

    def touched(self, ref: SessionRef, since: int) -> bool:
        """Whether a session may have changed after a generation."""
        latest = max(
            self._sessions.get(ref, 0), self._stores.get(ref.store, 0), self._stores.get("", 0)
        )
        return latest > since


class Workbench:
    """The things every screen works with."""

    def __init__(
        self, library: Library, clock: Callable[[], datetime], settings: LoadedSettings
    ) -> None:
        self.library = library
        self.clock = clock
        self.settings = settings
        """The settings as they were read last."""
        self.keymap: Mapping[str, str] = {}
        """The keys of actions that are not the default ones, as far as they can be used."""
        self.changes = ChangeLog()
        self.view_state = ViewMemory(library.view_state)
        """What the screens remember between runs."""
        self.can_undo = False
        """Whether the journal holds something that can be taken back."""
        self.listed = asyncio.Event()
        """Set when the first rows were shown, or could not be (`first_rows_first`)."""
        self.pressed: Key | None = None
        """The key that is being looked up, while it is."""
        self.timer: Callable[[], float] = perf_counter
        """Measures how long a query took, in seconds."""
        self.stop = Event()
        """Set when the program ends."""
        self.queries = Lane("queries", 2, self.stop)
        self.reads = Lane("reads", 2, self.stop)
        self.actions = Lane("actions", 1, self.stop)
        self.syncing = Lane("sync", 1, self.stop)
        self.exports = Lane("exports", 1, self.stop)

    async def first_rows_first(self) -> None:
        """Wait until the first rows were shown or could not be, but not for long."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.listed.wait(), _LISTED_SECONDS)

    def local_now(self) -> datetime:
        """The current time in the reader's time zone."""
        return self.clock().astimezone()

    def key_of(self, action_id: str) -> str:
        """The key of an action in words, for sentences; of one without, how to come to it."""
        return key_in_words(action_id, self.keymap)

    def close(self) -> None:
        """End everything that still runs; returns at once."""
        self.stop.set()
        for lane in (self.queries, self.reads, self.actions, self.syncing, self.exports):
            lane.close()
