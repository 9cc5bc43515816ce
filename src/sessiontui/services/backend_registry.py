"""The known store formats, found by name in the entry-point group `sessiontui.backends`.

Names are listed without importing anything; a backend is imported when it is first used. The
built-in backends come through the same group as third-party ones.
"""

from __future__ import annotations

from functools import cache

from sessiontui.domain.backend import SessionBackend, Surroundings
from sessiontui.domain.errors import SettingsInvalid
from sessiontui.services.entry_points import entry_points_of, load_entry_point

GROUP = "sessiontui.backends"
PRESENCE = "sessiontui.presence"
"""Functions that tell, without the backend, whether stores of a format can be there."""


@cache
def _found() -> dict[str, str]:
    return entry_points_of(GROUP)


@cache
def _presence() -> dict[str, str]:
    return entry_points_of(PRESENCE)


def format_names() -> tuple[str, ...]:
    """Every known format, sorted."""
    return tuple(sorted(_found()))


def formats_in_words() -> str:
    """The formats a person may name, for messages: a store in memory is for tests."""
    return ", ".join(name for name in format_names() if name != "memory")


def can_be_there(format_name: str, surroundings: Surroundings) -> bool:
    """False where it is known without importing its backend that no store of a format is there."""
    told = _presence().get(format_name)
    if told is None:
        return True
    try:
        tells = load_entry_point(told)
    except (ImportError, AttributeError):
        return True  # What is wrong with its package is told when the backend is imported.
    return bool(tells(surroundings))


@cache
def backend_class(format_name: str) -> type[SessionBackend]:
    """The backend of a format. Raises `SettingsInvalid` for an unknown name or a broken plug-in."""
    entry = _found().get(format_name)
    if entry is None:
        raise SettingsInvalid(
            f"unknown store format {format_name!r}", f"known formats: {formats_in_words()}"
        )
    try:
        loaded = load_entry_point(entry)
    except (ImportError, AttributeError) as error:
        raise SettingsInvalid(
            f"the backend for {format_name} cannot be loaded: {error}",
            "update or remove the package that provides it",
        ) from error
    if not (isinstance(loaded, type) and hasattr(loaded, "fingerprints")):
        raise SettingsInvalid(f"the entry point {format_name} is no session backend")
    backend: type[SessionBackend] = loaded
    return backend
