"""Words that begin in some way, taken from the newest texts and titles.

All words with a short beginning stand nearly everywhere, and to look for all of them takes FTS5 far
longer than a keystroke. The first rows are found by those words that were used lately.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from sessiontui.domain.cjk import CJK_RANGES
from sessiontui.domain.search import IndexTier
from sessiontui.services.index_conditions import Conditions
from sessiontui.services.index_filters import Sql
from sessiontui.services.index_items import unpacked
from sessiontui.services.index_pieces import PieceKind
from sessiontui.services.index_reader import IndexReader
from sessiontui.services.index_schema import TABLES, TITLES
from sessiontui.services.index_volumes import Volumes

MOST_ENDINGS = 8
"""Words looked for in place of all; the most frequent ones."""

_TEXTS = 500
_TOOL_OUTPUTS = 20
_OF_ONE_TEXT = 5_000
_LONGEST_WORD = 64
_IN_WORDS = bytes(
    ord(chr(code).lower()) if code >= 128 or chr(code).isalnum() else ord(" ")
    for code in range(128)
) + bytes(range(128, 256))
"""Small letters, digits and all that is not ASCII; spaces for the rest."""
_WORD_END = rb"[0-9a-z\x80-\xff]{0,%d}" % _LONGEST_WORD


def recent_endings(
    reader: IndexReader, conditions: Conditions, volumes: Volumes, most: int
) -> dict[str, tuple[str, ...]]:
    """Recent words for the beginnings of words that stand in more texts or titles than `most`.

    A beginning that is a common word itself stands for that word alone.
    """
    words = RecentWords(reader, with_tools=IndexTier.TOOLS in conditions.tiers)
    found: dict[str, tuple[str, ...]] = {}
    for group in conditions.groups:
        for tables, in_titles in ((TITLES, True), *((TABLES[t], False) for t in conditions.tiers)):
            for kind, beginning in conditions.beginnings(group, in_titles=in_titles):
                table = tables.pairs if kind is PieceKind.PAIRS else tables.words
                if beginning in found or volumes.of_beginning(table, beginning) <= most:
                    continue
                is_word = kind is not PieceKind.PAIRS and not in_titles
                if is_word and volumes.of_word(table, beginning) > most:
                    found[beginning] = (beginning,)
                else:
                    found[beginning] = words.beginning_with(beginning, kind)
    return found


class RecentWords:
    """The words of the newest texts and titles; read when first asked for."""

    def __init__(self, reader: IndexReader, *, with_tools: bool) -> None:
        self._reader = reader
        self._with_tools = with_tools
        self._text: str | None = None

    def beginning_with(self, beginning: str, kind: PieceKind) -> tuple[str, ...]:
        """Words that begin so, the most frequent first; the beginning itself always."""
        if self._text is None:
            self._text = "\n".join(self._texts())
        if kind is PieceKind.PAIRS:
            found = _pairs(self._text, beginning)
        else:
            found = _words(self._text, beginning)
        found.pop(beginning, None)
        return (beginning, *(word for word, _ in found.most_common(MOST_ENDINGS - 1)))

    def _texts(self) -> Iterator[str]:
        for table in (TITLES.words, TABLES[IndexTier.TEXT].words):
            newest = f"SELECT text, parts FROM {table} ORDER BY rowid DESC LIMIT {_TEXTS}"
            for text, parts in self._reader.rows(Sql(newest)):
                yield text[:_OF_ONE_TEXT]
                if parts is not None:
                    yield parts[:_OF_ONE_TEXT]
        if self._with_tools:
            newest = (
                f"SELECT body FROM {TABLES[IndexTier.TOOLS].items} "
                f"ORDER BY id DESC LIMIT {_TOOL_OUTPUTS}"
            )
            for (body,) in self._reader.rows(Sql(newest)):
                yield unpacked(body)[:_OF_ONE_TEXT]


def _words(text: str, beginning: str) -> Counter[str]:
    # In bytes, this takes a tenth of the time.
    words = b" " + text.encode().translate(_IN_WORDS)
    pattern = re.compile(b" (" + re.escape(beginning.encode()) + _WORD_END + b")")
    found = Counter(pattern.findall(words))
    return Counter({word.decode(errors="ignore"): number for word, number in found.items()})


def _pairs(text: str, beginning: str) -> Counter[str]:
    return Counter(re.findall(f"{beginning}[{CJK_RANGES}]", text))
