"""Reading a transcript: the cursor, hits, folds, and a session that grows."""

from __future__ import annotations

from rich.style import Style

from sessiontui.domain.message import Message, Role, ThinkingBlock
from sessiontui.ui.widgets.literal_finder import LiteralFinder
from sessiontui.ui.widgets.term_marks import TermFinder
from sessiontui.ui.widgets.transcript_view import TranscriptView
from tests.transcripts import LISTING, call, conversation, every_kind, message, result
from tests.ui.painted import until
from tests.ui.transcript_app import reading

OSLO = TermFinder.of_words(["oslo"])

# -- growing -------------------------------------------------------------------------------


async def test_following_stays_at_the_end() -> None:
    async with reading() as seen:
        messages = conversation(60)
        view = seen.view
        view.show(messages[:50], end=True)
        view.follow = True
        await seen.do(lambda: view.extend(messages[50:]))
        assert "answer 59" in seen.text
        assert view.cursor == 59
        assert view.new_below == 0


async def test_scrolling_up_pauses_and_counts_what_is_new_below() -> None:
    async with reading() as seen:
        messages = conversation(60)
        view = seen.view
        view.show(messages[:50], end=True)
        view.follow = True
        await seen.do(view.scroll_up)
        assert not view.follow
        before = seen.lines
        await seen.do(lambda: view.extend(messages[50:54]), lambda: view.extend(messages[54:60]))
        assert seen.lines[:-1] == before[:-1]
        assert seen.lines[-1].endswith("↓ 10 new messages below · G")
        assert view.new_below == 10
        last = seen.posted(TranscriptView.FollowChanged)[-1]
        assert (last.following, last.new_below) == (False, 10)


async def test_going_to_a_hit_or_a_prompt_pauses_following_as_scrolling_up_does() -> None:
    async with reading() as seen:
        view = seen.view
        leave = {
            "hit": lambda: view.look_for(LiteralFinder("question 4"), (4,), start=59),
            "prompt": lambda: view.go_to(10),
        }
        for name, go in leave.items():
            await seen.do(lambda: view.show(conversation(60), end=True))
            view.follow = True
            await seen.do(go)
            before = seen.bare[:-1]
            await seen.do(lambda: view.extend(conversation(64)[60:]))
            assert not view.follow, name
            assert seen.bare[:-1] == before, name
            await seen.do(view.scroll_end)
            assert view.follow, name


async def test_a_click_on_what_is_new_below_goes_there() -> None:
    async with reading() as seen:
        messages = conversation(60)
        await seen.do(
            lambda: seen.view.show(messages[:50]), lambda: seen.view.extend(messages[50:])
        )
        column = seen.lines[-1].index("new messages below")
        await seen.pilot.click(TranscriptView, offset=(column, 19))
        assert seen.view.follow
        assert "answer 59" in seen.text
        assert "below" not in seen.lines[-1]


async def test_reaching_the_end_again_goes_on_following() -> None:
    async with reading() as seen:
        messages = conversation(60)
        view = seen.view
        view.show(messages[:50], end=True)
        view.follow = True
        await seen.do(view.scroll_up, lambda: view.extend(messages[50:]), view.action_scroll_end)
        assert view.follow
        assert view.new_below == 0


async def test_what_is_new_below_shrinks_as_it_is_read() -> None:
    async with reading((60, 14)) as seen:
        messages = conversation(60)
        view = seen.view
        view.show(messages[:50], end=True)
        await seen.do(lambda: view.extend(messages[50:]))
        counts = [view.new_below]
        while view.scroll_offset.y < view.max_scroll_y:
            await seen.do(view.scroll_page_down)
            counts.append(view.new_below)
        assert counts[0] == 10
        assert counts == sorted(counts, reverse=True)
        assert counts[-1] == 0


async def test_a_result_that_comes_later_is_folded_into_its_call() -> None:
    async with reading() as seen:
        view = seen.view
        await seen.do(lambda: view.show([message(0, Role.ASSISTANT, call("ls", call_id="1"))]))
        assert "no result" in seen.text
        await seen.do(lambda: view.extend([message(1, Role.TOOL, result("a\nb", "1"))]))
        assert "ls   ok · 2 lines" in seen.text
        assert "tool" not in seen.text


async def test_a_reload_keeps_count_of_what_is_new_below() -> None:
    async with reading() as seen:
        messages = conversation(60)
        seen.view.show(messages[20:50], at=20)
        await seen.do(lambda: seen.view.extend(messages[50:]))
        await seen.do(lambda: seen.view.reload(messages))
        assert seen.view.new_below == 10


