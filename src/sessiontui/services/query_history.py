"""The queries a person used, newest first: kept between runs in our own data folder.

One small JSON file, replaced as a whole under a lock, so that several programs add to it without
losing each other's queries. It is a convenience: what goes wrong with it costs at most the history,
is told once, and never stops anything.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from sessiontui.domain.errors import SessionTuiError, StoreTooNew, StoreUnreadable
from sessiontui.domain.printable import printable
from sessiontui.storage.atomic_file import create_file, write_file
from sessiontui.storage.file_lock import try_file_lock
from sessiontui.storage.locations import private_folder
from sessiontui.storage.system_errors import store_error

VERSION = 1
LONGEST_QUERY = 1_000
"""Longer ones were pasted by mistake."""
_WAIT_SECONDS = 2.0
_MOST_ASIDE = 1_000


class QueryHistory:
    """At most `limit` queries; 0 keeps and shows none, and leaves the file alone.

    Safe to use from several threads and processes. Nothing here raises.
    """

    def __init__(self, path: Path, limit: int) -> None:
        self.path = path
        self.limit = limit
        self._lock = threading.Lock()
        self._unsaved: list[str] = []
        self._notices: list[str] = []
        self._told: set[str] = set()

    def entries(self) -> tuple[str, ...]:
        """The queries, newest first; also those that could not be written."""
        if not self.limit:
            return ()
        with self._lock:
            try:
                held: Iterable[str] = self._read()
            except OSError as error:
                self._tell(store_error(error, self.path).title)
                held = ()
            except (StoreUnreadable, StoreTooNew) as error:
                self._tell(error.title)
                held = ()
            return self._newest_first(held)

    def note(self, query: str) -> None:
        """Put a query at the front; durable when this returns, if it can be written at all."""
        text = query.strip()
        if not self.limit or not _is_kept(text):
            return
        with self._lock:
            self._unsaved = [*(other for other in self._unsaved if other != text), text]
            self._unsaved = self._unsaved[-self.limit :]
            try:
                self._save()
            except OSError as error:
                self._tell(store_error(error, self.path).title)
            except SessionTuiError as error:
                # What is there and cannot be read or put aside stays as it is.
                self._tell(error.title)

    def take_notices(self) -> tuple[str, ...]:
        """What a person should be told, in sentences; each is given out once."""
        with self._lock:
            told, self._notices = tuple(self._notices), []
            return told

    # -- the file --------------------------------------------------------------------------

    def _newest_first(self, held: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*reversed(self._unsaved), *held]))[: self.limit]

    def _read(self) -> tuple[str, ...]:
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return ()
        return _decoded(content)

    def _save(self) -> None:
        private_folder(self.path.parent)
        lock = self.path.with_name(self.path.name + ".lock")
        with try_file_lock(lock, _WAIT_SECONDS) as held:
            if not held:
                return  # The next query takes this one along.
            try:
                before = self._read()
            except StoreUnreadable:
                before = ()
                self._put_aside()
            write_file(self.path, _encoded(self._newest_first(before)))
            self._unsaved = []

    def _put_aside(self) -> None:
        """Keep what cannot be read under another name: it may be mended by hand."""
        content = self.path.read_bytes()
        for number in range(1, _MOST_ASIDE):
            mark = ".damaged" if number == 1 else f".damaged-{number}"
            aside = self.path.with_name(self.path.name + mark)
            if not aside.exists():
                create_file(aside, content)
                self._tell(f"the history of queries was damaged and begins anew; it is in {aside}")
                return
        raise FileExistsError(f"{self.path} was damaged too often")

    def _tell(self, sentence: str) -> None:
        if sentence not in self._told:
            self._told.add(sentence)
            self._notices.append(sentence)


def _is_kept(text: str) -> bool:
    shown = "\n" not in text and printable(text) == text
    return bool(text) and len(text) <= LONGEST_QUERY and shown


class _File(BaseModel):
    model_config = ConfigDict(strict=True)

    version: int
    queries: list[str]


def _encoded(queries: Iterable[str]) -> bytes:
    value = _File(version=VERSION, queries=list(queries)).model_dump()
    return json.dumps(value, indent=1).encode("ascii")


def _decoded(content: bytes) -> tuple[str, ...]:
    try:
        value: Any = json.loads(content)
        if isinstance(value, dict) and isinstance(value.get("version"), int | float):
            _refuse_newer(value["version"])
        queries = _File.model_validate(value).queries
    except (ValueError, RecursionError) as error:
        raise StoreUnreadable("the history of queries is damaged") from error
    # What another program wrote is no query of ours when it cannot be shown.
    return tuple(filter(_is_kept, queries))


def _refuse_newer(version: float) -> None:
    if version > VERSION:
        raise StoreTooNew(
            "the history of queries was written by a newer version", "update sessiontui"
        )
