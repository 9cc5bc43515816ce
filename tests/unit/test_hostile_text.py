"""No stored text can break the painting of a message or reach the terminal unfiltered."""

from __future__ import annotations

import re
from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessiontui.domain.message import (
    Block,
    DamagedBlock,
    MediaBlock,
    OpaqueBlock,
    Role,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
    ToolResultBlock,
)
from sessiontui.ui.widgets.folding import Fold, Folding
from sessiontui.ui.widgets.message_flow import MessageFlow
from sessiontui.ui.widgets.message_renderer import NARROWEST, MessageRenderer, RenderedMessage
from sessiontui.ui.widgets.term_marks import TermFinder
from tests.transcripts import HOSTILE_TEXTS, every_kind, message, sample_colours

RENDERER = MessageRenderer(sample_colours(), agent="scout", zone=UTC)
UNSAFE = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]"
)


def assert_safe(rendered: RenderedMessage, width: int) -> None:
    """Every line can be painted, cut and joined, and steers no terminal."""
    for line in range(rendered.height):
        strip = rendered.strip(line)
        assert not UNSAFE.search(strip.text)
        strip.text.encode()
        assert strip.cell_length <= max(width, NARROWEST)
        for segment in strip:
            assert not (segment.style and segment.style.link)
        cut = strip.crop_extend(0, width + 3, None)
        assert cut.cell_length == width + 3
        strip.crop(1, max(2, strip.cell_length - 1))


def blocks_of(text: str) -> list[Block]:
    return [
        TextBlock(text=text),
        ThinkingBlock(text=text),
        ToolCallBlock(name=text, arguments={text: text, "command": text, "n": [text, {text: 1}]}),
        ToolCallBlock(name=text, arguments=text),
        ToolCallBlock(
            name="edit", arguments={"old_string": text, "new_string": text + "\n" + text}
        ),
        ToolResultBlock(text=text, is_error=True),
        MediaBlock(media_type=text, name=text),
        DamagedBlock(where=text, reason=text, raw=text),
        OpaqueBlock(type_name=text, data={text: [text]}),
    ]


EVERYTHING = Folding(tools_open=True, thinking_open=True, chosen=dict.fromkeys(range(9), Fold.FULL))


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=range(len(HOSTILE_TEXTS)))
@pytest.mark.parametrize("role", Role)
def test_no_stored_text_reaches_the_terminal_unfiltered(text: str, role: Role) -> None:
    sample = message(0, role, *blocks_of(text), author=text, model=text)
    for width in (NARROWEST, 37, 100):
        for folding in (Folding(), EVERYTHING):
            rendered = RENDERER.render(
                sample, width, folding=folding, finder=TermFinder.of_words(["a", text])
            )
            assert_safe(rendered, width)


hostile = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\x1b\x9b\x00\u200d\ufe0f\u0301\u202e漢한👩🏽❤\t\n\r |`*_[]()<>#-1.&;"),
    ),
    max_size=120,
)


@settings(max_examples=150, deadline=None)
@given(hostile, st.sampled_from(Role), st.integers(1, 60), st.sampled_from([Folding(), EVERYTHING]))
def test_any_text_in_any_block_can_be_painted(
    text: str, role: Role, width: int, folding: Folding
) -> None:
    sample = message(0, role, *blocks_of(text), author=text)
    assert_safe(
        RENDERER.render(sample, width, folding=folding, finder=TermFinder.of_words([text])), width
    )


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["# ", "> ", "- ", "1. ", "    ", "```", "~~~py", "|a|b|", "|-|-|", "**", "*", "_", "`",
             "[x](y)", "![", "](", "<b>", "&#27;", "\\", "---", "\n", "\n\n", "text ", "漢字", "~~"]
        ),
        max_size=60,
    ),
    st.integers(NARROWEST, 50),
)  # fmt: skip
def test_any_markdown_can_be_laid_out(parts: list[str], width: int) -> None:
    sample = message(0, Role.ASSISTANT, "".join(parts))
    assert_safe(RENDERER.render(sample, width), width)


def test_every_kind_of_block_can_be_painted_at_every_width() -> None:
    flow = MessageFlow(every_kind(), UTC)
    for width in range(NARROWEST, 130, 9):
        for position, sample in enumerate(flow.messages):
            for folding in (Folding(), EVERYTHING):
                rendered = RENDERER.render(sample, width, flow.setting(position), folding=folding)
                assert_safe(rendered, width)
