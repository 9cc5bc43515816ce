"""How a person left the screens: kept between runs in our own data folder.

Only what this run changed is written, so that two programs side by side do not undo each other's
choices, and what a newer version keeps there stays.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, ValidationError, convert, structs

from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.value import Value
from sessiontui.services.own_json import OwnJson

LONGEST_FILE = 64_000
"""Bytes; a longer file is none of ours."""
LONGEST_VIEW = 200
"""Characters; the text of a longer query is not kept."""
_WAIT_SECONDS = 0.5


Name = Annotated[str, Meta(max_length=40)]


class ViewState(Value):
    """What is kept. An empty text means that the program's own choice stands.

    Names of themes, orders and the like are kept as they are: whoever uses one that is unknown by
    now takes its own choice instead.
    """

    welcomed: bool = False
    """Whether the first-run screen was seen."""
    theme: Annotated[str, Meta(max_length=100)] = ""
    list_share: Annotated[int, Meta(ge=20, le=80)] = 50
    """Percent of the room that the list has, beside the transcript or above it."""
    sort: Name = ""
    reverse: bool = False
    grouping: Name = ""
    density: Name = ""
    view: Annotated[str, Meta(max_length=LONGEST_VIEW)] = ""
    """The filters that the list was narrowed by, as they are written in the search box."""
    tools: bool = False
    """Whether what tools were asked and gave back is unfolded."""
    thinking: bool = False
    """Whether thinking is unfolded."""
    answers: bool = False
    """Whether only prompts and final answers are shown."""
    outline: bool = True
    """Whether the outline stands beside a transcript where there is room for it."""


def with_field(state: ViewState, name: str, value: object) -> ViewState:
    """The state with another value in a field. Raises `ValueError` for one that cannot be there."""
    try:
        return state.replace(**{name: convert(value, _field_types()[name])})
    except ValidationError as error:
        raise ValueError(f"{name}: {error}") from error


@functools.cache
def _field_types() -> Mapping[str, Any]:
    return {field.name: field.type for field in structs.fields(ViewState)}


class ViewStateFile:
    """The file. Safe to use from several threads and processes; nothing here raises."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = OwnJson(
            path,
            "what the screens remember",
            longest=LONGEST_FILE,
            wait_seconds=_WAIT_SECONDS,
            version=None,
        )
        self._lock = threading.Lock()

    def read(self) -> ViewState:
        """What was kept; what is damaged or unknown counts as never chosen."""
        return _state_of(self._held())

    def write(self, changes: Mapping[str, object]) -> bool:
        """Keep some fields, leave the others as they are; whether that could be done.

        A folder that cannot be written to is no error: the choices then hold for this run.
        """
        with self._lock:
            try:
                with self._file.locked() as held:
                    if held:
                        self._file.write(dict(sorted({**self._held(), **changes}.items())))
                    return held
            except (OSError, SessionTuiError):
                return False

    def _held(self) -> dict[str, Any]:
        try:
            return self._file.read(_object) or {}
        except (OSError, SessionTuiError):
            return {}


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("no JSON object")  # noqa: TRY004 (what OwnJson expects)
    return value


def _state_of(held: Mapping[str, object]) -> ViewState:
    """The state in which every field that is not what it should be has its default."""
    state = ViewState()
    for name in ViewState.__struct_fields__:
        with suppress(KeyError, ValueError):
            state = with_field(state, name, held[name])
    return state
