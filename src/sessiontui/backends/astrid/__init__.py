"""astrid: one JSON file per session, as its versions of February and March 2026 kept them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, Self

from sessiontui.backends.astrid import snapshots
from sessiontui.backends.astrid.abilities import CAPABILITIES, CHANGE_NOTES
from sessiontui.backends.astrid.contents import messages_of
from sessiontui.backends.astrid.document import Document, read_document
from sessiontui.backends.astrid.editing import cleared, retitled
from sessiontui.backends.astrid.names import file_name_of, key_in, key_of_newer, uuid_of
from sessiontui.backends.astrid.places import (
    is_session_folder,
    newer_store_in,
    places,
    session_folder,
)
from sessiontui.backends.astrid.sessions import (
    FORMAT,
    SessionFile,
    session_file,
    session_files,
    session_of,
)
from sessiontui.backends.astrid.writing import (
    capability_beyond_title,
    kept_time,
    nanoseconds,
    stored_form,
    written,
)
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
from sessiontui.domain.errors import (
    BadKey,
    ChangedUnderneath,
    SessionMissing,
    SessionTuiError,
    StoreMissing,
    StoreUnreadable,
    Unsupported,
)
from sessiontui.domain.indexed_text import TextBatch, texts_of
from sessiontui.domain.message import Message
from sessiontui.domain.session import Session, SessionPatch, SessionRef
from sessiontui.domain.store import CHANGES, Capabilities, Capability, StoreInfo
from sessiontui.storage.atomic_file import create_file, remove_file, replace_file
from sessiontui.storage.file_state import FileState, stamp_of
from sessiontui.storage.jsonl_file import read_file
from sessiontui.storage.system_errors import store_error


class Astrid(SessionBackend):
    """The session files of one astrid home."""

    format: ClassVar[str] = FORMAT
    title: ClassVar[str] = "astrid"
    capabilities: ClassVar[Capabilities] = CAPABILITIES
    change_notes: ClassVar[Mapping[Capability, str]] = CHANGE_NOTES

    def __init__(self, root: Path) -> None:
        self._root = Path(os.path.realpath(session_folder(root)))
        self._last: tuple[Path, FileState, Document] | None = None

    # -- opening ---------------------------------------------------------------------------

    @classmethod
    def open(cls, root: Path) -> Self:
        return cls(root)

    @classmethod
    def discover(cls, surroundings: Surroundings) -> Iterable[Place]:
        return places(surroundings)

    @classmethod
    def find_in(cls, path: Path) -> tuple[Path, ...]:
        folder = session_folder(path)
        return (folder,) if is_session_folder(folder) else ()

    @classmethod
    def create(cls, root: Path) -> Self:
        made = cls(root)
        made._make_folder()
        return made

    def _make_folder(self) -> None:
        """Make the folder and its parents, for their owner's eyes only, as astrid does."""
        missing = [f for f in (self._root, *self._root.parents) if not f.exists()]
        try:
            for folder in reversed(missing):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise store_error(error, self._root) from error

    def close(self) -> None:
        self._last = None

    @property
    def root(self) -> Path:
        return self._root

    # -- the store -------------------------------------------------------------------------

    def info(self) -> StoreInfo:
        problem: str | None = None
        files: list[SessionFile] = []
        available = False
        try:
            available = self._root.is_dir()
            files = session_files(self._root)
            problem = self._problem(available)
        except SessionTuiError as error:
            available, problem = False, error.title
        writable = available and os.access(self._root, os.W_OK | os.X_OK)
        capabilities = self.capabilities
        if available and not writable:
            capabilities = capabilities.without(CHANGES, f"no permission to change {self._root}")
        return StoreInfo(
            id=self.store_id,
            format=self.format,
            title=self.title,
            root=self._root,
            available=available,
            writable=writable,
            capabilities=capabilities,
            format_version="JSON files, February to March 2026",
            session_count=len(files) if available else None,
            size_bytes=sum(f.state.size for f in files if f.state) if available else None,
            problem=problem,
        )

    def _problem(self, available: bool) -> str | None:
        newer = newer_store_in(self._root.parent)
        if newer is not None:
            return (
                f"this version of astrid keeps its sessions in {newer}, which cannot be read from "
                "outside; only files of older versions are listed"
            )
        return (
            None if available else f"{self._root} is not there: astrid makes it at its first save"
        )

    def stamp(self) -> str:
        files = session_files(self._root)
        states = stamp_of(state for file in files for state in (file.state, file.newer))
        names = "".join(f"{file.key}\0" for file in files)
        return hashlib.sha256(f"{names}{states}".encode("utf-8", "surrogateescape")).hexdigest()

    def fingerprints(self) -> Iterator[tuple[str, str]]:
        for file in session_files(self._root):
            yield file.key, file.fingerprint

    def scan(self, keys: Collection[str] | None = None) -> Iterator[Session]:
        if keys is None:
            files = session_files(self._root)
        else:
            asked = [self._file(key) for key in keys]
            files = list({file.key: file for file in asked if file is not None}.values())
        for file in files:
            session = self._session(file)
            if session is not None:
                yield session

    def _session(self, file: SessionFile) -> Session | None:
        if file.state is None:
            return session_of(file, self.store_id, None, "it is a link that leads nowhere")
        try:
            return session_of(file, self.store_id, self._document(file))
        except StoreMissing:
            # Deleted between the listing and the look into it.
            return None
        except SessionTuiError as error:
            return session_of(file, self.store_id, None, error.title)

    def get(self, key: str) -> Session | None:
        self._require_key(key)
        return next(iter(self.scan((key,))), None)

    # -- files -----------------------------------------------------------------------------

    def _file(self, key: str) -> SessionFile | None:
        """The file of a key: of that very name, else of the same UUID in another spelling."""
        wanted = uuid_of(key)
        if wanted is None:
            return None
        exact = session_file(self._root, key)
        if exact is not None:
            return exact
        files = session_files(self._root)
        return next((file for file in files if uuid_of(file.key) == wanted), None)

    def _document(self, file: SessionFile) -> Document:
        last = self._last
        if last is not None and last[:2] == (file.path, file.state):
            return last[2]
        data, state = read_file(file.path)
        document = read_document(data)
        self._last = file.path, state, document
        return document

    def _require_key(self, key: str) -> None:
        if uuid_of(key) is None:
            ref = SessionRef(self.store_id, key)
            raise BadKey(f"{key!r} is no UUID", "astrid names its sessions by UUIDs", ref)

    def _known(self, key: str) -> SessionFile:
        self._require_key(key)
        file = self._file(key)
        if file is None:
            ref = SessionRef(self.store_id, key)
            raise SessionMissing(f"astrid has no session {key}", "refresh the list", ref)
        return file

    # -- transcripts -----------------------------------------------------------------------

    def messages(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[Message]:
        file = self._file(key)
        if file is None or file.state is None:
            return
        try:
            document = self._document(file)
        except StoreMissing:
            return
        yield from list(messages_of(document))[start:stop]

    def text_since(self, key: str, cursor: str | None, *, tools: bool = True) -> TextBatch:
        """The file is written as a whole each time: read again, and compared with what was read."""
        messages = list(self.messages(key))
        count, _, digest = (cursor or "0:").partition(":")
        known = int(count) if count.isdecimal() else 0
        grown = bool(cursor) and known <= len(messages) and _digest(messages[:known]) == digest
        fresh = messages[known:] if grown else messages
        made = f"{len(messages)}:{_digest(messages)}"
        return TextBatch(list(texts_of(fresh)), made, restart=not grown)

    def footprint(self, key: str) -> Footprint:
        file = self._known(key)
        parts = [FootprintPart("session file", file.path, file.state.size if file.state else 0)]
        if file.newer is not None:
            parts.append(
                FootprintPart("newer version of a crash", file.newer_path, file.newer.size)
            )
        return Footprint(tuple(parts))

    def changed_keys(self, paths: Collection[Path]) -> frozenset[str] | None:
        keys: set[str] = set()
        for path in paths:
            if path.name == self._root.name and Path(os.path.realpath(path)) == self._root:
                return None
            key = key_in(path.name) or key_of_newer(path.name)
            if key is not None and Path(os.path.realpath(path.parent)) == self._root:
                keys.add(key)
        return frozenset(keys)

    # -- changing --------------------------------------------------------------------------

    def clear(self, key: str, scope: ClearScope | None = None, expect: str | None = None) -> int:
        self._require_key(key)
        file = self._file(key)
        if file is None:
            return 0
        touched = 0

        def change(text: str) -> str:
            nonlocal touched
            text, touched = cleared(text, scope or ClearScope())
            return text

        self._rewrite(file, expect, change)
        return touched

    def patch(self, key: str, changes: SessionPatch, expect: str | None = None) -> None:
        capability = capability_beyond_title(changes)
        if capability is not None:
            raise Unsupported(capability, self.capabilities.reason(capability))
        file = self._known(key)
        if "title" in changes:
            title = changes["title"] and changes["title"].encode("utf-8", "replace").decode("utf-8")
            self._rewrite(file, expect, lambda text: retitled(text, title))

    def _rewrite(self, file: SessionFile, expect: str | None, change: Callable[[str], str]) -> None:
        """Change a file's text, if astrid would load it; its rights and its time stay."""
        self._check(file, expect)
        data, state = read_file(file.path)
        if file.state != state:
            raise self._changed(file)
        document = read_document(data)
        if document.refused is not None:
            raise StoreUnreadable(
                f"astrid itself refuses this file: {document.refused}",
                "export or delete it: changing it could hide the damage",
            )
        content = change(data.decode("utf-8")).encode("utf-8")
        if content != data:
            kept = kept_time(state.mtime_ns, content)
            replace_file(file.path, content, state, growing=False, mtime_ns=kept)

    def _check(self, file: SessionFile, expect: str | None) -> None:
        if expect is not None and file.fingerprint != expect:
            raise self._changed(file)

    def _changed(self, file: SessionFile) -> ChangedUnderneath:
        ref = SessionRef(self.store_id, file.key)
        return ChangedUnderneath(
            "the session has changed since it was read", "look at it again and repeat", ref
        )

    def delete(self, key: str, expect: str | None = None) -> bool:
        self._require_key(key)
        file = self._file(key)
        if file is None:
            return False
        self._check(file, expect)
        try:
            remove_file(file.path, file.state or FileState(0, 0, 0, 0), growing=False)
            if file.newer is not None:
                remove_file(file.newer_path, file.newer, growing=False)
        except StoreMissing:
            # Somebody else was faster: astrid, too, takes that for done.
            return False
        return True

    def put(self, session: Session, messages: Iterable[Message]) -> None:
        key = session.ref.key
        self._require_key(key)
        file = self._file(key)
        stored = [form for message in messages for form in stored_form(message)]
        text = json.dumps(written(session, str(uuid_of(key)), stored), indent=2, ensure_ascii=False)
        content = text.encode("utf-8", "replace")
        moved = session.last_activity
        mtime_ns = None if moved is None else nanoseconds(moved)
        if file is not None and file.state is not None:
            replace_file(file.path, content, file.state, growing=False, mtime_ns=mtime_ns)
            return
        self._make_folder()
        path = self._root / file_name_of(str(uuid_of(key)))
        create_file(path, content, mtime_ns=mtime_ns)

    def snapshot(self, key: str, scope: SnapshotScope) -> Snapshot:
        file = self._known(key)
        return Snapshot(
            key=file.key,
            format=self.format,
            scope=scope,
            taken_at=datetime.now(UTC),
            fingerprint=file.fingerprint,
            payload=snapshots.payload_of(file),
        )

    def restore(self, snapshot: Snapshot) -> None:
        kept = snapshots.kept_in(snapshot.payload)
        if snapshot.scope is SnapshotScope.METADATA:
            snapshots.put_title_back(self._root, kept)
            return
        self._make_folder()
        snapshots.put_back(self._root, kept)


def _digest(messages: list[Message]) -> str:
    digest = hashlib.sha256()
    for message in messages:
        digest.update(repr(message).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()[:16]
