"""What is said in a record of a Codex rollout, and who says it.

Every text of a person stands there twice: in what the model saw (a response item, among much that
the program put in itself) and in what the screen saw (an event). Both are read, and whichever comes
second is left out. Of the agent's own texts and of tools only the response items are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import IntEnum

from sessiontui.domain.message import Role
from sessiontui.domain.value import PlainValue
from sessiontui.records.codex_lines import (
    Body,
    Compacted,
    Completed,
    Context,
    Event,
    Meta,
    Payload,
    Record,
    field,
    is_quiet,
    text_or,
)
from sessiontui.records.codex_pieces import (
    TEXTS,
    address_piece,
    call_piece,
    opaque_piece,
    part_pieces,
    result_pieces,
)
from sessiontui.records.json_values import bounded, encodable
from sessiontui.records.pieces import Piece
from sessiontui.storage.json_text import JsonRefused, decode_json, raw_text, whole_number

_CONTEXT_STARTS = (
    "# AGENTS.md instructions", "<user_instructions>", "<INSTRUCTIONS>", "<environment_context>",
    "<environments_context>", "<skill>", "<skills>", "<plugins>", "<apps>", "<subagents>",
    "<turn_aborted>", "<goal_context>", "<codex_internal_context", "<permissions instructions>",
    "Warning: The maximum number of unified exec processes you can keep open is",
    "Warning: apply_patch was requested via ",
    "Warning: Your account was flagged for potentially high-risk cyber activity",
)  # fmt: skip
"""How texts begin that the program puts among those of the user."""
_TAGGED = re.compile(r"<([a-z]+(?:_[a-z]+)+)[ >]")
_IMAGE_TAG = re.compile(r"\s*</?(?:image|audio|file)\b[^>]*>\s*")
_SHELL = "<user_shell_command>"
_SHELL_PARTS = re.compile(
    r"<command>\n?(.*?)\n?</command>\s*(?:<result>\n?(.*?)\n?</result>)?", re.DOTALL
)
_SHELL_EXIT = re.compile(r"Exit code: (-?[0-9]{1,9})\n")
_REQUEST = "## My request for Codex:"
_WRAPPER = "# Context from my IDE setup:"
_CALLS = frozenset({"function_call", "custom_tool_call", "local_shell_call", "web_search_call",
                    "tool_search_call"})  # fmt: skip
_RESULTS = frozenset({"function_call_output", "custom_tool_call_output", "tool_search_output"})
_FACTS = frozenset({"token_count", "task_started", "turn_started", "task_complete",
                    "turn_complete", "thread_name_updated"})  # fmt: skip


class Side(IntEnum):
    """Where a text stands that is said in two places."""

    ITEM = 0
    EVENT = 1


class Spoken(PlainValue):
    """What a record shows.

    `counts` as a message of the conversation. `said` is the text by which its twin on the other
    side is known, `prompt` what a person asked for. `opens`: whether the agent has still something
    to do afterwards, where that can be told; `by_agent`: it comes from the model.
    """

    role: Role
    pieces: tuple[Piece, ...]
    human: bool = False
    counts: bool = False
    side: Side = Side.ITEM
    said: str | None = None
    prompt: str | None = None
    author: str | None = None
    opens: bool | None = None
    by_agent: bool = False


def spoken_of(record: Record, number: int, *, of_subagent: bool = False) -> Spoken | None:
    """What a record shows, or None when there is nothing to read in it.

    `number` is that of the line. Nobody types to a sub-agent: its prompts are another agent's.
    """
    if record.damage is not None:
        where = f"line {number:,}"
        return _of_other(Piece("damaged", raw_text(record.data), name=where, data=record.damage))
    if is_quiet(record):
        return None
    body = record.body
    match body:
        case Payload() if record.kind == "inter_agent_communication":
            return _between_agents(body, Side.EVENT)
        case Payload():
            spoken = _item(record, body, of_subagent=of_subagent)
        case Event():
            spoken = _event(record, body, of_subagent=of_subagent)
        case Compacted():
            notice = _notice("The conversation was compacted")
            # The agent has said this summary itself, where it was asked for one.
            summary = text_or(body.message).strip()
            held = (Piece("opaque", name="summary", data=summary),) if summary else ()
            return notice.replace(pieces=(*notice.pieces, *held))
        case Meta() | Context():
            return None
        case _:
            spoken = _unknown(record)
    return spoken if spoken is not None and spoken.pieces else None


def is_context(body: Body) -> bool:
    """Whether a record holds a message that was written for the model alone."""
    return isinstance(body, Payload) and body.type == "message" and body.role != "assistant"


# -- what the model saw ------------------------------------------------------------------------


def _item(record: Record, body: Payload, *, of_subagent: bool) -> Spoken | None:
    kind = text_or(body.type)
    if kind == "message":
        match body.role:
            case "user":
                return _user_item(body, of_subagent=of_subagent)
            case "assistant":
                pieces = _filled(_pieces(body.content))
                is_text = any(piece.kind == "text" for piece in pieces)
                return Spoken(Role.ASSISTANT, pieces, counts=True, opens=not is_text, by_agent=True)
            case "developer" | "system":
                return None
            case _:
                return Spoken(Role.OTHER, _filled(_pieces(body.content)))
    if kind == "reasoning":
        text = _thoughts(body.summary) or _thoughts(body.content)
        pieces = (Piece("thinking", text),) if text else ()
        return Spoken(Role.ASSISTANT, pieces, opens=True, by_agent=True)
    if kind in _CALLS:
        return Spoken(Role.ASSISTANT, (call_piece(body),), opens=True, by_agent=True)
    if kind in _RESULTS:
        return Spoken(Role.TOOL, tuple(result_pieces(body)), opens=True, by_agent=True)
    if kind == "image_generation_call":
        asked = text_or(body.revised_prompt)
        image = Piece("media", "image", data=(len(memoryview(body.result)) - 2) * 3 // 4 or None)
        pieces = (Piece("text", asked), image) if asked else (image,)
        return Spoken(Role.ASSISTANT, pieces, by_agent=True)
    if kind == "agent_message":
        return _between_agents(body, Side.ITEM)
    return _unknown(record)


def _user_item(body: Payload, *, of_subagent: bool) -> Spoken | None:
    parts = body.content if isinstance(body.content, list) else [body.content]
    origins = field(body.passed, "content_item_metadata")
    kinds = field(body.passed, "content_item_kinds")
    typed = []
    for place, part in enumerate(parts):
        if part is None:
            continue
        origin = field(_at(origins, place), "provenance", "type")
        text = part if isinstance(part, str) else text_or(field(part, "text"))
        if text.startswith(_SHELL):
            return _shell_command(text)
        if origin is None:
            injected = _is_injected(text)
        else:
            injected = origin != "user" or _at(kinds, place) == "user.heartbeat"
        if not (injected or _IMAGE_TAG.fullmatch(text)):
            typed.append(part)
    return _typed(typed, Side.ITEM, of_subagent=of_subagent)


def _at(values: object, place: int) -> object:
    return values[place] if isinstance(values, list) and place < len(values) else None


def _is_injected(text: str) -> bool:
    start = text.lstrip()
    if start.startswith(_CONTEXT_STARTS):
        return True
    tag = _TAGGED.match(start)
    return tag is not None and start.rstrip().endswith(f"</{tag[1]}>")


def _shell_command(text: str) -> Spoken:
    """A command that a person ran from the prompt, and what it printed."""
    found = _SHELL_PARTS.search(text)
    if found is None:
        return Spoken(Role.USER, (Piece("text", text),))
    pieces = [Piece("text", f"! {found[1]}")]
    if found[2] is not None:
        code = _SHELL_EXIT.match(found[2])
        failed = None if code is None else int(code[1]) != 0
        pieces.append(Piece("tool_result", found[2], is_error=failed))
    return Spoken(Role.USER, tuple(pieces))


def _typed(parts: Iterable[object], side: Side, *, of_subagent: bool) -> Spoken:
    pieces: list[Piece] = []
    said: list[str] = []
    asked: list[str] = []
    for part in parts:
        for piece in part_pieces(part):
            if piece.kind != "text":
                pieces.append(piece)
                continue
            said.append(piece.text)
            context, request = _without_wrapper(piece.text)
            if context:
                pieces.append(opaque_piece("ide_context", context))
            if request:
                asked.append(request)
                pieces.append(Piece("text", request))
    return Spoken(
        Role.USER,
        tuple(pieces),
        human=not of_subagent,
        counts=True,
        side=side,
        said="".join(said).strip(),
        prompt="\n".join(asked),
        opens=True,
    )


def _without_wrapper(text: str) -> tuple[str, str]:
    """What an editor put before a request, and the request itself."""
    if not text.lstrip().startswith(_WRAPPER):
        return "", text
    context, found, request = text.partition(_REQUEST)
    return (context.strip(), request.strip()) if found else ("", text)


def _thoughts(parts: object) -> str:
    if isinstance(parts, str):
        return parts
    if not isinstance(parts, list):
        return ""
    told = (part for part in parts if text_or(field(part, "type")) in TEXTS)
    texts = (text_or(field(part, "text")) for part in told)
    return "\n\n".join(text for text in texts if text)


def _pieces(content: object) -> Iterator[Piece]:
    parts = content if isinstance(content, list) else [content]
    for part in parts:
        if part is not None:
            yield from part_pieces(part)


def _filled(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    return tuple(piece for piece in pieces if piece.kind != "text" or piece.text)


def _between_agents(body: Payload, side: Side) -> Spoken | None:
    pieces = _filled(_pieces(body.content))
    if not pieces:
        return None
    said = "".join(piece.text for piece in pieces).strip()
    author = text_or(body.author) or None
    return Spoken(Role.OTHER, pieces, side=side, said=said, prompt=said, author=author)


# -- what the screen saw -----------------------------------------------------------------------


def _event(record: Record, body: Event, *, of_subagent: bool) -> Spoken | None:
    match record.name:
        case "user_message":
            return _user_event(body, of_subagent=of_subagent)
        case "item_completed":
            item = body.item or Completed()
            if item.type != "UserMessage":
                return _unknown(record)
            parts = item.content if isinstance(item.content, list) else [item.content]
            told = (part for part in parts if part is not None)
            return _typed(told, Side.EVENT, of_subagent=of_subagent)
        case "turn_aborted":
            reason = text_or(body.reason)
            interrupted = reason in ("", "interrupted")
            return _notice(
                "The turn was interrupted" if interrupted else f"The turn was aborted: {reason}"
            )
        case "task_complete" | "turn_complete" if body.error is not None:
            return _notice(f"The turn failed: {_reason(body.error)}")
        case "error":
            return _notice(f"Error: {_reason(body.message)}")
        case "thread_rolled_back":
            turns = whole_number(body.num_turns) or 0
            taken = f"The last {turns:,} turns were" if turns > 1 else "The last turn was"
            return _notice(f"{taken} taken back")
        case name if name in _FACTS:
            return None
        case _:
            return _unknown(record)


def _user_event(body: Event, *, of_subagent: bool) -> Spoken | None:
    if body.kind not in (None, "plain"):
        return None
    text = text_or(body.message)
    spoken = _typed([text] if text else [], Side.EVENT, of_subagent=of_subagent)
    held = [*_strings(body.images), *_strings(body.local_images)]
    return spoken.replace(pieces=(*spoken.pieces, *map(address_piece, held)))


def _strings(values: object) -> list[str]:
    found = values if isinstance(values, list) else []
    return [value for value in found if isinstance(value, str)]


def _reason(error: object) -> str:
    return text_or(error) or text_or(field(error, "message")) or "the program gives no reason"


def _notice(text: str) -> Spoken:
    return Spoken(Role.SYSTEM, (Piece("text", text),))


def _unknown(record: Record) -> Spoken:
    """A record of a newer version: shown as it is."""
    try:
        value = encodable(bounded(decode_json(record.data, surrogates=True)))
    except JsonRefused:
        value = raw_text(record.data)
    held = field(value, "payload")
    shown = held if isinstance(held, dict) else value
    if isinstance(shown, dict):
        shown = {name: part for name, part in shown.items() if name != "type"}
    return _of_other(opaque_piece(record.name or record.kind, shown))


def _of_other(piece: Piece) -> Spoken:
    return Spoken(Role.OTHER, (piece,))
