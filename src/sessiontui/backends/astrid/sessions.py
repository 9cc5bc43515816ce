"""A session file and the session it becomes."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sessiontui.backends.astrid.acceptance import GIT_STATE, fields_of
from sessiontui.backends.astrid.contents import summary_of
from sessiontui.backends.astrid.document import Document
from sessiontui.backends.astrid.names import (
    NEWER_ENDING,
    file_name_of,
    key_in,
    key_of_newer,
    uuid_of,
)
from sessiontui.domain.session import Session, SessionRef, SessionState, TitleSource
from sessiontui.domain.value import JsonValue, PlainValue
from sessiontui.records.json_values import bounded, clipped
from sessiontui.records.rfc3339 import parse_time
from sessiontui.storage.file_state import FileState
from sessiontui.storage.json_text import whole_number
from sessiontui.storage.system_errors import store_error

FORMAT = "astrid"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TITLE_CHARACTERS = 200
_NOT_EXTRA = frozenset(
    {"messages", "created_at", "token_count", "metadata", "workspace_path", "model", "git_state"}
)


class SessionFile(PlainValue):
    """A session's file: its key, its state (None for a link that leads nowhere), and a newer one.

    `newer` is the state of a version that a crash left beside it.
    """

    key: str
    path: Path
    state: FileState | None
    newer: FileState | None = None

    @property
    def fingerprint(self) -> str:
        """Changes with the file, and with the newer version beside it."""
        own = self.state.fingerprint if self.state else "-"
        return f"{own}+{self.newer.fingerprint}" if self.newer else own

    @property
    def newer_path(self) -> Path:
        """Where a save puts a new version before it is renamed."""
        return self.path.with_name(self.key + NEWER_ENDING)


def session_files(folder: Path) -> list[SessionFile]:
    """The session files of a folder; none when it does not exist. Sockets are never touched.

    Raises `StoreUnreadable`.
    """
    found: dict[str, SessionFile] = {}
    newer: dict[str, FileState] = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                key, key_of_other = key_in(entry.name), key_of_newer(entry.name)
                if key is None and key_of_other is None:
                    continue
                state, regular = _looked_at(entry)
                if key is not None and (regular or (state is None and entry.is_symlink())):
                    found[key] = SessionFile(key, folder / entry.name, state)
                elif key_of_other is not None and regular and state is not None:
                    newer[key_of_other] = state
    except FileNotFoundError:
        return []
    except OSError as error:
        raise store_error(error, folder) from error
    return [file.replace(newer=newer.get(key)) for key, file in sorted(found.items())]


def session_file(folder: Path, key: str) -> SessionFile | None:
    """The session file of exactly this name. Raises `StoreUnreadable`."""
    path = folder / file_name_of(key)
    own = SessionFile(key, path, None)
    try:
        state, regular = _stat(path)
        if not (regular or (state is None and path.is_symlink())):
            return None
        newer, newer_regular = _stat(own.newer_path)
    except OSError as error:
        raise store_error(error, path) from error
    return own.replace(state=state, newer=newer if newer_regular else None)


def _stat(path: Path) -> tuple[FileState | None, bool]:
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None, False
    return FileState.from_stat(found), stat.S_ISREG(found.st_mode)


def _looked_at(entry: os.DirEntry[str]) -> tuple[FileState | None, bool]:
    try:
        found = entry.stat()
    except FileNotFoundError:
        return None, False
    return FileState.from_stat(found), stat.S_ISREG(found.st_mode)


def session_of(
    file: SessionFile, store: str, document: Document | None, problem: str | None = None
) -> Session:
    """The session of a file; without a document, what is known of it from outside."""
    fields = document.fields if document else {}
    summary = summary_of(document) if document else None
    inner = fields.get("id")
    inner_id = uuid_of(inner) if isinstance(inner, str) else None
    title, source = _title(file, document, summary.first_prompt if summary else None)
    git = fields_of(fields.get("git_state"), GIT_STATE) or {}
    workspace = _text(fields, "workspace_path")
    modified = file.state.mtime_ns if file.state else None
    sound = document is not None and document.refused is None
    return Session(
        ref=SessionRef(store, file.key),
        format=FORMAT,
        title=title,
        title_source=source,
        created_at=parse_time(fields.get("created_at")),
        last_activity=_time(modified),
        message_count=summary.loaded if summary and sound else None,
        state=SessionState.UNKNOWN,
        turn_open=summary.turn_open if summary and sound else None,
        agent="astrid",
        model=_text(fields, "model"),
        workspace=Path(workspace) if workspace else None,
        branch=_text(git, "branch"),
        native_id=inner_id,
        turns=_count(document.metadata.get("turn_count")) if document else None,
        tokens=_count(fields.get("token_count")),
        size_bytes=file.state.size if file.state else None,
        problem="; ".join(_problems(file, document, inner_id, problem)) or None,
        fingerprint=file.fingerprint,
        extra=_extra(document, summary.dropped if summary else 0) if document else {},
    )


def _title(
    file: SessionFile, document: Document | None, prompt: str | None
) -> tuple[str, TitleSource]:
    stored = document.title if document else None
    if stored is not None:
        return stored, TitleSource.STORE
    if prompt is not None:
        return " ".join(prompt.split())[:_TITLE_CHARACTERS], TitleSource.DERIVED
    return f"Session {(uuid_of(file.key) or file.key)[:8]}", TitleSource.DERIVED


def _problems(
    file: SessionFile, document: Document | None, inner_id: str | None, problem: str | None
) -> Iterator[str]:
    if problem is not None:
        yield problem
    if document is not None:
        if document.refused is not None:
            yield f"astrid refuses this file: {document.refused}"
        elif inner_id is None:
            yield "the id in the file is none: astrid gives it a new one each time"
        elif inner_id != uuid_of(file.key):
            yield f"the id in the file is another one ({inner_id}): astrid would save it under that"
    if uuid_of(file.key) != file.key:
        yield "astrid lists it and cannot open it: the file name is not in its usual spelling"
    if file.newer is not None:
        yield f"a newer version lies beside it, left by a crash: {file.key}{NEWER_ENDING}"


def _extra(document: Document, dropped: int) -> dict[str, JsonValue]:
    """Everything of a file that has no field of its own; the messages are elsewhere."""
    extra: dict[str, JsonValue] = {}
    for name, value in document.fields.items():
        if name not in _NOT_EXTRA:
            extra[name] = _shown(value)
    for name, value in document.metadata.items():
        if name not in ("title", "turn_count"):
            extra[name] = _shown(value)
    git = fields_of(document.fields.get("git_state"), GIT_STATE)
    if git and git.get("commit"):
        extra["commit"] = _shown(git["commit"])
    if dropped:
        extra["dropped_messages"] = dropped
    return extra


def _shown(value: Any) -> JsonValue:
    shown: JsonValue = bounded(clipped(value))
    return shown


def _text(holder: Any, name: str) -> str | None:
    value = holder.get(name)
    return value if isinstance(value, str) and value else None


def _count(value: object) -> int | None:
    count = whole_number(value)
    return count if count is not None and count >= 0 else None


def _time(modified_ns: int | None) -> datetime | None:
    if modified_ns is None:
        return None
    try:
        return _EPOCH + timedelta(microseconds=modified_ns // 1000)
    except OverflowError:
        return None
