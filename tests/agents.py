"""An agent's program for tests: it tells where it was started and how, and ends as it is told."""

from __future__ import annotations

import shlex
from pathlib import Path

# A shell that is sent a signal which its parent ignored lives to say so.
_PROGRAM = """#!/bin/sh
exec 3>>{told}
(pwd -P | tr -d '\\n'; for word in "$@"; do printf '|%s' "$word"; done; echo) >&3
ignored=$(for name in PIPE INT QUIT; do sh -c "kill -s $name \\$\\$; echo $name"; done 2>/dev/null)
echo "ignored:$ignored" >&3
echo "the agent was here"
exit {code}
"""


class FakeAgent:
    """A program in a folder of its own, which is to be put on the PATH."""

    def __init__(self, folder: Path, name: str = "claude", code: int = 0) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self._told = folder / "told"
        program = folder / name
        program.write_text(_PROGRAM.format(told=shlex.quote(str(self._told)), code=code))
        program.chmod(0o755)

    @property
    def calls(self) -> list[list[str]]:
        """The folder and the arguments of every start."""
        return [line.split("|") for line in self._lines[::2]]

    @property
    def ignored(self) -> list[str]:
        """The signals that the last start found ignored."""
        return self._lines[-1].removeprefix("ignored:").split()

    @property
    def _lines(self) -> list[str]:
        return self._told.read_text().splitlines() if self._told.exists() else []
