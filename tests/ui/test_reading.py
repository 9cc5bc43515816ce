"""Reading a transcript in full, and following one that grows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from textual.widgets import Input

from sessiontui.domain.errors import StoreUnreadable
from sessiontui.domain.message import Message, Role
from sessiontui.domain.session import SessionRef
from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.screens.transcript import TranscriptScreen
from sessiontui.ui.transcript_reading import WINDOW
from sessiontui.ui.widgets.session_list import SessionList
from sessiontui.ui.widgets.transcript_view import TranscriptView
from tests.building import text_message
from tests.ui.painted import go_to, painted, search, settle
from tests.ui.stories import NOW, Story, empty_story, ordinary_story, talk


def say(story: Story, key: str, role: Role, text: str) -> None:
    """Another process writes a message, and the watcher sees it."""
    story.store.append(key, text_message(role, text, NOW))
    story.tell(key)


async def test_enter_reads_and_esc_returns_to_query_row_and_scroll(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    for number in range(60):
        story.add(f"s{number}", f"session {number}", age=timedelta(hours=1, minutes=number))
    app = story.app()
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await search(pilot, "question")
        await pilot.press("enter", "pagedown", "pagedown", "j")
        await settle(pilot)
        sessions = app.screen.query_one(SessionList)
        cursor, top = sessions.cursor, sessions.scroll_offset.y
        before = painted(app)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, TranscriptScreen)
        await pilot.press("j", "J", "escape")
        await settle(pilot)
        assert isinstance(app.screen, BrowseScreen)
        assert app.screen.query_one("#search-bar", Input).value == "question"
        assert (sessions.cursor, sessions.scroll_offset.y) == (cursor, top)
        assert painted(app).splitlines()[4:-1] == before.splitlines()[4:-1]


async def test_the_title_line_says_state_title_and_place(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("j", "enter")
        await settle(pilot)
        top = painted(app).splitlines()[0]
        assert "● fix the wobblegasket" in top
        assert "app" in top
        assert "live" in top


async def test_what_another_process_writes_appears_without_moving_the_reader(
    tmp_path: Path,
) -> None:
    story = empty_story(tmp_path)
    story.add("one", "one", talk("harbours", 30))
    app = story.app()
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await pilot.press("enter", "g")
        await settle(pilot)
        view = app.screen.query_one(TranscriptView)
        before = [line[:100] for line in painted(app).splitlines()[2:20]]
        say(story, "one", Role.ASSISTANT, "and one more thing")
        await settle(pilot)
        assert [line[:100] for line in painted(app).splitlines()[2:20]] == before
        assert not view.follow
        await pilot.press("G")
        await settle(pilot)
        assert "and one more thing" in painted(app)


@pytest.mark.parametrize("keys", [("enter",), ("enter", "g", "G"), ("enter", "g", "f")])
async def test_whoever_is_at_the_end_stays_there_while_the_session_grows(
    tmp_path: Path, keys: tuple[str, ...]
) -> None:
    story = empty_story(tmp_path)
    story.add("one", "one", talk("harbours", 30))
    app = story.app()
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await pilot.press(*keys)
        await settle(pilot)
        assert app.screen.query_one(TranscriptView).follow
        for number in range(3):
            say(story, "one", Role.ASSISTANT, f"news {number}")
            await settle(pilot)
            assert f"news {number}" in painted(app)


async def test_a_live_session_is_followed_from_the_start(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(120, 20)) as pilot:
        await settle(pilot)
        await pilot.press("j", "enter")
        await settle(pilot)
        assert painted(app).splitlines()[0].endswith("● live")
        for number in range(3):
            say(story, "live", Role.ASSISTANT, f"news {number}")
            await settle(pilot)
            assert f"news {number}" in painted(app)
        await pilot.press("g")
        await settle(pilot)
        assert "live, not following" in painted(app).splitlines()[0]


async def test_a_streamed_answer_that_is_rewritten_is_shown_as_it_is_now(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    story.add("one", "one", talk("harbours", 2))
    app = story.app()
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await pilot.press("enter", "G")
        await settle(pilot)
        assert "answer 1 about harbours" in painted(app)
        story.store.remove_last("one")
        say(story, "one", Role.ASSISTANT, "a longer answer")
        await settle(pilot)
        text = painted(app)
        assert "a longer answer" in text
        assert "answer 1 about harbours" not in text


async def test_the_preview_follows_changes_too(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    story.add("one", "one", talk("harbours", 1))
    app = story.app()
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        say(story, "one", Role.USER, "written from elsewhere")
        await settle(pilot)
        assert "written from elsewhere" in painted(app)
        assert "3 messages" in painted(app)


async def test_the_preview_follows_on_request_and_says_what_is_new(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    story.add("one", "one", talk("harbours", 30))
    app = story.app()
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await pilot.press("tab", "g")
        say(story, "one", Role.ASSISTANT, "news")
        await settle(pilot)
        assert "↓ 1 new message below · G" in painted(app).splitlines()[-3]
        await pilot.press("f")
        await settle(pilot)
        assert "following" in painted(app).splitlines()[-2]
        assert "news" in painted(app)


async def test_a_change_in_the_list_below_is_seen_on_the_way_back(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        story.add("fresh", "a fresh one", age=timedelta(minutes=30))
        story.tell()
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert "a fresh one" in painted(app)


async def test_a_long_transcript_is_read_at_its_end_first_and_whole_after(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    story.add("long", "long", talk("harbours", WINDOW))
    reads: list[object] = []
    messages, ending = story.library.messages, story.library.ending

    def counted(ref: SessionRef, start: int = 0, stop: int | None = None) -> object:
        reads.append((start, stop))
        return messages(ref, start, stop)

    def counted_ending(ref: SessionRef, count: int) -> object:
        reads.append(count)
        return ending(ref, count)

    story.library.messages = counted  # type: ignore[method-assign,assignment]
    story.library.ending = counted_ending  # type: ignore[method-assign,assignment]
    app = story.app()
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        assert reads[:2] == [WINDOW, (0, None)]
        # Whatever is told of changes, only the end is looked at again.
        assert {*reads[2:]} <= {(2 * WINDOW - 1, None)}
        assert f"answer {WINDOW - 1} about harbours" in painted(app)
        await pilot.press("tab", "g")
        await settle(pilot)
        assert "question 0 about harbours" in painted(app)


async def test_a_transcript_that_cannot_be_read_says_so_in_its_place(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)

    def broken(*_args: object) -> list[Message]:
        raise StoreUnreadable("the file is no JSON", "restore it from a copy")

    story.library.ending = broken  # type: ignore[method-assign,assignment]
    app = story.app()
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        text = painted(app)
        assert "the file is no JSON" in text
        assert "restore it from a copy" in text
        assert isinstance(app.screen, BrowseScreen)


async def test_a_session_without_messages_says_so(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    story.add("none", "none", [])
    app = story.app()
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        assert "no messages" in painted(app)


async def test_keys_fold_tools_in_the_preview(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        go_to(app, "trip")
        await settle(pilot)
        assert "notes.md" not in painted(app)
        await pilot.press("t")
        await settle(pilot)
        assert "notes.md" in painted(app)
        await pilot.press("t")
        await settle(pilot)
        assert "notes.md" not in painted(app)
