"""A small menu beside the place one looks at: one more key chooses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Offset, Region, Size
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from sessiontui.domain.printable import printable_line
from sessiontui.ui.copies import MenuItem

_FRAME = 4
_LETTERS = "abcdefghilmnoprstuvwxyz123456789"


class Menu(ModalScreen[str | None]):
    """Gives the answer of the item chosen, or None.

    `beside` is the row on the screen that must stay in sight; `at` the item the cursor begins on.
    """

    # With priority: the menu takes keys that are typed before it is painted.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", "close", show=False, priority=True),
        Binding("enter", "answer", "choose", show=False, priority=True),
        Binding("down,j,tab", "line(1)", "down", show=False, priority=True),
        Binding("up,k,shift+tab", "line(-1)", "up", show=False, priority=True),
        *(Binding(key, f"answer({key!r})", show=False, priority=True) for key in _LETTERS),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"menu--key", "menu--title", "menu--dim"}
    AUTO_FOCUS = "OptionList"

    def __init__(self, title: str, items: Iterable[MenuItem], beside: Region, at: int = 0) -> None:
        super().__init__()
        self._title = title
        self._items = tuple(items)
        self._beside = beside
        self._at = at
        self._early: str | None = None

    def compose(self) -> ComposeResult:
        keys = max(len(" ".join(item.keys)) for item in self._items)
        titles = max(cell_len(item.title) for item in self._items)
        prompts = [
            Content.assemble(
                (" ".join(item.keys).ljust(keys), ".menu--key"),
                (f"  {item.title}".ljust(titles + 4), ".menu--title"),
                (printable_line(item.detail), ".menu--dim"),
            )
            for item in self._items
        ]
        self._width = max(prompt.cell_length for prompt in prompts) + _FRAME
        yield OptionList(*map(Option, prompts), id="menu-box", markup=False)

    def on_mount(self) -> None:
        """Stand beside the row, or be gone already."""
        if self._early is not None:
            self.dismiss(self._early)
            return
        box = self.query_one(OptionList)
        box.border_title = Content(self._title)
        box.border_subtitle = Content("esc closes")
        box.highlighted = self._at
        self._place(box, self.size)

    def on_resize(self, event: events.Resize) -> None:
        """Stay on the screen."""
        self._place(self.query_one(OptionList), event.size)

    def _place(self, box: OptionList, room: Size) -> None:
        width, height = min(self._width, room.width), min(len(self._items) + 2, room.height)
        below = self._beside.bottom
        y = below if below + height <= room.height else self._beside.y - height
        box.styles.width, box.styles.height = width, height
        box.styles.offset = Offset(
            max(0, min(self._beside.x, room.width - width)),
            max(0, min(y, room.height - height)),
        )

    def action_answer(self, key: str = "") -> None:
        """Choose by key, or what the cursor is on."""
        if key:
            answer = next((item.answer for item in self._items if key in item.keys), None)
        else:
            at = self.query_one(OptionList).highlighted if self.is_mounted else self._at
            answer = None if at is None else self._items[at].answer
        if answer is not None:
            self._give(answer)

    def _give(self, answer: str) -> None:
        if self.is_mounted:
            self.dismiss(answer)
        else:
            self._early = answer

    def action_line(self, by: int) -> None:
        """Move the cursor."""
        box = self.query_one(OptionList)
        if by > 0:
            box.action_cursor_down()
        else:
            box.action_cursor_up()

    def action_close(self) -> None:
        """Choose nothing."""
        self.dismiss(None)

    def on_click(self, event: events.Click) -> None:
        """Beside the menu: close."""
        if self.get_widget_at(event.screen_x, event.screen_y)[0] is self:
            self.dismiss(None)

    @on(OptionList.OptionSelected)
    def _selected(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        self._give(self._items[message.option_index].answer)
