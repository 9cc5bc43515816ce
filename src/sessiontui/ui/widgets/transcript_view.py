"""A transcript to read: a cursor on its messages, hits to walk, folds, and following it live.

Values in (`show`, `extend`, `reload`), messages out (`HitChanged`, `FollowChanged`,
`CursorMoved`). Keys are not declared here; the screens call the actions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import tzinfo
from typing import Any, NamedTuple

from textual.message import Message as TextualMessage
from textual.reactive import reactive

from sessiontui.domain.message import Message
from sessiontui.ui.widgets.hit_walk import HitWalk
from sessiontui.ui.widgets.marked_scroll_bar import MarkedScrollBar
from sessiontui.ui.widgets.rendered_transcript import RenderedTranscript
from sessiontui.ui.widgets.term_marks import TermFinder
from sessiontui.ui.widgets.transcript_colours import DEFAULT_CSS
from sessiontui.ui.widgets.transcript_reader import TranscriptReader
from sessiontui.ui.widgets.transcript_rows import Place

_HIT_MARGIN = 3
"""Rows that stay between a hit and the edges of the view."""


class Anchor(NamedTuple):
    """A place that survives a reload: the index of a message, and a line in it."""

    message_index: int
    line: int


class TranscriptView(TranscriptReader, can_focus=True, inherit_bindings=False):
    """The transcript of one session, as a full view or (`compact`) as a preview at the left.

    `zone` is the time zone of the times shown (None: the local one).
    """

    DEFAULT_CSS = DEFAULT_CSS

    follow: reactive[bool] = reactive(False, repaint=False, init=False)
    """Whether the view stays at the end while the session grows."""
    new_below: reactive[int] = reactive(0, repaint=False, init=False)
    """Messages that came while the reader was elsewhere and were not seen yet."""

    class HitChanged(TextualMessage):
        """Another hit is the current one: `position` counts from 1, 0 means none yet."""

        def __init__(self, view: TranscriptView, position: int, total: int) -> None:
            super().__init__()
            self.view = view
            self.position = position
            self.total = total

        @property
        def control(self) -> TranscriptView:
            """The view."""
            return self.view

    class FollowChanged(TextualMessage):
        """Following began or ended, or more (or less) is new below."""

        def __init__(self, view: TranscriptView, following: bool, new_below: int) -> None:
            super().__init__()
            self.view = view
            self.following = following
            self.new_below = new_below

        @property
        def control(self) -> TranscriptView:
            """The view."""
            return self.view

        def can_replace(self, message: TextualMessage) -> bool:
            """Only the newest of a burst matters."""
            return isinstance(message, TranscriptView.FollowChanged)

    def __init__(
        self,
        *,
        compact: bool = False,
        zone: tzinfo | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(compact=compact, zone=zone, id=id, classes=classes)
        self._waiting: list[Callable[[], None]] = []
        self._hits = HitWalk()
        self._hit_shown: tuple[int, int] | None = None
        self._paused = False
        self._unseen_from: int | None = None

    # -- values in -------------------------------------------------------------------------

    def show(
        self,
        messages: Sequence[Message],
        *,
        at: int | None = None,
        terms: tuple[str, ...] = (),
        hits: tuple[int, ...] = (),
        end: bool = False,
        agent: str | None = None,
    ) -> None:
        """Show a session: from the message of index `at` on, from its end, or from its beginning.

        `terms` are marked wherever they stand; `hits` are the indices of the messages to walk. When
        `at` is one of them it becomes the current hit and what holds it is unfolded. `agent` names
        an assistant that has no name of its own.
        """
        if not messages:
            self.show_notice("no messages", "")
            return

        def begin() -> None:
            self._agent = agent
            self._begin(messages, terms)
            if not end:
                self.follow = False
            assert self._transcript is not None
            self._set_hits(hits)
            position = None if at is None else self._shown(self._transcript, at)
            if position is not None and self._hits.choose(position):
                self._move_cursor(position)
                self._show_place(Place(position, 0))
                self._go_to_hit(position, 1)
            elif end and at is None:
                self._show_end()
                self._move_cursor(self._transcript.rows.last.position)
            else:
                first = self._transcript.flow.shown_from(position or 0, 1) or 0
                self._show_place(Place(first, self._transcript.rendered(first).gap))
                self._move_cursor(first)
            self._tell_hit()

        self._waiting.clear()
        self._when_sized(begin)

    def reload(
        self,
        messages: Sequence[Message],
        *,
        terms: tuple[str, ...] | None = None,
        hits: tuple[int, ...] | None = None,
    ) -> None:
        """Show the same session as it is now, or read further.

        The reader's place, the cursor, the current hit and the folds stay. Terms and hits stay
        too unless they are given.
        """
        if self._waiting:
            self._waiting.append(lambda: self.reload(messages, terms=terms, hits=hits))
            return
        old = self._transcript
        if old is None or not messages:
            self.show(messages, terms=terms or (), hits=hits or (), agent=self._agent)
            return
        cursor, anchor, hit = self.cursor, self.anchor, self._hits.position
        hit_index = None if hit is None else old.flow.messages[hit].index
        hit_shown, unseen = self._hit_shown, self._unseen_from
        unseen = None if unseen is None else old.flow.messages[unseen].index
        old_hits = tuple(old.flow.messages[position].index for position in self._hits)
        self._new_transcript(messages, old.finder if terms is None else TermFinder(terms))
        new = self._transcript
        assert new is not None
        new.keep_folds_of(old)
        self._set_hits(old_hits if hits is None else hits)
        if hit_index is not None and self._hits.choose(self._shown(new, hit_index)) and hit_shown:
            self._hit_shown = self._shown(new, hit_index), hit_shown[1]
        self._unseen_from = None if unseen is None else new.flow.position_of(unseen)
        if self.follow:
            self._show_end()
        elif anchor is not None:
            position = self._shown(new, anchor.message_index)
            exact = new.flow.messages[position].index == anchor.message_index
            self._show_place(Place(position, anchor.line if exact else 0))
        self._cursor = -1
        self._move_cursor(self._shown(new, cursor or 0))
        self._see()
        self._tell_hit()

    def extend(self, messages: Sequence[Message]) -> None:
        """Add what was written since; the reader's place stays, or the end when following."""
        if self._waiting:
            self._waiting.append(lambda: self.extend(messages))
            return
        transcript = self._transcript
        if transcript is None:
            self.show(messages, end=self.follow)
            return
        known = len(transcript)
        with self._holding(self._place):
            transcript.extend(messages)
        if self.follow:
            self._show_end()
            self._move_cursor(transcript.rows.last.position)
        else:
            self._unseen_from = known if self._unseen_from is None else self._unseen_from
            self._see()

    def show_notice(self, title: str, hint: str) -> None:
        """Show two sentences in place of messages: an empty state, or an error."""
        self._waiting.clear()
        self._set_hits(())
        self._unseen_from = None
        self.new_below = 0
        self._show_notice(title, hint)
        self._tell_hit()

    def _begin(self, messages: Iterable[Message], terms: tuple[str, ...]) -> None:
        self._new_transcript(messages, TermFinder(terms))
        self._unseen_from = None
        self._paused = False
        self._cursor = -1
        self.new_below = 0

    def _when_sized(self, begin: Callable[[], None]) -> None:
        if self.is_attached and self._page:
            begin()
        else:
            self._waiting.append(begin)

    def _sized(self) -> None:
        waiting, self._waiting = self._waiting, []
        for begin in waiting:
            self._when_sized(begin)
        if self.follow and not waiting:
            self._show_end()

    @staticmethod
    def _shown(transcript: RenderedTranscript, index: int) -> int:
        """The position that shows the message of an index, or the nearest there is."""
        position = transcript.flow.position_of(index)
        return transcript.flow.host(len(transcript) - 1 if position is None else position)

    # -- asking ----------------------------------------------------------------------------

    @property
    def anchor(self) -> Anchor | None:  # type: ignore[override]
        """What stands at the top of the view; None when nothing is shown.

        Textual's method of this name keeps mounted children at the end; here there are none.
        """
        if self._transcript is None:
            return None
        index = self._transcript.flow.messages[self._place.position].index
        return Anchor(index, self._place.line)

    # -- hits ------------------------------------------------------------------------------

    def _set_hits(self, indices: Iterable[int]) -> None:
        self._hit_shown = None
        flow = None if self._transcript is None else self._transcript.flow
        self._hits = HitWalk(() if flow is None else flow.hosts_of(indices))

    def _tell_hit(self) -> None:
        self.post_message(self.HitChanged(self, self._hits.number, len(self._hits)))

    @property
    def _hit_place(self) -> Place | None:
        """The line of the current hit, wherever folds and widths have put it."""
        if self._transcript is None or self._hit_shown is None:
            return None
        position, number = self._hit_shown
        rendered = self._transcript.rendered(position)
        lines = rendered.hit_lines
        return Place(position, lines[min(number, len(lines) - 1)] if lines else rendered.gap)

    def _is_current_hit(self, place: Place) -> bool:
        shown = self._hit_shown
        return shown is not None and shown[0] == place.position and place == self._hit_place

    def action_next_hit(self) -> None:
        """Go to the next hit, round and round."""
        self._walk_hits(1)

    def action_previous_hit(self) -> None:
        """Go to the previous hit, round and round."""
        self._walk_hits(-1)

    def _walk_hits(self, direction: int) -> None:
        if self._walk_inside(direction):
            return
        position = self._hits.step(direction, self._cursor)
        if position is not None:
            self._go_to_hit(position, direction)
            self._tell_hit()

    def _walk_inside(self, direction: int) -> bool:
        """Go on inside a long message, to a line with hits that is not in view."""
        if self._transcript is None or self._hit_shown is None:
            return False
        position, current = self._hit_shown
        lines = self._transcript.rendered(position).hit_lines
        beyond = range(current + direction, len(lines) if direction > 0 else -1, direction)
        for number in beyond:
            if self._screen_row(Place(position, lines[number])) is None:
                self._show_hit(position, number, direction)
                return True
        return False

    def _go_to_hit(self, position: int, direction: int) -> None:
        assert self._transcript is not None
        self._transcript.reveal_terms(position)
        self._transcript.rows.exact(position)
        lines = self._transcript.rendered(position).hit_lines
        self._show_hit(position, 0 if direction > 0 else max(0, len(lines) - 1), direction)

    def _show_hit(self, position: int, number: int, direction: int) -> None:
        self._hit_shown = position, number
        place = self._hit_place
        assert place is not None
        row = self._screen_row(place)
        margin = min(_HIT_MARGIN, self._page // 4)
        if row is None or not margin <= row < self._page - margin:
            self._show_place_at(place, self._page // 3)
            self._settled(direction)
        else:
            self._show_place(self._place)
        self._move_cursor(place.position)

    def on_mount(self) -> None:
        """Mark hits in the scroll bar."""
        # The renderer may be set per bar, which is not in its annotation.
        self.vertical_scrollbar.renderer = self._bar_with_hits  # type: ignore[misc, assignment]

    def _bar_with_hits(self, **options: Any) -> MarkedScrollBar:
        return MarkedScrollBar(
            self._cells_with_hits, self._look.colours.current_hit.bgcolor, **options
        )

    def _cells_with_hits(self, cells: int) -> set[int]:
        """Where hits stand on a scroll bar of so many cells."""
        transcript = self._transcript
        if transcript is None or not transcript.rows.total:
            return set()
        rows = transcript.rows
        return {rows.row_of(Place(hit, 0)) * cells // rows.total for hit in self._hits}

    # -- following -------------------------------------------------------------------------

    def action_toggle_follow(self) -> None:
        """Stay at the end while the session grows, or stop doing so."""
        self._paused = False
        self.follow = not self.follow

    def action_scroll_end(self) -> None:
        """Go to the end, and stay there while the session grows."""
        self.follow = True
        super().action_scroll_end()

    def watch_follow(self, following: bool) -> None:
        """Go to the end when following begins."""
        if following:
            self._paused = False
            self._unseen_from = None
            self.set_reactive(TranscriptView.new_below, 0)
            self._show_end()
            if self._transcript is not None:
                self._move_cursor(self._transcript.rows.last.position)
        self._tell_follow()

    def watch_new_below(self) -> None:
        """Tell the screen."""
        self._tell_follow()

    def _tell_follow(self) -> None:
        if self.is_attached:
            self.post_message(self.FollowChanged(self, self.follow, self.new_below))

    def _see(self) -> None:
        """What is in view now is no longer new."""
        transcript = self._transcript
        if transcript is None or self._unseen_from is None:
            return
        self._unseen_from = max(self._unseen_from, self._visible()[1] + 1)
        unseen = transcript.flow.shown_count(self._unseen_from)
        if not unseen:
            self._unseen_from = None
        self.new_below = unseen

    @property
    def _at_end(self) -> bool:
        return self.scroll_offset.y >= self.max_scroll_y

    def _settled(self, direction: int) -> None:
        super()._settled(direction)
        if direction < 0 and self.follow and not self._at_end:
            self._paused = True
            self.follow = False
        elif direction > 0 and self._paused and self._at_end:
            self.follow = True
        self._see()
