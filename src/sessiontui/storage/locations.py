"""Where our own files are: cache (index), data (journal, local titles) and config folders."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from sessiontui.domain.value import Value
from sessiontui.storage.system_errors import store_error

APP_NAME = "sessiontui"


class Locations(Value):
    """Our folders; made with mode 0700 when something is first written there."""

    cache: Path
    data: Path
    config: Path

    @classmethod
    def of_user(cls) -> Locations:
        """The platform's folders; the XDG variables count on every platform."""

        def folder(variable: str, default: str) -> Path:
            chosen = os.environ.get(variable, "")
            return Path(chosen) / APP_NAME if Path(chosen).is_absolute() else Path(default)

        return cls(
            cache=folder("XDG_CACHE_HOME", platformdirs.user_cache_dir(APP_NAME)),
            data=folder("XDG_DATA_HOME", platformdirs.user_data_dir(APP_NAME)),
            config=folder("XDG_CONFIG_HOME", platformdirs.user_config_dir(APP_NAME)),
        )

    @classmethod
    def below(cls, folder: Path) -> Locations:
        """All three below one folder: for demo stores and tests."""
        return cls(cache=folder / "cache", data=folder / "data", config=folder / "config")

    @property
    def journal(self) -> Path:
        """The folder of the undo journal."""
        return self.data / "undo"

    @property
    def local_titles(self) -> Path:
        """The file of titles that stores cannot hold."""
        return self.data / "local-titles.json"

    @property
    def query_history(self) -> Path:
        """The file of the queries that were used."""
        return self.data / "query-history.json"

    @property
    def looked_at(self) -> Path:
        """The file of what a person has looked at."""
        return self.data / "looked-at.json"

    @property
    def view_state(self) -> Path:
        """The file of how the screens were left."""
        return self.data / "view-state.json"


def store_folder(folder: Path) -> Path:
    """Make a folder of a store like a `private_folder`; returns it.

    Raises what the system's error means: `StoreUnreadable`, `StoreReadOnly` and their like.
    """
    try:
        return private_folder(folder)
    except OSError as error:
        raise store_error(error, folder) from error


def private_folder(folder: Path) -> Path:
    """Make a folder (and its parents) that only its owner can enter; returns it.

    Raises `OSError` as the system gives it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
