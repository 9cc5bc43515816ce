"""JSON as the owners of stores read it: strictly, with a reason when it is refused."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

RAW_LIMIT = 2000
"""How many characters of an unreadable piece are shown."""


class JsonRefused(ValueError):
    """Why a text is not acceptable JSON; the message is a short phrase for a `damaged` block."""


def decode_json(data: bytes, *, unique_keys: bool = False, surrogates: bool = False) -> Any:
    """The value of a JSON text in UTF-8.

    Python accepts more than others do; refused here are NaN and infinities, a byte order mark,
    and unless `surrogates`, lone surrogate escapes. With `unique_keys`, an object that names a key
    twice is refused too. Raises `JsonRefused`.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise JsonRefused(f"not UTF-8 at byte {error.start}") from error
    if text.startswith("\ufeff"):
        raise JsonRefused("starts with a byte order mark")
    try:
        value = (_WITH_UNIQUE_KEYS if unique_keys else _WITH_ANY_KEYS).decode(text)
    except json.JSONDecodeError as error:
        raise JsonRefused(f"not JSON: {error.msg.lower()} at character {error.pos}") from error
    except JsonRefused:
        raise
    except RecursionError as error:
        raise JsonRefused("nested too deeply") from error
    except ValueError as error:
        raise JsonRefused("holds a number that is too long") from error
    # A lone surrogate can only come from an escape.
    if not surrogates and "\\u" in text:
        _refuse_surrogates(value)
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise JsonRefused(f"{name} is not JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise JsonRefused("a key stands twice in one object")
    return found


# Making a decoder costs as much as decoding a short line.
_WITH_ANY_KEYS = json.JSONDecoder(parse_constant=_refuse_constant)
_WITH_UNIQUE_KEYS = json.JSONDecoder(parse_constant=_refuse_constant, object_pairs_hook=_unique)


def _refuse_surrogates(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise JsonRefused("holds half of a surrogate pair") from error


def raw_text(data: bytes) -> str:
    """The beginning of unreadable bytes as text, for a `damaged` block."""
    text = data[: 4 * RAW_LIMIT].decode("utf-8", "backslashreplace")
    return text if len(text) <= RAW_LIMIT else text[:RAW_LIMIT] + "…"


def whole_number(value: object) -> int | None:
    """An integer field, or None where it holds anything else (a bool, a float, text)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not (math.isfinite(value) and value.is_integer()):
        return None
    return int(value)
