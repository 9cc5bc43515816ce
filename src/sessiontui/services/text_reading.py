"""Reads texts of one store for the index, and makes them ready to be written. Changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from sessiontui.domain.backend import SessionBackend
from sessiontui.domain.errors import SessionMissing, SessionTuiError
from sessiontui.domain.indexed_text import TOOL_KINDS, TextBatch, TextItem
from sessiontui.domain.search import IndexTier
from sessiontui.domain.value import PlainValue
from sessiontui.services.index_bulk import Spellings
from sessiontui.services.index_sync_run import SyncRun
from sessiontui.services.index_texts import ReadText
from sessiontui.services.search_index import PendingText

_PORTION_CHARACTERS = 1_000_000
"""Text handed over at once: enough to be worth a thread, little enough to begin soon."""
_PORTION_SESSIONS = 500
_FEW_CHARACTERS = 65_536
"""Tool output up to this is taken in with the conversation; reading it again would cost more."""
_ERRORS_IN_A_ROW = 10
"""After so many unreadable sessions, a store counts as unreadable."""


class Portion(PlainValue):
    """Texts that were read, ready to be written, and what became of the other sessions."""

    texts: list[ReadText]
    spelled: Spellings
    missing: tuple[str, ...] = ()
    problems: tuple[SessionTuiError, ...] = ()


class TextReading:
    """Reads the texts of sessions of one store for a tier."""

    def __init__(self, backend: SessionBackend, tier: IndexTier) -> None:
        self._backend = backend
        self._tier = tier

    def portions(
        self, pending: Iterable[PendingText], check: Callable[[], None]
    ) -> Iterator[Portion]:
        """Read session after session. `check` is called before each, to raise what ends it all."""
        texts: list[ReadText] = []
        missing: list[str] = []
        problems: list[SessionTuiError] = []
        characters = 0
        end = SyncRun.commit_time()
        for read in self._each(pending, check, missing, problems):
            texts.append(read)
            characters += sum(len(item.text) for held in read.items.values() for item in held)
            if (
                # What follows in the same session is put behind what stands in the index.
                read.more
                or characters >= _PORTION_CHARACTERS
                or len(texts) >= _PORTION_SESSIONS
                or time.monotonic() >= end
            ):
                yield Portion(texts, _spelled(texts), tuple(missing), tuple(problems))
                missing.clear()
                problems.clear()
                texts, characters = [], 0
                end = SyncRun.commit_time()
        if texts or missing or problems:
            yield Portion(texts, _spelled(texts), tuple(missing), tuple(problems))

    def _each(
        self,
        pending: Iterable[PendingText],
        check: Callable[[], None],
        missing: list[str],
        problems: list[SessionTuiError],
    ) -> Iterator[ReadText]:
        """What can be read; what cannot is noted in the lists."""
        in_a_row = 0
        for text in pending:
            rest: PendingText | None = text
            while rest is not None:
                check()
                try:
                    read = self.read(rest)
                except SessionMissing:
                    missing.append(text.key)
                    break
                except SessionTuiError as error:
                    problems.append(error)
                    in_a_row += 1
                    break
                in_a_row = 0
                yield read
                rest = self._rest(rest, read)
            if in_a_row >= _ERRORS_IN_A_ROW:
                return

    def _rest(self, text: PendingText, read: ReadText) -> PendingText | None:
        """What is left of a session after a part of it; None when it was the last one."""
        if not read.more:
            return None
        of_text, of_tools = (
            read.read_to if tier in read.items else cursor
            for tier, cursor in (
                (IndexTier.TEXT, text.text_cursor),
                (IndexTier.TOOLS, text.tools_cursor),
            )
        )
        return text.replace(text_cursor=of_text, tools_cursor=of_tools)

    def read(self, text: PendingText) -> ReadText:
        """The new texts of one session. Raises what the backend raises."""
        tier, backend = self._tier, self._backend
        cursor = text.text_cursor if tier is IndexTier.TEXT else text.tools_cursor
        tools = tier is IndexTier.TOOLS or cursor is not None
        batch = backend.text_since(text.key, cursor, tools=tools)
        row, fingerprint = batch.session, text.fingerprint
        if row is not None:
            fingerprint = row.fingerprint
        elif backend.texts_complete_sessions and not batch.more:
            raise SessionMissing(f"there is no session {text.key}")
        tiers = self._tiers(text, batch)
        return ReadText.of(text.session, cursor, batch, tiers, fingerprint, row)

    def _tiers(self, text: PendingText, batch: TextBatch) -> tuple[IndexTier, ...]:
        """The tiers that a batch is taken in for: both where that saves reading it again."""
        tier = self._tier
        if tier is not IndexTier.TEXT or text.text_cursor != text.tools_cursor:
            return (tier,)
        both = text.text_cursor is not None or (
            # A cold reading may leave out the texts of tools, if there are any.
            not any(_is_of_tools(item) for item in batch.items)
            if self._backend.texts_complete_sessions
            else sum(len(item.text) for item in batch.items if _is_of_tools(item))
            <= _FEW_CHARACTERS
        )
        return (IndexTier.TEXT, IndexTier.TOOLS) if both else (tier,)


def _spelled(texts: Iterable[ReadText]) -> Spellings:
    """All that is held of some texts, as statements take it."""
    return Spellings([item.text for text in texts for held in text.items.values() for item in held])


def _is_of_tools(item: TextItem) -> bool:
    return item.kind in TOOL_KINDS
