"""What the index is asked."""

from __future__ import annotations

from collections.abc import Sequence

from sessiontui.domain.query import Query
from sessiontui.domain.value import PlainValue
from sessiontui.services.index_filters import Surroundings


class Asked(PlainValue):
    """A query, the ids of the stores that are open, and by what verdicts go, in seconds."""

    query: Query
    stores: Sequence[str]
    now: float
    threshold: float

    @property
    def around(self) -> Surroundings:
        """What filters are judged by."""
        return Surroundings(tuple(self.stores), self.now, self.threshold)