async def test_a_reload_keeps_place_cursor_and_folds() -> None:
    async with reading() as seen:
        messages = conversation(100)
        messages[60] = message(60, Role.USER, "x", ThinkingBlock(text="deep thought"))
        view = seen.view
        await seen.do(lambda: view.show(messages, at=60), view.action_toggle_fold, view.scroll_down)
        assert "deep thought" in seen.text
        before = seen.lines, view.cursor, view.anchor
        await seen.do(lambda: view.reload(messages[20:]))
        assert (seen.lines, view.cursor, view.anchor) == before


async def test_a_reload_without_the_message_read_goes_to_the_nearest() -> None:
    async with reading() as seen:
        messages = conversation(100)
        await seen.do(lambda: seen.view.show(messages, at=60))
        await seen.do(lambda: seen.view.reload(messages[80:]))
        assert seen.view.anchor == (80, 0)


async def test_a_message_that_is_in_view_at_once_is_not_new_below() -> None:
    async with reading() as seen:
        messages = conversation(4)
        await seen.do(lambda: seen.view.show(messages[:2]))
        await seen.do(lambda: seen.view.extend(messages[2:3]))
        assert seen.view.new_below == 0


async def test_opening_another_place_ends_following() -> None:
    async with reading() as seen:
        messages = conversation(60)
        seen.view.show(messages, end=True)
        seen.view.follow = True
        await seen.do(lambda: seen.view.show(messages, at=3))
        assert not seen.view.follow
        assert seen.view.cursor == 3


async def test_following_goes_on_when_the_view_gets_lower() -> None:
    async with reading() as seen:
        seen.view.show(conversation(60), end=True)
        seen.view.follow = True
        await seen.pilot.resize_terminal(70, 9)
        await seen.pilot.pause()
        assert seen.view.follow
        assert seen.view.scroll_offset.y == seen.view.max_scroll_y


async def test_a_reload_reads_further_without_losing_the_hit() -> None:
    async with reading() as seen:
        messages = with_hits(300, (100, 120))
        view = seen.view
        view.show(messages[90:130], finder=OSLO, hits=(100, 120), at=120)
        await seen.do()
        before = seen.lines, seen.hit_colours
        await seen.do(lambda: view.reload(messages, hits=(20, 100, 120)))
        assert (seen.lines, seen.hit_colours) == before
        current = view.get_component_rich_style("transcript--current-hit").bgcolor
        assert seen.hit_colours == [current]
        last = seen.posted(TranscriptView.HitChanged)[-1]
        assert (last.position, last.total) == (3, 3)


# -- the cursor ----------------------------------------------------------------------------


async def test_stepping_goes_from_message_to_message_and_tells() -> None:
    async with reading() as seen:
        view = seen.view
        await seen.do(lambda: view.show(every_kind()))
        visited = [view.cursor]
        for _ in range(9):
            await seen.do(view.action_next_message)
            visited.append(view.cursor)
        # 3, 5 and 6 are results that stand with their calls.
        assert visited == [0, 1, 2, 4, 7, 8, 9, 10, 11, 12]
        await seen.do(view.action_previous_message)
        assert view.cursor == 11
        assert seen.posted(TranscriptView.CursorMoved)[-1].index == 11


async def test_the_message_stepped_to_is_in_view() -> None:
    async with reading((60, 12)) as seen:
        view = seen.view
        await seen.do(lambda: view.show(conversation(80)))
        for step, indices in (
            (view.action_next_message, range(1, 40)),
            (view.action_previous_message, range(38, 0, -1)),
        ):
            for index in indices:
                step()
                assert view.cursor == index
                assert f"{'answer' if index % 2 else 'question'} {index}" in seen.text


async def test_prompts_are_walked_and_put_at_the_top() -> None:
    async with reading() as seen:
        view = seen.view
        await seen.do(lambda: view.show(conversation(80), at=10), view.action_next_prompt)
        assert "you" in seen.lines[0]
        assert "question 12" in seen.lines[1]
        await seen.do(view.action_previous_prompt, view.action_previous_prompt)
        assert "question 8" in seen.lines[1]


async def test_the_cursor_never_stays_out_of_view() -> None:
    async with reading((60, 12)) as seen:
        view = seen.view
        await seen.do(
            lambda: view.show(conversation(80)), view.scroll_page_down, view.scroll_page_down
        )
        first, last = view._visible()
        assert view.cursor is not None
        assert first <= view.cursor <= last
        assert any("▎" in line or "▌" in line for line in seen.lines)


