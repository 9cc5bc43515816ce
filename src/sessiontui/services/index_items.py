"""Indexed texts as the index holds them: one for each message and tier. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from sessiontui.domain.indexed_text import TOOL_KINDS, TextItem, TextKind
from sessiontui.domain.search import IndexTier
from sessiontui.services.index_schema import ROLE_CODES, Has
from sessiontui.services.index_words import storable

LONGEST_TEXT = 1_000_000
"""Characters of one item; longer texts are split, so that showing a hit stays cheap."""

_HAS = {
    TextKind.TOOL_CALL: int(Has.TOOLS),
    TextKind.TOOL_RESULT: int(Has.TOOLS),
    TextKind.TOOL_ERROR: int(Has.TOOLS | Has.ERROR),
    TextKind.MEDIA: int(Has.MEDIA),
}
_SPEAKER_OF = itemgetter(TextItem._fields.index("role"), TextItem._fields.index("kind"))
_OTHER_ROLE = ROLE_CODES["other"]


class IndexItem(NamedTuple):
    """What one message says in one tier; `place` is the message's index, `role` its code."""

    place: int
    role: int
    at: float | None
    text: str


class Contents(NamedTuple):
    """The bit sets of the roles that speak, and of what the messages hold (`Has`)."""

    roles: int
    has: int


def contents_of(items: Iterable[TextItem]) -> Contents:
    """What is in some texts."""
    roles = has = 0
    for role, kind in set(map(_SPEAKER_OF, items)):
        roles |= 1 << ROLE_CODES.get(role, _OTHER_ROLE)
        has |= _HAS.get(kind, 0)
    return Contents(roles, has)


def packed(text: str) -> bytes:
    """Tool output as it is held beside its words."""
    return zlib.compress(text.encode(), 1)


def unpacked(body: Any) -> str:
    """The text of `packed`."""
    return zlib.decompress(body).decode()


def items_of(items: Iterable[TextItem], tier: IndexTier) -> list[IndexItem]:
    """The texts of one tier, one for each message; what one message says belongs together."""
    of_tools = tier is IndexTier.TOOLS
    found: list[IndexItem] = []
    held: TextItem | None = None
    texts: list[str] = []
    for item in items:
        text = item.text
        if not text or (item.kind in TOOL_KINDS) != of_tools or text.isspace():
            continue
        if held is not None and item.message_index == held.message_index:
            texts.append(text)
            continue
        if held is not None:
            found.extend(_joined(held, texts))
        held, texts = item, [text]
    if held is not None:
        found.extend(_joined(held, texts))
    return found


def _joined(first: TextItem, texts: Sequence[str]) -> Iterable[IndexItem]:
    role = ROLE_CODES.get(first.role, _OTHER_ROLE)
    text = storable(texts[0] if len(texts) == 1 else "\n".join(texts))
    item = IndexItem(first.message_index, role, first.at, text)
    return (item,) if len(text) <= LONGEST_TEXT else split_item(item)


def split_item(item: IndexItem) -> Iterator[IndexItem]:
    """The same in parts of at most `LONGEST_TEXT`, cut between words where there are any."""
    text, start = item.text, 0
    while len(text) - start > LONGEST_TEXT:
        longest = start + LONGEST_TEXT
        end = text.rfind(" ", start + LONGEST_TEXT // 2, longest) + 1 or longest
        yield item._replace(text=text[start:end])
        start = end
    yield item._replace(text=text[start:]) if start else item
