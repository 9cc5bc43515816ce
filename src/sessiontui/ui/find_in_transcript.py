"""Finding something in the transcript on the screen: what is typed, its hits, and the way back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from textual.screen import Screen

from sessiontui.domain.indexed_text import text_of
from sessiontui.domain.message import Message
from sessiontui.domain.words import count_words
from sessiontui.services.message_pages import MessagePages
from sessiontui.ui.refresher import start_worker
from sessiontui.ui.widgets.find_line import FindLine
from sessiontui.ui.widgets.literal_finder import LiteralFinder
from sessiontui.ui.widgets.transcript_hits import Spot
from sessiontui.ui.widgets.transcript_view import TranscriptView
from sessiontui.ui.workbench import Cancelled, Workbench

_SETTLE_SECONDS = 0.03
_CHECK_EVERY = 256


class Looked(NamedTuple):
    """What was found of a text in the messages up to a position, by their indices."""

    messages: MessagePages
    text: str
    upto: int = 0
    found: tuple[int, ...] = ()


class FindInTranscript:
    """Looks for what is typed, from where the reader was; `esc` goes back there."""

    def __init__(
        self, screen: Screen[None], bench: Workbench, view: TranscriptView, line: FindLine
    ) -> None:
        self._screen = screen
        self._bench = bench
        self._view = view
        self._line = line
        self._text = ""
        self._found_text = ""
        self._origin: Spot | None = None
        self._looked = Looked(MessagePages(), "")

    @property
    def is_typing(self) -> bool:
        """Whether the line has the focus."""
        return bool(self._line.display) and self._screen.focused is self._line.input

    def begin(self) -> None:
        """Show the line; what is marked by now stands in it, to be replaced."""
        self._origin = self._view.spot
        if not self._view.is_looking:
            self._text = ""
        self._line.begin(self._text, "words in this transcript")
        if self._text:
            self.look(self._text)
        else:
            self._line.say("")

    def look(self, text: str) -> None:
        """Look for another text, from where the reader was when the line was opened."""
        self._text = text
        find = partial(self._find, text, self._origin)
        start_worker(self._screen, find, "find", exclusive=True)

    def look_again(self) -> None:
        """The transcript is another: look for the same; nothing moves."""
        if self._text and (self._view.is_looking or self._line.display):
            # What was typed just now and is not found yet is still looked for from the beginning.
            origin = None if self._text == self._found_text else self._origin
            find = partial(self._find, self._text, origin)
            start_worker(self._screen, find, "find", exclusive=True)

    async def _find(self, text: str, origin: Spot | None) -> None:
        finder = LiteralFinder(text)
        if not finder:
            self._forget()
            self._return_to(origin)
            return
        await asyncio.sleep(_SETTLE_SECONDS)
        messages, known = self._view.messages, self._looked
        if known.messages is not messages or known.text != text:
            known = Looked(messages, text)
        # The last message may go on; those before it stay as they are.
        count = max(0, len(messages) - 1)
        last = messages[count].index if messages else 0
        new = messages.since(known.upto)
        found = (
            *known.found,
            *await self._bench.reads.run_cancellable(partial(holding, finder, new)),
        )
        self._looked = Looked(messages, text, count, tuple(i for i in found if i < last))
        self._found_text = text
        self._view.look_for(finder, found, start=None if origin is None else origin.cursor)
        if not found:
            self._return_to(origin)
            self._line.say("not found")

    def _return_to(self, origin: Spot | None) -> None:
        if origin is not None:
            self._view.return_to(origin)

    def walk(self, direction: int) -> None:
        """Go to the next hit, or the previous."""
        if self._view.is_looking:
            (self._view.action_next_hit if direction > 0 else self._view.action_previous_hit)()

    def say_hit(self, position: int, total: int) -> None:
        """Say which message is the current hit, of how many: one may hold it several times."""
        if self._view.is_looking and total:
            self._line.say(f"{position:,} of {count_words(total, 'message')}")

    def keep(self) -> None:
        """Stay here, with what was found still marked."""
        self._origin = None
        self._close()

    def give_up(self) -> bool:
        """Go back to where the reader was, or mark nothing more; False when there is nothing."""
        if not (self._line.display or self._view.is_looking):
            return False
        origin, self._origin = self._origin, None
        self._forget()
        if self._line.display:
            self._close()
            self._return_to(origin)
        return True

    def _forget(self) -> None:
        self._screen.workers.cancel_group(self._screen, "find")
        self._view.stop_looking()
        self._line.say("")

    def _close(self) -> None:
        self._line.end()
        self._screen.set_focus(self._view)


def holding(
    finder: LiteralFinder, messages: Iterable[Message], cancelled: Cancelled
) -> tuple[int, ...]:
    """The indices of the messages in which a text stands; blocks, may be told to stop."""
    found = []
    for number, message in enumerate(messages):
        if number % _CHECK_EVERY == 0 and cancelled():
            break
        if any(finder.found_in(text_of(block)[1]) for block in message.blocks):
            found.append(message.index)
    return tuple(found)
