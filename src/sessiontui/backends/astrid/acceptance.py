"""Whether astrid itself would load a session file, and if not, why.

Astrid reads files into fixed structures: one wrong field refuses the whole file. A structure may
also be written as an array of its fields in order; that is accepted here too.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sessiontui.backends.astrid.names import uuid_of
from sessiontui.domain.value import PlainValue
from sessiontui.records.rfc3339 import parse_instant

Rule = Callable[[Any, str], str | None]
"""Looks at a value; the reason why it is refused, or None. The text names the value's place."""


class Repeating(dict[str, Any]):
    """A JSON object that named some keys twice."""

    repeated: frozenset[str] = frozenset()


class Field(PlainValue):
    """One field of a structure. `optional`: null or nothing will do; `default`: nothing will do."""

    name: str
    rule: Rule
    optional: bool = False
    default: bool = False


def noting_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of these pairs, marked when a key came twice; the last value counts."""
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    marked = Repeating(found)
    names = [name for name, _ in pairs]
    marked.repeated = frozenset(name for name in found if names.count(name) > 1)
    return marked


def fields_of(value: Any, fields: Sequence[Field]) -> Mapping[str, Any] | None:
    """A structure's fields by name, from an object or an array of them; None if it is neither."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and len(value) <= len(fields):
        return {field.name: item for field, item in zip(fields, value, strict=False)}
    return None


def why_refused(document: Any) -> str | None:
    """Why astrid would refuse a whole file with this content, or None."""
    return structure(SESSION)(document, "")


# -- rules -------------------------------------------------------------------------------------


def structure(fields: Sequence[Field]) -> Rule:
    """A structure of these fields; others are ignored."""

    def rule(value: Any, place: str) -> str | None:
        found = fields_of(value, fields)
        if found is None:
            return f"{place or 'the file'} is no structure astrid knows"
        repeated = value.repeated if isinstance(value, Repeating) else frozenset()
        twice = repeated & {field.name for field in fields}
        if twice:
            return f"{_at(place, min(twice))} stands there twice"
        in_order = isinstance(value, list)
        for field in fields:
            where = _at(place, field.name)
            if field.name not in found:
                if field.default or (field.optional and not in_order):
                    continue
                return f"{where} is missing"
            stored = found[field.name]
            if stored is None and field.optional:
                continue
            if reason := field.rule(stored, where):
                return reason
        return None

    return rule


def array_of(item: Rule) -> Rule:
    """An array of such values."""

    def rule(value: Any, place: str) -> str | None:
        if not isinstance(value, list):
            return f"{place} is no array"
        reasons = (item(one, f"{place}[{index}]") for index, one in enumerate(value))
        return next((reason for reason in reasons if reason), None)

    return rule


def whole(most: int) -> Rule:
    """A whole number from 0 on."""

    def rule(value: Any, place: str) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int):
            return f"{place} is no whole number"
        return None if 0 <= value <= most else f"{place} is {value:,}"

    return rule


def one_of(*words: str) -> Rule:
    """One of some words."""
    return lambda value, place: None if value in words else f"{place} is unknown to astrid"


def text(value: Any, place: str) -> str | None:
    """A text."""
    return None if isinstance(value, str) else f"{place} is no text"


def number(value: Any, place: str) -> str | None:
    """Any number."""
    good = isinstance(value, int | float) and not isinstance(value, bool)
    return None if good else f"{place} is no number"


def flag(value: Any, place: str) -> str | None:
    """True or false."""
    return None if isinstance(value, bool) else f"{place} is neither true nor false"


def instant(value: Any, place: str) -> str | None:
    """An RFC 3339 time."""
    return None if parse_instant(value) is not None else f"{place} is no time"


def anything(value: Any, place: str) -> str | None:
    """Any JSON value."""
    return None


def _uuid(value: Any, place: str) -> str | None:
    good = isinstance(value, str) and uuid_of(value) is not None
    return None if good else f"{place} is no UUID"


def _signature(value: Any, place: str) -> str | None:
    try:
        size = len(base64.b64decode(value, validate=True)) if isinstance(value, str) else 0
    except (binascii.Error, ValueError):
        size = 0
    return None if size == 64 else f"{place} is no signature"


def _texts_by_name(value: Any, place: str) -> str | None:
    if not isinstance(value, dict):
        return f"{place} is no object"
    return next((r for name, item in value.items() if (r := text(item, _at(place, name)))), None)


def _pattern(value: Any, place: str) -> str | None:
    kind = value[0] if isinstance(value, list) and value else None
    kind = value.get("type") if isinstance(value, dict) else kind
    fields = _PATTERNS.get(kind) if isinstance(kind, str) else None
    if fields is None:
        return f"{place} is of a kind unknown to astrid"
    rest = value[1:] if isinstance(value, list) else value
    return structure(fields)(rest, place)


def _at(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


# -- structures --------------------------------------------------------------------------------

_SIZE = whole(2**64 - 1)
_COUNT = whole(2**32 - 1)
_PERMISSION = Field(
    "permission", one_of("read", "write", "execute", "delete", "invoke", "list", "create")
)
_PATTERNS: Mapping[str, Sequence[Field]] = {
    "exact_tool": (Field("server", text), Field("tool", text)),
    "server_tools": (Field("server", text),),
    "file_pattern": (Field("pattern", text), _PERMISSION),
    "workspace_relative": (Field("pattern", text), _PERMISSION),
    "network_host": (
        Field("host", text),
        Field("ports", array_of(whole(2**16 - 1)), optional=True),
    ),
    "command_pattern": (Field("command", text),),
    "custom": (Field("pattern", text),),
    "capsule_capability": (Field("capsule_id", text), Field("capability", text)),
    "capsule_wildcard": (Field("capsule_id", text),),
}
_ALLOWANCE = (
    Field("id", _uuid),
    Field("action_pattern", _pattern),
    Field("created_at", instant),
    Field("expires_at", instant, optional=True),
    Field("max_uses", _COUNT, optional=True),
    Field("uses_remaining", _COUNT, optional=True),
    Field("session_only", flag),
    Field("workspace_root", text, optional=True),
    Field("signature", _signature),
)
_BUDGET = (
    Field("session_spent_usd", number),
    Field(
        "config",
        structure(
            (
                Field("session_max_usd", number),
                Field("per_action_max_usd", number),
                Field("warn_at_percent", whole(255)),
            )
        ),
    ),
    Field("last_updated", instant),
)
METADATA = (
    Field("title", text, optional=True),
    Field("tags", array_of(text)),
    Field("turn_count", _SIZE),
    Field("tool_call_count", _SIZE),
    Field("approval_count", _SIZE),
    Field("custom", _texts_by_name),
)
MESSAGE = (Field("role", text), Field("content", anything))
GIT_STATE = (Field("branch", text, optional=True), Field("commit", text, optional=True))
SESSION = (
    Field("id", text),
    Field("user_id", text),
    Field("messages", array_of(structure(MESSAGE))),
    Field("system_prompt", text),
    Field("created_at", instant),
    Field("token_count", _SIZE),
    Field("metadata", structure(METADATA)),
    Field("allowances", array_of(structure(_ALLOWANCE)), default=True),
    Field("budget_snapshot", structure(_BUDGET), optional=True, default=True),
    Field(
        "escape_state",
        structure((Field("remembered_paths", array_of(text)),)),
        optional=True,
        default=True,
    ),
    Field("workspace_path", text, optional=True, default=True),
    Field("model", text, optional=True, default=True),
    Field("git_state", structure(GIT_STATE), optional=True, default=True),
)
