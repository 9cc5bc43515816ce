"""Makes stored text safe to paint.

Transcripts hold what tools printed: escape sequences, control characters, bidirectional overrides.
Painted raw they reach the terminal through every widget. Everything that comes from a store and is
shown goes through here, and is then painted with markup off.
"""

from __future__ import annotations

import re

_SYMBOLS: dict[int, str] = {
    **{code: chr(0x2400 + code) for code in range(0x20) if code not in (0x09, 0x0A)},
    0x7F: "␡",
    **dict.fromkeys(range(128, 160), "�"),
    # Bidirectional embeddings, overrides and isolates reorder what follows them.
    **dict.fromkeys((*range(8234, 8239), *range(8294, 8298)), "�"),
    **dict.fromkeys((8206, 8207, 1564, 8232, 8233, 65279), "�"),
    # Tags and interlinear annotation are invisible and can smuggle text.
    **dict.fromkeys((*range(65529, 65532), *range(917504, 917632)), "�"),
}

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_SPACES = re.compile(r"\s+")
_SEQUENCES = re.compile(
    "\x1b(?:"
    "\\[[0-?]*[ -/]*[@-~]"  # colours, cursor movements
    "|[]PX^_][^\x07\x1b\x9c\n]*(?:\x07|\x1b\\\\|\x9c)?"  # titles, links, clipboards
    "|[ -/]*[0-~])"
    "|\x9b[0-?]*[ -/]*[@-~]"
)


def _symbol(match: re.Match[str]) -> str:
    return _SYMBOLS.get(ord(match.group()), "�")


def printable(text: str) -> str:
    """Replace everything that could steer a terminal by a visible symbol.

    Tabs and newlines stay; carriage returns before a newline go. The result encodes to UTF-8.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    return _UNSAFE.sub(_symbol, text)


def printable_line(text: str, limit: int | None = None) -> str:
    """One safe line: white space folded, cut at `limit` characters with an ellipsis."""
    if limit is not None and len(text) > 4 * limit:
        text = text[: 4 * limit]
    line = _SPACES.sub(" ", printable(text)).strip()
    if limit is not None and len(line) > limit:
        line = line[: limit - 1].rstrip() + "…"
    return line


def bare_text(text: str) -> str:
    """Stored text for use elsewhere: without whatever `printable` would have to make visible.

    Escape sequences go as a whole; of control characters only tabs and newlines stay. The result
    encodes to UTF-8.
    """
    bare = _SEQUENCES.sub("", text) if "\x1b" in text or "\x9b" in text else text
    if "\r" in bare:
        bare = bare.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSAFE.sub("", bare)
