"""The project folders of Claude Code: which transcripts there are, and where.

`projects/<folder>/<session id>.jsonl`; what a session keeps besides is in the folder of its name.
"""

from __future__ import annotations

import os
import re
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sessiontui.domain.errors import SessionTuiError, StoreMissing
from sessiontui.storage.file_state import FileState
from sessiontui.storage.system_errors import store_error

PROJECTS = "projects"
ENDING = ".jsonl"
_HEX = "[0-9a-fA-F]"
_ID = re.compile(rf"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}")
_NAME = re.compile(rf"{_ID.pattern}\.jsonl")


def is_session_key(text: str) -> bool:
    """Whether a text can be the id of a session."""
    return _ID.fullmatch(text) is not None


class Transcript(NamedTuple):
    """One session's file; `has_folder` when there is a folder of its name beside it."""

    key: str
    name: str
    state: FileState
    has_folder: bool

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


class Listing(NamedTuple):
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
        for folder in self._folders():
            try:
                for transcript in _transcripts_in(folder):
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
            for key in [key for key, one in found.items() if self._is_other(one)]:
                del found[key]
        return Listing(found, problems)

    def find(self, key: str) -> Transcript | None:
        """One session as it is now, or None. Raises `StoreUnreadable` where that is not sure."""
        if not is_session_key(key):
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

    def keys_in(self, folder: Path) -> set[str]:
        """The sessions that are in a project folder, or were when it was last looked at."""
        with self._lock:
            keys = {key for key, name in self._places.items() if Path(name).parent == folder}
        try:
            return keys | {transcript.key for transcript in _transcripts_in(str(folder))}
        except StoreMissing:
            return keys

    def _is_other(self, transcript: Transcript) -> bool:
        return bool(self._others) and self._others.get(transcript.name) == transcript.state

    def _search(self, key: str) -> Transcript | None:
        if not self._places:
            # Whoever asks for one session asks for others too.
            listing = self.look_around()
            if not listing.problems:
                return listing.transcripts.get(key)
        found = [_transcript_at(key, f"{folder}/{key}{ENDING}") for folder in self._folders()]
        there = [transcript for transcript in found if transcript is not None]
        return max(there, key=lambda transcript: transcript.rank, default=None)

    def _folders(self) -> list[str]:
        try:
            with os.scandir(self.path) as entries:
                return [entry.path for entry in entries if entry.is_dir()]
        except OSError as error:
            raise store_error(error, self.path) from error


def _transcripts_in(folder: str) -> Iterator[Transcript]:
    try:
        with os.scandir(folder) as scanned:
            entries = list(scanned)
        names = {entry.name for entry in entries}
        for entry in entries:
            name = entry.name
            if _NAME.fullmatch(name) is not None:
                try:
                    found = entry.stat()
                except FileNotFoundError:
                    continue  # removed just now, or a link that leads nowhere
                if stat.S_ISREG(found.st_mode):
                    key = name[: -len(ENDING)]
                    state = FileState.from_stat(found)
                    yield Transcript(key, entry.path, state, key in names)
    except OSError as error:
        raise store_error(error, Path(folder)) from error


def _transcript_at(key: str, place: str) -> Transcript | None:
    try:
        found = os.stat(place)  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise store_error(error, Path(place)) from error
    if not stat.S_ISREG(found.st_mode):
        return None
    beside = os.path.isdir(place.removesuffix(ENDING))  # noqa: PTH112
    return Transcript(key, place, FileState.from_stat(found), beside)
