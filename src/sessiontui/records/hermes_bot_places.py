"""Where hermes-bot's store is: named by its config, or in the folder it is started in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sessiontui.domain.backend import Place, Surroundings
from sessiontui.storage.file_state import is_regular_file
from sessiontui.storage.toml_file import read_toml

_CONFIG_VARIABLE = "HERMES_CONFIG"
_DEFAULT_STORE = "sessions.db"
_LONGEST_CONFIG = 1_000_000


def candidate_stores(surroundings: Surroundings) -> Iterator[Place]:
    """Files that hermes-bot would open, whether or not they are there.

    Of the config only the name of the store is read: it may hold access tokens.
    """
    named = surroundings.variables.get(_CONFIG_VARIABLE, "")
    current = surroundings.current_folder
    if named:
        config = Path(named) if current is None else current / named
        if is_regular_file(config):
            # The bot's own working directory is not known: its config usually lies there.
            store = config.parent / _store_named_in(config)
            yield from _with_older(store, f"named by {_CONFIG_VARIABLE}")
    if current is not None and is_regular_file(current / "config.toml"):
        store = current / _store_named_in(current / "config.toml")
        yield from _with_older(store, "config.toml in the current folder")


def _with_older(store: Path, origin: str) -> Iterator[Place]:
    yield Place(store, origin)
    older = older_store(store)
    if older != store:
        yield Place(older, f"{origin}, not taken over yet")


def older_store(database: Path) -> Path:
    """Where hermes-bot looks for a JSON store to take over into a database."""
    return database.with_suffix(".json") if database.name else database


def newer_store(legacy: Path) -> Path:
    """The database into which a JSON store is taken over."""
    return legacy.with_suffix(".db")


def _store_named_in(config: Path) -> str:
    try:
        if config.stat().st_size > _LONGEST_CONFIG:
            return _DEFAULT_STORE
        value = read_toml(config).get("sessions_file")
    except (OSError, ValueError):
        # Not readable or not TOML: the bot itself would not start, its store may still be there.
        return _DEFAULT_STORE
    return value if isinstance(value, str) and value and "\0" not in value else _DEFAULT_STORE
