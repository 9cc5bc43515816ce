"""Changing JSONL sessions: by a finished file in place of the old one, or one appended line.

zeroclaw appends without any lock, so what it writes while a file is replaced is carried over, and
a file that is no longer as it was read is not touched.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from sessiontui.backends.zeroclaw_jsonl.folder import DATABASE, ENDING, Listed, SessionFolder
from sessiontui.domain.backend import ClearOnly, ClearScope
from sessiontui.domain.errors import (
    BadKey,
    ChangedUnderneath,
    SessionBusy,
    SessionMissing,
    StoreReadOnly,
    StoreUnreadable,
)
from sessiontui.domain.message import Message
from sessiontui.domain.session import Session, SessionRef
from sessiontui.domain.value import PlainValue
from sessiontui.records.zeroclaw_lines import (
    StoredMessage,
    changed_line,
    is_blank,
    is_message,
    written_line,
)
from sessiontui.records.zeroclaw_times import with_time_prefix
from sessiontui.records.zeroclaw_writing import stored_form, taken_out
from sessiontui.storage.atomic_file import (
    create_file,
    remove_file,
    remove_leftovers,
    replace_file,
)
from sessiontui.storage.file_state import FileState
from sessiontui.storage.jsonl_file import append_line, read_file

_BEING_WRITTEN_SECONDS = 60.0
"""A last line without its LF that is younger than this is still being written."""
_ATTEMPTS = 5


class _Kept(PlainValue):
    """A line of a file with its line end, and whether it is a message, or damaged."""

    data: bytes
    end: bytes
    is_message: bool

    @property
    def is_blank(self) -> bool:
        return is_blank(self.data)

    @property
    def is_pending(self) -> bool:
        return not self.end and not self.is_message

    @property
    def is_entry(self) -> bool:
        return self.is_message or not (self.is_blank or self.is_pending)


class FolderChanges:
    """Changes the files of one folder. Safe beside a running zeroclaw."""

    def __init__(self, folder: SessionFolder, store_id: str) -> None:
        self._folder = folder
        self._store_id = store_id

    # -- single messages -------------------------------------------------------------------

    def append(self, key: str, message: Message) -> None:
        """Add a line; a file that is not there is made where zeroclaw would make one."""
        self.require_not_imported(key)
        listed = self._folder.entry(key)
        line = written_line(_stored(message))
        if listed is None:
            self._require_room_for(key)
            append_line(self._folder.path_of(key), line, mode=0o600)
            return
        content, state = self.read(listed)
        lines = _split(content)
        if lines and lines[-1].is_pending:
            self._require_at_rest(key, state)
        append_line(listed.path, line)

    def remove_last(self, key: str) -> bool:
        """Remove the last message; lines that cannot be read stay."""
        return self._change_last(key, lambda line: None)

    def update_last(self, key: str, message: Message) -> bool:
        """Replace the last message."""
        fresh = _Kept(written_line(_stored(message)), b"\n", is_message=True)
        return self._change_last(key, lambda line: fresh)

    def _change_last(self, key: str, change: Callable[[_Kept], _Kept | None]) -> bool:
        for attempt in range(_ATTEMPTS):
            listed = self._folder.entry(key)
            if listed is None:
                return False
            content, state = self.read(listed)
            lines = _split(content)
            last = next((i for i in reversed(range(len(lines))) if lines[i].is_message), None)
            if last is None:
                return False
            changed = change(lines[last])
            lines[last : last + 1] = [] if changed is None else [changed]
            try:
                self.replace(listed.path, _joined(lines), state)
            except ChangedUnderneath:
                # zeroclaw was faster: what it wrote is now the last message.
                if attempt == _ATTEMPTS - 1:
                    raise
            else:
                return True
        return False

    # -- whole sessions --------------------------------------------------------------------

    def clear(self, key: str, scope: ClearScope, expect: str | None) -> int:
        """Remove messages, or content of some kind; the file stays. Unknown ones give 0."""
        listed = self._folder.entry(key)
        if listed is None:
            return 0
        content, state = self.read(listed, expect)
        lines = _split(content)
        touched, kept = _cleared(lines, scope)
        if touched:
            # With all messages gone, what cannot be read goes too.
            self.replace(listed.path, b"" if scope.everything else _joined(kept), state)
        return touched

    def compact(self, key: str, expect: str | None) -> int:
        """Drop the lines that cannot be read; returns how many went."""
        listed = self.require(key)
        content, state = self.read(listed, expect)
        lines = _split(content)
        if lines and lines[-1].is_pending:
            self._require_at_rest(key, state)
        damaged = sum(not (line.is_message or line.is_blank) for line in lines)
        if damaged:
            kept = [_Kept(line.data, b"\n", True) for line in lines if line.is_message]
            self.replace(listed.path, _joined(kept), state)
        return damaged

    def delete(self, key: str, expect: str | None) -> bool:
        """Remove the file; of a link only the link."""
        listed = self._folder.entry(key)
        if listed is None:
            return False
        self._require_seen(listed.fingerprint, expect, key)
        if not listed.is_link:
            _require_regular(listed)
        remove_file(listed.path, listed.state)
        return True

    def put(self, session: Session, messages: Iterable[Message]) -> None:
        """Write a whole session; its last activity becomes the file's time."""
        key = session.ref.key
        self.require_not_imported(key)
        lines = [written_line(_stored(message, dated=True)) + b"\n" for message in messages]
        listed = self._folder.entry(key)
        moved = session.last_activity
        mtime_ns = None if moved is None else _nanoseconds(moved)
        if listed is None:
            self._require_room_for(key)
            create_file(self._folder.path_of(key), b"".join(lines), mtime_ns=mtime_ns)
        else:
            _, state = self.read(listed)
            self.replace(listed.path, b"".join(lines), state, mtime_ns)

    # -- what must hold --------------------------------------------------------------------

    def require(self, key: str) -> Listed:
        """The entry of a session. Raises `SessionMissing`."""
        listed = self._folder.entry(key)
        if listed is None:
            raise SessionMissing(f"there is no session {key}", "refresh the list", self._ref(key))
        return listed

    def read(self, listed: Listed, expect: str | None = None) -> tuple[bytes, FileState]:
        """A session's file, if it has the fingerprint `expect`."""
        _require_regular(listed)
        content, state = read_file(listed.path)
        self._require_seen(state.fingerprint, expect, listed.key)
        return content[: state.size], state

    def replace(
        self, path: Path, content: bytes, state: FileState, mtime_ns: int | None = None
    ) -> None:
        """Give a session's file new content, and perhaps its old time."""
        remove_leftovers(self._folder.path)
        replace_file(path, content, state, mtime_ns=mtime_ns)

    def require_not_imported(self, key: str) -> None:
        """Raise `StoreReadOnly` where zeroclaw itself would refuse to write such a file."""
        if self._folder.counts_as_imported():
            raise StoreReadOnly(
                f"zeroclaw has moved this folder to {DATABASE} and writes no more {ENDING} files",
                f"change the session in {DATABASE}",
                self._ref(key),
            )

    def _require_room_for(self, key: str) -> None:
        if not self._folder.can_name(key):
            raise BadKey("the key cannot be a file name", "leave out `/`", self._ref(key))
        self._folder.require_new_key(key)
        if self._folder.has_database():
            raise StoreReadOnly(
                f"the folder has a {DATABASE}, into which zeroclaw would import a new file",
                f"put the session into {DATABASE}",
                self._ref(key),
            )

    def _require_at_rest(self, key: str, state: FileState) -> None:
        if time.time() - state.mtime_ns / 1e9 < _BEING_WRITTEN_SECONDS:
            raise SessionBusy(
                "its last line is still being written", "try again in a minute", self._ref(key)
            )

    def _require_seen(self, fingerprint: str, expect: str | None, key: str) -> None:
        if expect is not None and fingerprint != expect:
            raise ChangedUnderneath(
                "the session has changed since it was read", "look at it again", self._ref(key)
            )

    def _ref(self, key: str) -> SessionRef:
        return SessionRef(self._store_id, key)


