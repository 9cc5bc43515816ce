"""Whether what stands beside a telling name is a secret, or a placeholder, code or prose.

A mask is cheap and a leak is not, so a doubtful value counts as a secret where its name says
password; names that have other uses too (token, secret) must be followed by something random.
"""

from __future__ import annotations

import re
from enum import Enum, auto


class Family(Enum):
    """What a name says of the value beside it."""

    PASSWORD = auto()
    KEY = auto()
    TOKEN = auto()
    SECRET = auto()


class Writing(Enum):
    """How a value follows its name: `NAME=value`, `name: value`, or between quotes."""

    TIGHT = "="
    LOOSE = ":"
    QUOTED = '"'


_SHORTEST = 4
_SHORTEST_RANDOM = 10
_PLACEHOLDER = re.compile(
    r"\$[\w{(]|<|\{|\[|\*+$|%[\w({]|@\w+@|#|--|env[.(:]|os\.|process\.|getenv|config\.|self\.|this\."
    r"|secrets?\.|vault:|ref:|your[_ -]|my[_-]|example|placeholder|change.?me|insert|redacted"
    r"|dummy|fake|sample|todo|test[_-]?(?:password|token|key|secret)",
    re.IGNORECASE,
)
_WORDS = frozenset(
    [
        "password",
        "passwd",
        "passphrase",
        "passcode",
        "pass",
        "pwd",
        "secret",
        "secrets",
        "token",
        "tokens",
        "key",
        "keys",
        "apikey",
        "api_key",
        "true",
        "false",
        "null",
        "none",
        "nil",
        "undefined",
        "unknown",
        "required",
        "optional",
        "string",
        "str",
        "bytes",
        "text",
        "number",
        "int",
        "integer",
        "bool",
        "boolean",
        "object",
        "any",
        "void",
        "type",
        "name",
        "value",
        "values",
        "field",
        "default",
        "empty",
        "missing",
        "invalid",
        "valid",
        "expired",
        "hidden",
        "masked",
        "username",
        "user",
        "login",
        "email",
        "admin_password",
        "user_password",
        "the",
        "this",
        "that",
        "your",
        "input",
        "output",
        "self",
        "void",
        "char",
        "varchar",
        "secretstr",
    ]
)
_PROSE = re.compile(
    r"\b(?:enter|your|you|must|must|should|required?|please|invalid|incorrect|wrong|reset|forgot\w*"
    r"|confirm|show|hide|change|new|current|old|repeat|the|is|are|and|for|with|not|least|minimum"
    r"|characters?)\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Za-z_]\w*(?:(?:\.|::|->|\?\.)[A-Za-z_]\w*)+")
_CALL = re.compile(r"\(|[A-Za-z_][\w.:>?-]*[(\[]")
_IDENTIFIER = re.compile(r"[A-Za-z_]+")
_PATH = re.compile(r"(?:/|~/|\.{1,2}/|[A-Za-z]:\\)[\w./\\ -]*")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{7,}={0,2}")
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")
_PIECES = re.compile(r"[^A-Za-z0-9+/=]+")


def is_secret(name: str, family: Family, value: str, writing: Writing) -> bool:
    """Whether a value is one that a name of a family should not be shown with."""
    core = value.rstrip("….")
    if len(core) < _SHORTEST or len(set(core)) < 3 or _PLACEHOLDER.match(core):
        return False
    word = core.strip("*?!&.:").lower()
    if word in _WORDS or word == name.lower():
        return False
    if _PATH.fullmatch(core) and not any(map(_is_random, core.split("/"))):
        return False
    if writing is not Writing.QUOTED and (_CALL.match(core) or _CODE.fullmatch(core)):
        return is_random(core)
    shouted = name.isupper()
    if family is Family.PASSWORD:
        return _is_password(core, writing, shouted)
    if " " in core or not is_varied(core):
        return False
    if is_random(core):
        return True
    if writing is Writing.LOOSE or not (_has_digit(core) and _has_letter(core)):
        return shouted and writing is not Writing.LOOSE and len(core) >= 2 * _SHORTEST
    return len(core) >= 6


def _is_password(core: str, writing: Writing, shouted: bool) -> bool:
    if " " in core:
        return writing is Writing.QUOTED and not _PROSE.search(core)
    if writing is Writing.QUOTED or not _IDENTIFIER.fullmatch(core):
        return True
    return shouted and writing is Writing.TIGHT


def is_random(value: str) -> bool:
    """Whether a value looks made by a machine: a long piece of it mixes letters and digits."""
    return any(_is_random(piece) for piece in _PIECES.split(value))


def _is_random(piece: str) -> bool:
    if len(piece) < _SHORTEST_RANDOM or not _has_letter(piece):
        return False
    if _has_digit(piece):
        return len(set(piece)) > 4
    mixed = not piece.isupper() and not piece.islower() and not piece[1:].islower()
    # Words in camel case have few capitals, random letters have many.
    return len(piece) >= 20 and mixed and sum(map(str.isupper, piece)) * 4 > len(piece)


def is_credential(value: str) -> bool:
    """Whether what follows `Authorization:` or `Bearer` is a credential and no word about one."""
    if _PLACEHOLDER.match(value) or len(set(value)) < 4:
        return False
    if is_random(value) or (len(value) >= 12 and _has_digit(value) and _has_letter(value)):
        return True
    # A name and a password in base 64 may have no digit, but capitals inside.
    return bool(_BASE64.fullmatch(value)) and not value[1:].islower() and not value.isupper()


def is_varied(value: str) -> bool:
    """False for `sk-ant-xxxxxxxx` and the like: their second half repeats a character or two."""
    return len(set(value[len(value) // 2 :].lower()) - {"-", "_"}) > 2


def is_distinctive(value: str) -> bool:
    """Whether a value is rare enough to be looked for where nothing says that it is secret."""
    return len(value) >= 8 and _has_digit(value) and _has_letter(value) and len(set(value)) > 5


def _has_digit(text: str) -> bool:
    return _DIGIT.search(text) is not None


def _has_letter(text: str) -> bool:
    return _LETTER.search(text) is not None
