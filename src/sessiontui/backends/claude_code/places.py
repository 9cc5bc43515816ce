"""Where Claude Code's folder is, and how it is known."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from sessiontui.backends.claude_code.projects import PROJECTS, ProjectFolders
from sessiontui.domain.backend import Place, Surroundings
from sessiontui.domain.errors import SessionTuiError
from sessiontui.records.presence import CLAUDE_CODE
from sessiontui.storage.jsonl_file import read_lines

_LOOKED_AT = 20


def places(surroundings: Surroundings) -> Iterable[Place]:
    """Claude Code's folder: the one its environment variable names, else the one in the home."""
    place = CLAUDE_CODE.place(surroundings)
    if _is_folder(place.path / PROJECTS):
        yield place


def roots_in(path: Path) -> tuple[Path, ...]:
    """Claude Code's folder that a path is or directly holds, judged by content."""
    for folder in (path, path / CLAUDE_CODE.folder):
        if _is_root(folder):
            return (folder.resolve(),)
    return ()


def _is_root(folder: Path) -> bool:
    """Whether some transcript begins like one; without any, only the folder's own name tells."""
    if not _is_folder(folder / PROJECTS):
        return False
    try:
        found = ProjectFolders(folder.resolve()).look_around().transcripts
    except SessionTuiError:
        return False
    if not found:
        return folder.name == CLAUDE_CODE.folder
    newest = sorted(found.values(), key=lambda transcript: transcript.rank, reverse=True)
    return any(_begins_well(transcript.path) for transcript in newest[:_LOOKED_AT])


def _begins_well(path: Path) -> bool:
    """Whether one of the first lines is a record of a session."""
    try:
        return any(_is_record(line.data) for line in islice(read_lines(path), _LOOKED_AT))
    except SessionTuiError:
        return False


def _is_record(line: bytes) -> bool:
    try:
        record: Any = json.loads(line)
    except (ValueError, RecursionError):
        return False
    if not isinstance(record, dict) or not isinstance(record.get("type"), str):
        return False
    return bool({"sessionId", "session_id", "leafUuid", "messageId"} & record.keys())


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False
