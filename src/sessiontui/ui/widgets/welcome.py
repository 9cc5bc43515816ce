"""The first start: what was found where, what is missing, and three keys to try."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar, NamedTuple

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from sessiontui.domain.printable import printable_line
from sessiontui.domain.store import StoreInfo
from sessiontui.domain.value import PlainValue
from sessiontui.domain.words import count_words, size_words
from sessiontui.ui.actions import ACTION
from sessiontui.ui.widgets.details_panel import middle_cut

_TO_TRY = ("search", "open", "help")
_PATH_CELLS = 52
_OTHER_LINES = 17
"""Lines of the screen that are not about a store."""


class Finding(NamedTuple):
    """A store that was found, and what would mend it where something is wrong."""

    store: StoreInfo
    remedy: str | None = None


class Found(PlainValue):
    """Everything that was found, and the formats of which nothing was."""

    findings: tuple[Finding, ...]
    missing: tuple[str, ...] = ()


class Welcome(Container):
    """Lies over the list until the first key or click; every key does what it does without it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "welcome--title",
        "welcome--key",
        "welcome--text",
        "welcome--dim",
        "welcome--bad",
    }

    found: reactive[Found | None] = reactive(None)
    far: reactive[Mapping[str, str]] = reactive({})
    """How far reading each store is, in words, by the store's id."""

    def __init__(self, key_of: Callable[[str], str]) -> None:
        super().__init__()
        self._key_of = key_of

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="welcome-box", can_focus=False):
            yield Static(Content("looking for stores"), id="welcome-text", markup=False)

    def on_mount(self) -> None:
        """Name the box."""
        box = self.query_one("#welcome-box")
        box.border_title = Content("welcome to sessiontui")
        box.border_subtitle = Content("any key goes on")

    def watch_found(self) -> None:
        """Say what was found."""
        self._paint()

    def watch_far(self) -> None:
        """Say how far reading is."""
        self._paint()

    def _paint(self) -> None:
        if self.found is not None and self.is_mounted:
            self.query_one("#welcome-text", Static).update(self._table(self.found))

    def on_resize(self) -> None:
        """Leave out what there is no room for."""
        self._paint()

    def on_click(self) -> None:
        """Go on."""
        self.remove()

    def _table(self, found: Found) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        table.add_column(ratio=1, overflow="fold")
        for left, style, right, part in self._lines(found):
            table.add_row(self._text(left, style), self._text(right, part))
        return table

    def _lines(self, found: Found) -> Iterator[tuple[str, str, str, str]]:
        key = self._key_of
        yield "keys", "key", "Three to try", "title"
        for action_id in _TO_TRY:
            yield f"  {key(action_id)}", "key", ACTION[action_id].help, "text"
        yield "", "", "", ""
        yield "safety", "key", "Reading changes nothing in a store.", "text"
        yield "", "", f"What you change, {key('undo')} takes back.", "text"
        yield "", "", "", ""
        yield "stores", "key", _found_words(found), "title"
        for store, remedy in found.findings:
            sound = store.available and store.problem is None
            words = _store_words(store)
            if far := self.far.get(store.id):
                words = f"{words} · {far}"
            yield f"  {printable_line(store.format, 24)}", "dim", words, "text" if sound else "bad"
            if remedy:
                yield "", "", printable_line(remedy, 200), "text"
            if not sound or self._has_room(found):
                path = printable_line(str(store.root), 400)
                yield "", "", middle_cut(path, _PATH_CELLS), "dim"
        if found.missing:
            yield "  not found", "dim", ", ".join(found.missing), "dim"
        elsewhere = "sessiontui --store FORMAT:PATH opens one that lies elsewhere"
        yield "  elsewhere", "dim", elsewhere, "dim"
        if not found.findings:
            yield "  to look", "dim", "sessiontui --demo shows sample stores", "dim"

    def _has_room(self, found: Found) -> bool:
        return 2 * len(found.findings) + _OTHER_LINES <= self.app.size.height

    def _text(self, text: str, part: str) -> Text:
        style = self.get_component_rich_style(f"welcome--{part}", partial=True) if part else ""
        return Text(text, style)


def _found_words(found: Found) -> str:
    stores = [finding.store for finding in found.findings]
    if not stores:
        return "No store was found on this machine"
    sessions = sum(store.session_count or 0 for store in stores)
    return f"Found: {count_words(sessions, 'session')} in {count_words(len(stores), 'store')}"


def _store_words(store: StoreInfo) -> str:
    facts = []
    if store.problem or not store.available:
        facts.append(printable_line(store.problem or "cannot be read", 200))
    if store.session_count is not None:
        facts.append(count_words(store.session_count, "session"))
    if store.size_bytes is not None:
        facts.append(size_words(store.size_bytes))
    return " · ".join(facts)
