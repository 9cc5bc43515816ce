"""The values that the sessions have for a filter: what can be completed in the search box."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sessiontui.domain.query import FilterField
from sessiontui.services.index_database import IndexDatabase
from sessiontui.services.index_words import exact, from_exact

MOST_VALUES = 1_000
"""So many are enough to choose from; the most common ones come first."""

_COLUMNS = {
    FilterField.AGENT: "agent",
    FilterField.CHANNEL: "channel",
    FilterField.DIR: "workspace",
    FilterField.FORMAT: "format",
    FilterField.REPO: "repo",
    FilterField.STORE: "store",
}
_FOLDED = frozenset({"agent", "channel", "repo", "workspace"})
"""Columns that are compared without case: spellings of one value count as one."""


class FilterValue(NamedTuple):
    """A value, and how many sessions have it."""

    value: str
    sessions: int


def filter_values(
    database: IndexDatabase, field: FilterField, stores: Sequence[str]
) -> tuple[FilterValue, ...]:
    """The values of a field in some stores, those of most sessions first.

    Empty for a field whose values are no names. Raises `IndexBroken`, `StoreBusy`.
    """
    column = _COLUMNS.get(field)
    if column is None or not stores:
        return ()
    same = f"{column}_folded" if column in _FOLDED else column
    marks = ", ".join("?" * len(stores))
    with database.reading() as connection:
        found = connection.execute(
            f"SELECT min({column}), count(*) FROM session "
            f"WHERE store IN ({marks}) AND {column} IS NOT NULL AND {column} != '' "
            f"GROUP BY {same} ORDER BY count(*) DESC, {same} LIMIT {MOST_VALUES}",
            [exact(store) for store in stores],
        ).fetchall()
    return tuple(FilterValue(from_exact(value), sessions) for value, sessions in found)
