"""The command line: the same things as the terminal UI, headless, for people and for programs."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from typing import NoReturn

from sessiontui.cli.importing import importing


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the program with these words, or with those of the command line, and exit."""
    # Imported late, so that a module of this package can be had without all of them.
    with importing():
        from sessiontui.cli.root import program  # noqa: PLC0415

    try:
        program.main(arguments, prog_name="sessiontui")
    finally:
        # Nor at the end, when everything goes: a tenth of a short run would be spent on it.
        gc.freeze()
