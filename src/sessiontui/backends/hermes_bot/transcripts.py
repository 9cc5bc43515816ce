"""Finds the Claude Code transcript of a session: by folder name, else in every project folder."""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from sessiontui.domain.value import PlainValue
from sessiontui.records.claude_code_folders import folder_names, is_session_id
from sessiontui.storage.file_state import FileState

_SETTLED_NS = 50_000_000
"""A folder changed more recently than this may change again without a new time stamp."""


class Found(PlainValue):
    """A transcript that is there, and its state."""

    path: Path
    state: FileState


class _Listing(PlainValue):
    mtime_ns: int
    names: frozenset[str]


def projects_below(home: Path) -> Path:
    """Where Claude Code keeps its project folders, below a home."""
    return home / ".claude" / "projects"


def home_above(path: Path) -> Path | None:
    """The nearest folder above a path that is a home with Claude Code's project folders."""
    return next((folder for folder in path.parents if projects_below(folder).is_dir()), None)


class TranscriptFinder:
    """Looks for transcripts below one home. Safe to use from several threads."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.projects = projects_below(home)
        self._lock = threading.Lock()
        self._listings: dict[str, _Listing] = {}

    def folders(self, repo_path: str) -> tuple[Path, ...]:
        """Where the transcripts of a repository may be, the likely places first."""
        if not repo_path or "\0" in repo_path:
            return ()
        paths = dict.fromkeys((repo_path, os.path.realpath(repo_path)))
        names = dict.fromkeys(name for path in paths for name in folder_names(path))
        return tuple(self.projects / name for name in names)

    def find_all(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Found | None]:
        """The transcripts of (session id, repository path) pairs; regular files only.

        Costs a stat or two each; the other project folders are only looked at for those that are
        not where they should be, once for all of them.
        """
        folders: dict[str, tuple[Path, ...]] = {}
        holding: dict[str, list[Path]] | None = None
        found: dict[tuple[str, str], Found | None] = {}
        for session_id, repo_path in dict.fromkeys(wanted):
            if not is_session_id(session_id):
                found[session_id, repo_path] = None
                continue
            if repo_path not in folders:
                folders[repo_path] = self.folders(repo_path)
            name = f"{session_id}.jsonl"
            expected = folders[repo_path]
            there = _first(folder / name for folder in expected)
            if there is None:
                holding = self._holding() if holding is None else holding
                there = _first(folder / name for folder in holding.get(name, ()))
            found[session_id, repo_path] = there
        return found

    def _holding(self) -> dict[str, list[Path]]:
        """The folders that hold each transcript name; unchanged ones are not listed again."""
        found: dict[str, list[Path]] = {}
        with self._lock:
            current: dict[str, _Listing] = {}
            for folder in _subfolders(self.projects):
                listing = self._listing(folder)
                if listing is not None:
                    current[folder.name] = listing
                    for name in listing.names:
                        found.setdefault(name, []).append(folder)
            self._listings = current
        return found

    def _listing(self, folder: Path) -> _Listing | None:
        try:
            changed = folder.stat().st_mtime_ns
            known = self._listings.get(folder.name)
            if known is not None and known.mtime_ns == changed:
                return known
            names = frozenset(n for n in os.listdir(folder) if n.endswith(".jsonl"))  # noqa: PTH208
        except OSError:
            # A folder that may not be looked into holds nothing for us.
            return None
        settled = time.time_ns() - changed > _SETTLED_NS
        return _Listing(changed if settled else -1, names)


def _subfolders(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return sorted(Path(entry.path) for entry in entries if entry.is_dir())
    except OSError:
        return []


def _first(paths: Iterable[Path]) -> Found | None:
    return next((found for path in paths if (found := _regular(path)) is not None), None)


def _regular(path: Path) -> Found | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return Found(path, FileState.from_stat(found)) if stat.S_ISREG(found.st_mode) else None
