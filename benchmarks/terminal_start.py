"""Starts programs in a terminal of their own, and looks at what they write there, and when."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

SIZE = (120, 36)
"""Columns and lines of the terminals, here and where an app is run without one."""
_PATIENCE_SECONDS = 30.0
_REST_SECONDS = 1.5
"""What writes nothing for so long has shown everything."""


class Start(NamedTuple):
    """When a program wrote its first byte, and what was looked for, in seconds from its start."""

    begun: float
    seen: float
    written: int
    """Bytes until it came to rest; 0 where that was not waited for."""


def start(
    command: Sequence[str], environment: Mapping[str, str], sign: bytes, *, to_rest: bool = False
) -> Start:
    """Start a program, wait until it writes `sign`, and kill it.

    Raises `TimeoutError` when it does not.
    """
    began = time.perf_counter()
    process, terminal = pty.fork()
    if process == 0:
        os.execve(command[0], list(command), {**environment, **_TERMINAL})
    try:
        columns, lines = SIZE
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        written = _read(terminal, _PATIENCE_SECONDS)
        begun = time.perf_counter() - began
        while sign not in written:
            written += _read(terminal, _PATIENCE_SECONDS)
        seen = time.perf_counter() - began
        total = 0
        if to_rest:
            total = len(written) + _until_rest(terminal)
        return Start(begun, seen, total)
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(terminal)


_TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


def _read(terminal: int, patience: float) -> bytes:
    if not select.select([terminal], [], [], patience)[0]:
        raise TimeoutError("nothing is written")
    return os.read(terminal, 1 << 16)


def _until_rest(terminal: int) -> int:
    total = 0
    while True:
        try:
            total += len(_read(terminal, _REST_SECONDS))
        except TimeoutError:
            return total
