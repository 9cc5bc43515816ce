"""What of a session can be copied, and how it reads. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sessiontui.domain.message import Message
from sessiontui.domain.printable import printable_line
from sessiontui.domain.tool_words import line_count, other_arguments, without_colours
from sessiontui.domain.value import PlainValue
from sessiontui.domain.words import count_words

_LONGEST_DETAIL = 44
_MOST_NUMBERED = 9


class MenuItem(PlainValue):
    """One line of a menu: the keys that choose it, the answer it gives, and what it says."""

    keys: str
    answer: str
    title: str
    detail: str = ""


class Copyable(PlainValue):
    """What stands at the cursor: a message, the prompt it belongs to, and the code in it."""

    ref: str
    message: Message | None = None
    prompt: Message | None = None
    codes: tuple[str, ...] = ()
    resumes: bool = True
    """Whether its agent may be able to resume the session."""


def copy_items(there: Copyable) -> Iterator[MenuItem]:
    """The lines of the copy menu: only what is there, each named by the action that copies it."""
    yield MenuItem("yr", "copy_ref", "ref", _cut(there.ref))
    message, prompt = there.message, there.prompt
    if message is not None and (text := message_text(message)):
        own = message is prompt
        keys, title = ("mp", "prompt") if own else ("m", "message")
        yield MenuItem(keys, "copy_message", title, _cut(text))
    if there.codes:
        several = len(there.codes) > 1
        detail = f"{len(there.codes):,} in this message" if several else _cut(there.codes[0])
        yield MenuItem("b", "copy_code", "code block", detail)
    if prompt is not None and prompt is not message and (text := message_text(prompt)):
        yield MenuItem("p", "copy_prompt", "prompt", _cut(text))
    if there.resumes:
        yield MenuItem("c", "copy_resume", "resume command", "with its folder, for a shell")
    yield MenuItem("t", "copy_transcript", "transcript", "all of it, as Markdown")


def code_items(codes: Sequence[str]) -> Iterator[MenuItem]:
    """The lines of the menu of several code blocks: each by its number, and all."""
    for number, code in enumerate(codes[:_MOST_NUMBERED]):
        lines = count_words(line_count(code), "line")
        yield MenuItem(str(number + 1), str(number), lines, _cut(code))
    total = sum(map(line_count, codes))
    yield MenuItem("a", "all", f"all {len(codes):,}", count_words(total, "line"))


def message_text(message: Message) -> str:
    """What a message says, as it was written; of one without prose, what its tools were told."""
    said = [block.text.strip("\n") for block in message.blocks if block.kind == "text"]
    if not any(said):
        said = [block.text.strip("\n") for block in message.blocks if block.kind == "thinking"]
    if not any(said):
        said = list(_of_tools(message))
    return "\n\n".join(text for text in said if text.strip())


def _of_tools(message: Message) -> Iterator[str]:
    for block in message.blocks:
        if block.kind == "tool_call":
            given = [text for _, text in other_arguments(block.arguments)]
            yield "\n".join(given) or block.name
        elif block.kind == "tool_result":
            yield without_colours(block.text).strip("\n")


def lines_words(what: str, text: str) -> str:
    """What was copied: `the message, 14 lines`."""
    return f"{what}, {count_words(line_count(text), 'line')}"


def _cut(text: str) -> str:
    return printable_line(text.strip(), _LONGEST_DETAIL)
