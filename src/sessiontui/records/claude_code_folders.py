"""Where Claude Code keeps the transcript of a session: the names it gives to its folders."""

from __future__ import annotations

import re
import unicodedata

_PLAIN = re.compile(r"[^A-Za-z0-9]")
_NAMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
LONGEST_NAME = 200
"""Longer folder names are cut here and get a dash and a number that cannot be known."""


def folder_name(path: str) -> str:
    """Claude Code's own name for the folder of a working directory.

    Every character but ASCII letters and digits becomes a dash, those beyond the 16-bit range two.
    """
    name = _PLAIN.sub("-", _wide_characters_twice(unicodedata.normalize("NFC", path)))
    return name[:LONGEST_NAME]


def simple_folder_name(path: str) -> str:
    """The name under which hermes-bot looks: only slashes become dashes."""
    return path.replace("/", "-")


def folder_names(path: str) -> tuple[str, ...]:
    """All names a working directory's folder may have, the likely ones first."""
    plain = path.rstrip("/") or path
    names = (folder_name(plain), simple_folder_name(plain), _PLAIN.sub("-", plain))
    return tuple(dict.fromkeys(name for name in names if name and len(name) <= 255))


def is_session_id(text: str) -> bool:
    """Whether a text can be the stem of a transcript's name, and never a path."""
    return _NAMED.fullmatch(text) is not None


def _wide_characters_twice(text: str) -> str:
    return "".join(char * 2 if ord(char) > 0xFFFF else char for char in text)
