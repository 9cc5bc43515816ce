"""Reads the transcript in a snapshot, without a place in the store it came from.

Only a backend knows what it put into a snapshot, and it knows one thing to do with it: to restore
it. So it restores it into an empty store of its own, which lives as long as the reading.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from sessiontui.domain.backend import Snapshot
from sessiontui.domain.message import Message
from sessiontui.services.backend_registry import backend_class
from sessiontui.storage.system_errors import store_error


def read_snapshot(snapshot: Snapshot, name: str, home: Path | None) -> tuple[Message, ...]:
    """The messages that a restore would bring back.

    `name` is what the store's file or folder is called. What the session points to in stores of
    others is looked for below `home`, where one is given. Raises `Unsupported` for a format in
    which no store can be made, and what restoring and reading raise.
    """
    try:
        with (
            TemporaryDirectory(prefix="sessiontui-") as folder,
            closing(backend_class(snapshot.format).create(Path(folder) / name)) as backend,
        ):
            if home is not None:
                backend.use_home(home)
            backend.restore(snapshot)
            return tuple(backend.messages(snapshot.key))
    except OSError as error:
        raise store_error(error, Path(name)) from error
