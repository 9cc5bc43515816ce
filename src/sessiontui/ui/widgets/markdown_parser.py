"""The Markdown that is understood."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MOST_MARKDOWN = 64 * 1024
"""Characters above which a text is not laid out as Markdown."""


def markdown_tokens(text: str) -> Sequence[Token]:
    """What stands in a text."""
    return _parser().parse(text)


@cache
def _parser() -> MarkdownIt:
    # 15 ms, which the first rows of the list need not wait for.
    from markdown_it import MarkdownIt  # noqa: PLC0415

    return (
        MarkdownIt("commonmark", {"html": False})
        .enable(["table", "strikethrough"])
        # Link definitions would vanish; text over a line of dashes is no heading in a chat.
        .disable(["reference", "lheading"])
    )


def is_markdown_size(text: str) -> bool:
    """Whether a text is small enough to be laid out while the reader waits."""
    return len(text) <= MOST_MARKDOWN
