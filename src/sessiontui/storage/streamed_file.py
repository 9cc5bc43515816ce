"""Writing a file piece by piece, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from sessiontui.storage.atomic_file import TEMPORARY_PREFIX, link_new, sync_folder
from sessiontui.storage.system_errors import store_error


def stream_file(
    path: Path, pieces: Iterable[bytes], *, replace: bool = False, mode: int = 0o600
) -> int:
    """Write pieces into a new file as they come; returns its size in bytes.

    It has its name only when it is finished. Raises `ChangedUnderneath` where a file is there
    already and `replace` is not given, else what the system's error means. What the pieces
    themselves raise goes through, and nothing is left behind.
    """
    try:
        descriptor, name = tempfile.mkstemp(prefix=TEMPORARY_PREFIX, dir=path.parent)
    except OSError as error:
        raise store_error(error, path.parent) from error
    temporary = Path(name)
    size = 0
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            for piece in pieces:
                size += file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            temporary.rename(path)
        else:
            link_new(temporary, path)
    except OSError as error:
        raise store_error(error, path) from error
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()
    sync_folder(path.parent)
    return size
