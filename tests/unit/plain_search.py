"""Searching without an index: looks at every word of every text, as slowly and plainly as can be.

The index is compared with it. What words, names, CJK text and signs are is spelled out here anew.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from sessiontui.domain.query import FilterField, Query, Term

CJK = "東京都方"
_SMALL = "a-zß-öø-ÿ"
_CAMEL = re.compile(rf"[A-Z]+(?![{_SMALL}])\d*|[A-Z]?[{_SMALL}]+\d*|[^\W_A-Z{_SMALL}]+")


@dataclass
class Talk:
    """A session as the plain search sees it; a message has a role, may be of a tool, and a text."""

    title: str
    messages: list[tuple[str, bool, str]]


def found_plainly(talks: dict[str, Talk], query: Query) -> set[str]:
    """The keys of the sessions that a query finds."""
    return {key for key, talk in talks.items() if _is_found(talk, query)}


def _is_found(talk: Talk, query: Query) -> bool:
    roles = {"user", "assistant", "tool", "system", "other"}
    for item in query.filters:
        if item.field is FilterField.TITLE:
            held = any(value.casefold() in talk.title.casefold() for value in item.values)
            if held == item.negated:
                return False
        elif item.field is FilterField.ROLE and query.terms:
            roles = roles - set(item.values) if item.negated else roles & set(item.values)
        elif item.field is FilterField.ROLE:
            spoken = any(role in item.values for role, *_ in talk.messages)
            if spoken == item.negated:
                return False
    said = [(role, text) for role, of_tool, text in talk.messages if query.in_tools or not of_tool]
    restricted = len(roles) < 5
    places = [text for role, text in said if role in roles]
    if not restricted:
        places.append(talk.title)
    groups = _counting(query.terms)
    if query.terms and not groups:
        return False
    everywhere = [talk.title, *(text for _, text in said)]
    return all(
        any(_stands_in(text, term) for term in group for text in places) for group in groups
    ) and not any(
        _stands_in(text, term)
        for term in query.excluded
        if _words(term.text) or _is_picture(term.text)
        for text in everywhere
    )


def _counting(groups: Sequence[Sequence[Term]]) -> list[list[Term]]:
    """Signs count when nothing else was typed; pictures always do."""
    has_words = any(_words(term.text) for group in groups for term in group)
    kept = [
        [term for term in group if _words(term.text) or not has_words or _is_picture(term.text)]
        for group in groups
    ]
    return [group for group in kept if group]


def _stands_in(text: str, term: Term) -> bool:
    if not _words(term.text):
        return term.text in text
    if re.fullmatch(r"[A-Za-z]{1,2}[+#]+", term.text):
        name = term.text.rstrip("+#").lower()
        return term.text.lower() in text.lower() and name in map(_fold, _words(text))
    runs = re.findall(f"[{CJK}]+", term.text)
    parts = re.split(f"[{CJK}]+", term.text)
    return all(run in text for run in runs) and all(
        _phrase_stands_in(text, part, is_prefix=term.prefix and place == len(parts) - 1)
        for place, part in enumerate(parts)
        if _words(part)
    )


def _phrase_stands_in(text: str, phrase: str, *, is_prefix: bool) -> bool:
    return any(
        _follows(line, wanted, is_prefix=is_prefix)
        for wanted in _spellings(phrase)
        for line in _lines(text)
    )


def _follows(line: Sequence[str], wanted: Sequence[str], *, is_prefix: bool) -> bool:
    for start in range(len(line) - len(wanted) + 1):
        held = line[start : start + len(wanted)]
        *firsts, last = zip(held, wanted, strict=True)
        ends = last[0].startswith(last[1]) if is_prefix else last[0] == last[1]
        if ends and all(a == b for a, b in firsts):
            return True
    return False


def _spellings(phrase: str) -> Iterator[list[str]]:
    names = _words(phrase)
    parted = [part for name in names for part in _CAMEL.findall(name)]
    if re.fullmatch(r"\w+", phrase) and 3 <= len(parted) <= 5:
        for joints in product("_ ", repeat=len(parted) - 1):
            glued = "".join(part + sign for part, sign in zip(parted, (*joints, ""), strict=True))
            if " " in glued:
                yield [_fold(word.replace("_", "")) for word in glued.split()]
    if [_fold(part) for part in parted] != [_fold(name) for name in names]:
        yield list(map(_fold, names))
        yield list(map(_fold, parted))
        return
    spelled = [(_fold(name), _fold(name).replace("ß", "ss")) for name in names]
    for choice in product(*spelled):
        yield list(choice)
    yield [_fold(name).replace("ss", "ß") for name in names]


def _lines(text: str) -> Iterator[list[str]]:
    """The words of a text in a row, and each name's parts."""
    names = _words(text)
    yield list(map(_fold, names))
    for name in names:
        apart = re.sub(f"[{CJK}]+", " ", name).split()
        if apart != [name]:
            yield from ([_fold(part)] for part in apart)
        parts = _CAMEL.findall(name)
        if len(parts) > 1 and not re.search(f"[{CJK}]", name):
            yield list(map(_fold, parts))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text))


def _fold(word: str) -> str:
    parts = unicodedata.normalize("NFD", word.lower())
    return "".join(part for part in parts if not unicodedata.combining(part))


def _is_picture(text: str) -> bool:
    return any(unicodedata.category(sign) == "So" for sign in text)
