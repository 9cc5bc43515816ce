"""Where Codex's folder is, and how it is known."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from sessiontui.backends.codex.content import Contents
from sessiontui.backends.codex.tree import RolloutTree, is_there, state_databases
from sessiontui.domain.backend import Place, Surroundings
from sessiontui.domain.errors import SessionTuiError
from sessiontui.records.codex_lines import Meta, record_of
from sessiontui.records.presence import CODEX
from sessiontui.storage.file_state import is_regular_file

_LOOKED_AT = 20
_LONGEST_LINE = 1 << 22
_SQLITE = b"SQLite format 3\0"


def places(surroundings: Surroundings) -> Iterable[Place]:
    """Codex's folder: the one its environment variable names, else the one below the home."""
    place = CODEX.place(surroundings)
    if is_there(place.path):
        yield place


def roots_in(path: Path) -> tuple[Path, ...]:
    """Codex's folder that a path is or directly holds, judged by content."""
    for folder in (path, path / CODEX.folder):
        if folder.is_dir() and _is_root(folder):
            return (folder.resolve(),)
    return ()


def _is_root(folder: Path) -> bool:
    """Whether some rollout begins like one; a folder without any needs a state database."""
    try:
        listing = RolloutTree(folder.resolve()).listing()
    except SessionTuiError:
        return False
    files = [file.path for file in listing.sessions.values() if file.kind is None]
    if not files:
        return any(_is_database(path) for _, path in state_databases((folder, folder / "sqlite")))
    return any(_begins_well(path) for path in islice(reversed(files), _LOOKED_AT))


def _is_database(path: Path) -> bool:
    try:
        if not is_regular_file(path):
            return False
        with path.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False


def _begins_well(path: Path) -> bool:
    line = b""
    try:
        for block in Contents().beginning(path):
            begun, found, _ = block.partition(b"\n")
            line += begun
            if found or len(line) > _LONGEST_LINE:
                break
    except SessionTuiError:
        return False
    record = record_of(line)
    return isinstance(record.body, Meta) and isinstance(record.body.id, str)
