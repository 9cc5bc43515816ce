"""How the rows of an answer are laid out: in groups, in families, with what telling needs. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from operator import indexOf, itemgetter
from pathlib import Path
from types import MappingProxyType

from sessiontui.domain.query import Query
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.domain.value import PlainValue
from sessiontui.domain.words import folder_words
from sessiontui.services.looked_at import Looks
from sessiontui.ui.list_order import Grouping, ListOrder, ListSort
from sessiontui.ui.widgets.column_plan import PLACES, Needs, measure
from sessiontui.ui.widgets.families import ALONE, NO_FAMILIES, Families, Kin, families_of, tops
from sessiontui.ui.widgets.look_alikes import LookAlikes
from sessiontui.ui.widgets.session_groups import (
    Group,
    GroupContext,
    Section,
    by_day,
    by_name,
    by_state,
    laid_out,
    numbered,
    spread,
)

_REF = itemgetter(0)
_NOTE_CELLS = 12
"""What titles need besides when something is to be said after them."""
_BY_TIME = frozenset({ListSort.ACTIVITY, ListSort.RELEVANCE})


class Wishes(PlainValue):
    """How rows shall be laid out.

    `kept_new` stay among the new ones although they were looked at: nothing moves under the
    reader's hand. `parent_titles` are those of sessions that are not among the rows.
    """

    order: ListOrder = ListOrder()
    grouping: Grouping = Grouping.STATE
    looks: Looks = Looks()
    kept_new: Collection[SessionRef] = frozenset()
    parent_titles: Mapping[SessionRef, str] = MappingProxyType({})


NO_WISHES = Wishes()


class Arrangement(PlainValue):
    """Rows in the order of the list, as far as they are unfolded, and their groups.

    Without groups there are no headings.
    """

    rows: tuple[SessionRow, ...] = ()
    groups: tuple[Group, ...] = ()
    families: Families = NO_FAMILIES
    unfolded: Collection[SessionRef] = frozenset()
    new: Collection[SessionRef] = frozenset()
    """The sessions that are to be looked at."""
    needs: Needs = Needs()
    look_alikes: LookAlikes = LookAlikes()
    parent_titles: Mapping[SessionRef, str] = MappingProxyType({})
    is_spread: bool = False
    """All families are unfolded, whatever was folded: text is searched."""

    def position(self, ref: SessionRef, near: int = 0) -> int | None:
        """Where a session stands, looking around `near` first; None when it is not seen."""
        for index in range(max(0, near - 2), min(len(self.rows), near + 3)):
            if self.rows[index].ref == ref:
                return index
        try:
            return indexOf(map(_REF, self.rows), ref)
        except ValueError:
            return None

    def holds(self, ref: SessionRef) -> bool:
        """Whether a session is in the list, seen or folded away."""
        return ref in self.families.parents or self.position(ref) is not None

    @property
    def every_row(self) -> Iterable[SessionRow]:
        """All rows, seen or folded away."""
        if not self.families:
            return self.rows
        seen = set(map(_REF, self.rows))
        hidden = chain.from_iterable(self.families.children.values())
        return chain(self.rows, (row for row in hidden if row.ref not in seen))

    @property
    def sessions(self) -> int:
        """How many sessions there are, seen or folded away."""
        if not self.families:
            return len(self.rows)
        return sum(1 for _ in self.every_row)

    def kin(self, row: SessionRow) -> Kin:
        """How a row stands in its family."""
        if row.parent is not None and row.ref not in self.families.parents:
            title = self.parent_titles.get(row.parent)
            if title is not None:
                return self.families.kin(row.ref, self.unfolded).replace(of=title)
        return self.families.kin(row.ref, self.unfolded) if self.families else ALONE

    def with_unfolded(self, refs: Collection[SessionRef]) -> Arrangement:
        """The same with the children of these sessions in view. Of one in which none are."""
        opened = frozenset(ref for ref in refs if ref in self.families.children)
        if not opened or self.is_spread:
            return self
        heads = {(ref, *self.families.above(ref))[-1] for ref in opened}
        rows: list[SessionRow] = []
        grown: list[tuple[int, int]] = []
        done = 0
        for place, row in enumerate(self.rows):
            if row.ref in heads:
                shown = tuple(self.families.shown(row, opened))
                rows += self.rows[done:place]
                rows += shown
                grown.append((place, len(shown) - 1))
                done = place + 1
        rows += self.rows[done:]
        groups = tuple(spread(self.groups, grown))
        return self.replace(rows=tuple(rows), groups=groups, unfolded=opened)

    def group_refs(self, tone: str) -> frozenset[SessionRef]:
        """The sessions in view in the groups of a tone."""
        found = (self.rows[group.start : group.start + group.size] for group in self.groups
                 if group.tone == tone)  # fmt: skip
        return frozenset(row.ref for row in chain.from_iterable(found))


def arrange(
    rows: Sequence[SessionRow], query: Query, now: datetime, wishes: Wishes = NO_WISHES
) -> Arrangement:
    """Lay out the rows of a query, all families folded.

    While text is searched they stand in one run, and nothing is folded. `now` is aware; days are
    those of its own time zone.
    """
    order, grouping = wishes.order, effective_grouping(wishes.grouping, wishes.order, query)
    families = families_of(rows)
    sort = order.sort_for(query)
    by = ("worst" if order.reverse else "best") if sort in _BY_TIME else "own"
    heads = tops(rows, families, by=by)
    new = new_sessions(rows, wishes.looks)
    needs = measure(rows, _AGENT_FIRST if sort is ListSort.AGENT else _PLACES.get(grouping, PLACES))
    needs = needs.replace(first=_COLUMNS.get(sort), by_creation=sort is ListSort.CREATED)
    look_alikes = LookAlikes.among(rows, families.parents)
    if look_alikes or wishes.parent_titles:
        needs = needs.replace(title=needs.title + _NOTE_CELLS)
    arrangement = Arrangement(
        heads,
        (),
        families,
        new=new,
        needs=needs,
        look_alikes=look_alikes,
        parent_titles=wishes.parent_titles,
    )
    if query.searches_text:
        spread_out = arrangement.with_unfolded(families.children.keys())
        return spread_out.replace(is_spread=True)
    context = GroupContext(
        now, families, new.union(wishes.kept_new), by_creation=sort is ListSort.CREATED
    )
    sections = _sections(grouping, heads, context)
    if sections is None:
        return arrangement
    ordered, groups = laid_out(sections, families)
    return arrangement.replace(rows=ordered, groups=groups)


_COLUMNS = {
    # What the rows are ordered by is shown first.
    ListSort.MESSAGES: "messages",
    ListSort.SIZE: "size",
    ListSort.STORE: "format",
    ListSort.AGENT: "place",
}
_AGENT_FIRST = ("agent", "workspace", "channel")
_PLACES = {
    # What the heading says already need not stand in each row.
    Grouping.WORKSPACE: ("agent", "channel"),
    Grouping.AGENT: ("workspace", "channel"),
}


def effective_grouping(grouping: Grouping, order: ListOrder, query: Query) -> Grouping:
    """The grouping that can be shown: hits stand best first, and days need an order by time."""
    if query.searches_text:
        return Grouping.NONE
    if grouping is Grouping.STATE:
        plain = order.sort_for(query) is ListSort.ACTIVITY and not order.reverse
        return grouping if plain else Grouping.NONE
    if grouping is Grouping.DAY and not order.is_by_time(query):
        return Grouping.NONE
    return grouping


def _sections(
    grouping: Grouping, heads: Sequence[SessionRow], context: GroupContext
) -> list[Section] | None:
    match grouping:
        case Grouping.STATE:
            return by_state(heads, context)
        case Grouping.DAY:
            return numbered(by_day(heads, context))
        case Grouping.WORKSPACE:
            return numbered(_below_home(by_name(heads, lambda row: row.workspace, "no workspace")))
        case Grouping.STORE:
            return numbered(by_name(heads, lambda row: row.ref.store, "no store"))
        case Grouping.AGENT:
            return numbered(by_name(heads, lambda row: row.agent, "no agent"))
        case Grouping.NONE:
            return None


def _below_home(sections: Iterable[Section]) -> list[Section]:
    home = Path.home()
    return [section._replace(title=folder_words(section.title, home)) for section in sections]


def new_sessions(rows: Iterable[SessionRow], looks: Looks) -> frozenset[SessionRef]:
    """The sessions that moved since they were looked at."""
    since = looks.left_at
    return frozenset(
        row.ref
        for row in rows
        if row.last_activity is not None
        and row.last_activity > since
        and looks.is_new(row.ref, row.last_activity)
    )
