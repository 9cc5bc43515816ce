"""Reads the transcript in a snapshot, without a place in the store it came from.

Only a backend knows what it put into a snapshot, and it knows one thing to do with it: to restore
it. So it restores it into an empty store of its own, which lives as long as the reading.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from weakref import finalize

from sessiontui.domain.backend import SessionBackend, Snapshot
from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.message import Message
from sessiontui.services.backend_registry import backend_class
from sessiontui.storage.system_errors import store_error


class KeptMessages:
    """The messages that a restore would bring back, to be read as often as is wanted.

    They lie in a folder of their own until `close`. May be used from several threads.
    """

    def __init__(self, snapshot: Snapshot, name: str, home: Path | None) -> None:
        """`name` is what the store's file or folder is called.

        What the session points to in stores of others is looked for below `home`, where one is
        given. Raises `Unsupported` for a format in which no store can be made, and what restoring
        raises.
        """
        self._key = snapshot.key
        kind = backend_class(snapshot.format)
        try:
            folder = Path(mkdtemp(prefix="sessiontui-"))
        except OSError as error:
            raise store_error(error, Path(name)) from error
        try:
            self._backend = kind.create(folder / name)
            if home is not None:
                self._backend.use_home(home)
            self._backend.restore(snapshot)
        except (OSError, SessionTuiError) as error:
            shutil.rmtree(folder, ignore_errors=True)
            if isinstance(error, OSError):
                raise store_error(error, Path(name)) from error
            raise
        self._remove = finalize(self, _removed, self._backend, folder)

    def messages(self, start: int = 0, stop: int | None = None) -> Iterator[Message]:
        """Messages from one index to another, one by one; raises what reading a store raises."""
        return self._backend.messages(self._key, start, stop)

    def close(self) -> None:
        """Remove what lies in the folder: nothing can be read any more."""
        self._remove()


def _removed(backend: SessionBackend, folder: Path) -> None:
    backend.close()
    shutil.rmtree(folder, ignore_errors=True)
