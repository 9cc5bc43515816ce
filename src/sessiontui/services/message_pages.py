"""The messages of one session, of which only those needed lately are held.

A transcript may be larger than what a program should take of a machine's memory. So messages that
nobody looked at for long are let go of, and read from their store again when they are asked for.
"""

from __future__ import annotations

import threading
from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import overload

from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.message import Block, DamagedBlock, Message, Role

ReadAgain = Callable[[int, int], Iterable[Message]]
"""Reads the messages from one index to another, as `Library.messages` does."""

InThread = Callable[[Callable[[], object]], object]
"""Has a piece of work done in a thread, some time; returns at once."""

HELD_CHARACTERS = 6_000_000
"""How much text is held at most, besides the messages at the end."""
_PAGE = 32
_OWN_WEIGHT = 400
"""What a message takes besides its text, in characters."""


class MessagePages(Sequence[Message]):
    """Messages from index 0 on, in pages. Safe to use from several threads.

    Without `read_again` all of them are held, and they may have any indices. With `in_thread`, who
    comes to a page finds the next one read already when it goes on from there.
    """

    def __init__(
        self,
        read_again: ReadAgain | None = None,
        held_characters: int | None = None,
        in_thread: InThread | None = None,
    ) -> None:
        self._read_again = read_again
        self._in_thread = in_thread
        self._reading = threading.Lock()
        self._latest = 0
        self._most = HELD_CHARACTERS if held_characters is None else held_characters
        self._lock = threading.Lock()
        self._pages: OrderedDict[int, list[Message]] = OrderedDict()
        self._weights: dict[int, int] = {}
        self._held = 0
        self._blocks = array("L")
        """How many blocks each message has."""

    def __len__(self) -> int:
        return len(self._blocks)

    @property
    def held(self) -> int:
        """How many messages are in memory."""
        return sum(map(len, self._pages.values()))

    def append(self, message: Message) -> None:
        """Add a message at the end."""
        with self._lock:
            number = len(self._blocks) // _PAGE
            self._pages.setdefault(number, []).append(message)
            self._blocks.append(len(message.blocks))
            self._weigh(number, weight_of(message))
            if number * _PAGE == len(self._blocks) - 1:
                self._let_go()

    def replace_last(self, message: Message) -> None:
        """Put another message in the place of the last one, which is always held."""
        with self._lock:
            number = (len(self._blocks) - 1) // _PAGE
            page = self._pages[number]
            self._weigh(number, weight_of(message) - weight_of(page[-1]))
            page[-1] = message
            self._blocks[-1] = len(message.blocks)

    @overload
    def __getitem__(self, index: int) -> Message: ...
    @overload
    def __getitem__(self, index: slice) -> list[Message]: ...
    def __getitem__(self, index: int | slice) -> Message | list[Message]:
        if isinstance(index, slice):
            return [self[place] for place in range(len(self))[index]]
        place = range(len(self))[index]
        page = self._page(place // _PAGE)
        if place // _PAGE != self._latest:
            self._look_ahead(place // _PAGE)
        return page[place % _PAGE]

    def __iter__(self) -> Iterator[Message]:
        for number in range(-(-len(self) // _PAGE)):
            yield from tuple(self._page(number))

    def _look_ahead(self, number: int) -> None:
        step, self._latest = number - self._latest, number
        # Where hardly more than what is on the screen can be held, nothing is gained by it.
        if self._in_thread is None or self._weights.get(number, 0) * 5 > self._most:
            return
        # After a leap nobody knows where it goes from there.
        for following in (number + step,) if abs(step) == 1 else (number - 1, number + 1):
            if 0 <= following * _PAGE < len(self) and following not in self._pages:
                self._in_thread(partial(self._page, following))

    def _page(self, number: int) -> list[Message]:
        page = self._held_page(number)
        if page is not None:
            return page
        # What is held can be had meanwhile, and nothing is read twice.
        with self._reading:
            page = self._held_page(number)
            if page is None:
                page, is_true = self._read_page(number)
                if is_true:
                    self._hold(number, page)
            return page

    def _held_page(self, number: int) -> list[Message] | None:
        with self._lock:
            page = self._pages.get(number)
            if page is not None:
                self._pages.move_to_end(number)
            return page

    def _hold(self, number: int, page: list[Message]) -> None:
        with self._lock:
            self._pages[number] = page
            self._weigh(number, sum(map(weight_of, page)))
            self._let_go()

    def _read_page(self, number: int) -> tuple[list[Message], bool]:
        """A page from the store, and whether it is what it was when it was read first."""
        assert self._read_again is not None
        first = number * _PAGE
        stop = min(first + _PAGE, len(self._blocks))
        reason = "it was changed or removed meanwhile"
        try:
            found = list(self._read_again(first, stop))
        except SessionTuiError as error:
            found, reason = [], error.title
        read = {message.index: message for message in found}
        page = []
        is_true = True
        for index in range(first, stop):
            message, blocks = read.get(index), self._blocks[index]
            if message is None or len(message.blocks) != blocks:
                message, is_true = _gone(index, blocks, reason), False
            page.append(message)
        return page, is_true

    def _weigh(self, number: int, weight: int) -> None:
        self._weights[number] = self._weights.get(number, 0) + weight
        self._held += weight

    def _let_go(self) -> None:
        if self._read_again is None:
            return
        last = (len(self._blocks) - 1) // _PAGE
        kept = [number for number in (last - 1, last) if number in self._pages]
        while self._held > self._most and len(self._pages) > len(kept) + 1:
            number = next(each for each in self._pages if each not in kept)
            del self._pages[number]
            self._held -= self._weights.pop(number)


def weight_of(message: Message) -> int:
    """About how much memory a message takes, in characters."""
    return _OWN_WEIGHT + sum(map(_characters, message.blocks))


def _characters(block: Block) -> int:
    match block.kind:
        case "text" | "thinking" | "tool_result":
            return len(block.text)
        case "tool_call":
            values = block.arguments.values() if isinstance(block.arguments, dict) else ()
            return sum(len(value) for value in values if isinstance(value, str))
        case "opaque":
            return len(str(block.data))
        case _:
            return 0


def _gone(index: int, blocks: int, reason: str) -> Message:
    # As many blocks as there were: whoever knows of one of them still finds something there.
    gone = DamagedBlock(where=f"message {index + 1:,}", reason=reason, raw="")
    return Message(index=index, role=Role.OTHER, blocks=(gone,) * max(1, blocks))
