"""What the sample conversations are written in: lines, and tools that are used between them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from inspect import cleandoc

from sessiontui.domain.indexed_text import text_of
from sessiontui.domain.message import (
    Block,
    MediaBlock,
    Message,
    Role,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
    ToolResultBlock,
)
from sessiontui.domain.value import JsonValue, PlainValue

_PAUSES = {Role.USER: 45, Role.ASSISTANT: 9, Role.TOOL: 3, Role.SYSTEM: 1, Role.OTHER: 1}
"""Seconds before a line of each role, give or take a half."""
_INSTRUCTIONS = 3_100
"""Tokens of what an agent is told before anybody says anything."""
_CHARACTERS_PER_TOKEN = 4


class Line(PlainValue):
    """One entry of a dialogue, without a time yet."""

    role: Role
    blocks: tuple[Block, ...]


Dialogue = tuple[Line, ...]


def asks(text: str, *more: Block) -> Dialogue:
    """A person types."""
    return (Line(Role.USER, (TextBlock(text=cleandoc(text)), *more)),)


def says(text: str, think: str = "") -> Dialogue:
    """The agent answers, perhaps after some thought."""
    thought = (ThinkingBlock(text=cleandoc(think)),) if think else ()
    return (Line(Role.ASSISTANT, (*thought, TextBlock(text=cleandoc(text)))),)


def uses(
    name: str,
    arguments: Mapping[str, JsonValue] | str,
    output: str,
    *,
    failed: bool = False,
    say: str = "",
    think: str = "",
) -> Dialogue:
    """The agent uses a tool, which answers."""
    result = ToolResultBlock(call_id=name, text=cleandoc(output), is_error=failed)
    return (*begins(name, arguments, say=say, think=think), Line(Role.TOOL, (result,)))


def begins(
    name: str, arguments: Mapping[str, JsonValue] | str, *, say: str = "", think: str = ""
) -> Dialogue:
    """The agent uses a tool, and no answer has come."""
    blocks: list[Block] = []
    if think:
        blocks.append(ThinkingBlock(text=cleandoc(think)))
    if say:
        blocks.append(TextBlock(text=cleandoc(say)))
    # Some tools take a plain text, such as a patch.
    given = cleandoc(arguments) if isinstance(arguments, str) else dict(arguments)
    blocks.append(ToolCallBlock(call_id=name, name=name, arguments=given))
    return (Line(Role.ASSISTANT, tuple(blocks)),)


def notes(text: str) -> Dialogue:
    """The system puts something in."""
    return (Line(Role.SYSTEM, (TextBlock(text=cleandoc(text)),)),)


def picture(name: str, size_bytes: int, media_type: str = "image/jpeg") -> MediaBlock:
    """Something that is attached."""
    return MediaBlock(media_type=media_type, name=name or None, size_bytes=size_bytes)


def talk(*parts: Dialogue) -> Dialogue:
    """One dialogue out of its parts."""
    return tuple(line for part in parts for line in part)


def number_from(seed: str, limit: int) -> int:
    """A number below `limit` that follows from the seed: the same in every run."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big") % limit


def timed(dialogue: Dialogue, ended: datetime, seed: str) -> tuple[Message, ...]:
    """The messages of a dialogue whose last line came at `ended`."""
    at = ended
    times: list[datetime] = []
    for position in range(len(dialogue) - 1, -1, -1):
        times.append(at)
        pause = _PAUSES[dialogue[position].role] * 1000
        jitter = number_from(f"{seed}/{position}", pause)
        at -= timedelta(milliseconds=pause // 2 + jitter)
    times.reverse()
    return tuple(
        Message(
            index=index,
            role=line.role,
            human=line.role is Role.USER,
            blocks=tuple(_numbered(line.blocks, seed, calls)),
            created_at=time,
            tokens=tokens,
        )
        for index, (line, time, calls, tokens) in enumerate(
            zip(dialogue, times, _call_numbers(dialogue), _tokens(dialogue), strict=True)
        )
    )


def _tokens(dialogue: Dialogue) -> Iterator[int | None]:
    """For each line what the agent would have read and written for it, where it speaks."""
    characters = 0
    for line in dialogue:
        characters += sum(len(text_of(block)[1]) for block in line.blocks)
        is_answer = line.role is Role.ASSISTANT
        yield _INSTRUCTIONS + characters // _CHARACTERS_PER_TOKEN if is_answer else None


def _call_numbers(dialogue: Dialogue) -> Iterator[int]:
    """For each line how many calls were made up to it, itself included."""
    calls = 0
    for line in dialogue:
        calls += sum(block.kind == "tool_call" for block in line.blocks)
        yield calls


def _numbered(blocks: tuple[Block, ...], seed: str, calls: int) -> Iterator[Block]:
    """The blocks with call ids that are unique in their session; each line has one call at most."""
    for block in blocks:
        if block.kind in ("tool_call", "tool_result"):
            token = number_from(f"{seed}/call/{calls}", 16**8)
            yield block.replace(call_id=f"call_{token:08x}")
        else:
            yield block
