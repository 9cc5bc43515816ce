"""The cursor on the messages of a transcript, and what it folds and unfolds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence

from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message as TextualMessage

from sessiontui.domain.message import Message
from sessiontui.services.message_pages import MessagePages
from sessiontui.ui.widgets.code_blocks import code_blocks, is_of
from sessiontui.ui.widgets.landmarks import Landmarks
from sessiontui.ui.widgets.message_flow import MessageFlow
from sessiontui.ui.widgets.term_marks import TermFinder
from sessiontui.ui.widgets.transcript_paging import TranscriptPaging
from sessiontui.ui.widgets.transcript_paint import GUTTER
from sessiontui.ui.widgets.transcript_rows import Place

_READ_AT = 3
"""What stands at this part of the view's height is taken for what is being read."""


class TranscriptReader(TranscriptPaging, can_focus=True, inherit_bindings=False):
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

    class LandmarkPassed(TextualMessage, namespace="transcript_view"):
        """Another landmark is the one being read, by its number; None before the first."""

        def __init__(self, view: TranscriptReader, number: int | None) -> None:
            super().__init__()
            self.view = view
            self.number = number

        @property
        def control(self) -> TranscriptReader:
            """The view."""
            return self.view

        def can_replace(self, message: TextualMessage) -> bool:
            """Only the newest of a burst matters."""
            return isinstance(message, TranscriptReader.LandmarkPassed)

    class ContentChanged(TextualMessage, namespace="transcript_view"):
        """Other messages are shown, or more of them, or none."""

        def __init__(self, view: TranscriptReader) -> None:
            super().__init__()
            self.view = view

        @property
        def control(self) -> TranscriptReader:
            """The view."""
            return self.view

        def can_replace(self, message: TextualMessage) -> bool:
            """Only the newest of a burst matters."""
            return isinstance(message, TranscriptReader.ContentChanged)

    class AnswersOnlyChanged(TextualMessage, namespace="transcript_view"):
        """Only prompts and final answers are shown from now on, or everything again."""

        def __init__(self, view: TranscriptReader, answers_only: bool) -> None:
            super().__init__()
            self.view = view
            self.answers_only = answers_only

        @property
        def control(self) -> TranscriptReader:
            """The view."""
            return self.view

    _cursor = 0
    """Position of the message at the cursor."""
    _landmark: int | None = None
    _answers_only = False
    """Whether only prompts and final answers are shown, in transcripts to come as well."""
    tools_open = False
    """Whether tool calls are unfolded, in transcripts to come as well."""
    thinking_open = False
    """The same for thinking."""

    @property
    def cursor(self) -> int | None:
        """The index of the message at the cursor; None when nothing is shown."""
        if self._transcript is None:
            return None
        return self._transcript.flow.index_at(self._cursor)

    @property
    def messages(self) -> MessagePages:
        """The messages that are shown; those of a long transcript are read again when needed."""
        return MessagePages() if self._transcript is None else self._transcript.flow.messages

    def message_at_cursor(self) -> Message | None:
        """The message that folding and copying mean; None while it cannot be had at once."""
        return self._at_hand(self._cursor)

    def prompt_at_cursor(self) -> Message | None:
        """The last thing a person typed up to there; None where there is none, and as above."""
        position = self._prompt_position
        return None if position is None else self._at_hand(position)

    def when_at_hand(self, do: Callable[[], None]) -> None:
        """Do something with the message at the cursor and its prompt: at once, where that goes."""
        prompt = self._prompt_position
        if self._transcript is None:
            do()
        else:
            self._postpone({self._cursor, self._cursor if prompt is None else prompt}, do)

    @property
    def _prompt_position(self) -> int | None:
        number = bisect_right(self._prompts, self._cursor)
        return self._prompts[number - 1] if number else None

    @property
    def cursor_region(self) -> Region:
        """The line on which the message at the cursor begins, relative to the view's content."""
        row = None if self._transcript is None else self._screen_row(self._cursor_place())
        return Region(self._look.margin + GUTTER, row or 0, self._column, 1)

    def code_at_cursor(self) -> str | None:
        """A code block of the message at the cursor, as it is stored: the first one in view.

        The first one of all where none is in view; None when the message has no code.
        """
        message = self.message_at_cursor()
        if message is None:
            return None
        blocks = list(code_blocks(message))
        rows = map(self._edge_style, range(self._page)) if len(blocks) > 1 else ()
        shown = (block for style in rows for block in blocks if is_of(style, block))
        return next(shown, blocks[0] if blocks else None)

    def _edge_style(self, screen_row: int) -> Style | None:
        """The style that the text of the message at the cursor begins with on a row."""
        assert self._transcript is not None
        rows = self._transcript.rows
        row = rows.row_of(self._place) + screen_row
        place = rows.place_at(row) if row < rows.total else Place(-1, 0)
        if place.position != self._cursor:
            return None
        strip = self._transcript.rendered(place.position).strip(place.line)
        return next((s.style for s in strip if s.style and s.style.meta), None)

    def _has_cursor(self, position: int) -> bool:
        return position == self._cursor

    def _move_cursor(self, position: int) -> None:
        if self._transcript is not None and position != self._cursor:
            self._postponed = None
            self._cursor = position
            index = self._transcript.flow.index_at(position)
            self.paint_changes()
            self.post_message(self.CursorMoved(self, index))

    def _settled(self, direction: int) -> None:
        # The cursor never stays behind where it cannot be seen.
        first, last = self._visible()
        if direction and self._transcript is not None and not first <= self._cursor <= last:
            start = first if direction > 0 else last
            position = self._transcript.shown_from(start, direction)
            if position is not None:
                self._move_cursor(position)
        if direction and self._transcript is not None:
            rows = self._transcript.rows
            row = rows.row_of(self._place) + self._page // _READ_AT
            self._pass_landmark(rows.place_at(row).position)

    # -- landmarks -------------------------------------------------------------------------

    def _new_transcript(
        self, messages: Iterable[Message] | MessageFlow, finder: TermFinder
    ) -> None:
        super()._new_transcript(messages, finder)
        transcript = self._transcript
        if transcript is not None:
            if self._answers_only:
                transcript.show_answers_only(True)
            if self.tools_open:
                transcript.toggle_tools()
            if self.thinking_open:
                transcript.toggle_thinking()
        self._tell_content()

    def _show_notice(self, title: str, hint: str) -> None:
        super()._show_notice(title, hint)
        self._tell_content()

    def _tell_content(self) -> None:
        if self.is_attached:
            self.post_message(self.ContentChanged(self))

    @property
    def landmarks(self) -> Landmarks:
        """What one finds one's way by in the transcript."""
        return Landmarks() if self._transcript is None else self._transcript.flow.landmarks

    @property
    def landmark(self) -> int | None:
        """The number of the landmark that is being read."""
        return self._landmark

    def _pass_landmark(self, position: int) -> None:
        number = self.landmarks.number_at(position)
        if number != self._landmark:
            self._landmark = number
            self.post_message(self.LandmarkPassed(self, number))

    def go_to(self, position: int) -> None:
        """Go to a message, by its position, and put it at the top."""
        if self._transcript is not None:
            target = self._transcript.shown_for(position)
            self._bring_into_view(target, 1, to_top=True)
            self._stand_on(target)

    def _stand_on(self, position: int) -> None:
        self._move_cursor(position)
        self._pass_landmark(position)

    def action_scroll_home(self) -> None:
        """Go to the beginning."""
        super().action_scroll_home()
        if self._transcript is not None:
            self._stand_on(self._transcript.shown_from(0, 1) or 0)

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
            target = transcript.shown_from(self._cursor + direction, direction)
        else:
            target = _beyond(positions, self._cursor, direction)
        if target is not None:
            self._bring_into_view(target, direction, to_top=positions is not None)
            self._stand_on(target)
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

    # -- prompts and answers only ----------------------------------------------------------

    @property
    def answers_only(self) -> bool:
        """Whether only prompts and final answers are shown, in transcripts to come as well."""
        return self._answers_only

    @answers_only.setter
    def answers_only(self, is_so: bool) -> None:
        if is_so != self._answers_only:
            self._show_answers_only(is_so)

    def action_toggle_answers(self) -> None:
        """Show prompts and final answers only, or everything again; the cursor stays in view."""
        if self._transcript is not None:
            self._show_answers_only(not self._answers_only)

    def _show_answers_only(self, answers_only: bool) -> None:
        self._answers_only = answers_only
        self.post_message(self.AnswersOnlyChanged(self, answers_only))
        transcript = self._transcript
        if transcript is None:
            return
        row = self._screen_row(self._cursor_place())
        transcript.show_answers_only(answers_only)
        target = transcript.shown_for(self._cursor)
        gap = transcript.rendered(target).gap
        self._show_place_at(Place(target, gap), self._page // 3 if row is None else row)
        self._stand_on(target)

    # -- folding ---------------------------------------------------------------------------

    def action_toggle_fold(self) -> None:
        """Unfold what is folded in the message at the cursor, or fold it again."""
        if self._transcript is not None:
            self._postpone(self._transcript.needs(self._cursor), self._toggle_fold)

    def _toggle_fold(self) -> None:
        transcript = self._transcript
        assert transcript is not None
        with self._holding(self._cursor_place()):
            transcript.toggle(self._cursor)
        self._fold_others()

    def action_toggle_tools(self) -> None:
        """Unfold all tool calls, or fold them as they were."""
        if self._transcript is not None:
            with self._holding(self._cursor_place()):
                self.tools_open = self._transcript.toggle_tools()

    def action_toggle_thinking(self) -> None:
        """Unfold or fold all thinking."""
        if self._transcript is not None:
            with self._holding(self._cursor_place()):
                self.thinking_open = self._transcript.toggle_thinking()

    @property
    def _held_place(self) -> Place:
        place = self._cursor_place()
        return self._place if self._screen_row(place) is None else place

    def _cursor_place(self) -> Place:
        assert self._transcript is not None
        return Place(self._cursor, self._transcript.rendered(self._cursor).gap)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on a message; a click on a folded line unfolds it."""
        transcript = self._transcript
        offset = event.get_content_offset(self)
        if transcript is None or offset is None or event.chain > 1:
            return
        if self._below_words and offset.y == self._page - 1:
            self.action_scroll_end()
            return
        row = self.scroll_offset.y + offset.y
        if row >= transcript.rows.total:
            return
        place = transcript.rows.place_at(row)
        self._stand_on(place.position)
        target = transcript.rendered(place.position).click_target(place.line)
        if target is not None and not self.text_selection:
            with self._holding(place):
                transcript.fold(place.position, *target)
            self._fold_others()

    def _fold_others(self) -> None:
        """Something was folded: the cursor stands where it can be seen."""
        if self._transcript is not None:
            self._stand_on(self._transcript.shown_for(self._cursor))

    def text_select_all(self) -> None:
        """Select the message at the cursor: a double click means that, not a whole transcript."""
        if self._transcript is not None:
            self._select_message(self._cursor)


def _beyond(positions: Sequence[int], start: int, direction: int) -> int | None:
    """The nearest of some ascending positions after (or before) one."""
    if direction > 0:
        number = bisect_right(positions, start)
        return positions[number] if number < len(positions) else None
    number = bisect_left(positions, start)
    return positions[number - 1] if number else None
