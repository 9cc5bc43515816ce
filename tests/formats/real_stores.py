"""Stores written by the real programs, copied for a test; absent in most checkouts."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def real_store_folder(name: str) -> Path:
    """The folder of one program's stores; skips the test where it is not there."""
    named = os.environ.get("SESSIONTUI_REAL_STORES")
    base = Path(named) if named else Path(__file__).parents[3] / "shared" / "real-stores"
    folder = base / name
    if not folder.is_dir():
        pytest.skip(f"needs the stores written by the real {name} ($SESSIONTUI_REAL_STORES)")
    return folder


def oracle_of(name: str) -> dict[str, Any]:
    """What the real program wrote, and what it says of it."""
    found: dict[str, Any] = json.loads((real_store_folder(name) / "sessions.json").read_text())
    return found


def copied_home(name: str, target: Path) -> Path:
    """A writable copy of the home the stores lie in."""
    shutil.copytree(real_store_folder(name) / "home", target)
    for path in (target, *target.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o644)
    return target


def set_times(folder: Path, files: Mapping[str, Mapping[str, Any]]) -> None:
    """Give files the modification times they had."""
    for name, about in files.items():
        path = folder / name
        if path.exists():
            passed = datetime.fromisoformat(str(about["mtime"])) - _EPOCH
            at = passed // timedelta(microseconds=1) * 1000
            os.utime(path, ns=(at, at))
