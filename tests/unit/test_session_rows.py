"""One row of the list as it is painted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from sessiontui.domain.printable import printable_line
from sessiontui.domain.query import Query
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.ui.list_order import Density, ListOrder, ListSort
from sessiontui.ui.marks import LETTERS, SIGNS, marks_for
from sessiontui.ui.widgets.arrangement import Wishes, arrange
from sessiontui.ui.widgets.cell_text import fit, fit_right, split_matches, wrap_cells
from sessiontui.ui.widgets.column_plan import Needs, measure, place_of, plan_columns
from sessiontui.ui.widgets.session_groups import Group
from sessiontui.ui.widgets.session_row_renderer import Look, RowPainter, RowStyles

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
    marked=Style(),
    new=Style(),
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


NOW = datetime.fromtimestamp(1000.0 + 7200, UTC)


def painter(
    width: int,
    rows: Sequence[SessionRow] = (ROW,),
    *,
    searching: bool = False,
    density: Density = Density.COMPACT,
    wishes: Wishes = Wishes(),  # noqa: B008
) -> RowPainter:
    """A painter of a list at a time two hours after the row's."""
    return RowPainter(
        width,
        STYLES,
        SIGNS,
        NOW.timestamp(),
        arrangement=arrange(rows, Query(), NOW, wishes),
        searching=searching,
        density=density,
    )


def painted(row: SessionRow, width: int, *, searching: bool = False) -> Strip:
    """The first line of a row that is alone in its list."""
    return painter(width, (row,), searching=searching).row(row, Look())


def test_a_wide_row_shows_everything() -> None:
    row = ROW._replace(branch="main", model="opus", workspace="/src/app", size_bytes=4_512)
    text = painted(row, 110).text
    assert " ".join(text.split()) == "○ trip plan main app opus zeroclaw 1,204 4.5 KB 2h"


ALL = Needs(40, 4, 10, 8, 5, 6, 12, 12)


@given(st.integers(1, 60), st.sets(st.sampled_from(["format", "model", "branch", "place"])))
def test_columns_go_away_one_by_one_and_the_title_stays(title: int, same: set[str]) -> None:
    needs = ALL.replace(title=title, same=frozenset(same))
    plans = [plan_columns(width, needs) for width in range(200, 4, -1)]
    counts = [len(plan.columns) for plan in plans]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == 8
    assert counts[-1] == 0
    for width, plan in zip(range(200, 17, -1), plans, strict=False):
        assert plan.title + sum(column.width for column in plan.columns) == width - 5
        assert plan.title >= min(12, width - 5)
    narrow = next(plan for plan in plans if len(plan.columns) == 2)
    assert [column.name for column in narrow.columns] == ["hits", "age"]


def test_what_says_the_same_in_every_row_goes_first() -> None:
    some = plan_columns(84, ALL)
    assert "format" in some.names
    assert "branch" not in some.names
    alike = plan_columns(84, ALL.replace(same=frozenset({"format", "place"})))
    assert {"format", "place"}.isdisjoint(alike.names)
    assert "messages" in alike.names


def test_what_the_rows_are_ordered_by_is_shown() -> None:
    row = ROW._replace(size_bytes=4_512, created_at=1000.0)
    for sort, words in (
        (ListSort.SIZE, "4.5 KB 2h"),
        (ListSort.MESSAGES, "1,204 2h"),
        (ListSort.STORE, "zeroclaw 2h"),
        (ListSort.AGENT, "scout 2h"),
    ):
        wishes = Wishes(ListOrder(sort))
        text = painter(34, (row,), wishes=wishes).row(row, Look()).text
        assert " ".join(text.split()) == f"○ trip plan {words}", sort
    young = row._replace(last_activity=NOW.timestamp() - 60)
    created = painter(34, (young,), wishes=Wishes(ListOrder(ListSort.CREATED)))
    assert created.row(young, Look()).text.rstrip().endswith("2h")
    assert painter(34, (young,)).row(young, Look()).text.rstrip().endswith("1m")


def test_beside_hits_no_other_number_is_taken_for_them() -> None:
    row = ROW._replace(hit_count=3)
    text = painter(110, (row,), searching=True).row(row, Look()).text
    assert text.split() == ["○", "trip", "plan", "3", "scout", "zeroclaw", "2h"]


def test_columns_are_as_wide_as_the_widest_of_all_rows_needs() -> None:
    assert measure(()) == Needs()
    rows = [
        ROW._replace(workspace="/a/very-long-folder-name-of-somebody", branch="x", hit_count=3),
        ROW._replace(agent="\u6771\u4eac", message_count=None, size_bytes=None, model="opus"),
    ]
    needs = measure(rows)
    assert needs.replace(same=frozenset()) == Needs(12, 2, 20, 8, 5, 6, 4, 1)
    assert needs.same == {"format", "branch", "model"}
    assert measure(rows[1:]).place == 4
    by_agent = measure(rows, ("agent", "channel"))
    assert by_agent.place == 5
    assert place_of(rows[0], by_agent.places) == "scout"


def test_the_width_of_the_columns_does_not_depend_on_where_one_looks() -> None:
    rows = [ROW, ROW._replace(agent="a-much-longer-name", title="other")]
    ends = {painter(60, rows).row(row, Look()).text.rstrip().find("2h") for row in rows}
    assert len(ends) == 1


def test_a_second_line_has_the_facts_the_most_telling_first() -> None:
    row = ROW._replace(branch="main", model="opus", size_bytes=4_512)
    roomy = painter(80, (row,), density=Density.COMFORTABLE)
    assert roomy.row(row, Look()).text.split() == ["○", "trip", "plan", "2h"]
    facts = roomy.second_line(row, Look()).text.strip()
    assert facts == "scout · main · 1,204 messages · 4.5 KB · opus · zeroclaw"


