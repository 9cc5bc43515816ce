"""The hits of a transcript: walked with the keys, and marked on the scroll bar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo
from typing import Any

from textual.message import Message as TextualMessage

from sessiontui.ui.widgets.hit_walk import HitWalk
from sessiontui.ui.widgets.marked_scroll_bar import MarkedScrollBar
from sessiontui.ui.widgets.message_renderer import RenderedMessage
from sessiontui.ui.widgets.rendered_transcript import RenderedTranscript
from sessiontui.ui.widgets.transcript_reader import TranscriptReader
from sessiontui.ui.widgets.transcript_rows import Place

_TOGETHER_LINES = 3
"""Words so near to each other count as standing together."""
_MOST_COMPARED = 1_000
_HIT_MARGIN = 3
"""Rows that stay between a hit and the edges of the view."""


class TranscriptHits(TranscriptReader, can_focus=True, inherit_bindings=False):
    """A transcript in which something is looked for."""

    class HitChanged(TextualMessage, namespace="transcript_view"):
        """Another hit is the current one: `position` counts from 1, 0 means none yet."""

        def __init__(self, view: TranscriptHits, position: int, total: int) -> None:
            super().__init__()
            self.view = view
            self.position = position
            self.total = total

        @property
        def control(self) -> TranscriptHits:
            """The view."""
            return self.view

    def __init__(
        self,
        *,
        compact: bool = False,
        zone: tzinfo | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(compact=compact, zone=zone, id=id, classes=classes)
        self._hits = HitWalk()
        self._hit_shown: tuple[int, int] | None = None
        self._sees_hit = False

    # -- which there are --------------------------------------------------------------------

    def _set_hits(self, indices: Iterable[int]) -> None:
        self._hit_shown = None
        flow = None if self._transcript is None else self._transcript.flow
        self._hits = HitWalk(() if flow is None else flow.hosts_of(indices))

    def _change_hits(self, indices: Iterable[int]) -> None:
        """Take other hits; the current one stays while it is among them."""
        position, shown = self._hits.position, self._hit_shown
        self._set_hits(indices)
        if position is not None and self._hits.choose(position):
            self._hit_shown = shown

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
        lines = self._revealed(position).hit_lines
        self._show_hit(position, 0 if direction > 0 else max(0, len(lines) - 1), direction)

    def _go_to_best_hit(self, position: int) -> None:
        """Go to the lines of a message in which most of what is looked for stands together."""
        assert self._transcript is not None
        rendered, finder = self._revealed(position), self._transcript.finder

        def conditions_met(number: int) -> int:
            line = rendered.hit_lines[number]
            end = min(line + _TOGETHER_LINES, rendered.height)
            return len(finder.groups_in("\n".join(map(rendered.text, range(line, end)))))

        candidates = range(min(len(rendered.hit_lines), _MOST_COMPARED))
        several = finder.group_count > 1 and candidates
        self._show_hit(position, max(candidates, key=conditions_met) if several else 0, 1)

    def _revealed(self, position: int) -> RenderedMessage:
        assert self._transcript is not None
        self._transcript.reveal_terms(position)
        self._transcript.rows.exact(position)
        return self._transcript.rendered(position)

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

    # -- staying with them -----------------------------------------------------------------

    def _lay_out_again(self, transcript: RenderedTranscript) -> None:
        saw_hit = self._sees_hit
        super()._lay_out_again(transcript)
        if saw_hit and not self._is_hit_in_view() and (place := self._hit_place) is not None:
            self._show_place_at(place, self._page // 3)

    def _is_hit_in_view(self) -> bool:
        place = self._hit_place
        return place is not None and self._screen_row(place) is not None

    def _settled(self, direction: int) -> None:
        super()._settled(direction)
        self._sees_hit = self._is_hit_in_view()

    @staticmethod
    def _shown(transcript: RenderedTranscript, index: int) -> int:
        """The position that shows the message of an index, or the nearest there is."""
        position = transcript.flow.position_of(index)
        return transcript.flow.host(len(transcript) - 1 if position is None else position)
