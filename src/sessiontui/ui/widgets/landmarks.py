"""What one finds one's way by in a transcript: what people typed, and where it was cut. Pure."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from typing import overload

from sessiontui.domain.folded_text import fold, fold_query
from sessiontui.domain.message import Message
from sessiontui.domain.printable import printable_line
from sessiontui.domain.value import PlainValue

_LONGEST = 160
_KEPT = 240
"""Characters of a prompt that are kept; a transcript may have very many."""


class Landmark(PlainValue):
    """A prompt by its first words, or a cut by a word; `position` counts messages from 0."""

    position: int
    words: str
    is_break: bool


class Landmarks(Sequence[Landmark]):
    """Landmarks in their order."""

    def __init__(self) -> None:
        self._positions = array("q")
        self._texts: list[str] = []
        self._breaks: set[int] = set()

    def add(self, position: int, text: str, *, is_break: bool) -> None:
        """Add one after the others, by a stored text that begins with its words."""
        self._positions.append(position)
        self._texts.append(text[:_KEPT])
        if is_break:
            self._breaks.add(position)

    def __len__(self) -> int:
        return len(self._positions)

    @overload
    def __getitem__(self, index: int) -> Landmark: ...
    @overload
    def __getitem__(self, index: slice) -> list[Landmark]: ...
    def __getitem__(self, index: int | slice) -> Landmark | list[Landmark]:
        if isinstance(index, slice):
            return [self[number] for number in range(len(self))[index]]
        position = self._positions[index]
        words = printable_line(self._texts[index], _LONGEST)
        return Landmark(position, words, position in self._breaks)

    @property
    def prompts(self) -> int:
        """How many of them are prompts."""
        return len(self) - len(self._breaks)

    def number_at(self, position: int) -> int | None:
        """The last landmark at or before a position; None before the first."""
        number = bisect_right(self._positions, position) - 1
        return number if number >= 0 else None

    def matching(self, text: str) -> Landmarks:
        """The prompts that hold every word of a text, anywhere in their first words."""
        words = fold_query(text).split()
        if not words:
            return self
        found = Landmarks()
        for position, prompt in zip(self._positions, self._texts, strict=True):
            folded = fold(prompt)
            if position not in self._breaks and all(word in folded for word in words):
                found.add(position, prompt, is_break=False)
        return found


def prompt_text(message: Message) -> str:
    """What somebody typed begins so, as it is stored; or what was sent without words."""
    for block in message.blocks:
        if block.kind == "text" and (text := block.text[: 2 * _KEPT].strip()):
            return text
    for block in message.blocks:
        if block.kind == "media":
            return f"▣ {block.media_type or 'media'} {block.name or ''}"
    return "(nothing in it)"
