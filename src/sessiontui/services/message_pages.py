"""The messages of one session, of which only those needed lately are held.

A transcript may be larger than what a program should take of a machine's memory. So messages that
nobody looked at for long are let go of, and read from their store again when they are asked for.
"""

from __future__ import annotations

import threading
from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from typing import NamedTuple, Protocol, overload

from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.message import Block, DamagedBlock, Message, Role

ReadAgain = Callable[[int, int], Iterable[Message]]
"""Reads the messages from one index to another, as `Library.messages` does."""

HELD_CHARACTERS = 6_000_000
"""How much text is held at most, besides the messages at the end and those that are needed."""
PAGE = 32
"""Messages that are read together."""
_OWN_WEIGHT = 400
"""What a message takes besides its text, in characters."""


class Page(NamedTuple):
    """Messages that stand together; `is_true`: they are what they were when first read."""

    messages: list[Message]
    is_true: bool = True


class InThread(Protocol):
    """Has a page read in a thread; returns at once."""

    def __call__(self, work: Callable[[], Page], /) -> Future[Page]: ...


class MessagePages(Sequence[Message]):
    """Messages from index 0 on, in pages. Safe to use from several threads.

    Without `read_again` all of them are held, and they may have any indices. With `in_thread`, one
    thread (that of the screen) never waits: it asks for messages by `at_hand`, and brings in what
    is missing by `next_missing`, `begin` and `take`. Others who ask may wait; nothing is held or
    let go of for them.
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
        self._most = HELD_CHARACTERS if held_characters is None else held_characters
        self._lock = threading.Lock()
        self._pages: OrderedDict[int, Page] = OrderedDict()
        self._needed: frozenset[int] = frozenset()
        self._weights = array("q")
        """What each page weighs, held or not."""
        self._held = 0
        self._shapes: list[tuple[str, ...]] = []
        self._known_shapes: dict[tuple[str, ...], tuple[str, ...]] = {}

    def __len__(self) -> int:
        return len(self._shapes)

    @property
    def held(self) -> int:
        """How many messages are in memory."""
        return sum(len(page.messages) for page in self._pages.values())

    def append(self, message: Message) -> None:
        """Add a message at the end."""
        with self._lock:
            number, place = divmod(len(self._shapes), PAGE)
            if not place:
                self._pages[number] = Page([])
                self._weights.append(0)
            self._pages[number].messages.append(message)
            self._shapes.append(self._shape_of(message))
            self._weigh(number, weight_of(message))
            if not place:
                self._let_go()

    def replace_last(self, message: Message) -> None:
        """Put another message in the place of the last one, which is always held."""
        with self._lock:
            number = (len(self._shapes) - 1) // PAGE
            page = self._pages[number].messages
            self._weigh(number, weight_of(message) - weight_of(page[-1]))
            page[-1] = message
            self._shapes[-1] = self._shape_of(message)

    def kinds(self, index: int) -> tuple[str, ...]:
        """The kinds of a message's blocks, whether it is held or not."""
        return self._shapes[index]

    def _shape_of(self, message: Message) -> tuple[str, ...]:
        # Many messages are built alike: they share one value.
        shape = tuple([block.kind for block in message.blocks])
        return self._known_shapes.setdefault(shape, shape)

    # -- asking, and waiting where it must be ------------------------------------------------

    @overload
    def __getitem__(self, index: int) -> Message: ...
    @overload
    def __getitem__(self, index: slice) -> list[Message]: ...
    def __getitem__(self, index: int | slice) -> Message | list[Message]:
        if isinstance(index, slice):
            return [self[place] for place in range(len(self))[index]]
        place = range(len(self))[index]
        return self._page(place // PAGE).messages[place % PAGE]

    def __iter__(self) -> Iterator[Message]:
        return self.since(0)

    def since(self, start: int) -> Iterator[Message]:
        """The messages from an index on. What is read for it is not held."""
        place = start
        while place < len(self):
            number = place // PAGE
            page = self._held_page(number) or self.read(number)
            fresh = tuple(page.messages[place % PAGE :])
            yield from fresh
            place += len(fresh)

    def _page(self, number: int) -> Page:
        page = self._held_page(number)
        if page is not None:
            return page
        if self._in_thread is not None:
            return self.read(number)
        # What is held can be had meanwhile, and nothing is read twice.
        with self._reading:
            page = self._held_page(number)
            if page is None:
                page = self.read(number)
                if page.is_true:
                    self.take(number, page)
            return page

    def _held_page(self, number: int) -> Page | None:
        with self._lock:
            page = self._pages.get(number)
            if page is not None:
                self._pages.move_to_end(number)
            return page

    # -- never waiting -----------------------------------------------------------------------

    def at_hand(self, index: int) -> Message | None:
        """A message that can be had without waiting; None while it has to be read first."""
        if self._in_thread is None:
            return self[index]
        page = self._held_page(index // PAGE)
        return None if page is None else page.messages[index % PAGE]

    def is_doubtful(self, index: int) -> bool:
        """Whether something else stands in a message's place: it could not be read as it was."""
        page = self._pages.get(index // PAGE)
        return page is not None and not page.is_true

    def next_missing(self, seen: Iterable[int], near: Iterable[int] = ()) -> int | None:
        """The page to read next, so that some messages are at hand; None when they are.

        `seen` are the indices of those on the screen, `near` of those that may be wanted soon, the
        likeliest first: they are read while there is room. Neither are let go of until others are
        named; what could not be read as it was is read again when somebody comes back to it.
        """
        if self._in_thread is None:
            return None
        count = len(self._weights)
        needed = dict.fromkeys(index // PAGE for index in seen)
        room = self._most - sum(self._weights[number] for number in {*needed, *self._last_pages})
        for number in (index // PAGE for index in near):
            if not 0 <= number < count or number in needed:
                continue
            room -= self._weights[number]
            if room < 0:
                break
            needed[number] = None
        with self._lock:
            self._needed = frozenset(needed)
            for number in [n for n, page in self._pages.items() if not page.is_true]:
                if number not in needed:
                    self._drop(number)
            return next((number for number in needed if number not in self._pages), None)

    def begin(self, number: int) -> Future[Page]:
        """Begin to read a page; `take` brings it in."""
        assert self._in_thread is not None
        return self._in_thread(partial(self.read, number))

    def take(self, number: int, page: Page) -> None:
        """Hold a page that was read, and let go of others."""
        with self._lock:
            if number not in self._pages:
                self._pages[number] = page
                self._held += self._weights[number]
                self._let_go()

    def read(self, number: int) -> Page:
        """Read a page from the store, which may take long; what is not there is named as gone."""
        assert self._read_again is not None
        first = number * PAGE
        stop = min(first + PAGE, len(self._shapes))
        reason = "it was changed or removed meanwhile"
        try:
            found = list(self._read_again(first, stop))
        except SessionTuiError as error:
            found, reason = [], error.title
        read = {message.index: message for message in found}
        page = []
        is_true = True
        for index in range(first, stop):
            message, shape = read.get(index), self._shapes[index]
            if message is None or tuple(block.kind for block in message.blocks) != shape:
                message, is_true = _gone(index, len(shape), reason), False
            page.append(message)
        return Page(page, is_true)

    # -- letting go --------------------------------------------------------------------------

    @property
    def _last_pages(self) -> tuple[int, ...]:
        count = len(self._weights)
        return tuple(range(max(0, count - 2), count))

    def _weigh(self, number: int, weight: int) -> None:
        self._weights[number] += weight
        self._held += weight

    def _drop(self, number: int) -> None:
        del self._pages[number]
        self._held -= self._weights[number]

    def _let_go(self) -> None:
        if self._read_again is None or self._held <= self._most:
            return
        kept = {*self._last_pages, *self._needed, next(reversed(self._pages))}
        for number in [number for number in self._pages if number not in kept]:
            self._drop(number)
            if self._held <= self._most:
                return


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
