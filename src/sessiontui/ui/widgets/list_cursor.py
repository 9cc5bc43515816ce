"""Where one is in the list: the cursor, what is unfolded, and what stands on which line.

The cursor belongs to a session, not to a position: when rows change, it stays with its session and
on its line of the screen.
"""

from __future__ import annotations

from abc import abstractmethod

from textual import events
from textual.geometry import Region, Size
from textual.reactive import reactive

from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.ui.steps import Step
from sessiontui.ui.widgets.arrangement import Arrangement
from sessiontui.ui.widgets.list_geometry import ListGeometry
from sessiontui.ui.widgets.marked_rows import MarkedRows
from sessiontui.ui.widgets.painted_lines import PaintedLines


class ListCursor(PaintedLines, inherit_bindings=False):
    """Base of the list: moves in it, folds it and scrolls it; paints nothing."""

    cursor: reactive[int] = reactive(0, repaint=False, init=False, always_update=True)
    """Index of the selected row."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._folded = Arrangement()
        self._arrangement = Arrangement()
        self._geometry = ListGeometry(0)
        self._unfolded: set[SessionRef] = set()
        self.marked = MarkedRows()
        """What the person marked."""
        self.is_untouched = True
        """Nobody moved in it yet: the cursor stays at the first row, whatever comes."""

    # -- to be overridden ------------------------------------------------------------------

    @property
    @abstractmethod
    def row_height(self) -> int:
        """The lines of a row."""

    @property
    @abstractmethod
    def extra_height(self) -> int:
        """The lines of what stands in the place of the selected row; 0 when nothing does."""

    # -- what is there ---------------------------------------------------------------------

    @property
    def rows(self) -> tuple[SessionRow, ...]:
        """The rows in the order of the list."""
        return self._arrangement.rows

    @property
    def arrangement(self) -> Arrangement:
        """How the rows are laid out."""
        return self._arrangement

    @property
    def row(self) -> SessionRow | None:
        """The selected row."""
        rows = self._arrangement.rows
        return rows[self.cursor] if self.cursor < len(rows) else None

    @property
    def family(self) -> tuple[SessionRef, ...]:
        """The selected session, and those that are folded away below it."""
        row = self.row
        if row is None:
            return ()
        if self._arrangement.kin(row).is_open:
            return (row.ref,)
        return tuple(member.ref for member in self._arrangement.families.members(row))

    @property
    def cursor_region(self) -> Region:
        """Where the selected row is, relative to the list's content."""
        line = self._geometry.first_line(self.cursor) - self.scroll_offset.y
        return Region(0, line, self.scrollable_content_region.width, self._geometry.row_height)

    # -- other rows ------------------------------------------------------------------------

    def place_rows(
        self, arrangement: Arrangement, *, select: SessionRef | None, to_top: bool, hold: bool
    ) -> None:
        """Take other rows, and put the cursor where it belongs, as `SessionList.show` says."""
        current = self.row
        at_top = self.is_untouched and self.scroll_offset.y == 0
        to_top = to_top or (at_top and select is None)
        wanted = select or (None if to_top or current is None else current.ref)
        in_view = to_top or select is not None or self._cursor_in_view
        # At the top, what is new comes into view; elsewhere nothing moves on the screen.
        stays = hold or self.scroll_offset.y > 0
        held = self._held_line() if stays and not to_top else None
        self._folded = arrangement
        if wanted is not None:
            # What the cursor is on, or goes to, is never folded away.
            self._unfolded.update(arrangement.families.above(wanted))
        self._arrangement = arrangement.with_unfolded(self._unfolded)
        position = None if wanted is None else self._arrangement.position(wanted, self.cursor)
        if position is None:
            position = 0 if to_top else min(self.cursor, max(0, len(self.rows) - 1))
        self._lay_out(position, held, in_view=in_view)

    def lay_out_again(self) -> None:
        """The height of the rows is another: keep the line of the screen."""
        self._lay_out(self.cursor, self._held_line(), in_view=self._cursor_in_view)

    def _lay_out(
        self, position: int, held: tuple[SessionRef, int] | None, *, in_view: bool
    ) -> None:
        rows = self._arrangement.rows
        self.marked.place(rows)
        self._geometry = ListGeometry(len(rows), self._arrangement.groups, self.row_height)
        # As wide as nothing: lines fill the width there is, and a change of it is no other layout.
        self.virtual_size = Size(0, self._geometry.height)
        self.set_reactive(ListCursor.cursor, position)
        self.paint_changes()
        if held is not None:
            self._put_back(*held)
        if in_view:
            self._scroll_to_cursor()

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

    def go_on(self) -> None:
        """Move to the next row, if there is one."""
        self._go_to(self.cursor + 1)

    def select(self, ref: SessionRef) -> bool:
        """Move to a session, unfolding what it is folded in; False when it is not in the list."""
        above = self._folded.families.above(ref)
        if not self._unfolded.issuperset(above):
            self._unfolded.update(above)
            self._refold()
        position = self._arrangement.position(ref, self.cursor)
        if position is None:
            return False
        self._go_to(position)
        return True

    # -- families --------------------------------------------------------------------------

    def unfold(self) -> None:
        """Show what is below the selected session; when it is shown, go to the first of it."""
        row = self.row
        if row is None:
            return
        kin = self._arrangement.kin(row)
        if kin.is_open:
            self._go_to(self.cursor + 1)
        elif kin.below.sessions:
            self._unfolded.add(row.ref)
            self._refold()

    def fold(self) -> None:
        """Fold away what is below the selected session; when there is nothing, go to its parent."""
        row = self.row
        if row is None:
            return
        families = self._arrangement.families
        if self._arrangement.kin(row).is_open and not self._arrangement.is_spread:
            self._unfolded.discard(row.ref)
            self._refold()
        elif row.ref in families.parents:
            self.select(families.parents[row.ref].ref)

    def _refold(self) -> None:
        row, held = self.row, self._held_line()
        self._arrangement = self._folded.with_unfolded(self._unfolded)
        position = None if row is None else self._arrangement.position(row.ref, self.cursor)
        self._lay_out(position or 0, held, in_view=True)

    # -- groups ----------------------------------------------------------------------------

    def go_to_group(self, number: int) -> bool:
        """Move to the first row of a numbered group; False when there is none."""
        for group in self._arrangement.groups:
            if group.number == number:
                self._go_to(group.start)
                return True
        return False

    def _go_to(self, index: int) -> None:
        self.is_untouched = False
        if self.rows:
            self.cursor = max(0, min(index, len(self.rows) - 1))

    # -- scrolling -------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Paint anew for another width, and keep the row in view."""
        self.paint_changes()
        self._scroll_to_cursor()

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
        last = first + max(self._geometry.row_height, self.extra_height) - 1
        if self._geometry.begins_group(self.cursor):
            first -= 1
        top = self.scroll_offset.y
        if first < top:
            self._scroll(first)
        elif last >= top + height:
            self._scroll(min(first, last - height + 1))

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, 3)

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, -3)

    def _wheel(self, event: events.MouseEvent, lines: int) -> None:
        self.is_untouched = False
        self._scroll(self.scroll_offset.y + lines)
        event.stop()
        event.prevent_default()
