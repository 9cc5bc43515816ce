"""Runs this program, and what it is compared with, in processes of their own."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.processes import Spent, run, scratch_environment


def environment(folder: Path) -> Mapping[str, str]:
    """As it is installed: every module is compiled, and all our folders are below this one."""
    here = Path(__file__).parent.parent
    return {
        **scratch_environment(folder),
        "PYTHONPATH": str(here),
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
    }


def told(spent: Spent) -> dict[str, float]:
    """The JSON object that a part of the benchmarks printed."""
    found: dict[str, float] = json.loads(spent.output)
    return found


def least(words: Sequence[Sequence[str]], folder: Path, rounds: int) -> list[Spent]:
    """The cheapest run of `python WORDS` for each, run in turn: all meet the same noise.

    The very first ones, which compile and fill caches, do not count. Raises as `run` does.
    """
    variables = environment(folder)
    runs = [[run((sys.executable, *each), variables) for each in words] for _ in range(rounds + 1)]
    return [
        min(found, key=lambda spent: spent.cpu_seconds) for found in zip(*runs[1:], strict=True)
    ]
