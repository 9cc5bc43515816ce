"""A program in a terminal of its own: what it writes there, and when."""

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
from types import TracebackType
from typing import Self

SIZE = (120, 36)
"""Columns and lines of the terminals, here and where an app is run without one."""
_TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
_PATIENCE_SECONDS = 30.0
_REST_SECONDS = 1.5
"""What writes nothing for so long has shown everything."""


class Terminal:
    """Runs a program from the moment it is made; used as a context, which ends by killing it."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._began = time.perf_counter()
        self._process, self._terminal = pty.fork()
        if self._process == 0:
            os.execve(command[0], list(command), {**environment, **_TERMINAL})
        columns, lines = SIZE
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def until(self, sign: bytes) -> float:
        """Seconds from the start until this is written. Raises `TimeoutError` if it never is."""
        written = b""
        while sign not in written:
            written += self._read(_PATIENCE_SECONDS)
        return time.perf_counter() - self._began

    def rest(self) -> int:
        """Wait until nothing is written any more; how many bytes were."""
        total = 0
        while True:
            try:
                total += len(self._read(_REST_SECONDS))
            except TimeoutError:
                return total

    def press(self, keys: bytes) -> int:
        """Press keys; the bytes that are written until all is shown."""
        os.write(self._terminal, keys)
        return self.rest()

    def _read(self, patience: float) -> bytes:
        if not select.select([self._terminal], [], [], patience)[0]:
            raise TimeoutError("nothing is written")
        return os.read(self._terminal, 1 << 16)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._terminal)
