"""The list of sessions: any number of rows, of which only those on the screen are painted.

Values in (`show`), messages out (`Highlighted`, `Opened`). The cursor belongs to a session, not to
a position: when rows change, it stays with its session and on its line of the screen.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.domain.verdict import VerdictStatus
from sessiontui.ui.marks import Marks
from sessiontui.ui.steps import Step
from sessiontui.ui.widgets.session_groups import Arrangement, ListGeometry
from sessiontui.ui.widgets.session_row_renderer import RowPainter, RowStyles
from sessiontui.ui.widgets.term_marks import TermFinder

_PREFIX = "session-list--"
_PARTS = (
    "selected",
    "selected-blurred",
    "bar",
    "bar-blurred",
    "title",
    "dim",
    "hits",
    "place",
    "match",
    "question",
    "warning",
    "day",
)


class SessionList(ScrollView, can_focus=True, inherit_bindings=False):
    """A virtual list of `SessionRow`s, in groups."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"{_PREFIX}{part}" for part in _PARTS),
        *(f"{_PREFIX}{status}" for status in VerdictStatus),
    }

    cursor: reactive[int] = reactive(0, repaint=False, init=False, always_update=True)
    """Index of the selected row."""

    class Highlighted(Message):
        """Another session is under the cursor, or the one there has changed; None: no rows."""

        def __init__(self, session_list: SessionList, row: SessionRow | None) -> None:
            super().__init__()
            self.session_list = session_list
            self.row = row

        @property
        def control(self) -> SessionList:
            """The list."""
            return self.session_list

    class Opened(Message):
        """A session shall be read in full."""

        def __init__(self, session_list: SessionList, row: SessionRow) -> None:
            super().__init__()
            self.session_list = session_list
            self.row = row

        @property
        def control(self) -> SessionList:
            """The list."""
            return self.session_list

    def __init__(self, marks: Marks, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._marks = marks
        self._arrangement = Arrangement()
        self._geometry = ListGeometry(self._arrangement)
        self._searching = False
        self._finder = TermFinder()
        self._now = 0.0
        self._notice: tuple[str, tuple[str, ...]] = ("", ())
        self._question: str | None = None
        self._announced: tuple[SessionRow | None, ...] = ()
        self._cache: LRUCache[tuple[int, int, bool, bool], Strip] = LRUCache(1024)
        self._overlay: tuple[int, list[Strip]] | None = None
        self._painter: RowPainter | None = None

    # -- values in -------------------------------------------------------------------------

    def show(
        self,
        arrangement: Arrangement,
        *,
        searching: bool,
        now: float,
        finder: TermFinder | None = None,
        select: SessionRef | None = None,
        to_top: bool = False,
        hold: bool = False,
    ) -> None:
        """Show other rows; what `finder` finds is marked in their titles.

        The cursor goes to `select` if that is there; else, with `to_top`, to the first row; else
        it stays with its session. When its session is gone it stays at its position. What is at
        the top of a list comes into view, unless `hold` keeps every row on its line.
        """
        current = self.row
        wanted = select or (None if to_top or current is None else current.ref)
        in_view = to_top or select is not None or self._cursor_in_view
        # At the top, what is new comes into view; elsewhere nothing moves on the screen.
        stays = hold or self.scroll_offset.y > 0
        held = self._held_line() if stays and not to_top else None
        self._arrangement = arrangement
        self._searching = searching
        self._finder = finder or TermFinder()
        self._now = now
        self._geometry = ListGeometry(arrangement, 2 if searching else 1)
        position = None if wanted is None else arrangement.position(wanted, self.cursor)
        if position is None:
            position = 0 if to_top else min(self.cursor, max(0, len(arrangement.rows) - 1))
        after = arrangement.rows[position] if arrangement.rows else None
        if current is None or after is None or after.ref != current.ref:
            self._question = None
        self._forget_painted()
        self.virtual_size = Size(self.scrollable_content_region.width, self._geometry.height)
        self.set_reactive(SessionList.cursor, position)
        if held is not None:
            self._put_back(*held)
        if in_view:
            self._scroll_to_cursor()
        self._announce()

    def show_notice(self, title: str, *hints: str) -> None:
        """What to say while there are no rows."""
        self._notice = (title, hints)
        self._overlay = None
        self.refresh()

    def tick(self, now: float) -> None:
        """Repaint the ages."""
        self._now = now
        self._forget_painted()

    def ask(self, question: str | None) -> None:
        """Put a question in the place of the selected row; None takes it away."""
        self._question = question if self.row is not None else None
        self._overlay = None
        self._scroll_to_cursor()
        self.refresh()

    # -- what is there ---------------------------------------------------------------------

    @property
    def rows(self) -> tuple[SessionRow, ...]:
        """The rows in the order of the list."""
        return self._arrangement.rows

    @property
    def row(self) -> SessionRow | None:
        """The selected row."""
        rows = self._arrangement.rows
        return rows[self.cursor] if self.cursor < len(rows) else None

    @property
    def question(self) -> str | None:
        """The question that stands in the place of the selected row."""
        return self._question

    @property
    def cursor_region(self) -> Region:
        """Where the selected row is, relative to the list's content."""
        line = self._geometry.first_line(self.cursor) - self.scroll_offset.y
        return Region(0, line, self.scrollable_content_region.width, self._geometry.row_height)

    # -- moving ----------------------------------------------------------------------------

    def step(self, step: Step) -> None:
        """Move the cursor."""
        page = max(1, (self.scrollable_content_region.height - 2) // self._geometry.row_height)
        match step:
            case Step.DOWN:
                self._go_to(self.cursor + 1)
            case Step.UP:
                self._go_to(self.cursor - 1)
            case Step.PAGE_DOWN:
                self._go_to(self.cursor + page)
            case Step.PAGE_UP:
                self._go_to(self.cursor - page)
            case Step.FIRST:
                self._go_to(0)
            case Step.LAST:
                self._go_to(len(self.rows) - 1)

    def select(self, ref: SessionRef) -> bool:
        """Move to a session; False when it is not in the list."""
        position = self._arrangement.position(ref, self.cursor)
        if position is None:
            return False
        self._go_to(position)
        return True

    def _go_to(self, index: int) -> None:
        if self.rows:
            self.cursor = max(0, min(index, len(self.rows) - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        """Bring the row into view and tell the screen."""
        if old != new:
            self._question = None
        self._overlay = None
        self._scroll_to_cursor()
        self.refresh()
        self._announce()

    def _announce(self) -> None:
        row = self.row
        if self._announced != (row,):
            self._announced = (row,)
            self.post_message(self.Highlighted(self, row))

    # -- scrolling -------------------------------------------------------------------------

    @property
    def _cursor_in_view(self) -> bool:
        line = self._geometry.first_line(self.cursor) - self.scroll_offset.y
        return bool(self.rows) and 0 <= line < self.scrollable_content_region.height

    def _held_line(self) -> tuple[SessionRef, int] | None:
        # Which session shall stay on which line of the screen: that at the cursor, or when that
        # has been scrolled out of view, the first visible one.
        top = self.scroll_offset.y
        if self._cursor_in_view:
            return self.rows[self.cursor].ref, self._geometry.first_line(self.cursor) - top
        for y in range(top, top + 3):
            found = self._geometry.line(y)
            if found is not None and found.row is not None:
                return self.rows[found.row].ref, self._geometry.first_line(found.row) - top
        return None

    def _put_back(self, ref: SessionRef, line: int) -> None:
        position = self._arrangement.position(ref, self.cursor)
        if position is not None:
            self._scroll(self._geometry.first_line(position) - line)

    def _scroll(self, y: float) -> None:
        self.scroll_to(y=max(0, y), animate=False, force=True)

    def _scroll_to_cursor(self) -> None:
        height = self.scrollable_content_region.height
        if not self.rows or height <= 0:
            return
        first = self._geometry.first_line(self.cursor)
        last = first + max(self._geometry.row_height, len(self._question_strips())) - 1
        if self._geometry.begins_group(self.cursor):
            first -= 1
        top = self.scroll_offset.y
        if first < top:
            self._scroll(first)
        elif last >= top + height:
            self._scroll(min(first, last - height + 1))

    # -- painting --------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Paint anew for another width, and keep the row in view."""
        self._forget_painted()
        self.virtual_size = Size(self.scrollable_content_region.width, self._geometry.height)
        self._scroll_to_cursor()

    def notify_style_update(self) -> None:
        """Forget strips painted in the colours of another theme."""
        super().notify_style_update()
        self._forget_painted()

    def _forget_painted(self) -> None:
        self._cache.clear()
        self._painter = None
        self._overlay = None
        self.refresh()

    def _current_painter(self) -> RowPainter:
        if self._painter is None:
            self._painter = RowPainter(
                self.scrollable_content_region.width,
                self._styles_now(),
                self._marks,
                self._now,
                searching=self._searching,
                finder=self._finder,
            )
        return self._painter

    def _styles_now(self) -> RowStyles:
        parts = {
            part.replace("-", "_"): self.get_component_rich_style(f"{_PREFIX}{part}", partial=True)
            for part in _PARTS
        }
        statuses = {
            status.value: self.get_component_rich_style(f"{_PREFIX}{status}", partial=True)
            for status in VerdictStatus
        }
        return RowStyles(base=self.rich_style, statuses=statuses, **parts)

    def _question_strips(self) -> list[Strip]:
        if self._question is None or self.scrollable_content_region.width <= 0:
            return []
        return self._current_painter().question(self._question)

    def _overlaid(self) -> tuple[int, list[Strip]]:
        # Strips painted over the rows, and the line of the content on which they begin.
        if self._overlay is None:
            strips = self._question_strips()
            if not self.rows:
                strips = self._current_painter().notice(*self._notice)
                top = max(0, (self.scrollable_content_region.height - len(strips)) // 3)
            else:
                end = max(self._geometry.height, self.scrollable_content_region.height)
                top = min(self._geometry.first_line(self.cursor), end - len(strips))
            self._overlay = (top, strips)
        return self._overlay

    def render_line(self, y: int) -> Strip:
        """One line of the list."""
        line = y + self.scroll_offset.y
        top, strips = self._overlaid()
        if top <= line < top + len(strips):
            return strips[line - top]
        found = self._geometry.line(line)
        painter = self._current_painter()
        if found is None:
            return Strip.blank(self.scrollable_content_region.width, self.rich_style)
        if found.row is None:
            assert found.group is not None
            return painter.heading(found.group)
        selected = found.row == self.cursor
        focused = selected and self.has_focus
        key = (found.row, found.part, selected, focused)
        strip = self._cache.get(key)
        if strip is None:
            paint = painter.snippet if found.part else painter.row
            strip = paint(self.rows[found.row], selected=selected, focused=focused)
            self._cache[key] = strip
        return strip

    def watch_has_focus(self, has_focus: bool) -> None:
        """The selected row looks different with the focus."""
        super().watch_has_focus(has_focus)
        self.refresh()

    # -- mouse -----------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        """Select a row; a second click opens it."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        found = self._geometry.line(offset.y + self.scroll_offset.y)
        if found is None or found.row is None:
            return
        if event.chain > 1 and found.row == self.cursor:
            self.post_message(self.Opened(self, self.rows[found.row]))
        else:
            self._go_to(found.row)

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, 3)

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, -3)

    def _wheel(self, event: events.MouseEvent, lines: int) -> None:
        self._scroll(self.scroll_offset.y + lines)
        event.stop()
        event.prevent_default()
