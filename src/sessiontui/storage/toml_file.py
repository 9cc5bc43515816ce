"""TOML files of other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def read_toml(path: Path) -> dict[str, Any]:
    """What stands in a file. Raises `OSError`, and `ValueError` where it is no TOML or no UTF-8."""
    text = path.read_text("utf-8")
    # Most people have no such file: who has none does not wait for the parser.
    import tomllib  # noqa: PLC0415

    return tomllib.loads(text)
