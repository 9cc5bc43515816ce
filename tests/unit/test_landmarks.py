"""What one finds one's way by in a transcript."""

from __future__ import annotations

import pytest

from sessiontui.domain.message import MediaBlock, Role
from sessiontui.ui.widgets.landmarks import Landmark
from sessiontui.ui.widgets.message_flow import MessageFlow
from sessiontui.ui.widgets.transcript_breaks import break_words
from tests.transcripts import every_kind, message


def test_prompts_stand_by_their_first_words_and_cuts_by_a_word() -> None:
    assert list(MessageFlow(every_kind()).landmarks) == [
        Landmark(1, "plan a trip to Oslo with periwinkle hats", is_break=False),
        Landmark(
            8,
            "und München? 東京の旅行も計画してください。"
            " see *.md and __init__.py: ```sh ls *.md ```",
            is_break=False,
        ),
        Landmark(9, "compacted", is_break=True),
        Landmark(12, "resumed", is_break=True),
        Landmark(13, "thanks, book it", is_break=False),
    ]


def test_the_landmark_being_read_is_the_last_one_at_or_before() -> None:
    landmarks = MessageFlow(every_kind()).landmarks
    assert [landmarks.number_at(position) for position in (0, 1, 7, 8, 99)] == [None, 0, 0, 1, 4]


def test_prompts_are_narrowed_by_words_without_case_and_accents() -> None:
    landmarks = MessageFlow(every_kind()).landmarks
    assert [found.position for found in landmarks.matching("munchen SEE")] == [8]
    assert [found.position for found in landmarks.matching("hats oslo")] == [1]
    assert not landmarks.matching("compacted")
    assert landmarks.matching("  ") is landmarks


def test_a_prompt_without_words_stands_by_what_was_sent() -> None:
    image = MediaBlock(media_type="image/png", name="harbour.png", size_bytes=3)
    flow = MessageFlow([message(0, Role.USER, image), message(1, Role.USER)])
    assert [found.words for found in flow.landmarks] == [
        "▣ image/png harbour.png",
        "(nothing in it)",
    ]


def test_what_steers_a_terminal_never_stands_in_a_landmark() -> None:
    flow = MessageFlow([message(0, Role.USER, "a\x1b]0;x\x07\nb\u202e")])
    assert not set(flow.landmarks[0].words) & set("\x1b\x07\n\u202e")


@pytest.mark.parametrize(
    ("role", "text", "word"),
    [
        (Role.SYSTEM, "Conversation compacted", "compacted"),
        (Role.OTHER, "session resumed on another machine", "resumed"),
        (Role.SYSTEM, "[Request interrupted by user]", "interrupted"),
        (Role.SYSTEM, "Not enough messages to compact.", None),
        (Role.SYSTEM, "You are a helpful agent. " * 20 + "Never be interrupted.", None),
        (Role.ASSISTANT, "The text was compacted", None),
    ],
)
def test_a_cut_is_told_by_a_short_word_of_nobody(role: Role, text: str, word: str | None) -> None:
    assert break_words(message(0, role, text)) == word
