"""Sessions that were spawned by or forked from others, and how they stand below those. Pure.

What a store says of parents may be anything: a parent that is not in the list, itself, or a ring.
A link that would close a ring is left out; every row stands in the list once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.domain.value import PlainValue
from sessiontui.domain.verdict import VerdictStatus

_URGENCY = {
    VerdictStatus.WAITING.value: 4,
    VerdictStatus.ERROR.value: 3,
    VerdictStatus.STUCK.value: 2,
    VerdictStatus.RUNNING.value: 1,
}
Rows = tuple[SessionRow, ...]


class Below(PlainValue):
    """What stands below a session, at any depth."""

    sessions: int = 0
    newest: float | None = None
    """The latest activity among them, in seconds."""
    urgent: str | None = None
    """The most urgent status among them; None when none is urgent."""


class Kin(PlainValue):
    """How a row stands in its family.

    `last` says for each level above it whether that one is the last of its siblings; it is empty
    at the top. `of` is the title of a parent that is not in the list.
    """

    last: tuple[bool, ...] = ()
    below: Below = Below()
    is_open: bool = False
    of: str | None = None


ALONE = Kin()


class Families(PlainValue):
    """The links between the rows of a list. Only sessions that have any are in these mappings."""

    children: Mapping[SessionRef, Rows] = MappingProxyType({})
    """In the order of the list."""
    parents: Mapping[SessionRef, SessionRow] = MappingProxyType({})
    below: Mapping[SessionRef, Below] = MappingProxyType({})

    def __bool__(self) -> bool:
        return bool(self.children)

    def above(self, ref: SessionRef) -> tuple[SessionRef, ...]:
        """The parent of a session, its parent and so on."""
        found: list[SessionRef] = []
        while ref in self.parents:
            ref = self.parents[ref].ref
            found.append(ref)
        return tuple(found)

    def members(self, row: SessionRow) -> Iterator[SessionRow]:
        """A session and all that stand below it."""
        return self.shown(row, self.children)

    def shown(self, row: SessionRow, unfolded: Collection[SessionRef]) -> Iterator[SessionRow]:
        """A session and those below it that are seen, from top to bottom."""
        waiting = [row]
        while waiting:
            at = waiting.pop()
            yield at
            if at.ref in unfolded:
                waiting += reversed(self.children.get(at.ref, ()))

    def kin(self, ref: SessionRef, unfolded: Collection[SessionRef]) -> Kin:
        """How a session stands in its family."""
        if ref not in self.children and ref not in self.parents:
            return ALONE
        last: list[bool] = []
        at = ref
        while at in self.parents:
            parent = self.parents[at].ref
            last.append(self.children[parent][-1].ref == at)
            at = parent
        below = self.below.get(ref, ALONE.below)
        return Kin(tuple(reversed(last)), below, ref in unfolded and below.sessions > 0)


NO_FAMILIES = Families()


def families_of(rows: Sequence[SessionRow]) -> Families:
    """Find the links between the rows of a list."""
    named = {row.parent for row in rows if row.parent is not None}
    if not named:
        return NO_FAMILIES
    present = {row.ref: row for row in rows if row.ref in named}
    roots = _Roots()
    children: dict[SessionRef, list[SessionRow]] = {}
    parents: dict[SessionRef, SessionRow] = {}
    for row in rows:
        parent = None if row.parent is None else present.get(row.parent)
        if parent is not None and row.ref not in parents and roots.join(row.ref, parent.ref):
            parents[row.ref] = parent
            children.setdefault(parent.ref, []).append(row)
    held = {ref: tuple(found) for ref, found in children.items()}
    return Families(held, parents, _below(held, parents))


class _Roots:
    """Which tree a session is in, while trees are joined."""

    def __init__(self) -> None:
        self._up: dict[SessionRef, SessionRef] = {}

    def join(self, child: SessionRef, parent: SessionRef) -> bool:
        """Hang a tree below a session; False when that session is in the tree itself."""
        root = self._root(parent)
        if root == child:
            return False
        self._up[child] = root
        return True

    def _root(self, ref: SessionRef) -> SessionRef:
        path: list[SessionRef] = []
        while ref in self._up:
            path.append(ref)
            ref = self._up[ref]
        for passed in path:
            self._up[passed] = ref
        return ref


def _below(
    children: Mapping[SessionRef, Rows], parents: Mapping[SessionRef, SessionRow]
) -> dict[SessionRef, Below]:
    found: dict[SessionRef, Below] = {}
    for top in [ref for ref in children if ref not in parents]:
        order = [top]
        for ref in order:
            order += [child.ref for child in children.get(ref, ())]
        for ref in reversed(order):
            if ref in children:
                found[ref] = _summed(children[ref], found)
    return found


def _summed(children: Iterable[SessionRow], found: Mapping[SessionRef, Below]) -> Below:
    count, newest, urgent = 0, None, None
    for row in children:
        below = found.get(row.ref, ALONE.below)
        count += 1 + below.sessions
        newest = later(newest, later(row.last_activity, below.newest))
        urgent = more_urgent(urgent, more_urgent(row.status, below.urgent))
    return Below(count, newest, urgent)


def later(one: float | None, other: float | None) -> float | None:
    """The later of two times, either of which may be unknown."""
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)


def more_urgent(one: str | None, other: str | None) -> str | None:
    """The more urgent of two statuses; None when neither is urgent."""
    first, second = (_URGENCY.get(status or "", 0) for status in (one, other))
    if not first and not second:
        return None
    return one if first >= second else other


def tops(rows: Sequence[SessionRow], families: Families, *, by: str = "best") -> Rows:
    """The rows that stand at the top, each once, in the order of the list.

    A family stands where its first member would stand (`best`), where its last one would (`worst`:
    a list turned around), or where its oldest ancestor stands (`own`).
    """
    if not families:
        return tuple(rows)
    parents = families.parents
    if by == "own":
        return tuple(row for row in rows if row.ref not in parents)
    found: dict[SessionRef, SessionRow] = {}
    known: dict[SessionRef, SessionRow] = {}
    for row in reversed(rows) if by == "worst" else rows:
        top, passed = row, []
        while top.ref in parents and top.ref not in known:
            passed.append(top.ref)
            top = parents[top.ref]
        top = known.get(top.ref, top)
        known.update(dict.fromkeys(passed, top))
        found.setdefault(top.ref, top)
    ordered = tuple(found.values())
    return ordered[::-1] if by == "worst" else ordered
