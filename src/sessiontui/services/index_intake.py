"""Writes texts into the index while others read more of them.

While SQLite takes in the words of what was read, on a thread of its own, the next texts are read:
both take about as long, and only one of them needs the interpreter.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from typing import Protocol

from sessiontui.domain.value import PlainValue
from sessiontui.services.index_bulk import Spellings
from sessiontui.services.index_sync_run import SyncRun
from sessiontui.services.index_texts import ReadText
from sessiontui.services.search_index import SearchIndex
from sessiontui.storage.undisturbed import undisturbed

_MOST_AHEAD = 4
"""So many chunks are read ahead at most, which bounds the memory that they take."""


_MANY_TEXTS = 200
"""A first chunk of so many texts begins a cold build."""
_LATER_PATIENCE = 4
"""Something is found soon, by a first short transaction; longer ones after that cost less."""


class Reader(Protocol):
    """Whoever reads the texts of one store, and is told what came of them."""

    def committed(self, sessions: int, appeared: set[str], changed: set[str]) -> None:
        """So many sessions are written; the keys of new rows, and of rows that changed."""


class Chunk(PlainValue):
    """Texts of one store, read and ready: all is done that can be before their turn."""

    reader: Reader
    texts: list[ReadText]
    spelled: Spellings


def take_in(index: SearchIndex, run: SyncRun, chunks: Iterator[Chunk]) -> None:
    """Write chunk after chunk, in transactions of a bounded time, reading ahead meanwhile.

    Raises what reading raises; what is committed stays.
    """
    ahead = deque(_next(chunks))
    patience = 1
    much = bool(ahead) and len(ahead[0].spelled) >= _MANY_TEXTS
    while ahead:
        written: list[tuple[Chunk, set[str], set[str]]] = []
        with undisturbed(), index.changing() as change, change.beside() as beside:
            if much and patience == 1:
                change.merge_beside_writing(merge=False)
            end = run.commit_time(patience)
            while ahead:
                chunk = ahead.popleft()
                beside.join()
                change.appeared, change.changed = set(), set()
                beside.run(change.begin_texts(chunk.texts, chunk.spelled))
                written.append((chunk, change.appeared, change.changed))
                if len(ahead) < _MOST_AHEAD:
                    ahead.extend(_next(chunks))
                if time.monotonic() >= end:
                    break
            beside.join()
            change.finish()
            beside.run((), commit=True)
            while beside.is_busy and len(ahead) < _MOST_AHEAD and (more := _next(chunks)):
                ahead.extend(more)
            beside.join()
        patience = _LATER_PATIENCE
        for chunk, appeared, changed in written:
            chunk.reader.committed(len(chunk.texts), appeared, changed)
        ahead.extend(() if ahead else _next(chunks))
    if much:
        with index.changing() as change:
            change.merge_beside_writing(merge=True)


def _next(chunks: Iterator[Chunk]) -> tuple[Chunk, ...]:
    chunk = next(chunks, None)
    return () if chunk is None else (chunk,)
