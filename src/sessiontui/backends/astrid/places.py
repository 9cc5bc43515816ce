"""Where astrid keeps its session files, and how newer versions are recognised."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sessiontui.backends.astrid.document import read_document
from sessiontui.backends.astrid.names import key_in
from sessiontui.domain.backend import Place, Surroundings
from sessiontui.domain.errors import SessionTuiError
from sessiontui.records.presence import ASTRID
from sessiontui.storage.file_state import is_regular_file
from sessiontui.storage.jsonl_file import read_file

_FOLDER = "sessions"
_NEWER_STORES = ("var/astrid.volume", "var/state.db", "state.db")
_MARKS = frozenset({"user_id", "messages", "system_prompt"})
_TRIED = 20


def places(surroundings: Surroundings) -> Iterator[Place]:
    """The session folders of astrid and, under its first name, astralis."""
    for variable, name in ASTRID:
        chosen = surroundings.variables.get(variable, "")
        if not chosen:
            home, origin = surroundings.home / name, f"~/{name}"
        elif Path(chosen).is_absolute() and ".." not in Path(chosen).parts:
            home, origin = Path(chosen), variable
        else:
            # The program itself refuses such a home and does not look anywhere else.
            continue
        folder = home / _FOLDER
        if folder.is_dir() or newer_store_in(home) is not None:
            yield Place(folder, origin)


def newer_store_in(home: Path) -> Path | None:
    """The store of a later astrid, which cannot be read from outside; never opened here."""
    for name in _NEWER_STORES:
        path = home / name
        if path.is_dir() if name.endswith("state.db") else is_regular_file(path):
            return path
    return None


def session_folder(path: Path) -> Path:
    """The session folder that a path means: itself, or the one in an astrid home."""
    inner = path / _FOLDER
    if path.name == _FOLDER or _holds_sessions(path):
        return path
    in_home = path.name in {name for _, name in ASTRID}
    if in_home or inner.is_dir() or newer_store_in(path) is not None:
        return inner
    return path


def is_session_folder(folder: Path) -> bool:
    """Whether a folder is astrid's: judged by a file in it, or by the home it lies in."""
    if folder.name == _FOLDER and newer_store_in(folder.parent) is not None:
        return True
    if not folder.is_dir():
        return False
    in_home = folder.name == _FOLDER and folder.parent.name in {name for _, name in ASTRID}
    return in_home or _holds_sessions(folder)


def _holds_sessions(folder: Path) -> bool:
    if not folder.is_dir():
        return False
    try:
        names = sorted(path for path in folder.iterdir() if key_in(path.name) is not None)
    except OSError:
        return False
    return any(_is_session(path) for path in names[:_TRIED])


def _is_session(path: Path) -> bool:
    if not is_regular_file(path):
        return False
    try:
        data, _ = read_file(path)
    except SessionTuiError:
        return False
    return frozenset(read_document(data).fields) >= _MARKS
