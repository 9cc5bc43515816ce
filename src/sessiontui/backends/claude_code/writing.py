"""Writes whole sessions into Claude Code's folder: for demo stores and tests."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sessiontui.backends.claude_code.agents import ENDING, AgentKey, encoded_note, note_path
from sessiontui.backends.claude_code.projects import PROJECTS, ProjectFolders, is_session_key
from sessiontui.domain.errors import BadKey
from sessiontui.domain.message import Message
from sessiontui.domain.session import Session, SessionRef, TitleSource
from sessiontui.domain.value import JsonValue
from sessiontui.records.claude_code_folders import folder_name
from sessiontui.records.claude_code_writing import title_record, transcript_of
from sessiontui.storage.atomic_file import create_file, replace_file, write_file
from sessiontui.storage.file_state import FileState, file_state
from sessiontui.storage.locations import store_folder
from sessiontui.storage.system_errors import store_error


def make_root(root: Path) -> None:
    """Make an empty folder of Claude Code's."""
    store_folder(root / PROJECTS)


def write_session(projects: ProjectFolders, session: Session, messages: Iterable[Message]) -> None:
    """Write a session's transcript, with its title at the end. Raises `BadKey`, `Unsupported`.

    That of a sub-agent goes below the folder of its session, its title into the note beside it.
    """
    key = session.ref.key
    agent = AgentKey.of(key)
    if agent is None and not is_session_key(key):
        raise BadKey(f"{key!r} is no id of a session of Claude Code", "give a UUID")
    folder = session.workspace or Path("/")
    of_session = key if agent is None else agent.session or _key_of(session.parent)
    forked_from = None if agent is not None else _key_of(session.parent)
    content = transcript_of(
        messages,
        of_session or key,
        folder,
        branch=session.branch,
        began_at=session.created_at,
        model=session.model,
        forked_from=forked_from,
        tokens=session.tokens,
        agent_id=None if agent is None else agent.id,
    )
    given = session.title if session.title_source is TitleSource.STORE else None
    if given and agent is None:
        content += title_record(given, key)
    moved = session.last_activity
    mtime_ns = None if moved is None else round(moved.timestamp() * 1000) * 1_000_000
    held = projects.find(key)
    place = f"{key}{ENDING}" if agent is None else agent.place
    path = projects.path / folder_name(str(folder)) / place if held is None else held.path
    store_folder(path.parent)
    if agent is not None:
        _write_note(note_path(path), session, given)
    # A transcript in which nothing was said yet is none of a session, but it is there.
    state = _state(path) if held is None else held.state
    if state is None:
        create_file(path, content, mtime_ns=mtime_ns)
    else:
        replace_file(path, content, state, growing=False, mtime_ns=mtime_ns)


def _key_of(ref: SessionRef | None) -> str | None:
    return None if ref is None else ref.key


def _write_note(path: Path, session: Session, description: str | None) -> None:
    kind, call_id = (_text(session.extra.get(name)) for name in ("agent_type", "tool_use_id"))
    try:
        write_file(path, encoded_note(kind, description, call_id))
    except OSError as error:
        raise store_error(error, path) from error


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None


def _state(path: Path) -> FileState | None:
    try:
        return file_state(path)
    except OSError as error:
        raise store_error(error, path) from error
