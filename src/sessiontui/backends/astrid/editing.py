"""Changing a session file's text: its title, or its messages, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from sessiontui.backends.astrid.acceptance import METADATA, SESSION, Field
from sessiontui.backends.astrid.contents import decoded
from sessiontui.domain.backend import ClearOnly, ClearScope
from sessiontui.records.json_edit import (
    Edit,
    Span,
    edited,
    elements_of,
    field_of,
    first_member,
    json_text,
    root_of,
    without_elements,
)

TOOL_OUTPUT_REMOVED = "[tool output removed]"
MEDIA_REMOVED = "[image removed]"


def retitled(text: str, title: str | None) -> str:
    """The text of a file with another title, or with none."""
    value = json_text(title or None)
    metadata = _field(text, root_of(text), SESSION, "metadata")
    if metadata is None:
        raise ValueError("a file astrid loads has metadata")
    span = _field(text, metadata, METADATA, "title")
    if span is None:
        return edited(text, [first_member(text, metadata, "title", value)])
    return edited(text, [Edit(span, value)])


def cleared(text: str, scope: ClearScope) -> tuple[str, int]:
    """The text of a file without some messages or parts of them, and how many that concerned.

    The token count is astrid's own estimate of what is left. What a tool put out or showed is
    replaced by a short note, so that calls keep their answers.
    """
    root = root_of(text)
    messages = _field(text, root, SESSION, "messages")
    tokens = _field(text, root, SESSION, "token_count")
    if messages is None or tokens is None:
        raise ValueError("a file astrid loads has messages and a token count")
    spans = list(elements_of(text, messages.start))
    reach = len(spans) if scope.before is None else max(0, min(scope.before, len(spans)))
    if scope.only is None:
        edits = [without_elements(text, messages, range(reach))]
        touched = reach
        kept = spans[reach:]
        left = 0
    else:
        edits = []
        kept = spans[reach:]
        left = 0
        for span in spans[:reach]:
            stored = json.loads(text[span.start : span.end])
            remaining = _CUTS[scope.only](stored)
            if remaining is None:
                kept.append(span)
                continue
            edits.append(Edit(_content_span(text, span), json_text(remaining)))
            left += decoded({"role": "user", "content": remaining}).tokens
        touched = len(edits)
    if touched or scope.everything:
        left += sum(decoded(json.loads(text[span.start : span.end])).tokens for span in kept)
        edits.append(Edit(tokens, str(left)))
    return edited(text, edits), touched


def _field(text: str, holder: Span, fields: Sequence[Field], name: str) -> Span | None:
    place = [field.name for field in fields].index(name)
    return field_of(text, holder, name, place)


def _content_span(text: str, message: Span) -> Span:
    span = field_of(text, message, "content", 1)
    if span is None:
        raise ValueError("a message astrid loads has content")
    return span


def _without_tool_output(message: Any) -> Any:
    """The content without what a tool put out; None when there is nothing to take."""
    blocks = decoded(message).blocks
    content = message["content"] if isinstance(message, dict) else message[1]
    if not blocks or blocks[0].kind != "tool_result" or blocks[0].text == TOOL_OUTPUT_REMOVED:
        return None
    if isinstance(content, list):
        return [content[0], TOOL_OUTPUT_REMOVED, *content[2:]]
    return {**content, "content": TOOL_OUTPUT_REMOVED}


def _without_media(message: Any) -> Any:
    """The content with a note in the place of each image; None when it has none."""
    blocks = decoded(message).blocks
    content = message["content"] if isinstance(message, dict) else message[1]
    if not any(block.kind == "media" for block in blocks):
        return None
    note = {"type": "text", "text": MEDIA_REMOVED}
    pairs = zip(content, blocks, strict=True)
    return [note if block.kind == "media" else part for part, block in pairs]


_CUTS: dict[ClearOnly, Callable[[Any], Any]] = {
    ClearOnly.TOOL_OUTPUT: _without_tool_output,
    ClearOnly.MEDIA: _without_media,
}
