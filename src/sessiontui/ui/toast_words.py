"""Toasts as people read them: sentences that begin with a capital and end. Pure."""

from __future__ import annotations

_ENDS = (".", "?", "!", ":", "…")
_OF_NAMES = frozenset("/\\:-=@`")
"""Signs in a word that is a file, a reference or part of a command: at the end, it ends there."""

_QUESTION = "Did you mean "


def capitalised(text: str) -> str:
    """A text whose first word begins with a capital, if it is a word.

    Names of sessions, keys and files stay as they are: `u` is another key than `U`. No sentence
    begins with the key `a`, many do with the article.
    """
    word = text.partition(" ")[0].rstrip(",:;")
    if (len(word) > 1 or word == "a") and word.isalpha() and word.islower():
        return text[0].upper() + text[1:]
    return text


def sentences(*parts: str) -> str:
    """Each part as a sentence, one after the other; empty ones are left out."""
    *others, last = [capitalised(part.rstrip()) for part in parts if part.strip()] or [""]
    if not _OF_NAMES.isdisjoint(last.rpartition(" ")[2]):
        return " ".join([*map(_ended, others), last])
    return " ".join(map(_ended, [*others, last] if last else others))


def toast_text(text: str) -> str:
    """What a toast says, line by line."""
    return "\n".join(sentences(line) for line in text.split("\n"))


def _ended(text: str) -> str:
    if text.endswith(_ENDS):
        return text
    return f"{text}?" if text.startswith(_QUESTION) else f"{text}."
