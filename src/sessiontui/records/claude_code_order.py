"""The order of a conversation: by the chain of parents, and by the file where that says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Link(NamedTuple):
    """The place of a record in the chain: its own id, and that of the record it follows."""

    uuid: str | None
    parent: str | None


def arranged(links: Sequence[Link]) -> list[int]:
    """The positions of records in conversation order.

    A record whose parent stands later comes directly after it. Records in a circle come last.
    """
    position: dict[str, int] = {}
    for index, link in enumerate(links):
        if link.uuid is not None:
            position.setdefault(link.uuid, index)
    waiting: dict[int, list[int]] = {}
    for index, link in enumerate(links):
        ahead = -1 if link.parent is None else position.get(link.parent, -1)
        if ahead > index:
            waiting.setdefault(ahead, []).append(index)
    if not waiting:
        return list(range(len(links)))
    held = {index for indices in waiting.values() for index in indices}
    order: list[int] = []
    for index in range(len(links)):
        if index in held:
            continue
        placing = [index]
        while placing:
            placed = placing.pop()
            order.append(placed)
            placing.extend(reversed(waiting.get(placed, ())))
    placed_all = set(order)
    order.extend(index for index in range(len(links)) if index not in placed_all)
    return order
