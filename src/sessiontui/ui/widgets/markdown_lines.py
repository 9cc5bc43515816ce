"""Markdown as lines: what chat agents write, shown as they meant it.

Nothing of the text is lost: HTML is shown as it stands, line ends stay line ends unless a
paragraph was broken to fit a page, links show where they lead, and what cannot be laid out comes as
plain text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from sessiontui.domain.printable import printable
from sessiontui.ui.widgets.code_lines import code_lines
from sessiontui.ui.widgets.copied_lines import FRAME, goes_on
from sessiontui.ui.widgets.markdown_parser import markdown_tokens
from sessiontui.ui.widgets.styled_lines import mark_terms, styled, wrap_cell, wrap_text
from sessiontui.ui.widgets.term_marks import TermFinder
from sessiontui.ui.widgets.transcript_colours import TranscriptColours

if TYPE_CHECKING:
    from markdown_it.token import Token

_DEEPEST = 12
"""Quotes and lists nested deeper are shown as plain text; the parser would drop some of it."""
_NARROWEST = 12
_NARROWEST_COLUMN = 5
_WRAPPED_FROM = 56
"""Cells from which on a line is taken for one that was broken to fit a page."""
_ENDS = (":", "|", "\\")

_CHECKBOXES = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}
_CHECKS = tuple(_CHECKBOXES.values())


def markdown_lines(
    text: str, width: int, colours: TranscriptColours, finder: TermFinder
) -> list[Text]:
    """Lay out Markdown; `text` must be safe to paint already."""
    tokens = markdown_tokens(text)
    layout = _Layout(colours, finder)
    if width < _NARROWEST or max((token.level for token in tokens), default=0) > _DEEPEST:
        return layout.plain(text, width)
    return layout.blocks(tokens, width)


def _groups(tokens: Sequence[Token]) -> Iterator[tuple[Token, Sequence[Token]]]:
    """The blocks of one level: the opening token of each, and what is inside."""
    start = 0
    while start < len(tokens):
        token = tokens[start]
        end = start + 1
        if token.nesting == 1:
            depth = 1
            while depth:
                depth += tokens[end].nesting
                end += 1
        yield token, tokens[start + 1 : end - 1]
        start = end


@dataclass(frozen=True)
class _Layout:
    colours: TranscriptColours
    finder: TermFinder

    def plain(self, text: str, width: int) -> list[Text]:
        return wrap_text(self._marked(Text(text, end="")), width)

    def blocks(self, tokens: Sequence[Token], width: int, tight: bool = False) -> list[Text]:
        lines: list[Text] = []
        close = True
        for token, inner in _groups(tokens):
            block = self._block(token, inner, max(width, _NARROWEST // 2))
            if block and not close:
                lines.append(Text(end=""))
            lines += block
            close = tight or not lines or token.type == "heading_open"
        return lines

    def _block(self, token: Token, inner: Sequence[Token], width: int) -> list[Text]:
        match token.type:
            case "paragraph_open":
                return wrap_text(self._inline(inner), width)
            case "heading_open":
                return wrap_text(self._inline(inner, self.colours.heading), width)
            case "fence" | "code_block":
                language = (token.info.split() or [""])[0]
                code = printable(token.content).expandtabs(4)
                return code_lines(code, language, width, self.colours, self.finder)
            case "blockquote_open":
                bar = styled("▎ ", self.colours.divider + FRAME)
                return [
                    _prefixed(bar, line, self.colours.quote)
                    for line in self.blocks(inner, width - 2)
                ]
            case "bullet_list_open" | "ordered_list_open":
                return self._list(token, inner, width)
            case "hr":
                return [Text("─" * width, style=self.colours.divider, end="")]
            case "table_open":
                return self._table(inner, width)
            case _:
                return self.plain(printable(token.content), width)

    def _list(self, token: Token, inner: Sequence[Token], width: int) -> list[Text]:
        items = list(_groups(inner))
        tight = all(part.hidden for part in inner if part.type == "paragraph_open" and part.level)
        number = int(token.attrs.get("start", 1)) if token.type.startswith("ordered") else None
        indent = 2 if number is None else len(str(number + len(items) - 1)) + 2
        lines: list[Text] = []
        for count, (_, content) in enumerate(items):
            label = "• " if number is None else f"{number + count}. ".rjust(indent)
            if lines and not tight:
                lines.append(Text(end=""))
            body = self.blocks(content, width - indent, tight=tight) or [Text(end="")]
            if number is None and body[0].plain.startswith(_CHECKS):
                label, body[0] = body[0].plain[:indent], body[0][indent:]
            for row, line in enumerate(body):
                lead = styled(label if not row else " " * indent, self.colours.dim)
                if row and goes_on(body[row - 1]):
                    lead.stylize(FRAME)
                lines.append(_prefixed(lead, line))
        return lines

    def _table(self, inner: Sequence[Token], width: int) -> list[Text]:
        cells = [list(_groups(row)) for _, part in _groups(inner) for _, row in _groups(part)]
        rows = [[self._inline(content) for _, content in row] for row in cells]
        right = [str(opening.attrs.get("style")).endswith("right") for opening, _ in cells[0]]
        count = max(map(len, rows), default=0)
        if not count or count * (_NARROWEST_COLUMN + 2) > width:
            return [
                line
                for row in rows
                for line in wrap_text(Text("  ", end="").join(row or [Text(end="")]), width)
            ]
        for row in rows:
            row += [Text(end="") for _ in range(count - len(row))]
        widths = _column_widths(rows, width - 2 * (count - 1))
        for cell in rows[0]:
            cell.stylize(self.colours.heading)
        lines: list[Text] = []
        for row in rows:
            lines += _table_row(row, widths, right)
            if row is rows[0]:
                rule = "  ".join("─" * column for column in widths)
                lines.append(Text(rule, style=self.colours.divider, end=""))
        return lines

    def _inline(self, tokens: Sequence[Token], style: Style | None = None) -> Text:
        text = Text(style=style or "", end="")
        for token in tokens:
            self._append_inline(text, token.children or ())
        for written, shown in _CHECKBOXES.items():
            if text.plain.startswith(written):
                text = styled(shown, self.colours.dim).append_text(text[len(written) :])
        return self._marked(text)

    def _append_inline(self, text: Text, tokens: Sequence[Token]) -> None:
        # A flat walk with a stack: emphasis may be nested deeper than Python may recurse.
        styles: list[Style] = []
        links: list[tuple[int, str]] = []
        begun = len(text)
        tokens = [token for token in tokens if token.type != "text" or token.content]
        for token, following in zip_longest(tokens, tokens[1:]):
            style = Style.combine(styles[-_DEEPEST:]) if styles else None
            match token.type:
                case "softbreak" | "hardbreak":
                    wrapped = token.type == "softbreak" and _is_hard_wrapped(text.plain[begun:])
                    labelled = following is not None and following.type == "strong_open"
                    text.append(" " if wrapped and not labelled else "\n")
                    begun = len(text)
                case "code_inline":
                    code = self.colours.inline_code
                    text.append(printable(token.content), style + code if style else code)
                case "em_open":
                    styles.append(Style(italic=True))
                case "strong_open":
                    styles.append(Style(bold=True))
                case "s_open":
                    styles.append(Style(strike=True))
                case "link_open":
                    styles.append(self.colours.link)
                    links.append((len(text), str(token.attrs.get("href", ""))))
                case "link_close":
                    styles.pop()
                    start, target = links.pop()
                    self._append_target(text, text.plain[start:], printable(target))
                case "em_close" | "strong_close" | "s_close":
                    styles.pop()
                case "image":
                    alternative = printable(token.content)
                    text.append(f"▣ {alternative}", self.colours.media)
                    target = printable(str(token.attrs.get("src", "")))
                    self._append_target(text, alternative, target)
                case _:
                    text.append(printable(token.content), style)

    def _append_target(self, text: Text, label: str, target: str) -> None:
        if target and target not in (label, f"mailto:{label}"):
            text.append(f" ({target})", self.colours.dim)

    def _marked(self, text: Text) -> Text:
        return mark_terms(text, self.finder, self.colours.mark)


def _is_hard_wrapped(line: str) -> bool:
    """Whether a line broke for want of room where it was written, not because it was at an end."""
    return cell_len(line) >= _WRAPPED_FROM and not line.endswith(_ENDS)


def _prefixed(prefix: Text, line: Text, style: Style | None = None) -> Text:
    if style:
        line.stylize_before(style)
    return prefix.copy().append_text(line)


def _column_widths(rows: list[list[Text]], room: int) -> list[int]:
    """Natural widths, the widest columns narrowed until all fit."""
    widths = [
        max(1, *(cell_len(line) for row in rows for line in row[column].plain.split("\n")))
        for column in range(len(rows[0]))
    ]
    while (excess := sum(widths) - room) > 0:
        widest = max(widths)
        second = max((width for width in widths if width < widest), default=_NARROWEST_COLUMN)
        columns = [index for index, width in enumerate(widths) if width == widest]
        step = max(1, min(widest - second, -(-excess // len(columns))))
        for index in columns:
            widths[index] = max(2, widths[index] - step)
    return widths


def _table_row(row: list[Text], widths: list[int], right: list[bool]) -> list[Text]:
    cells = [wrap_cell(cell, width) for cell, width in zip(row, widths, strict=True)]
    lines: list[Text] = []
    for index in range(max(map(len, cells))):
        line = Text(end="")
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            part = cell[index] if index < len(cell) else Text(end="")
            missing = " " * max(0, width - cell_len(part.plain))
            line.append("  " if column else "")
            line.append(missing if right[column] else "").append_text(part)
            if not right[column] and column + 1 < len(widths):
                line.append(missing)
        lines.append(line)
    return lines
