"""Marking sessions for what is done to many: keys, clicks, and what outlives what."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from textual.pilot import Pilot

from sessiontui.ui.screens.browse import BrowseScreen
from tests.ui.painted import go_to, painted, search, settle
from tests.ui.scenarios import shows
from tests.ui.stories import Story, empty_story


def six(folder: Path) -> Story:
    """Six sessions, the newest first: s0, s1, ..."""
    story = empty_story(folder)
    for number in range(6):
        story.add(f"s{number}", f"talk {number}", None, timedelta(hours=1, minutes=number))
    return story


def marked(pilot: Pilot[None]) -> str:
    """The numbers of the marked sessions."""
    assert isinstance(pilot.app.screen, BrowseScreen)
    return "".join(row.ref.key[1:] for row in pilot.app.screen.marked)


@shows("mark")
async def test_space_marks_and_goes_on_and_marks_are_seen(tmp_path: Path) -> None:
    app = six(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("space", "j", "space")
        assert marked(pilot) == "02"
        assert "│ ✓○ talk 0" in painted(app)
        assert "│ ✓○ talk 2" in painted(app)
        assert "2 marked · 4 of 6" in painted(app)
        await pilot.press("k", "space", "G", "space", "space", "space")
        assert marked(pilot) == "05"
        assert "│▌✓○ talk 5" in painted(app)


@shows("mark_range")
async def test_a_range_is_drawn_by_moving_and_ended_by_v_or_space(tmp_path: Path) -> None:
    app = six(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("space", "j", "v", "j", "j")
        assert marked(pilot) == "0234"
        assert "range: v ends it · 4 marked · 5 of 6" in painted(app)
        await pilot.press("k", "v", "g")
        assert marked(pilot) == "023"
        await pilot.press("G", "v", "k", "space", "g")
        assert marked(pilot) == "02345"


async def test_esc_takes_the_range_then_the_marks_then_the_filter(tmp_path: Path) -> None:
    app = six(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, BrowseScreen)
        await search(pilot, "talk")
        await pilot.press("enter", "g", "space", "v", "j")
        assert len(marked(pilot)) == 3
        await pilot.press("d")
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(app.screen, BrowseScreen)
        await pilot.press("escape")
        assert len(marked(pilot)) == 1
        assert screen.search.value == "talk"
        await pilot.press("escape")
        assert marked(pilot) == ""
        assert screen.search.value == "talk"
        await pilot.press("escape")
        assert screen.search.value == ""


async def test_marks_stay_with_their_sessions_whatever_the_list_shows(tmp_path: Path) -> None:
    story = six(tmp_path)
    story.add("s7", "kettle", None, timedelta(hours=3))
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("j", "space", "G", "space")
        assert marked(pilot) == "17"
        story.add("s8", "newcomer", None, timedelta(minutes=1))
        story.tell("s8")
        await settle(pilot)
        assert marked(pilot) == "17"
        await search(pilot, "kettle")
        assert marked(pilot) == "71"
        assert "2 marked, 1 not shown · 1 of 1" in painted(app)
        await pilot.press("escape")
        assert marked(pilot) == "71"  # from the box to the list is no step away from the marks
        await pilot.press("slash", "ctrl+u")
        await settle(pilot)
        await pilot.press("escape", "s", "s")
        await settle(pilot)
        assert marked(pilot) == "71"
        assert "✓○ kettle" in painted(app)
        assert "2 marked · " in painted(app)


@shows("mark_all", "mark_others", "unmark")
async def test_the_palette_marks_all_inverts_and_takes_away(tmp_path: Path) -> None:
    app = six(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, BrowseScreen)
        await pilot.press("space")
        await screen.action_perform("mark_others")
        assert marked(pilot) == "12345"
        await screen.action_perform("mark_all")
        assert marked(pilot) == "012345"
        screen.unmark([screen.sessions.rows[2].ref])
        assert marked(pilot) == "01345"
        await screen.action_perform("unmark")
        assert marked(pilot) == ""
        await pilot.pause()
        assert "marked" not in painted(app)


async def test_a_click_at_the_left_marks(tmp_path: Path) -> None:
    app = six(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        row = next(n for n, line in enumerate(painted(app).splitlines()) if "○ talk 3" in line)
        await pilot.click(offset=(2, row))
        await pilot.click(offset=(10, row - 2), control=True)
        await pilot.pause()
        assert marked(pilot) == "13"
        assert "2 marked" in painted(app)
        go_to(app, "s0")
        await pilot.click(offset=(2, row))
        await pilot.pause()
        assert marked(pilot) == "1"


async def test_the_box_and_the_transcript_keep_these_keys_to_themselves(tmp_path: Path) -> None:
    app = six(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, BrowseScreen)
        await pilot.press("slash", *"v12", "space", "l")
        assert screen.search.value == "v12 l"
        assert marked(pilot) == ""
        await pilot.press("escape", "escape")
        await settle(pilot)
        await pilot.press("tab")
        assert not screen.sessions.has_focus
        await pilot.press("space", "v")
        assert marked(pilot) == ""
        assert not screen.sessions.marked.is_drawing