def _require_regular(listed: Listed) -> None:
    if listed.kind is not None:
        raise StoreUnreadable(
            f"{listed.path.name} is {listed.kind}, not a file of messages",
            "move it out of the folder: zeroclaw itself hangs on it",
        )


def _split(content: bytes) -> list[_Kept]:
    pieces = content.split(b"\n")
    kept = [_Kept(data, b"\n", is_message(data)) for data in pieces[:-1]]
    if pieces[-1]:
        kept.append(_Kept(pieces[-1], b"", is_message(pieces[-1])))
    return kept


def _joined(lines: Iterable[_Kept]) -> bytes:
    return b"".join(line.data + line.end for line in lines)


def _cleared(lines: list[_Kept], scope: ClearScope) -> tuple[int, list[_Kept]]:
    """How many messages a partial clear touches, and the lines after it."""
    touched = index = 0
    kept: list[_Kept] = []
    for line in lines:
        within = line.is_message and (scope.before is None or index < scope.before)
        index += line.is_entry
        changed: _Kept | None = line
        if within:
            changed = None if scope.only is None else _cut(line, scope.only)
        touched += changed is not line
        if changed is not None:
            kept.append(changed)
    return touched, kept


def _cut(line: _Kept, only: ClearOnly) -> _Kept:
    data = changed_line(line.data, taken_out(only))
    return line if data is None else line.replace(data=data)


def _stored(message: Message, *, dated: bool = False) -> StoredMessage:
    role, content = stored_form(message)
    # The only time a line can hold is the one a channel puts before a person's words.
    if dated and message.human and message.created_at is not None:
        content = with_time_prefix(content, message.created_at)
    return StoredMessage(role, content)


def _nanoseconds(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000_000 + at.microsecond * 1000
