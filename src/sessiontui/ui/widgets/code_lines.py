"""Code as lines on a quiet background, coloured by what its words are."""

from __future__ import annotations

from functools import lru_cache

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from sessiontui.domain.printable import printable_line
from sessiontui.services.code_tokens import CodeRole, code_tokens
from sessiontui.ui.widgets.code_blocks import code_mark
from sessiontui.ui.widgets.copied_lines import FRAME
from sessiontui.ui.widgets.styled_lines import blank_padded, keep_start, mark_terms, wrap_text
from sessiontui.ui.widgets.term_marks import TermFinder
from sessiontui.ui.widgets.transcript_colours import TranscriptColours

_LONGEST_NAME = 20


@lru_cache(maxsize=8)
def _role_styles(colours: TranscriptColours) -> dict[CodeRole, Style]:
    return {
        CodeRole.COMMENT: colours.code_comment,
        CodeRole.KEYWORD: colours.code_keyword,
        CodeRole.STRING: colours.code_string,
        CodeRole.NUMBER: colours.code_number,
        CodeRole.NAME: colours.code_name,
        CodeRole.ADDED: colours.added,
        CodeRole.REMOVED: colours.removed,
    }


def coloured(code: str, language: str, colours: TranscriptColours) -> Text:
    """The code with the colours of its language; plain where that is not known."""
    tokens = code_tokens(code, language)
    if tokens is None:
        return Text(code, style=colours.code, end="")
    styles = _role_styles(colours)
    text = Text(style=colours.code, end="")
    for role, part in tokens:
        text.append(part, styles.get(role))
    return text


def code_lines(
    code: str,
    language: str,
    width: int,
    colours: TranscriptColours,
    finder: TermFinder,
) -> list[Text]:
    """A code block: padded to `width`, its language at the right of the first line.

    `code` must be safe to paint.
    """
    name = printable_line(language, _LONGEST_NAME)
    text = mark_terms(coloured(code.rstrip("\n"), name, colours), finder, colours.mark)
    edge = colours.code + code_mark(code) + FRAME
    lines = [_padded(line, width, colours, edge) for line in wrap_text(text, width - 2)]
    first = lines[0].plain.rstrip()
    if name and cell_len(first) + cell_len(name) + 3 <= width:
        blank_padded(keep_start(lines[0], len(first)), width - cell_len(name) - 1)
        lines[0].append(f"{name} ", colours.code_comment + FRAME)
    return lines


def _padded(line: Text, width: int, colours: TranscriptColours, edge: Style) -> Text:
    padded = Text(style=colours.code, end="").append(" ", edge)
    padded.append_text(line)
    return blank_padded(padded, width)
