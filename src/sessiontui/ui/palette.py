"""What the command palette offers, and how it is ranked. Pure: the screen is `screens.palette`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from functools import partial
from itertools import islice
from typing import NamedTuple

from sessiontui.domain.printable import printable_line
from sessiontui.domain.query import FilterField
from sessiontui.domain.session import SessionRow
from sessiontui.domain.store import StoreInfo
from sessiontui.domain.value import PlainValue
from sessiontui.services.index_values import FilterValue

_MOST_SESSIONS = 20
_MOST_LOOKED_AT = 2_000
"""Of the sessions that match, so many of the newest are ranked."""
_MOST_VALUES = 200
_TITLE_CELLS = 120
_WORD_START, _INITIALS, _NOWHERE = 1, 3, 99
"""Ranks of a match at the beginning of a word, by initials, and of none."""


class Kind(IntEnum):
    """What an offer is; of equally good matches, the lower kind comes first."""

    ACTION = 0
    VIEW = 1
    SESSION = 2
    STORE = 3
    THEME = 4


KIND_WORDS = {
    Kind.ACTION: "Actions",
    Kind.VIEW: "Views",
    Kind.SESSION: "Sessions",
    Kind.STORE: "Stores",
    Kind.THEME: "Themes",
}


class Offer(NamedTuple):
    """Something that can be picked.

    `note` says more in one sentence, `refused` why it cannot be done now. `also` are words it is
    found by besides its title. `target` is what the pick is about: a query, a theme, a session.
    """

    kind: Kind
    title: str
    note: str = ""
    keys: str = ""
    also: str = ""
    refused: str | None = None
    do: Callable[[], object] = lambda: None
    target: str = ""


class Found(PlainValue):
    """An offer that matches, and where in its title."""

    offer: Offer
    offsets: tuple[int, ...] = ()


def placed(words: Sequence[str], text: str) -> tuple[int, tuple[int, ...]] | None:
    """How well words match a text, 0 best, and the characters matched; None when they do not.

    Every word has to be in it: at the beginning of the text is best, then at the beginning of a
    word, then inside one, then the initials of its words in a row.
    """
    folded = text.casefold()
    if len(folded) != len(text):
        # Character by character, so that what is found stands at the same place in the text.
        folded = "".join(c if len(c.casefold()) > 1 else c.casefold() for c in text)
    worst, offsets = 0, []
    for word in words:
        rank, at = _place(word, folded)
        if rank == _NOWHERE:
            return None
        worst = max(worst, rank)
        offsets += at
    return worst, tuple(sorted(set(offsets)))


def _place(word: str, folded: str) -> tuple[int, list[int]]:
    if folded.startswith(word):
        return 0, list(range(len(word)))
    begin = folded.find(word)
    inside = begin
    while begin > 0:
        if not folded[begin - 1].isalnum():
            return 1, list(range(begin, begin + len(word)))
        begin = folded.find(word, begin + 1)
    if inside >= 0:
        return 2, list(range(inside, inside + len(word)))
    initials = [i for i, c in enumerate(folded) if c.isalnum() and not folded[i - 1 : i].isalnum()]
    first = "".join(folded[i] for i in initials).find(word)
    if first >= 0 and len(word) > 1:
        return _INITIALS, initials[first : first + len(word)]
    return _NOWHERE, []


def ranked(offers: Iterable[Offer], text: str) -> tuple[Found, ...]:
    """The offers that match what was typed, best first; all of them when nothing was.

    A match in the title comes before one in the words around it, what can be done before what
    cannot. Sessions have titles of every kind: they come before the words of the program only
    where they match better, and the beginning of a word is as good as that of the title.
    """
    words = text.casefold().split()
    if not words:
        # Within each kind, what can be done now first.
        listed = sorted(offers, key=lambda offer: (offer.kind, offer.refused is not None))
        return tuple(Found(offer) for offer in listed)
    typed = " ".join(words)
    found: list[tuple[tuple[int, bool, bool, int, Kind, int], Found]] = []
    for number, offer in enumerate(offers):
        place = placed(words, offer.title)
        if place is None:
            around = placed(words, f"{offer.title} {offer.also} {offer.note}")
            if around is None or around[0] == _INITIALS:
                continue
            place = _INITIALS + 1, ()
        match = -1 if offer.title.casefold() == typed else max(_WORD_START, place[0])
        is_session = offer.kind is Kind.SESSION
        rank = match, offer.refused is not None, is_session, place[0], offer.kind, number
        found.append((rank, Found(offer, place[1])))
    found.sort(key=lambda item: item[0])
    return tuple(item for _, item in found)


class Sessions:
    """The sessions, newest first, made ready once to be looked through at every keystroke."""

    def __init__(self, rows: Sequence[SessionRow]) -> None:
        self._rows = rows
        self._folded = [row.title.casefold() for row in rows]

    def matching(self, text: str) -> tuple[SessionRow, ...]:
        """The best of those whose titles hold every word typed."""
        words = text.casefold().split()
        if not words:
            return ()
        word, *others = sorted(words, key=len, reverse=True)
        holding = (
            number
            for number, folded in enumerate(self._folded)
            if word in folded and all(other in folded for other in others)
        )
        few = list(islice(holding, _MOST_LOOKED_AT))
        few.sort(key=lambda number: self._rank(number, words))
        return tuple(self._rows[number] for number in few[:_MOST_SESSIONS])

    def _rank(self, number: int, words: Sequence[str]) -> int:
        folded = self._folded[number]
        return max(_place(word, folded)[0] for word in words)


# -- what is offered -------------------------------------------------------------------------

_VIEWS = (
    ("waiting for you", "is:waiting"),
    ("running", "is:running"),
    ("stuck", "is:stuck"),
    ("failed", "is:failed"),
    ("interrupted", "is:interrupted"),
    ("idle", "is:idle"),
    ("gone from their store", "is:gone"),
    ("of today", "on:today"),
    ("of yesterday", "on:yesterday"),
    ("of the last 7 days", "after:7d"),
    ("older than 30 days", "before:30d"),
    ("in which a tool failed", "has:error"),
    ("with tools", "has:tools"),
    ("with pictures and files", "has:media"),
)
VALUES = {
    FilterField.AGENT: ("agent", "of agent"),
    FilterField.FORMAT: ("format", "of format"),
    FilterField.CHANNEL: ("channel", "of channel"),
    FilterField.DIR: ("dir", "in"),
}
"""The filters whose values make views: the filter's name, and how its view is called."""


