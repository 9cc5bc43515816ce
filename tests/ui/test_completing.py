"""Completing filters and their values in the search box."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from sessiontui.ui.widgets.offer_list import OfferList
from sessiontui.ui.widgets.search_bar import SearchBar
from sessiontui.ui.widgets.session_list import SessionList
from tests.ui.painted import line_with, painted, settle
from tests.ui.stories import Story, empty_story, ordinary_story


def box(pilot: Pilot[None]) -> SearchBar:
    """The search box."""
    return pilot.app.screen.query_one(SearchBar)


def offered(pilot: Pilot[None]) -> list[str]:
    """The lines of the list of offers; none when it is hidden."""
    shown = pilot.app.screen.query_one(OfferList)
    return shown.render().plain.splitlines() if shown.display else []


def choices(pilot: Pilot[None]) -> list[str]:
    """What is offered."""
    return [line.split()[0] for line in offered(pilot)]


async def write(pilot: Pilot[None], text: str) -> None:
    """Write into the box, from the list."""
    await pilot.press("slash")
    box(pilot).insert_text_at_cursor(text)
    await settle(pilot)


async def test_a_filter_is_completed_and_then_its_value(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await write(pilot, "ag")
        assert offered(pilot) == []  # it may be a word
        assert " ag" in line_with(app, " agent:")
        assert "tab agent:" in painted(app).splitlines()[-1]
        await pilot.press("tab")
        await settle(pilot)
        assert box(pilot).value == "agent:"
        assert offered(pilot) == [" scout  3 sessions  tab ", " demo   1 session       "]
        await pilot.press("tab")
        await settle(pilot)
        assert box(pilot).value == "agent:scout"
        assert offered(pilot) == []
        assert len(app.screen.query_one(SessionList).rows) == 3


async def test_values_narrow_as_they_are_typed_and_go_when_all_is_said(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await write(pilot, "-is:")
        assert choices(pilot)[:3] == ["waiting", "running", "stuck"]
        await pilot.press("s")
        await settle(pilot)
        assert choices(pilot) == ["stuck"]
        await pilot.press(*"tuck")
        await settle(pilot)
        assert offered(pilot) == []
        assert len(app.screen.query_one(SessionList).rows) == 5


async def test_tab_again_takes_the_next_value_and_shift_tab_the_one_before(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await write(pilot, "is:")
        values = []
        for key in ("tab", "tab", "tab", "shift+tab"):
            await pilot.press(key)
            await settle(pilot)
            values.append(box(pilot).value)
        assert values == ["is:waiting", "is:running", "is:stuck", "is:running"]
        assert "tab" in next(line for line in offered(pilot) if "stuck" in line)
        assert [row.ref.key for row in app.screen.query_one(SessionList).rows] == ["live"]
        await pilot.press("space")
        await settle(pilot)
        assert offered(pilot) == []


async def test_tab_goes_to_the_next_pane_when_there_is_nothing_to_complete(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await write(pilot, "oslo")
        await pilot.press("tab")
        assert isinstance(app.focused, SessionList)
        await pilot.press("shift+tab")
        assert box(pilot).has_focus
        assert box(pilot).value == "oslo"


async def test_the_arrows_move_the_list_while_values_are_offered(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await write(pilot, "agent:")
        assert offered(pilot)
        await pilot.press("down", "down")
        assert app.screen.query_one(SessionList).cursor == 2
        assert box(pilot).value == "agent:"


async def test_enter_goes_to_the_results_and_takes_no_offer(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await write(pilot, "oslo is:r")
        assert choices(pilot) == ["running"]
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.focused, SessionList)
        assert box(pilot).value == "oslo is:r"
        assert offered(pilot) == []
        assert "^ is: cannot be r · " in painted(app)


async def test_esc_puts_the_offers_away_first(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await write(pilot, "is:st")
        await pilot.press("escape")
        await settle(pilot)
        assert offered(pilot) == []
        assert app.focused is box(pilot)
        assert "is: cannot be st" in painted(app)
        await pilot.press("tab")  # there is nothing to complete until the text changes
        assert isinstance(app.focused, SessionList)
        await pilot.press("slash", "u")
        await settle(pilot)
        assert choices(pilot) == ["stuck"]
        await pilot.press("escape", "escape")
        assert isinstance(app.focused, SessionList)


async def test_while_a_filter_is_typed_the_rest_of_the_query_counts(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await write(pilot, "oslo agent")
        assert "nothing matches" in painted(app)
        await pilot.press("colon")
        await settle(pilot)
        assert len(app.screen.query_one(SessionList).rows) == 3
        assert "agent: the agent, exactly" in painted(app)
        assert not box(pilot).has_class("-wrong")


async def test_values_with_spaces_are_quoted(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    story.add("one", "one", agent="night owl")
    story.add("two", "two", agent='odd "one"')
    story.add("evil", "evil", agent="esc\x1b[31m")
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await write(pilot, "agent:")
        assert offered(pilot) == [" night owl  1 session  tab "]
        await pilot.press("tab")
        await settle(pilot)
        assert box(pilot).value == 'agent:"night owl"'
        assert [row.ref.key for row in app.screen.query_one(SessionList).rows] == ["one"]


async def test_what_comes_while_values_are_offered_is_offered_too(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await write(pilot, "agent:")
        story.add("fresh", "fresh", agent="fresh", age=timedelta(minutes=1))
        story.tell("fresh")
        await settle(pilot)
        await pilot.press("f")
        await settle(pilot)
        assert choices(pilot) == ["fresh"]


def many_folders(folder: Path) -> Story:
    """Sessions in twenty folders."""
    story = empty_story(folder)
    for number in range(20):
        story.add(f"s{number}", f"s{number}", workspace=Path(f"/home/me/src/project-{number:02}"))
    return story


async def test_many_values_are_a_few_lines_and_say_how_many_more(tmp_path: Path) -> None:
    app = many_folders(tmp_path).app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await write(pilot, "dir:")
        assert len(offered(pilot)) == 9
        assert offered(pilot)[-1] == " 12 more: type on"
        await pilot.press(*["tab"] * 12)
        await settle(pilot)
        assert box(pilot).value == "dir:/home/me/src/project-11"
        assert any("project-12" in line and "tab" in line for line in offered(pilot))


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_offers_stay_on_the_screen(tmp_path: Path, size: tuple[int, int]) -> None:
    app = many_folders(tmp_path).app()
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await write(pilot, "a long text that needs a lot of room before its filter dir:")
        region = app.screen.query_one(OfferList).region
        assert region.width > 0
        assert app.screen.region.contains_region(region)
        assert region.y == box(pilot).region.bottom


async def test_a_click_takes_an_offer(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await write(pilot, "is:")
        assert await pilot.click(OfferList, offset=(2, 2))
        await settle(pilot)
        assert box(pilot).value == "is:stuck"
        assert offered(pilot) == []
        assert app.focused is box(pilot)


async def test_help_asked_for_in_the_box_begins_with_what_can_be_written(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await write(pilot, "os")
        await pilot.press("f1")
        await pilot.pause()
        assert "is:waiting" in painted(app)
        assert "Search titles" not in painted(app)  # the keys come after
        await pilot.press("escape")
        await settle(pilot)
        assert box(pilot).has_focus


async def test_help_names_every_filter_and_how_to_complete(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("question_mark")
        for word, help_text in (
            ("channel:", "the channel, exactly"),
            ("complete", "Complete what is typed in the search box"),
            ("before,", "queries of before"),
        ):
            await pilot.press(*word)
            await pilot.pause()
            assert help_text in painted(app)
            await pilot.press(*("backspace" for _ in word))


async def test_the_empty_box_says_what_can_be_written(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "search titles and conversations" in painted(app).splitlines()[2]
        await pilot.press("slash")
        await settle(pilot)
        line = painted(app).splitlines()[2]
        assert '"a phrase", a OR b, -word; filters: is: agent: dir: after: has:' in line


async def test_a_query_longer_than_the_box_is_still_seen(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await write(pilot, "word " * 30)
        await pilot.press(*"ending")
        await settle(pilot)
        assert "ending" in painted(app).splitlines()[2]
