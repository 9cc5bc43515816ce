"""Scrolling over a transcript of any length, of which only what is on the screen is laid out.

The truth is the place at the top of the view, a line of a message; `scroll_y` follows from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import tzinfo
from typing import Any, ClassVar

from rich.style import Style
from textual.geometry import Offset, Size
from textual.selection import SELECT_ALL, Selection
from textual.strip import Strip
from textual.widget import Widget

from sessiontui.domain.message import Message
from sessiontui.ui.widgets.copied_lines import Selected, copied_text
from sessiontui.ui.widgets.message_flow import MessageFlow
from sessiontui.ui.widgets.message_renderer import NARROWEST, MessageRenderer
from sessiontui.ui.widgets.painted_lines import PaintedLines
from sessiontui.ui.widgets.rendered_transcript import RenderedTranscript
from sessiontui.ui.widgets.term_marks import TermFinder
from sessiontui.ui.widgets.transcript_colours import (
    COMPONENT_CLASSES,
    TranscriptColours,
)
from sessiontui.ui.widgets.transcript_paint import GUTTER, LinePainter
from sessiontui.ui.widgets.transcript_rows import Place
from sessiontui.ui.widgets.transcript_selection import within_text

COMFORTABLE_WIDTH = 100
"""Cells above which lines of prose become hard to read."""
_PAGE_OVERLAP = 2
_FAR_PAGES = 4
"""A jump over more pages than this goes to the row asked for, without measuring what is between."""


class TranscriptScroller(PaintedLines, can_focus=True, inherit_bindings=False):
    """The virtual part of a transcript view: places, rows and painting."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(COMPONENT_CLASSES)
    ALLOW_SELECT = True

    def __init__(
        self,
        *,
        compact: bool = False,
        zone: tzinfo | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._compact = compact
        self._agent: str | None = None
        self._zone = zone
        self._transcript: RenderedTranscript | None = None
        self._notice = ("", "")
        self._painter: LinePainter | None = None
        self._painted_in: TranscriptColours | None = None
        self._place = Place(0, 0)
        self._shows_end = False
        self._moving = False

    # -- what subclasses add ---------------------------------------------------------------

    def _settled(self, direction: int) -> None:
        """The view shows another place: the reader went down (1), up (-1), or was taken (0)."""

    def _sized(self) -> None:
        """The view has a size, or another one."""

    def _has_cursor(self, position: int) -> bool:
        """Whether the cursor's bar stands beside a message."""
        return False

    def _is_current_hit(self, place: Place) -> bool:
        """Whether the hits on a line are the current one."""
        return False

    @property
    def _below_words(self) -> str:
        """What stands over the last row of the view, about what lies below it."""
        return ""

    @property
    def _above_words(self) -> str:
        """What stands over the first row of the view, about what lies above it."""
        return ""

    @property
    def zone(self) -> tzinfo | None:
        """The time zone of the times shown; None: the local one."""
        return self._zone

    # -- what is shown ---------------------------------------------------------------------

    def _new_transcript(
        self, messages: Iterable[Message] | MessageFlow, finder: TermFinder
    ) -> None:
        self._transcript = RenderedTranscript(
            messages, self._renderer(), self._column, finder, self._zone
        )

    def _renderer(self) -> MessageRenderer:
        return MessageRenderer(self._look.colours, agent=self._agent, zone=self._zone)

    def _show_notice(self, title: str, hint: str) -> None:
        self._transcript = None
        self._notice = title, hint
        self._place = Place(0, 0)
        self._go_to_row(0, 0)

    @property
    def _page(self) -> int:
        """Rows of the view."""
        return self.container_size.height

    @property
    def _text_width(self) -> int:
        return max(0, self.container_size.width - self.styles.scrollbar_size_vertical)

    @property
    def _column(self) -> int:
        """Cells for the text of messages."""
        return max(NARROWEST, min(COMFORTABLE_WIDTH, self._text_width - GUTTER - 1))

    # -- places ----------------------------------------------------------------------------

    def _show_place(self, place: Place, direction: int = 0) -> None:
        """Put a place at the top of the view; everything that comes into view is measured."""
        if self._transcript is None or not len(self._transcript):
            return
        rows = self._transcript.rows
        self._place = rows.settled(place, self._page)
        row = rows.row_of(self._place)
        self._shows_end = row + self._page >= rows.total
        self._go_to_row(row, rows.total)
        self._settled(direction)

    def _go_to_row(self, row: int, total: int) -> None:
        size = Size(self._text_width, total)
        moves = round(self.scroll_y) != row
        self._moving = True
        try:
            if self.virtual_size != size:
                self._resize_content(size)
            self.scroll_target_y = self.scroll_y = row
        finally:
            self._moving = False
        if moves:
            self.refresh()
        else:
            self.paint_changes()

    def _resize_content(self, size: Size) -> None:
        # Heights become exact at nearly every step. A layout of the whole screen, which Textual
        # makes for it, is only needed where the scroll bar comes or goes.
        bar_stays = self.show_vertical_scrollbar and size.height > self._page
        if bar_stays and size.width == self.virtual_size.width:
            self.set_reactive(Widget.virtual_size, size)
            self.vertical_scrollbar.window_virtual_size = size.height
        else:
            self.virtual_size = size

    def _show_end(self) -> None:
        if self._transcript is not None and len(self._transcript):
            self._show_place(self._transcript.rows.last)

    def _screen_row(self, place: Place) -> int | None:
        """Where a place stands in the view; None when it is not in view."""
        if self._transcript is None:
            return None
        rows = self._transcript.rows
        row = rows.row_of(place) - rows.row_of(self._place)
        return row if 0 <= row < self._page else None

    def _show_place_at(self, place: Place, screen_row: int) -> None:
        """Put a place on a certain row of the view."""
        if self._transcript is not None:
            self._show_place(self._transcript.rows.moved(place, -screen_row))

    @contextmanager
    def _holding(self, place: Place) -> Iterator[None]:
        """Keep a place on its row of the view while heights change; else what is at the top."""
        row = self._screen_row(place)
        yield
        if row is None:
            self._show_place(self._place)
        else:
            self._show_place_at(place, row)

    def _visible(self) -> tuple[int, int]:
        """Positions of the first and the last message in view."""
        if self._transcript is None or not self._transcript.rows.total:
            return 0, 0
        rows = self._transcript.rows
        bottom = rows.place_at(rows.row_of(self._place) + self._page - 1)
        return self._place.position, bottom.position

    # -- scrolling -------------------------------------------------------------------------

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow the reader by measured lines, not by rows that were only estimated."""
        super().watch_scroll_y(old_value, new_value)
        if self._moving or self._transcript is None:
            return
        rows = self._transcript.rows
        wanted = round(new_value)
        step = wanted - rows.row_of(self._place)
        if not step:
            return
        if abs(step) <= _FAR_PAGES * self._page:
            place = rows.moved(self._place, step)
        elif wanted >= self.max_scroll_y:
            place = rows.last
        else:
            place = rows.place_at(wanted)
        self._show_place(place, 1 if step > 0 else -1)

    @property
    def allow_vertical_scroll(self) -> bool:
        """Whether there is anything to scroll; true before the scroll bar is there to show it."""
        return self.max_scroll_y > 0

    def scroll_to(self, x: float | None = None, y: float | None = None, **options: Any) -> None:
        """As in every scrolling widget, but at once: heights may change on the way."""
        super().scroll_to(x, y, **{**options, "animate": False})

    def _scroll_rows(self, rows: int) -> None:
        self.scroll_to(y=self.scroll_y + rows)

    def scroll_page_down(self, **_: Any) -> None:
        """One page down; the last lines stay in view."""
        self._scroll_rows(max(1, self._page - _PAGE_OVERLAP))

    def scroll_page_up(self, **_: Any) -> None:
        """One page up; the first lines stay in view."""
        self._scroll_rows(-max(1, self._page - _PAGE_OVERLAP))

    def scroll_home(self, **_: Any) -> None:
        """To the first line."""
        self._show_place(Place(0, 0), -1)

    def scroll_end(self, **_: Any) -> None:
        """To the last line."""
        if self._transcript is not None and len(self._transcript):
            self._show_place(self._transcript.rows.last, 1)

    def action_scroll_home(self) -> None:
        """Go to the beginning."""
        self.scroll_home()

    def action_scroll_end(self) -> None:
        """Go to the end."""
        self.scroll_end()

    # -- size and colours ------------------------------------------------------------------

    def on_resize(self) -> None:
        """There is a size now, or another one."""
        self._sized()

    def _size_updated(
        self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True
    ) -> bool:
        """Lay out anew where the width changed; what was at the top stays there, or the end.

        At once: the event comes after the old place was painted in the new size.
        """
        before = self.container_size
        resized = super()._size_updated(size, virtual_size, container_size, layout)
        if self.container_size != before:
            self._painter = None
            if self._transcript is None:
                self._go_to_row(0, 0)
            else:
                self._lay_out_again(self._transcript)
        return resized

    def _lay_out_again(self, transcript: RenderedTranscript) -> None:
        place, showed_end = self._place, self._shows_end
        if transcript.width != self._column:
            before = transcript.rows.exact(place.position)
            transcript.set_width(self._column)
            after = transcript.rows.exact(place.position)
            place = Place(place.position, place.line * after // max(1, before))
        if showed_end:
            self._show_end()
        else:
            self._show_place(place)

    def notify_style_update(self) -> None:
        """Take new colours at the next painting."""
        super().notify_style_update()
        self._painter = None

    @property
    def _look(self) -> LinePainter:
        if self._painter is None:
            column = self._column + GUTTER
            self._painter = LinePainter(
                TranscriptColours.taken_from(self._component_style),
                self.rich_style,
                self.size.width,
                0 if self._compact else max(0, (self._text_width - column) // 2),
                self.screen.get_component_rich_style("screen--selection"),
            )
            if self._transcript is not None and self._painter.colours != self._painted_in:
                self._transcript.set_renderer(self._renderer())
            self._painted_in = self._painter.colours
        return self._painter

    def _component_style(self, name: str) -> Style:
        # Only what the style sheet says of this class: the rest shines through from below.
        styles = self.get_component_styles(name)
        whole = self.get_component_rich_style(name)
        colour = whole.color if styles.has_rule("color") or styles.auto_color else None
        background = whole.bgcolor if styles.has_rule("background") else None
        return Style(color=colour, bgcolor=background) + styles.text_style

    # -- painting --------------------------------------------------------------------------

    def line_at(self, y: int) -> Strip:
        """How a row of the view looks now."""
        line = self._render_row(y)
        words = self._below_words if y == self._page - 1 else "" if y else self._above_words
        return self._look.over(line, words) if words else line

    def _render_row(self, y: int) -> Strip:
        look = self._look
        transcript = self._transcript
        if transcript is None:
            notice = look.notice(*self._notice, self._page)
            return notice[y] if y < len(notice) else look.blank()
        row = self.scroll_offset.y + y
        if row >= transcript.rows.total:
            return look.blank()
        place = transcript.rows.place_at(row)
        rendered = transcript.rendered(place.position)
        if place.line >= rendered.height:
            return look.blank()
        selection = within_text(self.text_selection)
        below_gap = place.line - rendered.gap
        cursor = look.colours.cursor if self.has_focus else look.colours.cursor_blurred
        return look.paint(
            rendered.strip(place.line),
            row,
            turn=rendered.bar if not below_gap else None,
            cursor=cursor if below_gap >= 0 and self._has_cursor(place.position) else None,
            current_hit=self._is_current_hit(place),
            selected=selection.get_span(row) if selection else None,
        )

    # -- text selection --------------------------------------------------------------------

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text as it was written; an open end reaches to the edge of the view."""
        transcript = self._transcript
        if transcript is None or not transcript.rows.total:
            return None
        selection = within_text(selection) or SELECT_ALL
        top = self.scroll_offset.y
        first = top if selection.start is None else selection.start.y
        last = top + self._page - 1 if selection.end is None else selection.end.y
        lines = []
        for row in range(max(0, first), min(last, transcript.rows.total - 1) + 1):
            place = transcript.rows.place_at(row)
            rendered = transcript.waited_for(place.position)
            line = rendered.strip(place.line) if place.line < rendered.height else Strip.blank(0)
            lines.append(Selected(line, *(selection.get_span(row) or (0, -1))))
        return copied_text(lines), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Paint the selection."""
        self.paint_changes()

    def _select_message(self, position: int) -> None:
        if self._transcript is None:
            return
        rows = self._transcript.rows
        top = rows.row_of(Place(position, 0))
        bottom = Offset(1 << 16, top + rows.exact(position) - 1)
        self.screen.selections = {self: Selection(Offset(0, top), bottom)}
