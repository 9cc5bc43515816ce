"""Indexed text of Claude Code's transcripts, read from any position on.

Only a small state is carried from one reading to the next, so that an append costs its own bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sessiontui.domain.indexed_text import TextItem, TextKind
from sessiontui.domain.message import Role
from sessiontui.records.claude_code_blocks import text_of_piece
from sessiontui.records.claude_code_order import Link, arranged
from sessiontui.records.claude_code_records import raw_pieces, record_of, voice_of
from sessiontui.storage.jsonl_file import Line

_RECENT = 8
_AWAITED = 50


class TextState(NamedTuple):
    """Where reading indexed text stopped: all that is needed to go on.

    `messages` counts the messages so far, `message_id` and `began` (seconds since the epoch) are
    those of the last one, `recent` are the last records' ids, `awaited` are parents that have not
    been seen.
    """

    offset: int = 0
    lines: int = 0
    messages: int = 0
    message_id: str | None = None
    began: float | None = None
    recent: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()


class TextReading(NamedTuple):
    """Text that follows a state; with `reordered`, what was read before has to be read again."""

    items: list[TextItem]
    state: TextState
    reordered: bool = False


class _Spoken(NamedTuple):
    link: Link
    message_id: str | None
    role: Role | None
    human: bool
    at: float | None
    texts: list[tuple[TextKind, str]]


def texts_from(lines: Iterable[Line], state: TextState) -> TextReading:
    """The indexed text of the lines that follow a state (a fresh one: of all lines)."""
    awaited = set(state.awaited)
    spoken: list[_Spoken] = []
    offset, count = state.offset, state.lines
    for line in lines:
        record = record_of(line, count + 1)
        if record is None and not line.ended:
            break
        offset = line.end
        count += line.ended
        if record is None:
            continue
        if record.uuid in awaited:
            return TextReading([], TextState(), reordered=True)
        voice = voice_of(record)
        if voice is None:
            if record.uuid is not None:
                link = Link(record.uuid, record.parent)
                spoken.append(_Spoken(link, None, None, False, None, []))
            continue
        at = record.at
        spoken.append(
            _Spoken(
                Link(record.uuid, record.parent),
                record.message_id,
                voice.role,
                voice.human,
                None if at is None else at.timestamp(),
                [text_of_piece(piece) for piece in raw_pieces(record)],
            )
        )
    items, messages, message_id, began = _numbered(spoken, state)
    uuids = [s.link.uuid for s in spoken if s.link.uuid is not None]
    seen = {*uuids, *state.recent}
    missing = [p for s in spoken if (p := s.link.parent) is not None and p not in seen]
    return TextReading(
        items,
        TextState(
            offset,
            count,
            messages,
            message_id,
            began,
            (*state.recent, *uuids)[-_RECENT:],
            tuple(dict.fromkeys((*state.awaited, *missing)))[-_AWAITED:],
        ),
    )


def _numbered(
    spoken: Sequence[_Spoken], state: TextState
) -> tuple[list[TextItem], int, str | None, float | None]:
    items: list[TextItem] = []
    messages, message_id, began = state.messages, state.message_id, state.began
    for index in arranged([one.link for one in spoken]):
        one = spoken[index]
        if one.role is None:
            continue
        if one.message_id is None or one.message_id != message_id:
            messages += 1
            message_id = one.message_id
            began = one.at
        role = one.role.value
        items.extend(
            TextItem(messages - 1, role, kind, began, one.human, text) for kind, text in one.texts
        )
    return items, messages, message_id, began
