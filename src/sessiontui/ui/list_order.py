"""What a person chose for the list: its order, its grouping, its density. Pure values."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from sessiontui.domain.query import Query, SortKey
from sessiontui.domain.session import SessionRow
from sessiontui.domain.value import PlainValue


class ListSort(StrEnum):
    """The orders, in the order of their key; relevance only while words are searched."""

    RELEVANCE = "relevance"
    ACTIVITY = "activity"
    CREATED = "created"
    TITLE = "title"
    MESSAGES = "messages"
    SIZE = "size"
    STORE = "store"
    AGENT = "agent"


_OF_NAMES = frozenset({ListSort.STORE, ListSort.AGENT})


class Grouping(StrEnum):
    """What the groups are made by, in the order of its key; the value is what the border says."""

    STATE = "state"
    DAY = "day"
    WORKSPACE = "workspace"
    STORE = "store"
    AGENT = "agent"
    NONE = "none"


class Density(StrEnum):
    """How much room a row takes: one line, or a second one with facts."""

    COMPACT = "compact"
    COMFORTABLE = "comfortable"


class ListOrder(PlainValue):
    """`key` None: the query's own order, relevance while words are searched."""

    key: ListSort | None = None
    reverse: bool = False

    def applied(self, query: Query) -> Query:
        """The query in this order; names are put in order by `sorted_rows`."""
        sort = self.sort_for(query)
        if sort in _OF_NAMES:
            return query.replace(sort=SortKey.ACTIVITY, reverse=False)
        return query.replace(sort=SortKey(sort.value), reverse=self.reverse)

    def sort_for(self, query: Query) -> ListSort:
        """The order that a query is shown in."""
        if self.key is None or (self.key is ListSort.RELEVANCE and not query.searches_text):
            return ListSort(query.sort.value)
        return self.key

    def next(self, query: Query) -> ListOrder:
        """The next order for a query, going round."""
        sorts = list(ListSort)[0 if query.searches_text else 1 :]
        current = self.sort_for(query)
        chosen = sorts[(sorts.index(current) + 1) % len(sorts)] if current in sorts else sorts[0]
        return ListOrder(None if chosen is sorts[0] else chosen)

    def sorted_rows(self, rows: Iterable[SessionRow], query: Query) -> tuple[SessionRow, ...]:
        """The rows of the applied query in this order: those with a name first, by name."""
        sort = self.sort_for(query)
        if sort not in _OF_NAMES:
            return tuple(rows)
        name_of = _store_name if sort is ListSort.STORE else _agent_name
        named = [(name_of(row), row) for row in rows]
        found = sorted(
            (item for item in named if item[0]), key=lambda item: item[0], reverse=self.reverse
        )
        found += (item for item in named if not item[0])
        return tuple(row for _, row in found)

    def words(self, query: Query) -> str:
        """The order, for the border of the list: `▾` the usual way, `▴` turned around."""
        return f"by {self.sort_for(query).value} {'▴' if self.reverse else '▾'}"

    def is_by_time(self, query: Query) -> bool:
        """Whether rows of one day stand together."""
        return self.sort_for(query) in {ListSort.ACTIVITY, ListSort.CREATED}


def _store_name(row: SessionRow) -> str:
    return row.ref.store


def _agent_name(row: SessionRow) -> str:
    return (row.agent or "").casefold()


def next_grouping(grouping: Grouping) -> Grouping:
    """The next one, going round."""
    found = list(Grouping)
    return found[(found.index(grouping) + 1) % len(found)]
