"""Statistics as text for people: small bars that work without colour."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from sessiontui.cli.text_output import Column, fitted, short_keys, table
from sessiontui.domain.bar_signs import BarSigns, bar, column, root_share, shade, signs_of_terminal
from sessiontui.domain.chart_layout import axis_line, places_of
from sessiontui.domain.printable import printable_line
from sessiontui.domain.statistics import (
    HOURS,
    WEEKDAYS,
    Amounts,
    GroupField,
    Measure,
    Statistics,
    TopGroups,
    TopSession,
    Unit,
    top_groups,
)
from sessiontui.domain.statistics_words import (
    TEXTS,
    amount_words,
    axis_word,
    day_words,
    group_name,
    hour_words,
    period_words,
    streak_words,
)
from sessiontui.domain.words import count_words, short_count, size_words

_WIDEST = 100
_BAR_CELLS = 16
_GUTTER = 6
"""Cells of the numbers left of a chart."""
_NAME_CELLS = 40
_TOP_SESSIONS = 5
_TITLES = {
    Measure.SIZE: "largest",
    Measure.MESSAGES: "most messages",
    Measure.TOKENS: "most tokens",
    Measure.TIME: "longest",
}


def stats_lines(
    found: Statistics, unit: Unit | None, most: int, width: int | None
) -> Iterator[str]:
    """All of it, for a terminal of so many columns; None: not for a terminal, nothing is cut."""
    signs = signs_of_terminal(
        os.environ if width is not None else {}, getattr(sys.stdout, "encoding", None)
    )
    room = min(width or _WIDEST, _WIDEST)
    yield from _summary(found, room)
    yield from _over_time(found, unit, room, signs)
    yield from _by_hours(found, room, signs)
    for field in GroupField:
        if found.tells(field):
            yield ""
            yield from _group_table(field, top_groups(found.groups[field], most, _BY), signs, width)
    for measure in _TITLES:
        if sessions := found.top[measure][:_TOP_SESSIONS]:
            yield ""
            yield from _session_table(measure, sessions, width)


_BY = Measure.SESSIONS


def _summary(found: Statistics, width: int) -> Iterator[str]:
    amounts = found.amounts
    facts = [count_words(amounts.sessions, "session")]
    if not found.span.is_all:
        facts[0] += f" ({found.begun:,} begun)"
    if amounts.messages is not None:
        facts.append(count_words(amounts.messages, "message"))
    if amounts.tokens is not None:
        facts.append(f"{short_count(amounts.tokens)} tokens")
    if amounts.size_bytes is not None:
        facts.append(size_words(amounts.size_bytes))
    yield fitted(click.style(", ".join(facts), bold=True), width + 8)
    if found.first is not None and found.last is not None:
        days = count_words(found.streaks.days, "day")
        yield fitted(f"{days} at work, {streak_words(found)}", width)
        yield fitted(f"from {day_words(found.first)} to {day_words(found.last)}", width)


def _over_time(found: Statistics, unit: Unit | None, width: int, signs: BarSigns) -> Iterator[str]:
    chosen = unit or found.unit_within(width - _GUTTER - 1)
    periods = found.periods[chosen][-(width - _GUTTER - 1) :]
    if not periods:
        return
    texts = sum(period.texts for period in periods)
    peak = max(periods, key=lambda period: period.texts)
    yield ""
    title = f"{short_count(texts)} {TEXTS} by {chosen.value}"
    busiest = f", most {peak.texts:,} ({period_words(chosen, peak.start)})"
    yield _heading(title, busiest if texts else "", width)
    yield from _columns([period.texts for period in periods], 5, width, signs)
    yield f"sessions at work by {chosen.value}"
    yield from _columns([period.active for period in periods], 3, width, signs)
    places = places_of(len(periods), width - _GUTTER - 1)
    words = [axis_word(chosen, period.start) for period in periods]
    yield " " * (_GUTTER + 1) + axis_line(words, places, width - _GUTTER - 1)


def _heading(title: str, rest: str, width: int) -> str:
    return click.style(title, bold=True) + fitted(rest, max(0, width - len(title)))


def _columns(values: Sequence[int], height: int, width: int, signs: BarSigns) -> Iterator[str]:
    most = max(values)
    cells = [column(value, most, height, signs) for value in values]
    places = places_of(len(values), width - _GUTTER - 1)
    for level in reversed(range(height)):
        label = short_count(most) if level == height - 1 else "0" if level == 0 else ""
        line = ""
        for cell, place in zip(cells, places, strict=True):
            line = line.ljust(place.x) + cell[level] * place.width
        yield f"{label:>{_GUTTER}} {line}".rstrip()


def _by_hours(found: Statistics, width: int, signs: BarSigns) -> Iterator[str]:
    most = max(map(max, found.hours))
    if not most:
        return
    best = ", ".join(
        f"{hour_words(weekday, hour)} ({texts:,})"
        for weekday, hour, texts in found.busiest_hours(3)
    )
    yield ""
    yield _heading("by hour", f" ({found.zone}), most {best}", width)
    cells = 2 if width >= 4 + 2 * HOURS else 1
    for weekday, counts in zip(WEEKDAYS, found.hours, strict=True):
        yield f"{weekday} " + "".join(
            shade(root_share(count, most), 1, signs) * cells for count in counts
        )
    yield "    " + "".join(f"{hour:<{6 * cells}}" for hour in range(0, HOURS, 6)).rstrip()


def _group_table(
    field: GroupField, top: TopGroups, signs: BarSigns, width: int | None
) -> list[str]:
    named: list[tuple[str, Amounts]] = [
        (printable_line(group_name(field, group.name, Path.home())), group.amounts)
        for group in top.groups
    ]
    if top.others:
        named.append((f"{top.others:,} more", top.rest))
    most = max(amounts.sessions for _, amounts in named)
    limit = _NAME_CELLS if width is not None else 10_000
    return table(
        (
            Column(field.value, [fitted(name, limit) for name, _ in named], flexible=True),
            Column("sessions", [f"{amounts.sessions:,}" for _, amounts in named], right=True),
            Column(
                "share",
                [bar(amounts.sessions, most, _BAR_CELLS, signs) for _, amounts in named],
                rank=1,
            ),
            *(
                Column(
                    measure.value,
                    [amount_words(measure, amounts.of(measure)) for _, amounts in named],
                    right=True,
                    rank=rank,
                )
                for rank, measure in enumerate((Measure.MESSAGES, Measure.SIZE, Measure.TOKENS), 2)
            ),
        ),
        width,
    )


def _session_table(
    measure: Measure, sessions: Sequence[TopSession], width: int | None
) -> list[str]:
    rows = [session.row for session in sessions]
    refs = [row.ref for row in rows]
    names = [str(ref) for ref in refs] if width is None else short_keys(refs)
    return table(
        (
            Column(
                _TITLES[measure],
                [amount_words(measure, session.of(measure)) for session in sessions],
                right=True,
            ),
            Column("title", [printable_line(row.title, 200) for row in rows], flexible=True),
            Column("format", [row.format for row in rows], rank=1),
            Column("ref", [printable_line(name) for name in names], flexible=width is not None),
        ),
        width,
    )
