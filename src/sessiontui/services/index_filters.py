"""Filters and orders of a query as SQL over the table of sessions. Pure.

They mean the same as `domain.query.session_matches` and `select_sessions`; a test compares them.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from pathlib import PurePath
from typing import Any, NamedTuple

from sessiontui.domain.query import Filter, FilterField, Query, SortKey
from sessiontui.domain.session import SessionState
from sessiontui.domain.value import PlainValue
from sessiontui.domain.verdict import changes_with_time, status_of
from sessiontui.services.index_schema import ROLE_CODES, Has
from sessiontui.services.index_words import exact

ALL_ROLES = (1 << len(ROLE_CODES)) - 1


class Sql(NamedTuple):
    """A piece of SQL with the values of its parameters, in order."""

    text: str
    values: tuple[Any, ...] = ()


class Surroundings(PlainValue):
    """What filters are judged by besides the session.

    `stores` are the ids of the stores that are open; `now` in seconds since the epoch, `threshold`
    in seconds.
    """

    stores: tuple[str, ...]
    now: float
    threshold: float


_FOLDED = {
    FilterField.AGENT: "agent_folded",
    FilterField.CHANNEL: "channel_folded",
    FilterField.REPO: "repo_folded",
    FilterField.NATIVE_ID: "native_id_folded",
}


def session_condition(query: Query, around: Surroundings) -> Sql:
    """What a session must fulfil: its store is open, and every filter holds."""
    # Unary plus: in the order of an index that has the order wanted, not in that of the stores.
    parts = [_one_of("+store", around.stores)]
    for item in query.filters:
        if item.field is FilterField.ROLE and query.terms:
            # It restricts the messages instead.
            continue
        held = _condition(item, around)
        if item.negated:
            # A comparison with a missing value is neither true nor false.
            held = Sql(f"coalesce({held.text}, 0) = 0", held.values)
        parts.append(held)
    roles = allowed_roles(query) if query.terms else None
    if roles is not None:
        parts.append(Sql("(roles & ?) != 0", (roles,)))
    return joined(parts, " AND ")


def titles_asked_for(query: Query) -> tuple[tuple[str, ...], ...]:
    """What titles have to hold: for each filter the values of which one has to be a part of it."""
    return tuple(
        item.values
        for item in query.filters
        if item.field is FilterField.TITLE and not item.negated and item.values
    )


def allowed_roles(query: Query) -> int | None:
    """The bit set of roles whose messages may match; None when all may."""
    roles = ALL_ROLES
    for item in query.filters:
        if item.field is FilterField.ROLE:
            roles &= ~_roles(item) if item.negated else _roles(item)
    return None if roles == ALL_ROLES else roles & ALL_ROLES


def joined(parts: Iterable[Sql], glue: str) -> Sql:
    """Several pieces as one."""
    pieces = list(parts)
    values = tuple(value for piece in pieces for value in piece.values)
    return Sql(glue.join(piece.text for piece in pieces), values)


def _condition(item: Filter, around: Surroundings) -> Sql:
    folded = tuple(value.casefold() for value in item.values)
    match item.field:
        case FilterField.TIME:
            return _span(item)
        case FilterField.STORE:
            return _one_of("+store", _matching(around.stores, folded))
        case FilterField.FORMAT:
            # Formats are named in ASCII.
            return _one_of("lower(format)", folded)
        case FilterField.STATE:
            states = tuple(state.value for state in SessionState)
            return _one_of("state", _matching(states, folded))
        case FilterField.WORKSPACE:
            return _one_of("workspace", tuple(str(PurePath(value)) for value in item.values))
        case FilterField.DIR:
            return _any_part("workspace_folded", folded)
        case FilterField.TITLE:
            return _any_part("title_folded", folded)
        case FilterField.VERDICT:
            return _verdict(folded, around)
        case FilterField.ROLE:
            return Sql("(roles & ?) != 0", (_roles(item),))
        case FilterField.HAS:
            return Sql("(has & ?) != 0", (_has(folded),))
        case _:
            return _one_of(_FOLDED[item.field], folded)


def _matching(values: Iterable[str], folded: Collection[str]) -> tuple[str, ...]:
    return tuple(value for value in values if value.casefold() in folded)


def _one_of(column: str, values: Sequence[str]) -> Sql:
    if not values:
        return Sql("0")
    marks = ", ".join("?" * len(values))
    return Sql(f"{column} IN ({marks})", tuple(exact(value) for value in values))


def _any_part(column: str, values: Sequence[str]) -> Sql:
    if not values:
        return Sql("0")
    tests = " OR ".join([f"instr({column}, ?) > 0"] * len(values))
    return Sql(f"({tests})", tuple(exact(value) for value in values))


def _span(item: Filter) -> Sql:
    parts = [Sql("last_activity IS NOT NULL")]
    if item.since is not None:
        parts.append(Sql("last_activity >= ?", (item.since.timestamp(),)))
    if item.until is not None:
        parts.append(Sql("last_activity < ?", (item.until.timestamp(),)))
    span = joined(parts, " AND ")
    return Sql(f"({span.text})", span.values)


def _roles(item: Filter) -> int:
    codes = (ROLE_CODES.get(value.casefold()) for value in item.values)
    return sum(1 << code for code in {code for code in codes if code is not None})


def _has(folded: Iterable[str]) -> int:
    bits = Has(0)
    for value in folded:
        bits |= Has.__members__.get(value.upper(), Has(0))
    return int(bits)


def _verdict(wanted: Collection[str], around: Surroundings) -> Sql:
    """By state first: only sessions in an open turn have to be judged one by one."""
    settled: list[tuple[str, bool | None]] = []
    open_turns: list[tuple[str, bool | None]] = []
    for state in SessionState:
        for opened in (True, False, None):
            # A turn that begins now, and one that began long ago.
            possible = {
                str(status_of(state, opened, 0.0, 0.0, now, 1.0)) for now in (0.0, math.inf)
            }
            if possible.isdisjoint(wanted):
                continue
            if changes_with_time(state.value, opened):
                open_turns.append((state.value, opened))
            else:
                settled.append((state.value, opened))
    parts = [_in_states(settled)]
    if open_turns:
        marks = ", ".join("?" * len(wanted))
        narrow = _in_states(open_turns)
        # Both sides of an AND are computed, of a CASE only what is needed.
        parts.append(
            Sql(
                f"CASE WHEN {narrow.text} THEN status_of(state, turn_open, turn_started_at, "
                f"last_activity, moved_at, ?, ?) IN ({marks}) ELSE 0 END",
                (*narrow.values, around.now, around.threshold, *wanted),
            )
        )
    either = joined(parts, " OR ")
    return Sql(f"({either.text})", either.values)


def _in_states(turns: Sequence[tuple[str, bool | None]]) -> Sql:
    """One of these states, with the open turn that goes with it."""
    of_state: dict[str, list[bool | None]] = {}
    for state, opened in turns:
        of_state.setdefault(state, []).append(opened)
    whole = [state for state, among in of_state.items() if len(among) == 3]
    parts = [_one_of("state", whole)]
    for state, among in of_state.items():
        if state not in whole:
            either = " OR ".join(["turn_open IS ?"] * len(among))
            parts.append(Sql(f"(state = ? AND ({either}))", (state, *among)))
    held = joined(parts, " OR ")
    return Sql(f"({held.text})", held.values)


_ORDERS = {
    SortKey.ACTIVITY: "last_activity",
    SortKey.RELEVANCE: "last_activity",
    SortKey.CREATED: "created_at",
    SortKey.TITLE: "title_order",
    SortKey.MESSAGES: "coalesce(message_count, 0)",
    SortKey.SIZE: "coalesce(size_bytes, 0)",
}


def session_order(sort: SortKey, *, reverse: bool) -> str:
    """The ORDER BY terms; ties by reference, upwards. A missing time counts as the earliest."""
    downwards = (sort is not SortKey.TITLE) != reverse
    return f"{_ORDERS[sort]} {'DESC' if downwards else 'ASC'}, store, key"
