"""Reads a Codex rollout from any place on: indexed texts, places of messages, facts for the list.

Pure: blocks of bytes in, values out. Of most lines only the first bytes are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sessiontui.domain.indexed_text import TextItem, TextKind
from sessiontui.domain.message import Role
from sessiontui.records.codex_lines import Event, Record, moment, record_of
from sessiontui.records.codex_places import Places
from sessiontui.records.codex_quick import (
    AT,
    CALL,
    DONE,
    PROMPT,
    PROMPTED,
    QUIET,
    RESULT,
    SETTING,
    TALK,
    TOKENS,
    TURN,
    context_of,
    has_failed,
    head_matcher,
    prompt_of,
    prompted_text,
    talk_of,
    turn_of,
)
from sessiontui.records.codex_speech import Side, is_context, spoken_of
from sessiontui.records.codex_state import State, began_at, brief
from sessiontui.records.pieces import text_of_piece

_BRACE, _NEWLINE = 0x7D, 0x0A
_CALLED, _GOOD = TextKind.TOOL_CALL, TextKind.TOOL_RESULT
_TEXT = TextKind.TEXT
_BLANK = ("",)
_new = tuple.__new__


class RolloutReader:
    """Takes in the blocks of one rollout from where its state stands, in order.

    Without `tools`, what tools were asked and gave back is not decoded and gives empty texts: one
    for each message. With `places`, messages are only noted there and give no texts.
    """

    def __init__(self, state: State, *, tools: bool = True, places: Places | None = None) -> None:
        self.state = state
        self.items: list[TextItem] = []
        self.unfinished = False
        """Behind what was read stands the beginning of a line that is still being written."""
        self._tools = tools
        self._places = places
        self._pieces: list[bytes] = []
        self._tokens = b""
        self._minute = b""
        self._began = 0.0

    def feed(self, block: bytes) -> None:
        """Take in the bytes that follow."""
        state = self.state
        if state.unended and block:
            # The LF of a line that was read without it is no line of its own.
            if block[0] == _NEWLINE:
                block = block[1:]
                state.offset += 1
            state.unended = False
        first = block.find(b"\n") + 1
        if not first:
            self._pieces.append(block)
            return
        begin = 0
        if self._pieces:
            # Only the line that goes on from before is put together, not the whole block.
            self._lines(b"".join((*self._pieces, block[:first])), 0)
            self._pieces = []
            begin = first
        end = self._lines(block, begin)
        if end < len(block):
            self._pieces.append(block[end:])

    def pause(self) -> None:
        """What follows is for another reader: it begins with the line that is not whole yet."""
        self._pieces = []
        self._note_tokens()

    def finish(self) -> None:
        """There is no more: a last line without its LF counts when it is whole."""
        state = self.state
        rest = b"".join(self._pieces)
        self._pieces = []
        if rest.strip():
            record = record_of(rest)
            self.unfinished = record.damage is not None
            if not self.unfinished:
                state.lines += 1
                self._take(rest, record, state.offset)
                state.offset += len(rest)
                state.unended = True
        self._note_tokens()

    def _lines(self, data: bytes, position: int) -> int:
        """Take in the whole lines of a block; returns where the first unfinished one begins.

        One flat loop on purpose: it runs for every line of every history.
        """
        state, places, tools, head = self.state, self._places, self._tools, head_matcher()
        by_item, by_event = state.said
        start, lines, messages = state.offset - position, state.lines, state.messages
        add, find, seen = self.items.append, data.find, None
        minute, began, opens = self._minute, self._began, state.opens
        at: float | None
        texts: Sequence[str] | None
        told: TextKind | None
        while (end := find(b"\n", position)) >= 0:
            lines += 1
            found = head(data, position)
            # A line that was torn is decoded, to tell of it.
            if found is not None and data[end - 1] == _BRACE:
                kind = found.lastindex or QUIET
                if kind >= QUIET:
                    if kind == TOKENS:
                        self._tokens = data[position:end]
                        if places is not None and places.spending is not None:
                            places.spending.count(self._tokens)
                    seen, position = found, end + 1
                    continue
                if kind <= TALK:
                    texts, role, told = _BLANK, "assistant", _CALLED
                    if kind == TALK:
                        texts, told = talk_of(data[position:end])
                    elif tools:
                        texts = None
                    elif kind != CALL:
                        role, told = "tool", _GOOD if kind == DONE else has_failed(data, found)
                        texts = _BLANK if told is not None else None
                    if texts is not None:
                        seen = found
                        if texts:
                            if by_item or by_event:
                                state.forget_twins()
                            opens = told is not _TEXT
                            if not opens:
                                state.counted += 1
                            if places is not None:
                                by_agent = role == "assistant"
                                places.add(
                                    start + position, end - position, lines, by_agent=by_agent
                                )
                            else:
                                written = found[1]
                                if written[:17] == minute:
                                    at = began + float(written[17:23])
                                else:
                                    at = self._seconds(written)
                                    minute, began = self._minute, self._began
                                for text in texts:
                                    add(_new(TextItem, (messages, role, told, at, False, text)))
                            messages += 1
                        position = end + 1
                        continue
                else:
                    state.lines, state.messages, state.opens = lines, messages, opens
                    if self._quick(data[position:end], kind, found, start + position):
                        messages, opens = state.messages, state.opens
                        seen, position = found, end + 1
                        continue
            if position != end:
                if seen is not None:
                    state.moved, seen = seen[AT].decode(errors="replace"), None
                line = data[position:end]
                if not line.isspace():
                    state.lines, state.messages, state.opens = lines, messages, opens
                    record = record_of(line)
                    if record.damage is not None and found is not None:
                        self._let_pass(line, found)
                    self._take(line, record, start + position)
                    messages, opens = state.messages, state.opens
            position = end + 1
        if seen is not None:
            state.moved = seen[AT].decode(errors="replace")
        state.lines, state.messages, state.opens = lines, messages, opens
        state.offset = start + position
        return position

    def _quick(self, line: bytes, kind: int, found: re.Match[bytes], offset: int) -> bool:
        """Take in a line of which little is wanted; False when it has to be read as a whole."""
        state, places = self.state, self._places
        if kind not in (PROMPT, PROMPTED):
            return self._note_quickly(line, kind, found)
        text = prompt_of(line) if kind == PROMPT else prompted_text(line)
        if text is None:
            return False
        if not state.asked(text, Side.ITEM if kind == PROMPT else Side.EVENT):
            return True
        if places is not None:
            places.add(offset, len(line), state.lines)
            return True
        at, index = self._seconds(found[AT]), state.messages - 1
        self.items.append(TextItem(index, "user", _TEXT, at, not state.of_subagent, text))
        return True

    def _note_quickly(self, line: bytes, kind: int, found: re.Match[bytes]) -> bool:
        state = self.state
        if kind == TURN:
            turn = turn_of(line)
            if turn is None:
                return False
            if turn.type.endswith("started"):
                began = began_at(turn.started_at)
                began = self._seconds(found[AT]) if began is None else began
                state.begin_turn(brief(turn.turn_id), began)
            else:
                state.end_turn()
        elif kind == SETTING:
            context = context_of(line)
            if context is None:
                return False
            model = state.model
            state.note_context(context)
            self._note_model(model)
        else:
            state.context += 1
        return True

    def _seconds(self, at: bytes) -> float | None:
        """The time of a line in Codex's own form, in seconds since the epoch."""
        minute = at[:17]
        if minute != self._minute:
            whole = moment(f"{minute.decode(errors='replace')}00.000Z")
            if whole is None:
                return None
            self._minute, self._began = minute, whole.timestamp()
        # As exact as the time of the whole text: milliseconds are far from where a float ends.
        return self._began + float(at[17:23])

    def _note_model(self, before: str) -> None:
        if self._places is not None and self.state.model != before:
            self._places.models.append((self.state.messages, self.state.model))

    def _let_pass(self, line: bytes, found: re.Match[bytes]) -> None:
        """Count a spoiled line of a tool as one that is not.

        Where tools are not decoded, nobody would know that it is spoiled inside.
        """
        if found.lastindex in (DONE, RESULT, CALL) and line[-1] == _BRACE:
            state = self.state
            state.forget_twins()
            state.opens = True
            state.damaged -= 1
            state.moved = found[AT].decode(errors="replace")

    def _note_tokens(self) -> None:
        if self._tokens:
            body = record_of(self._tokens).body
            self._tokens = b""
            if isinstance(body, Event):
                self.state.note_tokens(body)

    def _take(self, line: bytes, record: Record, offset: int) -> None:
        state, places = self.state, self._places
        if record.name == "token_count":
            self._note_tokens()
            if places is not None and places.spending is not None:
                places.spending.count(line)
        model = state.model
        state.note(record)
        self._note_model(model)
        spoken = spoken_of(record, state.lines, of_subagent=state.of_subagent)
        if spoken is None:
            state.context += is_context(record.body)
            return
        if not state.admits(spoken):
            return
        if places is not None:
            by_agent = spoken.role is Role.ASSISTANT
            places.add(offset, len(line), state.lines, by_agent=by_agent)
            return
        at = moment(record.at)
        seconds = None if at is None else at.timestamp()
        index, role, human = state.messages - 1, spoken.role.value, spoken.human
        for piece in spoken.pieces:
            kind, text = text_of_piece(piece, tools=self._tools)
            self.items.append(TextItem(index, role, kind, seconds, human, text))
