"""Text for the search index: plain values, cheap to make by the million."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from sessiontui.domain.message import Block, Message
from sessiontui.domain.session import Session
from sessiontui.domain.value import PlainValue


class TextKind(StrEnum):
    """What a piece of indexed text is."""

    TEXT = "text"
    THINKING = "thinking"
    TOOL_CALL = "tool_call"
    TOOL_RESULT = "tool_result"
    TOOL_ERROR = "tool_error"
    MEDIA = "media"
    DAMAGED = "damaged"


TOOL_KINDS = frozenset({TextKind.TOOL_CALL, TextKind.TOOL_RESULT, TextKind.TOOL_ERROR})
"""What tools were asked and what they gave back."""


class TextItem(NamedTuple):
    """A piece of text for the search index: plain values, several may share a message index.

    `at` is in seconds since the epoch, or None. `human` as in `Message`.
    """

    message_index: int
    role: str
    kind: TextKind
    at: float | None
    human: bool
    text: str


class TextBatch(PlainValue):
    """What is new in a session since a cursor.

    `restart`: the items are the whole session again, forget what was read before. `cursor` is an
    opaque string to give back the next time. `session` is the session as it is after these items,
    where only reading its texts tells everything about it. `more`: there is more to be read, by
    the cursor; `session` is not known before all is.
    """

    items: list[TextItem]
    cursor: str
    restart: bool
    session: Session | None = None
    more: bool = False


LONGEST_BATCH = 4_000_000
"""Characters after which a batch may end before the session does: what tools gave back can be more
than is good to hold at once."""


class BatchSize:
    """How much text there is in the items of a batch that grows."""

    def __init__(self, items: list[TextItem]) -> None:
        self._items = items
        self._counted = self._characters = 0

    @property
    def is_enough(self) -> bool:
        """Whether the rest is for another batch."""
        self._characters += sum(len(item.text) for item in self._items[self._counted :])
        self._counted = len(self._items)
        return self._characters >= LONGEST_BATCH


_KINDS = {"text": TextKind.TEXT, "thinking": TextKind.THINKING, "tool_call": TextKind.TOOL_CALL}


def text_of(block: Block) -> tuple[TextKind, str]:
    """The indexed text of one block. Images and unreadable bytes give no words."""
    match block.kind:
        case "text" | "thinking":
            return _KINDS[block.kind], block.text
        case "tool_call":
            return TextKind.TOOL_CALL, f"{block.name} {json_words(block.arguments)}".rstrip()
        case "tool_result":
            kind = TextKind.TOOL_ERROR if block.is_error else TextKind.TOOL_RESULT
            return kind, block.text
        case "media":
            return TextKind.MEDIA, block.name or ""
        case "damaged":
            return TextKind.DAMAGED, ""
        case "opaque":
            return TextKind.TOOL_RESULT, json_words(block.data)


def json_words(value: object) -> str:
    """The words of a JSON value: its keys and scalars, without punctuation."""
    match value:
        case None:
            return ""
        case str():
            return value
        case Mapping():
            return " ".join(f"{key} {json_words(item)}" for key, item in value.items())
        case list() | tuple():
            return " ".join(json_words(item) for item in value)
        case _:
            return str(value)


def texts_of(messages: Iterable[Message]) -> Iterator[TextItem]:
    """The indexed text of whole messages."""
    for message in messages:
        at = message.created_at.timestamp() if message.created_at else None
        for block in message.blocks:
            kind, text = text_of(block)
            yield TextItem(message.index, message.role.value, kind, at, message.human, text)
