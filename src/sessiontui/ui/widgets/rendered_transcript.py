"""A transcript at one width: its messages rendered when they are needed, its folds, its rows.

Pure: the view adds scrolling, keys and colours.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo

from sessiontui.domain.message import Message
from sessiontui.services.message_pages import PAGE
from sessiontui.ui.widgets.answers_only import AnswersOnly
from sessiontui.ui.widgets.folding import BETWEEN, Fold, Folding
from sessiontui.ui.widgets.message_flow import MessageFlow
from sessiontui.ui.widgets.message_renderer import (
    FoldedLine,
    MessageRenderer,
    RenderedMessage,
    blocks_with_terms,
)
from sessiontui.ui.widgets.term_marks import TermFinder
from sessiontui.ui.widgets.transcript_rows import TranscriptRows
from sessiontui.ui.widgets.weighed_cache import WeighedCache

_KEPT_ROWS = 20_000
"""Rows of messages that are kept as they are painted; a screen shows fifty."""
_LINE_ROWS = 3
"""About how many rows a line takes that stands for many messages."""


class RenderedTranscript:
    """Messages, how they are folded, and the rows they take."""

    def __init__(
        self,
        messages: Iterable[Message] | MessageFlow,
        renderer: MessageRenderer,
        width: int,
        finder: TermFinder,
        zone: tzinfo | None = None,
    ) -> None:
        if not isinstance(messages, MessageFlow):
            messages = MessageFlow(messages, zone)
        self.flow = messages
        self._renderer = renderer
        self._width = width
        self._finder = finder
        self._tools_open = False
        self._thinking_open = False
        self._chosen: dict[int, dict[int, Fold]] = {}
        self._lent: dict[tuple[int, int], Fold | None] = {}
        self._answers: AnswersOnly | None = None
        self._rendered: WeighedCache[RenderedMessage] = WeighedCache(_KEPT_ROWS)
        self._absent: dict[int, RenderedMessage] = {}
        """What stands in the place of messages that have to be read first."""
        self.rows = self._estimated()

    def _estimated(self) -> TranscriptRows:
        return TranscriptRows(self._estimates(0), self._measure)

    def _estimates(self, start: int) -> list[int]:
        rows = self.flow.estimates(self._width, start)
        answers = self._answers
        if answers is None:
            return rows
        return [
            0
            if answers.is_hidden(position)
            else min(rough, _LINE_ROWS)
            if answers.shows_line_only(position)
            else rough
            for position, rough in enumerate(rows, start)
        ]

    def _measure(self, position: int) -> tuple[int, bool]:
        if self.is_hidden(position):
            return 0, True
        if position in self._absent and self.is_ready(position):
            del self._absent[position]
        return self.rendered(position).height, position not in self._absent

    def __len__(self) -> int:
        return len(self.flow)

    def rendered(self, position: int) -> RenderedMessage:
        """The lines of a message, kept for a while; a placeholder where it has to be read first.

        A placeholder stays until its message is measured anew.
        """
        found = self._rendered.get(position) or self._absent.get(position)
        if found is not None:
            return found
        if not self.is_ready(position):
            self.rows.forget(position)
            return self._absent.setdefault(position, self._placeholder(position))
        message, setting = self.flow.messages[position], self.flow.setting(position)
        answers = self._answers
        found = self._renderer.render(
            message,
            self._width,
            setting if answers is None else answers.setting(position, setting),
            folding=Folding(self._tools_open, self._thinking_open, self._chosen.get(position, {})),
            finder=self._finder,
            between=None if answers is None else _folded_line(answers, position, message),
        )
        if not self.flow.messages.is_doubtful(position):
            self._rendered.keep(position, found, found.height)
        return found

    # -- messages that have to be read first -----------------------------------------------

    def needs(self, position: int) -> set[int]:
        """The messages, by position, without which one cannot be laid out."""
        needed = self.flow.needs(position)
        return needed if self._answers is None else needed | self._answers.needs(position)

    def is_ready(self, position: int) -> bool:
        """Whether a message can be laid out without waiting."""
        at_hand = self.flow.messages.at_hand
        return all(at_hand(needed) is not None for needed in self.needs(position))

    def waited_for(self, position: int) -> RenderedMessage:
        """The lines of a message, which is read now if it has to be: that may take a while."""
        pages = self.flow.messages
        for needed in self.needs(position):
            if pages.at_hand(needed) is None:
                pages.take(needed // PAGE, pages.read(needed // PAGE))
        if self.is_ready(position):
            self._absent.pop(position, None)
        return self.rendered(position)

    @property
    def has_come(self) -> bool:
        """Whether anything can be shown by now that a placeholder stands for."""
        return any(map(self.is_ready, self._absent))

    def look_again(self) -> None:
        """Take the placeholders away: what is there by now is shown when it is measured."""
        for position in self._absent:
            self.rows.forget(position)
        self._absent.clear()

    def keep_shown(self, first: int, last: int) -> None:
        """What stands on the screen is kept as it is painted, however much that is."""
        self._rendered.spared = range(first, last + 1)

    def _placeholder(self, position: int) -> RenderedMessage:
        answers = self._answers
        has_gap = self.flow.has_gap(position) if answers is None else answers.has_gap(position)
        index, rows = self.flow.index_at(position), self.rows.height(position)
        return self._renderer.placeholder(index, rows, has_gap=has_gap)

    # -- which messages are shown ----------------------------------------------------------

    def is_hidden(self, position: int) -> bool:
        """Whether a message has no rows of its own."""
        if self.flow.is_hidden(position):
            return True
        return self._answers is not None and self._answers.is_hidden(position)

    def shown_for(self, position: int) -> int:
        """The message that shows another, or the line it is folded into."""
        position = self.flow.host(position)
        first = self._answers.line_over(position) if self._answers else None
        return first if first is not None and self.is_hidden(position) else position

    def shown_from(self, position: int, step: int) -> int | None:
        """The first message with rows of its own from a position on, in one direction."""
        while 0 <= position < len(self.flow):
            if not self.is_hidden(position):
                return position
            position += step
        return None

    def position_for(self, index: int) -> int:
        """The position that shows the message of an index, or the nearest there is."""
        position = self.flow.position_of(index)
        return self.shown_for(len(self.flow) - 1 if position is None else position)

    def show_answers_only(self, answers_only: bool) -> None:
        """Show prompts and final answers only, or everything."""
        self._answers = AnswersOnly(self.flow) if answers_only else None
        self._start_over()

    # -- changing what all messages look like ----------------------------------------------

    @property
    def width(self) -> int:
        """The width everything is laid out in, in cells."""
        return self._width

    def set_width(self, width: int) -> None:
        """Lay everything out anew; heights are estimates again."""
        self._width = width
        self._start_over()

    @property
    def finder(self) -> TermFinder:
        """The words that are marked."""
        return self._finder

    def set_finder(self, finder: TermFinder) -> None:
        """Mark other words; heights stay."""
        self._finder = finder
        self._rendered.clear()

    def set_renderer(self, renderer: MessageRenderer) -> None:
        """Paint in other colours; heights stay."""
        self._renderer = renderer
        self._rendered.clear()

    def keep_folds_of(self, other: RenderedTranscript) -> None:
        """Fold as another reading of the same session is folded, message by message."""
        self._tools_open, self._thinking_open = other._tools_open, other._thinking_open
        for position, choices in other._chosen.items():
            index = other.flow.index_at(position)
            here = self.flow.position_of(index)
            if (
                here is not None
                and self.flow.index_at(here) == index
                and self.flow.looks_like(here, other.flow, position)
            ):
                self._chosen[here] = dict(choices)
        if self._answers is not None and other._answers is not None:
            self._answers.unfold(other._answers.unfolded)
        for (position, block), before in other._lent.items():
            index = other.flow.index_at(position)
            here = self.flow.position_of(index)
            if here is not None and self.flow.index_at(here) == index:
                self._lent[here, block] = before
        self._start_over()

    def _start_over(self) -> None:
        self._rendered.clear()
        self._absent.clear()
        self.rows = self._estimated()

    def extend(self, messages: Iterable[Message]) -> None:
        """Add messages at the end; calls whose results come now are shown anew."""
        known = len(self.flow)
        for position in self.flow.extend(messages):
            self._changed(position)
        if self._answers is not None:
            for position in range(min(known, self._answers.extend()), known):
                self._changed(position)
        self.rows.append(self._estimates(known))

    # -- folding ---------------------------------------------------------------------------

    def toggle_tools(self) -> bool:
        """Unfold all tool calls, or fold them as at first; True when they are unfolded now."""
        self._tools_open = not self._tools_open
        self._forget_choices({"tool_call", "tool_result"})
        return self._tools_open

    def toggle_thinking(self) -> bool:
        """Unfold or fold all thinking; True when it is unfolded now."""
        self._thinking_open = not self._thinking_open
        self._forget_choices({"thinking"})
        return self._thinking_open

    def _forget_choices(self, kinds: set[str]) -> None:
        for position, choices in self._chosen.items():
            known = self.flow.messages.kinds(position)
            kept = {o: fold for o, fold in choices.items() if known[o] not in kinds}
            self._chosen[position] = kept
        self._start_over()

    def fold(self, position: int, block: int, fold: Fold) -> None:
        """Fold or unfold one block, or what a line stands for."""
        self._lent.pop((position, block), None)
        if block == BETWEEN:
            self._unfold_line(position, fold is not Fold.CLOSED)
            return
        self._chosen.setdefault(position, {})[block] = fold
        self._changed(position)

    def _unfold_line(self, position: int, is_open: bool) -> None:
        assert self._answers is not None
        for changed in self._answers.set_open(position, is_open):
            self._changed(changed)

    def toggle(self, position: int) -> bool:
        """Unfold what is folded in a message, show all of what is cut, or fold everything.

        False when there is nothing to fold.
        """
        folds = self.rendered(position).folds()
        closed = [block for block, (fold, _) in folds.items() if fold is Fold.CLOSED]
        cut = [block for block, (_, following) in folds.items() if following is Fold.FULL]
        for block in closed or cut or folds:
            self.fold(position, block, folds[block][1])
        return bool(folds)

    def reveal(self, position: int) -> None:
        """Unfold the line that a message, or what it did on the way, is folded into."""
        answers = self._answers
        if answers is None:
            return
        over = answers.line_over(position)
        if over is None and answers.line_at(position) is not None:
            over = position
        if over is not None and not answers.is_open(over):
            self._lent[over, BETWEEN] = Fold.CLOSED
            self._unfold_line(over, is_open=True)

    def reveal_terms(self, position: int) -> None:
        """Unfold the blocks of a message that hold what is searched for and do not show it."""
        if self.shown_for(position) != position or not self.rendered(position).hit_lines:
            self.reveal(position)
        rendered = self.rendered(position)
        holding = blocks_with_terms(
            self.flow.messages[position], self.flow.setting(position), self._finder
        )
        for block in (holding & rendered.folds().keys()) - rendered.blocks_with_hits():
            before = self._chosen.get(position, {}).get(block)
            self.fold(position, block, Fold.FULL)
            self._lent[position, block] = before

    def fold_revealed(self) -> None:
        """Fold again what was only unfolded to show what is searched for."""
        lent, self._lent = self._lent, {}
        for (position, block), before in lent.items():
            if block == BETWEEN:
                if self._answers is not None and self._answers.line_at(position):
                    self._unfold_line(position, is_open=False)
            elif before is None:
                self._chosen.get(position, {}).pop(block, None)
                self._changed(position)
            else:
                self.fold(position, block, before)

    def _changed(self, position: int) -> None:
        self._rendered.discard(position)
        self.rows.forget(position)


def _folded_line(answers: AnswersOnly, position: int, message: Message) -> FoldedLine | None:
    between = answers.line_at(position)
    if between is None:
        return None
    alone = answers.shows_line_only(position)
    heading = answers.heading_of(between) if alone else message
    return FoldedLine(between.words, answers.is_open(position), alone, heading)
