"""How a person left the screens: kept between runs in our own data folder.

One small JSON file, replaced as a whole under a lock. Only what this run changed is written, so
that two programs side by side do not undo each other's choices, and what a newer version keeps
there stays. It is a convenience: whatever goes wrong with it costs at most what it holds, and never
stops anything.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sessiontui.domain.errors import SessionTuiError
from sessiontui.storage.atomic_file import write_file
from sessiontui.storage.file_lock import try_file_lock
from sessiontui.storage.locations import private_folder

LONGEST_FILE = 64_000
"""Bytes; a longer file is none of ours."""
_WAIT_SECONDS = 0.5


class ViewState(BaseModel):
    """What is kept. An empty text means that the program's own choice stands.

    Names of themes, orders and the like are kept as they are: whoever uses one that is unknown by
    now takes its own choice instead.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    welcomed: bool = False
    """Whether the first-run screen was seen."""
    theme: str = Field(default="", max_length=100)
    list_share: int = Field(default=50, ge=20, le=80)
    """Percent of the room that the list has, beside the transcript or above it."""
    sort: str = Field(default="", max_length=40)
    reverse: bool = False
    grouping: str = Field(default="", max_length=40)
    density: str = Field(default="", max_length=40)
    tools: bool = False
    """Whether what tools were asked and gave back is unfolded."""
    thinking: bool = False
    """Whether thinking is unfolded."""
    answers: bool = False
    """Whether only prompts and final answers are shown."""
    outline: bool = True
    """Whether the outline stands beside a transcript where there is room for it."""


class ViewStateFile:
    """The file. Safe to use from several threads and processes; nothing here raises."""

    def __init__(self, path: Path) -> None:
        self.path = path
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
                private_folder(self.path.parent)
                lock = self.path.with_name(self.path.name + ".lock")
                with try_file_lock(lock, _WAIT_SECONDS) as held:
                    if not held:
                        return False
                    content = json.dumps({**self._held(), **changes}, indent=1, sort_keys=True)
                    write_file(self.path, content.encode("ascii"))
            except (OSError, SessionTuiError):
                return False
            return True

    def _held(self) -> dict[str, Any]:
        try:
            with self.path.open("rb") as file:
                content = file.read(LONGEST_FILE + 1)
            value = json.loads(content) if len(content) <= LONGEST_FILE else None
        except (OSError, ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}


def _state_of(held: Mapping[str, object]) -> ViewState:
    """The state in which every field that is not what it should be has its default."""
    try:
        return ViewState.model_validate(held)
    except ValidationError as error:
        wrong = {part["loc"][0] for part in error.errors(include_url=False) if part["loc"]}
        return ViewState.model_validate(
            {name: value for name, value in held.items() if name not in wrong}
        )
