"""zeroclaw's JSONL sessions: a folder with one file per session, one message per line."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, Self

from sessiontui.backends.zeroclaw_jsonl.changing import FolderChanges
from sessiontui.backends.zeroclaw_jsonl.folder import (
    DATABASE,
    ENDING,
    Listed,
    SessionFolder,
)
from sessiontui.backends.zeroclaw_jsonl.importing import import_folder, why_not_imported
from sessiontui.backends.zeroclaw_jsonl.transcripts import Transcript
from sessiontui.backends.zeroclaw_jsonl.undoing import FolderUndoing
from sessiontui.domain.backend import (
    ClearScope,
    Footprint,
    FootprintPart,
    Place,
    SessionBackend,
    Snapshot,
    SnapshotScope,
    Surroundings,
)
from sessiontui.domain.ending import Ending
from sessiontui.domain.errors import SessionTuiError, StoreMissing, StoreUnreadable, Unsupported
from sessiontui.domain.indexed_text import TextBatch
from sessiontui.domain.message import Message
from sessiontui.domain.session import Session, SessionPatch, SessionRef
from sessiontui.domain.store import CHANGES, Capabilities, Capability, StoreInfo
from sessiontui.domain.value import JsonValue
from sessiontui.domain.words import count_words
from sessiontui.records.zeroclaw_keys import (
    decoded_file_name,
    has_group_labels,
    native_id,
    sanitised,
)
from sessiontui.records.zeroclaw_lines import is_bare, is_blank, is_message
from sessiontui.records.zeroclaw_places import folder_places
from sessiontui.storage.jsonl_file import read_lines
from sessiontui.storage.locations import store_folder

_FOLDER = "sessions"
_LOOKED_AT = 20
"""How many files, and lines of each, are looked at to judge what a folder is."""
_NO_NAMES = "zeroclaw keeps no names for JSONL sessions"
_NO_FIELDS = "zeroclaw keeps nothing but messages in JSONL sessions"
_PATCHED = {"title": Capability.RENAME, "agent": Capability.SET_AGENT} | dict.fromkeys(
    ("state", "turn_id"), Capability.SET_STATE
)


class ZeroclawJsonl(SessionBackend):
    """One folder of JSONL sessions, of any version of zeroclaw."""

    format: ClassVar[str] = "zeroclaw-jsonl"
    title: ClassVar[str] = "zeroclaw"
    capabilities: ClassVar[Capabilities] = Capabilities(
        supported=frozenset(
            {
                Capability.APPEND,
                Capability.UPDATE_LAST,
                Capability.REMOVE_LAST,
                Capability.CLEAR,
                Capability.DELETE,
                Capability.PUT,
                Capability.COMPACT,
                Capability.PRUNE,
                Capability.MIGRATE,
            }
        ),
        why_not={
            Capability.SEARCH: "zeroclaw has no search over JSONL sessions",
            Capability.RENAME: _NO_NAMES,
            Capability.SET_AGENT: _NO_FIELDS,
            Capability.SET_CONTEXT: _NO_FIELDS,
            Capability.SET_STATE: "zeroclaw keeps no state of JSONL sessions",
            Capability.TIMESTAMPS: "a line has no time of its own; channels write one into the "
            "text of what people say",
            Capability.TOKENS: "zeroclaw counts tokens of its ACP sessions only",
            Capability.RESUME: "the zeroclaw daemon continues its sessions: write in the channel "
            "it belongs to",
        },
    )
    change_notes: ClassVar[Mapping[Capability, str]] = {
        Capability.DELETE: "a running zeroclaw may still hold the conversation, and write the "
        "session again with its next message",
        Capability.CLEAR: "a running zeroclaw may still hold the conversation in memory",
    }

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._folder = SessionFolder(self._root, self.store_id)
        self._changes = FolderChanges(self._folder, self.store_id)
        self._undoing = FolderUndoing(self._folder, self._changes, self.store_id, self.format)
        # What was read of a file, so that a look at a grown one costs its new lines only.
        self._transcripts: dict[str, Transcript] = {}

    # -- opening ---------------------------------------------------------------------------

    @classmethod
    def open(cls, root: Path) -> Self:
        return cls(root)

    @classmethod
    def create(cls, root: Path) -> Self:
        return cls(store_folder(root))

    @classmethod
    def discover(cls, surroundings: Surroundings) -> Iterable[Place]:
        return folder_places(surroundings)

    @classmethod
    def find_in(cls, path: Path) -> tuple[Path, ...]:
        for folder in (path, path / _FOLDER):
            if folder.is_dir() and _is_session_folder(folder):
                return (folder.resolve(),)
        return ()

    def close(self) -> None:
        """Nothing is held open between calls."""

    @property
    def root(self) -> Path:
        return self._root

    # -- reading ---------------------------------------------------------------------------

    def info(self) -> StoreInfo:
        capabilities, writable = self.capabilities, False
        problems: list[str] = []
        count = size = None
        try:
            entries, nameless = self._folder.entries()
            count, size = len(entries), sum(e.state.size for e in entries if e.kind is None)
            writable = os.access(self._root, os.W_OK)
            if nameless:
                problems.append(f"{count_words(nameless, 'file')} with a name that is not UTF-8")
            if not writable:
                capabilities = capabilities.without(CHANGES, "the folder may not be written")
            elif self._folder.counts_as_imported():
                reason = f"zeroclaw has moved this folder to {DATABASE} and writes no more files"
                problems.append(f"{reason}; these were left behind")
                lost = frozenset({Capability.APPEND, Capability.PUT})
                capabilities = capabilities.without(lost, reason)
            elif self._folder.has_database():
                reason = f"zeroclaw would import a new file into the {DATABASE} beside it"
                capabilities = capabilities.without(frozenset({Capability.PUT}), reason)
            why_not = why_not_imported(self._folder)
            if why_not is not None:
                capabilities = capabilities.without(frozenset({Capability.MIGRATE}), why_not)
        except SessionTuiError as error:
            problems.append(error.title)
        return StoreInfo(
            id=self.store_id,
            format=self.format,
            title=self.title,
            root=self._root,
            available=count is not None,
            writable=writable,
            capabilities=capabilities,
            session_count=count,
            size_bytes=size,
            problem="; ".join(problems) or None,
        )

    def stamp(self) -> str:
        return self._folder.stamp()

    def fingerprints(self) -> Iterator[tuple[str, str]]:
        entries, _ = self._folder.entries()
        return ((listed.key, listed.fingerprint) for listed in entries)

    def exists(self, key: str) -> bool:
        return self._folder.entry(key) is not None

    def scan(self, keys: Collection[str] | None = None) -> Iterator[Session]:
        if keys is None:
            entries, _ = self._folder.entries()
            for gone in self._transcripts.keys() - {listed.key for listed in entries}:
                self._transcripts.pop(gone, None)
        else:
            looked = (self._folder.entry(key) for key in dict.fromkeys(keys))
            entries = [listed for listed in looked if listed is not None]
        for listed in entries:
            session = self._session(listed)
            if session is not None:
                yield session

    def messages(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[Message]:
        transcript = self._readable(key)
        if transcript is not None:
            yield from transcript.messages(start, stop)

    def ending(self, key: str, count: int) -> Ending:
        transcript = self._readable(key)
        return Ending(()) if transcript is None else transcript.ending(count)

    def text_since(self, key: str, cursor: str | None, *, tools: bool = True) -> TextBatch:
        transcript = self._readable(key)
        if transcript is None:
            return TextBatch([], "", restart=True)
        return transcript.text_since(cursor)

    def footprint(self, key: str) -> Footprint:
        listed = self._changes.require(key)
        what = listed.kind or ("a link to a file" if listed.is_link else "file")
        size = 0 if listed.kind or listed.is_link else listed.state.size
        return Footprint((FootprintPart(what, listed.path, size),))

    def _readable(self, key: str) -> Transcript | None:
        listed = self._folder.entry(key)
        return None if listed is None or listed.kind is not None else self._transcript(listed)

    def _transcript(self, listed: Listed) -> Transcript:
        found = self._transcripts.get(listed.key)
        if found is None:
            found = Transcript(listed.path, group_labels=has_group_labels(listed.key))
            self._transcripts[listed.key] = found
        return found

    def _session(self, listed: Listed) -> Session | None:
        known: dict[str, Any] = {}
        extra: dict[str, JsonValue] = {}
        state = listed.state
        problems: list[str] = []
        if listed.kind is not None:
            problems.append(f"it is {listed.kind}, not a file of messages; zeroclaw hangs on it")
        else:
            try:
                tally, state = self._transcript(listed).tally()
            except StoreMissing:
                return None
            except StoreUnreadable as error:
                problems.append(error.title)
            else:
                known = {
                    "title": tally.title,
                    "created_at": tally.first_at,
                    "message_count": tally.readable,
                    "turn_open": tally.ends_open,
                }
                if tally.damaged:
                    problems.append(f"{count_words(tally.damaged, 'line')} in it cannot be read")
                if tally.unfinished:
                    extra["unfinished_line"] = True
        if _is_foreign_name(listed.key):
            problems.append("zeroclaw lists it but cannot open it: it never makes such a file name")
        if (decoded := decoded_file_name(listed.key)) is not None:
            extra["decoded_name"] = decoded
        if listed.is_link:
            extra["link"] = True
        return Session(
            **known,
            ref=SessionRef(self.store_id, listed.key),
            format=self.format,
            last_activity=_moment(state.mtime_ns),
            native_id=native_id(listed.key),
            size_bytes=state.size if listed.kind is None else None,
            problem="; ".join(problems) or None,
            fingerprint=state.fingerprint,
            extra=extra,
        )

    # -- watching --------------------------------------------------------------------------

    def changed_keys(self, paths: Collection[Path]) -> frozenset[str] | None:
        if self._root in paths:
            return None
        return frozenset(
            path.name.removesuffix(ENDING)
            for path in paths
            if path.parent == self._root and path.name.endswith(ENDING)
        )

    # -- changing --------------------------------------------------------------------------

    def append(self, key: str, message: Message) -> None:
        self._changes.append(key, message)

    def remove_last(self, key: str) -> bool:
        return self._changes.remove_last(key)

    def update_last(self, key: str, message: Message) -> bool:
        return self._changes.update_last(key, message)

    def clear(self, key: str, scope: ClearScope | None = None, expect: str | None = None) -> int:
        return self._changes.clear(key, scope or ClearScope(), expect)

    def delete(self, key: str, expect: str | None = None) -> bool:
        return self._changes.delete(key, expect)

    def patch(self, key: str, changes: SessionPatch, expect: str | None = None) -> None:
        field = next(iter(sorted(changes)), "title")
        capability = _PATCHED.get(field, Capability.SET_CONTEXT)
        ref = SessionRef(self.store_id, key)
        raise Unsupported(capability, self.capabilities.reason(capability), ref)

    def put(self, session: Session, messages: Iterable[Message]) -> None:
        self._changes.put(session, messages)

    def compact(self, key: str, expect: str | None = None) -> int:
        return self._changes.compact(key, expect)

    def migrate(self, dry_run: bool = False) -> tuple[str, ...]:
        reason = why_not_imported(self._folder)
        if reason is not None:
            raise Unsupported(Capability.MIGRATE, reason)
        return import_folder(self._folder, dry_run)

    def snapshot(self, key: str, scope: SnapshotScope) -> Snapshot:
        return self._undoing.snapshot(key, scope)

    def restore(self, snapshot: Snapshot) -> None:
        self._undoing.restore(snapshot)


def _moment(nanoseconds: int) -> datetime:
    # In whole steps: a float of so many seconds has no room for microseconds.
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest // 1000)


def _is_foreign_name(key: str) -> bool:
    """Whether zeroclaw would never make such a file name; not said of letters that are doubtful."""
    pairs = zip(key, sanitised(key), strict=True)
    return any(c.isascii() for c, kept in pairs if c != kept)


def _is_session_folder(folder: Path) -> bool:
    """Whether some file holds messages in zeroclaw's form.

    A folder `sessions` whose files are all empty counts too.
    """
    try:
        entries, _ = SessionFolder(folder, "").entries()
        files = [entry for entry in sorted(entries) if entry.kind is None]
        if files and folder.name == _FOLDER and not any(entry.state.size for entry in files):
            return True
        filled = [entry.path for entry in files if entry.state.size]
        return any(map(_has_message, filled[:_LOOKED_AT]))
    except (StoreMissing, StoreUnreadable):
        return False


def _has_message(path: Path) -> bool:
    lines = (line.data for line in read_lines(path) if not is_blank(line.data))
    # Other programs write more into a line than zeroclaw's two fields.
    return any(is_message(data) and is_bare(data) for data in islice(lines, _LOOKED_AT))
