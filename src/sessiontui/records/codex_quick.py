"""What a line of a Codex rollout is by its first bytes, where that is enough.

Most bytes of a rollout are tool output, and all of that stands there twice. `head_matcher` knows
the lines as Codex itself writes them, and tells which need not be decoded, or of which little is
wanted. Every line in another shape is decoded as a whole, and gives the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import msgspec

from sessiontui.domain.indexed_text import TextKind
from sessiontui.records.codex_lines import QUIET_EVENTS, QUIET_ITEMS, QUIET_KINDS, Context
from sessiontui.records.codex_pieces import TEXTS

AT, DONE, RESULT, CALL, TALK, PROMPT, FOR_MODEL, SETTING, TURN, PROMPTED, QUIET, TOKENS = range(
    1, 13
)
"""What the last group of a match of a head says: what a tool gave back, with exit code 0 or any;
what it was asked; what the agent says or thinks; what the user says; a message for the model alone;
what holds for a turn; its beginning or end; what the user said, once more; and from `QUIET` on,
that there is nothing to read, though the tokens spent so far may stand there."""


def _any_of(names: frozenset[str]) -> str:
    return "(?:" + "|".join(sorted(names)) + ")"


# Patterns that do not look closely are the fastest, and Codex writes nothing else in these places.
_STRING = r'"[^"]*"'
_UUID = '".{36}"'
_FIELDS = rf'(?:"(?:id|status|phase)":{_STRING},)*'
_OUTPUT = rf'(?:,"id":{_STRING})?(?:,"call_id":{_STRING})?(?:,"name":{_STRING})?,"output":"'
_USUAL = (
    r"(?:Chunk ID: [0-9a-f]+\\n)?(?:Wall time: [0-9.]+ seconds\\n)?"
    r"(?:Process exited with code|Exit code:) "
)
_EXITED = (
    r"(?:(?:Chunk ID|Wall time|Original token count|Total output lines): [^\"\\\n]*\\n)*"
    r"(?:Process exited with code|Exit code:) "
)
_UNTOLD = r"(?!Chunk ID: |Wall time: |Original token|Total output|Process |Exit code|\{|\\)"
_HEAD = (
    r'\{"timestamp":"([0-9T:-]{17}[0-5][0-9]\.[0-9]{3}Z)",(?:"ordinal":[0-9]+,)?"type":"'
    r'(?:response_item","payload":\{"type":"(?:'
    rf'(?:function|custom_tool)_call(?:_output"(?:({_OUTPUT}{_USUAL}0\\n)|())|("))'
    rf'|(reasoning"|message",{_FIELDS}"role":"assistant")'
    rf'|(message",{_FIELDS}"role":"user")|(message",{_FIELDS}"role":"developer"))'
    r'|(turn_context",)'
    r'|event_msg","payload":\{"type":"(?:((?:task|turn)_(?:started|complete)")'
    rf'|item_completed",(?:"thread_id":{_UUID},)?"turn_id":{_UUID},'
    rf'"item":\{{"type":"(?:(UserMessage)"|({_any_of(QUIET_ITEMS)}"))'
    r'|(token_count","info":\{)'
    rf'|(token_count","info":null|{_any_of(QUIET_EVENTS)}"))|({_any_of(QUIET_KINDS)}",))'
).encode()


@cache
def head_matcher() -> Callable[[bytes, int], re.Match[bytes] | None]:
    """Matches the first bytes of a line; the first group is its time. Compiled when needed."""
    return re.compile(_HEAD, re.DOTALL).match


_ended = re.compile(rf"{_OUTPUT}(?:{_EXITED}(-?[0-9]{{1,9}})\\n|{_UNTOLD}())".encode()).match
_CODE = 1


def has_failed(data: bytes, head: re.Match[bytes]) -> TextKind | None:
    """Whether what a tool gave back is an error, by its first bytes; None where those do not tell.

    It accepts less than what the decoded text is judged by, never more.
    """
    found = _ended(data, head.end())
    if found is None:
        return None
    is_bad = found.lastindex == _CODE and int(found[_CODE]) != 0
    return TextKind.TOOL_ERROR if is_bad else TextKind.TOOL_RESULT


class _Part(msgspec.Struct, gc=False):
    type: str
    text: str


class _Said(msgspec.Struct, gc=False):
    type: str
    content: list[_Part] | None = None
    summary: list[_Part] | None = None


class _Talk(msgspec.Struct, gc=False):
    payload: _Said


class _Provenance(msgspec.Struct, gc=False):
    type: str


class _Origin(msgspec.Struct, gc=False):
    provenance: _Provenance


class _Passed(msgspec.Struct, gc=False):
    content_item_metadata: list[_Origin]
    content_item_kinds: list[str] = []


class _Typed(msgspec.Struct, gc=False):
    content: list[_Part]
    passed: _Passed = msgspec.field(name="internal_chat_message_metadata_passthrough")


class _Prompt(msgspec.Struct, gc=False):
    payload: _Typed


class _Item(msgspec.Struct, gc=False):
    content: list[_Part]


class _Completed(msgspec.Struct, gc=False):
    item: _Item


class _Prompted(msgspec.Struct, gc=False):
    payload: _Completed


class Turn(msgspec.Struct, gc=False):
    """The beginning of a turn, or its good end."""

    type: str
    turn_id: str
    started_at: Any = None
    error: None = None


class _TurnLine(msgspec.Struct, gc=False):
    payload: Turn


class _ContextLine(msgspec.Struct, gc=False):
    payload: Context


_REFUSED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_talk = msgspec.json.Decoder(_Talk).decode
_prompt = msgspec.json.Decoder(_Prompt).decode
_prompted = msgspec.json.Decoder(_Prompted).decode
_turn = msgspec.json.Decoder(_TurnLine).decode
_context = msgspec.json.Decoder(_ContextLine).decode

# Each of these gives None where the line has to be read as a whole.


def talk_of(line: bytes) -> tuple[Sequence[str] | None, TextKind]:
    """What the agent says in a line, maybe nothing, and whether it speaks or thinks."""
    try:
        said = _talk(line).payload
    except _REFUSED:
        return None, TextKind.TEXT
    is_thought = said.type == "reasoning"
    parts = said.summary if is_thought else said.content
    kind = TextKind.THINKING if is_thought else TextKind.TEXT
    if parts is not None and len(parts) == 1 and parts[0].text and parts[0].type in TEXTS:
        return (parts[0].text,), kind
    texts: list[str] = []
    for part in parts or ():
        if part.type not in TEXTS:
            return None, kind
        if part.text:
            texts.append(part.text)
    if is_thought and not texts and said.content:
        return None, kind
    return ["\n\n".join(texts)] if is_thought and texts else texts, kind


def prompt_of(line: bytes) -> str | None:
    """What the user says in a line that the model saw; never empty."""
    try:
        typed = _prompt(line).payload
    except _REFUSED:
        return None
    origins, kinds = typed.passed.content_item_metadata, typed.passed.content_item_kinds
    if len(origins) != 1 or origins[0].provenance.type != "user" or "user.heartbeat" in kinds:
        return None
    return _plain(typed.content)


def prompted_text(line: bytes) -> str | None:
    """What the user said in a line that the screen saw; never empty."""
    try:
        return _plain(_prompted(line).payload.item.content)
    except _REFUSED:
        return None


def _plain(parts: list[_Part]) -> str | None:
    if len(parts) != 1 or parts[0].type not in TEXTS:
        return None
    text = parts[0].text
    return None if not text or text.isspace() or text.lstrip()[0] in "<#" else text


def turn_of(line: bytes) -> Turn | None:
    """The beginning of a turn, or its good end."""
    try:
        return _turn(line).payload
    except _REFUSED:
        return None


def context_of(line: bytes) -> Context | None:
    """What holds for a turn."""
    try:
        return _context(line).payload
    except _REFUSED:
        return None
