"""One run of the program: its global options, its settings, and the library it works with."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from types import FrameType

import click

from sessiontui.cli.json_output import Problem
from sessiontui.cli.text_output import narrate
from sessiontui.domain.errors import AmbiguousRef, SessionMissing, SessionTuiError, StoreUnreadable
from sessiontui.domain.events import StoreEvent, StoreEventKind
from sessiontui.domain.exit_codes import ExitCode
from sessiontui.domain.printable import printable_line
from sessiontui.domain.search import IndexTier
from sessiontui.domain.session import SessionRef
from sessiontui.domain.value import Value
from sessiontui.services.library import Library, LibraryOptions, utc_now
from sessiontui.services.settings import (
    FILE_NAME,
    LoadedSettings,
    Settings,
    default_settings_path,
    load_settings,
)

_ENDING = (signal.SIGTERM, signal.SIGHUP)
NO_STORE_NOTICE = "no store was found here: these are sample sessions, gone when you leave"


class GlobalOptions(Value):
    """What stands before the command."""

    stores: tuple[str, ...] = ()
    home: Path | None = None
    config: Path | None = None
    read_only: bool = False
    demo: bool = False
    demo_if_empty: bool = False


class Invocation:
    """Opens what a command needs, once, and closes it at the end."""

    def __init__(self, options: GlobalOptions) -> None:
        self.options = options
        self.now: datetime = utc_now()
        self.problems: list[Problem] = []
        self.notice: str | None = None
        """Something the user should be told when the app opens."""
        self._stack = ExitStack()
        self._library: Library | None = None

    def close(self) -> None:
        """Let go of the library and of the demo's folder."""
        self._stack.close()

    @cached_property
    def demo_folder(self) -> Path:
        """The folder of this run's sample stores, removed at the end."""
        folder = Path(tempfile.mkdtemp(prefix="sessiontui-demo-"))
        self._stack.enter_context(_removed_at_the_end(folder))
        return folder

    @cached_property
    def settings(self) -> LoadedSettings:
        """The settings in force. The demo reads none but a file that is named."""
        if self.options.config is None and self.options.demo:
            return load_settings(self.demo_folder / FILE_NAME, {})
        return load_settings(
            self.options.config or default_settings_path(),
            os.environ,
            required=self.options.config is not None,
        )

    def library(self, stuck_after: timedelta | None = None) -> Library:
        """The library, opened at the first call. Raises what opening raises."""
        if self._library is None:
            self._library = self._open(stuck_after)
            if self.options.demo_if_empty and not self.options.demo and not self._any_store():
                self._library.close()
                self.notice = NO_STORE_NOTICE
                self.options = self.options.replace(demo=True)
                self._library = self._open(stuck_after)
            self._stack.callback(self._library.close)
        return self._library

    def _any_store(self) -> bool:
        return self._library is not None and bool(self._library.stores())

    def _open(self, stuck_after: timedelta | None) -> Library:
        settings = self.settings.settings
        if stuck_after is not None:
            settings = settings.replace(stuck_after=stuck_after)
        if self.options.demo:
            from sessiontui.services.demo_stores import open_demo  # noqa: PLC0415 - rarely needed

            return Library.open(
                _with_settings(
                    open_demo(self.demo_folder, self.now), settings, self.options.read_only
                )
            )
        options = LibraryOptions(
            stores=self.options.stores,
            more_stores=() if self.options.stores else settings.stores,
            home=self.options.home,
        )
        return Library.open(_with_settings(options, settings, self.options.read_only))

    def synced(
        self,
        no_sync: bool,
        upto: IndexTier = IndexTier.ROWS,
        stuck_after: timedelta | None = None,
    ) -> Library:
        """The library with its index up to date as far as it is needed, unless not wanted at all.

        What could not be read is told on stderr and noted in `problems`.
        """
        library = self.library(stuck_after)
        if not no_sync:
            with self.progress() as progress:
                library.sync(progress=progress.note, upto=upto, rows_first=False)
        for notice in library.notices():
            narrate(printable_line(notice))
        return library

    @contextmanager
    def progress(self) -> Iterator[SyncProgress]:
        """Shows how far reading the stores is, and notes what could not be read."""
        progress = SyncProgress()
        try:
            yield progress
        finally:
            progress.end()
        for problem in progress.problems:
            self.note(problem)

    def note(self, problem: Problem) -> None:
        """Remember something that is missing from the answer, and tell it."""
        self.problems.append(problem)
        place = f"{problem.store}: " if problem.store else ""
        narrate(f"warning: {place}{printable_line(problem.title)}")
        if problem.hint:
            narrate(f"  {printable_line(problem.hint)}")

    def outcome(self, found: bool) -> ExitCode:
        """The exit code of a reading command."""
        if self.problems:
            return ExitCode.STORE
        return ExitCode.DONE if found else ExitCode.NOTHING_FOUND

    def resolve(self, library: Library, name: str) -> SessionRef:
        """The session that a name means.

        Where it is not found and a store could not be read, that is what is told.
        """
        try:
            return library.resolve(name)
        except SessionMissing as error:
            store = name.partition(":")[0]
            stores = {problem.store for problem in self.problems}
            if not stores or (":" in name and store not in stores):
                raise
            raise StoreUnreadable(
                f"{error.title} was found, but not every store could be read",
                "see `sessiontui stores`",
            ) from error

    def resolve_all(
        self, library: Library, names: Sequence[str]
    ) -> tuple[tuple[SessionRef, ...], tuple[tuple[str, SessionTuiError], ...]]:
        """The sessions meant, each once, and the names that led to none with the reason.

        A single name that leads to none raises its reason.
        """
        refs: list[SessionRef] = []
        failed: list[tuple[str, SessionTuiError]] = []
        for name in names:
            try:
                refs.append(self.resolve(library, name))
            except (SessionMissing, StoreUnreadable, AmbiguousRef) as error:
                if len(names) == 1:
                    raise
                failed.append((name, error))
        return tuple(dict.fromkeys(refs)), tuple(failed)


def _with_settings(options: LibraryOptions, settings: Settings, read_only: bool) -> LibraryOptions:
    return options.replace(
        stuck_after=settings.stuck_after,
        undo_days=settings.undo_days,
        undo_megabytes=settings.undo_megabytes,
        search_tool_output=settings.search_tool_output,
        index_megabytes=settings.index_megabytes,
        query_history=settings.query_history,
        read_only=read_only,
    )


@contextmanager
def _removed_at_the_end(folder: Path) -> Iterator[None]:
    """Remove a folder at the end, also when that comes by a signal (a terminal that is closed)."""

    def leave(number: int, frame: FrameType | None) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)

    before = {number: signal.signal(number, leave) for number in _ENDING}
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        for number, handler in before.items():
            signal.signal(number, handler)


class SyncProgress:
    """Shows how far the index is, on a terminal only, and collects what went wrong."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._shows = sys.stderr.isatty()
        self._shown = False

    def note(self, event: StoreEvent) -> None:
        """Take one event of a sync."""
        if event.kind is StoreEventKind.FAILED:
            self.problems.append(
                Problem(event.store, None, event.problem or "the store cannot be read")
            )
        elif event.kind is StoreEventKind.INDEXING and event.total and self._shows:
            self._shown = True
            done = f"{event.done or 0:,} of {event.total:,}"
            click.echo(f"\r\x1b[Kreading {event.store}: {done}", err=True, nl=False)

    def end(self) -> None:
        """Wipe the line of progress."""
        if self._shown:
            click.echo("\r\x1b[K", err=True, nl=False)


pass_invocation = click.make_pass_decorator(Invocation)
