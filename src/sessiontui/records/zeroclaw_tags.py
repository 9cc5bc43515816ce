"""Tags inside the text of zeroclaw messages: `<think>`, `<tool_call>`, `<tool_result>`.

Every search for a closing tag that finds none is made once, so that hostile text full of opening
tags is read in linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sessiontui.domain.value import PlainValue

_THINK = "think"
CALL_TAGS = (
    "tool_call",
    "function_call",
    "function_calls",
    "tool-call",
    "toolcall",
    "invoke",
    "tool",
)
_ASSISTANT_TAG = re.compile(rf"<({'|'.join((_THINK, *CALL_TAGS))})>")
_RESULT_TAG = re.compile(r"<tool_result((?:\s[^<>]*)?)>")
_ATTRIBUTE = re.compile(r"([\w-]+)=\"([^\"]*)\"")


class Tagged(PlainValue):
    """A part of a text: inside a tag (`name` set) or between tags (`name` empty).

    `outer` is the part with its tags.
    """

    name: str
    attributes: dict[str, str]
    inner: str
    outer: str


def assistant_parts(text: str) -> Iterator[Tagged]:
    """The parts of an assistant's text at its thinking and tool-call tags."""
    return _parts(text, _ASSISTANT_TAG)


def result_parts(text: str) -> Iterator[Tagged]:
    """The parts of a text at its tool-result tags."""
    return _parts(text, _RESULT_TAG)


def is_thinking(part: Tagged) -> bool:
    """Whether a part holds thoughts."""
    return part.name == _THINK


def _parts(text: str, opening: re.Pattern[str]) -> Iterator[Tagged]:
    position = start = 0
    unclosed: set[str] = set()
    while found := opening.search(text, position):
        results = opening is _RESULT_TAG
        name = "tool_result" if results else found.group(1)
        closing = f"</{name}>"
        end = -1 if name in unclosed else text.find(closing, found.end())
        if end < 0:
            unclosed.add(name)
            position = found.end()
            continue
        if found.start() > start:
            yield _between(text[start : found.start()])
        attributes = dict(_ATTRIBUTE.findall(found.group(1))) if results else {}
        position = start = end + len(closing)
        yield Tagged(name, attributes, text[found.end() : end], text[found.start() : start])
    if start < len(text):
        yield _between(text[start:])


def _between(text: str) -> Tagged:
    return Tagged("", {}, text, text)
