"""A one-line input that lies over a title while it is edited."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message

from sessiontui.domain.printable import printable_line
from sessiontui.ui.widgets.line_input import EDITING_KEYS, LineInput

_TITLE_LIMIT = 500


class RenameInput(LineInput):
    """Hidden until it begins; enter renames, esc or leaving it gives up."""

    OWN_KEYS = EDITING_KEYS | {"escape"}
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "give_up", "keep it", show=False)]

    class Done(Message):
        """Editing has ended; `title` is None when nothing shall change."""

        def __init__(self, title: str | None) -> None:
            super().__init__()
            self.title = title

    def __init__(self) -> None:
        super().__init__(compact=True, select_on_focus=False, max_length=_TITLE_LIMIT)
        self.display = False
        self._before = ""

    def place(self, region: Region) -> None:
        """Lie over a region of the container."""
        self.styles.offset = (region.x, region.y)
        self.styles.width = region.width

    def begin(self, title: str) -> None:
        """Edit a title."""
        self._before = printable_line(title)[:_TITLE_LIMIT]
        self.value = self._before
        self.cursor_position = len(self._before)
        self.display = True
        self.screen.set_focus(self)

    def action_give_up(self) -> None:
        """Leave the title as it was."""
        self._end(None)

    async def action_submit(self) -> None:
        """Take the new title; the same one changes nothing."""
        title = self.value.strip()
        self._end(None if title == self._before else title)

    def on_blur(self) -> None:
        """Whoever goes elsewhere has given up; a look at another window is no giving up."""
        if self.app.app_focus:
            self._end(None)

    def _end(self, title: str | None) -> None:
        if self.display:
            self.display = False
            self.post_message(self.Done(title))
