"""Writes whole sessions into Claude Code's folder: for demo stores and tests."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sessiontui.backends.claude_code.projects import (
    ENDING,
    PROJECTS,
    ProjectFolders,
    is_session_key,
)
from sessiontui.domain.errors import BadKey
from sessiontui.domain.message import Message
from sessiontui.domain.session import Session, TitleSource
from sessiontui.records.claude_code_folders import folder_name
from sessiontui.records.claude_code_writing import title_record, transcript_of
from sessiontui.storage.atomic_file import create_file, replace_file
from sessiontui.storage.file_state import FileState, file_state
from sessiontui.storage.locations import private_folder
from sessiontui.storage.system_errors import store_error


def make_root(root: Path) -> None:
    """Make an empty folder of Claude Code's."""
    _make_folder(root / PROJECTS)


def write_session(projects: ProjectFolders, session: Session, messages: Iterable[Message]) -> None:
    """Write a session's transcript, with its title at the end. Raises `BadKey`, `Unsupported`."""
    key = session.ref.key
    if not is_session_key(key):
        raise BadKey(f"{key!r} is no id of a session of Claude Code", "give a UUID")
    folder = session.workspace or Path("/")
    content = transcript_of(
        messages,
        key,
        folder,
        branch=session.branch,
        began_at=session.created_at,
        model=session.model,
        forked_from=session.parent.key if session.parent is not None else None,
        tokens=session.tokens,
    )
    if session.title and session.title_source is TitleSource.STORE:
        content += title_record(session.title, key)
    moved = session.last_activity
    mtime_ns = None if moved is None else round(moved.timestamp() * 1000) * 1_000_000
    held = projects.find(key)
    path = projects.path / folder_name(str(folder)) / f"{key}{ENDING}"
    # A transcript in which nothing was said yet is none of a session, but it is there.
    state = _state(path) if held is None else held.state
    if state is not None:
        path = path if held is None else held.path
        replace_file(path, content, state, growing=False, mtime_ns=mtime_ns)
        return
    _make_folder(path.parent)
    create_file(path, content, mtime_ns=mtime_ns)


def _state(path: Path) -> FileState | None:
    try:
        return file_state(path)
    except OSError as error:
        raise store_error(error, path) from error


def _make_folder(folder: Path) -> None:
    try:
        private_folder(folder)
    except OSError as error:
        raise store_error(error, folder) from error
