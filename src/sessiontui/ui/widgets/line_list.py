"""A list of any number of lines, of which one is selected: what such lists have in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from sessiontui.ui.steps import Step

MARGIN = 2
"""Cells before every line, for the sign of the cursor."""


class LineList(ScrollView, can_focus=True, inherit_bindings=False):
    """Base of a list: moves the cursor, keeps it in view, and paints the line that it is on.

    A subclass has a component class `PREFIX` + part for each of its `PARTS`, of which `cursor` is
    the sign before the selected line, `selected` and `selected-blurred` are its background.
    """

    PREFIX: ClassVar[str]
    PARTS: ClassVar[tuple[str, ...]]

    cursor: reactive[int] = reactive(0, init=False, always_update=True)
    """Index of the selected line."""

    def __init__(self, cursor_sign: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._cursor_sign = cursor_sign

    # -- to be overridden ------------------------------------------------------------------

    @property
    @abstractmethod
    def line_count(self) -> int:
        """How many lines there are."""

    @abstractmethod
    def plan(self, width: int) -> None:
        """Share out the cells of a line, which are `width` with the margin."""

    @abstractmethod
    def paint(
        self, number: int, styles: dict[str, Style], width: int, *, selected: bool
    ) -> list[Segment]:
        """One line, without its margin and background; `styles` by part."""

    @abstractmethod
    def open_selected(self) -> None:
        """The selected line was clicked again."""

    # -- moving ----------------------------------------------------------------------------

    def step(self, step: Step) -> None:
        """Move the cursor."""
        page = max(1, self.scrollable_content_region.height - 1)
        moves = {
            Step.DOWN: self.cursor + 1,
            Step.UP: self.cursor - 1,
            Step.PAGE_DOWN: self.cursor + page,
            Step.PAGE_UP: self.cursor - page,
            Step.FIRST: 0,
            Step.LAST: self.line_count - 1,
        }
        self._go_to(moves[step])

    def _go_to(self, index: int) -> None:
        if self.line_count:
            self.cursor = max(0, min(index, self.line_count - 1))

    def watch_cursor(self) -> None:
        """Bring the line into view."""
        self._scroll_to_cursor()
        self.refresh()

    def _scroll_to_cursor(self) -> None:
        height = self.scrollable_content_region.height
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True)
        elif height and self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, force=True)

    def on_click(self, event: events.Click) -> None:
        """Select a line; a second click opens it."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        line = offset.y + self.scroll_offset.y
        if line >= self.line_count:
            return
        if event.chain > 1 and line == self.cursor:
            self.open_selected()
        else:
            self._go_to(line)

    # -- painting --------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Share out the new width."""
        self.lay_out()
        self._scroll_to_cursor()

    def lay_out(self) -> None:
        """Paint everything anew: there are other lines, or another width."""
        width = self.scrollable_content_region.width
        self.plan(width)
        self.virtual_size = Size(width, self.line_count)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line."""
        width, number = self.scrollable_content_region.width, y + self.scroll_offset.y
        if number >= self.line_count:
            return Strip.blank(width, self.rich_style)
        styles = {
            part: self.get_component_rich_style(f"{self.PREFIX}{part}", partial=True)
            for part in self.PARTS
        }
        background = self.rich_style
        selected = number == self.cursor
        if selected:
            background += styles["selected" if self.has_focus else "selected-blurred"]
        sign = f"{self._cursor_sign if selected else '':<{MARGIN}}"
        line = [
            Segment(sign, styles["cursor"]),
            *self.paint(number, styles, width, selected=selected),
        ]
        return Strip(Segment.apply_style(line, background)).adjust_cell_length(width, background)

    def watch_has_focus(self, has_focus: bool) -> None:
        """The selected line looks different with the focus."""
        super().watch_has_focus(has_focus)
        self.refresh()
