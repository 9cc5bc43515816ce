"""Code as lines on a quiet background, coloured by what its words are."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from sessiontui.domain.printable import printable_line
from sessiontui.ui.widgets.code_blocks import code_mark
from sessiontui.ui.widgets.styled_lines import blank_padded, keep_start, mark_terms, wrap_text
from sessiontui.ui.widgets.term_marks import TermFinder
from sessiontui.ui.widgets.transcript_colours import TranscriptColours

if TYPE_CHECKING:
    from pygments.lexer import Lexer  # type: ignore[import-untyped]

MOST_COLOURED = 20_000
LONGEST_COLOURED_LINE = 500
"""Characters of code and of a line above which it stays in one colour: many lexers need time by
the square of a line's length.
"""
_LONGEST_NAME = 20


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    # Only code needs them, and that comes after the first rows of the list.
    from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]  # noqa: PLC0415
    from pygments.util import ClassNotFound  # type: ignore[import-untyped]  # noqa: PLC0415

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@lru_cache(maxsize=8)
def _token_styles(colours: TranscriptColours) -> dict[object, Style]:
    from pygments.token import Token  # type: ignore[import-untyped]  # noqa: PLC0415

    return {
        Token.Comment: colours.code_comment,
        Token.Keyword: colours.code_keyword,
        Token.Keyword.Constant: colours.code_number,
        Token.Operator.Word: colours.code_keyword,
        Token.Literal.String: colours.code_string,
        Token.Literal.Number: colours.code_number,
        Token.Name.Function: colours.code_name,
        Token.Name.Class: colours.code_name,
        Token.Name.Decorator: colours.code_name,
        Token.Name.Tag: colours.code_keyword,
        Token.Name.Attribute: colours.code_name,
        Token.Name.Builtin: colours.code_name,
        Token.Generic.Inserted: colours.added,
        Token.Generic.Deleted: colours.removed,
        Token.Generic.Subheading: colours.code_comment,
        Token.Generic.Prompt: colours.code_comment,
    }


def coloured(code: str, language: str, colours: TranscriptColours) -> Text:
    """The code with the colours of its language; plain where that is not known."""
    plain = Text(code, style=colours.code, end="")
    if not language or len(code) > MOST_COLOURED:
        return plain
    lexer = _lexer(language.lower())
    if lexer is None or max(map(len, code.split("\n"))) > LONGEST_COLOURED_LINE:
        return plain
    styles = _token_styles(colours)
    text = Text(style=colours.code, end="")
    for kind, part in lexer.get_tokens(code):
        known = next((styles[k] for k in reversed(kind.split()) if k in styles), None)
        text.append(part, known)
    # A lexer that changes the text (line ends, encodings) must not change what is shown.
    return text if text.plain == code else plain


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
    edge = colours.code + code_mark(code)
    lines = [_padded(line, width, colours, edge) for line in wrap_text(text, width - 2)]
    first = lines[0].plain.rstrip()
    if name and cell_len(first) + cell_len(name) + 3 <= width:
        blank_padded(keep_start(lines[0], len(first)), width - cell_len(name) - 1)
        lines[0].append(f"{name} ", colours.code_comment)
    return lines


def _padded(line: Text, width: int, colours: TranscriptColours, edge: Style) -> Text:
    padded = Text(style=colours.code, end="").append(" ", edge)
    padded.append_text(line)
    return blank_padded(padded, width)
