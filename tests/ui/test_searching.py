"""Searching: one keystroke, the box, the hits, and the way back."""

from __future__ import annotations

import re
from pathlib import Path

from textual import events
from textual.widgets import Input

from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.screens.transcript import TranscriptScreen
from sessiontui.ui.widgets.session_list import SessionList
from tests.ui.painted import line_with, painted, search, settle
from tests.ui.stories import empty_story, ordinary_story, talk


def keys_of(app: object) -> list[str]:
    """The keys of the listed sessions, in their order."""
    return [row.ref.key for row in app.screen.query_one(SessionList).rows]  # type: ignore[attr-defined]


def hit_number(text: str) -> int:
    """Which of four hits is the current one."""
    found = re.search(r"hit (\d) of 4", text)
    assert found is not None, text
    return int(found.group(1))


async def test_typing_finds_sessions_with_the_best_hit_below_each(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await search(pilot, "oslo")
        assert keys_of(app) == ["live", "trip", "job"]
        text = painted(app)
        lines = text.splitlines()
        row = next(n for n, line in enumerate(lines) if "trip plan" in line)
        assert "plan a trip to Oslo with periwinkle" in lines[row + 1]
        assert "3 sessions · 6 hits" in text
        assert "by relevance" in text
        assert "Stuck" not in text


async def test_three_quick_keys_ask_once(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        story.library.asked.clear()
        await pilot.press("slash")
        box = app.screen.query_one("#search-bar", Input)
        for end in range(1, 5):
            box.value = "oslo"[:end]
        await settle(pilot)
        searched = [query.terms[0][0].text for query in story.library.asked if query.terms]
        assert searched == ["oslo"]


async def test_enter_goes_to_the_results_and_opens_one_at_its_hit(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    said = talk("harbours", 40)
    said[51] = said[51].replace(blocks=talk("the periwinkle")[0].blocks)
    story.add("long", "long talk", said)
    app = story.app()
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await search(pilot, "periwinkle")
        await pilot.press("enter", "enter")
        await settle(pilot)
        assert isinstance(app.screen, TranscriptScreen)
        assert "about the periwinkle" in painted(app)
        assert "hit 1 of 1" in painted(app)
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(app.screen, BrowseScreen)
        assert app.screen.query_one("#search-bar", Input).value == "periwinkle"
        assert isinstance(app.focused, SessionList)


async def test_enter_twice_in_a_hurry_opens_what_was_typed(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("slash")
        app.screen.query_one("#search-bar", Input).value = "quokkas"
        await pilot.press("enter", "enter")
        await settle(pilot)
        assert isinstance(app.screen, TranscriptScreen)
        assert "about quokkas" in painted(app).splitlines()[0]


async def test_n_walks_the_hits_without_leaving_the_list(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await search(pilot, "oslo")
        await pilot.press("enter")
        await settle(pilot)
        first = hit_number(painted(app))
        await pilot.press("n", "n")
        await settle(pilot)
        assert hit_number(painted(app)) == (first + 1) % 4 + 1
        assert "n next · N previous" in painted(app)
        await pilot.press("N")
        await settle(pilot)
        assert hit_number(painted(app)) == first % 4 + 1
        assert isinstance(app.focused, SessionList)
        assert keys_of(app)[0] == "live"


async def test_a_better_hit_that_comes_later_does_not_move_the_reader(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    said = talk("harbours", 30)
    said[0] = said[0].replace(blocks=talk("the periwinkle")[0].blocks)
    story.add("long", "long talk", said)
    app = story.app()
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await search(pilot, "periwinkle")
        assert "question 0 about the periwinkle" in painted(app)
        story.store.append("long", talk("periwinkle periwinkle periwinkle")[0])
        story.tell("long")
        await settle(pilot)
        row = app.screen.query_one(SessionList).row
        assert row is not None
        assert row.hit_count == 2
        right = "\n".join(line[60:] for line in painted(app).splitlines())
        assert "question 0 about the periwinkle" in right


async def test_esc_goes_back_step_by_step_and_keeps_the_session(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await search(pilot, "oslo")
        await pilot.press("down")
        await settle(pilot)
        box = app.screen.query_one("#search-bar", Input)
        assert app.focused is box
        await pilot.press("escape")
        assert isinstance(app.focused, SessionList)
        assert box.value == "oslo"
        await pilot.press("escape")
        await settle(pilot)
        assert box.value == ""
        sessions = app.screen.query_one(SessionList)
        assert len(sessions.rows) == 6
        assert sessions.row is not None
        assert sessions.row.ref.key == "trip"


async def test_a_search_without_result_gives_the_session_before_it_back(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("j", "j", "j", "slash", *"xyzzy")
        await settle(pilot)
        text = painted(app)
        assert "nothing matches “xyzzy”" in text
        assert "Searched titles and conversations of 6 sessions." in text
        assert "in:tools" in text
        assert "esc clears the box" in text
        await pilot.press("escape", "escape")
        await settle(pilot)
        row = app.screen.query_one(SessionList).row
        assert row is not None
        assert row.ref.key == "trip"


async def test_a_wrong_filter_says_why_and_leaves_the_list_alone(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("slash")
        app.screen.query_one("#search-bar", Input).value = "is:stuk"
        await settle(pilot)
        assert len(keys_of(app)) == 6
        assert "is: cannot be stuk" in painted(app)
        assert "did you mean stuck" in painted(app)
        await pilot.press("backspace", *"ck")
        await settle(pilot)
        assert keys_of(app) == ["job"]
        assert "cannot be" not in painted(app)


async def test_filters_keep_the_groups_and_letters_type_in_the_box(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await search(pilot, "agent:scout")
        assert app.screen.query_one("#search-bar", Input).value == "agent:scout"
        text = painted(app)
        assert "Stuck 1" in text
        assert "Today 1" in text
        assert "3 sessions" in text


async def test_the_arrow_keys_move_the_list_from_inside_the_box(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await search(pilot, "oslo")
        await pilot.press("down", "down")
        await settle(pilot)
        assert "book the night train" in line_with(app, "night train")
        row = app.screen.query_one(SessionList).row
        assert row is not None
        assert row.ref.key == "job"


async def test_a_snippet_is_cut_around_its_match_not_before_it(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    said = talk("x")
    words = "word " * 60 + "periwinkle and more " + "word " * 60
    block = said[0].blocks[0].replace(text=words)
    story.add("one", "one", [said[0].replace(blocks=(block,))])
    app = story.app()
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await search(pilot, "periwinkle")
        line = painted(app).splitlines()[6][:60]
        assert "periwinkle" in line
        assert line.count("…") == 2


async def test_the_counts_at_the_top_are_those_of_everything(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await search(pilot, "quokkas")
        assert keys_of(app) == ["older"]
        assert "6 sessions in 1 store" in painted(app)


async def test_keys_typed_in_one_go_mean_the_same_as_keys_typed_slowly(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        # As a terminal hands over what was typed while it was busy: all at once.
        for key in ("slash", *"quick"):
            app.post_message(events.Key(key, "/" if key == "slash" else key))
        await settle(pilot)
        assert app.is_running
        assert isinstance(app.focused, Input)
        assert app.focused.value == "quick"


async def test_enter_leaves_the_box_also_when_nothing_was_found(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await settle(pilot)
        await search(pilot, "zzzzqq")
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.focused, SessionList)
        assert "no session is selected" not in painted(app)
