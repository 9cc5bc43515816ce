"""The statistics screen: what it counts, where it leads, and how it looks everywhere."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from sessiontui.domain.message import Role
from sessiontui.domain.query import Query
from sessiontui.domain.session import SessionState
from sessiontui.domain.statistics import Statistics
from sessiontui.ui.app import SessionApp
from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.screens.statistics import StatisticsScreen
from sessiontui.ui.screens.transcript import TranscriptScreen
from sessiontui.ui.widgets.bar_chart import BarChart
from sessiontui.ui.widgets.hour_chart import HourChart
from sessiontui.ui.widgets.period_chart import PeriodChart
from tests.building import text_message
from tests.ui.painted import line_with, painted, settle, until
from tests.ui.stories import NOW, Story, empty_story, ordinary_story, talk
from tests.ui.test_hostile_text import assert_harmless, hostile_story

WIDE, SMALL, HUGE = (120, 36), (80, 24), (200, 60)


def storied(folder: Path) -> Story:
    """The ordinary story, with something to count: models, tokens, places."""
    story = ordinary_story(folder)
    for number in range(8):
        story.add(
            f"code-{number}",
            f"write part {number}",
            talk(f"part {number}", number + 1, NOW - timedelta(days=3 * number, hours=number)),
            timedelta(days=3 * number, hours=number),
            agent="coder" if number % 2 else "scout",
            model="large" if number < 3 else "small",
            workspace=Path(f"/home/me/src/part-{number % 3}"),
            tokens=1000 * (number + 1),
        )
    return story


def statistics_of(app: SessionApp) -> StatisticsScreen:
    """The screen on top."""
    assert isinstance(app.screen, StatisticsScreen)
    return app.screen


async def opened(pilot: Pilot[None]) -> StatisticsScreen:
    """Open the screen, and wait for its numbers."""
    await settle(pilot)
    await pilot.press("number_sign")
    await settle(pilot)
    app = pilot.app
    assert isinstance(app, SessionApp)
    return statistics_of(app)


def labels(chart: BarChart) -> list[str]:
    """The names of the bars."""
    return [each.label for each in chart.bars]


async def test_the_numbers_are_those_of_the_library(tmp_path: Path) -> None:
    story = storied(tmp_path)
    app = story.app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        found = story.library.statistics(Query())
        text = painted(app)
        assert "[all]" in text
        assert str(found.amounts.sessions) == "14"
        assert line_with(app, "14  ").split()[:2] == ["14", f"{found.amounts.messages:,}"]
        assert f"messages, {found.texts} with text" in text
        assert "36,000" in text
        assert "messages with text by" in text
        assert "sessions at work by" in text
        assert "by hour of the week (UTC)" in text
        assert "sessions by agent" in text
        assert labels(screen.groups)[:2] == ["scout", "coder"]
        assert labels(screen.sessions)[0] == "write part 7"
        await pilot.press("escape")
        assert isinstance(app.screen, BrowseScreen)


async def test_the_filter_of_the_list_is_respected_and_named(tmp_path: Path) -> None:
    app = storied(tmp_path).app()
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        app.screen.query_one("#search-bar", Input).value = "agent:coder part"
        await settle(pilot)
        screen = await opened(pilot)
        assert "only part agent:coder" in painted(app)
        assert labels(screen.groups) == ["coder"]
        assert len(screen.sessions.bars) == 4


async def test_the_key_of_the_span_goes_round_and_a_click_goes_to_one(tmp_path: Path) -> None:
    app = storied(tmp_path).app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        counts = []
        for chosen in ("[a year]", "[30 days]", "[7 days]", "[all]"):
            await pilot.press("s")
            await settle(pilot)
            assert chosen in painted(app)
            counts.append(len(screen.sessions.bars))
        assert counts[0] == counts[1] == counts[3] > counts[2] > 0
        await pilot.click(offset=(painted(app).splitlines()[0].index("7 days") + 1, 0))
        await settle(pilot)
        assert "[7 days]" in painted(app)
        assert len(screen.sessions.bars) == counts[2]
        assert screen.periods.unit.value == "day"
        assert "14 Nov" in painted(app)


async def test_groups_and_amounts_go_round_where_there_are_any(tmp_path: Path) -> None:
    app = storied(tmp_path).app()
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        titles = []
        for _ in range(6):
            await pilot.press("b")
            titles.append(line_with(app, "sessions by ").split("─")[1].strip())
        # One store of one format: the store says nothing that the format does not.
        assert titles == [
            "sessions by workspace",
            "sessions by model",
            "sessions by format",
            "sessions by status",
            "sessions by agent",
            "sessions by workspace",
        ]
        titles = []
        for _ in range(4):
            await pilot.press("m")
            titles.append(" ".join(line_with(app, "by workspace").replace("─", " ").split()))
        assert [title.split(" by ")[0].strip("╭ ") for title in titles] == [
            "messages",
            "size",
            "tokens",
            "sessions",
        ]
        assert "most messages" in titles[0]
        assert "largest sessions" in titles[1]
        assert "most tokens" in titles[2]


async def test_without_tokens_nobody_is_asked_to_compare_them(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        for _ in range(3):
            await pilot.press("m")
        assert "sessions by agent" in painted(app)
        assert "tokens" not in painted(app)


async def test_enter_reads_the_session_and_back_leads_to_the_numbers(tmp_path: Path) -> None:
    app = storied(tmp_path).app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        await pilot.press("j", "enter")
        await settle(pilot)
        assert isinstance(app.screen, TranscriptScreen)
        assert labels(screen.sessions)[1] in painted(app)
        await pilot.press("number_sign")
        await settle(pilot)
        assert statistics_of(app) is screen
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert statistics_of(app) is screen
        assert screen.sessions.cursor == 1
        assert len(app.screen_stack) == 2


async def test_enter_on_a_group_lists_its_sessions(tmp_path: Path) -> None:
    app = storied(tmp_path).app()
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        app.screen.query_one("#search-bar", Input).value = "part"
        await settle(pilot)
        screen = await opened(pilot)
        await pilot.press("s", "s", "s")
        await settle(pilot)
        await pilot.press("shift+tab")
        assert app.focused is screen.groups
        assert "list them" in painted(app).splitlines()[-1]
        await pilot.press("j")
        chosen = screen.groups.selected
        assert chosen is not None
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, BrowseScreen)
        value = app.screen.query_one("#search-bar", Input).value
        assert value == f"part agent:{chosen.label} after:2026-11-14"
        assert len(app.screen.sessions.rows) == chosen.value


async def test_a_group_that_no_filter_can_name_says_so(tmp_path: Path) -> None:
    app = storied(tmp_path).app()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        screen = await opened(pilot)
        await pilot.press("b", "b", "shift+tab")
        assert labels(screen.groups) == ["no model", "small", "large"]
        await pilot.press("enter")
        await pilot.pause()
        assert app.screen is screen
        assert "No filter of the list can name these sessions" in painted(app)


async def test_what_is_written_meanwhile_is_counted(tmp_path: Path) -> None:
    story = storied(tmp_path)
    app = story.app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        await pilot.press("j", "j")
        before = screen.sessions.selected
        assert before is not None
        ref = story.add("new", "brand new", talk("novelty", 40), timedelta(minutes=1))
        story.tell(ref.key)
        await until(pilot, lambda: "15  " in painted(app))
        assert labels(screen.sessions)[0] == "brand new"
        # The cursor stays with its session.
        assert screen.sessions.selected is not None
        assert screen.sessions.selected.key == before.key


async def test_what_changed_below_a_transcript_is_counted_on_the_way_back(tmp_path: Path) -> None:
    story = storied(tmp_path)
    app = story.app()
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        await pilot.press("enter")
        await settle(pilot)
        story.add("new", "brand new")
        story.tell("new")
        await settle(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: "15  " in painted(app))


async def test_a_long_count_holds_nothing_up(tmp_path: Path) -> None:
    story = storied(tmp_path)
    app = story.app()
    go_on, count = Event(), story.library.statistics

    def slow(*args: Any, **named: Any) -> Statistics:
        go_on.wait(10)
        return count(*args, **named)

    story.library.statistics = slow  # type: ignore[method-assign]
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        await pilot.press("number_sign")
        await pilot.pause()
        screen = statistics_of(app)
        assert "counting" in painted(app)
        await pilot.press("b", "m", "enter", "j", "s")
        assert "[a year]" in painted(app)
        assert app.screen is screen
        go_on.set()
        await settle(pilot)
        assert "sessions by agent" in painted(app)
        assert "counting" not in painted(app)
        go_on.clear()
        await pilot.press("s", "escape")
        assert isinstance(app.screen, BrowseScreen)
        go_on.set()
        await settle(pilot)


async def test_without_a_session_it_says_why_there_is_nothing(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    app = story.app()
    async with app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        assert "There is no session yet" in painted(app)
        await pilot.press("enter", "j", "b", "m", "tab", "s")
        await settle(pilot)
        assert "s looks at another span of time" in painted(app)
        await pilot.press("s", "s", "s")
        story.add("first", "the first one")
        story.tell("first")
        await until(pilot, lambda: "the first one" in painted(app))
        await until(pilot, lambda: "There is no session yet" not in painted(app))


async def test_a_filter_without_sessions_says_so(tmp_path: Path) -> None:
    app = storied(tmp_path).app()
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        app.screen.query_one("#search-bar", Input).value = "agent:nobody"
        await settle(pilot)
        await opened(pilot)
        assert "The filter of the list matches no session" in painted(app)


async def test_messages_without_times_are_told(tmp_path: Path) -> None:
    story = storied(tmp_path)
    said = [text_message(Role.USER, "when was this?")]
    story.add("dark", "without times", said, timedelta(days=1))
    app = story.app()
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        # That of the long job has none either.
        assert "2 messages without a time count at the last activity" in painted(app)


@pytest.mark.parametrize("size", [SMALL, WIDE, HUGE, (60, 20)])
async def test_every_size_has_the_chart_and_the_largest_sessions(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    app = storied(tmp_path).app()
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        text = painted(app)
        assert "messages with text by" in text
        assert "largest sessions" in text
        assert "write part 7" in text
        assert max(map(len, text.splitlines())) <= size[0]
        assert screen.more_groups.display is (size[0] >= 180)
        assert screen.hours.display is (size[0] >= 70)
        if size[0] >= 70:
            assert "Sun" in text
            assert "sessions by agent" in text
        for chart in screen.query(BarChart):
            if chart.display and chart.size.height:
                assert chart.size.height >= min(5, len(chart.bars))


async def test_sizes_may_change_at_any_time(tmp_path: Path) -> None:
    app = storied(tmp_path).app()
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        for size in ((20, 5), (1, 1), (200, 60), (30, 8), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.press("s", "b", "m", "tab", "G", "g")
            await settle(pilot)
        assert "messages with text by" in painted(app)


@pytest.mark.parametrize("name", ["sessiontui-light", "ansi-dark", "nord"])
async def test_it_looks_in_every_theme_as_it_should(tmp_path: Path, name: str) -> None:
    app = storied(tmp_path).app(theme=name)
    async with app.run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        mixed = {
            segment.style.color
            for y in range(7)
            for segment in screen.hours.render_line(y)
            if segment.style is not None and set(segment.text) == {"█"}
        }
        text = painted(app)
        if name.startswith("ansi"):
            # Sixteen colours have no shades: signs tell.
            assert any(sign in text for sign in "░▒▓")
        else:
            assert len(mixed) > 1
        app.theme = "sessiontui"
        await pilot.pause()
        assert "write part 7" in painted(app)


async def test_without_colour_shades_and_cursor_still_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = storied(tmp_path).app()
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        text = painted(app)
        assert any(sign in text for sign in "░▒▓")
        assert "▌ write part 7" in text
        assert "[all]" in text


async def test_a_terminal_without_blocks_gets_letters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "linux")
    app = storied(tmp_path).app()
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        text = painted(app)
        assert "====" in text
        assert not set(text) & set("▁▂▃▄▅▆▇█░▒▓━╸▌")


async def test_the_mouse_is_told_the_numbers_under_it(tmp_path: Path) -> None:
    app = storied(tmp_path).app()
    async with app.run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        chart = screen.query_one(PeriodChart)
        rest = str(chart.border_subtitle)
        assert rest.startswith("most: ")
        await pilot.hover(PeriodChart, offset=(5, 4))
        await pilot.pause()
        assert str(chart.border_subtitle) != rest
        assert "session" in str(chart.border_subtitle)
        await pilot.hover(HourChart, offset=(9, 3))
        await pilot.pause()
        assert str(chart.border_subtitle) == rest
        assert str(screen.hours.border_subtitle).startswith("Wed 01:00")
        await pilot.click("#session-bars", offset=(8, 3))
        assert screen.sessions.cursor == 2
        await pilot.click("#session-bars", offset=(8, 3), times=2)
        await settle(pilot)
        assert isinstance(app.screen, TranscriptScreen)


async def test_hostile_text_is_painted_harmlessly(tmp_path: Path) -> None:
    app = hostile_story(tmp_path).app()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        screen = await opened(pilot)
        assert_harmless(app)
        assert "[/home/x]" in painted(app)
        for key in ("b", "b", "m", "s", "shift+tab", "enter"):
            await pilot.press(key)
            await settle(pilot)
            assert_harmless(app)
        assert app.is_running
        assert screen.is_attached or isinstance(app.screen, BrowseScreen)


async def test_a_search_that_is_ended_elsewhere_is_counted_again(tmp_path: Path) -> None:
    from sessiontui.domain.errors import SearchInterrupted

    story = storied(tmp_path)
    app = story.app()
    count, asked = story.library.statistics, []

    def interrupted_once(*args: Any, **named: Any) -> Statistics:
        asked.append(1)
        if len(asked) == 1:
            raise SearchInterrupted("replaced")
        return count(*args, **named)

    story.library.statistics = interrupted_once  # type: ignore[method-assign]
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        assert len(asked) == 2
        assert "write part 7" in painted(app)


def test_starting_the_program_does_not_load_the_screen() -> None:
    code = "import sys, sessiontui.ui.app; print('sessiontui.ui.screens.statistics' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_story_has_a_stuck_session_too(tmp_path: Path) -> None:
    story = storied(tmp_path)
    story.library.sync()
    states = {row.state for row in story.library.rows(Query()).rows}
    assert SessionState.RUNNING in states
