"""A session as its store has it now, at the price of what was written since it was indexed."""

from __future__ import annotations

from sessiontui.domain.backend import SessionBackend
from sessiontui.domain.errors import IndexBroken, SessionMissing, StoreBusy
from sessiontui.domain.session import Session
from sessiontui.services.search_index import SearchIndex


def session_now(backend: SessionBackend, index: SearchIndex, key: str) -> Session | None:
    """The session, or None.

    Where everything about it is only known from reading its texts, those that the index has taken
    in need not be read again: a transcript may be very long. Raises what reading the store raises.
    """
    cursor = _cursor(backend, index, key) if backend.texts_complete_sessions else None
    if cursor is not None:
        try:
            batch = backend.text_since(key, cursor, tools=False)
        except SessionMissing:
            return None
        if batch.session is not None:
            return batch.session
    return backend.get(key)


def _cursor(backend: SessionBackend, index: SearchIndex, key: str) -> str | None:
    """How far the index has read it; None where nobody knows."""
    try:
        (held,) = index.held_texts(backend.store_id, (key,))
    except (IndexBroken, StoreBusy):
        return None
    return held.text_cursor
