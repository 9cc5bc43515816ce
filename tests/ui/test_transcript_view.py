"""The transcript view: only what is seen is laid out, and nothing moves under the reader's hand."""

from __future__ import annotations

import pytest
from textual.geometry import Offset
from textual.screen import Screen
from textual.selection import Selection

from sessiontui.domain.message import Message, Role
from sessiontui.ui.widgets.message_renderer import MessageRenderer, RenderedMessage
from sessiontui.ui.widgets.transcript_view import TranscriptView
from tests.transcripts import HOSTILE_TEXTS, call, conversation, every_kind, message
from tests.ui.transcript_app import Reading, reading


@pytest.fixture
def rendered_indices(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The indices of the messages that were laid out."""
    seen: list[int] = []
    render = MessageRenderer.render

    def counting(
        self: MessageRenderer, sample: Message, *rest: object, **named: object
    ) -> RenderedMessage:
        seen.append(sample.index)
        return render(self, sample, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(MessageRenderer, "render", counting)
    return seen


# -- only what is seen ---------------------------------------------------------------------


async def test_of_fifty_thousand_messages_only_those_on_the_screen_are_laid_out(
    rendered_indices: list[int],
) -> None:
    async with reading() as seen:
        await seen.do(lambda: seen.view.show(conversation(50_000)))
        assert len(set(rendered_indices)) <= 10
        assert "question 0" in seen.text
        await seen.do(seen.view.action_scroll_end)
        assert "answer 49999" in seen.text
        assert len(set(rendered_indices)) <= 25


async def test_opening_at_the_end_lays_out_the_end_only(rendered_indices: list[int]) -> None:
    async with reading() as seen:
        await seen.do(lambda: seen.view.show(conversation(50_000), end=True))
        assert min(rendered_indices) > 49_980
        assert seen.view.scroll_offset.y == seen.view.max_scroll_y


async def test_a_step_lays_out_nothing_that_was_laid_out_before(
    rendered_indices: list[int],
) -> None:
    async with reading() as seen:
        await seen.do(lambda: seen.view.show(conversation(1_000), at=500))
        rendered_indices.clear()
        for _ in range(12):
            await seen.do(seen.view.scroll_down)
        assert len(rendered_indices) == len(set(rendered_indices)) <= 6


async def test_walking_through_fifty_thousand_messages_lays_out_what_comes_into_view_once(
    rendered_indices: list[int],
) -> None:
    async with reading() as seen:
        await seen.do(lambda: seen.view.show(conversation(50_000), at=20_000))
        rendered_indices.clear()
        for _ in range(100):
            await seen.do(seen.view.action_next_message)
        assert seen.view.cursor == 20_100
        assert len(rendered_indices) == len(set(rendered_indices)) <= 110
        transcript = seen.view._transcript
        assert transcript is not None
        assert sum(transcript.rows._exact) <= 130


async def test_heights_that_become_exact_never_lay_out_the_whole_screen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with reading() as seen:
        # The scroll bar comes first, and that is a layout.
        await seen.do(lambda: seen.view.show(conversation(50_000), at=20_000))
        await seen.do(seen.view.action_next_message)
        layouts: list[object] = []
        arrange = Screen._refresh_layout

        def counted(screen: Screen[object], *rest: object, **named: object) -> None:
            layouts.append(screen)
            arrange(screen, *rest, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(Screen, "_refresh_layout", counted)
        rows = seen.view.virtual_size.height
        for _ in range(30):
            await seen.do(seen.view.action_next_message)
        assert seen.view.virtual_size.height != rows
        assert seen.view.vertical_scrollbar.window_virtual_size == seen.view.virtual_size.height
        assert not layouts


async def test_a_closed_view_holds_no_messages() -> None:
    async with reading() as seen:
        await seen.do(lambda: seen.view.show(conversation(50)))
        await seen.view.remove()
        assert not seen.view.messages
        assert seen.view.cursor is None


async def test_what_is_asked_for_before_there_is_a_size_is_shown_once_there_is() -> None:
    app = Reading()
    app.view.show(conversation(10), at=4)
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.pause()
        assert app.view.anchor == (4, 1)


async def test_what_comes_before_there_is_a_size_is_not_lost() -> None:
    app = Reading()
    app.view.show(conversation(10), at=4)
    app.view.extend(conversation(12)[10:])
    async with app.run_test(size=(80, 8)) as pilot:
        await pilot.pause()
        assert app.view.anchor == (4, 1)
        app.view.action_scroll_end()
        assert app.view.cursor == 11


# -- nothing moves -------------------------------------------------------------------------


def continues(before: list[str], after: list[str], step: int) -> bool:
    """Whether a screen is the one before, moved by some rows."""
    return before[step:] == after[:-step] if step > 0 else before[:step] == after[-step:]


@pytest.mark.parametrize("start", ["home", "end", "middle"])
async def test_single_steps_never_skip_or_repeat_a_line(start: str) -> None:
    async with reading((60, 14)) as seen:
        view = seen.view
        messages = conversation(400)
        view.show(messages, at=200 if start == "middle" else None, end=start == "end")
        await seen.pilot.pause()
        steps = [(view.scroll_up, -1)] * 60 + [(view.scroll_down, 1)] * 20
        for step, rows in reversed(steps) if start == "home" else steps:
            before = seen.bare
            step()
            assert seen.bare == before or continues(before, seen.bare, rows)


async def test_pages_overlap_and_go_on_to_both_ends() -> None:
    async with reading((60, 14)) as seen:
        view = seen.view
        view.show(conversation(60), end=True)
        await seen.pilot.pause()
        pages = 0
        while view.scroll_offset.y:
            before = seen.bare
            view.scroll_page_up()
            pages += 1
            if view.scroll_offset.y:
                assert continues(before, seen.bare, -12)
        assert seen.bare[0].endswith("you")
        while view.scroll_offset.y < view.max_scroll_y:
            view.scroll_page_down()
            pages -= 1
        assert "answer 59" in seen.text
        assert abs(pages) <= 2


async def test_a_change_of_width_keeps_the_message_at_the_top() -> None:
    async with reading((90, 20)) as seen:
        await seen.do(lambda: seen.view.show(conversation(300), at=151))
        for _ in range(3):
            await seen.do(seen.view.scroll_down)
        for width in (40, 120, 55, 90):
            await seen.pilot.resize_terminal(width, 20)
            await seen.pilot.pause()
            assert seen.view.anchor is not None
            assert seen.view.anchor.message_index == 151


async def test_a_lower_view_shows_the_end_again_when_it_grows() -> None:
    async with reading((60, 10)) as seen:
        await seen.do(lambda: seen.view.show(conversation(30), end=True))
        await seen.pilot.resize_terminal(60, 25)
        await seen.pilot.pause()
        assert seen.view.scroll_offset.y == seen.view.max_scroll_y
        assert all(seen.lines[-3:])


async def test_a_far_jump_with_the_scroll_bar_measures_only_where_it_lands(
    rendered_indices: list[int],
) -> None:
    async with reading() as seen:
        await seen.do(lambda: seen.view.show(conversation(5_000)))
        rendered_indices.clear()
        await seen.do(lambda: seen.view.scroll_to(y=seen.view.max_scroll_y // 2))
        assert len(set(rendered_indices)) < 15
        assert 2_000 < min(rendered_indices) < 3_000


# -- notices, looks, selection -------------------------------------------------------------


async def test_an_empty_view_shows_the_sentence_it_was_given() -> None:
    async with reading() as seen:
        view = seen.view
        await seen.do(lambda: view.show(conversation(50), at=40))
        await seen.do(lambda: view.show_notice("cannot read [/home/x]", "look at \x1b[1mit"))
        assert [line.strip() for line in seen.lines if line.strip()] == [
            "cannot read [/home/x]",
            "look at ␛[1mit",
        ]
        assert view.max_scroll_y == 0
        assert view.anchor is None
        assert view.cursor is None
        for action in (
            view.action_next_message, view.action_next_hit, view.action_toggle_fold,
            view.action_toggle_tools, view.action_scroll_end, view.action_next_prompt,
            view.scroll_page_down, view.action_toggle_follow,
        ):  # fmt: skip
            await seen.do(action)


async def test_no_messages_at_all_are_an_empty_state() -> None:
    async with reading() as seen:
        await seen.do(lambda: seen.view.show([]))
        assert "no messages" in seen.text
        await seen.do(lambda: seen.view.extend(conversation(2)))
        assert "question 0" in seen.text


async def test_a_wide_view_centres_its_text_and_a_preview_does_not() -> None:
    for compact, margin in ((False, 28), (True, 2)):
        async with reading((160, 12), compact=compact) as seen:
            await seen.do(lambda: seen.view.show([message(0, Role.USER, "word " * 60)]))
            line = seen.lines[1].replace("▎", " ")
            assert abs(len(line) - len(line.lstrip()) - margin) <= 2
            assert len(line.strip()) <= 100


async def test_hostile_text_never_reaches_the_terminal() -> None:
    async with reading((60, 30)) as seen:
        messages = [
            message(index, role, text, call(text, {text: text}), author=text)
            for index, (role, text) in enumerate(
                (role, text) for role in Role for text in HOSTILE_TEXTS
            )
        ]
        view = seen.view
        await seen.do(lambda: view.show(messages), view.action_toggle_tools)
        while view.scroll_offset.y < view.max_scroll_y:
            assert not any(c in seen.text for c in "\x1b\x9b\x07\x00\u202e\u2066")
            view.scroll_page_down()
        await seen.pilot.pause()


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "tokyo-night"])
async def test_a_change_of_theme_repaints_what_is_shown(theme: str) -> None:
    async with reading() as seen:
        await seen.do(lambda: seen.view.show(every_kind()))

        def colours() -> set[object]:
            return {s.style.color for y in range(9) for s in seen.view.render_line(y) if s.style}

        seen.view.app.theme = "gruvbox"
        await seen.pilot.pause()
        before = colours()
        seen.view.app.theme = theme
        await seen.pilot.pause()
        assert colours() != before
        assert len(colours()) >= 4


async def test_selected_text_is_what_stands_there_without_gutter_and_margin() -> None:
    async with reading((140, 12), compact=False) as seen:
        view = seen.view
        await seen.do(lambda: view.show([message(0, Role.USER, "first line\nsecond line")]))
        selection = Selection(Offset(6, 1), Offset(6, 2))
        assert view.get_selection(selection) == ("line\nsecond", "\n")


async def test_dragging_the_mouse_selects_text() -> None:
    async with reading((80, 12)) as seen:
        view = seen.view
        await seen.do(lambda: view.show([message(0, Role.USER, "first line\nsecond line")]))
        await seen.pilot.mouse_down(TranscriptView, offset=(2, 1))
        await seen.pilot.hover(TranscriptView, offset=(7, 2))
        await seen.pilot.mouse_up(TranscriptView, offset=(7, 2))
        await seen.pilot.pause()
        assert view.screen.get_selected_text() == "first line\nsecond"
        style = view.screen.get_component_rich_style("screen--selection")
        assert any(
            s.style and s.style.bgcolor == style.bgcolor and s.text.startswith("first")
            for s in view.render_line(1)
        )


async def test_a_double_click_selects_the_message_only() -> None:
    async with reading((80, 12)) as seen:
        view = seen.view
        await seen.do(lambda: view.show(conversation(40)))
        await seen.pilot.double_click(TranscriptView, offset=(5, 1))
        assert view.screen.get_selected_text() == "you\nquestion 0"
