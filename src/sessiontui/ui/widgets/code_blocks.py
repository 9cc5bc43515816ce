"""The code blocks of a message as they are stored, and how to tell which painted line is whose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from zlib import crc32

from rich.style import Style

from sessiontui.domain.conversation import Speaker, speaker_of
from sessiontui.domain.message import Message
from sessiontui.ui.widgets.markdown_parser import is_markdown_size, markdown_tokens
from sessiontui.ui.widgets.plain_lines import plain_text

FENCE = re.compile(
    r"^ {0,3}(`{3,}+|~{3,}+)[ \t]*+([^\n`]*+)\n(.*?)(?:^ {0,3}\1[`~]*+[ \t]*+$|\Z)",
    re.MULTILINE | re.DOTALL,
)
"""A code block in a text that is not Markdown otherwise: its language and its code."""

_META = "code"


def code_blocks(message: Message) -> Iterator[str]:
    """Every code block of a message as it is stored, in their order."""
    markdown = speaker_of(message) is Speaker.AGENT
    for block in message.blocks:
        if block.kind != "text" or not is_markdown_size(block.text):
            continue
        if markdown:
            for token in markdown_tokens(block.text):
                if token.type in ("fence", "code_block"):
                    yield token.content
        else:
            for fence in FENCE.finditer(block.text):
                yield fence.group(3)


def code_mark(code: str) -> Style:
    """What the lines of a code block carry; `code` as it is painted or as it is stored."""
    return Style(meta={_META: _key(code)})


def is_of(style: Style | None, code: str) -> bool:
    """Whether a painted segment belongs to a code block, given as it is stored."""
    return style is not None and style.meta.get(_META) == _key(code)


def _key(code: str) -> int:
    return crc32(plain_text(code).strip("\n").encode("utf-8", "surrogatepass"))
