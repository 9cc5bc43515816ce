"""Painted lines as text again: without what frames them, broken only where the text was. Pure.

Who lays text out says in the style of its segments what of a line is frame, and with what a line
goes on in the next one; the styles look like nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

_FRAME, _GOES_ON = "frame", "goes_on"

FRAME = Style(meta={_FRAME: True})
"""Carried by bars, borders, indents and padding: what is painted and was never written."""
_AT_SPACE, _IN_WORD = (Style(meta={_GOES_ON: between}) for between in (" ", ""))


class Selected(NamedTuple):
    """A painted line and what is selected of it: characters; `end` -1: to the end of the line."""

    line: Strip
    start: int = 0
    end: int = -1


def as_frame(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """Segments that are not copied."""
    return tuple(Segment(text, style + FRAME if style else FRAME) for text, style, _ in segments)


def broken_style(style: Style, between: str) -> Style:
    """The style of a line that was broken where `between` stood: a line end, a space, nothing."""
    if between == "\n":
        return style
    return style + (_AT_SPACE if between else _IN_WORD)


def goes_on(line: Text) -> bool:
    """Whether a line was broken only for want of room."""
    styles = (line.style, *(span.style for span in line.spans))
    return any(isinstance(style, Style) and _GOES_ON in style.meta for style in styles)


def copied_text(lines: Iterable[Selected]) -> str:
    """What lines that follow each other say."""
    parts: list[str] = []
    between = ""
    for selected in lines:
        text, following = _said(selected)
        parts += (between, text)
        between = following if text or following == "\n" else ""
    return "".join(parts)


def _said(selected: Selected) -> tuple[str, str]:
    """What a line says, and what stands between it and the next one."""
    line, start, end = selected
    said: list[str] = []
    between = "\n"
    at = 0
    for text, style, _ in line:
        meta = style.meta if style else {}
        if _FRAME not in meta:
            said.append(text[max(0, start - at) : max(0, end - at) if end >= 0 else None])
            between = meta.get(_GOES_ON, "\n")
        at += len(text)
    whole = "".join(said)
    return (whole.rstrip() if between == "\n" else whole), between
