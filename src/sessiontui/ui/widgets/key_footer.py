"""The last line: the keys that work here and now, most useful first, never cut inside a word."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.style import Style
from textual.widgets import Static

from sessiontui.domain.value import PlainValue


class FooterKey(PlainValue):
    """One entry: the action's id, its key in words, and what it does."""

    action: str
    key: str
    title: str

    @property
    def width(self) -> int:
        """Cells it takes, without the gap."""
        return cell_len(self.key) + 1 + cell_len(self.title)


_GAP = 3
_META = "action"


def keys_that_fit(keys: tuple[FooterKey, ...], width: int) -> tuple[FooterKey, ...]:
    """The first entries that have room, and always the last one (help), if it alone fits."""
    if not keys:
        return ()
    *candidates, last = keys
    room = width - last.width
    shown: list[FooterKey] = []
    for entry in candidates:
        room -= entry.width + _GAP
        if room < 0:
            break
        shown.append(entry)
    return (*shown, last) if last.width <= width else ()


class KeyFooter(Static):
    """The footer; a click does what the key does."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-footer--key", "key-footer--title"}

    keys: reactive[tuple[FooterKey, ...]] = reactive(())

    class Clicked(Message):
        """An entry was clicked."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)

    def on_click(self, event: events.Click) -> None:
        """Do what the entry says."""
        action = event.style.meta.get(_META)
        if action is not None:
            self.post_message(self.Clicked(action))

    def render(self) -> Content:
        """The entries that fit."""
        pieces: list[Content] = []
        for entry in keys_that_fit(self.keys, self.size.width):
            if pieces:
                pieces.append(Content(" " * _GAP))
            click = Style.from_meta({_META: entry.action})
            text = Content.assemble(
                (entry.key, ".key-footer--key"), (f" {entry.title}", ".key-footer--title")
            )
            pieces.append(text.stylize(click))
        return Content.assemble(*pieces)
