"""Answers that come in two steps: the first rows at once, the whole answer after them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from textual.pilot import Pilot

from sessiontui.domain.query_parser import parse_query
from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.screens.transcript import TranscriptScreen
from sessiontui.ui.widgets.session_list import SessionList
from tests.ui.painted import line_with, painted, search, settle, until
from tests.ui.stories import Story, empty_story, talk


def kettles(folder: Path, count: int = 40) -> Story:
    """Sessions about kettles, the newest (and so the best) first: k0, k1, ..."""
    story = empty_story(folder)
    for number in range(count):
        age = timedelta(hours=1, minutes=number)
        story.add(f"k{number}", f"talk {number}", talk(f"kettle {number}"), age)
    return story


def keys(pilot: Pilot[None]) -> list[str]:
    """The keys of the rows."""
    return [row.ref.key for row in pilot.app.screen.query_one(SessionList).rows]


async def first_rows(pilot: Pilot[None], count: int) -> None:
    """Wait until the rows of the first step are there, of what was typed last."""
    browse = pilot.app.screen
    assert isinstance(browse, BrowseScreen)

    def are_there() -> bool:
        meant = parse_query(browse.search.value, browse.bench.clock())
        listing = browse._listing
        return listing is not None and (listing.query, len(browse.sessions.rows)) == (meant, count)

    await until(pilot, are_there)


async def test_the_first_rows_are_shown_at_once_and_say_that_more_come(tmp_path: Path) -> None:
    story = kettles(tmp_path)
    story.library.first_rows = slice(0, 5)
    story.library.may_complete.clear()
    app = story.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("slash", *"kettle")
        await first_rows(pilot, 5)
        await pilot.pause()
        assert "5+ sessions · 20+ hits" in line_with(app, "5+ sessions")
        assert "more coming" in line_with(app, "5+ sessions")
        story.library.may_complete.set()
        await settle(pilot)
        assert keys(pilot) == [f"k{number}" for number in range(40)]
        assert "40 sessions · 160 hits" in painted(app)
        assert "more coming" not in painted(app)


async def test_better_rows_that_come_later_do_not_move_the_one_at_the_cursor(
    tmp_path: Path,
) -> None:
    story = kettles(tmp_path)
    story.library.first_rows = slice(10, 15)
    story.library.may_complete.clear()
    app = story.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("slash", *"kettle")
        await first_rows(pilot, 5)
        await pilot.press("down", "down")
        await pilot.pause()
        before = painted(app).splitlines()
        row = next(number for number, line in enumerate(before) if "▌" in line)
        assert "talk 12" in before[row]
        story.library.may_complete.set()
        await settle(pilot)
        after = painted(app).splitlines()
        assert len(keys(pilot)) == 40
        assert "talk 12" in after[row]
        assert after[row][:40] == before[row][:40]


async def test_nothing_is_asked_twice_when_the_answer_was_whole(tmp_path: Path) -> None:
    story = kettles(tmp_path, 3)
    app = story.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        story.library.asked.clear()
        await search(pilot, "kettle")
        assert [q.terms[0][0].text for q in story.library.asked if q.terms] == ["kettle"]
        assert story.library.asked_whole == []


async def test_a_newer_key_ends_the_second_step_of_the_query_before(tmp_path: Path) -> None:
    story = kettles(tmp_path)
    story.library.first_rows = slice(0, 5)
    story.library.may_complete.clear()
    app = story.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("slash", *"kettle")
        await first_rows(pilot, 5)
        story.library.first_rows = slice(0, 1)
        await pilot.press("space", "1", "7")
        await first_rows(pilot, 1)
        story.library.may_complete.set()
        await settle(pilot)
        assert keys(pilot) == ["k17"]
        assert "1 session ·" in painted(app)


async def test_a_result_can_be_opened_while_more_are_coming(tmp_path: Path) -> None:
    story = kettles(tmp_path)
    story.library.first_rows = slice(0, 5)
    story.library.may_complete.clear()
    app = story.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("slash", *"kettle")
        await first_rows(pilot, 5)
        await pilot.press("enter", "enter")
        await until(pilot, lambda: isinstance(app.screen, TranscriptScreen))
        story.library.may_complete.set()
        await settle(pilot)


async def test_a_change_keeps_the_rows_that_are_there_until_the_whole_answer_comes(
    tmp_path: Path,
) -> None:
    story = kettles(tmp_path)
    story.library.first_rows = slice(0, 5)
    app = story.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await search(pilot, "kettle")
        assert len(keys(pilot)) == 40
        story.library.may_complete.clear()
        story.add("new", "newcomer", talk("kettle"), timedelta(minutes=1))
        story.tell("new")
        await first_rows(pilot, 41)
        assert keys(pilot)[0] == "new"
        story.library.may_complete.set()
        await settle(pilot)
        assert len(keys(pilot)) == 41


async def test_a_busy_store_does_not_keep_the_whole_answer_away(tmp_path: Path) -> None:
    story = kettles(tmp_path)
    story.library.first_rows = slice(0, 5)
    story.library.may_complete.clear()
    app = story.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("slash", *"kettle")
        await first_rows(pilot, 5)
        for _ in range(5):
            story.tell("k1")
            await pilot.pause(0.01)
        story.library.may_complete.set()
        await first_rows(pilot, 40)
        await settle(pilot)
        assert len(keys(pilot)) == 40


async def test_what_is_shown_stays_while_nothing_was_found_yet(tmp_path: Path) -> None:
    story = kettles(tmp_path, 12)
    story.add("tea", "talk about tea")
    story.library.first_rows = slice(0, 0)
    story.library.may_complete.clear()
    app = story.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("slash", *"kettle")
        await until(pilot, lambda: "searching" in painted(app))
        assert " searching ─╯" in line_with(app, "searching")
        assert len(keys(pilot)) == 13
        await pilot.press("enter", "enter")  # opens what will be found
        story.library.may_complete.set()
        await settle(pilot)
        assert isinstance(app.screen, TranscriptScreen)
        assert "talk 0" in painted(app).splitlines()[0]
        await pilot.press("escape")
        await settle(pilot)
        assert len(keys(pilot)) == 12


async def test_a_session_to_go_to_is_found_in_the_whole_answer(tmp_path: Path) -> None:
    story = kettles(tmp_path)
    story.library.first_rows = slice(0, 5)
    app = story.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await search(pilot, "kettle")
        screen = app.screen
        assert isinstance(screen, BrowseScreen)
        screen._loader.load_and_select(story.ref("k30"))
        await settle(pilot)
        row = app.screen.query_one(SessionList).row
        assert row is not None
        assert row.ref.key == "k30"
