"""The list of sessions: any number of rows, of which only those on the screen are painted.

Values in (`show`), messages out (`Highlighted`, `Opened`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import events
from textual.cache import LRUCache
from textual.message import Message
from textual.strip import Strip

from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.domain.verdict import VerdictStatus
from sessiontui.ui.list_order import Density
from sessiontui.ui.marks import Marks
from sessiontui.ui.widgets.arrangement import Arrangement
from sessiontui.ui.widgets.border_words import BorderWords
from sessiontui.ui.widgets.column_plan import LEFT, MARK_CELLS
from sessiontui.ui.widgets.list_cursor import ListCursor
from sessiontui.ui.widgets.session_row_renderer import Look, RowPainter, RowStyles
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
    "marked",
    "new",
)


class SessionList(BorderWords, ListCursor, can_focus=True, inherit_bindings=False):
    """A virtual list of `SessionRow`s, in groups."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"{_PREFIX}{part}" for part in _PARTS),
        *(f"{_PREFIX}{status}" for status in VerdictStatus),
    }

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

    class OrderClicked(Message):
        """The border that names the order was clicked."""

    class MarkClicked(Message):
        """A mark was set or taken away by a click."""

    def __init__(self, marks: Marks, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._marks = marks
        self.group_key: Callable[[int], str] = str
        """The key that leads to a group, by its number; empty for none."""
        self._looked: dict[SessionRef, float] = {}
        self._density = Density.COMPACT
        self._searching = False
        self._finder = TermFinder()
        self._now = 0.0
        self._notice: tuple[str, tuple[str, ...]] = ("", ())
        self._question: str | None = None
        self._announced: tuple[SessionRow | None, ...] = ()
        self._cache: LRUCache[tuple[int, int, Look], Strip] = LRUCache(1024)
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
        before = self.row
        self._searching = searching
        self._finder = finder or TermFinder()
        self._now = now
        self.place_rows(arrangement, select=select, to_top=to_top, hold=hold)
        after = self.row
        if before is None or after is None or after.ref != before.ref:
            self.ask(None)
        self._announce()

    @property
    def density(self) -> Density:
        """How much room a row takes."""
        return self._density

    @density.setter
    def density(self, density: Density) -> None:
        if density is not self._density:
            self._density = density
            self.lay_out_again()

    def note_looked(self, refs: Iterable[SessionRef], now: float) -> None:
        """These sessions are no longer new, until they move again."""
        self._looked.update(dict.fromkeys(refs, now))
        self.paint_changes()

    def show_notice(self, title: str, *hints: str) -> None:
        """What to say while there are no rows."""
        self._notice = (title, hints)
        if not self.rows:
            self.paint_changes()

    def tick(self, now: float) -> None:
        """Repaint the ages."""
        self._now = now
        self.paint_changes()

    def ask(self, question: str | None) -> None:
        """Put a question in the place of the selected row; None takes it away."""
        asked = question if self.row is not None else None
        if asked is None and self._question is None:
            return
        self._question = asked
        self._overlay = None
        self._scroll_to_cursor()
        self.refresh()

    # -- what is there ---------------------------------------------------------------------

    @property
    def question(self) -> str | None:
        """The question that stands in the place of the selected row."""
        return self._question

    @property
    def row_height(self) -> int:
        """Two lines while text is searched, or where there shall be room."""
        return 2 if self._searching or self._density is Density.COMFORTABLE else 1

    @property
    def extra_height(self) -> int:
        """The lines of the question."""
        return len(self._question_strips())

    def watch_cursor(self, old: int, new: int) -> None:
        """Bring the row into view and tell the screen."""
        self.is_untouched = False
        if self._question is not None or max(old, new) >= len(self.rows):
            self._question = None
            self.refresh()
        self._overlay = None
        # A row that comes into view paints everything anew; else only what lies between changes.
        self._scroll_to_cursor()
        first, last = sorted(map(self._geometry.first_line, (old, new)))
        self.refresh_lines(first, last - first + self._geometry.row_height)
        self._announce()

    def _announce(self) -> None:
        row = self.row
        if self._announced != (row,):
            self._announced = (row,)
            self.post_message(self.Highlighted(self, row))

    # -- painting --------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        """Forget strips painted in the colours of another theme."""
        super().notify_style_update()
        self._forget_strips()
        self.refresh()

    def paint_changes(self) -> None:
        """Paint anew the lines that look different now, whatever was known of them."""
        self._forget_strips()
        super().paint_changes()

    def _forget_strips(self) -> None:
        self._cache.clear()
        self._painter = None
        self._overlay = None

    def _current_painter(self) -> RowPainter:
        if self._painter is None:
            self._painter = RowPainter(
                self.scrollable_content_region.width,
                self._styles_now(),
                self._marks,
                self._now,
                arrangement=self._arrangement,
                searching=self._searching,
                finder=self._finder,
                density=self._density,
                group_key=self.group_key,
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

    def line_at(self, y: int) -> Strip:
        """How a line of the list looks now."""
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
        row = self.rows[found.row]
        selected = found.row == self.cursor
        look = Look(
            selected,
            selected and self.has_focus,
            bool(self.marked) and self.marked.is_marked(found.row, self.cursor),
            self._is_new(row),
        )
        key = (found.row, found.part, look)
        strip = self._cache.get(key)
        if strip is None:
            strip = (painter.second_line if found.part else painter.row)(row, look)
            self._cache[key] = strip
        return strip

    def _is_new(self, row: SessionRow) -> bool:
        if row.ref not in self._arrangement.new:
            return False
        return (row.last_activity or 0.0) > self._looked.get(row.ref, -math.inf)

    def watch_has_focus(self, has_focus: bool) -> None:
        """The selected row looks different with the focus."""
        super().watch_has_focus(has_focus)
        self.refresh()

    # -- mouse -----------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        """Select a row; a second click opens it. At its left it marks, or folds a family."""
        offset = event.get_content_offset(self)
        if offset is None:
            if event.y == 0:
                self.post_message(self.OrderClicked())
            return
        found = self._geometry.line(offset.y + self.scroll_offset.y)
        if found is None:
            return
        if found.row is None:
            if found.group is not None:
                self._go_to(found.group.start)
            return
        kin = self._arrangement.kin(self.rows[found.row])
        if offset.x < MARK_CELLS or event.ctrl:
            self._go_to(found.row)
            self.marked.toggle(found.row)
            self.paint_changes()
            self.post_message(self.MarkClicked())
        elif event.chain > 1 and found.row == self.cursor:
            self.post_message(self.Opened(self, self.rows[found.row]))
        else:
            self._go_to(found.row)
            if kin.below.sessions and offset.x < LEFT + 2 * len(kin.last):
                (self.fold if kin.is_open else self.unfold)()
