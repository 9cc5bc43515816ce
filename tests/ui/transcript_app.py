"""An app with a transcript and nothing else, for tests of the view."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC
from typing import TypeVar

from textual.app import App, ComposeResult
from textual.message import Message as TextualMessage
from textual.pilot import Pilot

from sessiontui.ui.widgets.transcript_view import TranscriptView

Posted = TypeVar("Posted", bound=TextualMessage)


class Reading(App[None]):
    """A transcript and nothing else."""

    CSS = "TranscriptView { scrollbar-size-vertical: 1; }"

    def __init__(self, *, compact: bool = False) -> None:
        super().__init__()
        self.view = TranscriptView(compact=compact, zone=UTC)

    def compose(self) -> ComposeResult:
        yield self.view


class Seen:
    """The view under test, what it posted, and what it painted."""

    def __init__(self, pilot: Pilot[None], view: TranscriptView, posted: list[object]) -> None:
        self.pilot = pilot
        self.view = view
        self._posted = posted

    @property
    def lines(self) -> list[str]:
        """The rows on the screen, without the gutter and what is blank at the right."""
        return [self.view.render_line(y).text.rstrip() for y in range(self.view.size.height)]

    @property
    def bare(self) -> list[str]:
        """The rows without the bar of the cursor."""
        return [line.replace("▎", " ").rstrip() for line in self.lines]

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.lines)

    @property
    def hit_colours(self) -> list[object]:
        """The backgrounds of `Oslo`, from top to bottom, where it is marked."""
        rows = [self.view.render_line(y) for y in range(self.view.size.height)]
        return [s.style.bgcolor for row in rows for s in row if s.text == "Oslo" and s.style]

    def row(self, part: str) -> int:
        """The first row of the screen that holds a text."""
        return next(y for y, line in enumerate(self.lines) if part in line)

    def posted(self, kind: type[Posted]) -> list[Posted]:
        """The messages of a kind so far."""
        # The hook sees a message again wherever it bubbles to.
        unique = {id(item): item for item in self._posted}
        return [item for item in unique.values() if isinstance(item, kind)]

    async def do(self, *actions: Callable[[], None]) -> None:
        """Run actions and let everything settle."""
        for action in actions:
            action()
        await self.pilot.pause()


@asynccontextmanager
async def reading(size: tuple[int, int] = (80, 20), *, compact: bool = True) -> AsyncIterator[Seen]:
    """A focused view of a size."""
    posted: list[object] = []
    app = Reading(compact=compact)
    async with app.run_test(size=size, message_hook=posted.append) as pilot:
        app.view.focus()
        await pilot.pause()
        yield Seen(pilot, app.view, posted)
