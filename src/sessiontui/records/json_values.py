"""Making stored JSON values fit to be shown: no endless strings, no endless nesting."""

from __future__ import annotations

import re
from typing import Any

SHOWN_CHARACTERS = 2000
"""How much of one string of an unknown structure is kept."""
DEEPEST = 60
"""How deep values may be nested; a person cannot read deeper, and validators refuse it."""

_HALF_PAIR = re.compile("[\ud800-\udfff]")


def clipped(value: Any) -> Any:
    """The same value with long strings cut, so that no image data is ever painted."""
    match value:
        case str() if len(value) > SHOWN_CHARACTERS:
            return value[:SHOWN_CHARACTERS] + "…"
        case dict():
            return {key: clipped(item) for key, item in value.items()}
        case list():
            return [clipped(item) for item in value]
        case _:
            return value


def bounded(value: Any, depth: int = DEEPEST) -> Any:
    """The same value with everything nested too deeply replaced by an ellipsis."""
    match value:
        case dict() | list() if depth == 0:
            return "…"
        case dict():
            return {key: bounded(item, depth - 1) for key, item in value.items()}
        case list():
            return [bounded(item, depth - 1) for item in value]
        case _:
            return value


def encodable(value: Any) -> Any:
    """The same value with halves of surrogate pairs replaced: they cannot be written as UTF-8."""
    match value:
        case str():
            return _HALF_PAIR.sub("�", value)
        case dict():
            return {_HALF_PAIR.sub("�", key): encodable(item) for key, item in value.items()}
        case list():
            return [encodable(item) for item in value]
        case _:
            return value
