"""Where a conversation was cut: compactions, restarts and the like. Pure."""

from __future__ import annotations

import re

from sessiontui.domain.message import Message, Role
from sessiontui.domain.printable import printable_line

_LONGEST = 200
_BREAKS = {
    "compacted": re.compile(r"\bcompact(ed|ion)\b"),
    "interrupted": re.compile(r"\b(interrupted|aborted)\b"),
    "resumed": re.compile(r"\b(resumed|restarted|reopened|continued)\b"),
    "cleared": re.compile(r"\b(cleared|rolled back)\b"),
}


def break_words(message: Message) -> str | None:
    """One word for what happened where nobody speaks; None where the conversation just goes on."""
    if message.role not in (Role.SYSTEM, Role.OTHER):
        return None
    for block in message.blocks:
        text = block.text.strip() if block.kind == "text" else ""
        if text and len(text) <= _LONGEST:
            line = printable_line(text).lower()
            return next((word for word, found in _BREAKS.items() if found.search(line)), None)
    return None
