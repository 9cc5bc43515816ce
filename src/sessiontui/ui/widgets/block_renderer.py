"""Every block of a message but tool calls, as pieces."""

from __future__ import annotations

import json
from collections.abc import Iterator

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from sessiontui.domain.message import (
    DamagedBlock,
    MediaBlock,
    OpaqueBlock,
    TextBlock,
    ThinkingBlock,
)
from sessiontui.domain.printable import printable_line
from sessiontui.domain.tool_words import data_words
from sessiontui.domain.words import count_words, size_words
from sessiontui.ui.widgets.code_blocks import FENCE
from sessiontui.ui.widgets.code_lines import code_lines
from sessiontui.ui.widgets.copied_lines import FRAME
from sessiontui.ui.widgets.folding import BETWEEN, HEAD_CHARACTERS, Fold, head_of
from sessiontui.ui.widgets.markdown_lines import markdown_lines
from sessiontui.ui.widgets.markdown_parser import is_markdown_size
from sessiontui.ui.widgets.message_pieces import CLOSED_SIGN, OPEN_SIGN, Painting, Piece
from sessiontui.ui.widgets.plain_lines import plain_text
from sessiontui.ui.widgets.styled_lines import (
    StyledLines,
    blank_padded,
    clip_text,
    mark_terms,
    styled,
    wrap_text,
)

_ALL_LINES = 1 << 60
_DATA_LINES = 20
_RAW_LINES = 4
_INJECTED_LINES = 3
_INJECTED_CHARACTERS = 400
_RAW_CHARACTERS = 600
_LONGEST_LABEL = 60
_SHORT_MARKER = 400


def text_pieces(
    painting: Painting, block: int, content: TextBlock, *, markdown: bool
) -> Iterator[Piece]:
    """Prose: Markdown where an agent wrote it, else as it was typed, with its code blocks."""
    fold = painting.chosen(block) or Fold.OPEN
    head = head_of(content.text, fold, _ALL_LINES, HEAD_CHARACTERS)
    text = plain_text(head.text).strip("\n").rstrip()
    foldable = head.is_cut or fold is Fold.FULL
    pieces = _prose(painting, text, markdown=markdown)
    if foldable:
        following = Fold.FULL if head.is_cut else Fold.OPEN
        pieces[0] = pieces[0].replace(block=block, fold=fold, following=following)
    yield from pieces
    if head.is_cut:
        yield painting.rest_line(head, block)


def _prose(painting: Painting, text: str, *, markdown: bool) -> list[Piece]:
    colours, finder, width = painting.colours, painting.finder, painting.width
    if not is_markdown_size(text):
        return [Piece(painting.plain(text, Style()))]
    if markdown:
        return [Piece(StyledLines(markdown_lines(text, width, colours, finder)))]
    pieces = []
    at = 0
    for fence in FENCE.finditer(text):
        if before := text[at : fence.start()].strip("\n"):
            pieces.append(Piece(painting.plain(before, Style())))
        language, code = fence.group(2).strip(), fence.group(3)
        pieces.append(Piece(StyledLines(code_lines(code, language, width, colours, finder))))
        at = fence.end()
    if not pieces or text[at:].strip():
        pieces.append(Piece(painting.plain(text[at:].strip("\n"), Style())))
    return pieces


def injected_pieces(painting: Painting, block: int, content: TextBlock) -> Iterator[Piece]:
    """What the program said in the name of a person: quiet, and not all of it."""
    fold = painting.chosen(block) or Fold.OPEN
    text = content.text.strip("\n")
    head = head_of(text, fold, _INJECTED_LINES, _INJECTED_CHARACTERS)
    pieces = list(painting.output(block, head, painting.colours.system))
    if head.is_cut or fold is Fold.FULL:
        following = Fold.FULL if head.is_cut else Fold.OPEN
        pieces[0] = pieces[0].replace(fold=fold, following=following)
    yield from pieces


def thinking_pieces(painting: Painting, block: int, content: ThinkingBlock) -> Iterator[Piece]:
    """One dim line with a word count, and the thoughts when they are asked for."""
    default = Fold.OPEN if painting.folding.thinking_open else Fold.CLOSED
    words = count_words(len(content.text.split()), "word")
    yield from _folded(
        painting, block, "thinking", words, content.text, painting.colours.thinking, default
    )


def _folded(
    painting: Painting,
    block: int,
    label: str,
    amount: str,
    text: str,
    style: Style,
    default: Fold = Fold.CLOSED,
) -> Iterator[Piece]:
    chosen = painting.chosen(block)
    fold = default if chosen is None else chosen
    head = head_of(text.strip("\n"), fold, _ALL_LINES, HEAD_CHARACTERS)
    yield _fold_line(painting, block, fold, styled(label, style), amount, head.is_cut)
    if fold is not Fold.CLOSED:
        yield from painting.output(block, head, style, (Segment("  "),))


