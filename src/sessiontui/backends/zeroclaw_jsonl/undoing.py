"""Copies of JSONL sessions, taken before a change, and putting them back byte by byte."""

from __future__ import annotations

import stat
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, ValidationError

from sessiontui.backends.zeroclaw_jsonl.changing import FolderChanges
from sessiontui.backends.zeroclaw_jsonl.folder import Listed, SessionFolder
from sessiontui.domain.backend import ClearOnly, Snapshot, SnapshotScope
from sessiontui.domain.errors import UndoRefused
from sessiontui.domain.session import SessionRef
from sessiontui.records.zeroclaw_lines import changed_line, is_message
from sessiontui.records.zeroclaw_writing import taken_out
from sessiontui.storage.atomic_file import create_file
from sessiontui.storage.json_text import JsonRefused
from sessiontui.storage.system_errors import store_error


class _Header(BaseModel):
    """The first line of a snapshot's payload; the file's bytes follow.

    A link is copied as the link it is, for only the link is ever removed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = 1
    mode: int
    mtime_ns: int
    link: str | None = None


class FolderUndoing:
    """Takes and restores snapshots of the files of one folder."""

    def __init__(
        self, folder: SessionFolder, changes: FolderChanges, store_id: str, format_name: str
    ) -> None:
        self._folder = folder
        self._changes = changes
        self._store_id = store_id
        self._format = format_name

    def snapshot(self, key: str, scope: SnapshotScope) -> Snapshot:
        """The file as it is. Raises `SessionMissing`, `StoreUnreadable`."""
        listed = self._changes.require(key)
        content = b""
        if listed.is_link:
            header = _Header(mode=0, mtime_ns=0, link=_target(listed))
            fingerprint = listed.fingerprint
        else:
            content, state = self._changes.read(listed)
            mode = stat.S_IMODE(listed.path.stat().st_mode)
            header = _Header(mode=mode, mtime_ns=state.mtime_ns)
            fingerprint = state.fingerprint
        if scope is SnapshotScope.METADATA:
            # Beside its messages and their time, a file holds nothing.
            content = b""
        return Snapshot(
            key=key,
            format=self._format,
            scope=scope,
            taken_at=datetime.now(UTC),
            fingerprint=fingerprint,
            payload=header.model_dump_json().encode() + b"\n" + content,
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Put a session back, and behind it what was written since. Raises `UndoRefused`."""
        if snapshot.scope is SnapshotScope.METADATA:
            return
        first, _, content = snapshot.payload.partition(b"\n")
        try:
            header = _Header.model_validate_json(first)
        except ValidationError as error:
            raise UndoRefused("the snapshot cannot be read", "nothing was changed") from error
        listed = self._folder.entry(snapshot.key)
        if listed is None:
            self._put_back(snapshot.key, header, content)
        elif header.link is None:
            self._merge(listed, header, content)

    def _put_back(self, key: str, header: _Header, content: bytes) -> None:
        reason = self._folder.why_not_back(key)
        if reason is not None:
            raise UndoRefused(
                reason, "export what the journal holds", SessionRef(self._store_id, key)
            )
        path = self._folder.path_of(key)
        if header.link is not None:
            try:
                path.symlink_to(header.link)
            except OSError as error:
                raise store_error(error, path) from error
            return
        create_file(path, content, mode=header.mode, mtime_ns=header.mtime_ns)

    def _merge(self, listed: Listed, header: _Header, content: bytes) -> None:
        current, state = self._changes.read(listed)
        if current == content:
            return
        newer = _written_since(content, current)
        if newer and content and not content.endswith(b"\n"):
            content += b"\n"
        # A session's time is its file's: with nothing newer, it is the old one again.
        mtime_ns = None if newer else header.mtime_ns
        self._changes.replace(listed.path, content + newer, state, mtime_ns)


def _target(listed: Listed) -> str:
    try:
        return str(listed.path.readlink())
    except OSError as error:
        raise store_error(error, listed.path) from error


def _written_since(old: bytes, current: bytes) -> bytes:
    """What of the current bytes came after a change of the old ones.

    A change leaves nothing, or lines up to the last one: some first ones gone, some with content
    taken out, some that could not be read dropped. Everything behind those was written since.
    """
    if current.startswith(old):
        rest = current[len(old) :]
        return rest.removeprefix(b"\n") if old and not old.endswith(b"\n") else rest
    then, now = _lines(old), _lines(current)
    for first in range(len(then)):
        left = _behind(then[first:], now)
        if left is not None:
            return b"".join(now[len(now) - left :])
    return current


def _behind(kept: list[bytes], now: list[bytes]) -> int | None:
    """How many lines come behind the kept ones, or None where these are not what `now` begins with.

    At least one line has to be left of them.
    """
    position = 0
    for line in kept:
        if position < len(now) and _is_left_of(line, now[position]):
            position += 1
        elif is_message(line):
            return None
    return len(now) - position if position else None


def _is_left_of(old: bytes, now: bytes) -> bool:
    old, now = old.removesuffix(b"\n"), now.removesuffix(b"\n")
    if old == now:
        return True
    for only in ClearOnly:
        try:
            if changed_line(old, taken_out(only)) == now:
                return True
        except JsonRefused:
            return False
    return False


def _lines(content: bytes) -> list[bytes]:
    *ended, rest = content.split(b"\n")
    return [line + b"\n" for line in ended] + ([rest] if rest else [])