async def test_the_bar_of_the_cursor_is_quieter_without_the_focus() -> None:
    async with reading() as seen:
        await seen.do(lambda: seen.view.show(conversation(4)))

        def bar() -> Style | None:
            row = seen.row("▎ question 0")
            return next(s.style for s in seen.view.render_line(row) if "▎" in s.text)

        with_focus = bar()
        await seen.do(lambda: seen.view.screen.set_focus(None))
        assert bar() != with_focus


# -- hits ----------------------------------------------------------------------------------


def with_hits(count: int, hits: tuple[int, ...]) -> list[Message]:
    messages = conversation(count)
    for index in hits:
        messages[index] = message(index, messages[index].role, "filler\n" * 5 + "to Oslo at last")
    return messages


async def test_hits_are_walked_round_and_told() -> None:
    async with reading() as seen:
        view = seen.view
        view.show(with_hits(300, (20, 100, 200)), finder=OSLO, hits=(20, 100, 200), at=20)
        await seen.do(view.action_next_hit, view.action_next_hit, view.action_next_hit)
        await seen.do(view.action_previous_hit)
        told = [(m.position, m.total) for m in seen.posted(TranscriptView.HitChanged)]
        assert told == [(1, 3), (2, 3), (3, 3), (1, 3), (3, 3)]
        assert view.cursor == 200
        assert "to Oslo at last" in seen.text


async def test_a_hit_is_shown_with_room_around_it() -> None:
    async with reading() as seen:
        view = seen.view
        view.show(with_hits(300, (100,)), finder=OSLO, hits=(100,))
        await seen.do(view.action_next_hit)
        assert 3 <= seen.row("to Oslo") < 17


async def test_the_current_hit_looks_different() -> None:
    async with reading((80, 60)) as seen:
        view = seen.view
        view.show(with_hits(10, (2, 4)), finder=OSLO, hits=(2, 4), at=2)
        await seen.do()
        first = seen.hit_colours
        assert len(first) == len(set(first)) == 2
        await seen.do(view.action_next_hit)
        assert seen.hit_colours == first[::-1]


async def test_a_hit_in_a_folded_call_is_unfolded_when_it_is_gone_to() -> None:
    async with reading() as seen:
        view = seen.view
        messages = [
            *conversation(40),
            message(40, Role.ASSISTANT, call("shell", {"command": "ls"}, "1")),
            message(41, Role.TOOL, result(LISTING + "\nfound Oslo here", "1")),
        ]
        view.show(messages, finder=OSLO, hits=(41,))
        await seen.do(view.action_next_hit)
        assert "found Oslo here" in seen.text
        assert view.cursor == 40


async def test_walking_goes_through_a_long_message_before_it_leaves_it() -> None:
    async with reading() as seen:
        view = seen.view
        text = ("filler\n" * 40 + "the Oslo line\n") * 3
        messages = [message(0, Role.USER, text), message(1, Role.USER, "Oslo again")]
        view.show(messages, finder=OSLO, hits=(0, 1), at=0)
        await seen.do()
        rows = []
        for _ in range(3):
            rows.append(view.scroll_offset.y)
            await seen.do(view.action_next_hit)
        assert rows == sorted(set(rows))
        told = [m.position for m in seen.posted(TranscriptView.HitChanged)]
        assert told == [1, 2]


async def test_the_current_hit_stays_marked_when_the_width_changes() -> None:
    async with reading((80, 30)) as seen:
        view = seen.view
        text = "some words before it " * 12 + "Oslo " + "and some words behind it " * 9
        view.show([message(0, Role.USER, text)], finder=OSLO, hits=(0,), at=0)
        for width in (80, 40, 60):
            await seen.pilot.resize_terminal(width, 30)
            await seen.pilot.pause()
            style = view.get_component_rich_style("transcript--current-hit")
            assert seen.hit_colours == [style.bgcolor]


async def test_hits_are_marked_in_the_scroll_bar() -> None:
    async with reading() as seen:
        view = seen.view
        view.show(with_hits(300, (30, 150, 299)), finder=OSLO, hits=(30, 150, 299))
        await seen.do()
        bar = view.vertical_scrollbar

        def marks() -> list[int]:
            cells = [bar.render_line(y).text for y in range(bar.size.height)]
            return [y for y, cell in enumerate(cells) if cell == "━"]

        await until(seen.pilot, lambda: bool(marks()))  # painted when the layout has settled
        marked = marks()
        assert len(marked) == 3
        assert marked[0] < 5
        assert 8 <= marked[1] <= 12
        assert marked[2] == 19


