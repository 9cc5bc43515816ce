"""OpenAI's Codex: a folder with one rollout per session, and what mirrors it.

Read only so far; whole sessions are written for demo stores and tests.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import ClassVar, Self

from sessiontui.backends.codex import places
from sessiontui.backends.codex.content import Contents
from sessiontui.backends.codex.looks import Look, first_look
from sessiontui.backends.codex.names import ThreadNames, named_database_folder
from sessiontui.backends.codex.reading import RolloutShelf
from sessiontui.backends.codex.sessions import (
    FORMAT,
    fingerprint_of,
    not_a_file,
    session_of,
    unread_session,
)
from sessiontui.backends.codex.tree import RolloutFile, RolloutTree, key_of
from sessiontui.backends.codex.writing import make_root, write_session
from sessiontui.domain.backend import (
    Footprint,
    FootprintPart,
    Place,
    Resumable,
    ResumeCommand,
    SessionBackend,
    Surroundings,
)
from sessiontui.domain.ending import Ending
from sessiontui.domain.errors import (
    SessionTuiError,
    StoreMissing,
    StoreUnreadable,
)
from sessiontui.domain.indexed_text import TextBatch
from sessiontui.domain.message import Message
from sessiontui.domain.session import Session
from sessiontui.domain.store import CHANGES, Capabilities, Capability, StoreInfo
from sessiontui.domain.words import count_words
from sessiontui.storage.file_state import stamp_of

_READ_ONLY = "changing Codex sessions is not built yet"
_NOTHING: Mapping[str, str] = {}


class Codex(SessionBackend):
    """One folder of Codex's, usually `~/.codex`."""

    format: ClassVar[str] = FORMAT
    title: ClassVar[str] = "Codex"
    capabilities: ClassVar[Capabilities] = Capabilities(
        supported=frozenset(
            {Capability.TIMESTAMPS, Capability.TOKENS, Capability.RESUME, Capability.PUT}
        ),
        why_not={
            **dict.fromkeys(CHANGES - {Capability.PUT}, _READ_ONLY),
            Capability.SEARCH: "Codex has no search for other programs to use",
        },
    )
    texts_complete_sessions: ClassVar[bool] = True
    resumed_from_root: ClassVar[bool] = True

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._id = self.store_id
        self._tree = RolloutTree(self._root)
        self._contents = Contents()
        self._shelf = RolloutShelf(self._tree, self._contents)
        self._names = ThreadNames(self._root, named_database_folder(self._root))
        self._told: Mapping[str, str] | None = None

    # -- opening ---------------------------------------------------------------------------

    @classmethod
    def open(cls, root: Path) -> Self:
        return cls(root)

    @classmethod
    def create(cls, root: Path) -> Self:
        make_root(root)
        return cls(root)

    @classmethod
    def discover(cls, surroundings: Surroundings) -> Iterable[Place]:
        return places.places(surroundings)

    @classmethod
    def find_in(cls, path: Path) -> tuple[Path, ...]:
        return places.roots_in(path)

    def use_home(self, home: Path) -> None:
        """The user named the home: the environment's place for databases does not count."""
        self._names.forget_database_folder()

    def close(self) -> None:
        self._names.close()
        self._contents.clear()

    def close_idle(self, seconds: float) -> None:
        self._names.close_if_idle(seconds)

    @property
    def root(self) -> Path:
        return self._root

    # -- reading ---------------------------------------------------------------------------

    def info(self) -> StoreInfo:
        problems: list[str] = []
        count = size = None
        generation: int | None = None
        try:
            listing = self._tree.listing()
            count = len(listing.sessions)
            regular = (file for file in listing.sessions.values() if file.kind is None)
            size = sum(file.state.size for file in regular)
            if listing.nameless:
                problems.append(f"{count_words(listing.nameless, 'file')} with a strange name")
            self._names.current()
            generation = self._names.generation
            problems += filter(None, (self._names.problem,))
        except SessionTuiError as error:
            problems.append(error.title)
        return StoreInfo(
            id=self.store_id,
            format=self.format,
            title=self.title,
            root=self._root,
            available=count is not None,
            writable=count is not None and os.access(self._root, os.W_OK),
            capabilities=self.capabilities,
            format_version=None if generation is None else f"state {generation}",
            session_count=count,
            size_bytes=size,
            problem="; ".join(problems) or None,
        )

    def stamp(self) -> str:
        try:
            files = self._tree.listing().sessions.values()
        except StoreMissing:
            return "-"
        archived = sum(file.archived for file in files)
        return f"{stamp_of(file.state for file in files)} {archived} {self._names.stamp()}"

    def fingerprints(self) -> Iterator[tuple[str, str]]:
        listing, names = self._tree.listing(), self._names.current()
        self._told = names
        files = sorted(listing.sessions.values(), key=lambda file: file.state.mtime_ns)
        return ((file.key, fingerprint_of(file, names.get(file.key))) for file in files)

    def exists(self, key: str) -> bool:
        return self._tree.session(key) is not None

    def scan(self, keys: Collection[str] | None = None) -> Iterator[Session]:
        if keys is None:
            files = list(self._tree.listing().sessions.values())
        else:
            looked = (self._tree.session(key) for key in dict.fromkeys(keys))
            files = [file for file in looked if file is not None]
        names = self._names.current() if files else _NOTHING
        for file in files:
            session = self._looked_at(file, names.get(file.key), whole=False)
            if session is not None:
                yield session

    def get(self, key: str) -> Session | None:
        file = self._tree.session(key)
        if file is None:
            return None
        return self._looked_at(file, self._names.current().get(key), whole=True)

    def _looked_at(self, file: RolloutFile, name: str | None, *, whole: bool) -> Session | None:
        if file.kind is not None:
            return unread_session(self._id, file, name, not_a_file(file))
        try:
            if whole:
                look = Look(self._shelf.overview(file), complete=True)
            else:
                look = first_look(file, self._tree, self._contents, self._shelf)
        except StoreMissing:
            return None
        except StoreUnreadable as error:
            return unread_session(self._id, file, name, error.title)
        return session_of(self._id, file, look, name, self._tree)

    def messages(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[Message]:
        file = self._tree.session(key)
        if file is None or file.kind is not None:
            return
        try:
            yield from self._shelf.messages(file, start, stop)
        except StoreMissing:
            # Removed, compressed or archived just now.
            return

    def ending(self, key: str, count: int) -> Ending:
        file = self._tree.session(key)
        if file is None or file.kind is not None:
            return Ending(())
        try:
            return self._shelf.ending(file, count)
        except StoreMissing:
            return Ending(())

    def text_since(self, key: str, cursor: str | None, *, tools: bool = True) -> TextBatch:
        file = self._tree.session(key)
        if file is None:
            return TextBatch([], "", restart=True)
        name = self._names.recent().get(key)
        if file.kind is not None:
            session = unread_session(self._id, file, name, not_a_file(file))
            return TextBatch([], "", restart=True, session=session)
        try:
            texts = self._shelf.texts_since(file, cursor, tools=tools)
        except StoreMissing:
            return TextBatch([], "", restart=True)
        if texts.more:
            return TextBatch(texts.items, texts.cursor, texts.restart, more=True)
        look = Look(texts.reading, complete=True)
        session = session_of(self._id, file, look, name, self._tree)
        return TextBatch(texts.items, texts.cursor, texts.restart, session)

    def footprint(self, key: str) -> Footprint:
        file = self._tree.session(key)
        if file is None:
            raise self._missing(key)
        what = file.kind or ("a link to a file" if file.is_link else "rollout")
        size = 0 if file.kind or file.is_link else file.state.size
        return Footprint((FootprintPart(what, file.path, size),))

    def resume_command(self, key: str) -> ResumeCommand | None:
        session = next(iter(self.scan((key,))), None)
        return None if session is None else self.resume_of(session)

    def resume_of(self, session: Resumable) -> ResumeCommand | None:
        file = self._tree.session(session.ref.key)
        # Codex refuses archived sessions until they are taken out of the archive.
        if file is None or file.archived or file.kind is not None:
            return None
        return ResumeCommand(("codex", "resume", session.ref.key), session.workspace)

    # -- watching --------------------------------------------------------------------------

    def watch_roots(self) -> tuple[Path, ...]:
        try:
            folders = self._tree.folders()
        except SessionTuiError:
            folders = ()
        return tuple(dict.fromkeys((self._root, *self._names.folders(), *folders)))

    def changed_keys(self, paths: Collection[Path]) -> frozenset[str] | None:
        try:
            return self._changed_keys(paths)
        except SessionTuiError:
            # What cannot be asked may have changed altogether.
            return None

    def _changed_keys(self, paths: Collection[Path]) -> frozenset[str] | None:
        keys: set[str] = set()
        folders: set[Path] = set()
        named = False
        for path in paths:
            key = key_of(path)
            if key is not None:
                keys.add(key)
            elif path == self._root:
                return None
            elif self._tree.may_hold(path):
                if not path.is_dir():
                    # A folder that went, with whatever was in it.
                    return None
                folders.add(path)
            else:
                named = named or self._names.may_tell(path)
        if folders:
            files = self._tree.listing().sessions.values()
            keys |= {file.key for file in files if folders.intersection(file.path.parents)}
        if named:
            before, now = self._told, self._names.current()
            self._told = now
            if before is None:
                return None
            differing = dict(before.items() ^ now.items()).keys()
            keys |= {key for key in differing if self._tree.session(key) is not None}
        return frozenset(keys)

    # -- changing --------------------------------------------------------------------------

    def put(self, session: Session, messages: Iterable[Message]) -> None:
        write_session(self._tree, session, messages)