def test_a_mark_is_seen_without_colour() -> None:
    assert painter(60).row(ROW, Look(marked=True)).text.startswith(" ✓○ trip plan")
    both = painter(60).row(ROW, Look(selected=True, marked=True))
    assert both.text.startswith("▌✓○ trip plan")


def test_what_is_new_is_bold() -> None:
    strip = painter(60).row(ROW, Look(new=True))
    bold = [segment.text for segment in strip if segment.style and segment.style.bold]
    assert bold[0] == "trip plan"


def test_without_a_title_the_key_stands_there_and_says_so() -> None:
    row = ROW._replace(title="k", message_count=0)
    assert "○ k  no messages" in painted(row, 60).text
    assert "○ k  no title" in painted(row._replace(message_count=3), 60).text
    blank = ROW._replace(ref=SessionRef("s", "gw_1"), title=" \u00a0 ")
    assert "○ gw_1  no title" in painted(blank, 60).text
    long = ROW._replace(ref=SessionRef("s", "k" * 80), title="k" * 80, message_count=0)
    assert "k…  no messages" in painted(long, 60).text


def test_an_absent_parent_is_named_and_a_folded_family_counted() -> None:
    parent = ROW._replace(ref=SessionRef("s", "p"), title="the whole")
    child = ROW._replace(parent=parent.ref, last_activity=1000.0 + 7140, status="stuck")
    alone = painter(60, (child,), wishes=Wishes(parent_titles={parent.ref: "the whole"}))
    assert "▲ trip plan  of the whole" in alone.row(child, Look()).text
    folded = painter(60, (parent, child)).row(parent, Look()).text
    assert "○ the whole +1 ▲" in folded
    assert folded.rstrip().endswith("1m")
    rows = arrange((parent, child), Query(), NOW).with_unfolded({parent.ref})
    shown = RowPainter(60, STYLES, SIGNS, NOW.timestamp(), arrangement=rows)
    assert "  ○ the whole -1" in shown.row(parent, Look()).text
    assert "  └ ▲ trip plan" in shown.row(child, Look()).text


def test_what_tells_look_alikes_apart_is_never_cut_away() -> None:
    title = "read the code and say what it does, at length"
    twins = [
        ROW._replace(ref=SessionRef("s", str(number)), title=title, branch=branch)
        for number, branch in enumerate(("main", "main", "fix"))
    ]
    twins[1] = twins[1]._replace(last_activity=1000.0 + 60)
    times = [f"{datetime.fromtimestamp(at).astimezone():%H:%M}" for at in (1000.0, 1060.0)]
    wide, narrow = painter(70, twins), painter(46, twins)
    for at, row in zip(times, twins, strict=False):
        assert f"…  main · {at} " in wide.row(row, Look()).text
        text = narrow.row(row, Look()).text
        assert f"…  {at} " in text
        assert "main" not in text


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
    strip = painter(60).row(ROW, Look(selected=True, focused=True))
    assert strip.text.startswith("▌ ○ trip plan")
    assert all(segment.style and segment.style.bgcolor for segment in strip)


def test_the_match_is_in_view_and_marked() -> None:
    text = "word " * 40 + "Oslo" + " word" * 40
    row = ROW._replace(snippet=text, matches=((200, 204),), message_index=0, hit_count=1)
    strip = painter(50, (row,), searching=True).second_line(row, Look())
    marked = [segment.text for segment in strip if segment.style and segment.style.color]
    assert marked == ["Oslo"]
    assert strip.text.strip().startswith("…")
    assert strip.text.strip().endswith("…")
    assert strip.cell_length == 50


def test_a_row_found_by_its_title_says_where_it_lies() -> None:
    row = ROW._replace(workspace="/home/me/src/app", hit_count=1)
    strip = painter(50, (row,), searching=True).second_line(row, Look())
    assert "/home/me/src/app" in strip.text


def test_a_heading_counts_its_rows() -> None:
    assert painter(40).heading(Group("Older", "day", 0, 12345)).text.strip() == "Older 12,345"
    stuck = painter(20).heading(Group("Stuck", "stuck", 0, 2, number=3, folded=5))
    assert stuck.text == " Stuck 7        [3] "
    long = painter(24).heading(Group("/a/long/path/to\x1b/somewhere", "day", 0, 2, number=1))
    assert long.text == " /a/long/path/to… 2 [1] "


_texts = st.text(max_size=60)


@given(
    _texts,
    _texts,
    st.integers(1, 160),
    st.booleans(),
    st.booleans(),
    st.sampled_from(Density),
)
def test_every_row_is_exactly_as_wide_as_the_list(
    title: str, snippet: str, width: int, searching: bool, unfolded: bool, density: Density
) -> None:
    row = ROW._replace(
        title=title or "x",
        snippet=snippet,
        matches=((2, 5), (4, 9), (50, 40)),
        agent=title,
        branch=snippet,
        model=title,
        hit_count=len(snippet),
        title_source="store",
    )
    other = row._replace(ref=SessionRef("s", title), parent=row.ref, branch=None, model=snippet)
    arranged = arrange((row, other), Query(), NOW).with_unfolded({row.ref} if unfolded else ())
    paint = RowPainter(
        width,
        STYLES,
        SIGNS,
        NOW.timestamp(),
        arrangement=arranged,
        searching=searching,
        density=density,
    )
    for strip in (
        paint.row(row, Look(selected=True, focused=True, marked=True)),
        paint.row(other, Look(new=True)),
        paint.second_line(row, Look()),
        paint.second_line(other._replace(hit_count=0), Look(selected=True)),
        paint.heading(Group(title, "day", 0, 3, number=len(title) or None)),
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
