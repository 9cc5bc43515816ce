"""One row of the list as it is painted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from sessiontui.domain.printable import printable_line
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.ui.marks import LETTERS, SIGNS, marks_for
from sessiontui.ui.widgets.session_groups import Group
from sessiontui.ui.widgets.session_row_renderer import (
    RowPainter,
    RowStyles,
    fit,
    fit_right,
    place_of,
    plan_columns,
    split_matches,
    wrap_cells,
)

_MATCH = Style(bold=True, color="red")
STYLES = RowStyles(
    base=Style(),
    selected=Style(bgcolor="blue"),
    selected_blurred=Style(),
    bar=Style(),
    bar_blurred=Style(),
    title=Style(),
    dim=Style(dim=True),
    hits=Style(),
    place=Style(),
    match=_MATCH,
    question=Style(),
    warning=Style(),
    statuses={},
    day=Style(),
)
ROW = SessionRow(
    ref=SessionRef("s", "k"),
    format="zeroclaw-sqlite",
    title="trip plan",
    title_source="derived",
    status="idle",
    state="idle",
    last_activity=1000.0,
    created_at=None,
    message_count=1204,
    size_bytes=1,
    agent="scout",
    channel="telegram",
    workspace=None,
    model=None,
    problem=None,
)


def painter(width: int, *, searching: bool = False) -> RowPainter:
    """A painter at a time two hours after the row's."""
    return RowPainter(width, STYLES, SIGNS, 1000.0 + 7200, searching=searching)


def painted(row: SessionRow, width: int, *, searching: bool = False) -> Strip:
    """The first line of a row."""
    return painter(width, searching=searching).row(row, selected=False, focused=False)


def test_a_wide_row_shows_everything() -> None:
    text = painted(ROW, 90).text
    assert text.split() == ["○", "trip", "plan", "scout", "zeroclaw", "1,204", "2h"]


def test_columns_go_away_one_by_one_and_the_title_stays() -> None:
    counts = [len(plan_columns(width, searching=True).columns) for width in range(90, 10, -1)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == 5
    assert counts[-1] == 0
    assert [column.name for column in plan_columns(42, searching=True).columns] == ["hits", "age"]


def test_marks_say_who_gave_a_title_and_what_is_damaged() -> None:
    assert "trip plan ✎" in painted(ROW._replace(title_source="store"), 60).text
    assert "trip plan ⌂" in painted(ROW._replace(title_source="local"), 60).text
    assert "trip plan !" in painted(ROW._replace(problem="a line is damaged"), 60).text


def test_hits_that_were_not_all_counted_say_so() -> None:
    row = ROW._replace(hit_count=1000, hit_count_exact=False)
    assert "1,000+" in painted(row, 90, searching=True).text


def test_the_place_is_what_says_most() -> None:
    assert place_of(ROW) == "scout"
    assert place_of(ROW._replace(agent=None)) == "telegram"
    assert place_of(ROW._replace(workspace="/home/me/src/app")) == "app"
    assert place_of(ROW._replace(agent=None, channel=None)) == ""


def test_a_selected_row_has_a_bar_and_a_background() -> None:
    strip = painter(60).row(ROW, selected=True, focused=True)
    assert strip.text.startswith("▌ ○ trip plan")
    assert all(segment.style and segment.style.bgcolor for segment in strip)


def test_the_match_is_in_view_and_marked() -> None:
    text = "word " * 40 + "Oslo" + " word" * 40
    row = ROW._replace(snippet=text, matches=((200, 204),), message_index=0)
    strip = painter(50, searching=True).snippet(row, selected=False, focused=False)
    marked = [segment.text for segment in strip if segment.style and segment.style.color]
    assert marked == ["Oslo"]
    assert strip.text.strip().startswith("…")
    assert strip.text.strip().endswith("…")
    assert strip.cell_length == 50


def test_a_row_found_by_its_title_says_where_it_lies() -> None:
    row = ROW._replace(workspace="/home/me/src/app")
    assert "/home/me/src/app" in painter(50).snippet(row, selected=False, focused=False).text


def test_a_heading_counts_its_rows() -> None:
    assert painter(40).heading(Group("Older", "day", 0, 12345)).text.strip() == "Older 12,345"


_texts = st.text(max_size=60)


@given(_texts, _texts, st.integers(1, 120), st.booleans())
def test_every_row_is_exactly_as_wide_as_the_list(
    title: str, snippet: str, width: int, searching: bool
) -> None:
    row = ROW._replace(
        title=title or "x", snippet=snippet, matches=((2, 5), (4, 9), (50, 40)), agent=title
    )
    paint = painter(width, searching=searching)
    for strip in (
        paint.row(row, selected=True, focused=True),
        paint.snippet(row, selected=False, focused=False),
        *paint.question(title),
        *paint.notice(title, (snippet,)),
    ):
        assert strip.cell_length == width
        assert cell_len(strip.text) == width
        assert "\x1b" not in strip.text
        assert "\n" not in strip.text
        strip.text.encode("utf-8")


@given(_texts, st.integers(0, 40))
def test_fitted_text_has_its_width(text: str, width: int) -> None:
    clean = text.replace("\x00", "")
    assert cell_len(fit(clean, width)) == width
    assert cell_len(fit_right(clean, width)) == width


@given(_texts, st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70)), max_size=5))
def test_split_matches_loses_nothing(text: str, matches: list[tuple[int, int]]) -> None:
    pieces = list(split_matches(text, tuple(matches)))
    assert "".join(piece for piece, _ in pieces) == text
    assert all(piece for piece, _ in pieces)


@given(_texts, st.integers(2, 40))
def test_wrapped_lines_fit(text: str, width: int) -> None:
    clean = printable_line(text)
    lines = wrap_cells(clean, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(clean.split())


@pytest.mark.parametrize(
    ("variables", "encoding", "expected"),
    [
        ({"TERM": "xterm-256color"}, "UTF-8", SIGNS),
        ({"TERM": "linux"}, "UTF-8", LETTERS),
        ({"TERM": "xterm"}, "ANSI_X3.4-1968", LETTERS),
        ({}, "utf8", SIGNS),
    ],
)
def test_a_terminal_without_signs_gets_letters(
    variables: dict[str, str], encoding: str, expected: object
) -> None:
    assert marks_for(variables, encoding) is expected


def test_marks_are_distinct_in_both_sets() -> None:
    for marks in (SIGNS, LETTERS):
        assert len(set(marks.statuses.values())) == len(marks.statuses)
        assert all(cell_len(mark) == 1 for mark in marks.statuses.values())
    assert all(mark.isascii() for mark in LETTERS.statuses.values())
