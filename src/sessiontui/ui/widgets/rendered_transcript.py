"""A transcript at one width: its messages rendered when they are needed, its folds, its rows.

Pure: the view adds scrolling, keys and colours.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo

from textual.cache import LRUCache

from sessiontui.domain.message import Message
from sessiontui.ui.widgets.folding import Fold, Folding
from sessiontui.ui.widgets.message_flow import MessageFlow
from sessiontui.ui.widgets.message_renderer import (
    MessageRenderer,
    RenderedMessage,
    blocks_with_terms,
)
from sessiontui.ui.widgets.term_marks import TermFinder
from sessiontui.ui.widgets.transcript_rows import TranscriptRows

_KEPT = 200
"""Messages whose painted lines are kept; a screen shows ten."""


class RenderedTranscript:
    """Messages, how they are folded, and the rows they take."""

    def __init__(
        self,
        messages: Iterable[Message],
        renderer: MessageRenderer,
        width: int,
        finder: TermFinder,
        zone: tzinfo | None = None,
    ) -> None:
        self.flow = MessageFlow(messages, zone)
        self._renderer = renderer
        self._width = width
        self._finder = finder
        self._tools_open = False
        self._thinking_open = False
        self._chosen: dict[int, dict[int, Fold]] = {}
        self._rendered: LRUCache[int, RenderedMessage] = LRUCache(_KEPT)
        self.rows = self._estimated()

    def _estimated(self) -> TranscriptRows:
        return TranscriptRows(self.flow.estimates(self._width), self._measure)

    def _measure(self, position: int) -> int:
        return 0 if self.flow.is_hidden(position) else self.rendered(position).height

    def __len__(self) -> int:
        return len(self.flow)

    def rendered(self, position: int) -> RenderedMessage:
        """The lines of a message, kept for a while."""
        found = self._rendered.get(position)
        if found is None:
            found = self._renderer.render(
                self.flow.messages[position],
                self._width,
                self.flow.setting(position),
                folding=Folding(
                    self._tools_open, self._thinking_open, self._chosen.get(position, {})
                ),
                finder=self._finder,
            )
            self._rendered[position] = found
        return found

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

    def set_renderer(self, renderer: MessageRenderer) -> None:
        """Paint in other colours; heights stay."""
        self._renderer = renderer
        self._rendered.clear()

    def keep_folds_of(self, other: RenderedTranscript) -> None:
        """Fold as another reading of the same session is folded, message by message."""
        self._tools_open, self._thinking_open = other._tools_open, other._thinking_open
        for position, choices in other._chosen.items():
            message = other.flow.messages[position]
            here = self.flow.position_of(message.index)
            if here is not None and self.flow.messages[here] == message:
                self._chosen[here] = dict(choices)
        self._start_over()

    def _start_over(self) -> None:
        self._rendered.clear()
        self.rows = self._estimated()

    def extend(self, messages: Iterable[Message]) -> None:
        """Add messages at the end; calls whose results come now are shown anew."""
        known = len(self.flow)
        for position in self.flow.extend(messages):
            self._changed(position)
        self.rows.append(self.flow.estimates(self._width, known))

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
            blocks = self.flow.messages[position].blocks
            kept = {o: fold for o, fold in choices.items() if blocks[o].kind not in kinds}
            self._chosen[position] = kept
        self._start_over()

    def fold(self, position: int, block: int, fold: Fold) -> None:
        """Fold or unfold one block."""
        self._chosen.setdefault(position, {})[block] = fold
        self._changed(position)

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

    def reveal_terms(self, position: int) -> None:
        """Unfold the blocks of a message that hold what is searched for and do not show it."""
        rendered = self.rendered(position)
        holding = blocks_with_terms(
            self.flow.messages[position], self.flow.setting(position), self._finder
        )
        for block in (holding & rendered.folds().keys()) - rendered.blocks_with_hits():
            self.fold(position, block, Fold.FULL)

    def _changed(self, position: int) -> None:
        self._rendered.discard(position)
        self.rows.forget(position)