def view_offers(show: Callable[[str], object]) -> Iterator[Offer]:
    """The filters that are often wanted; `show` lists a query."""
    yield Offer(Kind.VIEW, "all sessions", "empty the search box", do=partial(show, ""))
    for words, query in _VIEWS:
        yield _view(f"sessions {words}", query, show)


def value_offers(
    values: Iterable[tuple[FilterField, Sequence[FilterValue]]], show: Callable[[str], object]
) -> Iterator[Offer]:
    """Views of the agents, formats, channels and folders that there are."""
    for field, found in values:
        name, words = VALUES[field]
        for value in found[:_MOST_VALUES]:
            if '"' in value.value:
                continue  # No query can name it.
            quoted = f'"{value.value}"' if _needs_quotes(value.value) else value.value
            title = f"sessions {words} {printable_line(value.value, _TITLE_CELLS)}"
            yield _view(title, f"{name}:{quoted}", show)


def _needs_quotes(value: str) -> bool:
    return not value or any(sign.isspace() or sign == "," for sign in value)


def _view(title: str, query: str, show: Callable[[str], object]) -> Offer:
    note = f"filter by {printable_line(query, _TITLE_CELLS)}"
    return Offer(Kind.VIEW, title, note, do=partial(show, query), target=query)


def store_offers(stores: Iterable[StoreInfo], show: Callable[[str], object]) -> Iterator[Offer]:
    """The sessions of each store."""
    for store in stores:
        title = printable_line(f"sessions in store {store.title}", _TITLE_CELLS)
        query = f"store:{store.id}"
        yield Offer(
            Kind.STORE,
            title,
            printable_line(str(store.root), _TITLE_CELLS),
            also=store.format,
            refused=None if store.available else printable_line(store.problem or "not readable"),
            do=partial(show, query),
            target=query,
        )


def session_offers(
    rows: Iterable[SessionRow],
    go_to: Callable[[SessionRow], object],
    age: Callable[[SessionRow], str],
) -> Iterator[Offer]:
    """Sessions by their titles; `age` says how long ago one was at work."""
    for row in rows:
        yield Offer(
            Kind.SESSION,
            printable_line(row.title, _TITLE_CELLS),
            printable_line(
                " · ".join(filter(None, ("session", row.agent or row.channel, row.format))),
                _TITLE_CELLS,
            ),
            keys=age(row),
            do=partial(go_to, row),
            target=str(row.ref),
        )


def theme_offers(
    names: Mapping[str, bool], current: str, choose: Callable[[str], object]
) -> Iterator[Offer]:
    """The themes, by name, and whether each is dark; the one in use says so."""
    for name, is_dark in names.items():
        kind = "dark" if is_dark else "light"
        yield Offer(
            Kind.THEME,
            f"theme {name}",
            f"{kind}, in use" if name == current else kind,
            also=f"colours {kind}",
            do=partial(choose, name),
            target=name,
        )
