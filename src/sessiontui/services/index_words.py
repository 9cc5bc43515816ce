"""How text becomes words of the index. Pure.

The tokenizer splits at everything that is no letter or digit and folds case and accents. Two
things it cannot do are done here: the parts of `CamelCase` names are indexed beside the text, and
CJK text, which has no spaces, is indexed as pairs of characters, so that any substring is a phrase
of pairs.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

from sessiontui.domain.cjk import cjk_runs, has_cjk

_LONGEST_NAME = 64
"""Longer ones are encoded bytes."""
_NAME = re.compile(r"[^\W_]+")
_NAME_PART = re.compile(
    r"[A-ZÀ-ÖØ-Þ]+(?![a-zß-öø-ÿ])[0-9]*|[A-ZÀ-ÖØ-Þ]?[a-zß-öø-ÿ]+[0-9]*|[^\W_A-ZÀ-ÖØ-Þa-zß-öø-ÿ]+"
)
_SHAPES = bytes(
    ord("a") if char.islower() or char.isdecimal() else ord("A") if char.isupper() else ord(" ")
    for char in map(chr, range(256))
)
"""Latin-1 by kind: small letters and digits, capitals, all else."""
_CASE_BORDER = re.compile(rb"A(?<=aA)[aA]*|A(?=Aa)[aA]*")
"""A capital after a small letter, or before another one with a small letter; to the name's end.

Both begin with the capital: the search jumps from one to the next.
"""
_SEPARATOR = " \ue000 "
"""A word of its own between names, so that no phrase goes from one name into the next."""
_BETWEEN_RUNS = "\ue000"
_UTF_32 = "utf-32-le" if sys.byteorder == "little" else "utf-32-be"

_SURROGATES = re.compile("[\ud800-\udfff]")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> str:
    """The text as SQLite and JSON can hold it: NUL and lone surrogates become U+FFFD."""
    if text.isascii() and "\0" not in text:
        return text
    return _UNSTORABLE.sub("\ufffd", text)


def exact(text: str | None) -> str | bytes | None:
    """A text that must come back as it was: as bytes where it is no valid Unicode."""
    if text is None or text.isascii() or not _SURROGATES.search(text):
        return text
    return text.encode("utf-8", "surrogatepass")


def from_exact(value: str | bytes) -> str:
    """The text that `exact` made storable."""
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value


def name_parts(text: str) -> str | None:
    """The parts of names with case borders, and of words glued to CJK text; None without any."""
    return parts_of_texts((text,), (0,) if has_cjk(text) else ()).get(0)


def parts_of_texts(texts: Sequence[str], of_cjk: Iterable[int]) -> dict[int, str]:
    """The `name_parts` of many texts, by place; those without any are left out.

    `of_cjk` are the places of the texts with CJK characters in them.

    Names are found by the shape of all texts together: one search of bytes, from capital to
    capital, passes over what has no case border, which is nearly everything. One byte stands for
    one character; names are of Latin letters only.
    """
    shape = b"\n".join([text.encode("latin-1", "replace") for text in texts]).translate(_SHAPES)
    begins = list(accumulate((len(text) + 1 for text in texts), initial=0))
    found: dict[int, dict[str, None]] = {}
    place = 0
    for border in _CASE_BORDER.finditer(shape):
        at, end = border.span()
        while begins[place + 1] <= at:
            place += 1
        start = shape.rfind(b" ", 0, at) + 1
        if end - start <= _LONGEST_NAME:
            begin = begins[place]
            parts = _parts_of(texts[place][start - begin : end - begin])
            found.setdefault(place, {})[parts] = None
    for place in of_cjk:
        for word in _glued_words(texts[place]):
            found.setdefault(place, {})[word] = None
    return {place: _SEPARATOR.join(parts) for place, parts in found.items()}


def _glued_words(text: str) -> Iterator[str]:
    """The words that touch CJK characters: `tower` in `東京tower`."""
    end = 0
    for run in cjk_runs().finditer(text):
        word = text[end : run.start()]
        if word and end and word[0].isalnum() and (first := _NAME.match(word)):
            yield first.group()
        if word and word[-1].isalnum():
            yield _NAME.findall(word)[-1]
        end = run.end()
    if end and (first := _NAME.match(text, end)):
        yield first.group()


@lru_cache(maxsize=4096)
def _parts_of(name: str) -> str:
    # The same names come again and again.
    return " ".join(_NAME_PART.findall(name))


def cjk_pairs(text: str) -> str | None:
    """Every two neighbours of each CJK run, and each run's last character; None without CJK.

    The last character of a run and the first of the next one stand with what is between runs.
    """
    if not has_cjk(text):
        return None
    runs = _BETWEEN_RUNS.join(cjk_runs().findall(unicodedata.normalize("NFC", text)))
    chars = array("I", runs.encode(_UTF_32))
    pairs = array("I", " ".encode(_UTF_32)) * (3 * len(chars) - 2)
    pairs[::3], pairs[1::3] = chars, chars[1:]
    return pairs.tobytes().decode(_UTF_32)
