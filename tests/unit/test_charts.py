"""Bars, columns and axes: what is painted stands for the numbers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from sessiontui.domain.bar_signs import (
    BLOCKS,
    LETTERS,
    BarSigns,
    bar,
    bar_signs,
    column,
    shade,
    signs_of_terminal,
)
from sessiontui.domain.chart_layout import axis_line, places_of
from sessiontui.domain.statistics import Period, Unit
from sessiontui.ui.widgets.bar_chart import Bar, plan_bars
from sessiontui.ui.widgets.period_chart import PeriodPainter, PeriodStyles

SIGNS = st.sampled_from((BLOCKS, LETTERS))


@given(
    signs=SIGNS, value=st.integers(0, 10**9), most=st.integers(1, 10**9), cells=st.integers(1, 60)
)
def test_a_bar_never_leaves_its_room_and_what_is_something_is_seen(
    signs: BarSigns, value: int, most: int, cells: int
) -> None:
    across, upwards = bar(value, most, cells, signs), column(value, most, cells, signs)
    assert cell_len(across) <= cells
    assert cell_len(upwards) == len(upwards) == cells
    assert bool(across) == bool(upwards.strip()) == (value > 0)
    if value >= most:
        assert across == signs.across[-1] * cells
        assert upwards == signs.upwards[-1] * cells


@given(signs=SIGNS, values=st.lists(st.integers(0, 1000), min_size=2, max_size=2))
def test_more_is_never_painted_as_less(signs: BarSigns, values: list[int]) -> None:
    less, more = sorted(values)

    def rank(cells: str, order: str) -> list[int]:
        return [order.index(cell) for cell in cells]

    order = " " + signs.upwards
    assert rank(column(less, 1000, 5, signs), order) <= rank(column(more, 1000, 5, signs), order)
    assert signs.shades.index(shade(less, 1000, signs)) <= signs.shades.index(
        shade(more, 1000, signs)
    )


def test_nothing_and_everything_have_shades_of_their_own() -> None:
    for signs in (BLOCKS, LETTERS):
        assert len({shade(value, 4, signs) for value in range(5)}) == 5
        assert len(set("".join(signs.shades))) == len(signs.shades)
        assert shade(0, 0, signs) == signs.shades[0]


def test_terminals_without_blocks_get_letters() -> None:
    assert bar_signs("utf-8") is BLOCKS
    assert bar_signs("ascii") is bar_signs("latin-1") is bar_signs("no-such") is LETTERS
    assert signs_of_terminal({"TERM": "linux"}, "utf-8") is LETTERS
    assert signs_of_terminal({"TERM": "xterm"}, "utf-8") is BLOCKS


@given(count=st.integers(0, 200), width=st.integers(0, 200))
def test_columns_stand_side_by_side_within_the_width(count: int, width: int) -> None:
    places = places_of(count, width)
    assert len(places) == min(count, width)
    ends = [place.x + place.width for place in places]
    assert all(place.width >= 1 for place in places)
    assert all(end <= place.x for end, place in zip(ends, places[1:], strict=False))
    assert not ends or ends[-1] <= width
    if count and 2 * count <= width:
        assert all(end < place.x for end, place in zip(ends, places[1:], strict=False))


@given(
    words=st.lists(st.text("abc", min_size=1, max_size=8), max_size=60), width=st.integers(1, 120)
)
def test_words_of_an_axis_begin_at_their_columns_and_never_touch(
    words: list[str], width: int
) -> None:
    places = places_of(len(words), width)
    words = words[: len(places)]
    line = axis_line(words, places, width)
    assert len(line) <= width
    shown = {place.x: word for word, place in zip(words, places, strict=True)}
    at = 0
    for word in line.split():
        at = line.index(word, at)
        assert shown[at] == word
        at += len(word)
        assert line[at : at + 2].strip() == ""


STYLES = PeriodStyles(*(Style(color=name) for name in ("blue", "red", "green", "white", "white")))


def period(number: int, begun: int, active: int, texts: int) -> Period:
    return Period(date(2026, 1, 1 + number), begun, active, texts, 0)


def lines_of(periods: list[Period], width: int, height: int) -> list[list[Segment]]:
    return PeriodPainter(periods, Unit.DAY, width, height, BLOCKS, STYLES).lines()


def words_of(line: list[Segment]) -> str:
    return "".join(segment.text for segment in line)


@given(
    numbers=st.lists(st.integers(0, 500), min_size=1, max_size=28),
    width=st.integers(10, 120),
    height=st.integers(2, 30),
)
def test_the_chart_of_periods_fits_its_room(numbers: list[int], width: int, height: int) -> None:
    numbers = numbers[: width - 7]
    periods = [period(place, count // 3, count, count) for place, count in enumerate(numbers)]
    lines = lines_of(periods, width, height)
    assert len(lines) <= height
    for line in lines:
        if "sessions at work" not in words_of(line):
            assert cell_len(words_of(line)) <= width


def test_sessions_begun_stand_before_those_that_were_gone_on_with() -> None:
    lines = lines_of([period(0, 0, 4, 4), period(1, 2, 4, 4), period(2, 4, 4, 0)], 40, 12)
    caption = next(at for at, line in enumerate(lines) if "sessions" in words_of(line))
    rows = [
        [segment for segment in line if segment.text.strip("▁▂▃▄▅▆▇█") == "" and segment.text]
        for line in lines[caption + 1 : -1]
    ]
    red, green = STYLES.active, STYLES.begun
    for position, row in enumerate(rows):
        columns = [segment.style for segment in row]
        assert columns[0] == red
        assert columns[2] == green
        if position == 0:
            assert columns[1] == red
        if position == len(rows) - 1:
            assert columns[1] == green


def test_without_colour_a_shade_tells_what_was_begun_earlier() -> None:
    periods = [period(0, 0, 4, 4), period(1, 4, 4, 4)]
    painter = PeriodPainter(periods, Unit.DAY, 40, 12, BLOCKS, STYLES, coloured=False)
    texts = {segment.text.strip() for line in painter.lines() for segment in line}
    shaded = {text for text in texts if set(text) == {"▒"}}
    assert "▒" in shaded, "the legend"
    assert len(shaded) == 2, "and the column"
    assert all("▒" not in words_of(line) for line in lines_of(periods, 40, 12))


def test_the_axis_names_the_most_and_nothing() -> None:
    lines = [words_of(line) for line in lines_of([period(0, 1, 1, 1234)], 40, 12)]
    assert lines[0].startswith("1,234 █")
    assert lines[-1].strip() == "1 Jan"


@pytest.mark.parametrize("width", [20, 30, 40, 60, 100])
def test_figures_are_whole_and_labels_come_before_places_and_bars(width: int) -> None:
    bars = [
        Bar(1, "a title of some thirty letters", 3, "1,234", "tidepool"),
        Bar(2, "short", 1, "7", "shop"),
    ]
    plan = plan_bars(bars, width)
    assert plan.figure == 5
    used = 2 + plan.label + 2 + (plan.note + 2 if plan.note else 0) + plan.figure
    used += plan.bar + 2 if plan.bar else 0
    assert used <= width
    if width >= 60:
        assert plan.label == 30
    if width >= 100:
        assert plan.note == 8
        assert plan.bar > 20
