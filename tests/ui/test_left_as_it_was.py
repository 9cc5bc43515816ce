"""How the screens were left is how they are found, in the next run."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Static

from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.widgets.welcome import Welcome
from tests.ui.painted import go_to, painted, settle, until
from tests.ui.scenarios import shows
from tests.ui.stories import ordinary_story


@shows("grow_list", "shrink_list")
async def test_the_border_is_moved_by_keys_and_by_dragging_and_stays_there(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        pane = app.screen.query_one("#list-pane")
        assert pane.size.width == 60
        await pilot.press("greater_than_sign", "greater_than_sign", "less_than_sign")
        await pilot.pause()
        assert pane.size.width == 66
        await pilot.mouse_down(offset=(65, 10))
        await pilot.hover(offset=(35, 12))
        await pilot.mouse_up(offset=(35, 12))
        await pilot.pause()
        assert pane.size.width == 36
        await pilot.mouse_down(offset=(40, 10))
        await pilot.hover(offset=(90, 12))
        await pilot.mouse_up(offset=(90, 12))
        await pilot.pause()
        assert pane.size.width == 36, "only the border can be dragged"
        # Where the panes stand below each other, the border between them is a line.
        await pilot.resize_terminal(80, 40)
        await settle(pilot)
        before = pane.size.height
        await pilot.press("greater_than_sign")
        await pilot.pause()
        assert pane.size.width == 80
        assert pane.size.height > before
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        await pilot.press("greater_than_sign")
        assert pane.size.width == 80
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert app.screen.query_one("#list-pane").size.width == round(1.2 * 35)


async def test_a_double_click_on_the_border_gives_both_the_same(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    app.bench.view_state.set("list_share", 70)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        pane = app.screen.query_one("#list-pane")
        assert pane.size.width == 84
        await pilot.click(offset=(84, 20), times=2)
        await pilot.pause()
        assert pane.size.width == 60


async def test_what_is_kept_is_written_soon_and_not_only_at_the_end(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("less_than_sign")
        await until(pilot, lambda: story.library.view_state.read().list_share == 45)


async def test_the_welcome_is_shown_once_in_a_life(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app(first_run=True)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert app.screen.query(Welcome)
    app = ordinary_story(tmp_path).app(first_run=True)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert not app.screen.query(Welcome)


async def test_a_home_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app(first_run=True)
    data = story.library.view_state.path.parent
    data.parent.mkdir(exist_ok=True)
    # For whoever may write anywhere: a file where the folder should be.
    if data.exists():
        data.rename(data.with_name("aside"))
    data.write_text("in the way")
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await settle(pilot)
        await pilot.press("enter", "greater_than_sign", "slash", *"kettle", "enter")
        await settle(pilot)
        assert isinstance(app.screen, BrowseScreen)
        assert app.screen.query_one("#list-pane").size.width == 66
    assert app.return_code in {0, None}
    assert data.read_text() == "in the way"


async def test_the_welcome_counts_while_it_is_read_and_says_how_to_mend(tmp_path: Path) -> None:
    from sessiontui.domain.events import StoreEvent, StoreEventKind

    story = ordinary_story(tmp_path)
    sound = story.store.info()
    sick = sound.replace(id="astrid-1", format="astrid", available=False, problem="no way in")
    story.library.stores = lambda: (sound, sick)  # type: ignore[method-assign]

    def remedy(store: str) -> str | None:
        return "change its permissions" if store == sick.id else None

    story.library.remedy = remedy  # type: ignore[method-assign]
    app = story.app(first_run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        text = painted(app)
        for words in ("no way in", "change its permissions", "not found", "codex", "/ ", "enter"):
            assert words in text
        indexing = StoreEvent(kind=StoreEventKind.INDEXING, store=sound.id, done=2, total=8)
        app.on_store_happened(type("Told", (), {"event": indexing})())
        await pilot.pause()
        assert "25% read" in str(painted(app))
        app._show_progress(None)
        await pilot.pause()
        assert "read" not in str(app.screen.query_one("#welcome-text", Static).render()).split()
        await pilot.press("S", "j")
        await settle(pilot)
        assert "to mend it" in painted(app)
        assert "change its permissions" in painted(app)


async def test_the_list_opens_with_the_filters_it_was_left_with(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    async with story.app().run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("slash", *"is:stuck agent:scout", "enter")
        await settle(pilot)
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        browse = app.screen
        assert isinstance(browse, BrowseScreen)
        assert [row.title for row in browse.sessions.rows] == ["run the long job"]
        top = painted(app).splitlines()[:4]
        assert "is:stuck agent:scout" in top[2]
        assert "as you left it: esc shows all · 1 session ·" in top[3]
        assert "6 sessions in 1 store" in top[0], "over all of them"
        # One step back is everything, and that is how it is left now.
        await pilot.press("escape")
        await settle(pilot)
        assert len(browse.sessions.rows) == 6
        assert "as you left it" not in painted(app)
    assert story.library.view_state.read().view == ""


async def test_words_that_were_searched_for_are_not_searched_for_again(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    app.bench.view_state.set("view", "agent:scout")
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("slash", *" oslo", "enter")
        await settle(pilot)
        assert "as you left it" not in painted(app)
    assert story.library.view_state.read().view == ""


@pytest.mark.parametrize("view", ["is:gone", "is:nonsense", "kettle", "\x1b]0;x\x07"])
async def test_a_view_in_which_there_is_nothing_gives_way_to_all_sessions(
    tmp_path: Path, view: str
) -> None:
    story = ordinary_story(tmp_path)
    story.library.view_state.write({"view": view})
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        browse = app.screen
        assert isinstance(browse, BrowseScreen)
        assert browse.search.value == ""
        assert len(browse.sessions.rows) == 6
        assert browse.focused is browse.sessions
    # It was nobody's choice: when there is something in it again, it is shown.
    assert story.library.view_state.read().view == view


async def test_tools_and_thinking_stay_folded_or_not(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        go_to(app, "trip")
        await settle(pilot)
        assert "notes.md" not in painted(app)
        await pilot.press("t", "enter")
        await settle(pilot)
        assert "notes.md" in painted(app), "the next transcript, too"
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        go_to(app, "trip")
        await settle(pilot)
        assert "notes.md" in painted(app)
        await pilot.press("enter", "t", "escape", "j", "k")
        await settle(pilot)
    assert not story.library.view_state.read().tools
