"""What a change means in the columns of hermes-bot's table."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sessiontui.backends.hermes_bot.database import new_cells, written_time
from sessiontui.backends.hermes_bot.reading import BotReader
from sessiontui.backends.hermes_bot.rows import PENDING
from sessiontui.backends.hermes_bot.transcripts import Found
from sessiontui.domain.errors import ChangedUnderneath, Unsupported
from sessiontui.domain.message import Message
from sessiontui.domain.session import Session, SessionPatch, SessionState
from sessiontui.domain.store import Capability
from sessiontui.domain.value import JsonValue
from sessiontui.records.claude_code_folders import folder_name, is_session_id
from sessiontui.records.claude_code_writing import transcript_of
from sessiontui.storage.atomic_file import create_file, replace_file
from sessiontui.storage.locations import store_folder

_REFUSED: Mapping[str, tuple[Capability, str]] = {
    "title": (Capability.RENAME, "hermes-bot has no field for a title"),
    "agent": (Capability.SET_AGENT, "hermes-bot knows one agent only"),
    "channel": (Capability.SET_CONTEXT, "a session of hermes-bot stays in its Slack thread"),
    "room": (Capability.SET_CONTEXT, "hermes-bot has no rooms"),
    "sender": (Capability.SET_CONTEXT, "hermes-bot does not keep who sent a message"),
    "turn_id": (Capability.SET_STATE, "hermes-bot does not store turns"),
}
_COLUMNS: Mapping[str, str] = {
    "native_id": "session_id",
    "repo": "repo",
    "workspace": "repo_path",
    "model": "model",
    "turns": "total_turns",
    "last_activity": "last_active",
    "state": "status",
}


def patched_cells(changes: SessionPatch) -> dict[str, JsonValue]:
    """The columns a patch sets. Raises `Unsupported` for what the table cannot hold."""
    for name, (capability, why_not) in _REFUSED.items():
        if name in changes:
            raise Unsupported(capability, why_not)
    cells: dict[str, JsonValue] = {}
    for name, column in _COLUMNS.items():
        if name in changes:
            cells[column] = _cell(name, changes.get(name))
    return cells


def _cell(name: str, value: object) -> JsonValue:
    match name, value:
        case "state", None | SessionState.IDLE:
            return "active"
        case "state", SessionState.ERROR:
            return "error"
        case "state", _:
            raise Unsupported(
                Capability.SET_STATE, "hermes-bot stores only whether the last turn failed"
            )
        case "model", None:
            return None
        case _, None:
            raise Unsupported(Capability.SET_CONTEXT, f"hermes-bot needs a {name} in every row")
        case "turns", int():
            if not 0 <= value < 2**32:
                raise Unsupported(Capability.SET_CONTEXT, f"hermes-bot cannot hold {value:,} turns")
            return value
        case _, datetime():
            return written_time(value if value.tzinfo else value.replace(tzinfo=UTC))
        case _:
            return str(value).encode("utf-8", "replace").decode("utf-8")


def new_row(session: Session, messages: Sequence[Message], now: datetime) -> dict[str, JsonValue]:
    """The row of a session that is put: what is not known of it gets the bot's own defaults."""
    key = session.ref.key
    native = session.native_id or (str(uuid.uuid4()) if messages else f"{PENDING}{key}")
    times = [message.created_at for message in messages if message.created_at]
    created = session.created_at or min(times, default=now)
    active = session.last_activity or max(times, default=created)
    turns = session.turns if session.turns is not None else sum(m.human for m in messages)
    return new_cells(
        {
            "thread_ts": key,
            "session_id": native,
            "repo": session.repo or "",
            "repo_path": str(session.workspace or ""),
            "agent_kind": "claude",
            "channel_id": session.channel or "",
            "created_at": written_time(created),
            "last_active": written_time(active),
            "status": "error" if session.state is SessionState.ERROR else "active",
            "total_turns": max(0, turns),
            "model": session.model,
        }
    )


def write_transcript(
    reader: BotReader,
    cells: Mapping[str, JsonValue],
    messages: Sequence[Message],
    session: Session,
    replaced: Found | None,
) -> None:
    """Write the transcript a put session points to, where Claude Code would keep it.

    Only below the home the store plainly lies in, and never over a transcript that does not
    belong to the row that is replaced. Raises `Unsupported`, `ChangedUnderneath`.
    """
    native = str(cells["session_id"])
    if reader.own_home is None:
        raise Unsupported(
            Capability.PUT, "no home of Claude Code lies above this store, to write a transcript to"
        )
    if not is_session_id(native):
        raise Unsupported(Capability.PUT, f"Claude Code has no session called {native}")
    repo = str(cells["repo_path"]) or "/"
    content = transcript_of(
        messages, native, Path(repo), branch=session.branch, began_at=session.created_at
    )
    path = reader.finder.projects / folder_name(repo) / f"{native}.jsonl"
    if replaced is not None and replaced.path == path:
        replace_file(path, content, replaced.state, growing=False)
        return
    if reader.finder.find_all([(native, repo)])[native, repo] is not None:
        raise ChangedUnderneath(
            f"Claude Code has a session {native} already", "give it another native id"
        )
    store_folder(path.parent)
    create_file(path, content)
