"""A message as painted lines: pure, without an app.

All text passes `domain/printable.py` and is painted with markup off, so that no message can break
the screen, whatever a tool printed into it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime, tzinfo

from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from sessiontui.domain.conversation import Speaker, is_blank, speaker_of
from sessiontui.domain.indexed_text import text_of
from sessiontui.domain.message import Block, Message
from sessiontui.domain.printable import printable_line
from sessiontui.domain.value import PlainValue
from sessiontui.domain.words import token_words
from sessiontui.ui.widgets.block_renderer import (
    between_piece,
    damaged_pieces,
    injected_pieces,
    marker_pieces,
    media_pieces,
    opaque_pieces,
    text_pieces,
    thinking_pieces,
)
from sessiontui.ui.widgets.folding import Fold, Folding
from sessiontui.ui.widgets.message_flow import Setting, Texture, texture_of
from sessiontui.ui.widgets.message_pieces import Painting, Piece
from sessiontui.ui.widgets.styled_lines import StyledLines, styled
from sessiontui.ui.widgets.term_marks import TermFinder
from sessiontui.ui.widgets.tool_renderer import ToolRun, tool_pieces
from sessiontui.ui.widgets.transcript_colours import TranscriptColours

NARROWEST = 24
"""Cells below which nothing sensible can be laid out; narrower views are cut at the right."""
_LONGEST_NAME = 40
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BLANK = Piece(StyledLines([Text(end="")]))


class FoldedLine(PlainValue):
    """A line that stands for messages folded into it.

    `heading` is the message whose name stands above; `alone`: nothing else is shown.
    """

    words: str
    is_open: bool
    alone: bool
    heading: Message


class RenderedMessage:
    """The lines of one message at one width, and what can be done with them."""

    def __init__(self, pieces: list[Piece], gap: int, bar: Style | None) -> None:
        self._pieces = pieces
        self._starts = [0]
        for piece in pieces:
            self._starts.append(self._starts[-1] + len(piece.lines))
        self.gap = gap
        """Blank rows at the top that separate it from the message before."""
        self.bar = bar
        """The style of the bar beside its heading, which stands below the gap; None without."""
        self.hit_lines = tuple(self._hit_lines())
        """Lines that hold a hit, ascending."""

    @property
    def height(self) -> int:
        """Rows, at least one."""
        return self._starts[-1]

    def strip(self, line: int) -> Strip:
        """One painted line, as long as its text."""
        piece, row = self._at(line)
        return piece.lines[row]

    def text(self, line: int) -> str:
        """One line as text."""
        return self.strip(line).text.rstrip()

    def click_target(self, line: int) -> tuple[int, Fold] | None:
        """The block that a click on a line folds or unfolds, and to what; None where nothing."""
        piece, _ = self._at(line)
        if piece.block is None or piece.target is None:
            return None
        return piece.block, piece.target

    def folds(self) -> dict[int, tuple[Fold, Fold]]:
        """The blocks that can be folded: how each is, and what it becomes next."""
        return {
            piece.block: (piece.fold, piece.following)
            for piece in self._pieces
            if piece.block is not None and piece.fold is not None and piece.following is not None
        }

    def blocks_with_hits(self) -> set[int]:
        """The blocks of which a hit is shown."""
        return {
            piece.block
            for piece in self._pieces
            if piece.block is not None and next(piece.lines.marked_rows(), None) is not None
        }

    def _at(self, line: int) -> tuple[Piece, int]:
        if not 0 <= line < self.height:
            raise IndexError(line)
        number = bisect_right(self._starts, line) - 1
        return self._pieces[number], line - self._starts[number]

    def _hit_lines(self) -> Iterator[int]:
        for start, piece in zip(self._starts, self._pieces, strict=False):
            for row in piece.lines.marked_rows():
                yield start + row


class MessageRenderer:
    """Renders messages in given colours.

    `agent` is the name of an assistant that has no name of its own; `zone` the time zone of the
    times shown (None: the local one).
    """

    def __init__(
        self,
        colours: TranscriptColours,
        *,
        agent: str | None = None,
        zone: tzinfo | None = None,
    ) -> None:
        self._colours = colours
        self._agent = agent
        self._zone = zone
        self._speakers = {
            Speaker.YOU: colours.you,
            Speaker.AGENT: colours.agent,
            Speaker.TOOL: colours.tool_speaker,
        }

    def render(
        self,
        message: Message,
        width: int,
        setting: Setting | None = None,
        *,
        folding: Folding | None = None,
        finder: TermFinder | None = None,
        between: FoldedLine | None = None,
    ) -> RenderedMessage:
        """Lay a message out in `width` cells (at least `NARROWEST`).

        `between` is a line above what it says, for messages that are folded into it.
        """
        setting = setting or Setting()
        painting = Painting(
            self._colours, finder or TermFinder(), max(NARROWEST, width), folding or Folding()
        )
        pieces = [_BLANK] if setting.gap else []
        bar = None
        headed = between.heading if between else message
        speaker = speaker_of(headed)
        if setting.starts_turn and speaker not in (Speaker.SYSTEM, Speaker.OTHER):
            bar = self._speakers.get(speaker, self._colours.other)
            heading = self._heading(headed, speaker, bar, setting, painting.width)
            pieces.append(Piece(painting.one_line(heading, marked=False)))
        if between is not None:
            pieces.append(between_piece(painting, between.words, between.is_open))
            if between.alone:
                return RenderedMessage(pieces, int(setting.gap), bar)
        body = list(self._body(painting, message, setting))
        if between is not None:
            pieces.append(_BLANK)
        elif not body:
            body.append(Piece(StyledLines([styled("nothing in it", self._colours.dim)])))
        return RenderedMessage([*pieces, *body], int(setting.gap), bar)

    def _heading(
        self, message: Message, speaker: Speaker, style: Style, setting: Setting, width: int
    ) -> Text:
        name = message.author if speaker is not Speaker.YOU else None
        name = name or (self._agent if speaker is Speaker.AGENT else None) or speaker.value
        line = styled(printable_line(name, _LONGEST_NAME), style)
        facts = [message.author] if speaker is Speaker.YOU and message.author else []
        if message.created_at:
            facts.append(time_words(message.created_at.astimezone(self._zone), setting.new_day))
        if message.model and setting.shows_model:
            facts.append(message.model)
        for fact in facts:
            line.append(f"  {printable_line(fact, _LONGEST_NAME)}", self._colours.dim)
        spent = f"  {token_words(setting.tokens)}" if setting.tokens else ""
        # A number that is cut is another number.
        if line.cell_len + len(spent) <= width:
            line.append(spent, self._colours.dim)
        return line

    def placeholder(self, index: int, height: int, *, has_gap: bool) -> RenderedMessage:
        """What stands in the place of a message that has to be read first: its number."""
        gap = int(has_gap)
        dots = styled("…", self._colours.dim)
        words = styled(f"… message {index + 1:,}", self._colours.dim) if index >= 0 else dots
        lines = StyledLines([words, *[dots] * (height - gap - 1)])
        return RenderedMessage([*[_BLANK] * gap, Piece(lines)], gap, None)

    def _body(self, painting: Painting, message: Message, setting: Setting) -> Iterator[Piece]:
        speaker = speaker_of(message)
        results = dict(setting.results)
        before: Texture | None = None
        for ordinal, block in enumerate(message.blocks):
            if ordinal in setting.elsewhere or is_blank(block):
                continue
            texture = texture_of(block)
            if before and not before is texture is Texture.LINE:
                yield _BLANK
            before = texture
            match block.kind:
                case "text" if speaker is Speaker.SYSTEM:
                    yield from marker_pieces(painting, ordinal, block, label="system")
                case "text" if speaker is Speaker.OTHER:
                    yield from marker_pieces(painting, ordinal, block, label=None)
                case "text" if speaker is Speaker.USER:
                    yield from injected_pieces(painting, ordinal, block)
                case "text":
                    markdown = speaker is Speaker.AGENT
                    yield from text_pieces(painting, ordinal, block, markdown=markdown)
                case "thinking":
                    yield from thinking_pieces(painting, ordinal, block)
                case "tool_call":
                    paired = results.get(ordinal)
                    run = ToolRun(block, *paired) if paired else ToolRun(block, None)
                    yield from tool_pieces(painting, ordinal, run)
                case "tool_result":
                    yield from tool_pieces(painting, ordinal, ToolRun(None, block))
                case "media":
                    yield from media_pieces(painting, block)
                case "damaged":
                    yield from damaged_pieces(painting, ordinal, block)
                case "opaque":
                    yield from opaque_pieces(painting, ordinal, block)


def time_words(at: datetime, with_day: bool) -> str:
    """`05:12`, or `3 Mar 2026 05:12`."""
    clock = f"{at:%H:%M}"
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year} {clock}" if with_day else clock


def blocks_with_terms(message: Message, setting: Setting, finder: TermFinder) -> frozenset[int]:
    """The blocks that hold a term, a call also by its result: what to unfold to show a hit."""
    results = dict(setting.results)

    def holds(ordinal: int, block: Block) -> bool:
        if finder.found_in(text_of(block)[1]):
            return True
        return ordinal in results and finder.found_in(results[ordinal].block.text)

    return frozenset(o for o, block in enumerate(message.blocks) if holds(o, block))
