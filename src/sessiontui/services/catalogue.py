"""The open stores: found, opened, named by id."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from sessiontui.domain.backend import SessionBackend, Surroundings
from sessiontui.domain.errors import (
    SessionTuiError,
    SettingsInvalid,
    StoreMissing,
    StoreUnreadable,
)
from sessiontui.domain.query import Query
from sessiontui.domain.session import SessionRef
from sessiontui.domain.store import StoreInfo
from sessiontui.services.backend_registry import (
    backend_class,
    can_be_there,
    format_names,
    formats_in_words,
)


class Catalogue:
    """The stores in use. With `specs` exactly these, else what discovery finds and `more`."""

    def __init__(
        self,
        surroundings: Surroundings,
        specs: tuple[str, ...] = (),
        more: tuple[str, ...] = (),
    ) -> None:
        self._surroundings = surroundings
        # Named stores stay named, also when their file goes away for a while.
        self._specified = _places(specs)
        self._more = () if specs else _places(more)
        self._lock = threading.RLock()
        self._open: dict[str, SessionBackend] = {}
        self.refresh()

    def refresh(self) -> tuple[frozenset[str], frozenset[str]]:
        """Look for stores again; returns the ids that came and the ids that went.

        A store that was open stays the same object as long as it is found.
        """
        with self._lock:
            wanted = dict(self._find())
            came = frozenset(wanted) - frozenset(self._open)
            went = frozenset(self._open) - frozenset(wanted)
            for store_id in went:
                self._open.pop(store_id).close()
            for store_id in came:
                self._open[store_id] = wanted[store_id]
            self._open = {store_id: self._open[store_id] for store_id in wanted}
            return came, went

    def _find(self) -> Iterator[tuple[str, SessionBackend]]:
        seen: set[tuple[str, int, int] | tuple[str, str]] = set()
        for format_name, path in self._specified or chain(self._discovered(), self._more):
            identity = _identity(format_name, path)
            if identity in seen:
                continue
            seen.add(identity)
            backend = backend_class(format_name).open(path)
            if self._surroundings.home_is_named:
                backend.use_home(self._surroundings.home)
            yield backend.store_id, backend

    def _discovered(self) -> Iterator[tuple[str, Path]]:
        for format_name in format_names():
            if not can_be_there(format_name, self._surroundings):
                continue
            for place in backend_class(format_name).discover(self._surroundings):
                yield format_name, place.path

    @property
    def backends(self) -> tuple[SessionBackend, ...]:
        """The open stores, in the order they were found."""
        with self._lock:
            return tuple(self._open.values())

    def stores(self) -> tuple[StoreInfo, ...]:
        """What is known of each open store, freshly asked."""
        return tuple(backend.info() for backend in self.backends)

    def remedy(self, store_id: str) -> str | None:
        """What a person can do about a store that cannot be read, found by trying once more."""
        try:
            next(iter(self.backend(store_id).sessions(Query(limit=1))), None)
        except SessionTuiError as error:
            return error.hint or None
        return None

    def backend(self, store_id: str) -> SessionBackend:
        """The open store of an id. Raises `StoreMissing`."""
        with self._lock:
            found = self._open.get(store_id)
        if found is None:
            raise StoreMissing(f"no store {store_id} is open", "see `sessiontui stores`")
        return found

    def backend_of(self, ref: SessionRef) -> SessionBackend:
        """The store a session lives in. Raises `StoreMissing`."""
        return self.backend(ref.store)

    def close(self) -> None:
        """Let go of all files and connections."""
        for backend in self.backends:
            backend.close()


def _places(specs: tuple[str, ...]) -> tuple[tuple[str, Path], ...]:
    return tuple(place for spec in specs for place in stores_of_spec(spec))


def _identity(format_name: str, path: Path) -> tuple[str, int, int] | tuple[str, str]:
    # One real file is one store, by whatever path it was reached.
    try:
        found = path.stat()
    except OSError:
        return format_name, os.path.realpath(path)
    return format_name, found.st_dev, found.st_ino


def stores_of_spec(spec: str) -> list[tuple[str, Path]]:
    """The (format, path) pairs that a `--store` option names: `FORMAT:PATH`, or a bare path.

    Raises `SettingsInvalid` where the path holds no store of any known format.
    """
    format_name, colon, rest = spec.partition(":")
    if colon and format_name in format_names():
        return [(format_name, Path(rest).expanduser().absolute())]
    path = Path(spec).expanduser().absolute()
    known = formats_in_words()
    if not path.exists():
        raise SettingsInvalid(
            f"there is no {path}", f"give a path, or FORMAT:PATH with one of {known}"
        )
    found = [(name, root) for name in format_names() for root in _find_in(name, path)]
    if not found:
        raise SettingsInvalid(f"{path} holds no store of a known format", f"known formats: {known}")
    return found


def _find_in(format_name: str, path: Path) -> tuple[Path, ...]:
    try:
        return backend_class(format_name).find_in(path)
    except StoreUnreadable:
        return ()
