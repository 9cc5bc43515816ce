"""Session keys of zeroclaw: how it makes file names of them, and the ids people know."""

from __future__ import annotations

import re

_PREFIXES = ("gw_", "rpc_")
_ESCAPE = re.compile(r"%([0-9A-F]{2})")


def sanitised(key: str) -> str:
    """The key as zeroclaw makes a file name of it: all but letters, digits, `_` and `-` replaced.

    Some letters of rare scripts, which zeroclaw keeps, are replaced here too: their tables differ
    between Python and Rust. So list a folder to find a file; never compute its name.
    """
    return "".join(c if c.isalnum() or c in "_-" else "_" for c in key)


def native_id(key: str) -> str | None:
    """The id by which a web chat or an RPC client asks for the session; None for channels."""
    for prefix in _PREFIXES:
        if key.startswith(prefix):
            return key.removeprefix(prefix)
    return None


def decoded_file_name(stem: str) -> str | None:
    """The key in a percent-encoded file name (written by v0.6.6 only), for display; else None."""
    if not _ESCAPE.search(stem):
        return None
    return _ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), stem)


def has_group_labels(key: str) -> bool:
    """Whether user turns of the session may begin with a line that names group and sender."""
    return key.startswith("whatsapp")


def is_storable(key: str) -> bool:
    """Whether a key can stand in a database at all: halves of surrogate pairs cannot."""
    try:
        key.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
