"""A box with a line to type into and a list below it: what the palette and the help share.

The line keeps the focus, the arrow keys and the wheel move in the list, `enter` or a click picks,
`esc` and a click beside the box close.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.table import Table
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from sessiontui.ui.widgets.line_input import LineInput

Line = Content | Table

_CLOSES = "esc closes"


class Picker(ModalScreen[None]):
    """Base of the palette and the help."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "close", show=False),
        Binding("enter", "answer", "pick", show=False, priority=True),
        Binding("down,ctrl+n", "line(1)", "down", show=False, priority=True),
        Binding("up,ctrl+p", "line(-1)", "up", show=False, priority=True),
        Binding("pagedown", "line(10)", "page down", show=False, priority=True),
        Binding("pageup", "line(-10)", "page up", show=False, priority=True),
        Binding("ctrl+home", "line(-100000)", "first", show=False, priority=True),
        Binding("ctrl+end", "line(100000)", "last", show=False, priority=True),
    ]
    AUTO_FOCUS = "LineInput"
    LINE: ClassVar[type[LineInput]] = LineInput

    def __init__(self, title: str, answer: str, placeholder: str) -> None:
        """`answer`: what enter does with a line, in words."""
        super().__init__()
        self._title = title
        self._answer = answer
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        with Vertical(classes="picker-box"):
            yield self.LINE(placeholder=self._placeholder, classes="picker-input")
            yield OptionList(classes="picker-list", markup=False)
            note = Static("", classes="picker-note", markup=False)
            note.display = False
            yield note

    def on_mount(self) -> None:
        """Name the box."""
        box = self.query_one(".picker-box")
        box.border_title = Content(self._title)
        box.border_subtitle = Content(_CLOSES)
        self.options.can_focus = False

    # -- to be overridden ------------------------------------------------------------------

    def typed(self, text: str) -> None:
        """Other words stand in the line."""

    def pointed_at(self, index: int | None) -> None:
        """The cursor is on another line of the list."""

    def picked(self, index: int) -> None:
        """A line was picked."""

    # -- the parts -------------------------------------------------------------------------

    @property
    def options(self) -> OptionList:
        """The list."""
        return self.query_one(OptionList)

    @property
    def text(self) -> str:
        """What stands in the line."""
        return self.query_one(LineInput).value

    def show(self, lines: Sequence[tuple[Line, bool]], at: int | None) -> None:
        """Show lines, each with whether it can be picked, and put the cursor on one."""
        options = self.options
        options.clear_options()
        options.add_options([Option(line, disabled=not can) for line, can in lines])
        options.highlighted = at
        keys = _CLOSES if at is None else f"enter {self._answer} · {_CLOSES}"
        self.query_one(".picker-box").border_subtitle = Content(keys)
        if at is None or not any(can for _, can in lines[:at]):
            options.scroll_home(animate=False)
        self.pointed_at(options.highlighted)

    def note(self, text: Content | None) -> None:
        """Say something below the list."""
        note = self.query_one(".picker-note", Static)
        note.display = text is not None
        note.update(text or "")

    # -- keys and mouse --------------------------------------------------------------------

    def action_close(self, at_once: bool = False) -> None:
        """Empty the line first; then close."""
        line = self.query_one(LineInput)
        if line.value and not at_once:
            line.value = ""
        else:
            self.dismiss()

    def action_answer(self) -> None:
        """Pick what the cursor is on."""
        at = self.options.highlighted
        if at is not None and not self.options.get_option_at_index(at).disabled:
            self.picked(at)

    def action_line(self, by: int) -> None:
        """Move over as many lines that can be picked, or to the end of the list."""
        options = self.options
        can = [i for i in range(options.option_count) if not options.options[i].disabled]
        if not can:
            options.scroll_relative(y=by, animate=False)
            return
        at = options.highlighted
        place = can.index(at) + by if at in can else 0
        options.highlighted = can[max(0, min(len(can) - 1, place))]
        if place <= 0:
            # The heading above it, too; after the list has brought the line itself into view.
            options.call_after_refresh(options.scroll_home, animate=False)

    def on_key(self, event: events.Key) -> None:
        """Take what is typed before the line has the focus."""
        line = self.query_one(LineInput)
        if event.is_printable and event.character and not line.has_focus:
            line.focus()
            line.insert_text_at_cursor(event.character)
            event.stop()

    def on_click(self, event: events.Click) -> None:
        """Beside the box: close."""
        if self.get_widget_at(event.screen_x, event.screen_y)[0] is self:
            self.dismiss()

    @on(LineInput.Changed)
    def _changed(self, message: LineInput.Changed) -> None:
        message.stop()
        self.typed(message.value)

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, message: OptionList.OptionHighlighted) -> None:
        message.stop()
        self.pointed_at(self.options.highlighted)

    @on(OptionList.OptionSelected)
    def _selected(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        self.picked(message.option_index)
