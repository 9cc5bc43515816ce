"""The order of a conversation: by the chain of parents, and by the file where that says nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from sessiontui.domain.value import PlainValue
from sessiontui.records.claude_code_lines import Entry

_RECENT = 16
_AWAITED = 50
_ENDING = 12
"""Characters at the end of an id by which it is known again later: 48 random bits."""


class Link(PlainValue):
    """The place of a record in the chain: its own id, and that of the record it follows."""

    uuid: str | None
    parent: str | None


class OutOfOrder(Exception):
    """A record has come whose children were taken in long ago: all has to be read again."""


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


class Chain:
    """Finds the order of records that come in parts, and what has to be remembered for that.

    `recent` are the last records' ids, `awaited` are parents that have not come yet; both by their
    endings.
    """

    def __init__(self, recent: Iterable[str] = (), awaited: Iterable[str] = ()) -> None:
        self._recent = list(recent)
        self._awaited = dict.fromkeys(awaited)
        self._parts: list[list[str]] = []
        self._known: set[str] = set()
        self._merged = 0
        self._last: str | None = None

    @property
    def recent(self) -> list[str]:
        """The endings of the last records' ids."""
        backwards = (uuid for part in reversed(self._parts) for uuid in reversed(part))
        found = [uuid[-_ENDING:] for uuid in islice(backwards, _RECENT)]
        return [*self._recent, *reversed(found)][-_RECENT:]

    @property
    def awaited(self) -> list[str]:
        """The endings of parents that have not come yet; only the last ones are waited for."""
        return list(self._awaited)[-_AWAITED:]

    def order_of(self, entries: Sequence[Entry]) -> list[int] | None:
        """The order of the records that come next; None when it is that of the file.

        Raises `OutOfOrder` when records taken in before belong behind one of them.
        """
        uuids = [one.uuid for one in entries if one.uuid is not None]
        if not uuids:
            return None
        if self._awaited and any(uuid[-_ENDING:] in self._awaited for uuid in uuids):
            raise OutOfOrder
        # Nearly every record follows the one before it, and then there is nothing to look up.
        parents = [one.parent_uuid for one in entries if one.uuid is not None]
        order = None
        if parents[0] != self._last or parents[1:] != uuids[:-1]:
            order = self._looked_up(entries)
        self._parts.append(uuids)
        self._last = uuids[-1]
        return order

    def _looked_up(self, entries: Sequence[Entry]) -> list[int] | None:
        position: dict[str, int] = {}
        for index, entry in enumerate(entries):
            if entry.uuid is not None:
                position.setdefault(entry.uuid, index)
        ahead: set[int] = set()
        before = self._last
        for index, entry in enumerate(entries):
            parent = entry.parent_uuid
            if parent == before or entry.uuid is None:
                before = entry.uuid or before
                continue
            before = entry.uuid
            parent = parent or entry.logical_parent_uuid
            if parent is None:
                continue
            place = position.get(parent)
            if (place is None or place > index) and not self.came_before(parent):
                if place is None:
                    self._awaited[parent[-_ENDING:]] = None
                else:
                    ahead.add(index)
        if not ahead:
            return None
        return arranged(
            [
                Link(entry.uuid, entry.parent if index in ahead else None)
                for index, entry in enumerate(entries)
            ]
        )

    def came_before(self, uuid: str) -> bool:
        """Whether a record was in what is known of the parts before."""
        for part in self._parts[self._merged :]:
            self._known.update(part)
        self._merged = len(self._parts)
        return uuid in self._known or uuid[-_ENDING:] in self._recent
