"""What is folded, and how much of a long text is shown."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

from sessiontui.domain.value import PlainValue
from sessiontui.domain.words import count_words, size_words

HEAD_CHARACTERS = 256 * 1024
"""How much of a very long text is shown before it is unfolded."""

BETWEEN = -1
"""In place of a block's number: the line of the messages between a prompt and its answer."""


class Fold(IntEnum):
    """How much of a block is shown: its one line, its beginning, or all."""

    CLOSED = 0
    OPEN = 1
    FULL = 2


_NONE: Mapping[int, Fold] = MappingProxyType({})


class Folding(PlainValue):
    """What the reader chose: for all tool calls, all thinking, and single blocks of a message."""

    tools_open: bool = False
    thinking_open: bool = False
    chosen: Mapping[int, Fold] = _NONE


class Head(PlainValue):
    """The beginning of a text, and what is left out of it."""

    text: str
    hidden_lines: int
    hidden_bytes: int

    @property
    def is_cut(self) -> bool:
        """Whether anything is left out."""
        return self.hidden_bytes > 0

    @property
    def rest_words(self) -> str:
        """What is left out, in words: `… 214 more lines, 12 KB`."""
        size = size_words(self.hidden_bytes)
        if not self.hidden_lines:
            return f"… {size} more"
        return f"… {count_words(self.hidden_lines, 'more line', 'more lines')}, {size}"


def head_of(text: str, fold: Fold, most_lines: int, most_characters: int) -> Head:
    """The first lines of a text, and no more than so many characters; all of it when full.

    One line more than `most_lines` is shown rather than a line that says so. Line ends at the
    end of the text do not count.
    """
    text = text.rstrip("\n")
    if fold is Fold.FULL:
        return Head(text, 0, 0)
    end = -1
    for _ in range(most_lines):
        end = text.find("\n", end + 1)
        if end < 0:
            break
    if end < 0 or text.find("\n", end + 1) < 0:
        end = len(text)
    if end > most_characters:
        last_line = text.rfind("\n", most_characters // 2, most_characters)
        end = most_characters if last_line < 0 else last_line
    size = len(text) - end if text.isascii() else len(text[end:].encode("utf-8", "surrogatepass"))
    return Head(text[:end], text.count("\n", end), size)
