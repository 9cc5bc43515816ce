"""Stores: what was found, how it is, and what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from sessiontui.domain.value import Value


class Capability(StrEnum):
    """Something that can be done with a session, if its format allows it."""

    SEARCH = "search"
    APPEND = "append"
    UPDATE_LAST = "update_last"
    REMOVE_LAST = "remove_last"
    CLEAR = "clear"
    DELETE = "delete"
    RENAME = "rename"
    SET_AGENT = "set_agent"
    SET_CONTEXT = "set_context"
    SET_STATE = "set_state"
    PUT = "put"
    COMPACT = "compact"
    PRUNE = "prune"
    MIGRATE = "migrate"
    TIMESTAMPS = "timestamps"
    TOKENS = "tokens"
    RESUME = "resume"


class Capabilities(Value):
    """What a format supports, and for everything else the reason why not.

    `overwritten_when_live` names the changes that a running owner would overwrite from its memory.
    """

    supported: frozenset[Capability]
    why_not: Mapping[Capability, str]
    overwritten_when_live: frozenset[Capability] = frozenset()

    def __contains__(self, capability: Capability) -> bool:
        return capability in self.supported

    def reason(self, capability: Capability) -> str:
        """Why a capability is missing; a plain sentence."""
        return self.why_not.get(capability, f"this format has no {capability.value}")

    def without(self, capabilities: frozenset[Capability], reason: str) -> Capabilities:
        """The same with some taken away for one reason (a read-only file, an old schema)."""
        lost = self.supported & capabilities
        return self.replace(
            supported=self.supported - lost, why_not={**self.why_not, **dict.fromkeys(lost, reason)}
        )


CHANGES = frozenset(
    {
        Capability.APPEND,
        Capability.UPDATE_LAST,
        Capability.REMOVE_LAST,
        Capability.CLEAR,
        Capability.DELETE,
        Capability.RENAME,
        Capability.SET_AGENT,
        Capability.SET_CONTEXT,
        Capability.SET_STATE,
        Capability.PUT,
        Capability.COMPACT,
        Capability.PRUNE,
        Capability.MIGRATE,
    }
)
"""The capabilities that write to a store."""


class StoreInfo(Value):
    """One store as the stores screen and `sessiontui stores` show it."""

    id: str
    format: str
    title: str
    root: Path
    available: bool
    writable: bool
    capabilities: Capabilities
    format_version: str | None = None
    session_count: int | None = None
    size_bytes: int | None = None
    problem: str | None = None
