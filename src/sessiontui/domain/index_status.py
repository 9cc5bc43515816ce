"""How the search index is: what `index status` shows."""

from __future__ import annotations

from pathlib import Path

from sessiontui.domain.value import PlainValue


class TierStatus(PlainValue):
    """One tier of the index: how much text it holds, and how many sessions wait to be read.

    `size_bytes` None where it is not known. `is_off`: the settings leave this tier out.
    """

    name: str
    items: int
    pending_sessions: int
    size_bytes: int | None = None
    is_off: bool = False

    @property
    def complete(self) -> bool:
        """Whether every session's text is in it."""
        return self.pending_sessions == 0 and not self.is_off


class IndexStatus(PlainValue):
    """The index as a whole; `problem` says why it is not kept in its file.

    Tool output is taken in only as long as the index is smaller than `limit_bytes`.
    """

    path: Path
    size_bytes: int
    generation: int
    sessions: int
    text: TierStatus
    tools: TierStatus
    limit_bytes: int
    problem: str | None = None
