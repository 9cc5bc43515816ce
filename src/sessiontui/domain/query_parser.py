"""The query language: what a person types becomes a `Query`.

Words are ANDed and the last one also matches as a prefix; `"a phrase"`; `a OR b`; `-word`
excludes; filters are `name:value`, `name:"a value"`, `-name:value`. Whatever looks like a filter
and is none is an error that points at its place: nothing is silently taken for something else.
Colons in addresses, paths, times and code (`https://x`, `10:30`, `a::b`) are plain text.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from sessiontui.domain.errors import QueryInvalid
from sessiontui.domain.message import Role
from sessiontui.domain.query import Filter, FilterField, Query, SortKey, Term
from sessiontui.domain.query_times import day_of, parse_period
from sessiontui.domain.session import SessionState
from sessiontui.domain.value import PlainValue
from sessiontui.domain.verdict import STATUS_WORDS

HAS_VALUES = ("tools", "media", "error")


_MOMENTS = ("today", "yesterday", "24h", "7d", "30d")


class FilterName(PlainValue):
    """A filter of the language: what it narrows by, its allowed values (None: any), its help.

    `examples` are values that are always good, where any is allowed. `stored` are the values that
    are called otherwise in stores and JSON, which is understood, too.
    """

    field: FilterField | None
    values: tuple[str, ...] | None
    help: str
    examples: tuple[str, ...] = ()
    stored: Mapping[str, str] = MappingProxyType({})


FILTERS: dict[str, FilterName] = {
    "agent": FilterName(FilterField.AGENT, None, "the agent, exactly"),
    "format": FilterName(FilterField.FORMAT, None, "the store format"),
    "store": FilterName(FilterField.STORE, None, "the id of a store"),
    "channel": FilterName(FilterField.CHANNEL, None, "the channel, exactly"),
    "dir": FilterName(FilterField.DIR, None, "part of the workspace path"),
    "title": FilterName(FilterField.TITLE, None, "part of the title"),
    "role": FilterName(FilterField.ROLE, tuple(Role), "who wrote the message"),
    "state": FilterName(FilterField.STATE, tuple(SessionState), "what the store says"),
    "is": FilterName(
        FilterField.VERDICT,
        tuple(STATUS_WORDS.values()),
        "the verdict",
        stored={word: status for status, word in STATUS_WORDS.items() if word != status},
    ),
    "before": FilterName(FilterField.TIME, None, "last activity before then", _MOMENTS),
    "after": FilterName(FilterField.TIME, None, "last activity since then", _MOMENTS),
    "on": FilterName(FilterField.TIME, None, "last activity on that day", _MOMENTS[:2]),
    "has": FilterName(FilterField.HAS, HAS_VALUES, "what the session holds"),
    "in": FilterName(None, ("tools",), "search tool calls and output too"),
}
"""Every filter, in the order in which help shows them."""

WHOLE_VALUE = frozenset({"dir", "title", "before", "after", "on"})
"""Filters whose value may hold a comma."""

MOST_CHARACTERS = 2_000
MOST_PARTS = 64
"""Of one query: what is longer was not typed to be searched for, and would take as long."""

_NAME = re.compile(r"([a-z_]{2,}):(?![:/\\\d]|$)|([a-z_]{2,}):")
_TOKEN = re.compile(r"\S")


class SpanKind(StrEnum):
    """What a part of the query text is, for colouring it."""

    TERM = "term"
    OPERATOR = "operator"
    FILTER_NAME = "filter_name"
    FILTER_VALUE = "filter_value"
    ERROR = "error"


class Span(NamedTuple):
    """A part of the query text: offsets and what it is."""

    start: int
    end: int
    kind: SpanKind


class _Token(PlainValue):
    start: int
    end: int
    negated: bool
    name: str | None
    value: str
    value_start: int
    quoted: bool

    @property
    def is_or(self) -> bool:
        return self.value == "OR" and not (self.quoted or self.negated or self.name)


def parse_query(text: str, now: datetime, zone: tzinfo | None = None) -> Query:
    """The query a text means. Raises `QueryInvalid`, which knows the place.

    `now` is aware; days are those of `zone`, by default the system's. With words, the result is
    sorted by relevance, else by activity.
    """
    tokens = list(_tokens(text))
    _check_length(text, tokens)
    filters: list[Filter] = []
    groups: list[list[Term]] = []
    excluded: list[Term] = []
    in_tools = False
    last_word = max(
        (t.start for t in tokens if not (t.name or t.negated or t.quoted or t.is_or)), default=-1
    )
    joined = False
    for position, token in enumerate(tokens):
        if token.is_or:
            _check_or(tokens, position)
            joined = True
            continue
        if token.name == "in":
            _checked_values(token)
            in_tools = not token.negated
        elif token.name is not None:
            filters.append(_filter(token, now, zone))
        else:
            term = Term(token.value, phrase=token.quoted, prefix=token.start == last_word)
            if token.negated:
                excluded.append(term)
            elif joined:
                groups[-1].append(term)
            else:
                groups.append([term])
        joined = False
    return Query(
        terms=tuple(tuple(group) for group in groups),
        excluded=tuple(excluded),
        filters=tuple(filters),
        in_tools=in_tools,
        sort=SortKey.RELEVANCE if groups else SortKey.ACTIVITY,
    )


def parse_spans(text: str, now: datetime, zone: tzinfo | None = None) -> tuple[Span, ...]:
    """The parts of a query text, in order and without overlaps; a wrong part is an error span."""
    spans: list[Span] = []
    wrong: tuple[int, int] | None = None
    try:
        parse_query(text, now, zone)
    except QueryInvalid as error:
        wrong = error.start, error.end
    try:
        for token in _tokens(text):
            if token.name is not None:
                spans.append(Span(token.start, token.value_start, SpanKind.FILTER_NAME))
                spans.append(Span(token.value_start, token.end, SpanKind.FILTER_VALUE))
            else:
                kind = SpanKind.OPERATOR if token.is_or else SpanKind.TERM
                spans.append(Span(token.start, token.end, kind))
    except QueryInvalid:
        pass  # the parts before the wrong one stand, and that one is marked below
    if wrong is None:
        return tuple(spans)
    start, end = wrong
    kept = [span for span in spans if span.end <= start or span.start >= end]
    return tuple(sorted([*kept, Span(start, end, SpanKind.ERROR)]))


# -- reading tokens ------------------------------------------------------------------------


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while found := _TOKEN.search(text, position):
        start = position = found.start()
        negated = text[position] == "-"
        position += negated
        name = None
        if matched := _NAME.match(text, position):
            name = _filter_name(text, matched, start)
            position = matched.end() if name else position
        value_start = position
        if position < len(text) and text[position] == '"':
            end = text.find('"', position + 1)
            if end < 0:
                raise QueryInvalid(
                    "this quotation mark is never closed", 'add a " at its end', position, len(text)
                )
            value, position, quoted = text[position + 1 : end], end + 1, True
        else:
            end = position
            while end < len(text) and not text[end].isspace():
                end += 1
            value, position, quoted = text[position:end], end, False
        if name is not None and not value.strip():
            raise QueryInvalid(f"{name}: has no value", _values_hint(name), start, position)
        if name is not None or value.strip():
            yield _Token(start, position, negated, name, value, value_start, quoted)


def _filter_name(text: str, matched: re.Match[str], start: int) -> str | None:
    """The name of a filter that stands here, or None for plain text."""
    name = matched.group(1) or matched.group(2)
    rest = text[matched.end() :]
    if name in FILTERS and not rest.startswith((":", "//")):
        return name
    if matched.group(1) is None or rest[:1].isspace():
        return None
    end = next((i for i in range(matched.end(), len(text)) if text[i].isspace()), len(text))
    near = difflib.get_close_matches(name, FILTERS, n=1)
    hint = f"did you mean {near[0]}:" if near else "filters are " + ", ".join(FILTERS)
    raise QueryInvalid(
        f"there is no filter {name}:",
        f"{hint}; put it in quotation marks to search for it as text",
        start,
        end,
    )


def _check_length(text: str, tokens: list[_Token]) -> None:
    parts = [token for token in tokens if not token.is_or]
    if len(text) > MOST_CHARACTERS:
        problem, start = f"a query has at most {MOST_CHARACTERS:,} characters", MOST_CHARACTERS
    elif len(parts) > MOST_PARTS:
        problem, start = f"a query has at most {MOST_PARTS} words", parts[MOST_PARTS].start
    else:
        return
    hint = "leave some out; words in a row count as one between quotation marks"
    raise QueryInvalid(problem, hint, start, len(text))


def _check_or(tokens: list[_Token], position: int) -> None:
    token = tokens[position]
    sides = (
        tokens[position - 1] if position else None,
        tokens[position + 1] if position + 1 < len(tokens) else None,
    )
    for side in sides:
        if side is None or side.is_or or side.name is not None or side.negated:
            raise QueryInvalid(
                "OR needs a word or a phrase on both sides",
                'write "OR" in quotation marks to search for it',
                token.start,
                token.end,
            )


# -- reading filters -----------------------------------------------------------------------


def _values_hint(name: str) -> str:
    allowed = FILTERS[name].values
    if allowed is not None:
        return "one of " + ", ".join(allowed)
    if FILTERS[name].field is FilterField.TIME:
        return "such as 7d, today, yesterday, 2026-11-01"
    return f"write {name}: and then {FILTERS[name].help}"


def _checked_values(token: _Token) -> tuple[str, ...]:
    name = token.name or ""
    if token.quoted or name in WHOLE_VALUE:
        values = [token.value]
    else:
        values = [part for part in token.value.split(",") if part]
    allowed, stored = FILTERS[name].values, FILTERS[name].stored
    for value in values if allowed is not None else ():
        if value.casefold() not in (*(allowed or ()), *stored.values()):
            near = difflib.get_close_matches(value.casefold(), allowed or (), n=1)
            hint = f"did you mean {near[0]}; " if near else ""
            raise QueryInvalid(
                f"{name}: cannot be {value}",
                hint + _values_hint(name),
                token.value_start,
                token.end,
            )
    if not values:
        raise QueryInvalid(f"{name}: has no value", _values_hint(name), token.start, token.end)
    if allowed is None:
        return tuple(values)
    return tuple(stored.get(value.casefold(), value.casefold()) for value in values)


def _filter(token: _Token, now: datetime, zone: tzinfo | None) -> Filter:
    name = token.name or ""
    field = FILTERS[name].field
    assert field is not None
    values = _checked_values(token)
    if field is not FilterField.TIME:
        return Filter(field=field, values=values, negated=token.negated)
    period = parse_period(values[0], now, zone)
    if period is None:
        raise QueryInvalid(
            f"{values[0]} is no time", _values_hint(name), token.value_start, token.end
        )
    if name == "before":
        return Filter(field=field, until=period.start, negated=token.negated)
    if name == "after":
        return Filter(field=field, since=period.start, negated=token.negated)
    day = day_of(period, zone)
    return Filter(field=field, since=day.start, until=day.end, negated=token.negated)
