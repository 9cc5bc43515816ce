"""What of a session has no column of its own in the index. Pure."""

from __future__ import annotations

import json
from typing import Any

from sessiontui.domain.session import Session

_FIELDS = ("turn_id", "room", "sender", "thread", "turns", "tokens")


def details_text(session: Session) -> str | None:
    """The fields without a column as one text; None where all are empty."""
    held: dict[str, object] = {
        name: value for name in _FIELDS if (value := getattr(session, name)) is not None
    }
    # Escapes keep what is no valid Unicode.
    return json.dumps(held) if held else None


def details_of(text: str | None) -> dict[str, Any]:
    """The fields that `details_text` wrote."""
    held: dict[str, Any] = json.loads(text) if text else {}
    return held
