"""Claude Code: a folder with one transcript for each session, below the folder of its project.

Read only so far; whole sessions are written for demo stores and tests. The key of a session is its
id. Sub-agents are sessions whose parent is the one that spawned them; their keys are
`agent-<id>.<session id>` (`agents` tells the others).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import ClassVar, Self

from sessiontui.backends.claude_code import places
from sessiontui.backends.claude_code.agents import AgentKey, note_of
from sessiontui.backends.claude_code.belongings import belongings
from sessiontui.backends.claude_code.projects import ProjectFolders, Transcript
from sessiontui.backends.claude_code.registry import ProcessRegistry
from sessiontui.backends.claude_code.sessions import (
    FORMAT,
    AboutAgent,
    agent_session_of,
    is_session,
    session_of,
    unread_session,
)
from sessiontui.backends.claude_code.writing import make_root, write_session
from sessiontui.domain.backend import (
    Footprint,
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
from sessiontui.domain.verdict import Owner
from sessiontui.records.claude_code_files import Look, TranscriptShelf
from sessiontui.storage.file_state import stamp_of

_FEW_LINES = 4096
_READ_ONLY = "changing Claude Code sessions is not built yet"


class ClaudeCode(SessionBackend):
    """One folder of Claude Code's, usually `~/.claude`."""

    format: ClassVar[str] = FORMAT
    title: ClassVar[str] = "Claude Code"
    capabilities: ClassVar[Capabilities] = Capabilities(
        supported=frozenset(
            {Capability.TIMESTAMPS, Capability.TOKENS, Capability.RESUME, Capability.PUT}
        ),
        why_not={
            **dict.fromkeys(CHANGES - {Capability.PUT}, _READ_ONLY),
            Capability.SEARCH: "Claude Code has no search of its own",
        },
    )
    texts_complete_sessions: ClassVar[bool] = True
    resumed_from_root: ClassVar[bool] = True

    def __init__(self, root: Path) -> None:
        self._root = Path(os.path.realpath(root))
        self._id = self.store_id
        self._projects = ProjectFolders(self._root)
        self._registry = ProcessRegistry(self._root)
        self._shelf = TranscriptShelf()

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

    def close(self) -> None:
        self._shelf.clear()

    @property
    def root(self) -> Path:
        return self._root

    # -- the store -------------------------------------------------------------------------

    def info(self) -> StoreInfo:
        problem = None
        count = size = None
        try:
            found = self._projects.look_around()
            transcripts = [one for one in found.transcripts.values() if self._is_session(one)]
            count, size = len(transcripts), sum(one.state.size for one in transcripts)
            problem = "; ".join(error.title for error in found.problems) or None
        except SessionTuiError as error:
            problem = error.title
        return StoreInfo(
            id=self._id,
            format=self.format,
            title=self.title,
            root=self._root,
            available=count is not None,
            writable=count is not None and os.access(self._projects.path, os.W_OK),
            capabilities=self.capabilities,
            session_count=count,
            size_bytes=size,
            problem=problem,
        )

    def _is_session(self, transcript: Transcript) -> bool:
        # Where nothing was said yet there are but a few lines: only such a file is looked into.
        small = transcript.state.size < _FEW_LINES
        if not small or self._projects.is_judged(transcript):
            return True
        return self._session(transcript, whole=True) is not None

    def stamp(self) -> str:
        try:
            found = self._projects.listing()
        except StoreMissing:
            return "-"
        ordered = sorted(found.values(), key=lambda transcript: transcript.name)
        states = stamp_of(transcript.state for transcript in ordered)
        return hashlib.sha256(states.encode()).hexdigest()[:32]

    def fingerprints(self) -> Iterator[tuple[str, str]]:
        found = sorted(self._projects.listing().items(), key=lambda item: item[1].rank)
        return ((key, one.fingerprint_in(one.state)) for key, one in found)

    # -- sessions --------------------------------------------------------------------------

    def scan(self, keys: Collection[str] | None = None) -> Iterator[Session]:
        if keys is None:
            found = list(self._projects.listing().values())
        else:
            looked = (self._projects.find(key) for key in dict.fromkeys(keys))
            found = [transcript for transcript in looked if transcript is not None]
        for transcript in found:
            session = self._session(transcript, whole=False)
            if session is not None:
                yield session

    def get(self, key: str) -> Session | None:
        transcript = self._projects.find(key)
        return None if transcript is None else self._session(transcript, whole=True)

    def _session(self, transcript: Transcript, *, whole: bool) -> Session | None:
        """The session of a transcript; None when there is none, or none any more."""
        look_at = self._shelf.facts if whole else self._shelf.first_look
        try:
            return self._seen(transcript, look_at(transcript.path))
        except StoreMissing:
            return None
        except StoreUnreadable as error:
            return unread_session(self._id, transcript, error.title)

    def _seen(self, transcript: Transcript, look: Look) -> Session | None:
        listed = is_session(transcript, look)
        self._projects.judge(transcript, look.found, is_session=listed)
        if not listed:
            return None
        session = session_of(self._id, transcript, look)
        agent = AgentKey.of(transcript.key)
        if agent is None:
            return session
        return agent_session_of(session, look.facts, self._about(agent, transcript))

    def _about(self, agent: AgentKey, transcript: Transcript) -> AboutAgent:
        note = note_of(transcript.path)
        if note.spawned_by is None:
            return AboutAgent(agent, note)
        spawner = str(agent.other(note.spawned_by))
        there = spawner != transcript.key and self._projects.find(spawner) is not None
        return AboutAgent(agent, note, spawner if there else None)

    def messages(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[Message]:
        transcript = self._projects.find(key)
        if transcript is None:
            return
        try:
            yield from self._shelf.messages(transcript.path, start, stop)
        except StoreMissing:
            # Claude Code removes old transcripts by itself.
            return

    def ending(self, key: str, count: int) -> Ending:
        transcript = self._projects.find(key)
        try:
            return Ending(()) if transcript is None else self._shelf.ending(transcript.path, count)
        except StoreMissing:
            return Ending(())

    def text_since(self, key: str, cursor: str | None, *, tools: bool = True) -> TextBatch:
        transcript = self._projects.find(key)
        if transcript is None:
            raise self._missing(key)
        try:
            reading = self._shelf.read(transcript.path, cursor, tools=tools)
        except StoreMissing as error:
            raise self._missing(key) from error
        if reading.more:
            return TextBatch(reading.items, reading.cursor, reading.restart, more=True)
        session = self._seen(transcript, Look(reading.facts, True, reading.found))
        return TextBatch(reading.items, reading.cursor, reading.restart, session)

    def footprint(self, key: str) -> Footprint:
        transcript = self._projects.find(key)
        if transcript is None:
            raise self._missing(key)
        return Footprint(tuple(belongings(self._root, transcript)))

    def owners(self) -> Mapping[str, tuple[Owner, ...]]:
        noted = self._registry.owners()
        found = dict(noted)
        for key, owners in noted.items():
            # What a process says of itself, it says of the session: sub-agents may rest meanwhile.
            silent = {"status": None, "moved_at": None}
            of_agents = tuple(owner.replace(**silent) for owner in owners)
            found |= dict.fromkeys(self._projects.agents_of(key), of_agents)
        return found

    def resume_command(self, key: str) -> ResumeCommand | None:
        session = next(iter(self.scan((key,))), None)
        return None if session is None else self.resume_of(session)

    def resume_of(self, session: Resumable) -> ResumeCommand | None:
        if AgentKey.of(session.ref.key) is not None:
            return None
        return ResumeCommand(("claude", "--resume", session.ref.key), session.workspace)

    # -- watching --------------------------------------------------------------------------

    def watch_roots(self) -> tuple[Path, ...]:
        try:
            folders = self._projects.folders()
        except SessionTuiError:
            folders = ()
        return (self._projects.path, self._registry.path, *folders, *self._projects.side_folders)

    def changed_keys(self, paths: Collection[Path]) -> frozenset[str] | None:
        keys: set[str] = set()
        for path in paths:
            if path in (self._root, self._projects.path):
                return None
            if self._registry.path in (path, path.parent):
                keys |= self._registry.keys_of(path)
            elif self._projects.path in path.parents:
                try:
                    keys |= self._projects.keys_at(path)
                except SessionTuiError:
                    return None
        return frozenset(keys)

    # -- changing --------------------------------------------------------------------------

    def put(self, session: Session, messages: Iterable[Message]) -> None:
        write_session(self._projects, session, messages)

    def exists(self, key: str) -> bool:
        return self._projects.find(key) is not None
