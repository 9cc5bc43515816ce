"""Reads transcripts for the screens: a part at once, the rest after it, growth as it comes.

A long transcript is shown from its end before anybody has counted what stands before that: its
messages are numbered from the end until everything has been read.

These functions block and run in threads; `cancelled` says whether their answer is still wanted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from functools import partial
from itertools import islice
from typing import Protocol

from sessiontui.domain.indexed_text import TOOL_KINDS, text_of
from sessiontui.domain.message import Message, Role
from sessiontui.domain.query import FilterField, Query
from sessiontui.domain.session import SessionRef, SessionRow, TitleSource
from sessiontui.domain.value import PlainValue
from sessiontui.services.library import Library
from sessiontui.services.message_pages import InThread, MessagePages
from sessiontui.ui.widgets.message_flow import MessageFlow, continues
from sessiontui.ui.widgets.term_marks import Groups, TermFinder
from sessiontui.ui.workbench import Cancelled

WINDOW = 300
"""Messages read before anything is shown."""
_BEFORE_HIT = 60
_MOST_LATER = 500
_CHECK_EVERY = 256


class ReadMessages(Protocol):
    """Reads the messages from one index to another, or all."""

    def __call__(self, start: int = 0, stop: int | None = None, /) -> Iterable[Message]: ...


class Reading(PlainValue):
    """Messages of a session in their order; `complete` when they are all of them.

    Unless they are `counted`, their indices count from the end: -1 is the last.
    """

    messages: tuple[Message, ...]
    complete: bool
    counted: bool = True


class Known(PlainValue):
    """How far a transcript is known: how many messages, and the last of them."""

    total: int
    last: Message | None

    @classmethod
    def of(cls, messages: Sequence[Message]) -> Known:
        """What is known when these are all messages."""
        return cls(len(messages), messages[-1] if messages else None)


class Whole(PlainValue):
    """A whole transcript, ready to be shown, and the hits in it."""

    flow: MessageFlow
    hits: Hits


class Growth(PlainValue):
    """What became of a transcript since it was read.

    `messages` are those to add at the end; `restart`: what was read before has changed. With
    `continues` the first of them is the last one that was known, to which blocks were added.
    """

    messages: tuple[Message, ...]
    restart: bool
    continues: bool = False


def read_window(library: Library, ref: SessionRef, around: int | None) -> Reading:
    """The messages around an index, or the last ones."""
    if around is None:
        messages, counted = library.ending(ref, WINDOW)
        return Reading(messages, not messages or messages[0].index == 0, counted)
    start = max(0, around - _BEFORE_HIT)
    messages = tuple(library.messages(ref, start, start + WINDOW))
    return Reading(messages, complete=start == 0 and len(messages) < WINDOW)


def read_all(
    library: Library,
    ref: SessionRef,
    sought: Sought,
    zone: tzinfo | None,
    cancelled: Cancelled,
    in_thread: InThread | None = None,
) -> Whole | None:
    """The whole transcript, as `read_whole` reads it."""
    return read_whole(partial(library.messages, ref), sought, zone, cancelled, in_thread)


def read_whole(
    read: ReadMessages,
    sought: Sought,
    zone: tzinfo | None,
    cancelled: Cancelled,
    in_thread: InThread | None = None,
) -> Whole | None:
    """All that there is to read; None when it was cancelled on the way.

    It is gone through once, and no more of it is held than `MessagePages` does. With `in_thread`,
    what is wanted of the rest is read again in a thread.
    """
    pages = MessagePages(read, in_thread=in_thread)
    whole = Whole(MessageFlow((), zone, pages), Hits(sought))
    messages = iter(read())
    while some := tuple(islice(messages, _CHECK_EVERY)):
        if cancelled():
            return None
        whole.flow.extend(some)
        whole.hits.look(some, cancelled)
    return whole


def read_growth(library: Library, ref: SessionRef, known: Known) -> Growth:
    """What is new behind what is known.

    An owner that streams its answer may rewrite the last message: that counts as changed, unless
    text or blocks were only added to it.
    """
    if known.last is not None:
        last, *fresh = tuple(library.messages(ref, known.total - 1)) or (None,)
        if last == known.last:
            return Growth(tuple(fresh), restart=False)
        if last is not None and continues(known.last, last):
            return Growth((last, *fresh), restart=False, continues=True)
    return Growth((), restart=True)


def shift_of(ending: Sequence[Message], messages: Sequence[Message]) -> int:
    """What has to be added to indices that count from the end, now that all messages are known.

    Some may have been written since the ending was read; the first of it is still the same.
    """
    for later in range(min(_MOST_LATER, len(messages) - len(ending)) + 1):
        there = messages[len(messages) - len(ending) - later]
        # Which tokens are whose is not always known that far from the beginning.
        first = ending[0]
        if there.replace(index=first.index, tokens=first.tokens) == first:
            return len(messages) - later
    return len(messages)


class Sought(PlainValue):
    """What is looked for in a transcript.

    Of each of the `groups` of terms one has to stand in a message that is a hit; `roles` are those
    whose messages count, None: all.
    """

    groups: Groups = ()
    in_tools: bool = False
    roles: frozenset[str] | None = None

    @classmethod
    def of(cls, query: Query) -> Sought:
        """What a query looks for."""
        return cls(query.terms, query.in_tools, _roles_of(query) if query.terms else None)

    @property
    def finder(self) -> TermFinder:
        """Finds it."""
        return TermFinder(self.groups)

    def counts(self, message: Message) -> bool:
        """Whether a message may be a hit, by who wrote it."""
        return self.roles is None or message.role.value in self.roles

    def has_title(self, row: SessionRow, hits: int) -> bool:
        """Whether the title is a hit of its own, besides so many messages.

        One that was made of the first prompt is none when that is found; a title has no role.
        """
        if self.roles is not None or (hits and row.title_source == TitleSource.DERIVED):
            return False
        finder = self.finder
        return len(finder.groups_in(row.title)) == finder.group_count > 0

    def texts(self, message: Message) -> Iterator[str]:
        """The texts of a message that are searched."""
        texts = [text_of(block) for block in message.blocks]
        yield "\n".join(text for kind, text in texts if kind not in TOOL_KINDS)
        if self.in_tools:
            yield "\n".join(text for kind, text in texts if kind in TOOL_KINDS)


def _roles_of(query: Query) -> frozenset[str] | None:
    filters = [item for item in query.filters if item.field is FilterField.ROLE]
    if not filters:
        return None
    return frozenset(
        role.value
        for role in Role
        if all((role.value in map(str.casefold, item.values)) != item.negated for item in filters)
    )


class Hits:
    """The messages that are hits, as the index counts them.

    They are those in which all conditions meet, or when there are none, those that meet any. What
    was said and what tools were asked and gave back are different texts of a message.
    """

    def __init__(self, sought: Sought) -> None:
        self._sought = sought
        self._finder = sought.finder
        self._together: list[int] = []
        self._apart: list[int] = []

    @property
    def indices(self) -> tuple[int, ...]:
        """The indices of the messages."""
        return tuple(self._together or self._apart)

    def look(self, messages: Sequence[Message], cancelled: Cancelled) -> None:
        """Look at (more) messages; ends early when the answer is no longer wanted."""
        finder = self._finder
        for number, message in enumerate(messages if finder else ()):
            if number % _CHECK_EVERY == 0 and cancelled():
                return
            if not self._sought.counts(message):
                continue
            for known in (self._together, self._apart):
                if known and known[-1] == message.index:
                    known.pop()  # It goes on: what was missing in it may be there now.
            met = [finder.groups_in(text) for text in self._sought.texts(message)]
            if any(len(groups) == finder.group_count for groups in met):
                self._together.append(message.index)
            elif any(met):
                self._apart.append(message.index)
