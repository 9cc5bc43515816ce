"""The names of session files: UUIDs in any spelling."""

from __future__ import annotations

import re
import uuid

_HEX = "[0-9a-fA-F]"
_HYPHENATED = f"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"
_UUID = re.compile(rf"(?:urn:uuid:)?({_HYPHENATED})|\{{({_HYPHENATED})\}}|({_HEX}{{32}})", re.ASCII)
_ENDING = ".json"
NEWER_ENDING = ".json.tmp"
"""What a save is written to first; after a crash it may stay, complete or not."""


def uuid_of(text: str) -> str | None:
    """The usual spelling of a UUID, or None when a text is none."""
    found = _UUID.fullmatch(text)
    if found is None:
        return None
    return str(uuid.UUID(next(group for group in found.groups() if group)))


def key_in(file_name: str) -> str | None:
    """The key of the session a file holds: its stem as it is; None for other files."""
    if not file_name.endswith(_ENDING):
        return None
    stem = file_name[: -len(_ENDING)]
    return stem if uuid_of(stem) is not None else None


def key_of_newer(file_name: str) -> str | None:
    """The key of the session whose newer version lies in a file; None for other files."""
    if not file_name.endswith(NEWER_ENDING):
        return None
    stem = file_name[: -len(NEWER_ENDING)]
    return stem if uuid_of(stem) is not None else None


def file_name_of(key: str) -> str:
    """The name of a session's file."""
    return key + _ENDING
