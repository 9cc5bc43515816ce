"""What a person means by a reference that may be shortened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sessiontui.domain.errors import AmbiguousRef, BadKey, SessionMissing
from sessiontui.domain.session import SessionRef
from sessiontui.services.catalogue import Catalogue
from sessiontui.services.search_index import SearchIndex

_MOST_NAMED = 5


class RefResolver:
    """Finds the session that a text names, among the open stores."""

    def __init__(self, catalogue: Catalogue, index: SearchIndex) -> None:
        self._catalogue = catalogue
        self._index = index

    def resolve(self, text: str) -> SessionRef:
        """A full reference, else a key, else a unique prefix of a key or of a reference.

        Raises `AmbiguousRef` with the candidates, `SessionMissing`.
        """
        full = self._full(text)
        if full is not None:
            return full
        for ways in (self._by_index(text), self._by_stores(text)):
            for find in ways:
                found = tuple(sorted(set(find())))
                if len(found) == 1:
                    return found[0]
                if found:
                    raise _ambiguous(text, found)
        raise SessionMissing(f"no session {text}", "see `sessiontui list`")

    def _full(self, text: str) -> SessionRef | None:
        ref = SessionRef.parse(text)
        if ref is None or ref.store not in self._stores():
            return None
        try:
            return ref if self._catalogue.backend_of(ref).exists(ref.key) else None
        except BadKey:
            return None

    def _stores(self) -> tuple[str, ...]:
        return tuple(backend.store_id for backend in self._catalogue.backends)

    def _by_index(self, text: str) -> Sequence[Callable[[], Iterable[SessionRef]]]:
        stores = self._stores()
        index = self._index

        def beginning() -> Iterable[SessionRef]:
            if text:
                yield from index.refs_beginning(text, stores)
                for store, start in _store_and_start(text, stores):
                    yield from index.refs_beginning(start, (store,))

        return (lambda: index.refs_of_key(text, stores)), beginning

    def _by_stores(self, text: str) -> Sequence[Callable[[], Iterable[SessionRef]]]:
        # The index may not have seen the newest sessions yet.
        refs = [
            SessionRef(backend.store_id, key)
            for backend in self._catalogue.backends
            if backend.info().available
            for key, _ in backend.fingerprints()
        ]

        def beginning() -> Iterable[SessionRef]:
            return (
                ref
                for ref in refs
                if text and (ref.key.startswith(text) or str(ref).startswith(text))
            )

        return (lambda: [ref for ref in refs if ref.key == text]), beginning


def _store_and_start(text: str, stores: Iterable[str]) -> Iterable[tuple[str, str]]:
    """The stores that a text names whole or begins to name, and the beginning of the key."""
    named, colon, start = text.partition(":")
    for store in stores:
        if colon and store == named:
            yield store, start
        elif not colon and store.startswith(named):
            yield store, ""


def _ambiguous(text: str, found: tuple[SessionRef, ...]) -> AmbiguousRef:
    named = ", ".join(str(ref) for ref in found[:_MOST_NAMED])
    more = f" and {len(found) - _MOST_NAMED:,} more" if len(found) > _MOST_NAMED else ""
    return AmbiguousRef(
        f"{text!r} fits {len(found):,} sessions", f"give one of {named}{more}", found
    )
