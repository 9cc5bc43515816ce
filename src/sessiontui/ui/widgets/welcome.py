"""The first start: what was found where, and three keys to try."""

from __future__ import annotations

from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from sessiontui.domain.printable import printable_line
from sessiontui.domain.store import StoreInfo
from sessiontui.domain.words import count_words, size_words
from sessiontui.ui.action_keys import key_words
from sessiontui.ui.actions import ACTION

_TO_TRY = ("search", "open", "help")


class Welcome(Container):
    """Lies over the list until the first key or click; every key does what it does without it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "welcome--title",
        "welcome--key",
        "welcome--text",
        "welcome--dim",
        "welcome--bad",
    }

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="welcome-box", can_focus=False):
            yield Static(Content("looking for stores"), id="welcome-text", markup=False)

    def on_mount(self) -> None:
        """Name the box."""
        box = self.query_one("#welcome-box")
        box.border_title = Content("welcome")
        box.border_subtitle = Content("any key goes on")

    def show(self, stores: tuple[StoreInfo, ...]) -> None:
        """Say what was found."""
        self.query_one("#welcome-text", Static).update(self._table(stores))

    def on_click(self) -> None:
        """Go on."""
        self.remove()

    def _table(self, stores: tuple[StoreInfo, ...]) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        table.add_column(ratio=1, overflow="fold")
        found = "Found on this machine" if stores else "No store was found on this machine"
        table.add_row(self._text("stores", "key"), self._text(found, "title"))
        for store in stores:
            name = self._text(f"  {printable_line(store.format, 24)}", "dim")
            table.add_row(name, self._text(_store_words(store), "bad" if store.problem else "text"))
            table.add_row("", self._text(printable_line(str(store.root), 200), "dim"))
        table.add_row(
            "", self._text("sessiontui --store FORMAT:PATH opens one that lies elsewhere", "dim")
        )
        if not stores:
            table.add_row("", self._text("sessiontui --demo shows sample stores", "dim"))
        table.add_row()
        promise = "Reading changes nothing. What you change, u takes back."
        table.add_row(self._text("safety", "key"), self._text(promise, "text"))
        table.add_row()
        table.add_row(self._text("keys", "key"), self._text("Three to try", "title"))
        for action_id in _TO_TRY:
            action = ACTION[action_id]
            name = self._text(f"  {key_words(action.keys[0])}", "key")
            table.add_row(name, self._text(action.help, "text"))
        return table

    def _text(self, text: str, part: str) -> Text:
        return Text(text, self.get_component_rich_style(f"welcome--{part}", partial=True))


def _store_words(store: StoreInfo) -> str:
    if store.problem or not store.available:
        return printable_line(store.problem or "cannot be read", 200)
    facts = []
    if store.session_count is not None:
        facts.append(count_words(store.session_count, "session"))
    if store.size_bytes is not None:
        facts.append(size_words(store.size_bytes))
    return " · ".join(facts)
