"""What is selected of a transcript, in rows and characters of its text. Pure."""

from __future__ import annotations

from textual.geometry import Offset
from textual.selection import Selection


def within_text(selection: Selection | None) -> Selection | None:
    """The selection without what stands before the text: bars and margins have negative places."""
    if selection is None:
        return None
    start, end = selection
    return Selection(
        None if start is None else Offset(max(0, start.x), start.y),
        None if end is None else Offset(max(0, end.x), end.y),
    )
