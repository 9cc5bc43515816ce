"""A lock between processes of this program, held while something of our own is changed.

The lock is a file that stays; the system lets go of it when its holder ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_STEP_SECONDS = 0.02


@contextmanager
def try_file_lock(path: Path, wait_seconds: float = 0.0) -> Iterator[bool]:
    """Try for so many seconds to become the only holder; yields whether that worked.

    Threads of one process exclude each other like processes do, and a holder that asks again
    waits for itself. The folder must exist. Raises `OSError` where the file cannot be made.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        # Closing the descriptor lets go of the lock.
        yield _taken(descriptor, wait_seconds)
    finally:
        os.close(descriptor)


def _taken(descriptor: int, wait_seconds: float) -> bool:
    end = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
            time.sleep(_STEP_SECONDS)
        else:
            return True
