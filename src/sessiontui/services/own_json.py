"""Small JSON files of our own in which something is kept between runs.

What they hold is a convenience: what goes wrong with one costs at most that, is told once, and
never stops anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sessiontui.domain.errors import SessionTuiError, StoreTooNew, StoreUnreadable
from sessiontui.storage.atomic_file import write_file
from sessiontui.storage.file_lock import try_file_lock
from sessiontui.storage.locations import private_folder
from sessiontui.storage.system_errors import store_error

_T = TypeVar("_T")


class OwnJson:
    """One file: private, of bounded size, replaced as a whole under a lock between programs."""

    def __init__(
        self, path: Path, what: str, *, longest: int, wait_seconds: float, version: int | None
    ) -> None:
        """A longer file than `longest` bytes is none of ours.

        `what` it holds stands in errors. Without a `version` a file of any version is read.
        """
        self.path = path
        self._what = what
        self._longest = longest
        self._wait_seconds = wait_seconds
        self._version = version

    def read(self, decode: Callable[[Any], _T]) -> _T | None:
        """What `decode` makes of the JSON value; None when there is no file.

        Raises `StoreUnreadable` where it is damaged, also when `decode` raises `ValueError`,
        `StoreTooNew`, and `OSError` as the system gives it.
        """
        try:
            with self.path.open("rb") as file:
                content = file.read(self._longest + 1)
        except FileNotFoundError:
            return None
        damaged = StoreUnreadable(f"{self._what} is damaged")
        if len(content) > self._longest:
            raise damaged
        try:
            value = json.loads(content)
            self._refuse_newer(value)
            return decode(value)
        except (ValueError, RecursionError) as error:
            raise damaged from error

    @contextmanager
    def locked(self) -> Iterator[bool]:
        """Become the only program that writes it; yields whether that worked. Raises `OSError`."""
        private_folder(self.path.parent)
        lock = self.path.with_name(self.path.name + ".lock")
        with try_file_lock(lock, self._wait_seconds) as held:
            yield held

    def write(self, value: object) -> None:
        """Replace it with a JSON value. Raises `OSError`."""
        write_file(self.path, json.dumps(value, indent=1).encode("ascii"))

    def _refuse_newer(self, value: object) -> None:
        version = value.get("version") if isinstance(value, dict) else None
        if self._version is None or not isinstance(version, int | float):
            return
        if version > self._version:
            raise StoreTooNew(f"{self._what} was written by a newer version", "update sessiontui")


class Notices:
    """What a person should be told, in sentences: each once. For one thread at a time."""

    def __init__(self) -> None:
        self._waiting: list[str] = []
        self._told: set[str] = set()

    def tell(self, sentence: str) -> None:
        """Give it out with the next `take`, unless it was given out before."""
        if sentence not in self._told:
            self._told.add(sentence)
            self._waiting.append(sentence)

    def take(self) -> tuple[str, ...]:
        """What is to be told now."""
        taken, self._waiting = tuple(self._waiting), []
        return taken

    @contextmanager
    def instead_of_errors(self, path: Path) -> Iterator[None]:
        """Tell what goes wrong with a file, and go on behind the block."""
        try:
            yield
        except OSError as error:
            self.tell(store_error(error, path).title)
        except SessionTuiError as error:
            self.tell(error.title)
