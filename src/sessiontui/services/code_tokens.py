"""The words of code by what they are, for whoever colours it."""

from __future__ import annotations

from enum import StrEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.lexer import Lexer  # type: ignore[import-untyped]

# Pygments is imported where it is used: only code needs it, and that comes after the first rows of
# the list.

MOST_COLOURED = 20_000
LONGEST_COLOURED_LINE = 500
"""Characters of code and of a line above which it stays in one colour: many lexers need time by
the square of a line's length.
"""


class CodeRole(StrEnum):
    """What a piece of code is; `PLAIN` where it is nothing special."""

    PLAIN = "plain"
    COMMENT = "comment"
    KEYWORD = "keyword"
    STRING = "string"
    NUMBER = "number"
    NAME = "name"
    ADDED = "added"
    REMOVED = "removed"


def code_tokens(code: str, language: str) -> list[tuple[CodeRole, str]] | None:
    """The pieces of code, which together are the code; None where it is to stay in one colour.

    That is where the language is not known, where the code is too long, and where its lexer
    changes the text (line ends, encodings).
    """
    if not language or len(code) > MOST_COLOURED:
        return None
    lexer = _lexer(language.lower())
    if lexer is None or max(map(len, code.split("\n"))) > LONGEST_COLOURED_LINE:
        return None
    tokens = [(_role_of(kind), text) for kind, text in lexer.get_tokens(code)]
    return tokens if "".join(text for _, text in tokens) == code else None


@lru_cache(maxsize=256)
def language_of(path: str) -> str:
    """The name of the language of a file by its name; empty where it is not known."""
    from pygments.lexers import get_lexer_for_filename  # type: ignore[import-untyped]  # noqa: PLC0415
    from pygments.util import ClassNotFound  # type: ignore[import-untyped]  # noqa: PLC0415

    try:
        return str(get_lexer_for_filename(path.rpartition("/")[2]).aliases[0])
    except (ClassNotFound, IndexError):
        return ""


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    from pygments.lexers import get_lexer_by_name  # noqa: PLC0415
    from pygments.util import ClassNotFound  # noqa: PLC0415

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@lru_cache(maxsize=512)
def _role_of(kind: object) -> CodeRole:
    roles = _roles()
    parents = kind.split()  # type: ignore[attr-defined]
    return next((roles[parent] for parent in reversed(parents) if parent in roles), CodeRole.PLAIN)


@cache
def _roles() -> dict[object, CodeRole]:
    from pygments.token import Token  # type: ignore[import-untyped]  # noqa: PLC0415

    return {
        Token.Comment: CodeRole.COMMENT,
        Token.Keyword: CodeRole.KEYWORD,
        Token.Keyword.Constant: CodeRole.NUMBER,
        Token.Operator.Word: CodeRole.KEYWORD,
        Token.Literal.String: CodeRole.STRING,
        Token.Literal.Number: CodeRole.NUMBER,
        Token.Name.Function: CodeRole.NAME,
        Token.Name.Class: CodeRole.NAME,
        Token.Name.Decorator: CodeRole.NAME,
        Token.Name.Tag: CodeRole.KEYWORD,
        Token.Name.Attribute: CodeRole.NAME,
        Token.Name.Builtin: CodeRole.NAME,
        Token.Generic.Inserted: CodeRole.ADDED,
        Token.Generic.Deleted: CodeRole.REMOVED,
        Token.Generic.Subheading: CodeRole.COMMENT,
        Token.Generic.Prompt: CodeRole.COMMENT,
    }
