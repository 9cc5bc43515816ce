"""Session files as they were, and putting them back."""

from __future__ import annotations

import base64
from pathlib import Path

import msgspec

from sessiontui.backends.astrid.document import read_document
from sessiontui.backends.astrid.editing import retitled
from sessiontui.backends.astrid.sessions import SessionFile
from sessiontui.backends.astrid.writing import has_kept_time, kept_time
from sessiontui.domain.errors import UndoRefused
from sessiontui.domain.value import Value
from sessiontui.storage.atomic_file import create_file, replace_file
from sessiontui.storage.file_state import FileState, file_state
from sessiontui.storage.jsonl_file import read_file
from sessiontui.storage.system_errors import store_error


class KeptFile(Value):
    """One file as it was: its bytes, rights and time; or where a link led."""

    name: str
    mode: int
    mtime_ns: int
    content: str
    link: str | None = None

    @property
    def data(self) -> bytes:
        """The bytes of the file."""
        return base64.b64decode(self.content)


class KeptSession(Value):
    """A session's file and the newer version beside it, if there was one."""

    own: KeptFile
    newer: KeptFile | None = None


def payload_of(file: SessionFile) -> bytes:
    """Everything of a session's files. Raises `StoreMissing`, `StoreUnreadable`."""
    newer = _kept(file.newer_path) if file.newer else None
    return msgspec.json.encode(KeptSession(own=_kept(file.path), newer=newer))


def kept_in(payload: bytes) -> KeptSession:
    """What `payload_of` made."""
    return msgspec.json.decode(payload, type=KeptSession)


def _kept(path: Path) -> KeptFile:
    try:
        if path.is_symlink():
            target = str(path.readlink())
            return KeptFile(name=path.name, mode=0, mtime_ns=0, content="", link=target)
        data, state = read_file(path)
        mode = path.stat().st_mode & 0o7777
    except OSError as error:
        raise store_error(error, path) from error
    content = base64.b64encode(data).decode("ascii")
    return KeptFile(name=path.name, mode=mode, mtime_ns=state.mtime_ns, content=content)


def put_back(folder: Path, kept: KeptSession) -> None:
    """Make a session's files what they were, byte by byte and with their times.

    Files that are there as they were are left alone. Raises `UndoRefused` where astrid has written
    the session since: its file holds what was said after, and cannot be merged.
    """
    _put_back(folder, kept.own)
    if kept.newer is not None and not (folder / kept.newer.name).exists():
        _put_back(folder, kept.newer)


def _put_back(folder: Path, kept: KeptFile) -> None:
    path = folder / kept.name
    if path.is_symlink() or kept.link is not None:
        _put_link_back(path, kept)
        return
    if _state(path) is None:
        create_file(path, kept.data, mode=kept.mode, mtime_ns=kept.mtime_ns)
        return
    data, state = read_file(path)
    wanted = _with_title_of(data, kept.data)
    if data == wanted:
        return
    if not has_kept_time(state.mtime_ns, kept.mtime_ns):
        # Changes made here keep the time of a file; a save of astrid's never does.
        raise UndoRefused(
            "astrid has saved this session again since", "export it, or delete the newer one first"
        )
    replace_file(path, wanted, state, growing=False, mtime_ns=kept.mtime_ns)


def _with_title_of(current: bytes, kept: bytes) -> bytes:
    """The kept content, with the title the session was given since, if it was."""
    now, before = read_document(current), read_document(kept)
    if now.refused is not None or before.refused is not None or now.title == before.title:
        return kept
    return retitled(kept.decode("utf-8"), now.title).encode("utf-8")


def _put_link_back(path: Path, kept: KeptFile) -> None:
    try:
        if path.is_symlink() and kept.link == str(path.readlink()):
            return
        if kept.link is None or path.is_symlink() or path.exists():
            raise UndoRefused(f"another {path.name} is there by now", "move it away first")
        path.symlink_to(kept.link)
    except OSError as error:
        raise store_error(error, path) from error


def put_title_back(folder: Path, kept: KeptSession) -> None:
    """Give a session the title it had, and keep what was said since.

    Raises `UndoRefused` where the file is gone, or is one that astrid itself refuses.
    """
    path = folder / kept.own.name
    if _state(path) is None:
        raise UndoRefused("the session was deleted since", "undo an earlier change")
    data, state = read_file(path)
    if data == kept.own.data:
        return
    if has_kept_time(state.mtime_ns, kept.own.mtime_ns):
        replace_file(path, kept.own.data, state, growing=False, mtime_ns=kept.own.mtime_ns)
        return
    document, title = read_document(data), read_document(kept.own.data).title
    if document.refused is not None:
        raise UndoRefused(f"astrid refuses this file by now: {document.refused}", "export it")
    if document.title == title:
        return
    content = retitled(data.decode("utf-8"), title).encode("utf-8")
    kept_ns = kept_time(state.mtime_ns, content)
    replace_file(path, content, state, growing=False, mtime_ns=kept_ns)


def _state(path: Path) -> FileState | None:
    try:
        return file_state(path)
    except OSError as error:
        raise store_error(error, path) from error
