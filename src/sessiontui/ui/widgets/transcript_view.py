"""A transcript to read: a cursor on its messages, hits to walk, folds, and following it live.

Values in (`show`, `extend`, `reload`), messages out (`HitChanged`, `FollowChanged`,
`CursorMoved`). Keys are not declared here; the screens call the actions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import tzinfo
from typing import NamedTuple

from textual.message import Message as TextualMessage
from textual.reactive import reactive

from sessiontui.domain.message import Message
from sessiontui.domain.words import count_words
from sessiontui.ui.widgets.message_flow import MessageFlow
from sessiontui.ui.widgets.term_marks import TermFinder
from sessiontui.ui.widgets.transcript_colours import DEFAULT_CSS
from sessiontui.ui.widgets.transcript_hits import TranscriptHits
from sessiontui.ui.widgets.transcript_rows import Place

NOTHING = TermFinder()


class Anchor(NamedTuple):
    """A place that survives a reload: the index of a message, and a line in it."""

    message_index: int
    line: int


class TranscriptView(TranscriptHits, can_focus=True, inherit_bindings=False):
    """The transcript of one session, as a full view or (`compact`) as a preview at the left.

    `zone` is the time zone of the times shown (None: the local one).
    """

    DEFAULT_CSS = DEFAULT_CSS

    follow: reactive[bool] = reactive(False, repaint=False, init=False)
    """Whether the view stays at the end while the session grows."""
    new_below: reactive[int] = reactive(0, repaint=False, init=False)
    """Messages that came while the reader was elsewhere and were not seen yet."""

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

    end_key = "G"
    """The key that goes to the end, in words."""

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
        self._paused = False
        self._unseen_from: int | None = None
        self._wants_beginning = False

    # -- values in -------------------------------------------------------------------------

    def show(
        self,
        messages: Sequence[Message] | MessageFlow,
        *,
        at: int | None = None,
        finder: TermFinder = NOTHING,
        hits: tuple[int, ...] = (),
        end: bool = False,
        agent: str | None = None,
    ) -> None:
        """Show a session: from the message of index `at` on, from its end, or from its beginning.

        What `finder` finds is marked wherever it stands; `hits` are the indices of the messages to
        walk. When `at` is one of them it becomes the current hit and what holds it is unfolded.
        `agent` names an assistant that has no name of its own.
        """
        if not messages:
            self.show_notice("no messages", "")
            return

        def begin() -> None:
            self._agent = agent
            self._listed = None
            self._begin(messages, finder)
            if not end:
                self.follow = False
            assert self._transcript is not None
            self._set_hits(hits)
            position = None if at is None else self._transcript.position_for(at)
            if position is not None and self._hits.choose(position):
                self._move_cursor(position)
                self._show_place(Place(position, 0))
                self._go_to_best_hit(position)
            elif end and at is None:
                self._show_end()
                self._move_cursor(self._transcript.rows.last.position)
            else:
                first = self._transcript.shown_from(position or 0, 1) or 0
                self._show_place(Place(first, self._transcript.rendered(first).gap))
                self._move_cursor(first)
            self._pass_landmark(self._cursor)
            self._tell_hit()

        self._waiting.clear()
        self._when_sized(begin)

    def reload(
        self,
        messages: Sequence[Message] | MessageFlow,
        *,
        hits: tuple[int, ...] | None = None,
    ) -> None:
        """Show the same session as it is now, or read further.

        The reader's place, the cursor, the current hit, the folds and what is looked for stay; the
        hits stay too unless they are given.
        """
        if self._waiting:
            self._waiting.append(lambda: self.reload(messages, hits=hits))
            return
        old = self._transcript
        if old is None or not messages:
            self.show(messages, hits=hits or (), agent=self._agent)
            return
        cursor, anchor, hit = self.cursor, self.anchor, self._hits.position
        hit_index = None if hit is None else old.flow.index_at(hit)
        hit_shown, unseen = self._hit_shown, self._unseen_from
        unseen = None if unseen is None else old.flow.index_at(unseen)
        old_hits = tuple(map(old.flow.index_at, self._hits))
        if begins := self._wants_beginning and self._place == (0, 0):
            cursor = None
        self._new_transcript(messages, old.finder)
        new = self._transcript
        assert new is not None
        new.keep_folds_of(old)
        self._set_hits(old_hits if hits is None else hits)
        if hit_index is not None and self._hits.choose(new.position_for(hit_index)) and hit_shown:
            self._hit_shown = new.position_for(hit_index), hit_shown[1]
        self._unseen_from = None if unseen is None else new.flow.position_of(unseen)
        self._wants_beginning = False
        if self.follow:
            self._show_end()
        elif begins:
            self._show_place(Place(0, 0))
        elif anchor is not None:
            position = new.position_for(anchor.message_index)
            exact = new.flow.index_at(position) == anchor.message_index
            self._show_place(Place(position, anchor.line if exact else 0))
        self._cursor = -1
        self._landmark = None
        self._stand_on(new.position_for(cursor or 0))
        self._see()
        self._tell_hit()

    def extend(self, messages: Sequence[Message], *, hits: tuple[int, ...] | None = None) -> None:
        """Add what was written since; the reader's place stays, or the end when following.

        The first may be the last one that is shown, with more blocks. The hits stay as they are
        unless they are given.
        """
        if self._waiting:
            self._waiting.append(lambda: self.extend(messages, hits=hits))
            return
        transcript = self._transcript
        if transcript is None:
            self.show(messages, hits=hits or (), end=self.follow)
            return
        known = len(transcript)
        with self._holding(self._place):
            transcript.extend(messages)
        self._tell_content()
        if (changed := self._listed_hits(hits)) is not None:
            self._change_hits(changed)
            self._tell_hit()
        if self.follow:
            self._show_end()
            self._stand_on(transcript.rows.last.position)
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

    def renumber(self, shift: int) -> None:
        """Add to the indices of all messages: by now it is known how many stand before them."""
        if self._waiting:
            self._waiting.append(lambda: self.renumber(shift))
        elif self._transcript is not None:
            self._transcript.flow.renumber(shift)

    def on_unmount(self) -> None:
        """Let go of the messages: the view itself may be held for long, in circles."""
        self._waiting.clear()
        self._transcript = None

    def _begin(self, messages: Iterable[Message] | MessageFlow, finder: TermFinder) -> None:
        self._new_transcript(messages, finder)
        self._unseen_from = None
        self._paused = self._wants_beginning = False
        self._landmark = None
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

    # -- asking ----------------------------------------------------------------------------

    @property
    def anchor(self) -> Anchor | None:  # type: ignore[override]
        """What stands at the top of the view; None when nothing is shown.

        Textual's method of this name keeps mounted children at the end; here there are none.
        """
        if self._transcript is None:
            return None
        index = self._transcript.flow.index_at(self._place.position)
        return Anchor(index, self._place.line)

    # -- following -------------------------------------------------------------------------

    def action_toggle_follow(self) -> None:
        """Stay at the end while the session grows, or stop doing so."""
        self._paused = False
        self.follow = not self.follow

    def action_scroll_end(self) -> None:
        """Go to the end, and stay there while the session grows."""
        self.follow = True
        super().action_scroll_end()

    def action_scroll_home(self) -> None:
        """Go to the beginning; where that is not read yet, as soon as it is."""
        super().action_scroll_home()
        transcript = self._transcript
        self._wants_beginning = transcript is not None and transcript.flow.index_at(0) != 0
        self.paint_changes()

    @property
    def _above_words(self) -> str:
        return "… what stands before is being read" if self._wants_beginning else ""

    def watch_follow(self, following: bool) -> None:
        """Go to the end when following begins."""
        if following:
            self._paused = False
            self._unseen_from = None
            self.set_reactive(TranscriptView.new_below, 0)
            self._show_end()
            if self._transcript is not None:
                self._stand_on(self._transcript.rows.last.position)
        self._tell_follow()

    def watch_new_below(self) -> None:
        """Show it, and tell the screen."""
        self.paint_changes()
        self._tell_follow()

    @property
    def _below_words(self) -> str:
        if not self.new_below:
            return ""
        return f"↓ {count_words(self.new_below, 'new message')} below · {self.end_key}"

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
        if direction:
            self._wants_beginning = False
        if direction and self.follow and not self._at_end:
            self._paused = True
            self.follow = False
        elif direction > 0 and self._paused and self._at_end:
            self.follow = True
        self._see()
