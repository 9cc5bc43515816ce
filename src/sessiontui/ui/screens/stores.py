"""Every store: where it is, how it is, and what it cannot do and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.printable import printable_line
from sessiontui.domain.store import Capabilities, Capability, StoreInfo
from sessiontui.domain.words import count_words, size_words
from sessiontui.services.library import Library
from sessiontui.ui.action_keys import bindings_of
from sessiontui.ui.actions import Action, Scope
from sessiontui.ui.error_display import show_error
from sessiontui.ui.messages import LibraryChanged
from sessiontui.ui.refresher import Refresher, start_worker
from sessiontui.ui.screens.action_screen import ActionScreen
from sessiontui.ui.steps import Step, step_options
from sessiontui.ui.widgets.details_panel import middle_cut
from sessiontui.ui.widgets.key_footer import KeyFooter
from sessiontui.ui.workbench import Workbench

_FRAME = 6
_PAUSE_SECONDS = 1.0
_WORDS = {
    Capability.RENAME: "rename inside",
    Capability.CLEAR: "clear",
    Capability.DELETE: "delete",
    Capability.SET_STATE: "cure",
    Capability.COMPACT: "compact",
    Capability.RESUME: "resume",
    Capability.MIGRATE: "migrate",
}
"""The capabilities a person meets, and what they call them."""
_CHANGES = (Capability.RENAME, Capability.CLEAR, Capability.DELETE, Capability.SET_STATE)


class StoreList(OptionList):
    """A click looks at a store, a second one lists its sessions."""

    async def _on_click(self, event: events.Click) -> None:
        event.prevent_default()
        clicked = event.style.meta.get("option")
        if clicked is not None:
            self.highlighted = clicked
            if event.chain > 1:
                self.action_select()


class StoresScreen(ActionScreen[str | None]):
    """A list of stores; gives the id of the one whose sessions shall be listed."""

    SCOPE = Scope.STORES
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Scope.STORES)
    AUTO_FOCUS = "OptionList"
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "stores--title",
        "stores--dim",
        "stores--good",
        "stores--bad",
        "stores--word",
        "stores--text",
    }

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._stores: tuple[StoreInfo, ...] = ()
        self._remedies: Mapping[str, str] = {}
        self._changes = Refresher(self, "surroundings", self._read, _PAUSE_SECONDS)

    def compose(self) -> ComposeResult:
        yield Static("", id="stores-title", markup=False)
        with Container(id="stores-panes"):
            yield StoreList(id="stores-list", markup=False)
            with VerticalScroll(id="store-pane", can_focus=False):
                yield Static("", id="store-details", markup=False)
        yield KeyFooter(id="key-footer")

    def on_mount(self) -> None:
        """Ask every store."""
        self.query_one("#stores-list").border_title = Content("stores")
        self._say("asking the stores")
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._describe())
        start_worker(self, self._read, "stores")

    def on_library_changed(self, _message: LibraryChanged) -> None:
        """A store came, went or changed."""
        self._changes.ask()

    async def _read(self) -> None:
        try:
            stores, remedies = await self.bench.reads.run(_read_stores, self.bench.library)
        except SessionTuiError as error:
            show_error(self.app, error)
            return
        self._stores, self._remedies = stores, remedies
        self._list()
        self._say(count_words(len(stores), "store"))
        self._describe()
        self.refresh_bindings()

    def on_resize(self) -> None:
        """Cut the paths to the width there is."""
        self._list()

    def _list(self) -> None:
        options = self.query_one(OptionList)
        before = options.highlighted or 0
        options.clear_options()
        options.add_options([Option(self._prompt(store)) for store in self._stores])
        if self._stores:
            options.highlighted = min(before, len(self._stores) - 1)

    def _say(self, words: str) -> None:
        line = Content.assemble(("sessiontui", ".stores--title"), (f"   {words}", ".stores--dim"))
        self.query_one("#stores-title", Static).update(line)

    @property
    def _store(self) -> StoreInfo | None:
        index = self.query_one(OptionList).highlighted
        return self._stores[index] if index is not None and index < len(self._stores) else None

    def _prompt(self, store: StoreInfo) -> Content:
        sound = store.available and store.problem is None
        mark = ("● ", ".stores--good") if sound else ("✗ ", ".stores--bad")
        facts = []
        if store.session_count is not None:
            facts.append(count_words(store.session_count, "session"))
        if store.size_bytes is not None:
            facts.append(size_words(store.size_bytes))
        if not store.writable and store.available:
            facts.append("read-only")
        if store.problem:
            facts.append(printable_line(store.problem, 80))
        # Half of the screen, without the border, the indent and the scroll bar.
        room = max(12, self.size.width // 2 - _FRAME)
        return Content.assemble(
            mark,
            (printable_line(store.title), ".stores--title"),
            (f"  {printable_line(store.format)}", ".stores--dim"),
            "\n  ",
            (middle_cut(printable_line(str(store.root)), room), ".stores--dim"),
            "\n  ",
            (" · ".join(facts), ".stores--dim" if sound else ".stores--bad"),
        )

    def _describe(self) -> None:
        store = self._store
        pane = self.query_one("#store-pane")
        details = self.query_one("#store-details", Static)
        if store is None:
            pane.border_title = None
            details.update(Content("") if self._stores else self._no_store())
        else:
            pane.border_title = Content(printable_line(store.id, 60))
            details.update(self._table(store))

    def _table(self, store: StoreInfo) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        table.add_column(ratio=1, overflow="fold")
        count, size = store.session_count, store.size_bytes
        for name, value in (
            ("format", f"{store.title} ({store.format})"),
            ("layout", store.format_version),
            ("path", str(store.root)),
            ("sessions", None if count is None else f"{count:,}"),
            ("size", None if size is None else size_words(size)),
            ("access", _access_words(store)),
        ):
            if value:
                table.add_row(self._text(name, "dim"), self._text(value, "text"))
        if store.problem:
            table.add_row(self._text("problem", "bad"), self._text(store.problem, "bad"))
        if remedy := self._remedies.get(store.id):
            table.add_row(self._text("to mend it", "good"), self._text(remedy, "text"))
        able = ", ".join(word for can, word in _WORDS.items() if can in store.capabilities)
        table.add_row()
        table.add_row(self._text("can", "good"), self._text(able or "be read", "text"))
        refused = refused_words(store.capabilities)
        if refused:
            table.add_row()
        for number, (reason, words) in enumerate(refused.items()):
            name = "" if number else "cannot"
            table.add_row(self._text(name, "bad"), self._text(words, "word"))
            table.add_row("", self._text(reason, "dim"))
        return table

    def _text(self, text: str, part: str) -> Text:
        style = self.get_component_rich_style(f"stores--{part}", partial=True)
        return Text(printable_line(text), style)

    def _no_store(self) -> Content:
        return Content.assemble(
            ("no store was found", ".stores--title"),
            "\n\n",
            ("sessiontui --store FORMAT:PATH", ".stores--word"),
            (" opens one that lies elsewhere.\n", ".stores--dim"),
            ("sessiontui --home DIR", ".stores--word"),
            (" looks below another home.\n", ".stores--dim"),
            ("sessiontui --demo", ".stores--word"),
            (" shows sample stores, and touches nothing of yours.", ".stores--dim"),
        )

    # -- actions ---------------------------------------------------------------------------

    def refusal(self, action: Action) -> str | None:
        """Without a store there is nothing to list."""
        if action.id == "show_store" and self._store is None:
            return "no store was found"
        return None

    def step(self, step: Step) -> None:
        """Move in the list of stores."""
        step_options(self.query_one(OptionList), step)

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, message: OptionList.OptionHighlighted) -> None:
        message.stop()
        self._describe()

    @on(OptionList.OptionSelected)
    def action_show_store(self) -> None:
        """Go back to the list, with this store as its filter."""
        store = self._store
        if store is not None:
            self.dismiss(store.id)

    def action_back(self) -> None:
        """Go back to the list as it was."""
        self.dismiss(None)


def _read_stores(library: Library) -> tuple[tuple[StoreInfo, ...], dict[str, str]]:
    """The stores, and what would mend those that cannot be read. Blocks; for threads."""
    stores = library.stores()
    sick = (store.id for store in stores if not store.available)
    remedies = ((store, library.remedy(store)) for store in sick)
    return stores, {store: remedy for store, remedy in remedies if remedy}


def refused_words(capabilities: Capabilities) -> dict[str, str]:
    """What cannot be done, by the reason: each is told once."""
    found: dict[str, list[str]] = {}
    for capability, word in _WORDS.items():
        if capability not in capabilities:
            found.setdefault(capabilities.reason(capability), []).append(word)
    return {reason: ", ".join(words) for reason, words in found.items()}


def _access_words(store: StoreInfo) -> str:
    if not store.available:
        return "cannot be read"
    can_change = store.writable and any(can in store.capabilities for can in _CHANGES)
    return "read and change" if can_change else "read only"
