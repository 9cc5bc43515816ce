"""The project folders of Claude Code: which transcripts there are, and where.

`projects/<folder>/<session id>.jsonl`; what a session keeps besides is in the folder of its name,
the transcripts of its sub-agents too.
"""

from __future__ import annotations

import os
import re
import stat
import threading
from collections.abc import Iterator
from contextlib import suppress
from heapq import nlargest
from pathlib import Path

from sessiontui.backends.claude_code.agents import (
    AGENTS,
    ENDING,
    SESSION_ID,
    AgentFile,
    AgentKey,
    BesideSession,
    beside_session,
    state_of,
)
from sessiontui.domain.errors import SessionTuiError, StoreMissing
from sessiontui.domain.value import PlainValue
from sessiontui.storage.file_state import FileState
from sessiontui.storage.system_errors import store_error

PROJECTS = "projects"
_NAME = re.compile(rf"{SESSION_ID.pattern}\.jsonl")
_ID_LENGTH = 36
_MOST_WATCHED = 32
"""Sub-agents are at work only where something moved lately: folders of so many sessions are
watched, out of the thousands that a history may have."""


def is_session_key(text: str) -> bool:
    """Whether a text can be the id of a session that is no sub-agent's."""
    return SESSION_ID.fullmatch(text) is not None


class Transcript(PlainValue):
    """The file of a session or a sub-agent.

    `has_folder` when there is a folder of its name beside it; `agents` are in that folder, and the
    last of them wrote at `agents_moved_ns`.
    """

    key: str
    name: str
    state: FileState
    has_folder: bool = False
    agents: int = 0
    agents_moved_ns: int = 0

    @property
    def path(self) -> Path:
        """Where the file is."""
        return Path(self.name)

    @property
    def folder(self) -> Path:
        """Where the session keeps what is not in its transcript."""
        return Path(self.name.removesuffix(ENDING))

    @property
    def rank(self) -> tuple[int, str]:
        """Of several files of one session, the greatest counts: the one written last."""
        return self.state.mtime_ns, self.name

    def fingerprint_in(self, state: FileState) -> str:
        """Changes with the transcript, which was in this state, and with those of sub-agents.

        While they work, nothing is written to their parent's, and yet it is not stuck.
        """
        if not self.agents:
            return state.fingerprint
        return f"{state.fingerprint}.{self.agents:x}.{self.agents_moved_ns:x}"


class Listing(PlainValue):
    """The sessions by key, and the folders that could not be looked into."""

    transcripts: dict[str, Transcript]
    problems: list[SessionTuiError]


class ProjectFolders:
    """The transcripts below one root. Safe to use from several threads."""

    def __init__(self, root: Path) -> None:
        self.path = root / PROJECTS
        self._lock = threading.Lock()
        self._places: dict[str, str] = {}
        self._sessions: set[str] = set()
        self._others: dict[str, FileState] = {}
        self._side_folders: tuple[Path, ...] = ()

    def listing(self) -> dict[str, Transcript]:
        """Every session by key, with one stat each.

        Complete, or an exception: raises `StoreMissing`, `StoreUnreadable`.
        """
        found = self.look_around()
        if found.problems:
            raise found.problems[0]
        return found.transcripts

    def look_around(self) -> Listing:
        """Every session that can be seen. Raises `StoreMissing`, `StoreUnreadable`."""
        found: dict[str, Transcript] = {}
        problems: list[SessionTuiError] = []
        beside: list[tuple[int, tuple[str, ...]]] = []
        for folder in self._folders():
            try:
                for transcript in _transcripts_in(folder, beside):
                    known = found.get(transcript.key)
                    if known is None or known.rank < transcript.rank:
                        found[transcript.key] = transcript
            except StoreMissing:
                continue  # removed just now
            except SessionTuiError as error:
                problems.append(error)
        with self._lock:
            if not problems:
                self._places = {key: transcript.name for key, transcript in found.items()}
            newest = nlargest(_MOST_WATCHED, beside)
            self._side_folders = tuple(Path(one) for _, folders in newest for one in folders)
            for key in [key for key, one in found.items() if self._is_other(one)]:
                del found[key]
        return Listing(found, problems)

    def find(self, key: str) -> Transcript | None:
        """One session as it is now, or None. Raises `StoreUnreadable` where that is not sure."""
        if not is_session_key(key) and AgentKey.of(key) is None:
            return None
        with self._lock:
            place = self._places.get(key)
        found = None if place is None else _transcript_at(key, place)
        if found is None:
            try:
                found = self._search(key)
            except StoreMissing:
                return None
        if found is None:
            return None
        with self._lock:
            self._places[key] = found.name
            return None if self._is_other(found) else found

    def judge(self, transcript: Transcript, state: FileState, *, is_session: bool) -> None:
        """Remember whether a file holds a session: one that does not is not listed as it is."""
        with self._lock:
            if is_session:
                self._sessions.add(transcript.name)
                self._others.pop(transcript.name, None)
            else:
                self._sessions.discard(transcript.name)
                self._others[transcript.name] = state

    def is_judged(self, transcript: Transcript) -> bool:
        """Whether it is known that a listed file holds a session."""
        with self._lock:
            return transcript.name in self._sessions

    def folders(self) -> tuple[Path, ...]:
        """The project folders. Raises `StoreMissing`, `StoreUnreadable`."""
        return tuple(sorted(map(Path, self._folders())))

    @property
    def side_folders(self) -> tuple[Path, ...]:
        """Where sub-agents may write or appear: beside the sessions that moved last, as listed."""
        with self._lock:
            return self._side_folders

    def keys_at(self, path: Path) -> set[str]:
        """The sessions that a change of a path below the project folders concerns.

        Those that are there, and those that were when it was last looked at. A sub-agent at work
        moves its session too. Raises `StoreUnreadable`.
        """
        place = path.relative_to(self.path).parts
        if len(place) == 1:
            return self._known_in(path) | self._keys_in(path)
        agent = AgentKey.of_file(place[1:])
        if agent is not None:
            return {str(agent), *filter(None, (agent.session,))}
        if _NAME.fullmatch(place[1]) is not None:
            return {path.stem} if len(place) == 2 else set()
        if not is_session_key(place[1]) or path.suffix or place[2:3] not in ((), (AGENTS,)):
            return set()
        # A folder for sub-agents came or went, with whatever is in it.
        beside = self.path.joinpath(*place[:2])
        return {place[1]} | self._known_in(path) | self._agents_in(beside)

    def _keys_in(self, folder: Path) -> set[str]:
        try:
            return {transcript.key for transcript in _transcripts_in(str(folder), [])}
        except StoreMissing:
            return set()

    def agents_of(self, key: str) -> set[str]:
        """The sub-agents of a session; none where that cannot be told."""
        try:
            transcript = self.find(key)
            if transcript is None or not transcript.agents:
                return set()
            return self._agents_in(transcript.folder)
        except SessionTuiError:
            return set()

    def _agents_in(self, folder: Path) -> set[str]:
        try:
            return {agent.key for agent in beside_session(str(folder), folder.name).agents}
        except OSError as error:
            raise store_error(error, folder) from error

    def _known_in(self, folder: Path) -> set[str]:
        start = f"{folder}/"
        with self._lock:
            return {key for key, name in self._places.items() if name.startswith(start)}

    def _is_other(self, transcript: Transcript) -> bool:
        return bool(self._others) and self._others.get(transcript.name) == transcript.state

    def _search(self, key: str) -> Transcript | None:
        if not self._places:
            # Whoever asks for one session asks for others too.
            listing = self.look_around()
            if not listing.problems:
                return listing.transcripts.get(key)
        agent = AgentKey.of(key)
        place = f"{key}{ENDING}" if agent is None else agent.place
        found = [_transcript_at(key, f"{folder}/{place}") for folder in self._folders()]
        there = [transcript for transcript in found if transcript is not None]
        return max(there, key=lambda transcript: transcript.rank, default=None)

    def _folders(self) -> list[str]:
        try:
            with os.scandir(self.path) as entries:
                return [entry.path for entry in entries if entry.is_dir()]
        except OSError as error:
            raise store_error(error, self.path) from error


