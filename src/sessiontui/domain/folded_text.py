"""Text without case and accents, for finding words in it and showing where they stand."""

from __future__ import annotations

import unicodedata

COMBINING = "[\u0300-\u036f]*"
"""A pattern for the marks that may follow a letter and do not count."""


class _Folds(dict[int, str]):
    """One character to one character, so that offsets stay good; filled as characters come up."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        parts = unicodedata.normalize("NFD", character)
        accented = len(parts) > 1 and all(map(unicodedata.combining, parts[1:]))
        folded = (parts[0] if accented else character).lower()
        self[code] = folded if len(folded) == 1 else character
        return self[code]


_FOLDS = _Folds()


def fold(text: str) -> str:
    """The text without case and accents, as long as it was."""
    return text.lower() if text.isascii() else text.translate(_FOLDS)


def fold_query(text: str) -> str:
    """A text to look for, folded; marks of letters that have no accented form go too."""
    parts = unicodedata.normalize("NFD", text)
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    return fold(unicodedata.normalize("NFC", bare))
