"""Queries as they are typed: what `parse_query` reads again as the same query."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from sessiontui.domain.query import Filter, FilterField, Query, Term
from sessiontui.domain.query_parser import FILTERS

_NAMES: dict[FilterField, str] = {
    named.field: name
    for name, named in FILTERS.items()
    if named.field is not None and named.field is not FilterField.TIME
}
_DAY = timedelta(days=1)


def query_text(query: Query, zone: tzinfo | None = None) -> str:
    """The words of a query, then its filters; days are those of `zone`, by default the system's.

    Filters that have no name in the query language are left out.
    """
    parts = [" OR ".join(map(_term, group)) for group in query.terms]
    parts += [f"-{_term(term)}" for term in query.excluded]
    parts += [
        f"{'-' if item.negated else ''}{text}"
        for item in query.filters
        for text in _filter(item, zone)
    ]
    if query.in_tools:
        parts.append("in:tools")
    return " ".join(parts)


def _term(term: Term) -> str:
    return f'"{term.text}"' if term.phrase or any(map(str.isspace, term.text)) else term.text


def _filter(item: Filter, zone: tzinfo | None) -> Iterator[str]:
    name = _NAMES.get(item.field)
    if item.field is FilterField.TIME:
        yield from _times(item, zone)
    elif name is not None:
        words = {stored: word for word, stored in FILTERS[name].stored.items()}
        yield f"{name}:{_values(tuple(words.get(value, value) for value in item.values))}"


def _values(values: tuple[str, ...]) -> str:
    if len(values) == 1 and (not values[0] or any(s.isspace() or s == "," for s in values[0])):
        return f'"{values[0]}"'
    return ",".join(values)


def _times(item: Filter, zone: tzinfo | None) -> Iterator[str]:
    since, until = item.since, item.until
    if since is not None and until is not None:
        day = since.astimezone(zone)
        if _is_midnight(day) and _is_midnight(until.astimezone(zone)):
            days = (until.astimezone(zone).date() - day.date()) / _DAY
            if days == 1:
                yield f"on:{day.date().isoformat()}"
                return
    if since is not None:
        yield f"after:{_moment(since, zone)}"
    if until is not None:
        yield f"before:{_moment(until, zone)}"


def _moment(at: datetime, zone: tzinfo | None) -> str:
    local = at.astimezone(zone)
    if _is_midnight(local):
        return local.date().isoformat()
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _is_midnight(at: datetime) -> bool:
    return (at.hour, at.minute, at.second, at.microsecond) == (0, 0, 0, 0)
