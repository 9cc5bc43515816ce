"""Messages that more than one part of the ui handles. Those of one widget live in the widget."""

from __future__ import annotations

from textual.message import Message

from sessiontui.domain.events import StoreEvent


class LibraryChanged(Message, bubble=False):
    """Stores or index changed; which sessions, the change log knows.

    Only the newest of a burst is handled.
    """

    def __init__(self, generation: int) -> None:
        super().__init__()
        self.generation = generation

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, LibraryChanged)


class SettingsWanted(Message):
    """The settings file shall be opened."""


class StoreHappened(Message):
    """Something happened in a store, or the index went on; told by a thread."""

    def __init__(self, event: StoreEvent) -> None:
        super().__init__()
        self.event = event