def _fold_line(
    painting: Painting, block: int, fold: Fold, label: Text, amount: str, cut: bool
) -> Piece:
    sign = CLOSED_SIGN if fold is Fold.CLOSED else OPEN_SIGN
    line = styled(sign, painting.colours.dim + FRAME).append_text(label)
    if amount:
        line.append(f"  {amount}", painting.colours.dim)
    following = Fold.CLOSED
    if fold is Fold.CLOSED:
        following = Fold.OPEN
    elif cut:
        following = Fold.FULL
    click = Fold.OPEN if fold is Fold.CLOSED else Fold.CLOSED
    return Piece(painting.one_line(line), block, click, fold, following)


def between_piece(painting: Painting, words: str, is_open: bool) -> Piece:
    """The line that stands for the messages between a prompt and its answer."""
    fold = Fold.OPEN if is_open else Fold.CLOSED
    label = styled(words, painting.colours.dim)
    return _fold_line(painting, BETWEEN, fold, label, "", cut=False)


def marker_pieces(
    painting: Painting, block: int, content: TextBlock, *, label: str | None
) -> Iterator[Piece]:
    """An entry that nobody said: a thin divider, a dim line, or folded when it is long.

    With a label it is a divider and the label names the folded text; without, a dim line.
    """
    colours, text = painting.colours, content.text.strip()
    line = plain_text(text[: _SHORT_MARKER + 1])
    if "\n" not in line and cell_len(line) <= painting.width - 8:
        if label is None:
            yield Piece(painting.one_line(styled(line, colours.system)))
            return
        frame = colours.divider + FRAME
        rule = styled("── ", frame).append(line, colours.system)
        rule.append(" " + "─" * (painting.width - cell_len(line) - 4), frame)
        yield Piece(painting.one_line(rule))
        return
    words = count_words(len(text.split()), "word")
    name = printable_line(line.strip().partition("\n")[0], max(8, painting.width - 36))
    name = f"{label}  {name}" if label else name
    yield from _folded(painting, block, name, words, text, colours.system)


def media_pieces(painting: Painting, content: MediaBlock) -> Iterator[Piece]:
    """A chip: type, name, size."""
    colours = painting.colours
    line = styled("▣ ", colours.media)
    line.append(printable_line(content.media_type or "media", _LONGEST_LABEL), colours.media)
    facts = [printable_line(content.name, _LONGEST_LABEL)] if content.name else []
    if content.size_bytes is not None:
        facts.append(size_words(content.size_bytes))
    if facts:
        line.append(f"  {' · '.join(facts)}", colours.dim)
    yield Piece(painting.one_line(line))


def damaged_pieces(painting: Painting, block: int, content: DamagedBlock) -> Iterator[Piece]:
    """A box that says what cannot be read, where and why, with the bytes as they stand."""
    colours, width = painting.colours, painting.width
    fold = painting.chosen(block) or Fold.OPEN
    head = head_of(content.raw, fold, _RAW_LINES, _RAW_CHARACTERS)
    following = Fold.FULL if head.is_cut else Fold.OPEN
    foldable = head.is_cut or fold is Fold.FULL
    frame = colours.damaged + FRAME
    top = styled("╭─ ", frame).append("cannot be read ", colours.damaged)
    where = styled(printable_line(content.where), colours.dim)
    top.append_text(clip_text(where, width - len(top) - 3))
    rule = " " + "─" * (width - cell_len(top.plain) - 2) + "╮"
    top.append(rule, frame)
    rows = [top, *_boxed(painting, styled(plain_text(content.reason)))]
    raw = styled(plain_text(head.text), colours.dim)
    if raw.plain:
        rows += _boxed(painting, raw)
    first = Piece(StyledLines(rows), block)
    yield first.replace(fold=fold, following=following) if foldable else first
    if head.is_cut:
        rest = styled(head.rest_words, colours.dim)
        yield Piece(StyledLines(_boxed(painting, rest)), block, Fold.FULL)
    bottom = styled("╰" + "─" * (width - 2) + "╯", frame)
    yield Piece(StyledLines([bottom]))


def _boxed(painting: Painting, text: Text) -> Iterator[Text]:
    mark_terms(text, painting.finder, painting.colours.mark)
    inner, frame = painting.width - 4, painting.colours.damaged + FRAME
    for line in wrap_text(text, inner):
        row = styled("│ ", frame)
        row.append_text(blank_padded(line, inner)).append(" │", frame)
        yield row


def opaque_pieces(painting: Painting, block: int, content: OpaqueBlock) -> Iterator[Piece]:
    """What we have no other way to show: its type, and its data when unfolded."""
    fold = painting.chosen(block) or Fold.CLOSED
    type_name = printable_line(content.type_name, _LONGEST_LABEL) or "(no type)"
    name = styled(type_name, painting.colours.system)
    words = data_words(content.data, _LONGEST_LABEL)
    if fold is Fold.CLOSED:
        yield _fold_line(painting, block, fold, name, words, cut=False)
        return
    data = json.dumps(content.data, ensure_ascii=False, indent=2)
    head = head_of(data, fold, _DATA_LINES, _DATA_LINES * 200)
    yield _fold_line(painting, block, fold, name, words, head.is_cut)
    yield from painting.output(block, head, painting.colours.output, (Segment("  "),))
