"""Indexed text of Claude Code's transcripts, and the facts of the session, from any position on.

Only a small state is carried from one reading to the next, so that an append costs its own bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from msgspec import Struct, field

from sessiontui.domain.indexed_text import TextItem, TextKind
from sessiontui.records.claude_code_blocks import readable
from sessiontui.records.claude_code_contents import (
    call_text,
    output_text,
    texts_of_block,
    texts_of_line,
)
from sessiontui.records.claude_code_facts import NOTED, Facts
from sessiontui.records.claude_code_lines import Block, Decoded, Usage, decoded
from sessiontui.records.claude_code_order import Chain, OutOfOrder
from sessiontui.records.claude_code_records import (
    OUTPUT,
    QUIET_SUBTYPES,
    QUIET_TYPES,
    queued_prompt,
    user_voice,
    voice_of,
)
from sessiontui.storage.jsonl_chunks import LineChunk

_TEXT, _THINKING = TextKind.TEXT, TextKind.THINKING
_CALL, _RESULT, _ERROR = TextKind.TOOL_CALL, TextKind.TOOL_RESULT, TextKind.TOOL_ERROR


class TextState(Struct, array_like=True):
    """Where reading stopped: all that is needed to go on, and all that is known by then.

    `offset`: the first byte not read; `lines` ended before it. `messages` counts the messages so
    far, `message_id` and `began` (seconds since the epoch) are those of the last one. `recent` and
    `awaited` are those of `Chain`.
    """

    offset: int = 0
    lines: int = 0
    messages: int = 0
    message_id: str | None = None
    began: float | None = None
    recent: list[str] = []
    awaited: list[str] = []
    facts: Facts = field(default_factory=Facts)


class TextReading:
    """Reads on from a state: `take` the chunks that follow, then look at `items` and `state`.

    With `tools` the texts of tool calls and results are there, else they are empty.
    """

    def __init__(self, state: TextState, *, tools: bool = True) -> None:
        self.items: list[TextItem] = []
        self._state = state
        self._tools = tools
        self._chain = Chain(state.recent, state.awaited)
        self._resumed = state.offset > 0
        self._foreign = frozenset(state.facts.unplaced)

    def take(self, chunk: LineChunk) -> None:
        """Read some lines. Raises `OutOfOrder` when everything has to be read again, at once."""
        part = decoded(chunk)
        if not part.lines:
            return
        state = self._state
        order = self._chain.order_of(part.entries)
        self._say(part, order)
        state.facts.take_part(part, order, state.lines)
        if state.facts.unplaced:
            state.facts.place_summaries(self._chain.came_before)
            if self._resumed and not self._foreign.issuperset(state.facts.unplaced):
                # It may end at a record that was read before.
                raise OutOfOrder
        state.offset = chunk.offset + part.size
        state.lines += len(part.lines) - (not part.ended)

    @property
    def facts(self) -> Facts:
        """What is known of the session so far."""
        return self._state.facts

    @property
    def state(self) -> TextState:
        """What was reached. Nothing more can be taken after that."""
        state = self._state
        state.recent, state.awaited = self._chain.recent, self._chain.awaited
        return state

    def _say(self, part: Decoded, order: Sequence[int] | None) -> None:
        """Turn records into messages, and these into items.

        A first reading spends most of its time here: the two kinds of records that a transcript is
        made of come first, and nothing is called that can be said in place.
        """
        state, facts, tools = self._state, self._state.facts, self._tools
        entries, items = part.entries, self.items
        usages: dict[str, Usage] = {}
        message_id, began, index = state.message_id, state.began, state.messages - 1
        counted = facts.messages
        add, make, item = items.append, tuple.__new__, TextItem
        for place in range(len(entries)) if order is None else order:
            entry = entries[place]
            kind, message = entry.type, entry.message
            content = entry.content if message is None else message.content
            own = None
            if kind == "assistant":
                role, human, counts = "assistant", False, True
                if message is not None:
                    own = message.id
                    if message.usage is not None:
                        usages[own or f"{entry.uuid}"] = message.usage
            elif (
                kind == "user"
                and isinstance(content, tuple)
                and len(content) == 1
                and content[0].type == "tool_result"
            ):
                role, human, counts = "tool", False, False
            elif kind == "user":
                voice = user_voice(entry, content)
                role, human, counts = voice.role.value, voice.human, voice.counts
                if voice is not OUTPUT:
                    facts.take_prompt(entry, human=human)
            elif kind in NOTED:
                facts.take_note(kind, part.lines[place])
                continue
            elif kind in QUIET_TYPES or (kind == "system" and entry.subtype in QUIET_SUBTYPES):
                continue
            else:
                spoken = voice_of(entry)
                if spoken is None:
                    continue
                role, human, counts = spoken.role.value, spoken.human, spoken.counts
                facts.take_oddity(entry)
                content = _WHOLE_LINE
                if kind == "attachment":
                    facts.take_prompt(entry, human=human)
                    content = queued_prompt(entry)
            if own is None or own != message_id:
                index += 1
                counted += counts
                message_id = own
                at = entry.timestamp
                began = at.timestamp() if at is not None and at.tzinfo is UTC else entry.at
            if isinstance(content, str):
                said = readable(content) if "<" in content else content
                add(make(item, (index, role, _TEXT, began, human, said)))
                continue
            before = len(items)
            for block in content or ():
                text: str | None
                match block.type:
                    case "tool_result":
                        what = _ERROR if block.is_error else _RESULT
                        text = output_text(block, tools)
                    case "tool_use":
                        what = _CALL
                        text = call_text(block) if tools else block.name and ""
                    case "text":
                        what, text = _TEXT, block.text
                        if text is not None and "<" in text:
                            text = readable(text)
                    case "thinking":
                        what, text = _THINKING, block.thinking
                    case _:
                        text = None
                if text is not None:
                    add(make(item, (index, role, what, began, human, text)))
                    continue
                texts = texts_of_block(block, tools)
                whole = texts is None
                if texts is None:
                    del items[before:]
                    texts = texts_of_line(part, place, tools)
                items += [TextItem(index, role, sort, began, human, more) for sort, more in texts]
                if whole:
                    break
        state.message_id, state.began, state.messages = message_id, began, index + 1
        facts.messages = counted
        facts.take_usage(usages)


_WHOLE_LINE = (Block(),)
"""Content that sends a record to `texts_of_line`."""
