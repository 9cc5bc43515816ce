"""Hits: as many in the transcript as in the list, marked, walked, and landed on."""

from __future__ import annotations

import re
from pathlib import Path

from textual.pilot import Pilot

from sessiontui.domain.message import Role
from sessiontui.ui.screens.transcript import TranscriptScreen
from sessiontui.ui.widgets.search_bar import SearchBar
from sessiontui.ui.widgets.session_list import SessionList
from sessiontui.ui.widgets.transcript_view import TranscriptView
from tests.building import text_message
from tests.ui.painted import line_with, painted, search, settle
from tests.ui.stories import Story, empty_story, talk, tool_turn


def kitchen(folder: Path) -> Story:
    """One session with a title of its own and words in several messages."""
    story = empty_story(folder)
    said = [
        text_message(Role.USER, "is the kettle on the stove"),
        text_message(Role.ASSISTANT, "the kettle is, the oven is not"),
        text_message(Role.USER, "and the oven"),
        *tool_turn(),
        text_message(Role.ASSISTANT, "the ovenproof kettles are here"),
    ]
    story.add("k", "Kettle and oven", said)
    return story


def shown(pilot: Pilot[None]) -> tuple[int, int, bool]:
    """The hits in the list, the hits in the preview, and whether it names the title."""
    row = pilot.app.screen.query_one(SessionList).row
    assert row is not None
    found = re.search(r"hit \d+ of (\d+)(, and the title)?", painted(pilot.app))
    if found is None:
        return row.hit_count, 0, "only the title matches" in painted(pilot.app)
    return row.hit_count, int(found[1]), bool(found[2])


COUNTS = {
    "kettle": (3, True),
    "kettle oven": (1, True),
    "oven stove": (3, False),
    '"the oven"': (2, False),
    "stove": (1, False),
    "kettle role:user": (1, False),
    "kettle -role:user": (2, False),
    '"kettle and oven"': (0, True),
    "kettle OR stove": (2, True),
    "plan in:tools": (1, False),
}
"""By query: the messages that are hits, and whether the title is one besides."""


async def test_the_preview_counts_as_the_list_does(tmp_path: Path) -> None:
    app = kitchen(tmp_path).app()
    async with app.run_test(size=(140, 36)) as pilot:
        await settle(pilot)
        counted = {}
        for query in COUNTS:
            app.screen.query_one(SearchBar).value = query
            await settle(pilot)
            counted[query] = shown(pilot)
        assert counted == {
            query: (hits + titled, hits, titled) for query, (hits, titled) in COUNTS.items()
        }


async def test_a_title_that_matches_alone_is_marked_and_says_so(tmp_path: Path) -> None:
    story = kitchen(tmp_path)
    app = story.app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await settle(pilot)
        await search(pilot, '"kettle and oven"')
        await pilot.press("enter")
        await settle(pilot)
        assert "only the title matches" in painted(app)
        sessions = app.screen.query_one(SessionList)
        marked = [s.text for s in sessions.render_line(0) if s.text == "Kettle and oven"]
        assert marked == ["Kettle and oven"]
        await pilot.press("n")
        await pilot.pause()
        assert [n.message for n in app._notifications] == ["Only the title matches."]


async def test_opening_lands_on_the_line_where_the_words_meet(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    lines = [f"the line of number {number}" for number in range(200)]
    lines[150] = "here the kettle turns left"
    story.add("long", "long", [text_message(Role.ASSISTANT, "\n\n".join(lines)), *talk("x", 3)])
    app = story.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await search(pilot, "the kettle")
        await pilot.press("enter", "enter")
        await settle(pilot)
        assert isinstance(app.screen, TranscriptScreen)
        rows = painted(app).splitlines()
        place = next(n for n, line in enumerate(rows) if "the kettle turns left" in line)
        assert 5 <= place <= 20
        assert "hit 1 of 1" in rows[0]


async def test_hits_of_a_corrected_query_are_marked_and_walked(tmp_path: Path) -> None:
    app = kitchen(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await search(pilot, "stovr")
        assert "showing results for stove · 1 session" in line_with(app, "showing results")
        assert "hit 1 of 1" in painted(app)
        await pilot.press("enter", "enter")
        await settle(pilot)
        assert "hit 1 of 1" in painted(app)


async def test_a_hit_that_is_written_now_counts_at_once(tmp_path: Path) -> None:
    story = kitchen(tmp_path)
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await search(pilot, "kettle")
        await pilot.press("enter", "n")
        await settle(pilot)
        assert "hit 2 of 3" in painted(app)
        story.store.append("k", text_message(Role.USER, "another kettle"))
        story.tell("k")
        await settle(pilot)
        assert shown(pilot) == (5, 4, True)
        assert "hit 2 of 4" in painted(app)


async def test_walking_goes_round_and_never_leaves_the_list(tmp_path: Path) -> None:
    app = kitchen(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await search(pilot, "kettle")
        await pilot.press("enter")
        await settle(pilot)
        numbers = []
        for key in ("n", "n", "n", "N"):
            await pilot.press(key)
            await settle(pilot)
            numbers.append(re.findall(r"hit (\d) of 3", painted(app)))
        assert numbers == [["2"], ["3"], ["1"], ["3"]]
        assert isinstance(app.focused, SessionList)


async def test_coming_back_finds_query_row_and_scroll_as_they_were(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    for number in range(60):
        story.add(f"s{number}", f"session {number}", talk(f"kettle {number}"))
    app = story.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await search(pilot, "kettle")
        await pilot.press("enter", "pagedown", "pagedown", "up", "up")
        await settle(pilot)
        before = painted(app)
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("n", "escape")
        await settle(pilot)
        after = painted(app).splitlines()
        assert [line[:48] for line in after[4:28]] == [
            line[:48] for line in before.splitlines()[4:28]
        ]
        assert "kettle" in after[2]


async def test_the_end_stays_in_view_when_the_terminal_gets_shorter(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    story.add("long", "long", talk("harbours", 40))
    app = story.app()
    async with app.run_test(size=(100, 40)) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "answer 39 about harbours" in painted(app)
        await pilot.press("f")  # no following: the end was only being read
        app.screen.query_one(TranscriptView).follow = False
        for height in (24, 12, 30):
            await pilot.resize_terminal(100, height)
            await settle(pilot)
            assert "answer 39 about harbours" in painted(app), height


async def test_a_hit_stays_in_view_when_the_terminal_gets_shorter(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    said = [text_message(Role.USER, "the kettle"), *talk("harbours", 4)]
    story.add("short", "short", said)
    app = story.app()
    async with app.run_test(size=(100, 40)) as pilot:
        await settle(pilot)
        await search(pilot, "kettle")
        await pilot.press("enter", "enter")
        await settle(pilot)
        await pilot.resize_terminal(100, 12)
        await settle(pilot)
        assert "the kettle" in painted(app)
