"""What a clear would remove, told before it is done. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from sessiontui.domain.backend import ClearOnly, ClearScope
from sessiontui.domain.indexed_text import text_of
from sessiontui.domain.message import Block, Message
from sessiontui.domain.value import PlainValue


class ClearEstimate(PlainValue):
    """How many messages would go or be cut, and about how many bytes that frees."""

    messages: int
    size_bytes: int


def estimate_clear(messages: Iterable[Message], scope: ClearScope) -> ClearEstimate:
    """What a clear of that scope would take from a transcript; sizes are those of the texts."""
    count = size = 0
    for message in messages:
        if scope.before is not None and message.index >= scope.before:
            break
        taken = [block for block in message.blocks if _is_taken(block, scope.only)]
        if taken or scope.only is None:
            count += 1
            size += sum(map(_size, taken))
    return ClearEstimate(count, size)


def _is_taken(block: Block, only: ClearOnly | None) -> bool:
    match only:
        case None:
            return True
        case ClearOnly.TOOL_OUTPUT:
            return block.kind == "tool_result"
        case ClearOnly.MEDIA:
            return block.kind == "media"


def _size(block: Block) -> int:
    if block.kind == "media":
        return block.size_bytes or 0
    return len(text_of(block)[1].encode("utf-8", "replace"))
