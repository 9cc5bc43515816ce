"""Where zeroclaw keeps its session stores: this version's folders and those of older ones.

Only looks whether paths exist; opens nothing but the small marker file of old versions.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from sessiontui.domain.backend import Place, Surroundings
from sessiontui.domain.value import PlainValue
from sessiontui.storage.toml_file import read_toml

ARCHIVE = "archive"
"""The folder beside the sessions into which zeroclaw moves old files."""
CHAT_DATABASE = "sessions.db"
ACP_DATABASE = "acp-sessions.db"
_DATA_NAMES = ("data", "workspace")


class _Root(PlainValue):
    """A config folder, a data folder, and why it was looked at."""

    config: Path
    data: Path
    origin: str


class SessionFolder(PlainValue):
    """An existing folder that may hold up to three stores."""

    path: Path
    origin: str


def session_folders(surroundings: Surroundings) -> list[SessionFolder]:
    """The existing session folders, the one in use first, each real folder once."""
    seen: set[tuple[int, int]] = set()
    found = []
    for path, origin in _candidates(surroundings):
        try:
            real = path.resolve()
            state = real.stat()
        except (OSError, RuntimeError):
            continue
        identity = (state.st_dev, state.st_ino)
        if real.is_dir() and identity not in seen:
            seen.add(identity)
            found.append(SessionFolder(real, origin))
    return found


def _candidates(surroundings: Surroundings) -> Iterator[tuple[Path, str]]:
    roots = list(_roots(surroundings))
    main = [(root.data / "sessions", root.origin) for root in roots]
    agents: list[tuple[Path, str]] = []
    for config in dict.fromkeys(root.config for root in roots):
        agents += [
            (folder / "workspace" / "sessions", f"workspace of agent {folder.name}")
            for folder in _subfolders(config / "agents")
        ]
    yield from main
    yield from agents
    for path, _ in (*main, *agents):
        yield path / ARCHIVE, "archived by zeroclaw"


def _roots(surroundings: Surroundings) -> Iterator[_Root]:
    yield from _from_variables(surroundings)
    home = surroundings.home / ".zeroclaw"
    yield _Root(home, home / "data", "~/.zeroclaw/data")
    marked = _marked(home)
    if marked is not None:
        for name in reversed(_DATA_NAMES):
            yield _Root(marked, marked / name, f"active_workspace.toml, {name}")
    yield _Root(home, home / "workspace", "~/.zeroclaw/workspace")
    yield from _from_homebrew(surroundings)


def _from_variables(surroundings: Surroundings) -> Iterator[_Root]:
    variables = surroundings.variables
    config = variables.get("ZEROCLAW_CONFIG_DIR", "").strip()
    if config:
        folder = _expanded(config, surroundings)
        for name in _DATA_NAMES:
            yield _Root(folder, folder / name, "ZEROCLAW_CONFIG_DIR")
        return
    for variable in ("ZEROCLAW_DATA_DIR", "ZEROCLAW_WORKSPACE"):
        value = variables.get(variable, "").strip()
        if value:
            folder = _expanded(value, surroundings)
            root = _resolved(folder, variable)
            yield root
            # The same variable meant other folders to older versions.
            for older in (root.config / "workspace", folder):
                yield _Root(root.config, older, variable)
            return


def _resolved(value: Path, variable: str) -> _Root:
    beside = value.parent / ".zeroclaw"
    if (value / "config.toml").exists():
        return _Root(value, value / "data", variable)
    if (beside / "config.toml").exists() or value.name in _DATA_NAMES:
        return _Root(beside, value, variable)
    return _Root(value, value / "data", variable)


def _from_homebrew(surroundings: Surroundings) -> Iterator[_Root]:
    # With a home folder given instead of the user's own, nothing outside it is looked at.
    if not surroundings.variables:
        return
    prefixes = [surroundings.variables.get("HOMEBREW_PREFIX", "")]
    if sys.platform == "darwin":
        prefixes += ["/opt/homebrew", "/usr/local"]
    for prefix in filter(None, prefixes):
        folder = Path(prefix) / "var" / "zeroclaw"
        yield _Root(folder, folder / "workspace", "Homebrew")


def _marked(home: Path) -> Path | None:
    """The config folder that the marker file of versions up to v0.7 names."""
    try:
        marker = read_toml(home / "active_workspace.toml")
    except (OSError, ValueError):
        return None
    named = marker.get("config_dir")
    if not isinstance(named, str) or not named:
        return None
    return home.parent / named[2:] if named.startswith("~/") else home / named


def _expanded(value: str, surroundings: Surroundings) -> Path:
    if value == "~" or value.startswith("~/"):
        return surroundings.home / value[2:]
    return (surroundings.current_folder or surroundings.home) / value


def _subfolders(folder: Path) -> list[Path]:
    try:
        return sorted(entry for entry in folder.iterdir() if entry.is_dir())
    except OSError:
        return []


def database_places(surroundings: Surroundings, name: str) -> list[Place]:
    """The existing databases of that name, and those that were moved aside beside an archive."""
    stem, dot, ending = name.partition(".")
    found = []
    for folder in session_folders(surroundings):
        paths = [folder.path / name]
        if folder.path.name == ARCHIVE:
            # zeroclaw numbers what it archives twice.
            paths += sorted(folder.path.glob(f"{stem}_[0-9]*{dot}{ending}"))
        found += [Place(path, folder.origin) for path in paths if path.is_file()]
    return found


def folder_places(surroundings: Surroundings) -> list[Place]:
    """The existing folders that hold sessions in files of their own."""
    return [
        Place(folder.path, folder.origin)
        for folder in session_folders(surroundings)
        if next(folder.path.glob("*.jsonl"), None) is not None
    ]
