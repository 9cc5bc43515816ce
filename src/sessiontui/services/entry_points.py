"""Entry points of the installed packages, read from their folders.

`importlib.metadata` finds them too, but importing it and reading what it reads takes a twentieth of
a short run.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

_FOLDERS = ("*.dist-info", "*.egg-info")
_NAME = "entry_points.txt"


def entry_points_of(group: str) -> dict[str, str]:
    """Name and object (`module:attribute`) of every entry point of a group.

    Of two with one name the first on the path counts, as when something is imported.
    """
    found: dict[str, str] = {}
    for text in _texts(tuple(dict.fromkeys(sys.path))):
        for name, reference in _entries(text, group):
            found.setdefault(name, reference)
    return found or _found_elsewhere(group)


@cache
def _texts(folders: tuple[str, ...]) -> tuple[str, ...]:
    """What the packages in these folders say of themselves."""
    found = []
    for folder in folders:
        for pattern in _FOLDERS:
            for path in sorted(Path(folder).glob(f"{pattern}/{_NAME}")):
                with suppress(OSError, UnicodeDecodeError):
                    found.append(path.read_text("utf-8"))
    return tuple(found)


def load_entry_point(reference: str) -> Any:
    """The object that is meant. Raises `ImportError`, `AttributeError`."""
    module, _, attributes = reference.partition(":")
    found: Any = import_module(module.strip())
    for name in attributes.split("[")[0].strip().split("."):
        found = getattr(found, name)
    return found


def _entries(text: str, group: str) -> Iterator[tuple[str, str]]:
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            section = line.strip("[] ")
        elif section == group and not line.startswith(("#", ";")):
            name, sign, reference = line.partition("=")
            if sign:
                yield name.strip(), reference.strip()


def _found_elsewhere(group: str) -> dict[str, str]:
    """The same of packages that lie in no folder, as in an archive."""
    from importlib.metadata import entry_points  # noqa: PLC0415  see above

    return {entry.name: entry.value for entry in entry_points(group=group)}
