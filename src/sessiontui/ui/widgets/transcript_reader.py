"""The cursor on the messages of a transcript, and what it folds and unfolds."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message as TextualMessage

from sessiontui.ui.widgets.transcript_rows import Place
from sessiontui.ui.widgets.transcript_scroller import TranscriptScroller


class TranscriptReader(TranscriptScroller, can_focus=True, inherit_bindings=False):
    """A scrolling transcript with a message cursor."""

    class CursorMoved(TextualMessage, namespace="transcript_view"):
        """The cursor stands on another message, named by its index."""

        def __init__(self, view: TranscriptReader, index: int) -> None:
            super().__init__()
            self.view = view
            self.index = index

        @property
        def control(self) -> TranscriptReader:
            """The view."""
            return self.view

        def can_replace(self, message: TextualMessage) -> bool:
            """Only the newest of a burst matters."""
            return isinstance(message, TranscriptReader.CursorMoved)

    _cursor = 0
    """Position of the message at the cursor."""

    @property
    def cursor(self) -> int | None:
        """The index of the message at the cursor; None when nothing is shown."""
        if self._transcript is None:
            return None
        return self._transcript.flow.messages[self._cursor].index

    def _has_cursor(self, position: int) -> bool:
        return self.has_focus and position == self._cursor

    def _move_cursor(self, position: int) -> None:
        if self._transcript is not None and position != self._cursor:
            self._cursor = position
            index = self._transcript.flow.messages[position].index
            self.refresh()
            self.post_message(self.CursorMoved(self, index))

    def _settled(self, direction: int) -> None:
        # The cursor never stays behind where it cannot be seen.
        first, last = self._visible()
        if direction and self._transcript is not None and not first <= self._cursor <= last:
            start = first if direction > 0 else last
            position = self._transcript.flow.shown_from(start, direction)
            if position is not None:
                self._move_cursor(position)

    # -- stepping --------------------------------------------------------------------------

    def action_next_message(self) -> None:
        """Go to the next message, or to the end after the last."""
        self._step(None, 1)

    def action_previous_message(self) -> None:
        """Go to the previous message, or to the beginning before the first."""
        self._step(None, -1)

    def action_next_prompt(self) -> None:
        """Go to the next thing a person typed."""
        self._step(self._prompts, 1)

    def action_previous_prompt(self) -> None:
        """Go to the previous thing a person typed."""
        self._step(self._prompts, -1)

    @property
    def _prompts(self) -> Sequence[int]:
        return () if self._transcript is None else self._transcript.flow.prompts

    def _step(self, positions: Sequence[int] | None, direction: int) -> None:
        """Go to the next message, or the next of some positions, and bring it into view."""
        transcript = self._transcript
        if transcript is None:
            return
        if positions is None:
            target = transcript.flow.shown_from(self._cursor + direction, direction)
        else:
            beyond = [p for p in positions if (p - self._cursor) * direction > 0]
            target = (min if direction > 0 else max)(beyond, default=None)
        if target is not None:
            self._bring_into_view(target, direction, to_top=positions is not None)
            self._move_cursor(target)
        elif positions is None:
            self._show_place(transcript.rows.last if direction > 0 else Place(0, 0), direction)

    def _bring_into_view(self, position: int, direction: int, *, to_top: bool = False) -> None:
        assert self._transcript is not None
        rows, gap = self._transcript.rows, self._transcript.rendered(position).gap
        height = rows.exact(position) - gap
        top = Place(position, gap)
        row = self._screen_row(top)
        if to_top or height > self._page or (row is None and direction < 0):
            self._show_place(top, direction)
        elif row is None or row + height > self._page:
            self._show_place(rows.moved(top, height - self._page), direction)

    # -- folding ---------------------------------------------------------------------------

    def action_toggle_fold(self) -> None:
        """Unfold what is folded in the message at the cursor, or fold it again."""
        transcript = self._transcript
        if transcript is not None:
            with self._holding(self._cursor_place()):
                transcript.toggle(self._cursor)

    def action_toggle_tools(self) -> None:
        """Unfold all tool calls, or fold them as they were."""
        if self._transcript is not None:
            with self._holding(self._cursor_place()):
                self._transcript.toggle_tools()

    def action_toggle_thinking(self) -> None:
        """Unfold or fold all thinking."""
        if self._transcript is not None:
            with self._holding(self._cursor_place()):
                self._transcript.toggle_thinking()

    def _cursor_place(self) -> Place:
        assert self._transcript is not None
        return Place(self._cursor, self._transcript.rendered(self._cursor).gap)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on a message; a click on a folded line unfolds it."""
        transcript = self._transcript
        offset = event.get_content_offset(self)
        if transcript is None or offset is None or event.chain > 1:
            return
        row = self.scroll_offset.y + offset.y
        if row >= transcript.rows.total:
            return
        place = transcript.rows.place_at(row)
        self._move_cursor(place.position)
        target = transcript.rendered(place.position).click_target(place.line)
        if target is not None and not self.text_selection:
            with self._holding(place):
                transcript.fold(place.position, *target)

    def text_select_all(self) -> None:
        """Select the message at the cursor: a double click means that, not a whole transcript."""
        if self._transcript is not None:
            self._select_message(self._cursor)
