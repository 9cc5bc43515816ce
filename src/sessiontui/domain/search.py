"""Hits: where a query was found."""

from __future__ import annotations

from enum import IntEnum, StrEnum

from sessiontui.domain.session import SessionRow
from sessiontui.domain.value import PlainValue


class Tier(StrEnum):
    """Which part of the index a hit stands in."""

    TITLE = "title"
    TEXT = "text"
    TOOLS = "tools"


class IndexTier(IntEnum):
    """How far a session is indexed; every tier includes the ones before it.

    `TEXT` is the conversation: what was said, the agent's thinking, and the names of media.
    `TOOLS` is what tools were asked and gave back.
    """

    ROWS = 0
    TEXT = 1
    TOOLS = 2


class SearchHit(PlainValue):
    """One hit; `message_index` is None for a title, `matches` are offsets in the snippet."""

    tier: Tier
    message_index: int | None
    role: str | None
    at: float | None
    snippet: str
    matches: tuple[tuple[int, int], ...]


class SessionHits(PlainValue):
    """One session of a search result with its best hits, best first."""

    row: SessionRow
    score: float
    hit_count: int
    hit_count_exact: bool
    hits: tuple[SearchHit, ...]


class HitPage(PlainValue):
    """The answer to one search; `corrected` is the query answered instead, if it was another."""

    items: tuple[SessionHits, ...]
    total: int | None
    corrected: str | None = None
