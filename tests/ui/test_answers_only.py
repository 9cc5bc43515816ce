"""Prompts and final answers only."""

from __future__ import annotations

from pathlib import Path

from sessiontui.domain.message import Role
from sessiontui.ui.widgets.transcript_view import TranscriptView
from tests.building import text_message
from tests.transcripts import call, conversation, message, result
from tests.ui.painted import line_with, painted, search, settle
from tests.ui.scenarios import shows
from tests.ui.stories import NOW, Story, empty_story, tool_turn
from tests.ui.transcript_app import reading


def errands(folder: Path) -> Story:
    story = empty_story(folder)
    said = []
    for turn in range(12):
        said += [
            text_message(Role.USER, f"errand {turn}", NOW),
            *tool_turn(NOW),
            text_message(Role.ASSISTANT, f"half of errand {turn} is done, the kettle is on", NOW),
            *tool_turn(NOW),
            text_message(Role.ASSISTANT, f"errand {turn} is done", NOW),
        ]
    story.add("errands", "errands", said)
    return story


@shows("toggle_answers")
async def test_one_key_hides_what_is_between_and_shows_it_again(tmp_path: Path) -> None:
    app = errands(tmp_path).app()
    async with app.run_test(size=(110, 40)) as pilot:
        await settle(pilot)
        await pilot.press("enter", "g")
        await settle(pilot)
        everything = [line[:-1] for line in painted(app).splitlines()[2:-1]]
        await pilot.press("F")
        await settle(pilot)
        text = painted(app)
        assert "answers only" in text.splitlines()[0]
        assert "errand 3 is done" in text
        assert text.count("▸ 2 tool calls · 1 remark") >= 4
        assert "the kettle is on" not in text
        # Unfolded by a click, folded by the key.
        row = text.splitlines().index(line_with(app, "▸ 2 tool calls"))
        await pilot.click(offset=(20, row))
        await settle(pilot)
        assert "half of errand 0 is done" in painted(app)
        assert "▾ 2 tool calls · 1 remark" in painted(app)
        await pilot.press("F", "g")
        await settle(pilot)
        assert [line[:-1] for line in painted(app).splitlines()[2:-1]] == everything
        assert "answers only" not in painted(app)


async def test_the_place_stays_in_view_both_ways() -> None:
    async with reading((70, 20)) as seen:
        messages = []
        for turn in range(0, 400, 4):
            messages += [
                message(turn, Role.USER, f"question {turn}"),
                message(turn + 1, Role.ASSISTANT, call("ls", {"path": "."}, f"c{turn}")),
                message(turn + 2, Role.TOOL, result("x\n" * 30, f"c{turn}")),
                message(turn + 3, Role.ASSISTANT, f"answer {turn}"),
            ]
        view = seen.view
        await seen.do(lambda: view.show(messages, at=201))
        row = seen.row("ls  .")
        await seen.do(view.action_toggle_answers)
        assert view.cursor == 201
        assert "1 tool call" in seen.lines[row + 1] or "1 tool call" in seen.lines[row]
        await seen.do(view.action_next_message, view.action_next_message)
        assert view.cursor == 204
        await seen.do(view.action_toggle_answers)
        assert view.cursor == 204
        assert "question 204" in seen.text


async def test_fifty_thousand_messages_show_only_answers_without_laying_them_out() -> None:
    async with reading() as seen:
        view = seen.view
        await seen.do(lambda: view.show(conversation(50_000), at=30_000))
        transcript = view._transcript
        assert transcript is not None
        await seen.do(view.action_toggle_answers)
        assert len(transcript._rendered) < 30
        assert "question 30000" in seen.text


async def test_a_hit_inside_unfolds_while_it_is_looked_at(tmp_path: Path) -> None:
    app = errands(tmp_path).app()
    async with app.run_test(size=(110, 40)) as pilot:
        await settle(pilot)
        await search(pilot, "kettle")
        await pilot.press("enter", "enter", "F", "n")
        await settle(pilot)
        assert painted(app).count("the kettle is on") == 1
        await pilot.press("n")
        await settle(pilot)
        assert painted(app).count("the kettle is on") == 1


async def test_the_preview_says_so_and_goes_on_with_the_next_session(tmp_path: Path) -> None:
    story = errands(tmp_path)
    story.add("more", "more", [text_message(Role.USER, "hello", NOW), *tool_turn(NOW)])
    app = story.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await pilot.press("F")
        await settle(pilot)
        assert "answers only" in painted(app).splitlines()[-2]
        assert app.screen.query_one(TranscriptView).answers_only
        await pilot.press("j")
        await settle(pilot)
        assert "answers only" in painted(app).splitlines()[-2]
        assert "▸ 1 tool call" in painted(app)
        await pilot.press("F")
        await settle(pilot)
        assert "answers only" not in painted(app)


async def test_the_full_transcript_and_the_next_run_go_on_so(tmp_path: Path) -> None:
    story = errands(tmp_path)
    for keys in ((), ("F", "escape")):
        app = story.app()
        async with app.run_test(size=(120, 40)) as pilot:
            await settle(pilot)
            if not keys:
                await pilot.press("F")
            await pilot.press("enter")
            await settle(pilot)
            assert "answers only" in painted(app).splitlines()[0]
            assert "the kettle is on" not in painted(app)
            await pilot.press(*keys)
            await settle(pilot)
            if keys:  # The preview looks as the full transcript was left.
                assert "answers only" not in painted(app)
                assert "the kettle is on" in painted(app)
