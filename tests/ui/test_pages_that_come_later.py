"""Pages of a long transcript that are read while somebody is reading: nothing waits for them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event
from typing import NamedTuple

import pytest

from sessiontui.domain.errors import StoreBusy
from sessiontui.domain.message import Message, Role
from sessiontui.domain.session import SessionRef
from sessiontui.services import message_pages
from sessiontui.services.message_pages import PAGE, MessagePages
from sessiontui.ui.screens.transcript import TranscriptScreen
from sessiontui.ui.widgets.message_flow import MessageFlow
from sessiontui.ui.widgets.term_marks import TermFinder
from sessiontui.ui.widgets.transcript_view import TranscriptView
from tests.transcripts import call, conversation, message, result
from tests.ui.painted import painted, settle, until
from tests.ui.stories import empty_story, talk
from tests.ui.transcript_app import Seen, reading

COUNT = 2_000
OSLO = TermFinder.of_words(["oslo"])


class Shelf:
    """Reads messages as slowly as it is told to, and remembers what it was asked for."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self.messages = messages
        self.go_on = Event()
        self.asked: list[int] = []
        self.fails = False

    def read(self, start: int, stop: int) -> Iterator[Message]:
        """The messages from one index to another; waits while it shall."""
        self.asked.append(start // PAGE)
        assert self.go_on.wait(10)
        if self.fails:
            raise StoreBusy("the store is locked")
        return iter(self.messages[start:stop])


class Late(NamedTuple):
    """A view of messages of which only the last ones are in memory."""

    seen: Seen
    shelf: Shelf
    flow: MessageFlow

    @property
    def view(self) -> TranscriptView:
        """The view."""
        return self.seen.view

    async def come(self) -> None:
        """Let everything be read."""
        self.shelf.go_on.set()
        await settle(self.seen.pilot)

    async def asks(self, pages: int) -> None:
        """Wait until so many pages have been asked for."""
        await until(self.seen.pilot, lambda: len(self.shelf.asked) >= pages)


@asynccontextmanager
async def late(
    messages: Sequence[Message], *, held: int = 60_000, size: tuple[int, int] = (80, 20)
) -> AsyncIterator[Late]:
    """Show nothing yet."""
    shelf = Shelf(messages)
    with ThreadPoolExecutor(2) as threads:
        flow = MessageFlow((), None, MessagePages(shelf.read, held, threads.submit))
        flow.extend(messages)
        async with reading(size) as seen:
            try:
                yield Late(seen, shelf, flow)
            finally:
                shelf.go_on.set()


def said(lines: Sequence[str]) -> list[str]:
    """The lines on which a message begins."""
    return [line for line in lines if "question " in line or "answer " in line or "… " in line]


async def test_a_leap_shows_numbers_at_once_and_the_messages_when_they_were_read() -> None:
    async with late(conversation(COUNT)) as it:
        view = it.view
        await it.seen.do(lambda: it.view.show(it.flow, end=True), view.action_scroll_home)
        assert it.seen.lines[0].endswith("… message 1")
        assert "… message 2" in it.seen.text
        await it.asks(1)
        # The reader still sleeps, and every key does what it does.
        await it.seen.do(*[view.action_next_message] * 3)
        assert view.cursor == 3
        row = it.seen.row("▎ ")
        assert it.seen.lines[row].endswith("… message 4")
        await it.come()
        assert "…" not in it.seen.text
        assert view.cursor == 3
        assert "answer 3" in it.seen.lines[row + 1]
        await it.seen.do(view.action_scroll_home)
        assert "question 0" in it.seen.text


@pytest.mark.parametrize("part", [0.25, 0.5, 0.75])
async def test_what_stands_at_the_top_stays_there_when_heights_become_known(part: float) -> None:
    async with late(conversation(COUNT)) as it:
        view = it.view
        await it.seen.do(lambda: view.show(it.flow))
        await it.come()
        it.shelf.go_on.clear()
        await it.seen.do(lambda: view.scroll_to(y=part * view.max_scroll_y))
        anchor, cursor = view.anchor, view.cursor
        assert all(line.strip(" ▎") in ("", "…") or "… message" in line for line in it.seen.lines)
        await it.come()
        assert "…" not in it.seen.text
        assert view.cursor == cursor
        assert anchor is not None
        assert view.anchor is not None
        assert view.anchor.message_index == anchor.message_index


async def test_of_many_leaps_only_the_last_is_read_for() -> None:
    async with late(conversation(COUNT)) as it:
        view = it.view
        await it.seen.do(lambda: view.show(it.flow, end=True))
        await it.come()
        it.shelf.go_on.clear()
        it.shelf.asked.clear()
        places: list[Callable[[], None]] = [
            *(lambda y=y: view.scroll_to(y=y) for y in range(1_000, 6_000, 100)),
            view.action_scroll_home,
            view.action_scroll_end,
            lambda: view.go_to(1_000),
        ]
        await it.seen.do(places[0])
        await it.asks(1)
        await it.seen.do(*places[1:])
        assert len(it.shelf.asked) == 1
        await it.come()
        assert it.seen.row("question 1000") <= 1
        # One on the way, one that is seen, and what is near to that.
        assert len(it.shelf.asked) <= 6
        assert set(it.shelf.asked[1:]) <= set(range(1_000 // PAGE - 3, 1_000 // PAGE + 4))


async def test_an_answer_that_comes_too_late_moves_nothing() -> None:
    async with late(conversation(COUNT)) as it:
        view = it.view
        await it.seen.do(lambda: view.show(it.flow, end=True), view.action_scroll_home)
        await it.asks(1)
        await it.seen.do(view.action_scroll_end)
        before, anchor = it.seen.lines, view.anchor
        await it.come()
        assert (it.seen.lines, view.anchor) == (before, anchor)
        it.shelf.asked.clear()
        await it.seen.do(lambda: view.show(conversation(9)), lambda: view.show(it.flow, at=0))
        await it.seen.do(lambda: view.show(conversation(9), end=True))
        await it.come()
        assert "question 8" in it.seen.text


async def test_who_goes_on_finds_everything_there() -> None:
    async with late(conversation(COUNT), held=120_000) as it:
        view = it.view
        it.shelf.go_on.set()
        await it.seen.do(lambda: view.show(it.flow))
        await settle(it.seen.pilot)
        steps = (
            [view.action_next_message] * 120
            + [view.scroll_page_down] * 40
            + [view.action_previous_message] * 60
            + [view.scroll_page_up] * 30
            + [view.action_next_prompt] * 40
        )
        for step in steps:
            step()
            assert "… message" not in it.seen.text
            await settle(it.seen.pilot)
        assert len(it.shelf.asked) < COUNT / PAGE
        assert it.flow.messages.held < COUNT / 2


async def test_a_hit_far_away_is_shown_when_its_message_was_read() -> None:
    messages = conversation(COUNT)
    lines = "\n".join(f"line {n}" for n in range(90))
    messages[400] = message(400, Role.USER, f"{lines}\nto Oslo\n{lines}")
    messages[1_500] = message(1_500, Role.ASSISTANT, call("ls", {"command": "ls"}, "x"))
    messages[1_501] = message(1_501, Role.TOOL, result(f"{lines}\nOslo\n{lines}", "x"))
    async with late(messages) as it:
        view = it.view
        await it.seen.do(lambda: view.show(it.flow, finder=OSLO, hits=(400, 1_501)))
        await it.seen.do(view.action_next_hit)
        assert "… message 401" in it.seen.text
        await it.asks(1)
        await it.come()
        assert "to Oslo" in it.seen.text
        it.shelf.go_on.clear()
        await it.seen.do(view.action_next_hit)
        assert "… message 1,501" in it.seen.text
        assert view.cursor == 1_500
        await it.come()
        assert "│ Oslo" in it.seen.text
        # Whoever goes on meanwhile is not called back.
        it.shelf.go_on.clear()
        await it.seen.do(view.action_next_hit, view.action_scroll_end)
        await it.come()
        assert f"answer {COUNT - 1}" in it.seen.text


async def test_a_call_waits_for_its_result_wherever_that_stands() -> None:
    messages = conversation(COUNT)
    messages[0] = message(0, Role.ASSISTANT, call("ls", {"command": "ls"}, "far"))
    messages[900] = message(900, Role.TOOL, result("one\ntwo", "far"))
    async with late(messages) as it:
        view = it.view
        await it.seen.do(lambda: view.show(it.flow))
        await it.asks(1)
        assert "… message 1" in it.seen.text
        await it.come()
        assert "ls   ok · 2 lines" in it.seen.text
        assert 900 // PAGE in it.shelf.asked


async def test_folding_and_copying_have_patience() -> None:
    messages = conversation(COUNT)
    messages[1] = message(1, Role.ASSISTANT, call("ls", {"command": "ls"}, "1"))
    messages[2] = message(2, Role.TOOL, result("one\ntwo", "1"))
    async with late(messages) as it:
        view = it.view
        await it.seen.do(lambda: view.show(it.flow), view.action_next_message)
        copied: list[object] = []
        await it.seen.do(view.action_toggle_fold)
        assert view.message_at_cursor() is None
        await it.come()
        assert "│ two" in it.seen.text
        it.shelf.go_on.clear()
        await it.seen.do(lambda: view.go_to(1_001))
        view.when_at_hand(
            lambda: copied.extend((view.message_at_cursor(), view.prompt_at_cursor()))
        )
        assert not copied
        await it.come()
        assert copied == [messages[1_001], messages[1_000]]


async def test_what_was_selected_is_copied_wherever_the_reader_is_by_now() -> None:
    async with late(conversation(COUNT)) as it:
        view = it.view
        await it.seen.do(lambda: view.show(it.flow))
        await it.come()
        view.text_select_all()
        words = it.seen.pilot.app.screen.get_selected_text()
        assert words is not None
        assert "question 0" in words
        for position in (500, 1_000, 1_500):
            await it.seen.do(lambda position=position: view.go_to(position))  # type: ignore[misc]
            await it.come()
        await it.seen.pilot.resize_terminal(79, 20)  # What was laid out is not kept.
        assert it.flow.messages.at_hand(0) is None
        assert it.seen.pilot.app.screen.get_selected_text() == words


async def test_what_cannot_be_read_is_said_in_its_place_and_tried_again() -> None:
    async with late(conversation(COUNT)) as it:
        view = it.view
        it.shelf.fails = True
        await it.seen.do(lambda: view.show(it.flow))
        await it.come()
        assert "the store is locked" in it.seen.text
        asked = len(it.shelf.asked)
        await it.seen.do(view.scroll_down, view.scroll_up)
        assert len(it.shelf.asked) == asked
        it.shelf.fails = False
        await it.seen.do(view.action_scroll_end, view.action_scroll_home)
        await it.come()
        assert "question 0" in it.seen.text
        assert "locked" not in it.seen.text


async def test_answers_only_come_later_too() -> None:
    messages = [
        message(index, Role.USER, f"question {index}")
        if index % 4 == 0
        else message(index, Role.ASSISTANT, f"answer {index}", call("ls", call_id=str(index)))
        for index in range(COUNT)
    ]
    async with late(messages) as it:
        view = it.view
        await it.seen.do(lambda: view.show(it.flow, end=True), view.action_toggle_answers)
        await it.seen.do(view.action_scroll_home)
        assert "… message 1" in it.seen.text
        await it.come()
        assert said(it.seen.bare)[0].strip() == "question 0"
        assert "… message" not in it.seen.text
        await it.seen.do(view.action_toggle_fold)
        assert "answer 3" in it.seen.text


async def test_a_slow_store_never_holds_up_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_pages, "HELD_CHARACTERS", 40_000)
    story = empty_story(tmp_path)
    story.add("long", "long", talk("harbours", 400))
    messages, go_on, asked = story.library.messages, Event(), 0

    def slowly(ref: SessionRef, start: int = 0, stop: int | None = None) -> Iterator[Message]:
        nonlocal asked
        if stop is not None:
            asked += 1
            assert go_on.wait(10)
        return messages(ref, start, stop)

    story.library.messages = slowly  # type: ignore[method-assign]
    app = story.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "answer 399 about harbours" in painted(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TranscriptScreen))
        view = app.screen.query_one(TranscriptView)
        await until(pilot, lambda: len(view.messages) == 800)
        await pilot.press("g")
        await until(pilot, lambda: asked > 0)
        assert "… message 1" in painted(app)
        await pilot.press("J", "J")
        assert view.cursor == 2
        await pilot.press("y")
        assert isinstance(app.screen, TranscriptScreen)
        go_on.set()
        await settle(pilot)
        assert not isinstance(app.screen, TranscriptScreen)
        await pilot.press("escape")
        assert "question 0 about harbours" in painted(app)
        assert view.cursor == 2
