"""Tokens beside the name of who spoke: what a whole turn took, wherever a transcript is shown."""

from __future__ import annotations

import json
from typing import Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.cli.transcript_text import message_lines
from sessiontui.domain.message import Message, Role
from sessiontui.domain.words import token_words
from sessiontui.services.exporting import ExportForm, exported
from sessiontui.ui.widgets.message_flow import MessageFlow, Setting, continues
from sessiontui.ui.widgets.rendered_transcript import RenderedTranscript
from sessiontui.ui.widgets.term_marks import TermFinder
from tests.transcripts import call, message, result
from tests.unit.html_pages import Page
from tests.unit.rendering import RENDERER
from tests.unit.test_exporting import transcript


def said(
    index: int, *blocks: Any, tokens: int | None = None, role: Role = Role.ASSISTANT, **fields: Any
) -> Message:
    return message(index, role, *blocks, minutes=index, tokens=tokens, **fields)


def turns() -> list[Message]:
    """A turn with a tool, a compaction in the middle of the next one, and one without tokens."""
    return [
        said(0, "look", role=Role.USER),
        said(1, call("ls", {}, "a"), tokens=1_000),
        said(2, result("x", "a"), role=Role.TOOL),
        said(3, "one file", tokens=234),
        said(4, "and now", role=Role.USER),
        said(5, "first", tokens=70_000),
        said(6, "compacted", role=Role.SYSTEM),
        said(7, "second", tokens=2_000_000),
        said(8, "thanks", role=Role.USER),
        said(9, "welcome"),
    ]


def tokens_at_heads(flow: MessageFlow) -> dict[int, int]:
    settings = {position: flow.setting(position) for position in range(len(flow))}
    assert all(s.tokens == 0 for s in settings.values() if not s.starts_turn)
    return {position: s.tokens for position, s in settings.items() if s.starts_turn}


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        (1, "1 token"),
        (1_204, "1,204 tokens"),
        (123_456, "123k tokens"),
        (12_345_678, "12.3M tokens"),
    ],
)
def test_many_tokens_are_said_in_few_characters(tokens: int, words: str) -> None:
    assert token_words(tokens) == words


# -- the transcript ------------------------------------------------------------------------


def test_a_turn_has_the_tokens_of_all_its_messages() -> None:
    assert tokens_at_heads(MessageFlow(turns())) == {0: 0, 1: 1_234, 4: 0, 5: 70_000, 7: 2_000_000,
                                                     8: 0, 9: 0}  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(list(Role)), st.integers(0, 99)), max_size=20),
       st.integers(0, 20))  # fmt: skip
def test_turns_that_come_later_are_told_like_those_that_come_at_once(
    made: list[tuple[Role, int]], cut: int
) -> None:
    messages = [said(n, "x", role=role, tokens=tokens or None)
                for n, (role, tokens) in enumerate(made)]  # fmt: skip
    grown = MessageFlow(messages[:cut])
    before = tokens_at_heads(grown)
    touched = grown.extend(messages[cut:])
    after = tokens_at_heads(grown)
    assert after == tokens_at_heads(MessageFlow(messages))
    assert {head for head in before if before[head] != after[head]} <= touched


def test_an_answer_that_is_counted_after_it_was_shown_goes_on() -> None:
    *known, last = turns()[:4]
    bare = last.replace(tokens=None)
    assert continues(bare, last)
    assert not continues(last, last)
    flow = MessageFlow([*known, bare])
    assert tokens_at_heads(flow)[1] == 1_000
    assert flow.extend([last]) == {1, 3}
    assert tokens_at_heads(flow)[1] == 1_234
    assert len(flow) == 4


def test_they_stand_beside_the_time_where_there_is_room_for_all_of_them() -> None:
    sample = said(0, "x", model="gossamer-4")
    setting = Setting(new_day=False, tokens=12_345)
    whole = "scout  05:12  gossamer-4  12,345 tokens"
    for width in (200, 80, len(whole)):
        assert RENDERER.render(sample, width, setting).text(0) == whole
    assert RENDERER.render(sample, len(whole) - 1, setting).text(0) == "scout  05:12  gossamer-4"


def test_answers_only_have_the_tokens_of_what_led_to_them() -> None:
    noted = [m if m.index != 6 else said(6, "a hook ran", role=Role.SYSTEM) for m in turns()]
    rendered = RenderedTranscript(noted, RENDERER, 80, TermFinder())
    rendered.show_answers_only(True)

    def headings() -> list[str]:
        shown = (p for p in range(len(rendered)) if not rendered.is_hidden(p))
        lines = (rendered.rendered(p).text(rendered.rendered(p).gap) for p in shown)
        return [line.partition("  ")[2] for line in lines if line.startswith("scout")]

    # A note in the middle ends a turn, but not what led to its answer.
    assert headings() == ["05:15  1,234 tokens", "05:19  2.1M tokens", "05:21"]
    rendered.show_answers_only(False)
    assert headings() == [
        "05:13  1,234 tokens",
        "05:17  70,000 tokens",
        "05:19  2.0M tokens",
        "05:21",
    ]


# -- everywhere else -----------------------------------------------------------------------


def test_the_command_line_and_markdown_say_them_of_each_message() -> None:
    spent, free = said(3, "x", tokens=1_204), said(4, "y")
    assert click.unstyle(next(message_lines(spent))).endswith(" · 1,204 tokens")
    assert "token" not in click.unstyle(next(message_lines(free)))
    text = exported(transcript(spent, free, tokens=5_000_000), ExportForm.MARKDOWN)
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings[0].endswith(" · 1,204 tokens")
    assert "token" not in headings[1]
    assert "- tokens: 5,000,000" in text.splitlines()


def test_a_page_says_them_of_each_turn() -> None:
    page = Page(exported(transcript(*turns()), ExportForm.HTML))
    for words in ("1,234 tokens", "70,000 tokens", "2.0M tokens"):
        assert page.text.count(words) == 1


def test_programs_get_them_as_they_are() -> None:
    value = json.loads(exported(transcript(*turns()), ExportForm.JSON))
    assert [item["tokens"] for item in value["items"]] == [m.tokens for m in turns()]