async def test_hits_that_are_not_loaded_are_not_counted() -> None:
    async with reading() as seen:
        await seen.do(lambda: seen.view.show(conversation(10)[4:], hits=(2, 6, 99)))
        last = seen.posted(TranscriptView.HitChanged)[-1]
        assert (last.position, last.total) == (0, 1)


# -- folding -------------------------------------------------------------------------------


async def test_folding_at_the_cursor_shows_more_and_then_nothing() -> None:
    async with reading((80, 30)) as seen:
        view = seen.view
        messages = [
            message(0, Role.ASSISTANT, call("shell", {"command": "ls"}, "1")),
            message(1, Role.TOOL, result(LISTING, "1")),
        ]
        await seen.do(lambda: view.show(messages))
        heights = []
        for _ in range(4):
            heights.append(view.virtual_size.height)
            await seen.do(view.action_toggle_fold)
        assert heights == [2, 18, 231, 2]


async def test_a_click_on_a_folded_line_unfolds_it_where_it_stands() -> None:
    async with reading((80, 30)) as seen:
        view = seen.view
        await seen.do(lambda: view.show(every_kind()))
        row = seen.row("▸ shell")
        await seen.pilot.click(TranscriptView, offset=(10, row))
        assert seen.row("▾ shell") == row
        assert view.cursor == 2
        await seen.pilot.click(TranscriptView, offset=(10, seen.row("more lines")))
        assert "trip-40.md" in "\n".join(
            view._transcript.rendered(2).text(line)  # type: ignore[union-attr]
            for line in range(60)
        )


async def test_toggling_all_tools_keeps_the_message_at_the_cursor_on_its_row() -> None:
    async with reading((80, 24)) as seen:
        view = seen.view
        messages: list[Message] = []
        for index in range(0, 90, 3):
            messages += [
                message(index, Role.USER, f"prompt {index}"),
                message(index + 1, Role.ASSISTANT, call("ls", {"command": "ls"}, str(index))),
                message(index + 2, Role.TOOL, result("one\ntwo\nthree", str(index))),
            ]
        await seen.do(lambda: view.show(messages, at=60), view.action_next_prompt)
        await seen.do(view.scroll_up, view.scroll_up)
        row = seen.row("prompt 63")
        await seen.do(view.action_toggle_tools)
        assert "│ three" in seen.text
        assert seen.row("prompt 63") == row
        await seen.do(view.action_toggle_tools)
        assert "│ three" not in seen.text
        assert seen.row("prompt 63") == row


async def test_thinking_is_shown_when_it_is_asked_for() -> None:
    async with reading() as seen:
        view = seen.view
        await seen.do(lambda: view.show([message(0, Role.ASSISTANT, ThinkingBlock(text="deep"))]))
        assert "thinking  1 word" in seen.text
        assert "deep" not in seen.text
        await seen.do(view.action_toggle_thinking)
        assert "deep" in seen.text


# -- what others ask the view for ----------------------------------------------------------


async def test_the_message_and_the_code_at_the_cursor() -> None:
    async with reading((60, 12)) as seen:
        view = seen.view
        assert view.message_at_cursor() is None
        assert view.code_at_cursor() is None
        long = "\n\n".join(f"```\ncode {n}\n```\n\ntext {n}" for n in range(9))
        messages = [message(0, Role.USER, "no code"), message(1, Role.ASSISTANT, long)]
        await seen.do(lambda: view.show(messages))
        assert view.message_at_cursor() == messages[0]
        assert view.code_at_cursor() is None
        await seen.do(view.action_next_message)
        assert view.message_at_cursor() == messages[1]
        assert view.code_at_cursor() == "code 0\n"
        await seen.do(view.scroll_page_down)
        first = next(line for line in seen.bare if "code" in line).strip()
        assert view.code_at_cursor() == f"{first}\n" != "code 0\n"


async def test_going_to_the_beginning_or_the_end_takes_the_cursor_along() -> None:
    async with reading() as seen:
        view = seen.view
        await seen.do(lambda: view.show(conversation(40), at=20), view.action_scroll_end)
        assert view.cursor == 39
        await seen.do(view.action_scroll_home)
        assert view.cursor == 0
