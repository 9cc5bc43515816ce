"""fast-resume, the program we are compared with, where it is installed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import NamedTuple

from benchmarks.processes import Spent, run, scratch_environment


class Peer(NamedTuple):
    """The program. It sees a home folder and nothing else of the machine."""

    program: Path

    @classmethod
    def find(cls, named: Path | None) -> Peer | None:
        """The one that was named, else `fr` on the path, else none."""
        found = shutil.which("fr") if named is None else str(named)
        return None if found is None else cls(Path(found))

    def version(self) -> str:
        """Its name and version."""
        return run(
            [str(self.program), "--version"], scratch_environment(Path("/nonexistent"))
        ).output

    def rebuild(self, home: Path) -> Spent:
        """Make its index anew and print one session; it ends when all is searchable."""
        arguments = [str(self.program), "--rebuild", "--list", "--limit", "1"]
        return run(arguments, scratch_environment(home))

    def refresh(self, home: Path) -> Spent:
        """Look for what changed and print one session."""
        return run([str(self.program), "--list", "--limit", "1"], scratch_environment(home))

    def search(self, home: Path, query: str, limit: int) -> list[str]:
        """The ids of the sessions that it finds, best first; the index stays as it is."""
        arguments = [
            str(self.program),
            "--json",
            "--no-refresh",
            "--limit",
            str(limit),
            "--",
            query,
        ]
        found = json.loads(run(arguments, scratch_environment(home)).output)
        return [session["id"] for session in found["sessions"]]

    @staticmethod
    def index_bytes(home: Path) -> int:
        """How big its index is."""
        folder = home / ".cache" / "fast-resume"
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
