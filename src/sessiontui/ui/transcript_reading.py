"""Reads transcripts for the screens: a part at once, the rest after it, growth as it comes.

These functions block and run in threads; `cancelled` says whether their answer is still wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sessiontui.domain.indexed_text import TextKind, text_of
from sessiontui.domain.message import Message
from sessiontui.domain.session import SessionRef
from sessiontui.services.library import Library
from sessiontui.ui.widgets.term_marks import TermFinder
from sessiontui.ui.workbench import Cancelled

WINDOW = 300
"""Messages read before anything is shown."""
_BEFORE_HIT = 60
_CHECK_EVERY = 256

_CONVERSATION = frozenset({TextKind.TEXT, TextKind.THINKING})


class Reading(NamedTuple):
    """Messages of a session in their order; `complete` when they are all of them."""

    messages: tuple[Message, ...]
    complete: bool


class Growth(NamedTuple):
    """What became of a transcript since it was read.

    `messages` are those to add at the end; with `restart` they are the whole transcript again,
    because what was read before has changed.
    """

    messages: tuple[Message, ...]
    restart: bool


def read_window(library: Library, ref: SessionRef, around: int | None) -> Reading:
    """The messages around an index, or the last ones."""
    if around is None:
        messages = tuple(library.messages(ref, -WINDOW))
        return Reading(messages, complete=not messages or messages[0].index == 0)
    start = max(0, around - _BEFORE_HIT)
    messages = tuple(library.messages(ref, start, start + WINDOW))
    return Reading(messages, complete=start == 0 and len(messages) < WINDOW)


def read_all(library: Library, ref: SessionRef, cancelled: Cancelled) -> Reading | None:
    """The whole transcript; None when it was cancelled on the way."""
    messages: list[Message] = []
    for message in library.messages(ref):
        if len(messages) % _CHECK_EVERY == 0 and cancelled():
            return None
        messages.append(message)
    return Reading(tuple(messages), complete=True)


def read_growth(library: Library, ref: SessionRef, known: Sequence[Message]) -> Growth:
    """What is new after the messages known. They must be a whole transcript.

    An owner that streams its answer rewrites the last message: that counts as changed.
    """
    if not known:
        return Growth(tuple(library.messages(ref)), restart=True)
    last, *fresh = tuple(library.messages(ref, len(known) - 1)) or (None,)
    if last == known[-1]:
        return Growth(tuple(fresh), restart=False)
    return Growth(tuple(library.messages(ref)), restart=True)


def hit_indices(
    messages: Sequence[Message], terms: tuple[str, ...], *, in_tools: bool, cancelled: Cancelled
) -> tuple[int, ...]:
    """The indices of the messages that hold a term."""
    finder = TermFinder(terms)
    if not finder:
        return ()
    found: list[int] = []
    for number, message in enumerate(messages):
        if number % _CHECK_EVERY == 0 and cancelled():
            return ()
        for block in message.blocks:
            kind, text = text_of(block)
            if (in_tools or kind in _CONVERSATION) and finder.found_in(text):
                found.append(message.index)
                break
    return tuple(found)
