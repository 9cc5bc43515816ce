"""The list as a person arranges it: groups, orders, families, density, and what is new."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from sessiontui.domain.session import SessionRef, SessionState
from sessiontui.ui import listing, looking
from sessiontui.ui.list_order import Density, Grouping, ListSort
from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.screens.transcript import TranscriptScreen
from sessiontui.ui.widgets.arrangement import arrange
from sessiontui.ui.widgets.session_list import SessionList
from tests.ui.painted import go_to, line_with, painted, search, settle, until
from tests.ui.scenarios import shows
from tests.ui.stories import NOW, Story, empty_story, ordinary_story, talk


def browse(pilot: Pilot[None]) -> BrowseScreen:
    """The screen."""
    assert isinstance(pilot.app.screen, BrowseScreen)
    return pilot.app.screen


def selected(pilot: Pilot[None]) -> str:
    """The key of the session under the cursor."""
    row = browse(pilot).sessions.row
    return row.ref.key if row else ""


def keys(pilot: Pilot[None]) -> list[str]:
    """The keys of the rows."""
    return [row.ref.key for row in browse(pilot).sessions.rows]


def titles(pilot: Pilot[None]) -> list[str]:
    """The headings."""
    return [group.title for group in browse(pilot).sessions.arrangement.groups]


@shows("group_1", "group_2", "group_3", "group_4", "group_5")
async def test_number_keys_go_to_the_groups_and_say_when_there_is_none(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        for number, heading in ((1, "Needs you"), (2, "Running"), (3, "Stuck"), (5, "Today")):
            assert line_with(app, heading).split("││")[0].rstrip().endswith(f"[{number}]")
        found = []
        for key in ("5", "3", "2", "1"):
            await pilot.press(key)
            found.append(selected(pilot))
        assert found == ["trip", "job", "live", "boom"]
        await pilot.press("tab", "4")
        assert browse(pilot).sessions.has_focus
        assert selected(pilot) == "boom"
        await search(pilot, "oslo")
        await pilot.press("enter", "2")
        said = [n.message for n in app._notifications]
        assert said == [
            "Nothing is new since you looked.",
            "There are no groups now. Press b to group the list.",
        ]


@shows("next_grouping")
async def test_grouping_goes_round_is_named_in_the_border_and_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/me/src")
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        seen = []
        for _ in range(6):
            await pilot.press("b")
            await settle(pilot)
            seen.append(
                (line_with(app, "sessions  by").split("─╮")[0].split("by ")[2:], titles(pilot))
            )
        words = [rest[0].split()[0] if rest else "" for rest, _ in seen]
        assert words == ["day", "workspace", "store", "agent", "", "state"]
        by_day, by_workspace, by_store, by_agent, flat, _ = [found for _, found in seen]
        assert by_day == ["Today", "Yesterday", "Wed 11 Nov"]
        assert by_workspace == ["~/app", "~/cx", "no workspace"]
        assert by_store == [story.store.store_id]
        assert by_agent == ["scout", "demo", "no agent"]
        assert flat == []
        # Nobody has chosen a session: what comes first now is selected.
        assert selected(pilot) == "boom"
        await pilot.press("j", "j", "b")
        await settle(pilot)
        assert selected(pilot) == "job"
        assert app.bench.view_state.get("grouping") == "day"
    async with story.app().run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert titles(pilot) == by_day


@shows(
    "group_by_state",
    "group_by_day",
    "group_by_workspace",
    "group_by_store",
    "group_by_agent",
    "group_by_none",
)
async def test_the_palette_names_each_grouping(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        for grouping in reversed(Grouping):
            await browse(pilot).action_perform(f"group_by_{grouping.value}")
            await settle(pilot)
            named = f"grouped by {grouping.value}" in painted(app)
            assert named is (grouping is not Grouping.NONE)
            assert app.bench.view_state.get("grouping") == grouping.value


@shows(
    "sort_activity",
    "sort_created",
    "sort_title",
    "sort_messages",
    "sort_size",
    "sort_store",
    "sort_agent",
)
async def test_the_palette_names_each_order_and_turns_it_around(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    story.add("a", "zebra", talk("a", 3), timedelta(hours=3), agent="scout")
    story.add("b", "apple", talk("b", 1), timedelta(hours=1), agent="demo")
    story.add("c", "maple", talk("c", 2), timedelta(hours=2))
    app = story.app()
    expected = {
        ListSort.ACTIVITY: "bca",
        ListSort.CREATED: "bca",
        ListSort.TITLE: "bca",
        ListSort.MESSAGES: "acb",
        ListSort.SIZE: "acb",
        ListSort.STORE: "bca",
        ListSort.AGENT: "bac",
    }
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        for sort, order in expected.items():
            await browse(pilot).action_perform(f"sort_{sort.value}")
            await settle(pilot)
            assert "".join(keys(pilot)) == order, sort
            assert f"by {sort.value} ▾" in painted(app)
        await browse(pilot).action_perform("sort_messages")
        await browse(pilot).action_perform("reverse")
        await settle(pilot)
        assert "".join(keys(pilot)) == "bca"
        assert "by messages ▴" in painted(app)
        assert app.bench.view_state.get("sort") == "messages"
        # The border names the order, and a click there turns it.
        row = next(n for n, line in enumerate(painted(app).splitlines()) if "by messages" in line)
        await pilot.click(offset=(10, row))
        await settle(pilot)
        assert "by messages ▾" in painted(app)
        assert not app.bench.view_state.get("reverse")


@shows("density")
async def test_there_is_room_for_a_second_line_and_what_one_reads_stays(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    for number in range(60):
        age = timedelta(hours=1, minutes=number)
        story.add(f"s{number}", f"session {number}", None, age, agent="scout", branch="main")
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        go_to(app, "s43")
        await pilot.press("k", "k", "k")
        await settle(pilot)

        def line_of(words: str) -> int:
            return next(n for n, line in enumerate(painted(app).splitlines()) if words in line)

        before = line_of("▌ ○ session 40")
        await browse(pilot).action_perform("density")
        await pilot.pause()
        assert browse(pilot).sessions.density is Density.COMFORTABLE
        assert line_of("▌ ○ session 40") == before
        below = painted(app).splitlines()[before + 1]
        assert "scout · main · 4 messages" in below
        assert app.bench.view_state.get("density") == "comfortable"
        await browse(pilot).action_perform("density")
        await pilot.pause()
        assert line_of("▌ ○ session 40") == before
        assert "scout · main" not in painted(app)


# -- families --------------------------------------------------------------------------------


def family(folder: Path) -> Story:
    """A session, two below it, one below one of those, and others."""
    story = empty_story(folder)
    story.add("other", "something else", None, timedelta(hours=1))
    head = story.add("head", "fix the lexer", talk("marmalade"), timedelta(hours=2))
    first = story.add("one", "read the grammar", talk("samovar"), timedelta(hours=3), parent=head)
    story.add("two", "write tests", talk("kettle"), timedelta(hours=4), parent=head)
    story.add("deep", "list the files", talk("teapot"), timedelta(hours=5), parent=first)
    return story


@shows("unfold_family", "fold_family")
async def test_what_is_below_a_session_unfolds_and_folds(tmp_path: Path) -> None:
    app = family(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert keys(pilot) == ["other", "head"]
        assert "fix the lexer ✎ +3" in painted(app)
        assert "unfold" not in painted(app).splitlines()[-1]
        await pilot.press("j")
        await settle(pilot)
        assert "l unfold 3" in painted(app).splitlines()[-1]
        await pilot.press("l")
        await pilot.pause()
        assert "unfold" not in painted(app).splitlines()[-1]
        assert keys(pilot) == ["other", "head", "one", "two"]
        assert selected(pilot) == "head"
        assert "├ ○ read the grammar ✎ +1" in painted(app)
        assert "└ ○ write tests" in painted(app)
        await pilot.press("right", "right", "right")
        assert selected(pilot) == "deep"
        assert "│ └ ○ list the files" in painted(app)
        assert browse(pilot).marked == ()
        # To the one above, which is then folded, and so on.
        await pilot.press("h")
        assert selected(pilot) == "one"
        await pilot.press("left")
        assert keys(pilot) == ["other", "head", "one", "two"]
        await pilot.press("h", "h")
        assert keys(pilot) == ["other", "head"]
        await pilot.press("h", "l", "l")
        assert selected(pilot) == "one"


async def test_what_one_is_on_stays_in_view_when_it_gets_a_parent(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    for number in range(3):
        story.add(f"s{number}", f"session {number}", None, timedelta(hours=number + 1))
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("j")
        story.add("s1", "session 1", None, timedelta(hours=2), parent=story.ref("s0"))
        story.tell("s1")
        await settle(pilot)
        assert selected(pilot) == "s1"
        assert "└ ○ session 1" in painted(app)
        await pilot.press("h", "h")
        assert keys(pilot) == ["s0", "s2"]
        story.tell("s2")
        await settle(pilot)
        assert keys(pilot) == ["s0", "s2"]
        browse(pilot).go_to(story.ref("s1"))
        await settle(pilot)
        assert selected(pilot) == "s1"


async def test_a_hit_below_another_session_is_shown_with_what_it_belongs_to(
    tmp_path: Path,
) -> None:
    app = family(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await search(pilot, "kettle")
        assert keys(pilot) == ["two"]
        assert "○ write tests ✎  of fix the lexer" in painted(app)
        browse(pilot).search.value = "question"
        await settle(pilot)
        assert sorted(keys(pilot)) == ["deep", "head", "one", "other", "two"]
        assert "└ ○" in painted(app)
        await pilot.press("enter")
        go_to(app, "two")
        # While text is searched nothing is folded; one goes to the session above.
        await pilot.press("h", "h")
        assert selected(pilot) == "head"
        assert len(keys(pilot)) == 5


async def test_a_click_at_its_mark_unfolds_a_family(tmp_path: Path) -> None:
    app = family(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        row = next(n for n, line in enumerate(painted(app).splitlines()) if "fix the lexer" in line)
        await pilot.click(offset=(3, row))
        assert keys(pilot) == ["other", "head", "one", "two"]
        await pilot.click(offset=(3, row))
        assert keys(pilot) == ["other", "head"]


# -- what is new -----------------------------------------------------------------------------


def left_before(story: Story, age: timedelta) -> None:
    """The program was left so long ago."""
    at = (NOW - age).timestamp()
    story.library._looked_at.save(at, leaving=True)
    story.library._looked_at._left_at = at


async def test_what_moved_since_one_left_is_new_until_it_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "LOOK_SECONDS", 60.0)
    story = ordinary_story(tmp_path)
    story.add("later", "moved later", None, timedelta(hours=3))
    left_before(story, timedelta(hours=4))
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert titles(pilot)[3] == "New since you looked"
        sessions = browse(pilot).sessions
        assert sessions.arrangement.group_refs("new") == {story.ref("trip"), story.ref("later")}
        await pilot.press("4")
        assert selected(pilot) == "trip"
        monkeypatch.setattr(looking, "LOOK_SECONDS", 0.1)
        await pilot.press("j")  # passing by is not looking
        assert selected(pilot) == "later"
        await until(pilot, lambda: story.ref("later") in story.library.looks().looked)
        looked = story.library.looks().looked
        assert story.ref("trip") not in looked
        # It stays where it is while one is there, also when something changes...
        story.tell("older")
        await settle(pilot)
        assert story.ref("later") in sessions.arrangement.group_refs("new")
        assert story.ref("later") not in sessions.arrangement.new
        # ... and is in its day when the list is made anew.
        await search(pilot, "is:idle")
        assert sessions.arrangement.group_refs("new") == {story.ref("trip")}
        await pilot.press("escape", "escape", "5", "4", "enter")
        await settle(pilot)
        assert isinstance(app.screen, TranscriptScreen)
        assert story.ref("trip") in story.library.looks().looked
    assert story.library._looked_at.path.exists()


async def test_what_one_is_reading_does_not_become_new_when_it_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "LOOK_SECONDS", 0.05)
    story = empty_story(tmp_path)
    turn = {"state": SessionState.RUNNING, "turn_started_at": NOW}
    for key in ("seen", "unseen"):
        story.add(key, key, None, timedelta(minutes=1 if key == "seen" else 2), **turn)
    left_before(story, timedelta(hours=4))
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("2")
        await until(pilot, lambda: story.ref("seen") in story.library.looks().looked)
        for key in ("seen", "unseen"):
            story.add(key, key, talk("more"), -timedelta(seconds=30))
        story.tell("seen", "unseen")
        await settle(pilot)
        found = browse(pilot).sessions.arrangement
        assert found.group_refs("new") == {story.ref("unseen")}
        assert selected(pilot) == "seen"


async def test_what_moves_after_one_left_is_new_the_next_time(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    story.add("old", "old", None, timedelta(hours=1))
    async with story.app().run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert titles(pilot) == ["Today"]
    story.library._looked_at._left_at = None  # as another run would find it
    story.add("new", "new", None, -timedelta(minutes=1))
    async with story.app().run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert titles(pilot) == ["New since you looked", "Today"]


# -- where the cursor is ---------------------------------------------------------------------


async def test_until_one_moves_the_cursor_stays_at_the_first_row(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    story.add("a", "a", None, timedelta(hours=5))
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        for key, age in (("b", 4), ("c", 3)):
            story.add(key, key, None, timedelta(hours=age))
            story.tell(key)
            await settle(pilot)
            assert (selected(pilot), browse(pilot).sessions.cursor) == (key, 0)
        await pilot.press("J")  # whoever walks in the transcript is reading
        story.add("d", "d", None, timedelta(hours=2))
        story.tell("d")
        await settle(pilot)
        assert (selected(pilot), browse(pilot).sessions.cursor) == ("c", 1)
        assert painted(app).find("○ d") < painted(app).find("▌ ○ c")


async def test_rows_are_laid_out_off_the_thread_that_paints_and_no_key_does_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = ordinary_story(tmp_path)
    arranged: list[bool] = []
    real = arrange

    def watched(*args: object, **kwargs: object) -> object:
        try:
            asyncio.get_running_loop()
            arranged.append(True)
        except RuntimeError:
            arranged.append(False)
        return real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(listing, "arrange", watched)
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        before = len(arranged)
        await pilot.press("j", "l", "h", "space", "v", "j", "v", "1", "escape")
        assert len(arranged) == before
        assert arranged
        assert not any(arranged)
        assert isinstance(browse(pilot).sessions, SessionList)
        assert browse(pilot).sessions.rows[0].ref == SessionRef(story.store.store_id, "boom")
