"""The command line: the same things as the terminal UI, headless, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the program with these words, or with those of the command line, and exit."""
    # Imported late, so that a module of this package can be had without all of them.
    from sessiontui.cli.root import program  # noqa: PLC0415

    program.main(arguments, prog_name="sessiontui")
