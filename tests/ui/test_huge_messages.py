"""Messages of very many lines are read once and laid out once while somebody scrolls over them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from sessiontui.domain.message import Message, Role
from sessiontui.ui.widgets.message_renderer import MessageRenderer, RenderedMessage
from sessiontui.ui.widgets.term_marks import TermFinder
from tests.transcripts import call, conversation, message, result
from tests.ui.painted import settle
from tests.ui.test_pages_that_come_later import Late, late

LINES = 30_000
OSLO = TermFinder.of_words(["oslo"])


def with_huge_output(places: tuple[int, ...], word: str = "line") -> list[Message]:
    """A conversation in which some tools have printed more than is kept as it is painted."""
    messages = conversation(400)
    output = "\n".join(f"{word} {number} of a long log" for number in range(LINES))
    for place in places:
        messages[place] = message(place, Role.ASSISTANT, call("make", {}, str(place)))
        messages[place + 1] = message(place + 1, Role.TOOL, result(output, str(place)))
        messages[place + 2] = message(place + 2, Role.USER, "again")
    return messages


@pytest.fixture
def laid_out(monkeypatch: pytest.MonkeyPatch) -> Counter[int]:
    """How often each message was laid out, by its index."""
    counts: Counter[int] = Counter()
    render = MessageRenderer.render

    def counted(self: MessageRenderer, message: Message, *args: Any, **kw: Any) -> RenderedMessage:
        counts[message.index] += 1
        return render(self, message, *args, **kw)

    monkeypatch.setattr(MessageRenderer, "render", counted)
    return counts


async def paint(it: Late, *steps: Callable[[], None]) -> None:
    """Do steps and paint after each."""
    for step in steps:
        step()
        assert it.seen.lines
    await settle(it.seen.pilot)


async def test_scrolling_over_their_edges_neither_reads_nor_lays_out_anything_again(
    laid_out: Counter[int],
) -> None:
    # More than is held in memory, twice, with a few words between.
    async with late(with_huge_output((101, 104)), held=500_000, size=(80, 30)) as it:
        view = it.view
        it.shelf.go_on.set()
        await it.seen.do(lambda: view.show(it.flow, at=100), view.action_next_message)
        await settle(it.seen.pilot)
        for position in (101, 104):
            await paint(it, lambda position=position: view.go_to(position))  # type: ignore[misc]
            await paint(it, view.action_toggle_fold)
            await paint(it, view.action_toggle_fold)
        assert view.virtual_size.height > 2 * LINES
        await paint(it, lambda: view.go_to(103))
        await paint(it, *[view.scroll_up] * 10)
        laid_out.clear()
        it.shelf.asked.clear()
        await paint(it, *[*[view.scroll_down] * 25, *[view.scroll_up] * 25] * 5)
        assert f"line {LINES - 1} of" in it.seen.text
        await paint(it, *[view.scroll_down] * 5)
        assert f"line {LINES - 1} of" in it.seen.text
        assert "line 0 of" in it.seen.text
        assert not laid_out[101] + laid_out[104]
        assert not it.shelf.asked


async def test_a_hit_in_one_is_not_looked_for_again_where_it_is_not_in_view(
    laid_out: Counter[int],
) -> None:
    messages = with_huge_output((101,))
    lines = messages[102].blocks[0]
    assert lines.kind == "tool_result"
    messages[102] = message(102, Role.TOOL, result(f"{lines.text}\nOslo", "101"))
    async with late(messages, held=5_000_000, size=(80, 30)) as it:
        view = it.view
        it.shelf.go_on.set()
        await it.seen.do(lambda: view.show(it.flow, finder=OSLO, hits=(102,)))
        await settle(it.seen.pilot)
        await paint(it, view.action_next_hit)
        assert "│ Oslo" in it.seen.text
        await paint(it, lambda: view.go_to(150))
        laid_out.clear()
        await paint(it, *[view.scroll_down] * 400)
        bar = view.vertical_scrollbar
        marks = ["━" in bar.render_line(y).text for y in range(bar.size.height)]
        assert marks.count(True) == 1
        assert not laid_out[101]
        assert laid_out
