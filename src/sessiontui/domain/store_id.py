"""Store ids: short, without a colon, and the same in every run."""

from __future__ import annotations

import hashlib
from pathlib import Path


def make_store_id(format_name: str, path: Path) -> str:
    """The id of the store of a format at a path: `zeroclaw-sqlite-3f9a1c`.

    It follows from format and real path alone, so that a reference stays good whatever else is
    found beside it.
    """
    digest = hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()
    return f"{format_name}-{digest[:6]}"
