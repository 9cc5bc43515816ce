"""An input of one line that keeps the keys of editing to itself."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding
from textual.events import Key
from textual.widgets import Input

from sessiontui.domain.printable import printable

EDITING_KEYS = frozenset(
    key
    for binding in Input.BINDINGS
    for key in (binding.key if isinstance(binding, Binding) else binding[0]).split(",")
)
"""Moving, selecting and deleting within a line, and `enter`."""


class LineInput(Input):
    """Base of the inputs of the screens, whose own bindings have priority."""

    OWN_KEYS: ClassVar[frozenset[str]] = EDITING_KEYS

    def validate_value(self, value: str) -> str:
        """Pasted text may hold what would steer the terminal."""
        return printable(value).replace("\n", " ")

    def keeps(self, key: Key) -> bool:
        """Whether a key is the input's own: no action is done for it."""
        return key.key in self.OWN_KEYS or self.check_consume_key(key.key, key.character)
