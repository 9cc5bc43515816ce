"""How text becomes words of the index, and a term what is looked for there. Pure.

The tokenizer splits at everything that is no letter or digit and folds case and accents. Two
things it cannot do are done here: the parts of `CamelCase` names are indexed beside the text, and
CJK text, which has no spaces, is indexed as pairs of characters, so that any substring is a phrase
of pairs.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from sessiontui.domain.query import Term

SHORTEST_PREFIX = 3
"""Shorter beginnings of words are looked for in titles only: they would match nearly everything."""

_CJK_RANGES = (
    "\u1100-\u11ff\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303c\u3041-\u3096\u309d-\u309f"
    "\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff"
)
_CJK = re.compile(f"[{_CJK_RANGES}]")
_CJK_RUN = re.compile(f"[{_CJK_RANGES}]+")
_CJK_WORD = re.compile(rf"[^\W_]*[{_CJK_RANGES}][^\W_]*")
# Begins with the rarer of both characters: four times as fast on prose as the other way round.
_CASE_BORDER = re.compile(
    r"[A-ZÀ-ÖØ-Þ](?:(?<=[a-zß-öø-ÿ0-9][A-ZÀ-ÖØ-Þ])|(?<=[A-ZÀ-ÖØ-Þ]{2})(?=[a-zß-öø-ÿ]))"
)
_LONGEST_NAME = 64
"""Longer ones are encoded bytes."""
_NAME = re.compile(r"[^\W_]+")
_NAME_PART = re.compile(
    r"[A-ZÀ-ÖØ-Þ]+(?![a-zß-öø-ÿ])[0-9]*|[A-ZÀ-ÖØ-Þ]?[a-zß-öø-ÿ]+[0-9]*|[^\W_A-ZÀ-ÖØ-Þa-zß-öø-ÿ]+"
)
_SEPARATOR = " \ue000 "
"""A word of its own between names, so that no phrase goes from one name into the next."""

_SURROGATES = re.compile("[\ud800-\udfff]")


def storable(text: str) -> str:
    """The text as SQLite can hold it: lone surrogates become U+FFFD."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def exact(text: str | None) -> str | bytes | None:
    """A text that must come back as it was: as bytes where it is no valid Unicode."""
    if text is None or text.isascii() or not _SURROGATES.search(text):
        return text
    return text.encode("utf-8", "surrogatepass")


def from_exact(value: str | bytes) -> str:
    """The text that `exact` made storable."""
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value


def has_cjk(text: str) -> bool:
    """Whether any CJK character is in it."""
    return not text.isascii() and _CJK.search(text) is not None


def name_parts(text: str) -> str | None:
    """The parts of names with case borders, and of words glued to CJK text; None without any."""
    found: dict[str, None] = {}
    if _CASE_BORDER.search(text):
        for name in _NAME.findall(text):
            if len(name) <= _LONGEST_NAME and _CASE_BORDER.search(name):
                found[" ".join(_NAME_PART.findall(name))] = None
    if has_cjk(text):
        for word in _CJK_WORD.findall(text):
            rest = _CJK_RUN.sub(" ", word).split()
            found.update(dict.fromkeys(rest))
    return _SEPARATOR.join(found) or None


def cjk_pairs(text: str) -> str | None:
    """Every two neighbours of each CJK run, and each run's last character; None without CJK."""
    if not has_cjk(text):
        return None
    runs = _CJK_RUN.findall(unicodedata.normalize("NFC", text))
    return _SEPARATOR.join(
        " ".join([*(run[at : at + 2] for at in range(len(run) - 1)), run[-1]]) for run in runs
    )


class Piece(NamedTuple):
    """One FTS5 phrase, to be looked for in the words or in the pairs.

    `spreads`: it stands for all words with its beginning, which costs as much as they do.
    """

    in_pairs: bool
    expression: str
    spreads: bool


@lru_cache(maxsize=256)
def pieces_of(term: Term, shortest_prefix: int = SHORTEST_PREFIX) -> tuple[Piece, ...]:
    """What has to stand in a text for a term to match; nothing when the term has no word in it."""
    text = storable(unicodedata.normalize("NFC", term.text)).replace("\0", " ")
    found: list[Piece] = []
    at = 0
    for run in _CJK_RUN.finditer(text):
        found.extend(_words(text[at : run.start()], prefix_from=None))
        found.append(_pairs(run.group()))
        at = run.end()
    found.extend(_words(text[at:], shortest_prefix if term.prefix else None))
    return tuple(found)


def _words(text: str, prefix_from: int | None) -> list[Piece]:
    words = _NAME.findall(text)
    if not words:
        return []
    is_prefix = prefix_from is not None and len(words[-1]) >= prefix_from
    quoted = '"' + text.replace('"', " ") + '"'
    return [Piece(False, quoted + "*" if is_prefix else quoted, is_prefix)]


def _pairs(run: str) -> Piece:
    if len(run) == 1:
        return Piece(True, f'"{run}"*', True)
    return Piece(True, '"' + " ".join(run[at : at + 2] for at in range(len(run) - 1)) + '"', False)
