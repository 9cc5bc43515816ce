"""The outline of the prompts: beside the transcript where there is room, else over it."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.style import Style
from textual.app import App, ComposeResult

from sessiontui.domain.message import Message, Role
from sessiontui.ui.screens.prompt_picker import PromptPicker
from sessiontui.ui.screens.transcript import TranscriptScreen
from sessiontui.ui.steps import Step
from sessiontui.ui.widgets.landmarks import Landmark, Landmarks
from sessiontui.ui.widgets.outline import Outline
from sessiontui.ui.widgets.session_list import SessionList
from sessiontui.ui.widgets.transcript_view import TranscriptView
from tests.building import text_message
from tests.ui.painted import line_with, painted, settle
from tests.ui.scenarios import shows
from tests.ui.stories import NOW, Story, empty_story


def long_talk(turns: int = 40) -> list[Message]:
    """Questions with long answers, and a compaction in the middle."""
    said = []
    for turn in range(turns):
        if turn == turns // 2:
            said.append(text_message(Role.SYSTEM, "Conversation compacted", NOW))
        said.append(text_message(Role.USER, f"question {turn} about harbours", NOW))
        said.append(text_message(Role.ASSISTANT, "\n\n".join(["a line of it"] * 12), NOW))
    return said


def harbours(folder: Path) -> Story:
    story = empty_story(folder)
    story.add("long", "long", long_talk())
    return story


@shows("outline", "next_prompt", "unfold")
async def test_beside_the_transcript_it_marks_and_chooses_what_is_read(tmp_path: Path) -> None:
    app = harbours(tmp_path).app()
    async with app.run_test(size=(150, 40)) as pilot:
        await settle(pilot)
        await pilot.press("enter", "g")
        await settle(pilot)
        outline, view = app.screen.query_one(Outline), app.screen.query_one(TranscriptView)
        assert outline.display
        assert outline.current == 0
        assert "── compacted ─" in painted(app)
        await pilot.press("}", "}")
        await settle(pilot)
        assert outline.current == 2
        assert "▌ question 2 about harbours" in line_with(app, "▌ question 2")
        # By keys: to it, down in it, and there.
        await pilot.press("o", "down", "down", "down", "enter")
        await settle(pilot)
        assert view.has_focus
        assert outline.current == 5
        assert view.anchor is not None
        assert view.anchor.message_index == 10
        # By scrolling.
        await pilot.press("G")
        await settle(pilot)
        assert outline.current == 40
        # By a click.
        top = outline.scroll_offset.y
        await pilot.click(Outline, offset=(8, 24 - top + 1))
        await settle(pilot)
        assert view.has_focus
        assert outline.current == 24
        assert not view.follow


async def test_it_is_put_away_and_comes_back(tmp_path: Path) -> None:
    app = harbours(tmp_path).app()
    async with app.run_test(size=(150, 30)) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        outline, view = app.screen.query_one(Outline), app.screen.query_one(TranscriptView)
        width = view.size.width
        await pilot.press("o", "o")
        await settle(pilot)
        assert not outline.display
        assert view.has_focus
        assert view.size.width > width
        assert not app.bench.view_state.get("outline")
        await pilot.press("o")
        await settle(pilot)
        assert outline.display
        assert outline.has_focus
        await pilot.press("escape")
        assert view.has_focus
        assert isinstance(app.screen, TranscriptScreen)


async def test_without_room_it_lies_over_the_transcript(tmp_path: Path) -> None:
    app = harbours(tmp_path).app()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("enter", "g")
        await settle(pilot)
        view = app.screen.query_one(TranscriptView)
        before = painted(app)
        await pilot.press("o", "escape")
        await settle(pilot)
        assert painted(app) == before
        await pilot.press("o", "3", "3", "enter")
        await settle(pilot)
        assert isinstance(app.screen, TranscriptScreen)
        assert view.anchor is not None
        assert view.anchor.message_index == 67
        await pilot.press("o")
        await settle(pilot)
        assert isinstance(app.screen, PromptPicker)
        assert "40 prompts" in painted(app)
        await pilot.press("up", "up", "enter")
        await settle(pilot)
        assert view.anchor.message_index == 63
        await pilot.press("o", *"nowhere")
        await settle(pilot)
        assert "no prompt holds these words" in painted(app)
        await pilot.press("enter", "escape")
        assert isinstance(app.screen, TranscriptScreen)


@pytest.mark.parametrize(("width", "beside"), [(190, True), (150, False)])
async def test_beside_the_list_it_needs_more_room(tmp_path: Path, width: int, beside: bool) -> None:
    app = harbours(tmp_path).app()
    async with app.run_test(size=(width, 30)) as pilot:
        await settle(pilot)
        outline = app.screen.query_one(Outline)
        assert outline.display == beside
        await pilot.press("o")
        await settle(pilot)
        assert outline.has_focus == beside
        if beside:
            await pilot.press("g", "down", "enter")
        else:
            await pilot.press(*"question 1 ", "enter")
        await settle(pilot)
        view = app.screen.query_one(TranscriptView)
        assert view.anchor is not None
        assert view.anchor.message_index == 2
        assert view.has_focus
        await pilot.press("escape")
        assert isinstance(app.focused, SessionList)


async def test_prompts_that_come_now_stand_in_it(tmp_path: Path) -> None:
    story = harbours(tmp_path)
    app = story.app()
    async with app.run_test(size=(150, 60)) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        story.store.append("long", text_message(Role.USER, "written just now", NOW))
        story.tell("long")
        await settle(pilot)
        assert "▌ written just now" in painted(app)


class Alone(App[None]):
    """An outline and nothing else."""

    AUTO_FOCUS = None

    def compose(self) -> ComposeResult:
        yield Outline()


async def test_of_very_many_prompts_only_those_on_the_screen_are_painted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    landmarks = Landmarks()
    for number in range(50_000):
        landmarks.add(number, f"prompt {number}", is_break=False)
    painted_numbers: list[int] = []
    line = Outline._line

    def counted(self: Outline, number: int, landmark: Landmark, width: int) -> tuple[str, Style]:
        painted_numbers.append(number)
        return line(self, number, landmark, width)

    monkeypatch.setattr(Outline, "_line", counted)
    app = Alone()
    async with app.run_test(size=(30, 20)) as pilot:
        outline = app.query_one(Outline)
        outline.show(landmarks, 25_000)
        await pilot.pause()
        outline.current = 40_000
        await pilot.pause()
        assert len(set(painted_numbers)) < 100
        assert "▌ prompt 40000" in painted(app)
        outline.focus()
        for step in (Step.PAGE_DOWN, Step.PAGE_UP, Step.FIRST, Step.UP):
            outline.step(step)
        assert outline.chosen == 0
        outline.step(Step.LAST)
        assert outline.chosen == 49_999
        outline.show(Landmarks(), None)
        await pilot.pause()
        assert "nobody has typed anything" in painted(app)
