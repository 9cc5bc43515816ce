"""Titles of sessions that a list only names, such as the parents of those it shows."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sessiontui.domain.session import SessionRef
from sessiontui.services.index_words import exact, from_exact, storable
from sessiontui.services.search_index import SearchIndex

_AT_ONCE = 500


def held_titles(index: SearchIndex, refs: Collection[SessionRef]) -> Mapping[SessionRef, str]:
    """The titles of these sessions, or their keys; one that the index does not have is left out.

    Raises `IndexBroken`, `StoreBusy`.
    """
    found: dict[SessionRef, str] = {}
    with index.database.reading() as connection:
        for store in {ref.store for ref in refs}:
            keys = [exact(ref.key) for ref in refs if ref.store == store]
            for start in range(0, len(keys), _AT_ONCE):
                some = keys[start : start + _AT_ONCE]
                marks = ", ".join("?" * len(some))
                rows = connection.execute(
                    f"SELECT key, title FROM session WHERE store = ? AND key IN ({marks})",
                    (store, *some),
                )
                for stored, title in rows:
                    key = from_exact(stored)
                    found[SessionRef(store, key)] = title or storable(key)
    return found
