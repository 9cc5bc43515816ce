"""Text in cells: cut, padded, wrapped and taken apart. Pure; the text is printable already."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len, chop_cells


def fit(text: str, width: int, ellipsis: str = "…") -> str:
    """Text cut or padded to exactly `width` cells."""
    size = cell_len(text)
    if size <= width:
        return text + " " * (width - size)
    if width <= 0:
        return ""
    kept = chop_cells(text, width - 1)[0] if width > 1 else ""
    return kept.rstrip() + ellipsis + " " * (width - 1 - cell_len(kept.rstrip()))


def fit_right(text: str, width: int, ellipsis: str = "…") -> str:
    """The same, with the padding on the left."""
    fitted = fit(text, width, ellipsis)
    bare = fitted.rstrip(" ")
    return " " * (width - cell_len(bare)) + bare


def wrap_cells(text: str, width: int) -> list[str]:
    """The words of a text in lines of at most `width` cells; a longer word is cut."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        candidate = f"{line} {word}" if line else word
        if cell_len(candidate) <= width:
            line = candidate
            continue
        if line:
            lines.append(line)
        *full, line = chop_cells(word, width) or [""]
        lines += full
    return [*lines, line] if line or not lines else lines


def split_matches(text: str, matches: tuple[tuple[int, int], ...]) -> Iterable[tuple[str, bool]]:
    """The text in pieces: (text, whether it is a match). Offsets out of range are ignored."""
    at = 0
    for first, last in sorted(matches):
        start, end = max(first, at), min(last, len(text))
        if start >= end:
            continue
        if start > at:
            yield text[at:start], False
        yield text[start:end], True
        at = end
    if at < len(text):
        yield text[at:], False
