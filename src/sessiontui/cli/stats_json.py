"""Statistics as JSON: kind `stats`, one item."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sessiontui.cli.json_output import Problem
from sessiontui.domain.statistics import (
    Amounts,
    Group,
    GroupField,
    Measure,
    Period,
    Statistics,
    TopSession,
    Unit,
    top_groups,
)
from sessiontui.services.json_form import JsonObject, envelope, json_time

MOST_PERIODS = 62
"""Unless a unit is asked for, it is the shortest one that needs at most so many periods."""
_BUSIEST = 5
_SESSION_MEASURES = (Measure.SIZE, Measure.MESSAGES, Measure.TOKENS, Measure.TIME)


def stats_envelope(
    found: Statistics,
    query: str,
    unit: Unit | None,
    most: int,
    problems: Iterable[Problem] = (),
) -> JsonObject:
    """The object around the numbers: one item, none where no session matches.

    Days are local ones, weekdays count from 0 for Monday.
    """
    told = [problem.as_object for problem in problems]
    if not found.amounts.sessions:
        return envelope("stats", [], total=0, problems=told)
    by = unit or found.unit_within(MOST_PERIODS)
    item = {
        "query": query,
        "corrected": found.corrected,
        "since": json_time(found.span.since),
        "until": json_time(found.span.until),
        "zone": found.zone,
        **_amounts(found.amounts),
        "begun": found.begun,
        "texts": found.texts,
        "undated_texts": found.undated,
        "untimed_sessions": found.untimed,
        "pending_sessions": found.pending,
        "first_day": None if found.first is None else found.first.isoformat(),
        "last_day": None if found.last is None else found.last.isoformat(),
        "days": _days(found),
        "by": by.value,
        "periods": [_period(period) for period in found.periods[by]],
        "hours": [list(counts) for counts in found.hours],
        "busiest_hours": [
            {"weekday": weekday, "hour": hour, "texts": texts}
            for weekday, hour, texts in found.busiest_hours(_BUSIEST)
        ],
        "groups": {field.value: _groups(found.groups[field], most) for field in GroupField},
        "top": {
            measure.value: [_session(session) for session in found.top[measure]]
            for measure in _SESSION_MEASURES
        },
    }
    return envelope("stats", [item], total=1, problems=told)


def _amounts(amounts: Amounts) -> JsonObject:
    return {
        "sessions": amounts.sessions,
        "messages": amounts.messages,
        "size_bytes": amounts.size_bytes,
        "tokens": amounts.tokens,
    }


def _days(found: Statistics) -> JsonObject:
    streaks, busiest = found.streaks, found.busiest_day
    end = streaks.longest_end
    return {
        "at_work": streaks.days,
        "current_streak": streaks.current,
        "longest_streak": streaks.longest,
        "longest_streak_end": None if end is None else end.isoformat(),
        "busiest": None if busiest is None else _period(busiest),
    }


def _period(period: Period) -> JsonObject:
    return {
        "start": period.start.isoformat(),
        "begun": period.begun,
        "active": period.active,
        "texts": period.texts,
        "undated_texts": period.undated,
    }


def _groups(groups: Sequence[Group], most: int) -> JsonObject:
    top = top_groups(groups, most, Measure.SESSIONS)
    others = {"values": top.others, **_amounts(top.rest)} if top.others else None
    return {
        "items": [{"name": group.name, **_amounts(group.amounts)} for group in top.groups],
        "others": others,
    }


def _session(session: TopSession) -> JsonObject:
    row = session.row
    return {
        "ref": str(row.ref),
        "title": row.title,
        "format": row.format,
        "agent": row.agent,
        "workspace": row.workspace,
        "model": row.model,
        "status": row.status,
        "created_at": json_time(row.created_at),
        "last_activity": json_time(row.last_activity),
        "message_count": row.message_count,
        "size_bytes": row.size_bytes,
        "tokens": session.tokens,
        "seconds": session.seconds,
    }
