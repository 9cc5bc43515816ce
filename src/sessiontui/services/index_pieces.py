"""What is looked for in the index for a term of a query. Pure.

Names are found by their parts whichever way they are spelled: `SessionStore` stands for itself and
for the phrase `session store`, which is what `session_store` and `session-store` are to the
tokenizer, and what stands beside every `SessionStore` in the index. Of a longer name some parts may
stand together and others apart, as in `my_SessionStore`: those spellings are looked for, too. `ß`
and `ss` are the same letter in two cases, so each stands for the other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from itertools import chain, product, zip_longest

from sessiontui.domain.cjk import cjk_runs
from sessiontui.domain.folded_text import fold_query
from sessiontui.domain.query import Term
from sessiontui.domain.value import PlainValue
from sessiontui.services.index_words import name_parts, storable

SHORTEST_PREFIX = 3
"""Shorter beginnings of words are looked for in titles only: they would match nearly everything."""

_SHORTEST_AFTER_OTHERS = 2
"""The same where words stand before it, as in `src/ma`."""

_WORD = re.compile(r"[^\W_]+")
_NAME = re.compile(r"\w+")
_MOST_PARTS = 5
"""Names of more parts are looked for in fewer spellings: each part more doubles their number."""
_SHORT_NAME_WITH_SIGNS = re.compile(r"[^\W\d_]{1,2}[+#]+")
"""Without their signs, `C++` and `C#` would be the same and nearly anything."""
_SHARP_S = re.compile("ss", re.IGNORECASE)
_VARIATIONS = dict.fromkeys((0xFE0E, 0xFE0F))
"""How a sign is drawn, which is no part of it."""

Endings = Mapping[str, Sequence[str]]
"""For beginnings of words, folded: the words that are to stand for all that begin so."""


class PieceKind(Enum):
    """Where a piece is looked for: among words, among pairs of CJK characters, in the text."""

    WORDS = 1
    PAIRS = 2
    SIGNS = 3


class Phrase(PlainValue):
    """Words in a row; with `is_prefix` the last one stands for all words with that beginning.

    Of signs, the text that has to be there letter by letter, but for the case of ASCII letters.
    """

    text: str
    is_prefix: bool = False

    @property
    def words(self) -> list[str]:
        """The words, folded."""
        return words_in(self.text)

    @property
    def beginning(self) -> str | None:
        """The beginning that stands for many words: a key of `Endings`."""
        if not self.is_prefix:
            return None
        words = self.words
        # A character that this Python does not know is no letter to it.
        return words[-1] if words else self.text

    def expressions(self, endings: Endings | None) -> Iterator[str]:
        """The phrase in the language of FTS5; no text can leave its quotation marks."""
        beginning = self.beginning
        if beginning is None:
            yield f'"{self.text}"'
        elif endings is None or beginning not in endings:
            yield f'"{self.text}"*'
        else:
            _, before = _last_word(self.text)
            yield from (f'"{before}{word}"' for word in endings[beginning])


class Piece(PlainValue):
    """A part of a term: one of the phrases has to stand in the text."""

    kind: PieceKind
    phrases: tuple[Phrase, ...]

    @property
    def spreads(self) -> bool:
        """Whether it stands for many words."""
        return any(phrase.is_prefix for phrase in self.phrases)

    def expression(self, endings: Endings | None = None) -> str:
        """The piece in the language of FTS5."""
        spelled = [spelled for phrase in self.phrases for spelled in phrase.expressions(endings)]
        return spelled[0] if len(spelled) == 1 else f"({' OR '.join(spelled)})"


@lru_cache(maxsize=512)
def pieces_of(term: Term, shortest_prefix: int = SHORTEST_PREFIX) -> tuple[Piece, ...]:
    """What has to stand in one text for a term to match; nothing when the term has no word."""
    text = searchable(term.text)
    if _SHORT_NAME_WITH_SIGNS.fullmatch(text):
        return Piece(PieceKind.WORDS, (Phrase(text),)), _signs(text)
    found: list[Piece] = []
    at = 0
    for run in cjk_runs().finditer(text):
        found.extend(_word_pieces(text[at : run.start()], prefix_from=None))
        found.append(_pair_piece(run.group()))
        at = run.end()
    found.extend(_word_pieces(text[at:], shortest_prefix if term.prefix else None))
    return tuple(found)


def sign_pieces_of(term: Term) -> tuple[Piece, ...]:
    """The same for a term without words: its signs, wherever they stand in a text."""
    signs = searchable(term.text).translate(_VARIATIONS).strip()
    return (_signs(signs),) if signs else ()


def is_pictorial(term: Term) -> bool:
    """Whether a term has pictures in it (emoji and the like), which nobody types by the way."""
    return any(unicodedata.category(sign) == "So" for sign in term.text)


def searchable(text: str) -> str:
    """A typed text as it can stand in the index, without what would end a phrase of FTS5."""
    composed = unicodedata.normalize("NFC", storable(text))
    return composed.replace("\ufffd", " ").replace('"', " ")


def words_in(text: str) -> list[str]:
    """The words of a text as the index spells them."""
    return _WORD.findall(fold_query(text))


def _signs(text: str) -> Piece:
    # What SQLite's `lower` makes of a text.
    lowered = "".join(sign.lower() if sign.isascii() else sign for sign in text)
    return Piece(PieceKind.SIGNS, (Phrase(lowered),))


def _word_pieces(text: str, prefix_from: int | None) -> Iterator[Piece]:
    if not _WORD.search(text):
        return
    in_parts = _WORD.sub(_in_parts, text)
    spelled = [*_in_either_case(text)] if in_parts == text else [text, in_parts]
    if _NAME.fullmatch(text):
        spelled += _partly_joined(_WORD.findall(in_parts))
    phrases = tuple(Phrase(words, _is_prefix(words, prefix_from)) for words in spelled)
    yield Piece(PieceKind.WORDS, phrases)


def _partly_joined(parts: Sequence[str]) -> Iterator[str]:
    """The spellings of a name in which some of its parts stand together, but not all."""
    gaps = len(parts) - 1
    if gaps < _MOST_PARTS:
        for signs in product((" ", ""), repeat=gaps):
            if len(set(signs)) > 1:
                yield "".join(chain.from_iterable(zip_longest(parts, signs, fillvalue="")))


def _is_prefix(text: str, prefix_from: int | None) -> bool:
    if prefix_from is None:
        return False
    last, before = _last_word(text)
    if not text[len(before) + len(last) :].isascii():
        # What follows may belong to the word: to FTS5 more signs are letters than to Python.
        return False
    if _WORD.search(before):
        prefix_from = min(prefix_from, _SHORTEST_AFTER_OTHERS)
    return len(last) >= prefix_from


def _last_word(text: str) -> tuple[str, str]:
    """The last word, and what stands before it."""
    words = list(_WORD.finditer(text))
    return (words[-1].group(), text[: words[-1].start()]) if words else (text, "")


def _in_parts(name: re.Match[str]) -> str:
    parts = name_parts(name.group())
    return name.group() if parts is None else parts


def _in_either_case(text: str) -> Iterator[str]:
    yield text
    if "ß" in text or "ẞ" in text:
        yield text.replace("ß", "ss").replace("ẞ", "ss")
    elif _SHARP_S.search(text):
        yield _SHARP_S.sub("ß", text)


def _pair_piece(run: str) -> Piece:
    if len(run) == 1:
        return Piece(PieceKind.PAIRS, (Phrase(run, is_prefix=True),))
    pairs = " ".join(run[at : at + 2] for at in range(len(run) - 1))
    return Piece(PieceKind.PAIRS, (Phrase(pairs),))
