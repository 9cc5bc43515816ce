"""Messages that more than one part of the ui handles. Those of one widget live in the widget."""

from __future__ import annotations

from textual.message import Message


class LibraryChanged(Message, bubble=False):
    """Stores or index changed; which sessions, the change log knows.

    Only the newest of a burst is handled.
    """

    def __init__(self, generation: int) -> None:
        super().__init__()
        self.generation = generation

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, LibraryChanged)


class IndexProgress(Message):
    """How far the index is: sessions done of `total` in a store; None when that is not known."""

    def __init__(self, store: str, done: int, total: int | None) -> None:
        super().__init__()
        self.store = store
        self.done = done
        self.total = total

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, IndexProgress)
