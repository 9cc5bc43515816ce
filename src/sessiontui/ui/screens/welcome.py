"""The first start: what was found where, and three keys to try."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.printable import printable_line
from sessiontui.domain.store import StoreInfo
from sessiontui.domain.words import count_words, size_words
from sessiontui.ui.action_keys import key_words
from sessiontui.ui.actions import ACTION
from sessiontui.ui.error_display import show_error
from sessiontui.ui.refresher import start_worker
from sessiontui.ui.workbench import Workbench

_TO_TRY = ("search", "open", "help")


class Welcome(ModalScreen[None]):
    """Shown once; any of the closing keys goes to the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,space,q", "close", "close", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "welcome--title",
        "welcome--key",
        "welcome--dim",
        "welcome--bad",
    }

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self._bench = bench

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="welcome-box"):
            yield Static(Content("looking for stores"), id="welcome-text", markup=False)

    def on_mount(self) -> None:
        """Ask what was found."""
        box = self.query_one("#welcome-box")
        box.border_title = Content("welcome")
        box.border_subtitle = Content("enter goes on")
        start_worker(self, self._read, "welcome")

    async def _read(self) -> None:
        try:
            stores = await self._bench.reads.run(self._bench.library.stores)
        except SessionTuiError as error:
            show_error(self.app, error)
            return
        self.query_one("#welcome-text", Static).update(welcome_words(stores))

    def action_close(self) -> None:
        """Go on."""
        self.dismiss()


def welcome_words(stores: tuple[StoreInfo, ...]) -> Content:
    """What was found, what is missing, and what to try."""
    lines: list[Content] = []
    if stores:
        lines.append(Content.styled("Found on this machine", ".welcome--title"))
        lines += [_store_line(store) for store in stores]
        lines.append(
            Content.styled(
                "Stores that lie elsewhere: sessiontui --store FORMAT:PATH", ".welcome--dim"
            )
        )
    else:
        lines += [
            Content.styled("No store was found on this machine", ".welcome--title"),
            Content.styled("sessiontui --store FORMAT:PATH opens one", ".welcome--dim"),
            Content.styled("sessiontui --demo shows sample stores", ".welcome--dim"),
        ]
    lines += [
        Content(""),
        Content.styled(
            "Reading changes nothing. What you change, u takes back.", ".welcome--title"
        ),
        Content(""),
        Content.styled("Three keys to try", ".welcome--title"),
    ]
    for action_id in _TO_TRY:
        action = ACTION[action_id]
        lines.append(
            Content.assemble(
                (f"  {key_words(action.keys[0]):<7}", ".welcome--key"),
                (action.help, ".welcome--dim"),
            )
        )
    return Content("\n").join(lines)


def _store_line(store: StoreInfo) -> Content:
    facts = []
    if store.session_count is not None:
        facts.append(count_words(store.session_count, "session"))
    if store.size_bytes is not None:
        facts.append(size_words(store.size_bytes))
    name = f"  {printable_line(store.title, 18):<18} "
    where = f"  {printable_line(str(store.root), 60)}"
    if store.problem or not store.available:
        problem = printable_line(store.problem or "cannot be read", 80)
        return Content.assemble((name, ".welcome--key"), (problem, ".welcome--bad"), where)
    return Content.assemble(
        (name, ".welcome--key"), f"{' · '.join(facts):<24}", (where, ".welcome--dim")
    )
