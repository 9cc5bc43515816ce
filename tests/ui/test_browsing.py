"""Looking around in the list: what a person sees and where the cursor goes."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event

import pytest
from textual.widgets import Input

from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.screens.transcript import TranscriptScreen
from sessiontui.ui.widgets.session_list import SessionList
from tests.ui.painted import go_to, line_with, painted, settle, until
from tests.ui.scenarios import shows
from tests.ui.stories import empty_story, ordinary_story


def selected(story_app: object) -> str:
    """The key of the session under the cursor."""
    row = story_app.screen.query_one(SessionList).row  # type: ignore[attr-defined]
    return row.ref.key if row else ""


async def test_one_glance_shows_what_needs_a_person_first(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        text = painted(app)
        order = ["Needs you 1", "✗ boom", "Running 1", "● fix the wobblegasket"]
        order += ["Stuck 1", "▲ run the long job", "Today 1", "○ trip plan"]
        order += ["Yesterday 1", "○ review the parser", "Older 1"]
        places = [text.find(words) for words in order]
        assert -1 not in places, text
        assert places == sorted(places)
        top = text.splitlines()[0]
        assert "6 sessions in 1 store" in top
        assert "● 1 running" in top
        assert "▲ 1 stuck" in top
        assert "✗ 1 failed" in top
        assert "waiting" not in top


async def test_a_stuck_session_shows_its_evidence_before_its_transcript(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("3")
        await settle(pilot)
        text = painted(app)
        assert text.find("▲ stuck") < text.find("the store says running")
        assert text.find("nothing moved for 5h") < text.find("x sets it to idle")
        assert text.find("x sets it to idle") < text.find("book the night train")


async def test_moving_reads_the_session_under_the_cursor(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("j", "down", "j")
        await settle(pilot)
        assert selected(app) == "trip"
        assert "plan a trip to Oslo" in painted(app)
        await pilot.press("G")
        assert selected(app) == "older"
        await pilot.press("g")
        assert selected(app) == "boom"
        await pilot.press("k")
        assert selected(app) == "boom"


async def test_going_there_and_back_in_a_hurry_shows_where_one_is(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        sessions = app.screen.query_one(SessionList)
        sessions.cursor = 3
        await settle(pilot)
        sessions.cursor = 5
        sessions.cursor = 3
        await settle(pilot)
        text = painted(app)
        assert "plan a trip to Oslo" in text
        assert "question 0 about quokkas" not in text.split("Older 1")[0]


async def test_new_sessions_above_do_not_move_what_the_reader_looks_at(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    for number in range(60):
        story.add(f"s{number}", f"session {number}", age=timedelta(hours=3, minutes=number))
    app = story.app()
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await pilot.press("G", "k", "k")
        await settle(pilot)
        key, before = selected(app), painted(app).splitlines()
        row = next(number for number, line in enumerate(before) if "▌" in line)
        for number in range(5):
            story.add(f"new{number}", f"newcomer {number}", age=timedelta(minutes=number))
        story.tell()
        await settle(pilot)
        after = painted(app).splitlines()
        assert len(app.screen.query_one(SessionList).rows) == 65
        assert selected(app) == key
        assert after[row] == before[row]
        assert after[row - 3 : row] == before[row - 3 : row]


async def test_a_list_scrolled_by_the_wheel_stays_where_it_was_scrolled_to(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    for number in range(80):
        story.add(f"s{number}", f"session {number}", age=timedelta(hours=3, minutes=number))
    app = story.app()
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        sessions = app.screen.query_one(SessionList)
        sessions.scroll_to(y=40, animate=False)
        await pilot.pause()
        before = [line[:50] for line in painted(app).splitlines()[8:20]]
        story.add("new", "newcomer", age=timedelta(0))
        story.tell("new")
        await settle(pilot)
        assert len(sessions.rows) == 81
        assert [line[:50] for line in painted(app).splitlines()[8:20]] == before


async def test_a_click_selects_and_a_second_one_opens(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        row = next(n for n, line in enumerate(painted(app).splitlines()) if "○ trip plan" in line)
        await pilot.click(offset=(10, row))
        await settle(pilot)
        assert selected(app) == "trip"
        await pilot.click(offset=(10, row), times=2)
        await settle(pilot)
        assert isinstance(app.screen, TranscriptScreen)


async def test_a_click_on_a_mark_in_the_top_line_filters(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        column = painted(app).splitlines()[0].find("▲ 1 stuck")
        await pilot.click(offset=(column + 2, 0))
        await settle(pilot)
        assert app.screen.query_one("#search-bar", Input).value == "is:stuck"
        assert len(app.screen.query_one(SessionList).rows) == 1


@shows("sort")
async def test_sorting_goes_round_and_says_what_it_is(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        seen = []
        for _ in range(7):
            await pilot.press("s")
            await settle(pilot)
            seen.append(line_with(app, "sessions  by").split("by ")[1].split()[0])
        assert seen == ["created", "title", "messages", "size", "store", "agent", "activity"]
        await pilot.press("s", "s")
        await settle(pilot)
        titles = [row.title for row in app.screen.query_one(SessionList).rows]
        assert titles == sorted(titles, key=str.casefold)
        assert "Today" not in painted(app)


@pytest.mark.parametrize(
    ("size", "shown"), [((120, 36), True), ((80, 24), False), ((80, 40), True), ((60, 20), False)]
)
async def test_the_transcript_is_beside_or_below_or_away(
    tmp_path: Path, size: tuple[int, int], shown: bool
) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        go_to(app, "job")
        await settle(pilot)
        assert ("book the night train" in painted(app)) is shown
        assert "run the long job" in painted(app)


async def test_a_window_made_wider_shows_the_transcript_at_once(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        go_to(app, "job")
        await pilot.resize_terminal(130, 30)
        await settle(pilot)
        assert "book the night train" in painted(app)


async def test_a_small_terminal_cuts_no_key_of_the_footer(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()

    def fits(width: int) -> bool:
        lines = painted(app).splitlines()
        return app.screen.size.width == width and lines[-1].endswith("? help")

    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for width in (80, 61, 47, 30, 12):
            await pilot.resize_terminal(width, 24)
            await until(pilot, partial(fits, width))
            footer = painted(app).splitlines()[-1].strip()
            entries = [entry for entry in footer.split("   ") if entry]
            assert entries[-1] == "? help"
            known = {"enter read", "/ search", "x cure", "R rename", "d delete", "c clear"}
            assert set(entries[:-1]) <= known | {"r resume", "space mark", "s sort", "t tools"}


async def test_the_list_gets_the_room_of_columns_that_go_away(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    story.add("long", "a title of quite some length that says a lot", agent="scout")
    app = story.app()
    async with app.run_test(size=(99, 24)) as pilot:
        await settle(pilot)
        wide = line_with(app, "a title of")
        assert "scout" in wide
        assert "memory" in wide
        assert "2h" in wide
        await pilot.resize_terminal(40, 24)
        await until(pilot, lambda: "memory" not in line_with(app, "a title of"))
        narrow = line_with(app, "a title of")
        assert "2h" in narrow


async def test_no_key_but_q_leaves_the_program(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("escape", "escape", "escape", "ctrl+c")
        assert isinstance(app.screen, BrowseScreen)
        assert app.is_running
        await pilot.press("q")
        await pilot.pause()
        assert not app.is_running


async def test_the_program_leaves_at_once_while_the_index_is_being_built(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    begun, left = [], []

    def endless(cancel: Event | None = None, *_rest: object) -> None:
        assert cancel is not None
        begun.append(True)
        left.append(cancel.wait(20))

    story.library.sync = endless  # type: ignore[method-assign,assignment]
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: bool(begun) and "run the long job" in painted(app))
        await pilot.press("q")
    assert left == [True] or not left
