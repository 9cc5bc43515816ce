"""Styled text as lines of a given width."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from sessiontui.ui.widgets.copied_lines import FRAME, as_frame, broken_style
from sessiontui.ui.widgets.plain_lines import wrap_rows
from sessiontui.ui.widgets.term_marks import TermFinder
from sessiontui.ui.widgets.transcript_colours import is_hit

_CONSOLE = Console(
    file=io.StringIO(),
    width=80,
    color_system="truecolor",
    force_terminal=True,
    legacy_windows=False,
    markup=False,
    emoji=False,
    highlight=False,
    _environ={},
)
"""Only resolves the styles of spans; nothing is ever written to it."""


def styled(text: str, style: Style | None = None) -> Text:
    """The beginning of a line: what is appended to it does not take over its style."""
    return Text(end="").append(text, style)


def wrap_text(text: Text, width: int) -> list[Text]:
    """A styled text as rows of at most `width` cells, which say where they go on."""
    rows, between = _rows_and_between(text, width)
    for row, cut in zip(rows, between, strict=False):
        own = row.style if isinstance(row.style, Style) else Style.null()
        row.style = broken_style(own, cut)
    return rows


def wrap_cell(text: Text, width: int) -> list[Text]:
    """As `wrap_text`, for rows beside others: none of them goes on in the next line."""
    return _rows_and_between(text, width)[0]


def _rows_and_between(text: Text, width: int) -> tuple[list[Text], list[str]]:
    """The rows, and what stood between each and the next."""
    plain = text.plain
    starts, ends = wrap_rows(plain, width)
    if len(starts) == 1:
        return [keep_start(text, ends[0])], []
    cuts = [ends[0]]
    between = []
    for before, start, end in zip(ends, starts[1:], ends[1:], strict=False):
        cuts += (start, end)
        between.append(plain[before:start])
    return list(text.divide(cuts))[: len(cuts) : 2], between


def keep_start(text: Text, length: int) -> Text:
    """The first `length` characters, in place."""
    if surplus := len(text.plain) - length:
        text.right_crop(surplus)
    return text


def mark_terms(text: Text, finder: TermFinder, mark: Style) -> Text:
    """Mark the terms in a text, in place."""
    for start, end in finder.spans(text.plain):
        text.stylize(mark, start, end)
    return text


def clip_text(text: Text, width: int) -> Text:
    """A line cut to `width` cells with an ellipsis, in place."""
    if cell_len(text.plain) > width:
        _, ends = wrap_rows(text.plain.replace(" ", "\u00a0"), max(2, width - 1))
        keep_start(text, ends[0]).append("…")
    return text


def blank_padded(text: Text, width: int) -> Text:
    """A line filled up with spaces to `width` cells, in its own style, in place."""
    missing = width - cell_len(text.plain)
    if missing > 0:
        text.append(" " * missing, FRAME)
    return text


def strip_of(text: Text) -> Strip:
    """One line, painted."""
    if not text.spans:
        # Without spans, rich leaves the text's own style to a caller that prints it.
        style = text.style if isinstance(text.style, Style) else None
        return Strip([Segment(text.plain, style)] if text.plain else [])
    return Strip([segment for segment in text.render(_CONSOLE) if segment.text])


class StyledLines(Sequence[Strip]):
    """Wrapped lines, each after a prefix that frames it; strips are made when asked for."""

    def __init__(self, lines: Iterable[Text], prefix: tuple[Segment, ...] = ()) -> None:
        self._lines = list(lines)
        self._prefix = as_frame(prefix)

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, index: int) -> Strip: ...
    @overload
    def __getitem__(self, index: slice) -> list[Strip]: ...
    def __getitem__(self, index: int | slice) -> Strip | list[Strip]:
        if isinstance(index, slice):
            return [self._strip(line) for line in self._lines[index]]
        return self._strip(self._lines[index])

    def _strip(self, line: Text) -> Strip:
        strip = strip_of(line)
        return Strip([*self._prefix, *strip]) if self._prefix else strip

    def marked_rows(self) -> Iterator[int]:
        """Rows that hold a mark, ascending."""
        for row, line in enumerate(self._lines):
            if any(isinstance(span.style, Style) and is_hit(span.style) for span in line.spans):
                yield row
