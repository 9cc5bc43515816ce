"""Programs as processes of their own, with what they took."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple


class Spent(NamedTuple):
    """What a process took: seconds of time and of processors, most bytes of memory at once."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    output: str


def scratch_environment(home: Path) -> dict[str, str]:
    """An environment in which programs find nothing of the user's: all their folders are below."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "TERM": "dumb",
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_DATA_HOME": str(home / ".local" / "share"),
        "XDG_CONFIG_HOME": str(home / ".config"),
    }


def run(arguments: Iterable[str | Path], environment: Mapping[str, str]) -> Spent:
    """Run a program to its end. Raises `CalledProcessError` when it fails."""
    command = [str(argument) for argument in arguments]
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=errors
        )
        # Only `wait4` tells what this one child took.
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        printed = output.read().decode("utf-8", "replace")
        if process.returncode:
            errors.seek(0)
            said = errors.read().decode("utf-8", "replace")
            raise subprocess.CalledProcessError(process.returncode, command, printed, said)
    return Spent(seconds, used.ru_utime + used.ru_stime, 1024 * used.ru_maxrss, printed)
