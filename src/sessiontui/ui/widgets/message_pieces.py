"""The pieces a message is painted from, and what every kind of block needs to make them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from sessiontui.domain.value import PlainValue
from sessiontui.ui.widgets.folding import Fold, Folding, Head
from sessiontui.ui.widgets.plain_lines import PlainLines, plain_text
from sessiontui.ui.widgets.styled_lines import StyledLines, clip_text, mark_terms, styled
from sessiontui.ui.widgets.term_marks import TermFinder
from sessiontui.ui.widgets.transcript_colours import TranscriptColours

CLOSED_SIGN, OPEN_SIGN = "▸ ", "▾ "


class PaintedLines(Protocol):
    """Lines that are painted when asked for."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: int, /) -> Strip: ...
    def marked_rows(self) -> Iterator[int]:
        """Rows that hold a hit."""


class Piece(PlainValue):
    """Lines that belong together.

    `block` is the block they show, `target` what a click on them does to its fold (None: nothing),
    `following` what folding by key does; only the first piece of a foldable block has it.
    """

    lines: PaintedLines
    block: int | None = None
    target: Fold | None = None
    fold: Fold | None = None
    following: Fold | None = None


@dataclass(frozen=True)
class Painting:
    """What all blocks of a message are painted with; `width` in cells."""

    colours: TranscriptColours
    finder: TermFinder
    width: int
    folding: Folding

    def chosen(self, block: int) -> Fold | None:
        """What the reader chose for a block."""
        return self.folding.chosen.get(block)

    def one_line(self, text: Text, *, marked: bool = True) -> StyledLines:
        """A styled text as one line, cut where it is too long."""
        clip_text(text, self.width)
        if marked:
            mark_terms(text, self.finder, self.colours.mark)
        return StyledLines([text])

    def plain(self, text: str, style: Style, prefix: Iterable[Segment] = ()) -> PlainLines:
        """A text that is safe to paint, in one style, every line after a prefix."""
        segments = tuple(prefix)
        return PlainLines(
            text,
            self.width - sum(segment.cell_length for segment in segments),
            style,
            prefix=segments,
            marks=self.finder.spans(text),
            mark_style=self.colours.mark,
        )

    def output(
        self, block: int, head: Head, style: Style, prefix: Iterable[Segment] = ()
    ) -> Iterator[Piece]:
        """As much of a stored text as is shown, and the line that says what is left out."""
        segments = tuple(prefix)
        yield Piece(self.plain(plain_text(head.text), style, segments), block)
        if head.is_cut:
            yield self.rest_line(head, block, segments)

    def rest_line(self, head: Head, block: int, prefix: Iterable[Segment] = ()) -> Piece:
        """The line that says what is left out; a click on it shows everything."""
        text = styled(head.rest_words, self.colours.dim)
        return Piece(StyledLines([text], tuple(prefix)), block, Fold.FULL)