def _transcripts_in(folder: str, beside: list[tuple[int, tuple[str, ...]]]) -> Iterator[Transcript]:
    """What a project folder holds.

    `beside` gets the folders beside each session, and when something in there last moved.
    """
    try:
        with os.scandir(folder) as scanned:
            entries = list(scanned)
        sides = {
            name: beside_session(f"{folder}/{name}", name)
            for entry in entries
            if len(name := entry.name) == _ID_LENGTH and SESSION_ID.fullmatch(name)
        }
        for entry in entries:
            name = entry.name
            if _NAME.fullmatch(name) is None:
                if name.startswith("agent-") and name.endswith(ENDING):
                    yield from _older_agent(entry)
                continue
            try:
                found = entry.stat()
            except FileNotFoundError:
                continue  # removed just now, or a link that leads nowhere
            if stat.S_ISREG(found.st_mode):
                key = name[: -len(ENDING)]
                state = FileState.from_stat(found)
                side = sides.pop(key, None)
                if side is None:
                    yield Transcript(key, entry.path, state)
                    continue
                yield _with_folder(key, entry.path, state, side)
                beside.append((max(side.moved_ns, state.mtime_ns), side.folders))
                yield from map(_of_agent, side.agents)
        for side in sides.values():
            # A session that is gone, and its sub-agents are not.
            beside.append((side.moved_ns, side.folders))
            yield from map(_of_agent, side.agents)
    except OSError as error:
        raise store_error(error, Path(folder)) from error


def _older_agent(entry: os.DirEntry[str]) -> Iterator[Transcript]:
    agent, state = AgentKey.of_file((entry.name,)), state_of(entry)
    if agent is not None and state is not None:
        yield Transcript(str(agent), entry.path, state)


def _of_agent(file: AgentFile) -> Transcript:
    return Transcript(file.key, file.name, file.state)


def _transcript_at(key: str, place: str) -> Transcript | None:
    try:
        found = os.stat(place)  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise store_error(error, Path(place)) from error
    if not stat.S_ISREG(found.st_mode):
        return None
    state, folder = FileState.from_stat(found), place.removesuffix(ENDING)
    if not is_session_key(key) or not os.path.isdir(folder):  # noqa: PTH112
        return Transcript(key, place, state)
    side = BesideSession()
    with suppress(OSError):
        # They only add to what the transcript says.
        side = beside_session(folder, key)
    return _with_folder(key, place, state, side)


def _with_folder(key: str, place: str, state: FileState, side: BesideSession) -> Transcript:
    return Transcript(key, place, state, True, len(side.agents), side.moved_ns)
