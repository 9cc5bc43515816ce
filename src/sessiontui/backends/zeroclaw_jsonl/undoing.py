"""Copies of JSONL sessions, taken before a change, and putting them back byte by byte."""

from __future__ import annotations

import stat
from datetime import UTC, datetime

import msgspec

from sessiontui.backends.zeroclaw_jsonl.changing import FolderChanges
from sessiontui.backends.zeroclaw_jsonl.folder import Listed, SessionFolder
from sessiontui.domain.backend import ClearOnly, Snapshot, SnapshotScope
from sessiontui.domain.errors import UndoRefused
from sessiontui.domain.session import SessionRef
from sessiontui.domain.value import Value
from sessiontui.records.zeroclaw_lines import changed_line, is_message
from sessiontui.records.zeroclaw_writing import taken_out
from sessiontui.storage.atomic_file import create_file
from sessiontui.storage.system_errors import store_error


class _Header(Value):
    """The first line of a snapshot's payload; the file's bytes follow.

    A link is copied as the link it is, for only the link is ever removed.
    """

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
            payload=msgspec.json.encode(header) + b"\n" + content,
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Put a session back, and behind it what was written since. Raises `UndoRefused`."""
        if snapshot.scope is SnapshotScope.METADATA:
            return
        first, _, content = snapshot.payload.partition(b"\n")
        try:
            header = msgspec.json.decode(first, type=_Header)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
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
        # A session's time is its file's: with nothing newer, it is the old one again.
        mtime_ns = None if newer else header.mtime_ns
        self._changes.replace(listed.path, content + newer, state, mtime_ns)


def _target(listed: Listed) -> str:
    try:
        return str(listed.path.readlink())
    except OSError as error:
        raise store_error(error, listed.path) from error


def _written_since(old: bytes, current: bytes) -> bytes:
    """What to put behind the old bytes: what came to the file after a change of them.

    What a change leaves is known: all lines, some with content taken out; the messages without the
    lines that cannot be read; the messages from some place on, with all such lines; or nothing.
    Whatever stands behind that was written since.
    """
    if current.startswith(old):
        return current[len(old) :]
    then, now = _lines(old), _lines(current)
    known = [is_message(line) for line in then]
    readable = [line for line, is_known in zip(then, known, strict=True) if is_known]
    newer = _behind_all(then, known, now)
    if newer is None:
        newer = _behind(readable, now)
    if newer is None:
        newer = _behind_a_later_part(then, known, now)
    if newer is None:
        newer = current
    # A last line that was still being written goes on; one that was whole is ended.
    whole = bool(then) and not old.endswith(b"\n") and known[-1]
    return b"\n" + newer if newer and whole else newer


def _behind(left: list[bytes], now: list[bytes]) -> bytes | None:
    """What stands behind the lines that were left, or None where `now` does not begin with them."""
    if not left or left[:-1] != now[: len(left) - 1] or len(left) > len(now):
        return None
    last, held = left[-1], now[len(left) - 1]
    rest = b"".join(now[len(left) :])
    if last.removesuffix(b"\n") == held.removesuffix(b"\n"):
        return rest
    # It had no end yet, and was written on.
    return held[len(last) :] + rest if _goes_on(last, held) else None


def _behind_all(then: list[bytes], known: list[bool], now: list[bytes]) -> bytes | None:
    """The same where every line was left, and content was taken out of some."""
    if len(then) > len(now):
        return None
    left = [
        held if is_known and _is_cut(line, held) else line
        for line, is_known, held in zip(then, known, now, strict=False)
    ]
    return _behind(left, now)


def _behind_a_later_part(then: list[bytes], known: list[bool], now: list[bytes]) -> bytes | None:
    """The same where the first messages went; the lines that cannot be read stayed."""
    unreadable: list[bytes] = []
    for position, line in enumerate(then):
        if not known[position]:
            unreadable.append(line)
            continue
        held = now[len(unreadable)] if len(unreadable) < len(now) else b""
        if held == line or _goes_on(line, held):
            newer = _behind(unreadable + then[position:], now)
            if newer is not None:
                return newer
    return _behind(unreadable, now)


def _goes_on(line: bytes, held: bytes) -> bool:
    return not line.endswith(b"\n") and held.startswith(line)


def _is_cut(line: bytes, held: bytes) -> bool:
    return line != held and any(
        changed_line(line.removesuffix(b"\n"), taken_out(only)) == held.removesuffix(b"\n")
        for only in ClearOnly
    )


def _lines(content: bytes) -> list[bytes]:
    *ended, rest = content.split(b"\n")
    return [line + b"\n" for line in ended] + ([rest] if rest else [])
