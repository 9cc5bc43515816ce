"""Help: the keys of the screen below, looked up by typing, and queries to begin with."""

from __future__ import annotations

from pathlib import Path

from sessiontui.domain.query import Query
from sessiontui.domain.query_parser import FILTERS, parse_query
from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.screens.help import EXAMPLES, Help
from sessiontui.ui.screens.palette import Palette
from sessiontui.ui.widgets.search_bar import SearchBar
from tests.ui.painted import line_with, painted, settle
from tests.ui.scenarios import shows
from tests.ui.stories import NOW, ordinary_story


def test_every_example_is_a_query_and_no_filter_is_missing() -> None:
    for query, words in EXAMPLES:
        assert parse_query(query, NOW) != Query()
        assert words[0].islower()
    assert len(FILTERS) > 10


@shows("help", "reverse")
async def test_typing_looks_up_and_enter_does_it(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app(keymap={"reverse": "f7"})
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("question_mark", *"order around")
        await pilot.pause()
        assert "F7" in line_with(app, "Turn the order")
        assert "Give the session" not in painted(app)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, BrowseScreen)
        assert "▴" in painted(app)
        # What the footer calls an action finds it, whatever the sentence says.
        await pilot.press("question_mark", *"clear")
        await pilot.pause()
        assert line_with(app, "Remove the messages").split()[1] == "c"
        await pilot.press("escape", "escape")
        # What has no key is found, too.
        await pilot.press("question_mark")
        await pilot.pause()
        assert "change the theme" not in painted(app)
        await pilot.press(*"choose the colours")
        await pilot.pause()
        assert "ctrl+p" in line_with(app, "change the theme: Choose the colours")
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, Palette)
        await pilot.press("escape")
        await settle(pilot)
        await pilot.press("question_mark", *"nothing like it")
        await pilot.pause()
        assert "nothing here about" in painted(app)
        await pilot.press("escape")
        assert isinstance(app.screen, Help)
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, BrowseScreen)


async def test_all_of_it_can_be_reached_on_a_small_screen(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("question_mark")
        await pilot.pause()
        assert "Search titles" in painted(app)
        await pilot.press("ctrl+end")
        await pilot.pause()
        assert "something in it is damaged" in painted(app)
        await pilot.press("ctrl+home")
        await pilot.pause()
        assert "Find" in painted(app)
        seen = painted(app)
        for _ in range(30):
            await pilot.press("pagedown")
            seen += painted(app)
        for name in FILTERS:
            assert f"{name}:" in seen


async def test_an_example_is_asked_and_a_filter_begun(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("question_mark", *"nothing moves")
        await pilot.press("enter")
        await settle(pilot)
        bar = app.screen.query_one(SearchBar)
        assert bar.value == "is:stuck"
        assert "1 session" in painted(app)
        # In the search box, the language comes first; a filter waits there for its value.
        await pilot.press("slash", "f1")
        await pilot.pause()
        assert painted(app).index("Search: examples") < painted(app).index("Search: the language")
        await pilot.press(*"the agent, exactly", "enter")
        await settle(pilot)
        assert bar.value == "agent:"
        assert app.focused is bar


async def test_help_is_about_the_screen_below_and_used_with_the_mouse(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("S", "question_mark")
        await settle(pilot)
        text = painted(app)
        assert "help: stores" in text
        assert "List the sessions of this store only" in text
        assert "Search: examples" not in text
        rows = text.splitlines()
        line = next(number for number, row in enumerate(rows) if "List the sessions" in row)
        await pilot.click(offset=(40, line))
        await settle(pilot)
        assert isinstance(app.screen, BrowseScreen)
        assert app.screen.query_one(SearchBar).value.startswith("store:")
