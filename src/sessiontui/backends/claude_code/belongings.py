"""What belongs to a session of Claude Code besides its transcript."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from sessiontui.backends.claude_code.agents import AgentKey, note_path
from sessiontui.backends.claude_code.projects import Transcript
from sessiontui.domain.backend import FootprintPart

_PLACES = (
    ("task list", "tasks/{key}"),
    ("task lists of older versions", "todos/{key}-agent-*.json"),
    ("earlier versions of changed files", "file-history/{key}"),
    ("environment", "session-env/{key}"),
    ("debug log", "debug/{key}.txt"),
    ("security warnings", "security/security_warnings_state_{key}.*"),
    ("telemetry", "telemetry/*{key}*.json"),
)


def belongings(root: Path, transcript: Transcript) -> Iterator[FootprintPart]:
    """The transcript, the folder beside it, and what is kept elsewhere by the session's id.

    Of a sub-agent: its transcript, and what is noted of it.
    """
    yield FootprintPart("transcript", transcript.path, transcript.state.size)
    if AgentKey.of(transcript.key) is not None:
        note = note_path(transcript.path)
        if note.is_file():
            yield FootprintPart("note on the sub-agent", note, _size(note))
        return
    if transcript.has_folder:
        folder = transcript.folder
        yield FootprintPart("sub-agents and tool output", folder, _size(folder))
    for what, pattern in _PLACES:
        for path in sorted(root.glob(pattern.format(key=transcript.key))):
            yield FootprintPart(what, path, _size(path))


def _size(path: Path) -> int:
    """Bytes of a file, or of all files in a folder; what cannot be seen counts nothing."""
    total = 0
    try:
        if not path.is_dir() or path.is_symlink():
            return path.lstat().st_size
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    total += _size(Path(entry.path))
                else:
                    total += entry.stat(follow_symlinks=False).st_size
    except OSError:
        return total
    return total
