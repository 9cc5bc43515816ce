"""Writes whole sessions into Codex's folder: for demo stores and tests."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from sessiontui.backends.codex.names import INDEX, names_thread
from sessiontui.backends.codex.tree import SESSIONS, RolloutTree
from sessiontui.domain.errors import BadKey, ChangedUnderneath
from sessiontui.domain.message import Message
from sessiontui.domain.session import Session, TitleSource
from sessiontui.records.codex_writing import began, index_line, rollout_of
from sessiontui.storage.atomic_file import create_file, replace_file
from sessiontui.storage.file_state import file_state
from sessiontui.storage.jsonl_file import read_file
from sessiontui.storage.locations import store_folder
from sessiontui.storage.system_errors import store_error


def make_root(root: Path) -> None:
    """Make an empty folder of Codex's."""
    store_folder(root / SESSIONS)


def write_session(tree: RolloutTree, session: Session, messages: Iterable[Message]) -> None:
    """Write a session's rollout, and its title into the index of names.

    Raises `BadKey`, `Unsupported`, and `ChangedUnderneath` where another file than a plain rollout
    stands for the session.
    """
    key, spoken = session.ref.key, tuple(messages)
    if not _is_id(key):
        raise BadKey(f"{key!r} is no id of a session of Codex", "give a UUID in small letters")
    content = rollout_of(session, spoken)
    moved = session.last_activity
    mtime_ns = None if moved is None else round(moved.timestamp() * 1000) * 1_000_000
    held = tree.session(key)
    if held is None:
        # Codex names folders and files by the local time.
        start = began(session, spoken).astimezone()
        folder = tree.root / SESSIONS / f"{start:%Y}" / f"{start:%m}" / f"{start:%d}"
        store_folder(folder)
        path = folder / f"rollout-{start:%Y-%m-%dT%H-%M-%S}-{key}.jsonl"
        create_file(path, content, mtime_ns=mtime_ns)
    elif held.kind is not None or held.compressed:
        raise ChangedUnderneath(f"{held.path} stands for {key}", "give it another id")
    else:
        replace_file(held.path, content, held.state, growing=False, mtime_ns=mtime_ns)
    _write_name(tree.root / INDEX, session, spoken)


def _write_name(index: Path, session: Session, messages: tuple[Message, ...]) -> None:
    before, state = b"", None
    if _there(index):
        before, state = read_file(index)
    lines = [
        line for line in before.splitlines(keepends=True) if not names_thread(line, session.ref.key)
    ]
    if session.title and session.title_source is TitleSource.STORE:
        lines.append(index_line(session, session.last_activity or began(session, messages)))
    content = b"".join(lines)
    if content == before:
        return
    if state is None:
        create_file(index, content)
    else:
        replace_file(index, content, state)


def _there(path: Path) -> bool:
    try:
        return file_state(path) is not None
    except OSError as error:
        raise store_error(error, path) from error


def _is_id(key: str) -> bool:
    try:
        return str(UUID(key)) == key
    except ValueError:
        return False
