"""The queries a person used, newest first: kept between runs in our own data folder.

Several programs add to the one file without losing each other's queries.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

import msgspec

from sessiontui.domain.errors import StoreUnreadable
from sessiontui.domain.printable import printable
from sessiontui.services.own_json import Notices, OwnJson
from sessiontui.storage.atomic_file import create_file

VERSION = 1
LONGEST_QUERY = 1_000
"""Longer ones were pasted by mistake."""
LONGEST_FILE = 128_000_000
"""Bytes: 10,000 queries of that length, escaped."""
_WAIT_SECONDS = 2.0
_MOST_ASIDE = 1_000


class QueryHistory:
    """At most `limit` queries; 0 keeps and shows none, and leaves the file alone.

    Safe to use from several threads and processes. Nothing here raises.
    """

    def __init__(self, path: Path, limit: int) -> None:
        self.limit = limit
        self.path = path
        self._file = OwnJson(
            path,
            "the history of queries",
            longest=LONGEST_FILE,
            wait_seconds=_WAIT_SECONDS,
            version=VERSION,
        )
        self._lock = threading.Lock()
        self._unsaved: list[str] = []
        self._notices = Notices()

    def entries(self) -> tuple[str, ...]:
        """The queries, newest first; also those that could not be written."""
        if not self.limit:
            return ()
        with self._lock:
            held: Iterable[str] = ()
            with self._notices.instead_of_errors(self.path):
                held = self._read()
            return self._newest_first(held)

    def note(self, query: str) -> None:
        """Put a query at the front; durable when this returns, if it can be written at all."""
        text = query.strip()
        if not self.limit or not _is_kept(text):
            return
        with self._lock:
            self._unsaved = [*(other for other in self._unsaved if other != text), text]
            self._unsaved = self._unsaved[-self.limit :]
            # What is there and cannot be read or put aside stays as it is.
            with self._notices.instead_of_errors(self.path):
                self._save()

    def take_notices(self) -> tuple[str, ...]:
        """What a person should be told, in sentences; each is given out once."""
        with self._lock:
            return self._notices.take()

    # -- the file --------------------------------------------------------------------------

    def _newest_first(self, held: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*reversed(self._unsaved), *held]))[: self.limit]

    def _read(self) -> tuple[str, ...]:
        return self._file.read(_decoded) or ()

    def _save(self) -> None:
        with self._file.locked() as held:
            if not held:
                return  # The next query takes this one along.
            try:
                before = self._read()
            except StoreUnreadable:
                before = ()
                self._put_aside()
            queries = list(self._newest_first(before))
            self._file.write({"version": VERSION, "queries": queries})
            self._unsaved = []

    def _put_aside(self) -> None:
        """Keep what cannot be read under another name: it may be mended by hand."""
        content = self.path.read_bytes()
        for number in range(1, _MOST_ASIDE):
            mark = ".damaged" if number == 1 else f".damaged-{number}"
            aside = self.path.with_name(self.path.name + mark)
            if not aside.exists():
                create_file(aside, content)
                self._notices.tell(
                    f"the history of queries was damaged and begins anew. It is in {aside}"
                )
                return
        raise FileExistsError(f"{self.path} was damaged too often")


def _is_kept(text: str) -> bool:
    shown = "\n" not in text and printable(text) == text
    return bool(text) and len(text) <= LONGEST_QUERY and shown


class _File(msgspec.Struct):
    version: int
    queries: list[str]


def _decoded(value: object) -> tuple[str, ...]:
    # What another program wrote is no query of ours when it cannot be shown.
    return tuple(filter(_is_kept, msgspec.convert(value, _File).queries))
